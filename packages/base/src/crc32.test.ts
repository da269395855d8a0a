import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32c } from './crc32.ts';
import { utf8Encode } from './utf8.ts';

test('the check value of RFC 3720 comes out', () => {
  expect(crc32c(utf8Encode('123456789'))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
});

test('a checksum continued over parts equals the checksum of the whole', () => {
  const bytes = Uint8Array.from({ length: 1000 }, (_, at) => (at * 31) & 255);
  for (const cut of [0, 1, 7, 8, 9, 500, 999, 1000]) {
    expect(crc32c(bytes.subarray(cut), crc32c(bytes.subarray(0, cut)))).toBe(crc32c(bytes));
  }
});

test('any bytes at any alignment have the checksum that one bit after the other gives', () => {
  const plain = (bytes: Uint8Array): number => {
    let crc = -1;
    for (const byte of bytes) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    }
    return ~crc >>> 0;
  };
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(9), (bytes, offset) => {
      const placed = new Uint8Array(new ArrayBuffer(bytes.length + offset), offset);
      placed.set(bytes);
      expect(crc32c(placed)).toBe(plain(bytes));
    }),
  );
});
