/** The dictionary of an open segment; its layout is in `terms-builder.ts`. Ordinals are places in the sorted order. */
import { assert } from '@skein/base';
import type { SegmentMemory } from '../kernel/segment-memory.ts';
import { requiredSection, type SectionLookup } from '../segment/section.ts';
import { TERM_UNITS_MAX } from './terms-builder.ts';

export interface MatchOptions {
  readonly editsMax: 0 | 1 | 2;
  /** Whether a term matches through any of its prefixes, or only as a whole. */
  readonly prefix: boolean;
}

/**
 * Ranges of matching terms, in scratch: `count` u32 triples (termLo, termHi, typos) from address `at` on, ascending and
 * disjoint. They are valid until the caller releases its mark.
 */
export interface TermMatches {
  readonly at: number;
  readonly count: number;
}

/** Ordinals lo … hi - 1; empty when both are equal. */
export interface TermRange {
  readonly lo: number;
  readonly hi: number;
}

const TRIPLE_BYTES = 12;
/** A first guess; doubled until the matches fit. */
const TRIPLE_COUNT_START = 2048;
/** 64-bit position masks of a word, by UTF-16 unit. */
const MASK_TABLE_BYTES = 65_536 * 8;

export class TermsReader {
  readonly termCount: number;
  readonly #memory: SegmentMemory;
  readonly #labels: number;
  readonly #nodes: number;
  readonly #textAt: number;
  readonly #offsetsAt: number;
  readonly #text: Uint16Array;
  readonly #offsets: Uint32Array;
  #maskTable: number | undefined;

  constructor(memory: SegmentMemory, sectionAt: SectionLookup) {
    const offsets = requiredSection(sectionAt, 'terms.offsets');
    const text = requiredSection(sectionAt, 'terms.text');
    this.#memory = memory;
    this.termCount = offsets.byteLength / 4 - 1;
    this.#labels = requiredSection(sectionAt, 'terms.labels').at;
    this.#nodes = requiredSection(sectionAt, 'terms.nodes').at;
    this.#textAt = text.at;
    this.#offsetsAt = offsets.at;
    // The file's part of the memory never moves, so views of their own stay valid.
    this.#text = new Uint16Array(memory.buffer, text.at, text.byteLength / 2);
    this.#offsets = new Uint32Array(memory.buffer, offsets.at, this.termCount + 1);
  }

  term(ordinal: number): string {
    assert(ordinal >= 0 && ordinal < this.termCount, 'ordinal < termCount');
    const units = this.#text.subarray(this.#offsets[ordinal], this.#offsets[ordinal + 1]);
    return Reflect.apply(String.fromCharCode, undefined, units);
  }

  /** Every term, ascending. */
  *terms(): IterableIterator<string> {
    for (let ordinal = 0; ordinal < this.termCount; ordinal++) yield this.term(ordinal);
  }

  /** The term's ordinal, or -1. */
  find(term: string): number {
    const ordinal = this.#lowerBound(term);
    if (ordinal === this.termCount) return -1;
    const length = this.#offsets[ordinal + 1]! - this.#offsets[ordinal]!;
    return length === term.length && this.#compare(ordinal, term) === 0 ? ordinal : -1;
  }

  /** The terms that begin with `prefix`. */
  prefixRange(prefix: string): TermRange {
    const lo = this.#lowerBound(prefix);
    let low = lo;
    let high = this.termCount;
    while (low < high) {
      const middle = (low + high) >>> 1;
      // From lo on a term that does not begin with the prefix is behind all that do.
      if (this.#compare(middle, prefix) === 0) low = middle + 1;
      else high = middle;
    }
    return { lo, hi: low };
  }

  /**
   * The terms within `editsMax` typos of `word` by the rules of `docs/relevance.md` §3, each with its smallest number of
   * typos. A word of more than `TERM_UNITS_MAX` units, which no tokeniser gives, has none. Writes to scratch.
   */
  match(word: string, { editsMax, prefix }: MatchOptions): TermMatches {
    if (editsMax === 0 || word.length === 0) return this.#matchExactly(word, prefix);
    if (word.length > TERM_UNITS_MAX) return this.#matches([]);
    const memory = this.#memory;
    // Zero from the start and never cleared, so that only the pages of letters that occur take memory.
    this.#maskTable ??= memory.allocatePersistent(MASK_TABLE_BYTES);
    const mark = memory.mark();
    const wordAt = memory.allocate(word.length * 2);
    for (let at = 0; at < word.length; at++) memory.u16[(wordAt >>> 1) + at] = word.charCodeAt(at);
    let countMax = TRIPLE_COUNT_START;
    let found = memory.allocate(countMax * TRIPLE_BYTES);
    let foundCount = this.#walk(wordAt, word.length, editsMax, prefix, found, countMax);
    while (foundCount < 0) {
      memory.release(mark);
      assert(memory.allocate(word.length * 2) === wordAt, 'the word stays where it is');
      countMax *= 4;
      found = memory.allocate(countMax * TRIPLE_BYTES);
      foundCount = this.#walk(wordAt, word.length, editsMax, prefix, found, countMax);
    }
    // Flattened behind what was found, then moved to the mark, where it takes no more than it needs.
    const flat = memory.allocate(foundCount * 2 * TRIPLE_BYTES);
    const count = memory.kernel.termsFlatten(found, foundCount, flat);
    memory.release(mark);
    const at = memory.allocate(count * TRIPLE_BYTES);
    memory.u8.copyWithin(at, flat, flat + count * TRIPLE_BYTES);
    return { at, count };
  }

  #matchExactly(word: string, prefix: boolean): TermMatches {
    if (prefix) {
      const { lo, hi } = this.prefixRange(word);
      return this.#matches(lo < hi ? [lo, hi, 0] : []);
    }
    const ordinal = this.find(word);
    return this.#matches(ordinal < 0 ? [] : [ordinal, ordinal + 1, 0]);
  }

  #matches(triples: readonly number[]): TermMatches {
    const at = this.#memory.allocate(triples.length * 4);
    this.#memory.u32.set(triples, at >>> 2);
    return { at, count: triples.length / 3 };
  }

  #walk(
    wordAt: number,
    length: number,
    edits: number,
    prefix: boolean,
    triples: number,
    countMax: number,
  ): number {
    return this.#memory.kernel.termsMatch(
      this.#labels,
      this.#nodes,
      this.#textAt,
      this.#offsetsAt,
      this.termCount,
      this.#maskTable!,
      wordAt,
      length,
      edits,
      prefix ? 1 : 0,
      triples,
      countMax,
    );
  }

  #lowerBound(term: string): number {
    let low = 0;
    let high = this.termCount;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(middle, term) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Compares the term with `other` over the length of `other`: below 0 when it comes before everything that begins so. */
  #compare(ordinal: number, other: string): number {
    const from = this.#offsets[ordinal]!;
    const length = this.#offsets[ordinal + 1]! - from;
    const common = Math.min(length, other.length);
    for (let at = 0; at < common; at++) {
      const difference = this.#text[from + at]! - other.charCodeAt(at);
      if (difference !== 0) return difference;
    }
    return length < other.length ? -1 : 0;
  }
}
