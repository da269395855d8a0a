/**
 * Regular expressions against JavaScript's own (for what both write alike and choose alike), and both matchers against each other.
 */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { searchBacktracking } from './backtracking-matcher.ts';
import { searchLinear } from './linear-matcher.ts';
import { parsePattern } from './parse-pattern.ts';
import { RegexSyntaxError } from './pattern.ts';
import { compilePattern } from './program.ts';
import { Regex } from './regex.ts';
import { RegexStepsError, StepCounter } from './step-counter.ts';

const ignore = (): void => undefined;
const quantifier = fc.constantFrom(
  '',
  '',
  '',
  '*',
  '+',
  '?',
  '*?',
  '+?',
  '??',
  '{2}',
  '{1,2}',
  '{0,2}?',
  '{1,}',
);

/** What JavaScript writes and matches as Java does. */
const { pattern: regularPattern } = fc.letrec<{ atom: string; sequence: string; pattern: string }>((tie) => ({
  atom: fc.oneof(
    { depthSize: 'small', maxDepth: 3 },
    fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\w', '\\d', '\\x61', '𐐀', '[a-c𐐀]', '\\.'),
    tie('pattern').map((inner) => `(?:${inner})`),
    tie('pattern').map((inner) => `(${inner})`),
  ),
  sequence: fc
    .array(fc.tuple(tie('atom'), quantifier), { maxLength: 3 })
    .map((parts) => parts.map(([atom, count]) => atom + count).join('')),
  pattern: fc.array(tie('sequence'), { minLength: 1, maxLength: 2 }).map((parts) => parts.join('|')),
}));

const irregular = fc
  .tuple(regularPattern, regularPattern, fc.constantFrom('(?=', '(?!', '(?<=', '(?<!'))
  .map(([before, inside, kind]) => `${before}${kind}${inside})`);

const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '𐐀', '1', '\n', '.'), maxLength: 10 });

/** V8 looks between the halves of a character, too. */
const textOfUnits = text.map((given) => given.replaceAll('𐐀', 'c'));

function extents(pattern: string, given: string): readonly (readonly [number, number])[] {
  return [...new Regex(pattern).matches(given, ignore)].map(({ start, end }) => [start, end] as const);
}

function extentsInJavaScript(pattern: string, given: string): readonly (readonly [number, number])[] {
  return [...given.matchAll(new RegExp(pattern, 'gu'))].map(
    (match) => [match.index, match.index + match[0].length] as const,
  );
}

/**
 * An iteration that takes nothing ends a loop in Java; JavaScript takes it back and tries the next way, and of threads side by side one may be
 * preferred that Java would try later.
 */
function iteratesOverNothing(pattern: string): boolean {
  return /[)][*+?{]/.test(pattern);
}

test('patterns find what JavaScript finds', () => {
  fc.assert(
    fc.property(regularPattern, text, (pattern, given) => {
      fc.pre(!iteratesOverNothing(pattern));
      expect(extents(pattern, given)).toEqual(extentsInJavaScript(pattern, given));
    }),
    { numRuns: 400 },
  );
});

test('looking around finds what JavaScript finds', () => {
  fc.assert(
    fc.property(irregular, textOfUnits, (pattern, given) => {
      fc.pre(!iteratesOverNothing(pattern));
      expect(extents(pattern, given)).toEqual(extentsInJavaScript(pattern, given));
    }),
    { numRuns: 400 },
  );
});

test('both matchers find the same', () => {
  fc.assert(
    fc.property(regularPattern, text, fc.nat(4), (pattern, given, from) => {
      fc.pre(!iteratesOverNothing(pattern));
      const program = compilePattern(parsePattern(pattern));
      const start = Math.min(from, given.length);
      const steps = new StepCounter(ignore, Number.POSITIVE_INFINITY);
      const linear = searchLinear(program, given, start, start, steps);
      const backtracking = searchBacktracking(program, given, start, start, steps);
      expect(linear).toEqual(backtracking);
    }),
    { numRuns: 400 },
  );
});

test('any text is a pattern or a syntax error, and every match ends', () => {
  const nearly = fc.string({
    unit: fc.constantFrom(
      'a',
      '[',
      ']',
      '^',
      '-',
      '&',
      '\\',
      '(',
      ')',
      '?',
      '{',
      '}',
      '1',
      ',',
      '*',
      '+',
      '|',
      '<',
      '=',
      '!',
      'Q',
      'E',
      'p',
      'x',
      'k',
      '𐐀',
    ),
  });
  fc.assert(
    fc.property(fc.oneof(nearly, fc.string({ unit: 'binary' })), text, (pattern, given) => {
      try {
        expect(new Regex(pattern).isIn(given, ignore)).toBeTypeOf('boolean');
      } catch (error) {
        if (!(error instanceof RegexSyntaxError)) throw error;
      }
    }),
    { numRuns: 1000 },
  );
});

test('patterns that hang other engines end', () => {
  const long = `${'a'.repeat(5000)}b`;
  expect(new Regex('(a+)+$').isIn(long, ignore)).toBe(false);
  expect(new Regex('(a|a)*c').isIn(long, ignore)).toBe(false);
  expect(new Regex('(.*)*x').isIn(long, ignore)).toBe(false);
  expect(() => new Regex('(a|aa)+\\1$').isIn(long.slice(-60), ignore)).toThrow(RegexStepsError);
  expect(() => new Regex('(?=(a+)+c)').isIn(long.slice(-60), ignore)).toThrow(RegexStepsError);
  expect(() => new Regex('((a{100}){100}){100}')).toThrow(RegexSyntaxError);
  expect(() => new Regex('('.repeat(100_000))).toThrow(RegexSyntaxError);
  expect(() => new Regex('['.repeat(100_000))).toThrow(RegexSyntaxError);
  expect(() => new Regex('[a&&'.repeat(100_000))).toThrow(RegexSyntaxError);
});

test('every step is reported, also of short matches', () => {
  let stepCount = 0;
  const report = (steps: number): void => {
    stepCount += steps;
  };
  expect(new Regex('b').isIn('ab', report)).toBe(true);
  const afterOne = stepCount;
  expect(afterOne).toBeGreaterThan(0);
  for (const _ of new Regex('a|b').matches('ab', report)) break;
  expect(stepCount).toBeGreaterThan(afterOne);
});

test('a report that throws ends the match', () => {
  const stop = (): never => {
    throw new RangeError('enough');
  };
  expect(() => new Regex('(a+)+$').isIn('a'.repeat(10_000), stop)).toThrow(RangeError);
});

/** Groups of the first match; found by Java. */
test.each([
  ['(a|ab)(c|bcd)(d*)', 'abcd', ['a', 'bcd', '']],
  ['((a)|b)*', 'ab', ['b', 'a']],
  ['(?:(a)|(b))*', 'ab', ['a', 'b']],
  ['(?<year>\\d{4})-(\\d\\d)', 'in 2024-05', ['2024', '05']],
  ['(?=(a+))a*b\\1', 'baaabac', ['a']],
  ['(?!(a))b', 'b', [undefined]],
  ['(a)?b', 'b', [undefined]],
  ['(?>(a+))b', 'aab', ['aa']],
  ['(a*)+', 'b', ['']],
])('%s in %s has its groups', (pattern, given, groups) => {
  const [match] = new Regex(pattern).matches(given, ignore);
  expect(groups.map((_, at) => match?.group(at + 1))).toEqual(groups);
});
