/**
 * Clocks of members:
 *   1. What is told is as exact as the quickest of the last statuses was quick.
 *   2. One that lay in etcd before this machine looked says nothing.
 *   3. Who is away, and this member itself, are not told of.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ClockOffsets } from './clock-offsets.ts';

const statuses = (given: Readonly<Record<string, number>>) =>
  new Map(Object.entries(given).map(([name, nowMs]) => [name, { nowMs }]));

test('1: the offset is wrong by no more than the shortest way of a status', () => {
  const ways = fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 2, maxLength: 60 });
  fc.assert(
    fc.property(fc.integer({ min: -100_000, max: 100_000 }), ways, (offset, delays) => {
      const clocks = new ClockOffsets();
      for (const [at, delay] of delays.entries()) {
        const toldMs = 1_000_000 + at * 4_000;
        clocks.note(statuses({ b: toldMs + offset }), toldMs + delay);
        // Other members' statuses come between, and change nothing.
        clocks.note(statuses({ b: toldMs + offset }), toldMs + delay + 500);
      }
      const shortest = Math.min(...delays.slice(1).slice(-30));
      expect(clocks.offsets('a').get('b')).toBe(offset - shortest);
    }),
  );
});

test('2: the first status is not believed', () => {
  const clocks = new ClockOffsets();
  clocks.note(statuses({ b: 5 }), 90_000);
  expect([...clocks.offsets('a')]).toEqual([]);
});

test('3: who is away, and this member itself, are not told of', () => {
  const clocks = new ClockOffsets();
  for (const nowMs of [1_000, 2_000]) clocks.note(statuses({ a: nowMs, b: nowMs + 7, c: nowMs }), nowMs);
  expect([...clocks.offsets('a')]).toEqual([
    ['b', 7],
    ['c', 0],
  ]);
  clocks.note(statuses({ a: 3_000, c: 3_000 }), 3_000);
  expect([...clocks.offsets('a').keys()]).toEqual(['c']);
});
