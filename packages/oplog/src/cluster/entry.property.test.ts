import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ProposedOperation } from '../operation-log.ts';
import { decodeEntry, EntryFormatError, encodeEntry, hashOf, operationBytesInEntry } from './entry.ts';

// A byte order mark at the start of a text is lost when it is decoded; names have none.
const name = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => !text.startsWith('\ufeff'));
const operation: fc.Arbitrary<ProposedOperation> = fc.record({
  application: fc.oneof(fc.constant('APP'), name),
  operationId: name,
  proposedAtMs: fc.maxSafeNat(),
  payload: fc.uint8Array({ maxLength: 200 }),
});
const operations = fc.array(operation, { minLength: 1, maxLength: 20 });

function copied(list: readonly ProposedOperation[]): readonly ProposedOperation[] {
  return list.map((each) => ({ ...each, payload: Uint8Array.from(each.payload) }));
}

/** What it gives, or undefined when it says that this is no entry; any other error fails the test. */
function tryDecode(bytes: Uint8Array): readonly ProposedOperation[] | undefined {
  try {
    return decodeEntry(bytes);
  } catch (error) {
    if (!(error instanceof EntryFormatError)) throw error;
    expect(error.offset).toBeLessThanOrEqual(bytes.byteLength);
    return undefined;
  }
}

test('operations come out of an entry as they were put in, in order', () => {
  fc.assert(
    fc.property(operations, fc.nat(9), (given, shift) => {
      const encoded = encodeEntry(given);
      // Also from the middle of a larger buffer, as a network brings it.
      const around = new Uint8Array(shift + encoded.byteLength + 3);
      around.set(encoded, shift);
      const read = decodeEntry(around.subarray(shift, shift + encoded.byteLength));
      expect(copied(read)).toEqual(given);
      for (const each of read) expect(each.payload.buffer).toBe(around.buffer);
    }),
  );
});

test('an entry takes at most what its operations were said to take', () => {
  fc.assert(
    fc.property(operations, (given) => {
      const said = given.reduce((sum, each) => sum + operationBytesInEntry(each), 8);
      expect(encodeEntry(given).byteLength).toBeLessThanOrEqual(said);
    }),
  );
});

test('a part of an entry is no entry, nor is one with bytes behind it', () => {
  fc.assert(
    fc.property(
      operations,
      fc.nat(),
      fc.uint8Array({ minLength: 1, maxLength: 40 }),
      (given, place, more) => {
        const encoded = encodeEntry(given);
        expect(tryDecode(encoded.subarray(0, place % encoded.byteLength))).toBeUndefined();
        expect(tryDecode(Buffer.concat([encoded, more]))).toBeUndefined();
      },
    ),
  );
});

test('changed or arbitrary bytes give operations within their bounds, or an error that names the place', () => {
  fc.assert(
    fc.property(operations, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }), (given, changes) => {
      const bytes = Uint8Array.from(encodeEntry(given));
      for (const [place, value] of changes) bytes[place % bytes.byteLength] = value;
      const read = tryDecode(bytes);
      if (read !== undefined) {
        const total = read.reduce((sum, { payload }) => sum + payload.byteLength, 0);
        expect(total).toBeLessThan(bytes.byteLength);
      }
    }),
    { numRuns: 500 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, plausible) => {
      if (plausible && bytes.byteLength > 8) bytes.set([1, 0, 0, 0, 1, 0, 0, 0]);
      tryDecode(bytes);
    }),
    { numRuns: 500 },
  );
});

test('a later version is refused by name, not misread', () => {
  const bytes = Uint8Array.from(
    encodeEntry([{ application: 'A', operationId: '1', proposedAtMs: 1, payload: new Uint8Array(3) }]),
  );
  bytes[0] = 2;
  expect(() => decodeEntry(bytes)).toThrow('expected version 1, not 2 at byte 0');
});

test('the hash is a function of the bytes, 22 letters that a key or JSON takes as they are', () => {
  const bytes = encodeEntry([
    { application: 'A', operationId: '1', proposedAtMs: 1, payload: new Uint8Array(3) },
  ]);
  expect(hashOf(bytes)).toMatch(/^[A-Za-z0-9_-]{22}$/);
  expect(hashOf(Uint8Array.from(bytes))).toBe(hashOf(bytes));
  expect(hashOf(bytes.subarray(1))).not.toBe(hashOf(bytes));
  expect(hashOf(new Uint8Array(0))).toBe('47DEQpj8HBSa-_TImW-5JA');
});
