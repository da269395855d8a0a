/**
 * States of probes, over any sequence of looks:
 *   1. A level is reached when it was found without a pause for as long as it must hold, and never before.
 *   2. It is left only after nothing as bad was found for the clearing time.
 *   3. A probe changes a bounded number of times an hour, whatever it finds.
 *   4. Looks that could not be made change nothing.
 *   5. A probe that has been fine for an hour clears as quickly as at first.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Finding, type ProbeLevel, type ProbeState, rankOf } from './probe.ts';
import { ProbeJudge, type ProbeTiming, TRUST_MS } from './probe-judge.ts';

const S = 1_000;
const timing: ProbeTiming = { holdMs: { warning: 10 * S, critical: 5 * S }, clearMs: 20 * S };

type Look = ProbeLevel | 'unknown';

/** Runs of equal looks, so that holding and clearing happen. */
const looks = (secondsMax: number) =>
  fc
    .array(
      fc.record({
        look: fc.constantFrom<Look>('fine', 'warning', 'critical', 'unknown'),
        count: fc.integer({ min: 1, max: secondsMax }),
      }),
      { minLength: 1, maxLength: 40 },
    )
    .map((runs) => runs.flatMap(({ look, count }) => Array<Look>(count).fill(look)));

function judged(given: readonly Look[], of: ProbeTiming = timing): readonly (ProbeState | undefined)[] {
  const judge = new ProbeJudge(() => of);
  return given.map((look, at) => {
    const finding: Finding | undefined = look === 'unknown' ? undefined : { level: look, message: look };
    judge.note(at * S, new Map(finding === undefined ? [] : [['disk', finding]]));
    return judge.states.get('disk');
  });
}

const levelsOf = (states: readonly (ProbeState | undefined)[]) =>
  states.map((state) => rankOf(state?.level ?? 'fine'));

test('1: a level is reached exactly when it, or worse, was found without a pause for its hold time', () => {
  fc.assert(
    fc.property(looks(30), (given) => {
      const levels = levelsOf(judged(given));
      for (const [at, look] of given.entries()) {
        const before = levels[at - 1] ?? 0;
        const held =
          look === 'unknown' ? 0 : (([2, 1] as const).find((rank) => hasHeld(given, at, rank)) ?? 0);
        if (held > before) expect(levels[at]).toBe(held);
        else expect(levels[at]).toBeLessThanOrEqual(before);
      }
    }),
  );
});

/** Plainly: back to the last look that found less. */
function hasHeld(given: readonly Look[], at: number, rank: 1 | 2): boolean {
  let since: number | undefined;
  for (let back = at; back >= 0; back--) {
    const found = given[back]!;
    if (found === 'unknown') continue;
    if (rankOf(found) < rank) break;
    since = back;
  }
  return since !== undefined && (at - since) * S >= timing.holdMs[rank === 1 ? 'warning' : 'critical'];
}

test('2: a level is left only after nothing as bad was found for the clearing time', () => {
  fc.assert(
    fc.property(looks(60), (given) => {
      const levels = levelsOf(judged(given));
      for (let at = 1; at < levels.length; at++) {
        const [before = 0, after = 0] = [levels[at - 1], levels[at]];
        if (after >= before) continue;
        const recent = given.slice(Math.max(0, at - timing.clearMs / S + 1), at + 1);
        expect(recent.every((look) => look === 'unknown' || rankOf(look) < before)).toBe(true);
      }
    }),
  );
});

test('3: at most some changes in the first hour, and a few in each hour after it', () => {
  const hour = 3_600;
  const hostile = fc.record({
    bad: fc.integer({ min: 1, max: 300 }),
    good: fc.integer({ min: 1, max: 2_000 }),
  });
  fc.assert(
    fc.property(fc.array(hostile, { minLength: 1, maxLength: 5 }), (pattern) => {
      const cycle = pattern.flatMap(({ bad, good }) => [
        ...Array<Look>(bad).fill('critical'),
        ...Array<Look>(good).fill('fine'),
      ]);
      const given = Array.from({ length: 3 * hour }, (_, at) => cycle[at % cycle.length]!);
      const levels = levelsOf(judged(given, { holdMs: { warning: 0, critical: 0 }, clearMs: 15 * S }));
      const changes = levels.flatMap((level, at) => (level === (levels[at - 1] ?? 0) ? [] : [at]));
      expect(changes.filter((at) => at < hour).length).toBeLessThanOrEqual(18);
      expect(changes.filter((at) => at >= hour && at < 2 * hour).length).toBeLessThanOrEqual(10);
      expect(changes.filter((at) => at >= 2 * hour).length).toBeLessThanOrEqual(10);
    }),
    { numRuns: 40 },
  );
});

test('4: unknown looks in between change neither when a level is reached nor what is said', () => {
  const judge = new ProbeJudge(() => timing);
  judge.note(0, new Map([['disk', { level: 'warning', message: 'low' }]]));
  judge.note(5 * S, new Map());
  judge.note(10 * S, new Map([['disk', { level: 'warning', message: 'lower' }]]));
  expect(judge.states.get('disk')).toEqual({ level: 'warning', sinceMs: 10 * S, message: 'lower' });
  judge.note(1_000 * S, new Map());
  expect(judge.states.get('disk')?.level).toBe('warning');
  judge.note(1_001 * S, new Map([['disk', 'none']]));
  expect(judge.states.has('disk')).toBe(false);
});

test('5: what comes back soon has to be well for longer, until it is trusted again', () => {
  const seconds = (count: number, look: Look) => Array<Look>(count).fill(look);
  const cycle = [...seconds(11, 'warning'), ...seconds(600, 'fine')];
  const clearedAfter = (given: readonly Look[]): number => {
    const levels = levelsOf(judged(given));
    return levels.lastIndexOf(1) - given.lastIndexOf('warning');
  };
  expect([1, 2, 3].map((count) => clearedAfter(Array.from({ length: count }, () => cycle).flat()))).toEqual([
    19, 39, 79,
  ]);
  expect(clearedAfter([...cycle, ...cycle, ...seconds(TRUST_MS / S, 'fine'), ...cycle])).toBe(19);
});
