import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ProgressMarks } from './progress-marks.ts';

test('tells when a value beyond the asked one was first seen, as a plain list would', () => {
  const steps = fc.array(
    fc.record({ grow: fc.integer({ min: 0, max: 3 }), follow: fc.integer({ min: 0, max: 3 }) }),
  );
  fc.assert(
    fc.property(steps, (list) => {
      const marks = new ProgressMarks();
      const seen: { value: number; atMs: number }[] = [];
      let [value, follower] = [0, 0];
      for (const [atMs, { grow, follow }] of list.entries()) {
        value += grow;
        follower = Math.min(value, follower + follow);
        marks.note(value, atMs);
        seen.push({ value, atMs });
        const [asked, expected] = [follower, seen.find((each) => each.value > follower)?.atMs];
        expect(marks.firstBeyond(asked)).toBe(expected);
      }
    }),
  );
});

test('thousands of marks become coarser, never wrong by more than two of them', () => {
  const marks = new ProgressMarks();
  for (let at = 1; at <= 10_000; at++) marks.note(at, at);
  const first = marks.firstBeyond(5_000) ?? 0;
  expect(first).toBeGreaterThan(5_000);
  expect(first).toBeLessThanOrEqual(5_004);
});
