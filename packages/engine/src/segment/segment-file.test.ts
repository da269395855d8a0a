import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decodeSegmentHeader,
  encodeSegment,
  SEGMENT_PROLOGUE_BYTES,
  segmentHeaderBytes,
} from './segment-file.ts';

const SECTIONS = fc
  .uniqueArray(fc.string({ unit: fc.constantFrom('a', 'b', '.', 'Z'), minLength: 1, maxLength: 28 }), {
    maxLength: 20,
  })
  .chain((names) =>
    fc.tuple(...names.map((name) => fc.uint8Array({ maxLength: 300 }).map((bytes) => ({ name, bytes })))),
  );

function fileOf(parts: readonly Uint8Array[], recordsBytes: number): Uint8Array {
  const file: number[] = [];
  for (const part of parts) file.push(...part);
  return Uint8Array.from([...file, ...new Uint8Array(recordsBytes).fill(7)]);
}

test('sections come back at multiples of 64, in order, with records right behind', () => {
  fc.assert(
    fc.property(SECTIONS, fc.nat(1000), fc.nat(500), (sections, docCount, recordsBytes) => {
      const { name, parts, fileBytes } = encodeSegment(sections, { docCount, recordsBytes });
      const file = fileOf(parts, recordsBytes);
      expect(file.length).toBe(fileBytes);
      const headerBytes = segmentHeaderBytes(file.subarray(0, SEGMENT_PROLOGUE_BYTES), 'f');
      const header = decodeSegmentHeader(file.slice(0, headerBytes), { name, file: 'f', fileBytes });
      expect(header.docCount).toBe(docCount);
      expect(header.mappedBytes).toBe(fileBytes - recordsBytes);
      expect(header.sections.map((section) => section.name)).toEqual(sections.map((section) => section.name));
      for (const [ordinal, { at, byteLength }] of header.sections.entries()) {
        expect(at % 64).toBe(0);
        expect(file.subarray(at, at + byteLength)).toEqual(sections[ordinal]!.bytes);
      }
    }),
  );
});

test('the name follows the content: equal for equal sections, another one for any other', () => {
  const of = (bytes: readonly number[], docCount = 1, recordsBytes = 2): string =>
    encodeSegment([{ name: 'a', bytes: Uint8Array.from(bytes) }], { docCount, recordsBytes }).name;
  expect(of([1, 2, 3])).toBe(of([1, 2, 3]));
  const names = [of([1, 2, 3]), of([1, 2, 4]), of([1, 2]), of([1, 2, 3], 2), of([1, 2, 3], 1, 3)];
  expect(new Set(names).size).toBe(names.length);
  expect(names[0]).toMatch(/^1-[0-9a-f]{16}\.segment$/);
});

test('a section name longer than the table has room for is a defect', () => {
  const section = { name: 'a'.repeat(29), bytes: new Uint8Array(0) };
  expect(() => encodeSegment([section], { docCount: 0, recordsBytes: 0 })).toThrow('too long');
});

test('files beyond 4 GiB keep their length', () => {
  const recordsBytes = 5 * 2 ** 32 + 3;
  const { name, parts, fileBytes } = encodeSegment([], { docCount: 0, recordsBytes });
  expect(decodeSegmentHeader(parts[0]!, { name, file: 'f', fileBytes }).fileBytes).toBe(64 + recordsBytes);
});
