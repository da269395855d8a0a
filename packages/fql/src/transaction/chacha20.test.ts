/** Chance that the seed decides, by the published vectors of ChaCha20. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chachaBlock, SeededRandom } from './chacha20.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('a block is that of RFC 8439, section 2.3.2', () => {
  const state = Uint32Array.of(
    ...[0x61707865, 0x3320646e, 0x79622d32, 0x6b206574],
    ...[0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c, 0x13121110, 0x17161514, 0x1b1a1918, 0x1f1e1d1c],
    ...[0x00000001, 0x09000000, 0x4a000000, 0x00000000],
  );
  expect(hex(chachaBlock(state))).toBe(
    '10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e' +
      'd282644607 9faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e'.replaceAll(' ', ''),
  );
});

test('a 16-byte key of zeros gives the key stream of the original specification', () => {
  expect(hex(new SeededRandom(new Uint8Array(16)).bytes(16))).toBe('89670952608364fd00b2f90936f031c8');
});

test('the same seed gives the same bytes, however they are asked for; another seed gives others', () => {
  const seed = fc.uint8Array({ minLength: 16, maxLength: 16 });
  fc.assert(
    fc.property(seed, seed, fc.array(fc.nat({ max: 90 }), { maxLength: 6 }), (a, b, counts) => {
      const random = new SeededRandom(a);
      const parts = counts.map((count) => hex(random.bytes(count))).join('');
      const total = counts.reduce((sum, count) => sum + count, 0);
      expect(parts).toBe(hex(new SeededRandom(a).bytes(total)));
      if (hex(a) !== hex(b)) {
        expect(hex(new SeededRandom(a).bytes(16))).not.toBe(hex(new SeededRandom(b).bytes(16)));
      }
    }),
  );
});
