/**
 * Values of one facet attribute while a segment is built. Values that are equal after trimming and lower-casing are one;
 * a *spelling* is a value as written. The segment reports the spelling of the lowest docId; records that spell
 * it otherwise are kept as exceptions, because a merge may make one of them the lowest.
 *
 * Ordinals follow the lower-cased values (by UTF-16 units), so `find` can search and the bytes depend only on the content.
 * The section's bytes: `docs/formats/segment-v1.md`.
 */
import type { JsonObject } from '@skein/base';
import { forEachLeaf, pathNames, type Scalar, wellFormed } from '../columns/attribute-values.ts';
import type { DocOrder } from '../columns/doc-order.ts';
import { narrow, type SectionLayout } from '../columns/section-layout.ts';
import { bitsetBytes } from '../kernel/segment-memory.ts';
import { GrowingUint32 } from '../segment/growing-array.ts';

/** Words of a facet's entry in the section's header. */
export const FACET_ENTRY_WORDS = 19;

/** Values of equal key are one value. */
export function facetKey(value: string): string {
  return wellFormed(value).trim().toLowerCase();
}

/** Whether a value's docs are stored as a bitset: when that takes fewer bytes than their list. */
export function isDense(docsOfValue: number, docCount: number): boolean {
  return docsOfValue * 4 > bitsetBytes(docCount);
}

const NO_SPELLING = -1;

export class FacetBuilder {
  readonly path: string;
  readonly #names: readonly string[];
  /** Raw value → spelling, so that a value that is seen again costs one look-up. */
  readonly #spellingOfScalar = new Map<Scalar, number>();
  readonly #spellingOfText = new Map<string, number>();
  readonly #spellings: string[] = [];
  readonly #groupOfKey = new Map<string, number>();
  readonly #keys: string[] = [];
  readonly #groupOf = new GrowingUint32(64);
  /** Spellings of all arrivals, one after the other. */
  readonly #values = new GrowingUint32(256);
  readonly #ends = new GrowingUint32(256);

  constructor(path: string) {
    this.path = path;
    this.#names = pathNames(path);
  }

  addRecord(record: JsonObject): void {
    forEachLeaf(record, this.#names, (value) => {
      const spelling = this.#spellingOfScalar.get(value) ?? this.#internScalar(value);
      if (spelling !== NO_SPELLING) this.#push(spelling);
    });
    this.endRecord();
  }

  /** The number of a value as written, already trimmed and not empty; to be given to `addSpelling`. */
  spelling(text: string): number {
    const known = this.#spellingOfText.get(text);
    if (known !== undefined) return known;
    const key = text.toLowerCase();
    let group = this.#groupOfKey.get(key);
    if (group === undefined) {
      group = this.#keys.push(key) - 1;
      this.#groupOfKey.set(key, group);
    }
    const spelling = this.#spellings.push(text) - 1;
    this.#spellingOfText.set(text, spelling);
    this.#groupOf.push(group);
    return spelling;
  }

  /** Adds a value to the record that `endRecord` will end. */
  addSpelling(spelling: number): void {
    this.#push(spelling);
  }

  endRecord(): void {
    this.#ends.push(this.#values.count);
  }

  #internScalar(value: Scalar): number {
    const text = wellFormed(String(value)).trim();
    const spelling = text === '' ? NO_SPELLING : this.spelling(text);
    this.#spellingOfScalar.set(value, spelling);
    return spelling;
  }

  #push(spelling: number): void {
    const group = this.#groupOf.at(spelling);
    const start = this.#ends.count === 0 ? 0 : this.#ends.at(this.#ends.count - 1);
    for (let at = start; at < this.#values.count; at++) {
      if (this.#groupOf.at(this.#values.at(at)) === group) return;
    }
    this.#values.push(spelling);
  }

  /** Adds the facet's arrays to `layout` and returns its header entry; undefined when no record has a value. The builder is used up. */
  finish(order: DocOrder, layout: SectionLayout): readonly number[] | undefined {
    const values = this.#values.view();
    const groupOf = this.#groupOf.view();
    const firstSpelling = new Int32Array(this.#keys.length).fill(NO_SPELLING);
    let pairCount = 0;
    let perDocMax = 0;
    this.#forEachDoc(order, (_docId, start, end) => {
      pairCount += end - start;
      perDocMax = Math.max(perDocMax, end - start);
      for (let at = start; at < end; at++) {
        const group = groupOf[values[at]!]!;
        if (firstSpelling[group] === NO_SPELLING) firstSpelling[group] = values[at]!;
      }
    });
    if (pairCount === 0) return undefined;

    const usedGroups = this.#usedGroups(firstSpelling);
    const ordinalOf = new Uint32Array(this.#keys.length);
    for (const [ordinal, group] of usedGroups.entries()) ordinalOf[group] = ordinal;

    const valueCount = usedGroups.length;
    const docOffsets = new Uint32Array(order.docCount + 1);
    const pairs = new Uint32Array(pairCount);
    const docCounts = new Uint32Array(valueCount);
    const exceptions: { readonly docId: number; readonly ordinal: number; readonly spelling: number }[] = [];
    let pairEnd = 0;
    this.#forEachDoc(order, (docId, start, end) => {
      for (let at = start; at < end; at++) {
        const spelling = values[at]!;
        const group = groupOf[spelling]!;
        const ordinal = ordinalOf[group]!;
        docCounts[ordinal]!++;
        pairs[pairEnd + at - start] = ordinal;
        if (spelling !== firstSpelling[group]) exceptions.push({ docId, ordinal, spelling });
      }
      if (end - start > 1) pairs.subarray(pairEnd, pairEnd + end - start).sort();
      pairEnd += end - start;
      docOffsets[docId + 1] = pairEnd;
    });

    this.#values.release();
    this.#ends.release();
    this.#spellingOfText.clear();
    this.#groupOfKey.clear();

    const path = layout.addTexts([this.path]);
    const texts = layout.addTexts(usedGroups.map((group) => this.#spellings[firstSpelling[group]!]!));
    const postings = addPostings(layout, { pairs, docOffsets, docCounts, docCount: order.docCount });
    const isSingle = perDocMax === 1;
    const docOffsetsAt = isSingle ? 0 : layout.add(docOffsets);
    const docValues = isSingle ? singleValues(pairs, docOffsets, valueCount) : pairs;
    const docValuesAt = layout.add(narrow(docValues, valueCount));
    return [
      path.offsetsAt,
      path.textAt,
      valueCount,
      pairCount,
      texts.offsetsAt,
      texts.textAt,
      layout.add(docCounts),
      docOffsetsAt,
      docValuesAt,
      ...postings,
      ...this.#addExceptions(layout, exceptions),
    ];
  }

  #forEachDoc(order: DocOrder, visit: (docId: number, start: number, end: number) => void): void {
    const ends = this.#ends.view();
    for (let docId = 0; docId < order.docCount; docId++) {
      const arrival = order.arrivals[docId]!;
      visit(docId, arrival === 0 ? 0 : ends[arrival - 1]!, ends[arrival]!);
    }
  }

  #usedGroups(firstSpelling: Int32Array): number[] {
    const used: number[] = [];
    for (const [group, spelling] of firstSpelling.entries()) if (spelling !== NO_SPELLING) used.push(group);
    const keys = this.#keys;
    return used.sort((a, b) => (keys[a]! < keys[b]! ? -1 : 1));
  }

  #addExceptions(
    layout: SectionLayout,
    exceptions: { readonly docId: number; readonly ordinal: number; readonly spelling: number }[],
  ): readonly number[] {
    exceptions.sort((a, b) => a.docId - b.docId || a.ordinal - b.ordinal);
    const texts = [...new Set(exceptions.map((exception) => this.#spellings[exception.spelling]!))].sort();
    const textOrdinals = new Map(texts.map((text, ordinal) => [text, ordinal]));
    const places = layout.addTexts(texts);
    return [
      exceptions.length,
      layout.add(Uint32Array.from(exceptions, (exception) => exception.docId)),
      layout.add(Uint32Array.from(exceptions, (exception) => exception.ordinal)),
      layout.add(Uint32Array.from(exceptions, (e) => textOrdinals.get(this.#spellings[e.spelling]!)!)),
      texts.length,
      places.offsetsAt,
      places.textAt,
    ];
  }
}

/** One ordinal per doc; `valueCount` stands for none, so that counting needs no branch. */
function singleValues(pairs: Uint32Array, docOffsets: Uint32Array, valueCount: number): Uint32Array {
  const single = new Uint32Array(docOffsets.length - 1).fill(valueCount);
  for (let docId = 0; docId < single.length; docId++) {
    if (docOffsets[docId + 1]! > docOffsets[docId]!) single[docId] = pairs[docOffsets[docId]!]!;
  }
  return single;
}

/** Per value its docs: a list, or a bitset where that is smaller. `places[value]`: where its list or bitset starts. */
function addPostings(
  layout: SectionLayout,
  facet: {
    readonly pairs: Uint32Array;
    readonly docOffsets: Uint32Array;
    readonly docCounts: Uint32Array;
    readonly docCount: number;
  },
): readonly [placesAt: number, listsAt: number, bitsetsAt: number] {
  const { pairs, docOffsets, docCounts, docCount } = facet;
  const bytesPerBitset = bitsetBytes(docCount);
  const places = new Uint32Array(docCounts.length);
  let listEnd = 0;
  let bitsetCount = 0;
  for (let value = 0; value < docCounts.length; value++) {
    if (isDense(docCounts[value]!, docCount)) places[value] = bitsetCount++;
    else {
      places[value] = listEnd;
      listEnd += docCounts[value]!;
    }
  }
  const lists = new Uint32Array(listEnd);
  const bitsets = new Uint8Array(bitsetCount * bytesPerBitset);
  const next = places.slice();
  for (let docId = 0; docId < docCount; docId++) {
    for (let at = docOffsets[docId]!; at < docOffsets[docId + 1]!; at++) {
      const value = pairs[at]!;
      if (isDense(docCounts[value]!, docCount)) {
        bitsets[places[value]! * bytesPerBitset + (docId >>> 3)]! |= 1 << (docId & 7);
      } else lists[next[value]!++] = docId;
    }
  }
  return [layout.add(places), layout.add(lists), layout.add(bitsets, 64)];
}
