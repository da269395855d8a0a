/**
 * Records of a segment: the JSON text of each, at the end of the file; loaded with it, or read one by one.
 *
 *   records.offsets:   u32[docCount + 1]   byte offsets from the start of the records
 *   records.checksums: u32[docCount]       CRC-32C of each record's bytes
 */
import { CorruptionError, crc32c } from '@skein/base';
import type { Directory } from '../directory.ts';
import type { SegmentMemory } from '../kernel/segment-memory.ts';
import { requiredSection, type SectionLookup } from '../segment/section.ts';

import { textFrom } from '../segment/shared-text.ts';

/** Neighbouring records are read ahead together while a merge or a browse walks through them. */
const READ_AHEAD_BYTES = 1 << 18;

export class RecordsReader {
  readonly #directory: Directory;
  readonly #file: string;
  readonly #recordsAt: number;
  readonly #recordsBytes: number;
  readonly #offsets: Uint32Array;
  readonly #checksums: Uint32Array;
  readonly #memory: Uint8Array;
  readonly #loadedAt: number | undefined;
  /** A bit per record of a loaded file that was verified: like a section, once is enough while it stays loaded. */
  readonly #verified: Uint8Array | undefined;
  #ahead: Uint8Array = new Uint8Array(0);
  #aheadAt = 0;
  #previousEnd = -1;

  constructor(options: {
    readonly directory: Directory;
    readonly file: string;
    readonly memory: SegmentMemory;
    readonly sectionAt: SectionLookup;
    readonly docCount: number;
    readonly recordsAt: number;
    /** Whether the memory holds the whole file, records included. */
    readonly loaded: boolean;
  }) {
    const { memory, sectionAt, docCount } = options;
    this.#directory = options.directory;
    this.#file = options.file;
    this.#recordsAt = options.recordsAt;
    this.#offsets = new Uint32Array(
      memory.buffer,
      requiredSection(sectionAt, 'records.offsets').at,
      docCount + 1,
    );
    this.#checksums = new Uint32Array(
      memory.buffer,
      requiredSection(sectionAt, 'records.checksums').at,
      docCount,
    );
    this.#recordsBytes = this.#offsets[docCount]!;
    this.#loadedAt = options.loaded ? memory.fileAt + options.recordsAt : undefined;
    this.#memory = memory.u8;
    this.#verified = options.loaded ? new Uint8Array(Math.ceil(docCount / 8)) : undefined;
  }

  byteLength(docId: number): number {
    return this.#offsets[docId + 1]! - this.#offsets[docId]!;
  }

  checksum(docId: number): number {
    return this.#checksums[docId]!;
  }

  /** Checked against the checksum: throws `CorruptionError` rather than return damaged bytes. Valid until the next call. */
  bytes(docId: number): Uint8Array {
    const start = this.#offsets[docId]!;
    const end = this.#offsets[docId + 1]!;
    const bytes = this.#read(start, end);
    const verified = this.#verified;
    if (verified !== undefined && (verified[docId >>> 3]! & (1 << (docId & 7))) !== 0) return bytes;
    if (crc32c(bytes) !== this.#checksums[docId]) {
      throw new CorruptionError({
        file: this.#directory.describe(this.#file),
        offset: this.#recordsAt + start,
        expected: `record ${docId} with its checksum`,
      });
    }
    if (verified !== undefined) verified[docId >>> 3]! |= 1 << (docId & 7);
    return bytes;
  }

  json(docId: number): string {
    const bytes = this.bytes(docId);
    return textFrom(bytes, 0, bytes.length);
  }

  #read(start: number, end: number): Uint8Array {
    if (this.#loadedAt !== undefined)
      return this.#memory.subarray(this.#loadedAt + start, this.#loadedAt + end);
    const aheadStart = start - this.#aheadAt;
    if (aheadStart >= 0 && end <= this.#aheadAt + this.#ahead.length) {
      this.#previousEnd = end;
      return this.#ahead.subarray(aheadStart, end - this.#aheadAt);
    }
    const sequential = start === this.#previousEnd;
    this.#previousEnd = end;
    if (!sequential) return this.#directory.read(this.#file, this.#recordsAt + start, end - start);
    this.#aheadAt = start;
    const aheadEnd = Math.min(this.#recordsBytes, Math.max(end, start + READ_AHEAD_BYTES));
    this.#ahead = this.#directory.read(this.#file, this.#recordsAt + start, aheadEnd - start);
    return this.#ahead.subarray(0, end - start);
  }
}
