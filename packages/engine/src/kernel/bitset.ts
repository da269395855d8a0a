/**
 * Sets of docIds as bits in a segment's memory: bit `doc & 7` of byte `doc >> 3`, in `bitsetBytes(docCount)` bytes at a
 * 64-byte aligned address (`SegmentMemory.allocateBitset`). Bits at and beyond docCount are zero; every function keeps
 * that, so counting needs no mask.
 */
import { bitsetBytes, type SegmentMemory } from './segment-memory.ts';

export function clearBitset(memory: SegmentMemory, at: number, docCount: number): void {
  memory.kernel.bitsetZero(at, bitsetBytes(docCount));
}

/** Every doc. */
export function fillBitset(memory: SegmentMemory, at: number, docCount: number): void {
  memory.kernel.bitsetFill(at, docCount, bitsetBytes(docCount));
}

export function copyBitset(memory: SegmentMemory, to: number, from: number, docCount: number): void {
  memory.kernel.bitsetCopy(to, from, bitsetBytes(docCount));
}

export function intersectInto(memory: SegmentMemory, into: number, other: number, docCount: number): void {
  memory.kernel.bitsetAnd(into, other, bitsetBytes(docCount));
}

/** into = a and b */
export function intersectionOf(
  memory: SegmentMemory,
  into: number,
  a: number,
  b: number,
  docCount: number,
): void {
  memory.kernel.bitsetIntersection(into, a, b, bitsetBytes(docCount));
}

/** Adds the docs that are in both `a` and `b`. */
export function uniteIntersection(
  memory: SegmentMemory,
  into: number,
  a: number,
  b: number,
  docCount: number,
): void {
  memory.kernel.bitsetOrIntersection(into, a, b, bitsetBytes(docCount));
}

export function uniteInto(memory: SegmentMemory, into: number, other: number, docCount: number): void {
  memory.kernel.bitsetOr(into, other, bitsetBytes(docCount));
}

/** Takes the docs of `other` out of `into`. */
export function subtractFrom(memory: SegmentMemory, into: number, other: number, docCount: number): void {
  memory.kernel.bitsetAndNot(into, other, bitsetBytes(docCount));
}

export function complementBitset(memory: SegmentMemory, at: number, docCount: number): void {
  memory.kernel.bitsetNot(at, docCount, bitsetBytes(docCount));
}

export function countDocs(memory: SegmentMemory, at: number, docCount: number): number {
  return memory.kernel.bitsetCount(at, bitsetBytes(docCount)) >>> 0;
}

/** Docs that are in both. */
export function countCommonDocs(memory: SegmentMemory, a: number, b: number, docCount: number): number {
  return memory.kernel.bitsetAndCount(a, b, bitsetBytes(docCount)) >>> 0;
}

export function hasDoc(memory: SegmentMemory, at: number, docId: number): boolean {
  return (memory.u8[at + (docId >>> 3)]! & (1 << (docId & 7))) !== 0;
}

export function addDoc(memory: SegmentMemory, at: number, docId: number): void {
  const byteAt = at + (docId >>> 3);
  memory.u8[byteAt] = memory.u8[byteAt]! | (1 << (docId & 7));
}

/**
 * Writes the docIds of the set from `docFrom` on, ascending, at most `countMax`, as u32 to address `into`; returns how many.
 * To go on, ask again with `docFrom` one past the last docId written; fewer than `countMax` means the end.
 */
export function readDocs(
  memory: SegmentMemory,
  at: number,
  docCount: number,
  docFrom: number,
  into: number,
  countMax: number,
): number {
  return memory.kernel.bitsetDocs(at, docFrom, docCount, into, countMax);
}

/** Adds `count` docIds, u32 each at address `docs`, in any order. */
export function addDocs(memory: SegmentMemory, into: number, docs: number, count: number): void {
  memory.kernel.bitsetAddDocs(into, docs, count);
}

/** Of `count` docIds at `docs` keeps those in the bitset, in their order, at `into` (which may be `docs`); returns how many. */
export function filterDocs(
  memory: SegmentMemory,
  bitset: number,
  docs: number,
  count: number,
  into: number,
): number {
  return memory.kernel.bitsetFilterDocs(bitset, docs, count, into);
}

/**
 * For each doc of the bitset adds 1 to `counts[v]` for each v in `values[offsets[doc] … offsets[doc + 1])`. All three are
 * addresses of u32 arrays; `offsets` has docCount + 1 entries.
 */
export function countFacetValues(
  memory: SegmentMemory,
  bitset: number,
  docCount: number,
  places: { readonly offsets: number; readonly values: number; readonly counts: number },
): void {
  memory.kernel.facetCount(bitset, docCount, places.offsets, places.values, places.counts);
}

/** The docIds of the set, ascending, copied out: for tests and small sets. */
export function docIdsOf(memory: SegmentMemory, at: number, docCount: number): Uint32Array {
  const docIds = new Uint32Array(countDocs(memory, at, docCount));
  const mark = memory.mark();
  const chunk = memory.allocate(4096);
  for (let count = 0, docFrom = 0; count < docIds.length; ) {
    const read = readDocs(memory, at, docCount, docFrom, chunk, 1024);
    docIds.set(memory.u32.subarray(chunk >>> 2, (chunk >>> 2) + read), count);
    count += read;
    docFrom = docIds[count - 1]! + 1;
  }
  memory.release(mark);
  return docIds;
}
