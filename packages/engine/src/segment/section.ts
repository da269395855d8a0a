/** A named part of a segment file. The segment's builder aligns it to 64 bytes and adds its checksum. */
export interface Section {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Where a section lies in the memory of an open segment: an absolute address, 64-byte aligned. */
export interface SectionPlace {
  readonly at: number;
  readonly byteLength: number;
}

/** The place of a section that every segment has; throws `CorruptionError` when the file lacks it. */
export type SectionAt = (name: string) => SectionPlace;
