import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_TEXT_OPTIONS } from '../schema.ts';
import { Tokeniser } from '../text/tokenise.ts';
import { snippetWindow } from './snippet.ts';
import { TextMarker } from './text-marker.ts';
import { WordMatcher } from './word-matcher.ts';

const tokeniser = new Tokeniser(DEFAULT_TEXT_OPTIONS);
const QUERY = ['aa', 'bb', 'cc'];
const matcher = new WordMatcher(
  QUERY.map((term) => ({ term, prefix: false, typosMax: 0 })),
  { splits: [], concatenations: [] },
);

test('the window is the best of all windows', () => {
  const text = fc.array(fc.constantFrom(...QUERY, 'x', 'y', 'z'), { maxLength: 12 });
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 5 }), (words, length) => {
      const joined = words.join(' ');
      const marks = new TextMarker(tokeniser, matcher).mark(joined, {
        camelCase: false,
        rules: { typos: true, prefixes: true },
      });
      const { start, end } = snippetWindow(joined, marks, length);
      const windows = Array.from({ length: Math.max(1, words.length - length + 1) }, (_, first) => {
        const inside = words.slice(first, first + length);
        const matching = inside.filter((word) => QUERY.includes(word));
        return { first, shown: inside.join(' '), distinct: new Set(matching).size, marked: matching.length };
      });
      const [best] = windows.toSorted(
        (a, b) => b.distinct - a.distinct || b.marked - a.marked || a.first - b.first,
      );
      expect(joined.slice(start, end)).toBe(best!.shown);
    }),
    { numRuns: Number(process.env['RUNS'] ?? 300) },
  );
});
