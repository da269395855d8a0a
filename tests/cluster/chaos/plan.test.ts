import { expect, test } from 'vitest';
import { randomFrom } from '../random-moments.ts';
import { FAULT_KINDS, type PlannedRound, planOf } from './plan.ts';

function rounds(seed: number, count: number): readonly PlannedRound[] {
  const plan = planOf({ kinds: FAULT_KINDS, memberCount: 3, random: randomFrom(seed), pace: 1 });
  return Array.from({ length: count }, () => plan.next().value);
}

test('a seed gives the same plan each time', () => {
  expect(rounds(7, 60)).toEqual(rounds(7, 60));
  expect(rounds(7, 60)).not.toEqual(rounds(8, 60));
});

test.each([1, 2, 3])('every kind of fault comes once before any comes again (seed %i)', (seed) => {
  const seen = new Set<string>();
  for (const { faults } of rounds(seed, FAULT_KINDS.length)) {
    if (seen.size === FAULT_KINDS.length) break;
    expect(seen, 'again before all others').not.toContain(faults[0]!.kind);
    for (const { kind } of faults) seen.add(kind);
  }
  expect(seen).toEqual(new Set(FAULT_KINDS));
});

test.each([1, 2, 3])(
  'a member that may not be whole yet is the one that the next round takes (seed %i)',
  (seed) => {
    const planned = rounds(seed, 300);
    let count = 0;
    for (const [at, { then, faults }] of planned.slice(0, -1).entries()) {
      if (then !== 'writing') continue;
      expect(planned[at + 1]!.faults[0]!.member).toBe(faults[0]!.member);
      count++;
    }
    expect(count).toBeGreaterThan(10);
  },
);
