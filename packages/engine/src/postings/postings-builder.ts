/**
 * Postings: for each term the ascending docIds of the records that hold it, nothing else.
 *
 *   postings.docCounts   u32 per term: how many docIds
 *   postings.places      u32 per term, by the doc count:
 *                          0            unused
 *                          1            the docId itself
 *                          >= dense     ordinal of its bitset in postings.dense   (see `denseDocCountMin`)
 *                          else         byte offset in postings.lists
 *   postings.lists       packed lists
 *   postings.dense       bitsets of bitsetBytes(docCount) bytes
 *
 * A packed list is made of gaps, `docId - previous - 1` (previous of the first is -1): whole blocks of 128, then varints.
 *
 *   block = width:u8 | 16 × width bytes     width: bits of the largest gap, 0 … 32
 *   The block's gaps lie vertically: gap 4r + l at bits r × width … of lane l; lane l is every fourth u32 from l on.
 *
 * The unrolled SIMD unpackers give about 2.5 G gaps/s; setting bits costs more than that, hence bitsets for what is frequent.
 */
import { assert } from '@skein/base';
import { bitsetBytes } from '../kernel/segment-memory.ts';
import type { Section } from '../segment/section.ts';
import { sectionBytes } from '../segment/section-bytes.ts';
import { buildPrefixSets, type PrefixSetsOptions } from './prefix-sets.ts';

const BLOCK_LENGTH = 128;
/** A block (width byte and 32-bit gaps) or a tail of 127 varints takes less than this. */
const BLOCK_BYTES_MAX = 1024;

/**
 * Terms with at least this many docs are kept as bitsets: at one doc in 32 a list takes a fifth of the bitset's bytes but ten
 * times as long to unite (measured: 1 ns per doc of a list, 2.7 µs per million docs of a bitset in cache). Small segments
 * have none, since a bitset takes at least 64 bytes.
 */
export function denseDocCountMin(docCount: number): number {
  return docCount < 4096 ? 0xffff_ffff : Math.floor(docCount / 32) + 1;
}

export interface PostingsOptions {
  /** Of the segment. */
  readonly docCount: number;
  /** The terms themselves, ascending: their common prefixes decide about prefix sets. */
  readonly terms: readonly string[];
  readonly prefixSets?: PrefixSetsOptions | undefined;
}

/**
 * Sections of the postings of terms 0, 1, 2 … and their prefix sets: `docCounts[term]` ascending distinct docIds each, one
 * term's after the other's in `docIds`.
 */
export function buildPostings(
  docCounts: Uint32Array,
  docIds: Uint32Array,
  { docCount, terms, prefixSets }: PostingsOptions,
): readonly Section[] {
  assert(terms.length === docCounts.length, 'one doc count per term');
  const denseFrom = denseDocCountMin(docCount);
  const places = new Uint32Array(docCounts.length);
  const lists = new ListWriter();
  const dense: Uint8Array[] = [];
  let from = 0;
  for (let term = 0; term < docCounts.length; term++) {
    const end = from + docCounts[term]!;
    if (end - from === 1) {
      places[term] = docIds[from]!;
    } else if (end - from >= denseFrom) {
      places[term] = dense.length;
      dense.push(bitsOf(docIds, from, end, docCount));
    } else if (end > from) {
      places[term] = lists.byteLength;
      lists.write(docIds, from, end);
    }
    from = end;
  }
  assert(from === docIds.length, 'docCounts and docIds are of the same postings');
  return [
    { name: 'postings.docCounts', bytes: sectionBytes(docCounts) },
    { name: 'postings.places', bytes: sectionBytes(places) },
    { name: 'postings.lists', bytes: lists.finish() },
    { name: 'postings.dense', bytes: concatenate(dense, bitsetBytes(docCount)) },
    ...buildPrefixSets(terms, docCounts, docIds, docCount, prefixSets),
  ];
}

function bitsOf(docIds: Uint32Array, from: number, end: number, docCount: number): Uint8Array {
  const bits = new Uint8Array(bitsetBytes(docCount));
  for (let at = from; at < end; at++) {
    const docId = docIds[at]!;
    bits[docId >>> 3] = bits[docId >>> 3]! | (1 << (docId & 7));
  }
  return bits;
}

function concatenate(bitsets: readonly Uint8Array[], bytesEach: number): Uint8Array {
  const all = new Uint8Array(bitsets.length * bytesEach);
  for (const [ordinal, bits] of bitsets.entries()) all.set(bits, ordinal * bytesEach);
  return all;
}

/** Appends packed lists to a growing array. */
class ListWriter {
  #bytes = new Uint8Array(65_536);
  #length = 0;
  readonly #gaps = new Uint32Array(BLOCK_LENGTH);
  readonly #packed = new Uint32Array(BLOCK_LENGTH);
  readonly #packedBytes = new Uint8Array(this.#packed.buffer);

  get byteLength(): number {
    return this.#length;
  }

  write(docIds: Uint32Array, from: number, end: number): void {
    let at = from;
    let previous = -1;
    for (; at + BLOCK_LENGTH <= end; at += BLOCK_LENGTH) previous = this.#writeBlock(docIds, at, previous);
    this.#reserve();
    for (; at < end; at++) {
      const docId = docIds[at]!;
      let gap = docId - previous - 1;
      assert(gap >= 0, 'docIds of a term ascend');
      for (; gap > 127; gap >>>= 7) this.#bytes[this.#length++] = (gap & 127) | 128;
      this.#bytes[this.#length++] = gap;
      previous = docId;
    }
  }

  #writeBlock(docIds: Uint32Array, from: number, previousDocId: number): number {
    const gaps = this.#gaps;
    let previous = previousDocId;
    let bits = 0;
    for (let at = 0; at < BLOCK_LENGTH; at++) {
      const docId = docIds[from + at]!;
      assert(docId > previous, 'docIds of a term ascend');
      const gap = docId - previous - 1;
      gaps[at] = gap;
      bits |= gap;
      previous = docId;
    }
    const width = 32 - Math.clz32(bits);
    packVertically(gaps, this.#packed, width);
    this.#reserve();
    this.#bytes[this.#length] = width;
    this.#bytes.set(this.#packedBytes.subarray(0, width * 16), this.#length + 1);
    this.#length += 1 + width * 16;
    return previous;
  }

  #reserve(): void {
    if (this.#length + BLOCK_BYTES_MAX <= this.#bytes.length) return;
    const longer = new Uint8Array(this.#bytes.length * 2);
    longer.set(this.#bytes);
    this.#bytes = longer;
  }

  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}

function packVertically(gaps: Uint32Array, packed: Uint32Array, width: number): void {
  packed.fill(0, 0, width * 4);
  for (let at = 0; at < BLOCK_LENGTH; at++) {
    const gap = gaps[at]!;
    const bit = (at >>> 2) * width;
    const shift = bit & 31;
    const word = ((bit >>> 5) << 2) + (at & 3);
    packed[word] = packed[word]! | (gap << shift);
    if (shift + width > 32) packed[word + 4] = packed[word + 4]! | (gap >>> (32 - shift));
  }
}
