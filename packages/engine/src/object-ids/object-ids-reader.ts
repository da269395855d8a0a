import { utf8Encode } from '@skein/base';
import type { SegmentMemory } from '../kernel/segment-memory.ts';
import { requiredSection, type SectionLookup } from '../segment/section.ts';
import { textFrom } from '../segment/shared-text.ts';
import { hashBytes } from './object-ids-builder.ts';

/** See `object-ids-builder.ts` for the bytes. */
export class ObjectIDsReader {
  readonly #bytes: Uint8Array;
  readonly #offsets: Uint32Array;
  readonly #table: Uint32Array;
  readonly #textAt: number;

  constructor(memory: SegmentMemory, sectionAt: SectionLookup, docCount: number) {
    const offsets = requiredSection(sectionAt, 'ids.offsets');
    const table = requiredSection(sectionAt, 'ids.table');
    this.#textAt = requiredSection(sectionAt, 'ids.text').at;
    this.#bytes = memory.u8;
    this.#offsets = new Uint32Array(memory.buffer, offsets.at, docCount + 1);
    this.#table = new Uint32Array(memory.buffer, table.at, table.byteLength / 4);
  }

  objectID(docId: number): string {
    return textFrom(
      this.#bytes,
      this.#textAt + this.#offsets[docId]!,
      this.#textAt + this.#offsets[docId + 1]!,
    );
  }

  /** The docId of the record that `accept` takes (a replaced record may still be here, deleted), or -1. */
  find(objectID: string, accept: (docId: number) => boolean): number {
    return this.findEncoded(utf8Encode(objectID), accept);
  }

  /** As `find`; lets a caller that asks many segments encode once. */
  findEncoded(encoded: Uint8Array, accept: (docId: number) => boolean): number {
    const mask = this.#table.length - 1;
    let slot = hashBytes(encoded, 0, encoded.length) & mask;
    for (;;) {
      const entry = this.#table[slot]!;
      if (entry === 0) return -1;
      if (this.#isAt(entry - 1, encoded) && accept(entry - 1)) return entry - 1;
      slot = (slot + 1) & mask;
    }
  }

  #isAt(docId: number, encoded: Uint8Array): boolean {
    const start = this.#offsets[docId]!;
    if (this.#offsets[docId + 1]! - start !== encoded.length) return false;
    const at = this.#textAt + start;
    for (let byte = 0; byte < encoded.length; byte++) {
      if (this.#bytes[at + byte] !== encoded[byte]) return false;
    }
    return true;
  }
}
