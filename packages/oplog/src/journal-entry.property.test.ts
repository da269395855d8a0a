import { asSequence } from '@skein/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeEntry, ENTRY_BYTES_MIN, encodeEntries } from './journal-entry.ts';
import type { Operation } from './operation-log.ts';

const OPERATION_BYTES_MAX = 1_000_000;

const payload = fc.oneof(
  { weight: 9, arbitrary: fc.uint8Array({ maxLength: 300 }) },
  fc.integer({ min: 16_380, max: 16_390 }).map((count) => new Uint8Array(count).fill(count & 255)),
);
const operation = fc.record({
  application: fc.oneof(fc.constant('APP'), fc.string({ unit: 'grapheme', maxLength: 20 })),
  operationId: fc.oneof(fc.string({ maxLength: 20 }), fc.string({ unit: 'grapheme', maxLength: 20 })),
  proposedAtMs: fc.maxSafeNat(),
  payload,
});

test('entries that are written together are read one after the other as they were, whatever their size', () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 20 }), fc.nat(1_000_000), (given, last) => {
      const operations = given.map(
        (each, at): Operation => ({ ...each, sequence: asSequence(last + 1 + at) }),
      );
      const bytes = Buffer.concat(encodeEntries(operations, asSequence(last)));
      const read: Operation[] = [];
      let at = 0;
      while (at < bytes.byteLength) {
        const result = decodeEntry(bytes, at, OPERATION_BYTES_MAX);
        if (result.kind !== 'entry') return expect.unreachable(JSON.stringify(result));
        expect(result.synced).toBe(last);
        read.push({ ...result.operation, payload: Uint8Array.from(result.operation.payload) });
        at = result.end;
      }
      expect(read).toEqual(operations);
    }),
  );
});

test('a changed byte is told', () => {
  fc.assert(
    fc.property(operation, fc.nat(), fc.integer({ min: 1, max: 255 }), (given, place, change) => {
      const sequence = asSequence(7);
      const bytes = Buffer.concat(encodeEntries([{ ...given, sequence }], asSequence(6)));
      expect(bytes.byteLength).toBeGreaterThanOrEqual(ENTRY_BYTES_MIN);
      const at = place % bytes.byteLength;
      bytes[at] = bytes[at]! ^ change;
      expect(decodeEntry(bytes, 0, OPERATION_BYTES_MAX).kind).not.toBe('entry');
    }),
  );
});
