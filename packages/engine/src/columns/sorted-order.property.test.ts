import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sortedOrder } from './sorted-order.ts';

const runs = Number(process.env['RUNS'] ?? 100);
const number = fc
  .oneof(
    fc.double({ noNaN: true }),
    fc.integer({ min: -3, max: 3 }),
    fc.integer(),
    fc.constantFrom(Number.MIN_VALUE, -Number.MIN_VALUE, Number.MAX_VALUE, -Number.MAX_VALUE),
  )
  .map((value) => value + 0);

test.each([10, 511, 512, 3000])('up to %s numbers are ordered as a comparison orders them', (count) => {
  fc.assert(
    fc.property(fc.array(number, { minLength: count >> 1, maxLength: count, size: 'max' }), (numbers) => {
      const values = Float64Array.from(numbers);
      const expected = numbers.map((_, at) => at).sort((a, b) => values[a]! - values[b]! || a - b);
      expect([...sortedOrder(values)]).toEqual(expected);
    }),
    { numRuns: count < 1000 ? runs : Math.ceil(runs / 10) },
  );
});

test('equal values keep the order of their places, above the size where the method changes', () => {
  const values = Float64Array.from({ length: 2000 }, (_, at) => (at * 7) % 3);
  const order = sortedOrder(values);
  for (let at = 1; at < order.length; at++) {
    const [before, after] = [order[at - 1]!, order[at]!];
    expect(values[before]! < values[after]! || (values[before] === values[after] && before < after)).toBe(
      true,
    );
  }
});
