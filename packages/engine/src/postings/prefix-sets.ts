/**
 * Prepared unions of postings for the prefixes that many records match: a keystroke's prefix is one range of terms, and the
 * short ones are both the most frequent queries and the most expensive ranges.
 *
 *   prefixes.ranges    u32 pairs termLo, termHi, sorted by termLo, then by termHi descending (outer before inner)
 *   prefixes.bitsets   bitset i (bitsetBytes(docCount) bytes): union of the postings of range i
 *
 * The ranges are nodes of the terms' trie, so two of them are disjoint or one holds the other. In a small segment
 * both sections are empty. The sets change no result, only its cost.
 */
import { assert } from '@skein/base';
import { bitsetBytes, type SegmentMemory } from '../kernel/segment-memory.ts';
import { requiredSection, type Section, type SectionLookup } from '../segment/section.ts';
import { sectionBytes } from '../segment/section-bytes.ts';

export interface PrefixSetsOptions {
  /** Bytes that the bitsets may take. Default: `prefixSetBytesMax(docCount)`. */
  readonly bytesMax?: number | undefined;
  /** Segments with fewer docs get none. Default: 8192; unions of less are quick anyway. */
  readonly docCountMin?: number | undefined;
}

/** 128 sets: 16 bytes per record, which is a few per cent of what a record takes with its text and JSON. */
function prefixSetBytesMax(docCount: number): number {
  return 128 * bitsetBytes(docCount);
}

/**
 * Sections of the prefix sets of a segment, empty when no prefix is worth it. `terms` ascend; `docCounts` and `docIds` as
 * for `buildPostings`.
 */
export function buildPrefixSets(
  terms: readonly string[],
  docCounts: Uint32Array,
  docIds: Uint32Array,
  docCount: number,
  options: PrefixSetsOptions = {},
): readonly Section[] {
  const bytesEach = bitsetBytes(docCount);
  const setCountMax = Math.floor((options.bytesMax ?? prefixSetBytesMax(docCount)) / bytesEach);
  // postingsBefore[t]: postings of all terms before t; on doubles, since there may be more than 2^32.
  const postingsBefore = new Float64Array(terms.length + 1);
  for (let term = 0; term < terms.length; term++)
    postingsBefore[term + 1] = postingsBefore[term]! + docCounts[term]!;
  const candidates =
    docCount < (options.docCountMin ?? 8192) ? [] : frequentRanges(terms, postingsBefore, docCount / 64);
  const chosen = candidates
    .sort((a, b) => b.postingCount - a.postingCount || a.termLo - b.termLo)
    .slice(0, setCountMax)
    .sort((a, b) => a.termLo - b.termLo || b.termHi - a.termHi);

  const ranges = new Uint32Array(chosen.length * 2);
  const bitsets = new Uint8Array(chosen.length * bytesEach);
  for (const [ordinal, { termLo, termHi }] of chosen.entries()) {
    ranges[ordinal * 2] = termLo;
    ranges[ordinal * 2 + 1] = termHi;
    addBits(bitsets, ordinal * bytesEach, docIds, postingsBefore[termLo]!, postingsBefore[termHi]!);
  }
  return [
    { name: 'prefixes.ranges', bytes: sectionBytes(ranges) },
    { name: 'prefixes.bitsets', bytes: bitsets },
  ];
}

interface FrequentRange {
  readonly termLo: number;
  readonly termHi: number;
  readonly postingCount: number;
}

/** Ranges of at least two terms with a common prefix and more than `postingCountMin` postings, each once. */
function frequentRanges(
  terms: readonly string[],
  postingsBefore: Float64Array,
  postingCountMin: number,
): FrequentRange[] {
  const found: FrequentRange[] = [];
  // A prefix that all terms of the range above it share gives that same range again: it is not listed twice.
  const visit = (termLo: number, termHi: number, length: number): void => {
    for (let from = termLo; from < termHi; ) {
      if (terms[from]!.length <= length) {
        from++;
        continue;
      }
      const end = endOfUnit(terms, from, termHi, length);
      const postingCount = postingsBefore[end]! - postingsBefore[from]!;
      if (end - from > 1 && postingCount > postingCountMin) {
        const isNew = length === 0 || end - from < termHi - termLo;
        if (isNew) found.push({ termLo: from, termHi: end, postingCount });
        visit(from, end, length + 1);
      }
      from = end;
    }
  };
  visit(0, terms.length, 0);
  return found;
}

/** First term after `from` whose unit at `at` differs, by galloping: most ranges are short. */
function endOfUnit(terms: readonly string[], from: number, termHi: number, at: number): number {
  const unit = terms[from]!.charCodeAt(at);
  let low = from;
  let step = 1;
  while (low + step < termHi && terms[low + step]!.charCodeAt(at) === unit) {
    low += step;
    step *= 2;
  }
  let high = Math.min(low + step, termHi);
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (terms[middle]!.charCodeAt(at) === unit) low = middle;
    else high = middle;
  }
  return high;
}

function addBits(bits: Uint8Array, at: number, docIds: Uint32Array, from: number, end: number): void {
  for (let posting = from; posting < end; posting++) {
    const docId = docIds[posting]!;
    const byteAt = at + (docId >>> 3);
    bits[byteAt] = bits[byteAt]! | (1 << (docId & 7));
  }
}

/** The prefix sets of an open segment. */
export class PrefixSets {
  readonly #memory: SegmentMemory;
  readonly #bitsets: number;
  readonly #bitsetBytes: number;
  /** Copied out, because every range asked for searches them. */
  readonly #ranges: Uint32Array;

  constructor(memory: SegmentMemory, sectionAt: SectionLookup, docCount: number) {
    const ranges = requiredSection(sectionAt, 'prefixes.ranges');
    const bitsets = requiredSection(sectionAt, 'prefixes.bitsets');
    this.#memory = memory;
    this.#bitsets = bitsets.at;
    this.#bitsetBytes = bitsetBytes(docCount);
    this.#ranges = memory.u32.slice(ranges.at >>> 2, (ranges.at + ranges.byteLength) >>> 2);
    assert(
      (this.#ranges.length / 2) * this.#bitsetBytes === bitsets.byteLength,
      'one bitset per prefix range',
    );
  }

  get count(): number {
    return this.#ranges.length / 2;
  }

  termLo(at: number): number {
    return this.#ranges[at * 2]!;
  }

  termHi(at: number): number {
    return this.#ranges[at * 2 + 1]!;
  }

  /** The first and there the largest prepared range inside [termLo, termHi); -1 when there is none. */
  firstInside(termLo: number, termHi: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.termLo(middle) < termLo) low = middle + 1;
      else high = middle;
    }
    // Outer ranges come before the inner ones that begin with them, so the first that fits is the largest there.
    for (let at = low; at < this.count && this.termLo(at) < termHi; at++)
      if (this.termHi(at) <= termHi) return at;
    return -1;
  }

  orInto(at: number, bitset: number): void {
    this.#memory.kernel.bitsetOr(bitset, this.#bitsets + at * this.#bitsetBytes, this.#bitsetBytes);
  }
}
