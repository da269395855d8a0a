/**
 * Postings of an open segment. What a search asks is the union of many terms' postings (a prefix, the near words of a
 * typo) as a bitset, so that is the one operation made fast: one kernel call per range, and prepared unions
 * (`PrefixSets`) where the segment has them.
 */
import { bitsetBytes, type SegmentMemory } from '../kernel/segment-memory.ts';
import { requiredSection, type SectionLookup } from '../segment/section.ts';
import { denseDocCountMin } from './postings-builder.ts';
import { PrefixSets } from './prefix-sets.ts';

export class PostingsReader {
  readonly termCount: number;
  readonly #memory: SegmentMemory;
  readonly #docCounts: number;
  readonly #places: number;
  readonly #lists: number;
  readonly #dense: number;
  readonly #denseFrom: number;
  readonly #bitsetBytes: number;
  readonly #prefixSets: PrefixSets;

  /** `docCount`: of the segment. */
  constructor(memory: SegmentMemory, sectionAt: SectionLookup, docCount: number) {
    const docCounts = requiredSection(sectionAt, 'postings.docCounts');
    this.termCount = docCounts.byteLength >>> 2;
    this.#memory = memory;
    this.#docCounts = docCounts.at;
    this.#places = requiredSection(sectionAt, 'postings.places').at;
    this.#lists = requiredSection(sectionAt, 'postings.lists').at;
    this.#dense = requiredSection(sectionAt, 'postings.dense').at;
    this.#denseFrom = denseDocCountMin(docCount);
    this.#bitsetBytes = bitsetBytes(docCount);
    this.#prefixSets = new PrefixSets(memory, sectionAt, docCount);
  }

  /** Records that hold the term. */
  docCountOf(term: number): number {
    return this.#memory.u32[(this.#docCounts >>> 2) + term]!;
  }

  /** Sum of the doc counts of terms [termLo, termHi): postings to read, not distinct records. */
  postingCount(termLo: number, termHi: number): number {
    return this.#memory.kernel.postingsCount(termLo, termHi, this.#docCounts);
  }

  /** Adds the docs of all terms in [termLo, termHi) to the bitset at address `bitset`. */
  orRange(termLo: number, termHi: number, bitset: number): void {
    const sets = this.#prefixSets;
    if (sets.count === 0 || termHi - termLo < 2) {
      this.#orLists(termLo, termHi, bitset);
      return;
    }
    let term = termLo;
    for (let at = sets.firstInside(term, termHi); at !== -1; at = sets.firstInside(term, termHi)) {
      this.#orLists(term, sets.termLo(at), bitset);
      sets.orInto(at, bitset);
      term = sets.termHi(at);
    }
    this.#orLists(term, termHi, bitset);
  }

  /** Adds the docs of single terms, in any order. */
  orTerms(terms: ArrayLike<number>, bitset: number): void {
    const memory = this.#memory;
    const mark = memory.mark();
    const list = memory.allocate(terms.length * 4);
    memory.u32.set(terms, list >>> 2);
    memory.kernel.postingsOrTerms(
      list,
      terms.length,
      this.#docCounts,
      this.#places,
      this.#lists,
      this.#dense,
      this.#denseFrom,
      bitset,
      this.#bitsetBytes,
    );
    memory.release(mark);
  }

  /** The term's docIds, ascending, on memory of their own: for merges and tests. */
  docIds(term: number): Uint32Array {
    const memory = this.#memory;
    const count = this.docCountOf(term);
    const docIds = new Uint32Array(count);
    if (count === 0) return docIds;
    const place = memory.u32[(this.#places >>> 2) + term]!;
    if (count === 1) {
      docIds[0] = place;
      return docIds;
    }
    const mark = memory.mark();
    const chunk = memory.allocate(count * 4);
    if (count >= this.#denseFrom) {
      const docCount = this.#bitsetBytes * 8;
      memory.kernel.bitsetDocs(this.#dense + place * this.#bitsetBytes, 0, docCount, chunk, count);
    } else {
      memory.kernel.postingsUnpack(this.#lists + place, count, chunk);
    }
    docIds.set(memory.u32.subarray(chunk >>> 2, (chunk >>> 2) + count));
    memory.release(mark);
    return docIds;
  }

  #orLists(termLo: number, termHi: number, bitset: number): void {
    if (termLo >= termHi) return;
    this.#memory.kernel.postingsOrRange(
      termLo,
      termHi,
      this.#docCounts,
      this.#places,
      this.#lists,
      this.#dense,
      this.#denseFrom,
      bitset,
      this.#bitsetBytes,
    );
  }
}
