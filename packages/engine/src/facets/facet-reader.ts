/** One facet attribute of an open segment. Values are named by ordinals, which ascend with the lower-cased value. */
import { widthOf } from '../columns/section-layout.ts';
import { headerWords, TextTable } from '../columns/text-table.ts';
import { bitsetBytes, type SegmentMemory } from '../kernel/segment-memory.ts';
import { FACET_ENTRY_WORDS, facetKey, isDense } from './facet-builder.ts';

/**
 * Rough costs in nanoseconds, measured on 140,000 cities: of adding one (doc, value) of a set to its count, of testing
 * one entry of a value's list, and of one 64-byte line of a bitset and its fixed part.
 */
const COST_PER_PAIR = 0.7;
const COST_PER_LIST_ENTRY = 0.5;
const COST_PER_LINE = 1.7;
const COST_PER_VALUE = 15;

/** Facets of more values decode them each time: kept texts would be memory of each process, which nothing bounds. */
const CACHED_VALUES_MAX = 65_536;

export class FacetReader {
  readonly path: string;
  readonly valueCount: number;
  /** (doc, value) pairs in all. */
  readonly pairCount: number;
  readonly #memory: SegmentMemory;
  readonly #docCount: number;
  readonly #texts: TextTable;
  readonly #values: string[] = [];
  readonly #docCounts: Uint32Array;
  /** Undefined: one value per doc at most. */
  readonly #docOffsets: Uint32Array | undefined;
  readonly #docValues: Uint8Array | Uint16Array | Uint32Array;
  readonly #places: Uint32Array;
  readonly #listsAt: number;
  readonly #bitsetsAt: number;
  readonly #exceptionDocs: Uint32Array;
  readonly #exceptionOrdinals: Uint32Array;
  readonly #exceptionTexts: Uint32Array;
  readonly #exceptionTable: TextTable;
  #costByValue: number | undefined;

  constructor(memory: SegmentMemory, sectionAt: number, ordinal: number, docCount: number) {
    const words = headerWords(memory, sectionAt, 1 + ordinal * FACET_ENTRY_WORDS, FACET_ENTRY_WORDS);
    const at = (word: number) => sectionAt + words[word]!;
    const u32 = (word: number, count: number) => new Uint32Array(memory.buffer, at(word), count);
    this.#memory = memory;
    this.#docCount = docCount;
    this.path = new TextTable(memory, { offsetsAt: at(0), textAt: at(1), count: 1 }).text(0);
    this.valueCount = words[2]!;
    this.pairCount = words[3]!;
    this.#texts = new TextTable(memory, { offsetsAt: at(4), textAt: at(5), count: this.valueCount });
    this.#docCounts = u32(6, this.valueCount);
    this.#docOffsets = words[7] === 0 ? undefined : u32(7, docCount + 1);
    const docValueCount = this.#docOffsets === undefined ? docCount : this.pairCount;
    const width = widthOf(this.valueCount);
    if (width === 1) this.#docValues = new Uint8Array(memory.buffer, at(8), docValueCount);
    else if (width === 2) this.#docValues = new Uint16Array(memory.buffer, at(8), docValueCount);
    else this.#docValues = new Uint32Array(memory.buffer, at(8), docValueCount);
    this.#places = u32(9, this.valueCount);
    this.#listsAt = at(10);
    this.#bitsetsAt = at(11);
    const exceptionCount = words[12]!;
    this.#exceptionDocs = u32(13, exceptionCount);
    this.#exceptionOrdinals = u32(14, exceptionCount);
    this.#exceptionTexts = u32(15, exceptionCount);
    this.#exceptionTable = new TextTable(memory, { offsetsAt: at(17), textAt: at(18), count: words[16]! });
  }

  /** The value as the lowest docId that has it spells it. */
  value(ordinal: number): string {
    let value = this.#values[ordinal];
    if (value === undefined) {
      value = this.#texts.text(ordinal);
      if (this.valueCount <= CACHED_VALUES_MAX) this.#values[ordinal] = value;
    }
    return value;
  }

  /** How many docs of the segment (deleted ones too) have the value. */
  docCountOf(ordinal: number): number {
    return this.#docCounts[ordinal]!;
  }

  /** Ordinal of a value, without regard to case; -1 when no doc has it. */
  find(value: string): number {
    const key = facetKey(value);
    let low = 0;
    let high = this.valueCount - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const found = this.value(middle).toLowerCase();
      if (found === key) return middle;
      if (found < key) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  /** Ordinals of a doc's values, ascending. */
  ordinalsOf(docId: number): readonly number[] {
    const ordinals: number[] = [];
    this.forEachOrdinal(docId, (ordinal) => ordinals.push(ordinal));
    return ordinals;
  }

  /** Calls `visit` with the ordinals of a doc's values, ascending. */
  forEachOrdinal(docId: number, visit: (ordinal: number) => void): void {
    if (this.#docOffsets === undefined) {
      const ordinal = this.#docValues[docId]!;
      if (ordinal !== this.valueCount) visit(ordinal);
      return;
    }
    const end = this.#docOffsets[docId + 1]!;
    for (let at = this.#docOffsets[docId]!; at < end; at++) visit(this.#docValues[at]!);
  }

  /** How this doc spells a value of its own, where that differs from `value(ordinal)`. */
  exceptionalSpelling(docId: number, ordinal: number): string | undefined {
    const docs = this.#exceptionDocs;
    let low = 0;
    let high = docs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (docs[middle]! < docId) low = middle + 1;
      else high = middle;
    }
    for (let at = low; docs[at] === docId; at++) {
      if (this.#exceptionOrdinals[at] === ordinal)
        return this.#exceptionTable.text(this.#exceptionTexts[at]!);
    }
    return undefined;
  }

  /** Adds the docs of a value to the bitset at address `into`. */
  addDocsOf(ordinal: number, into: number): void {
    const { kernel } = this.#memory;
    const count = this.#docCounts[ordinal]!;
    const place = this.#places[ordinal]!;
    if (isDense(count, this.#docCount)) {
      const bytes = bitsetBytes(this.#docCount);
      kernel.bitsetOr(into, this.#bitsetsAt + place * bytes, bytes);
    } else kernel.bitsetAddDocs(into, this.#listsAt + place * 4, count);
  }

  /**
   * For each value, how many docs of the bitset have it. `bitsetDocCount` is the bitset's number of docs. The result lies
   * in scratch memory: the caller marks before and releases when it has read it.
   */
  count(bitset: number, bitsetDocCount: number): Uint32Array {
    const memory = this.#memory;
    // One more: docs without a value are counted there.
    const countsAt = memory.allocate((this.valueCount + 1) * 4);
    const counts = new Uint32Array(memory.buffer, countsAt, this.valueCount + 1);
    if (bitsetDocCount === this.#docCount) counts.set(this.#docCounts);
    else {
      counts.fill(0);
      const pairsPerDoc = this.#docOffsets === undefined ? 1 : this.pairCount / this.#docCount;
      if (bitsetDocCount * pairsPerDoc * COST_PER_PAIR <= this.#costOfValues())
        this.#countByDoc(bitset, countsAt);
      else this.#countByValue(bitset, counts);
    }
    return counts.subarray(0, this.valueCount);
  }

  #countByDoc(bitset: number, countsAt: number): void {
    const { kernel } = this.#memory;
    const { byteOffset, BYTES_PER_ELEMENT: width } = this.#docValues;
    if (this.#docOffsets === undefined) {
      kernel.facetCountSingle(bitset, this.#docCount, byteOffset, width, countsAt);
    } else {
      kernel.facetCountMany(bitset, this.#docCount, this.#docOffsets.byteOffset, byteOffset, width, countsAt);
    }
  }

  #countByValue(bitset: number, counts: Uint32Array): void {
    const { kernel } = this.#memory;
    const bytes = bitsetBytes(this.#docCount);
    for (let ordinal = 0; ordinal < this.valueCount; ordinal++) {
      const count = this.#docCounts[ordinal]!;
      const place = this.#places[ordinal]!;
      counts[ordinal] = isDense(count, this.#docCount)
        ? kernel.bitsetAndCount(bitset, this.#bitsetsAt + place * bytes, bytes)
        : kernel.bitsetCountList(bitset, this.#listsAt + place * 4, count);
    }
  }

  #costOfValues(): number {
    if (this.#costByValue === undefined) {
      const lines = bitsetBytes(this.#docCount) / 64;
      let cost = this.valueCount * COST_PER_VALUE;
      for (const count of this.#docCounts) {
        cost += isDense(count, this.#docCount) ? lines * COST_PER_LINE : count * COST_PER_LIST_ENTRY;
      }
      this.#costByValue = cost;
    }
    return this.#costByValue;
  }
}
