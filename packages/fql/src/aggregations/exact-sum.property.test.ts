import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addToSum, EMPTY_SUM, type ExactSum, mergeSums, sumValue } from './exact-sum.ts';

const sumOf = (terms: readonly (bigint | number)[]): ExactSum => terms.reduce(addToSum, EMPTY_SUM);
const integer = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const term = fc.oneof(integer, fc.double());

describe('exact sums', () => {
  test('one double is its own sum', () => {
    fc.assert(
      fc.property(fc.double(), (double) => {
        // The sum of nothing but −0 is 0, as in arithmetic of integers.
        expect(sumValue(sumOf([double]))).toBe(Object.is(double, -0) ? 0 : double);
      }),
    );
  });

  test('two doubles are added as the machine adds them', () => {
    fc.assert(
      fc.property(fc.double(), fc.double(), (a, b) => {
        expect(sumValue(sumOf([a, b]))).toBe(a + b === 0 ? 0 : a + b);
      }),
    );
  });

  test('integers add up exactly, to an integer of 64 bits or to a double', () => {
    fc.assert(
      fc.property(fc.array(integer), (terms) => {
        const exact = terms.reduce((sum, each) => sum + each, 0n);
        expect(sumValue(sumOf(terms))).toBe(BigInt.asIntN(64, exact) === exact ? exact : Number(exact));
      }),
    );
  });

  test('the order and the grouping of terms change nothing', () => {
    fc.assert(
      fc.property(
        fc.array(term).chain((terms) =>
          fc.record({
            terms: fc.constant(terms),
            shuffled: fc.shuffledSubarray(terms, { minLength: terms.length }),
            cut: fc.nat(terms.length),
          }),
        ),
        ({ terms, shuffled, cut }) => {
          const merged = mergeSums(sumOf(shuffled.slice(cut)), sumOf(shuffled.slice(0, cut)));
          expect(merged).toEqual(sumOf(terms));
          expect(sumValue(merged)).toEqual(sumValue(sumOf(terms)));
        },
      ),
    );
  });

  test('what machine addition loses is kept', () => {
    expect(sumValue(sumOf([1e308, 1, -1e308]))).toBe(1);
    expect(sumValue(sumOf([0.1, 0.2, 0.3, -0.3, -0.2, -0.1]))).toBe(0);
    expect(sumValue(sumOf([1e308, 1e308, -1e308, -1e308, 5e-324]))).toBe(5e-324);
    expect(sumValue(sumOf([1e308, 1e308]))).toBe(Number.POSITIVE_INFINITY);
  });
});
