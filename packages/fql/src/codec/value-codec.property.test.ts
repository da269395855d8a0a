import { CorruptionError } from '@skein/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FqlFault } from '../evaluate/fql-error.ts';
import { renderValue } from '../json/render.ts';
import { DocumentValue, PageValue, type Value } from '../values/value.ts';
import { documentFields, pageFields } from './plain-fields.ts';
import { someNames, someStoredValue, someValue } from './value-arbitraries.ts';
import { decodeValue, encodeValue } from './value-codec.ts';

test('any stored value decodes to itself, with the order of its keys', () => {
  fc.assert(
    fc.property(someStoredValue, (value) => {
      const decoded = decodeValue(encodeValue(value, someNames), someNames);
      expect(renderValue(decoded)).toBe(renderValue(value));
      if (typeof value === 'number') expect(decoded).toBe(value);
    }),
    { numRuns: 500 },
  );
});

test('documents and pages are stored as the objects that they look like', () => {
  const plain = (value: Value): Value => {
    if (value instanceof DocumentValue) return documentFields(value);
    return value instanceof PageValue ? pageFields(value) : value;
  };
  fc.assert(
    fc.property(someValue, (value) => {
      expect(encodeValue(value, someNames)).toEqual(encodeValue(plain(value), someNames));
    }),
  );
});

test('damaged bytes are told as damage, or are another value in its only encoding', () => {
  let damagedCount = 0;
  fc.assert(
    fc.property(someStoredValue, fc.nat(), fc.nat(255), fc.nat(3), (value, place, byte, kind) => {
      const bytes = encodeValue(value, someNames);
      const at = place % bytes.length;
      const changed = kind === 0 ? bytes.slice(0, at) : kind === 1 ? Uint8Array.of(...bytes, byte) : bytes;
      if (kind > 1) changed[at] = byte;
      try {
        const decoded = decodeValue(changed, someNames);
        expect(renderValue(decodeValue(encodeValue(decoded, someNames), someNames))).toBe(
          renderValue(decoded),
        );
      } catch (error) {
        if (!(error instanceof CorruptionError)) throw error;
        damagedCount++;
        expect(error.offset).toBeLessThanOrEqual(changed.length);
      }
    }),
    { numRuns: 1000 },
  );
  expect(damagedCount).toBeGreaterThan(200);
});

test('arbitrary bytes decode to a value or are damage', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
      try {
        decodeValue(bytes, someNames);
      } catch (error) {
        if (!(error instanceof CorruptionError)) throw error;
      }
    }),
    { numRuns: 2000 },
  );
});

test('nesting beyond the limit is a fault to write and damage to read', () => {
  let value: Value = 1n;
  for (let level = 0; level < 100_000; level++) value = [value];
  expect(() => encodeValue(value, someNames)).toThrow(FqlFault);
  const bytes = new Uint8Array(200_000).fill(1);
  for (let at = 0; at < bytes.length; at += 2) bytes[at] = 8;
  expect(() => decodeValue(bytes, someNames)).toThrow(CorruptionError);
});
