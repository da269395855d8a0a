/**
 * Pairs of term and docId, ordered by both, as two parallel arrays: for relations that few of a record's terms have. A range of
 * terms is a slice, found by binary search.
 *
 *   <name>.terms: u32[pairCount]   ascending
 *   <name>.docs:  u32[pairCount]   ascending among equal terms
 *
 * Two such relations let the scoring of frequent words stop early (`query/segment-search.ts`):
 *  - `leading`: the term is the first word of an attribute of rank 0, so an occurrence of it has the attribute value 0. Only kept
 *    while the attributes of rank 0 are ordered (`leadingCounts`): else every word of them would be in it;
 *  - `sole`: the term is all that an attribute (array element) consists of.
 */
import type { SegmentMemory } from '../kernel/segment-memory.ts';
import type { IndexSchema } from '../schema.ts';
import { DELTA_BIAS, isControl } from '../segment/forward-stream.ts';
import { GrowingUint32 } from '../segment/growing-array.ts';
import { requiredSection, type Section, type SectionLookup } from '../segment/section.ts';
import { sectionBytes } from '../segment/section-bytes.ts';

export class TermDocsReader {
  readonly #memory: SegmentMemory;
  readonly #terms: Uint32Array;
  readonly #docsAt: number;

  constructor(memory: SegmentMemory, sectionAt: SectionLookup, name: string) {
    const terms = requiredSection(sectionAt, `${name}.terms`);
    this.#memory = memory;
    this.#terms = new Uint32Array(memory.buffer, terms.at, terms.byteLength / 4);
    this.#docsAt = requiredSection(sectionAt, `${name}.docs`).at;
  }

  /** Adds the docs of the terms [from, to) to a bitset. */
  addDocs(from: number, to: number, bitset: number): void {
    const start = this.#firstAt(from);
    const end = this.#firstAt(to);
    if (end > start) this.#memory.kernel.bitsetAddDocs(bitset, this.#docsAt + start * 4, end - start);
  }

  /** Place of the first pair whose term is not below `term`. */
  #firstAt(term: number): number {
    let low = 0;
    let high = this.#terms.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#terms[middle]! < term) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Whether `leading` tells which records can have the attribute value 0. */
export function leadingCounts(schema: IndexSchema): boolean {
  return schema.searchable.length > 0 && schema.searchable.every(({ rank, ordered }) => rank > 0 || ordered);
}

/** Sections of both relations, from the forward stream. */
export function buildTermDocs(
  forward: { readonly offsets: Uint32Array; readonly entries: Uint32Array },
  termCount: number,
  schema: IndexSchema,
): readonly Section[] {
  const leading = new TermDocs();
  const sole = new TermDocs();
  const kept = leadingCounts(schema);
  const leads = Uint8Array.from({ length: 256 }, (_, field) =>
    kept && schema.searchable[field]?.rank === 0 ? 1 : 0,
  );
  const { offsets, entries } = forward;
  for (let docId = 0; docId + 1 < offsets.length; docId++) {
    const end = offsets[docId + 1]!;
    let field = -1;
    let position = 0;
    let delta = 0;
    let elementStart = true;
    for (let at = offsets[docId]!; at < end; at++) {
      const entry = entries[at]!;
      if (isControl(entry)) {
        if (((entry >>> 8) & 1) === 1) elementStart = true;
        delta = (entry >>> 9) - DELTA_BIAS;
        continue;
      }
      if ((entry & 255) !== field) {
        field = entry & 255;
        position = 0;
        elementStart = true;
      }
      position += delta;
      if (position === 0 && leads[field] === 1) leading.add(entry >>> 8, docId);
      if (elementStart && endsElement(entries, at + 1, end, field)) sole.add(entry >>> 8, docId);
      elementStart = false;
      position++;
      delta = 0;
    }
  }
  return [...leading.sections('leading', termCount), ...sole.sections('sole', termCount)];
}

function endsElement(entries: Uint32Array, next: number, end: number, field: number): boolean {
  if (next === end) return true;
  const entry = entries[next]!;
  if (isControl(entry)) return ((entry >>> 8) & 1) === 1;
  return (entry & 255) !== field;
}

/** Pairs as they come, docs ascending. */
class TermDocs {
  readonly #terms = new GrowingUint32();
  readonly #docs = new GrowingUint32();

  add(term: number, docId: number): void {
    const last = this.#terms.count - 1;
    if (last >= 0 && this.#terms.at(last) === term && this.#docs.at(last) === docId) return;
    this.#terms.push(term);
    this.#docs.push(docId);
  }

  /** Ordered by term, and by doc as they came. */
  sections(name: string, termCount: number): readonly Section[] {
    const count = this.#terms.count;
    const next = new Uint32Array(termCount + 1);
    for (let at = 0; at < count; at++) next[this.#terms.at(at) + 1]!++;
    for (let term = 0; term < termCount; term++) next[term + 1]! += next[term]!;
    const terms = new Uint32Array(count);
    const docs = new Uint32Array(count);
    for (let at = 0; at < count; at++) {
      const term = this.#terms.at(at);
      const to = next[term]!++;
      terms[to] = term;
      docs[to] = this.#docs.at(at);
    }
    return [
      { name: `${name}.terms`, bytes: sectionBytes(terms) },
      { name: `${name}.docs`, bytes: sectionBytes(docs) },
    ];
  }
}
