import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Digest, DigestTable } from './digest.ts';
import { judge } from './judge.ts';

const UNKNOWN = '?';
const LOG_LENGTH = 30;

/** What a thing is at each place of the log: it changes at some of them, and may come and go. */
type History = readonly (string | undefined)[];

const history: fc.Arbitrary<History> = fc
  .array(
    fc.oneof(
      { weight: 5, arbitrary: fc.constant('stay' as const) },
      fc.constantFrom('x', 'y', 'z', undefined),
    ),
    { minLength: LOG_LENGTH, maxLength: LOG_LENGTH },
  )
  .map((steps) => {
    let current: string | undefined;
    // Each change makes a content that was never there before.
    return steps.map((step, at) => {
      if (step !== 'stay') current = step === undefined ? undefined : `${step}${at}`;
      return current;
    });
  });

/** What a member says that looked at `at`, and shows everything up to there; or that looked at an earlier place. */
function tableOf(truth: History, at: number, lookedAt: number): DigestTable {
  const digest = truth[lookedAt];
  const digests = new Map<string, Digest>();
  if (digest !== undefined || truth[at] !== undefined) {
    let from = lookedAt;
    while (from > 0 && truth[from - 1] === digest) from--;
    let through = lookedAt;
    while (through < at && truth[through + 1] === digest) through++;
    digests.set('k', { key: 'k', from, through, digest: digest ?? UNKNOWN });
  }
  return { through: at, digests };
}

const place = fc.integer({ min: 0, max: LOG_LENGTH - 1 });
const looked = fc.tuple(place, place).map(([a, b]) => [Math.max(a, b), Math.min(a, b)] as const);

test('members that have the same history never differ, wherever each of them is', () => {
  fc.assert(
    fc.property(history, looked, looked, looked, (truth, own, one, two) => {
      const peers = new Map([
        ['one', tableOf(truth, ...one)],
        ['two', tableOf(truth, ...two)],
      ]);
      for (const { kind } of judge(tableOf(truth, ...own), peers, UNKNOWN)) expect(kind).toBe('same');
    }),
  );
});

test('of three at the same place the one with another content is the odd one, and the others are not', () => {
  fc.assert(
    fc.property(history, place, (truth, at) => {
      const wrong = [...truth];
      wrong[at] = 'wrong';
      const sound = tableOf(truth, at, at);
      const odd = tableOf(wrong, at, at);
      const ofOdd = judge(odd, new Map(Object.entries({ a: sound, b: sound })), UNKNOWN);
      expect(ofOdd).toEqual([{ key: 'k', kind: 'odd', others: ['a', 'b'] }]);
      const ofSound = judge(sound, new Map(Object.entries({ a: odd, b: sound })), UNKNOWN);
      expect(ofSound).toEqual([{ key: 'k', kind: 'elsewhere', others: ['a'] }]);
      const ofTwo = judge(odd, new Map(Object.entries({ a: sound })), UNKNOWN);
      expect(ofTwo).toEqual([{ key: 'k', kind: 'undecided', others: ['a'] }]);
    }),
  );
});
