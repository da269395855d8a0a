import { CorruptionError } from '@skein/base';
import type { CollectionId, DocumentKey, ScopeId, StoredVersion } from '@skein/fql/document-store';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decodeChanges,
  decodeEntry,
  decodeNumber,
  decodePast,
  decodeRaw,
  decodeVersion,
  encodeChanges,
  encodeEntry,
  encodeNumber,
  encodePast,
  encodeRaw,
  encodeVersion,
  type Scratch,
} from './codecs.ts';
import { KeyBuffer } from './key-buffer.ts';
import { documentKey } from './storage-reader.ts';

const time = fc.maxSafeNat();
const body = fc.oneof(
  fc.uint8Array({ maxLength: 100 }),
  fc.constantFrom(4087, 4097, 9000).map((length) => new Uint8Array(length)),
);
const action = fc.constantFrom('create', 'update', 'delete');

/** The encoded bytes, inside a longer array, as LMDB's wrapper hands them over. */
function stored(scratch: Scratch): [bytes: Uint8Array, length: number] {
  const bytes = new Uint8Array(scratch.end + 7).fill(99);
  bytes.set(scratch.subarray(0, scratch.end));
  return [bytes, scratch.end];
}

function roundTrips<T>(
  arbitrary: fc.Arbitrary<T>,
  encode: (value: T) => Scratch,
  decode: (bytes: Uint8Array, length: number) => unknown,
): void {
  fc.assert(
    fc.property(arbitrary, (value) => {
      expect(decode(...stored(encode(value)))).toEqual(value);
    }),
  );
}

test('every value comes back as it went in', () => {
  roundTrips(fc.record({ ts: time, action, body }), encodeVersion, decodeVersion);
  roundTrips(fc.record({ end: time, action, body }), encodePast, decodePast);
  const order = fc.option(fc.uint8Array({ minLength: 1, maxLength: 2000 }), { nil: undefined });
  roundTrips(fc.record({ time, order, body }), encodeEntry, decodeEntry);
  const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  const key: fc.Arbitrary<DocumentKey> = fc.record({
    scope: u32.map((id) => id as ScopeId),
    collection: u32.map((id) => id as CollectionId),
    id: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
  });
  roundTrips(fc.array(key), encodeChanges, decodeChanges);
  roundTrips(time, encodeNumber, decodeNumber);
  roundTrips(body, encodeRaw, decodeRaw);
});

test('any bytes are a value or are told as damage', () => {
  const decoders = [decodeVersion, decodePast, decodeEntry, decodeChanges, decodeNumber];
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.constantFrom(...decoders), (bytes, decode) => {
      try {
        decode(bytes, bytes.length);
      } catch (error) {
        expect(error).toBeInstanceOf(CorruptionError);
      }
    }),
    { numRuns: 1000 },
  );
});

test('keys are ordered as what they say', () => {
  fc.assert(
    fc.property(time, time, (a, b) => {
      const [first, second] = [a, b].map((each) => Buffer.from(new KeyBuffer().time(each).copy()));
      expect(Buffer.compare(first!, second!)).toBe(Math.sign(a - b));
    }),
  );
});

test('the row in the description of the format', () => {
  const key = documentKey(new KeyBuffer(), {
    scope: 0 as ScopeId,
    collection: 1024 as CollectionId,
    id: 1n,
  });
  expect(Buffer.from(key.copy()).toString('hex')).toBe('00000000000004000000000000000001');
  const version: StoredVersion = { ts: 1.7e15, action: 'create', body: Buffer.from('ab') };
  const [bytes, length] = stored(encodeVersion(version));
  expect(Buffer.from(bytes.subarray(0, length)).toString('hex')).toBe('00060a24181e4000006162');
});
