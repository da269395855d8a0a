import fc from 'fast-check';
import { expect, test } from 'vitest';
import { roundest } from './own-digests.ts';

test('no other number between the bounds is divided by a larger power of two', () => {
  const zeros = (value: number): number => {
    let count = 0;
    for (let left = value; left % 2 === 0; left /= 2) count++;
    return count;
  };
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), fc.nat(300), (from, more) => {
      const found = roundest(from, from + more);
      expect(found).toBeGreaterThanOrEqual(from);
      expect(found).toBeLessThanOrEqual(from + more);
      for (let other = from; other <= from + more; other++)
        expect(zeros(other)).toBeLessThanOrEqual(zeros(found));
    }),
  );
});
