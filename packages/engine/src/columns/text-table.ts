import type { SegmentMemory } from '../kernel/segment-memory.ts';
import { textFrom } from '../segment/shared-text.ts';

/** Texts of a section (`SectionLayout.addTexts`): `offsets: u32[count + 1]` and their UTF-8. */
export class TextTable {
  readonly #bytes: Uint8Array;
  readonly #offsets: Uint32Array;
  readonly #textAt: number;

  constructor(
    memory: SegmentMemory,
    places: { readonly offsetsAt: number; readonly textAt: number; readonly count: number },
  ) {
    this.#bytes = memory.u8;
    this.#offsets = new Uint32Array(memory.buffer, places.offsetsAt, places.count + 1);
    this.#textAt = places.textAt;
  }

  text(ordinal: number): string {
    return textFrom(
      this.#bytes,
      this.#textAt + this.#offsets[ordinal]!,
      this.#textAt + this.#offsets[ordinal + 1]!,
    );
  }
}

/** The header of a section: `count` u32 words from `wordFrom` on. */
export function headerWords(
  memory: SegmentMemory,
  sectionAt: number,
  wordFrom: number,
  count: number,
): Uint32Array {
  return new Uint32Array(memory.buffer, sectionAt + wordFrom * 4, count);
}
