/**
 * Sort values of the attributes in custom ranking and `asc()/desc()`. In the segment a doc has the dense rank of its value
 * among the values of that attribute, ascending (numbers, strings, booleans; equal values share a rank), so that
 * comparing docs is comparing integers; the values themselves are listed once, by rank.
 * The section's bytes: `docs/formats/segment-v1.md`.
 */
import type { JsonObject } from '@skein/base';
import type { IndexSchema } from '../schema.ts';
import type { Section } from '../segment/section.ts';
import { firstLeaf, pathNames, wellFormed } from './attribute-values.ts';
import type { DocOrder } from './doc-order.ts';
import { SectionLayout } from './section-layout.ts';
import { SORT_TEXT_UNITS_MAX, type SortValue } from './sort-value.ts';
import type { SortsReader } from './sorts-reader.ts';

/** Words of an attribute's entry in the section's header. */
export const SORTS_ENTRY_WORDS = 9;

/** Rank of docs without a value. */
export const NO_RANK = 0xffff_ffff;

/** Bits of the entry's boolean word. */
export const HAS_FALSE = 1;
export const HAS_TRUE = 2;

export class SortsBuilder {
  readonly #normalise: (text: string) => string;
  readonly #columns: readonly {
    readonly path: string;
    readonly names: readonly string[];
    readonly values: SortValue[];
  }[];

  constructor(schema: IndexSchema, normalise: (text: string) => string) {
    this.#normalise = normalise;
    const paths = new Set([...schema.customRanking.map((entry) => entry.path), ...schema.sortAttributes]);
    this.#columns = [...paths].sort().map((path) => ({ path, names: pathNames(path), values: [] }));
  }

  addRecord(record: JsonObject): void {
    for (const { names, values } of this.#columns) {
      const value = firstLeaf(record, names);
      if (typeof value === 'string') values.push(sortText(this.#normalise(value)));
      else values.push(typeof value === 'number' ? value + 0 : value);
    }
  }

  addFrom(reader: SortsReader, docId: number): void {
    for (const { path, values } of this.#columns) values.push(reader.column(path)?.value(docId));
  }

  /** Sort values of one attribute by arrival. */
  values(path: string): readonly SortValue[] {
    return this.#columns.find((column) => column.path === path)?.values ?? [];
  }

  finish(order: DocOrder): readonly Section[] {
    const layout = new SectionLayout(1 + this.#columns.length * SORTS_ENTRY_WORDS);
    const header = [this.#columns.length];
    for (const { path, values } of this.#columns) {
      const ofDocs = Array.from(order.arrivals, (arrival) => values[arrival]);
      const { numbers, texts, ranks, booleans } = rankValues(ofDocs);
      const pathPlace = layout.addTexts([path]);
      const textPlace = layout.addTexts(texts);
      header.push(
        pathPlace.offsetsAt,
        pathPlace.textAt,
        numbers.length,
        texts.length,
        booleans,
        layout.add(ranks),
        layout.add(numbers),
        textPlace.offsetsAt,
        textPlace.textAt,
      );
    }
    return this.#columns.length === 0 ? [] : [{ name: 'sorts', bytes: layout.finish(header) }];
  }
}

export interface RankedValues {
  /** Distinct, ascending. */
  readonly numbers: Float64Array;
  readonly texts: readonly string[];
  /** `HAS_FALSE | HAS_TRUE` of what occurs. */
  readonly booleans: number;
  /** Per value its rank; `NO_RANK` for undefined. */
  readonly ranks: Uint32Array;
  readonly rankCount: number;
}

/** Dense ascending ranks of `values`. */
export function rankValues(values: readonly SortValue[]): RankedValues {
  const allNumbers = new Float64Array(values.length);
  const distinctTexts = new Set<string>();
  let numberEnd = 0;
  let booleans = 0;
  for (const value of values) {
    if (typeof value === 'number') allNumbers[numberEnd++] = value;
    else if (typeof value === 'string') distinctTexts.add(value);
    else if (value !== undefined) booleans |= value ? HAS_TRUE : HAS_FALSE;
  }
  const numbers = sortedDistinct(allNumbers.subarray(0, numberEnd));
  const texts = [...distinctTexts].sort();
  const textRanks = new Map(texts.map((text, ordinal) => [text, numbers.length + ordinal]));
  const textEnd = numbers.length + texts.length;
  const trueRank = textEnd + (booleans & HAS_FALSE ? 1 : 0);
  const ranks = new Uint32Array(values.length);
  for (let at = 0; at < values.length; at++) {
    const value = values[at];
    if (typeof value === 'number') ranks[at] = placeIn(numbers, value);
    else if (typeof value === 'string') ranks[at] = textRanks.get(value)!;
    else if (value === undefined) ranks[at] = NO_RANK;
    else ranks[at] = value ? trueRank : textEnd;
  }
  return { numbers, texts, booleans, ranks, rankCount: trueRank + (booleans & HAS_TRUE ? 1 : 0) };
}

/** Sorts in place and returns a copy of the distinct numbers. */
export function sortedDistinct(numbers: Float64Array): Float64Array {
  numbers.sort();
  let end = 0;
  for (let at = 0; at < numbers.length; at++) {
    if (at === 0 || numbers[at] !== numbers[at - 1]) numbers[end++] = numbers[at]!;
  }
  return numbers.slice(0, end);
}

/** Place of a number in an ascending list that holds it. A map would be faster, but take far more memory and be bounded. */
export function placeIn(sorted: Float64Array, number: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

function sortText(normalised: string): string {
  return wellFormed(wellFormed(normalised).slice(0, SORT_TEXT_UNITS_MAX));
}
