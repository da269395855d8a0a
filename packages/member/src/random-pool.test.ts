import fc from 'fast-check';
import { expect, test } from 'vitest';
import { takeRandom } from './random-pool.ts';

test('bytes are given once, and stay what they are', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 8, max: 600 }), { minLength: 20 }), (counts) => {
      const given = counts.map((count) => takeRandom(count));
      const copies = given.map((bytes) => bytes.toString('hex'));
      takeRandom(4096);
      expect(given.map((bytes) => bytes.toString('hex'))).toEqual(copies);
      expect(given.map(({ byteLength }) => byteLength)).toEqual(counts);
      expect(new Set(copies.map((text) => text.slice(0, 16))).size).toBe(counts.length);
    }),
  );
});
