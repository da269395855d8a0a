import fc from 'fast-check';
import { expect, test } from 'vitest';
import { typos } from '../testing/edit-distance.ts';
import { nearestPrefix, typosBetween } from './edit-distance.ts';

const letters = fc.constantFrom('a', 'b', 'c');
const word = fc.string({ unit: letters, minLength: 1, maxLength: 9 });
const long = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 64 });
/** Near words: a word and a few edits of it. */
const pair = fc.oneof(
  fc.tuple(word, word),
  fc.tuple(long, fc.nat(), letters).map(([text, at, letter]): [string, string] => {
    const place = at % text.length;
    return [text, text.slice(0, place) + letter + text.slice(place + 1)];
  }),
);
const typosMax = fc.integer({ min: 0, max: 2 });

test('whole words: as many typos as the plain computation finds, up to the limit', () => {
  fc.assert(
    fc.property(pair, typosMax, ([query, term], limit) => {
      expect(typosBetween(query, term, limit)).toBe(Math.min(typos(query, term, false), limit + 1));
    }),
    { numRuns: 1000 },
  );
});

test('prefixes: the shortest of those with the fewest typos', () => {
  fc.assert(
    fc.property(pair, typosMax, ([query, term], limit) => {
      const fewest = typos(query, term, true);
      const shortest = Array.from({ length: term.length + 1 }, (_, length) => length).find(
        (length) => typos(query, term.slice(0, length), false) === fewest,
      );
      const expected = fewest > limit ? undefined : { typos: fewest, length: shortest };
      expect(nearestPrefix(query, term, limit)).toEqual(expected);
    }),
    { numRuns: 1000 },
  );
});

test('1: the first letter counts double', () => {
  expect(typosBetween('lamp', 'damp', 2)).toBe(2);
  expect(typosBetween('lamp', 'damp', 1)).toBe(2);
  expect(typosBetween('lamp', 'alamp', 2)).toBe(2);
  expect(typosBetween('lamp', 'lmap', 1)).toBe(1);
});
