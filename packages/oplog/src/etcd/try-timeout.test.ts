import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TryTimeout } from './try-timeout.ts';

const limits = { msMin: 300, msMax: 2000 };

test('an answer is waited for as long as answers take, within limits', () => {
  const fast = new TryTimeout(limits);
  expect(fast.ms).toBe(300);
  for (let at = 0; at < 50; at++) fast.answered(2);
  expect(fast.ms).toBe(300);
  const slow = new TryTimeout(limits);
  for (let at = 0; at < 50; at++) slow.answered(at % 2 === 0 ? 300 : 500);
  expect(slow.ms).toBeGreaterThan(500);
  expect(slow.ms).toBeLessThan(1200);
});

test('every second answer that does not come doubles the time, until one comes', () => {
  const timeout = new TryTimeout(limits);
  const waited: number[] = [];
  for (let nowMs = 0; waited.length < 7; nowMs += timeout.ms) {
    waited.push(timeout.ms);
    timeout.timedOut(nowMs + timeout.ms);
  }
  expect(waited).toEqual([300, 300, 600, 600, 1200, 1200, 2000]);
  timeout.answered(5);
  expect(timeout.ms).toBe(300);
});

test('calls that were made together and lost together count once', () => {
  const timeout = new TryTimeout(limits);
  for (let at = 0; at < 16; at++) timeout.timedOut(1000 + at);
  expect(timeout.ms).toBe(300);
});

test('the time stays within its limits, whatever happens', () => {
  fc.assert(
    fc.property(
      fc.array(fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }), { nil: undefined })),
      (seen) => {
        const timeout = new TryTimeout(limits);
        let nowMs = 0;
        for (const afterMs of seen) {
          nowMs += timeout.ms;
          if (afterMs === undefined) timeout.timedOut(nowMs);
          else timeout.answered(afterMs);
          expect(timeout.ms).toBeGreaterThanOrEqual(limits.msMin);
          expect(timeout.ms).toBeLessThanOrEqual(limits.msMax);
        }
      },
    ),
  );
});
