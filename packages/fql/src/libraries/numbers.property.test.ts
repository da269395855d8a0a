import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { INTEGER_MAX, INTEGER_MIN } from '../values/value.ts';
import { decimalDigits } from './decimal-digits.ts';
import { hypotenuse } from './hypotenuse.ts';
import { floorDivide, floorModulo, integerOf, wrap } from './int64.ts';
import { parseNumber } from './parse-number.ts';
import { roundDouble, roundInteger, truncateDouble, truncateInteger } from './rounding.ts';

const int64 = fc.bigInt({ min: INTEGER_MIN, max: INTEGER_MAX });
const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

test('wrapped integers differ from the exact ones by multiples of 2^64', () => {
  fc.assert(
    fc.property(int64, int64, (a, b) => {
      const wrapped = wrap(a * b);
      expect((a * b - wrapped) % 2n ** 64n).toBe(0n);
      expect(wrapped >= INTEGER_MIN && wrapped <= INTEGER_MAX).toBe(true);
    }),
  );
});

test('dividing down leaves a remainder from 0 on', () => {
  fc.assert(
    fc.property(int64, fc.bigInt({ min: 1n, max: 10n ** 12n }), (value, by) => {
      expect(floorDivide(value, by) * by + floorModulo(value, by)).toBe(value);
      expect(floorModulo(value, by) >= 0n && floorModulo(value, by) < by).toBe(true);
    }),
  );
});

test('doubles become the integers towards zero, within bounds', () => {
  expect(integerOf(Number.NaN)).toBe(0n);
  expect(integerOf(Number.POSITIVE_INFINITY)).toBe(INTEGER_MAX);
  expect(integerOf(Number.NEGATIVE_INFINITY)).toBe(INTEGER_MIN);
  fc.assert(
    fc.property(finite, (value) => {
      const exact = BigInt(Math.trunc(value));
      const bounded = exact > INTEGER_MAX ? INTEGER_MAX : exact < INTEGER_MIN ? INTEGER_MIN : exact;
      expect(integerOf(value)).toBe(bounded);
    }),
  );
});

test('decimal digits read back as the same double', () => {
  fc.assert(
    fc.property(
      finite.filter((value) => value !== 0),
      (value) => {
        const { digits, point } = decimalDigits(value);
        expect(Number(`0.${digits}e${point}`)).toBe(Math.abs(value));
      },
    ),
  );
});

test('numbers that are written out are read as they are', () => {
  fc.assert(
    fc.property(int64, (value) => {
      expect(parseNumber(value.toString())).toBe(value);
      expect(parseNumber(`${value}.000 and more`)).toBe(value === 0n ? 0n : value);
    }),
  );
  fc.assert(
    fc.property(finite, (value) => {
      const written = String(value).replace('e+', 'E').replace('e', 'E');
      expect(Number(parseNumber(written))).toBe(value === 0 ? 0 : value);
    }),
  );
});

test('any text is a number or none', () => {
  const nearly = fc.string({ unit: fc.constantFrom('0', '1', '9', '.', ',', '-', 'E', '+', ' ') });
  fc.assert(
    fc.property(fc.oneof(fc.string(), nearly), (text) => {
      const found = parseNumber(text);
      expect(found === undefined || typeof found === 'bigint' || typeof found === 'number').toBe(true);
      // There is a number as soon as there is a digit at the beginning.
      if (/^-?\d/.test(text)) expect(found).toBeDefined();
    }),
  );
});

test('rounded integers are the multiples of the unit that Fauna chose', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }),
      fc.integer({ min: 0, max: 6 }),
      (value, places) => {
        const unit = 10n ** BigInt(places);
        const rounded = roundInteger(value, BigInt(-places));
        expect(rounded % unit).toBe(0n);
        // Fauna: the whole part of value / unit + 1/2.
        expect(rounded / unit).toBe((2n * value + unit) / (2n * unit));
        const truncated = truncateInteger(value, BigInt(-places));
        expect(truncated / unit).toBe(value / unit);
      },
    ),
  );
});

test('rounding to more digits than there are changes nothing', () => {
  fc.assert(
    fc.property(finite, fc.bigInt({ min: 16n, max: INTEGER_MAX }), (value, precision) => {
      expect(roundDouble(value, precision)).toBe(value);
      expect(truncateDouble(value, precision)).toBe(value);
    }),
  );
  for (const precision of [INTEGER_MIN, -400n, -1n, 0n, 2n, INTEGER_MAX]) {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(roundDouble(value, precision)).toBe(value);
      expect(truncateDouble(value, precision)).toBe(value);
    }
  }
});

test('rounded doubles are near, truncated ones not beyond', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -1e9, max: 1e9, noNaN: true }),
      fc.integer({ min: 1, max: 6 }),
      (value, places) => {
        const slack = 1e-6;
        expect(Math.abs(roundDouble(value, BigInt(places)) - value)).toBeLessThanOrEqual(
          1.5 * 10 ** -places + slack,
        );
        expect(Math.abs(truncateDouble(value, BigInt(places)))).toBeLessThanOrEqual(Math.abs(value) + slack);
      },
    ),
  );
});

test('a hypotenuse is never more than a place away from the exact one', () => {
  fc.assert(
    fc.property(finite, finite, (a, b) => {
      const found = hypotenuse(a, b);
      expect(found).toBe(hypotenuse(b, -a));
      const reference = Math.hypot(a, b);
      if (reference === found) return;
      expect(Math.abs(found - reference)).toBeLessThanOrEqual(reference * 4.5e-16 + 1e-323);
    }),
  );
  expect(hypotenuse(3, 3)).toBe(4.242640687119285);
  expect(hypotenuse(Number.POSITIVE_INFINITY, Number.NaN)).toBe(Number.POSITIVE_INFINITY);
});
