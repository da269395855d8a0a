/**
 * What a receiver is told:
 *   1. After a quiet time it knows exactly what is, whatever happened and however often it was away.
 *   2. It never hears twice what it knows, but for reminders: critical, and four hours apart.
 *   3. In the first minute it hears only of what is critical, and that it is so no more.
 *   4. What came and went within the gathering time, or while it was away, it does not hear of; what comes at once, comes in one piece.
 *   5. What another member tells is left to that one; that it is over is told by who told of it.
 *   6. What an earlier process told is told to be over, once that is known.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PROBE_NAMES, type ProbeLevel, type ProbeName, type ProbeStates } from './probe.ts';
import {
  FORGET_MS,
  GATHER_MS,
  type ProbeChange,
  QUIET_START_MS,
  REMIND_MS,
  readKnown,
  ToldStates,
} from './told-states.ts';

const S = 1_000;
const states = (given: Partial<Record<ProbeName, ProbeLevel>>): ProbeStates =>
  new Map(
    Object.entries(given).map(([name, level]) => [
      name as ProbeName,
      { level, sinceMs: 0, message: `${name} ${level}` },
    ]),
  );
const brief = (changes: readonly ProbeChange[]) =>
  changes.map(({ name, before, level }) => `${name}: ${before} → ${level}`);

/** Tells all that is due at each second from `fromMs` on, before `toMs`. */
function run(told: ToldStates, fromMs: number, toMs: number, now: ProbeStates): string[][] {
  const heard: string[][] = [];
  for (let atMs = fromMs; atMs < toMs; atMs += S) {
    const due = told.due(atMs, now);
    if (due.length === 0) continue;
    heard.push(brief(due));
    told.told(due, atMs);
  }
  return heard;
}

const names = PROBE_NAMES.slice(0, 3);
const anyStates = fc.record(
  Object.fromEntries(
    names.map((name) => [name, fc.constantFrom<ProbeLevel>('fine', 'warning', 'critical')]),
  ) as Record<ProbeName, fc.Arbitrary<ProbeLevel>>,
);

test('1, 2, 3: it ends up knowing what is, hears nothing twice, and only critical things at first', () => {
  const step = fc.record({
    now: anyStates,
    seconds: fc.integer({ min: 1, max: 20_000 }),
    reachable: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
      const told = new ToldStates(0);
      const known = new Map<ProbeName, { level: ProbeLevel; atMs: number }>();
      let atMs = 0;
      const hear = (given: ProbeStates, reachable: boolean): void => {
        const due = told.due(atMs, given);
        if (!reachable || due.length === 0) return;
        for (const { name, before, level } of due) {
          const last = known.get(name);
          expect(before).toBe(last?.level ?? 'fine');
          if (level === before) {
            expect(level).toBe('critical');
            expect(atMs - (last?.atMs ?? 0)).toBeGreaterThanOrEqual(REMIND_MS);
          }
          if (atMs < QUIET_START_MS) expect([level, before]).toContain('critical');
          known.set(name, { level, atMs });
        }
        told.told(due, atMs);
      };
      for (const { now, seconds, reachable } of [
        ...steps,
        { ...steps.at(-1)!, seconds: 120, reachable: true },
      ]) {
        const given = states(now);
        // Coarser where nothing can change.
        const stepS = Math.max(1, Math.floor(seconds / 100));
        for (let second = 0; second < seconds; second += stepS) {
          hear(given, reachable);
          atMs += stepS * S;
        }
      }
      const last = states(steps.at(-1)!.now);
      for (const name of names) expect(known.get(name)?.level ?? 'fine').toBe(last.get(name)?.level);
    }),
  );
});

test('2: what stays critical is told again every four hours, a warning is not', () => {
  const told = new ToldStates(0);
  const heard = run(
    told,
    QUIET_START_MS,
    QUIET_START_MS + 2 * REMIND_MS + 60 * S,
    states({ disk: 'critical', lag: 'warning' }),
  );
  expect(heard).toEqual([
    ['disk: fine → critical', 'lag: fine → warning'],
    ['disk: critical → critical'],
    ['disk: critical → critical'],
  ]);
});

test('4: changes that come together are one message, what goes at once none', () => {
  const told = new ToldStates(-QUIET_START_MS);
  expect(told.due(0, states({ disk: 'warning' }))).toEqual([]);
  expect(brief(told.due(GATHER_MS, states({ disk: 'warning', lag: 'critical' })))).toEqual([
    'lag: fine → critical',
    'disk: fine → warning',
  ]);
  expect(told.due(GATHER_MS + S, states({}))).toEqual([]);
  expect(run(told, 10 * S, 60 * S, states({}))).toEqual([]);
  const storm = states(Object.fromEntries(PROBE_NAMES.map((name) => [name, 'critical'])));
  expect(run(told, 60 * S, 120 * S, storm)).toEqual([PROBE_NAMES.map((name) => `${name}: fine → critical`)]);
});

test('5: rises of what others tell are left to them, and what was told from here is ended from here', () => {
  const told = new ToldStates(-QUIET_START_MS);
  const left = new Set<ProbeName>(['members']);
  const away = states({ members: 'warning', disk: 'warning' });
  told.due(0, away, left);
  const due = told.due(GATHER_MS, away, left);
  expect(brief(due)).toEqual(['disk: fine → warning']);
  told.told([...due, { name: 'members', level: 'warning' }], GATHER_MS);
  told.due(10 * S, states({}), left);
  const calm = states({ members: 'fine', disk: 'warning' });
  told.due(20 * S, calm, left);
  expect(brief(told.due(20 * S + GATHER_MS, calm, left))).toEqual(['members: warning → fine']);
});

test('6: what the process before told is ended when it is known to be over, or was not looked up for long', () => {
  const told = new ToldStates(
    0,
    readKnown({ disk: 'critical', lag: 'warning', unknown: 'critical', members: 7 }),
  );
  expect([...told.known]).toEqual([
    ['disk', 'critical'],
    ['lag', 'warning'],
  ]);
  expect(run(told, 0, FORGET_MS, states({ disk: 'fine' }))).toEqual([['disk: critical → fine']]);
  expect(run(told, FORGET_MS, FORGET_MS + 60 * S, states({ disk: 'fine' }))).toEqual([
    ['lag: warning → fine'],
  ]);
  expect([...told.known]).toEqual([]);
  for (const damaged of [undefined, null, 'x', 5, [], { disk: {} }]) expect(readKnown(damaged).size).toBe(0);
});
