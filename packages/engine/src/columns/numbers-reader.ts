/** The numeric attributes of an open segment. The bytes are described in `numbers-builder.ts`. */
import type { SegmentMemory } from '../kernel/segment-memory.ts';
import type { SectionLookup } from '../segment/section.ts';
import { NUMBERS_ENTRY_WORDS } from './numbers-builder.ts';
import { headerWords, TextTable } from './text-table.ts';

export interface NumericStats {
  readonly min: number;
  readonly max: number;
  readonly sum: number;
  readonly count: number;
}

export class NumbersReader {
  /** Ascending by path. */
  readonly columns: readonly NumberColumn[];
  readonly #columnOf: ReadonlyMap<string, NumberColumn>;

  constructor(memory: SegmentMemory, sectionAt: SectionLookup, docCount: number) {
    const section = sectionAt('numbers');
    const count = section === undefined ? 0 : headerWords(memory, section.at, 0, 1)[0]!;
    this.columns = Array.from(
      { length: count },
      (_, ordinal) => new NumberColumn(memory, section!.at, ordinal, docCount),
    );
    this.#columnOf = new Map(this.columns.map((column) => [column.path, column]));
  }

  column(path: string): NumberColumn | undefined {
    return this.#columnOf.get(path);
  }
}

export class NumberColumn {
  readonly path: string;
  /** Numbers in all. */
  readonly count: number;
  readonly #memory: SegmentMemory;
  readonly #docCount: number;
  /** Of pairs; undefined: a dense column. */
  readonly #docIds: Uint32Array | undefined;
  readonly #values: Float64Array;
  readonly #order: Uint32Array;
  /** Where the last look-up in pairs ended: merges ask in ascending order. */
  #hint = 0;

  constructor(memory: SegmentMemory, sectionAt: number, ordinal: number, docCount: number) {
    const words = headerWords(memory, sectionAt, 1 + ordinal * NUMBERS_ENTRY_WORDS, NUMBERS_ENTRY_WORDS);
    const at = (word: number) => sectionAt + words[word]!;
    this.#memory = memory;
    this.#docCount = docCount;
    this.path = new TextTable(memory, { offsetsAt: at(0), textAt: at(1), count: 1 }).text(0);
    this.count = words[2]!;
    const isDense = words[3] === 1;
    this.#docIds = isDense ? undefined : new Uint32Array(memory.buffer, at(4), this.count);
    this.#values = new Float64Array(memory.buffer, at(5), isDense ? docCount : this.count);
    this.#order = new Uint32Array(memory.buffer, at(6), this.count);
  }

  /** The numbers of a doc, in record order. */
  forEachValue(docId: number, visit: (value: number) => void): void {
    const docIds = this.#docIds;
    if (docIds === undefined) {
      const value = this.#values[docId]!;
      if (!Number.isNaN(value)) visit(value);
      return;
    }
    let at = this.#hint;
    if (at > 0 && docIds[at - 1]! >= docId) at = 0;
    // From here on everything before `at` is below docId.
    let step = 1;
    while (at + step <= docIds.length && docIds[at + step - 1]! < docId) {
      at += step;
      step *= 2;
    }
    let low = at;
    let high = Math.min(docIds.length, at + step);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (docIds[middle]! < docId) low = middle + 1;
      else high = middle;
    }
    this.#hint = low;
    for (at = low; docIds[at] === docId; at++) visit(this.#values[at]!);
  }

  /** Adds to the bitset at `into` the docs with some number that is at least `from` and at most `to`. */
  addBetween(from: number, to: number, into: number): void {
    if (from <= to) this.#addPlaces(this.#placeOf(from, false), this.#placeOf(to, true), into);
  }

  /** Adds the docs with some number that is below `value` (`orEqual`: or equal to it). */
  addBelow(value: number, orEqual: boolean, into: number): void {
    this.#addPlaces(0, this.#placeOf(value, orEqual), into);
  }

  /** Adds the docs with some number that is above `value` (`orEqual`: or equal to it). */
  addAbove(value: number, orEqual: boolean, into: number): void {
    this.#addPlaces(this.#placeOf(value, !orEqual), this.count, into);
  }

  /** Of the numbers of the bitset's docs; undefined where there is none. */
  stats(bitset: number): NumericStats | undefined {
    const memory = this.#memory;
    const mark = memory.mark();
    const at = memory.allocate(24);
    const count =
      this.#docIds === undefined
        ? memory.kernel.columnStats(this.#values.byteOffset, bitset, this.#docCount, at)
        : memory.kernel.pairStats(this.#docIds.byteOffset, this.#values.byteOffset, this.count, bitset, at);
    const [min, max, sum] = memory.f64.subarray(at / 8, at / 8 + 3);
    memory.release(mark);
    return count === 0 ? undefined : { min: min!, max: max!, sum: sum!, count };
  }

  /** How many numbers are below `value` (`after`: or equal to it): a place in `order`. */
  #placeOf(value: number, after: boolean): number {
    const values = this.#values;
    const order = this.#order;
    let low = 0;
    let high = order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const found = values[order[middle]!]!;
      if (found < value || (after && found === value)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #addPlaces(low: number, high: number, into: number): void {
    if (low >= high) return;
    const { kernel } = this.#memory;
    const orderAt = this.#order.byteOffset + low * 4;
    if (this.#docIds !== undefined) {
      kernel.bitsetAddPlaces(into, this.#docIds.byteOffset, orderAt, high - low);
    } else if ((high - low) * SCAN_GAIN > this.#docCount) {
      const from = this.#values[this.#order[low]!]!;
      const to = this.#values[this.#order[high - 1]!]!;
      kernel.columnRange(this.#values.byteOffset, this.#docCount, from, to, into);
    } else kernel.bitsetAddDocs(into, orderAt, high - low);
  }
}

/** Scanning a dense column costs this many times less per doc than setting single bits. */
const SCAN_GAIN = 3;
