import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as bitset from './bitset.ts';
import { bitsetBytes, SegmentMemory } from './segment-memory.ts';

const memory = SegmentMemory.create(0);
const start = memory.mark();

/** docCount and two sets of its docs; counts around the edges of words and lines are frequent. */
const docCounts = fc.oneof(
  fc.constantFrom(1, 7, 8, 9, 63, 64, 65, 511, 512, 513, 1024),
  fc.integer({ min: 1, max: 2000 }),
);
const cases = docCounts.chain((docCount) => {
  const docs = fc.oneof(
    fc.uniqueArray(fc.nat(docCount - 1), { maxLength: 300 }),
    fc.constant(Array.from({ length: docCount }, (_, docId) => docId)),
  );
  return fc.record({ docCount: fc.constant(docCount), a: docs, b: docs });
});

function allocate(docCount: number, docs: readonly number[]): number {
  const at = memory.allocateBitset(docCount);
  for (const docId of docs) bitset.addDoc(memory, at, docId);
  return at;
}

function allocateList(values: readonly number[]): number {
  const at = memory.allocate(values.length * 4 + 4);
  memory.u32.set(values, at >>> 2);
  return at;
}

const ascending = (docs: Iterable<number>) => [...docs].sort((a, b) => a - b);
/** Reads bit by bit, also beyond docCount, where nothing may be set. */
function bitsOf(at: number, docCount: number): number[] {
  const docs: number[] = [];
  for (let docId = 0; docId < bitsetBytes(docCount) * 8; docId++)
    if (bitset.hasDoc(memory, at, docId)) docs.push(docId);
  return docs;
}

function check(property: (given: { docCount: number; a: number[]; b: number[] }) => void): void {
  fc.assert(
    fc.property(cases, (given) => {
      memory.release(start);
      property(given);
    }),
  );
}

describe('a bitset agrees with a Set', () => {
  test('intersection, union, difference', () => {
    check(({ docCount, a, b }) => {
      const other = allocate(docCount, b);
      const and = allocate(docCount, a);
      const or = allocate(docCount, a);
      const andNot = allocate(docCount, a);
      const setB = new Set(b);
      bitset.intersectInto(memory, and, other, docCount);
      bitset.uniteInto(memory, or, other, docCount);
      bitset.subtractFrom(memory, andNot, other, docCount);
      expect(bitsOf(and, docCount)).toEqual(ascending(a.filter((docId) => setB.has(docId))));
      expect(bitsOf(or, docCount)).toEqual(ascending(new Set([...a, ...b])));
      expect(bitsOf(andNot, docCount)).toEqual(ascending(a.filter((docId) => !setB.has(docId))));
      expect(bitset.countCommonDocs(memory, or, other, docCount)).toBe(b.length);
      expect(bitset.countCommonDocs(memory, andNot, other, docCount)).toBe(0);
    });
  });

  test('complement, fill, clear, copy', () => {
    check(({ docCount, a }) => {
      const at = allocate(docCount, a);
      const copy = memory.allocate(bitsetBytes(docCount));
      bitset.copyBitset(memory, copy, at, docCount);
      expect(bitsOf(copy, docCount)).toEqual(ascending(a));
      bitset.complementBitset(memory, at, docCount);
      const all = Array.from({ length: docCount }, (_, docId) => docId);
      const setA = new Set(a);
      expect(bitsOf(at, docCount)).toEqual(all.filter((docId) => !setA.has(docId)));
      memory.u8.fill(0xa5, copy, copy + bitsetBytes(docCount));
      bitset.fillBitset(memory, copy, docCount);
      expect(bitsOf(copy, docCount)).toEqual(all);
      bitset.clearBitset(memory, copy, docCount);
      expect(bitsOf(copy, docCount)).toEqual([]);
    });
  });

  test('counting and reading in chunks', () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 1, max: 70 }), ({ docCount, a }, chunkSize) => {
        memory.release(start);
        const at = allocate(docCount, a);
        const chunk = memory.allocate(chunkSize * 4);
        const docs: number[] = [];
        let docFrom = 0;
        let read: number;
        do {
          read = bitset.readDocs(memory, at, docCount, docFrom, chunk, chunkSize);
          docs.push(...memory.u32.subarray(chunk >>> 2, (chunk >>> 2) + read));
          docFrom = docs.length > 0 ? docs[docs.length - 1]! + 1 : docCount;
        } while (read === chunkSize);
        expect(docs).toEqual(ascending(a));
        expect(bitset.countDocs(memory, at, docCount)).toBe(a.length);
        expect([...bitset.docIdsOf(memory, at, docCount)]).toEqual(ascending(a));
      }),
    );
  });

  test('adding and filtering lists', () => {
    check(({ docCount, a, b }) => {
      const listA = allocateList(a);
      const listB = allocateList(b);
      const at = memory.allocateBitset(docCount);
      bitset.addDocs(memory, at, listA, a.length);
      expect(bitsOf(at, docCount)).toEqual(ascending(a));
      const kept = bitset.filterDocs(memory, at, listB, b.length, listB);
      const setA = new Set(a);
      expect([...memory.u32.subarray(listB >>> 2, (listB >>> 2) + kept)]).toEqual(
        b.filter((docId) => setA.has(docId)),
      );
    });
  });
});

test('facet counts agree with counting doc by doc', () => {
  const valueCount = 5;
  fc.assert(
    fc.property(
      cases,
      fc.infiniteStream(fc.array(fc.nat(valueCount - 1), { maxLength: 3 })),
      ({ docCount, a }, lists) => {
        memory.release(start);
        const valuesOf = Array.from({ length: docCount }, () => lists.next().value);
        const offsets = [0];
        for (const values of valuesOf) offsets.push(offsets[offsets.length - 1]! + values.length);
        const bitsetAt = allocate(docCount, a);
        const counts = allocateList([0, 0, 0, 0, 0]);
        const places = { offsets: allocateList(offsets), values: allocateList(valuesOf.flat()), counts };
        bitset.countFacetValues(memory, bitsetAt, docCount, places);
        const expected = [0, 0, 0, 0, 0];
        for (const docId of a) for (const value of valuesOf[docId]!) expected[value]!++;
        expect([...memory.u32.subarray(counts >>> 2, (counts >>> 2) + valueCount)]).toEqual(expected);
      },
    ),
  );
});
