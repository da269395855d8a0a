import { asSequence } from '@skein/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MemberStatus } from './member-status.ts';
import type { KeptRecord } from './order-tail.ts';
import { trimmableCount } from './trimmer.ts';

const LAG_COUNT_MAX = 10;

const members = fc.record({
  a: fc.option(fc.nat(60)),
  b: fc.option(fc.nat(60)),
  c: fc.option(fc.nat(60)),
});
const joining = fc.constantFrom(undefined, 'a', 'b', 'c');

function records(counts: readonly number[]): readonly KeptRecord[] {
  let last = 0;
  return counts.map((count, at) => {
    last += count;
    // Two of a revision now and then.
    return { id: { member: 'a', epoch: 1, counter: at + 1 }, modRevision: at >> 1, last: asSequence(last) };
  });
}

test('nothing is trimmed that a majority lacks, or a living member that is waited for', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 30 }),
      members,
      joining,
      (counts, journaled, isJoining) => {
        const kept = records(counts);
        const live = new Map(
          Object.entries(journaled).flatMap(([name, value]) =>
            value === null ? [] : [[name, statusOf(value, name === isJoining)] as const],
          ),
        );
        const electorate = { members: ['a', 'b', 'c'], majority: 2 };
        const count = trimmableCount(kept, electorate, live, LAG_COUNT_MAX);
        const last = kept[count - 1]?.last ?? 0;
        if (count === 0) return;
        expect([...live.values()].filter((status) => status.journaled >= last).length).toBeGreaterThanOrEqual(
          2,
        );
        for (const { state, journaled: has } of live.values()) {
          const lacks = kept.filter((record) => record.last > has).length;
          if (state !== 'joining' && has < last) expect(lacks).toBeGreaterThan(LAG_COUNT_MAX);
        }
        expect(kept[count]?.modRevision).not.toBe(kept[count - 1]!.modRevision);
      },
    ),
  );
});

test('what all have is trimmed, whole revisions at a time', () => {
  const live = new Map(['a', 'b', 'c'].map((name) => [name, statusOf(5, false)]));
  const electorate = { members: ['a', 'b', 'c'], majority: 2 };
  expect(trimmableCount(records([1, 1, 1, 1, 1, 1]), electorate, live, LAG_COUNT_MAX)).toBe(4);
  expect(trimmableCount(records([1, 1, 1, 1, 1]), electorate, live, LAG_COUNT_MAX)).toBe(5);
});

function statusOf(journaled: number, isJoining: boolean): MemberStatus {
  return {
    version: '0',
    format: 1,
    startedAtMs: 0,
    nowMs: 0,
    journaled,
    published: 0,
    state: isJoining ? 'joining' : 'live',
    diskFreeBytes: 0,
    diskBytes: 0,
    address: '',
    problems: [],
  };
}
