/** Texts in texts, against the platform's search. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TextFinder } from './text-finder.ts';

const text = (maxLength: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom('a', 'b', 'ab', '😀'), { maxLength }).map((parts) => parts.join(''));

test('finds what indexOf finds, from anywhere', () => {
  const seen = { long: 0, found: 0 };
  fc.assert(
    fc.property(
      text(20),
      text(40),
      text(20),
      fc.boolean(),
      fc.nat({ max: 50 }),
      (start, find, end, isIn, from) => {
        const whole = isIn ? start + find + end : start + end;
        const found = new TextFinder(find).indexIn(whole, from);
        expect(found).toBe(whole.indexOf(find, from));
        if (find.length > 16) seen.long++;
        if (find.length > 16 && found >= 0) seen.found++;
      },
    ),
    { numRuns: 500 },
  );
  expect(Math.min(seen.long, seen.found)).toBeGreaterThan(0);
});

test('what is almost there at every place is found in linear time', () => {
  const find = `${'a'.repeat(100_000)}b${'a'.repeat(100_000)}`;
  expect(new TextFinder(find).indexIn('a'.repeat(2_000_000), 0)).toBe(-1);
});
