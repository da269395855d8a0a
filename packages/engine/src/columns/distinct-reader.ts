/** Groups of an open segment for `distinct`. The bytes are described in `distinct-builder.ts`. */
import type { SegmentMemory } from '../kernel/segment-memory.ts';
import type { SectionLookup } from '../segment/section.ts';
import { DISTINCT_HEADER_WORDS, NO_GROUP } from './distinct-builder.ts';
import { headerWords, TextTable } from './text-table.ts';

export class DistinctReader {
  readonly groupCount: number;
  readonly #ordinals: Uint32Array;
  readonly #texts: TextTable;

  static open(memory: SegmentMemory, sectionAt: SectionLookup, docCount: number): DistinctReader | undefined {
    const section = sectionAt('distinct');
    return section === undefined ? undefined : new DistinctReader(memory, section.at, docCount);
  }

  private constructor(memory: SegmentMemory, sectionAt: number, docCount: number) {
    const words = headerWords(memory, sectionAt, 0, DISTINCT_HEADER_WORDS);
    this.groupCount = words[0]!;
    this.#ordinals = new Uint32Array(memory.buffer, sectionAt + words[1]!, docCount);
    const places = { offsetsAt: sectionAt + words[2]!, textAt: sectionAt + words[3]! };
    this.#texts = new TextTable(memory, { ...places, count: this.groupCount });
  }

  /** The doc's group: below `groupCount` for named groups, else a number that no other doc has. */
  ordinal(docId: number): number {
    const ordinal = this.#ordinals[docId]!;
    return ordinal === NO_GROUP ? this.groupCount + docId : ordinal;
  }

  /** The group's name; undefined: the doc is alone. */
  value(docId: number): string | undefined {
    const ordinal = this.#ordinals[docId]!;
    return ordinal === NO_GROUP ? undefined : this.#texts.text(ordinal);
  }
}
