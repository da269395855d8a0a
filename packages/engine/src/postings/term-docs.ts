/**
 * Pairs of term and docId, ordered by both: for relations that few of a record's terms have. A range of terms is one slice of docs,
 * found by binary search.
 *
 *   <name>.terms:  u32[termCount]       ordinals of the terms that occur, ascending
 *   <name>.starts: u32[termCount + 1]   where each term's docs begin
 *   <name>.docs:   u32[]                ascending inside a term
 *
 * They let the scoring of frequent words stop early (`query/segment-search.ts`): the levels of the attribute criterion
 * (`attribute-levels.ts`), and `sole`: the term is all that an attribute (array element) consists of.
 */
import type { SegmentMemory } from '../kernel/segment-memory.ts';
import type { IndexSchema } from '../schema.ts';
import { DELTA_BIAS, isControl } from '../segment/forward-stream.ts';
import { GrowingUint32 } from '../segment/growing-array.ts';
import { requiredSection, type Section, type SectionLookup } from '../segment/section.ts';
import { sectionBytes } from '../segment/section-bytes.ts';
import { attributeLevels } from './attribute-levels.ts';

export const SOLE = 'sole';

export class TermDocsReader {
  readonly #memory: SegmentMemory;
  readonly #terms: Uint32Array;
  readonly #starts: Uint32Array;
  readonly #docsAt: number;

  constructor(memory: SegmentMemory, sectionAt: SectionLookup, name: string) {
    const terms = requiredSection(sectionAt, `${name}.terms`);
    const starts = requiredSection(sectionAt, `${name}.starts`);
    this.#memory = memory;
    this.#terms = new Uint32Array(memory.buffer, terms.at, terms.byteLength / 4);
    this.#starts = new Uint32Array(memory.buffer, starts.at, starts.byteLength / 4);
    this.#docsAt = requiredSection(sectionAt, `${name}.docs`).at;
  }

  /** Adds the docs of the terms [from, to) to a bitset. */
  addDocs(from: number, to: number, bitset: number): void {
    const start = this.#starts[this.#firstAt(from)]!;
    const end = this.#starts[this.#firstAt(to)]!;
    if (end > start) this.#memory.kernel.bitsetAddDocs(bitset, this.#docsAt + start * 4, end - start);
  }

  /** Place of the first term that is not below `term`. */
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

/** Sections of all relations, from the forward stream. */
export function buildTermDocs(
  forward: { readonly offsets: Uint32Array; readonly entries: Uint32Array },
  termCount: number,
  schema: IndexSchema,
): readonly Section[] {
  const sole = new TermDocs();
  const levels = attributeLevels(schema).map((level) => ({ ...level, pairs: new TermDocs() }));
  const levelsOf = Array.from({ length: 256 }, (_, field) =>
    levels.filter(({ rank }) => schema.searchable[field]?.rank === rank),
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
      for (const level of levelsOf[field]!) {
        if (!level.first || position === 0) level.pairs.add(entry >>> 8, docId);
      }
      if (elementStart && endsElement(entries, at + 1, end, field)) sole.add(entry >>> 8, docId);
      elementStart = false;
      position++;
      delta = 0;
    }
  }
  return [
    ...levels.flatMap(({ name, pairs }) => pairs.sections(name, termCount)),
    ...sole.sections(SOLE, termCount),
  ];
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
    const terms = new GrowingUint32();
    const starts = new GrowingUint32();
    for (let term = 0; term < termCount; term++) {
      if (next[term + 1]! > 0) {
        terms.push(term);
        starts.push(next[term]!);
      }
      next[term + 1]! += next[term]!;
    }
    starts.push(count);
    const docs = new Uint32Array(count);
    for (let at = 0; at < count; at++) docs[next[this.#terms.at(at)]!++] = this.#docs.at(at);
    return [
      { name: `${name}.terms`, bytes: sectionBytes(terms.view()) },
      { name: `${name}.starts`, bytes: sectionBytes(starts.view()) },
      { name: `${name}.docs`, bytes: sectionBytes(docs) },
    ];
  }
}
