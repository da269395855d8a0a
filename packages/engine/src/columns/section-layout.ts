/**
 * Lays out the arrays of one section: a header of u32 words first, then each array at its alignment, with zeros between.
 * All places are byte offsets from the section's start; sections start at multiples of 64, so alignments hold in memory.
 */
import { assert, utf8Encode } from '@skein/base';
import { GrowingBytes } from '../segment/growing-array.ts';

export class SectionLayout {
  readonly #headerBytes: number;
  readonly #parts: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  #end: number;

  constructor(headerWordCount: number) {
    this.#headerBytes = headerWordCount * 4;
    this.#end = this.#headerBytes;
  }

  /** Returns the offset at which `array` will lie. The array must not change any more. */
  add(array: ArrayBufferView, alignmentBytes = 8): number {
    const at = Math.ceil(this.#end / alignmentBytes) * alignmentBytes;
    this.#parts.push({ at, bytes: new Uint8Array(array.buffer, array.byteOffset, array.byteLength) });
    this.#end = at + array.byteLength;
    return at;
  }

  /** Adds texts as `offsets: u32[count + 1]` and their UTF-8; returns both places. */
  addTexts(texts: Iterable<string>): { readonly offsetsAt: number; readonly textAt: number } {
    const bytes = new GrowingBytes();
    const ends = [0];
    for (const text of texts) {
      bytes.append(utf8Encode(text));
      ends.push(bytes.count);
    }
    return { offsetsAt: this.add(Uint32Array.from(ends)), textAt: this.add(bytes.view()) };
  }

  finish(header: readonly number[]): Uint8Array {
    assert(header.length * 4 === this.#headerBytes, 'the header has the words that were announced');
    assert(this.#end < 2 ** 32, 'a section stays below 4 GiB');
    const section = new Uint8Array(this.#end);
    new Uint32Array(section.buffer, 0, header.length).set(header);
    for (const { at, bytes } of this.#parts) section.set(bytes, at);
    return section;
  }
}

/** `values` in the narrowest of u8, u16 and u32 that holds `valueMax`. */
export function narrow(values: Uint32Array, valueMax: number): Uint8Array | Uint16Array | Uint32Array {
  if (valueMax <= 0xff) return Uint8Array.from(values);
  return valueMax <= 0xffff ? Uint16Array.from(values) : values;
}

/** Bytes per element that `narrow` chooses. */
export function widthOf(valueMax: number): 1 | 2 | 4 {
  if (valueMax <= 0xff) return 1;
  return valueMax <= 0xffff ? 2 : 4;
}
