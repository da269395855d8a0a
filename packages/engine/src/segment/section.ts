import { assert } from '@skein/base';

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

/** Finds a section of an open segment by name; undefined when the segment has none of that name. */
export type SectionLookup = (name: string) => SectionPlace | undefined;

/** The place of a section that every segment of this format has. */
export function requiredSection(sectionAt: SectionLookup, name: string): SectionPlace {
  const place = sectionAt(name);
  assert(place !== undefined, `segment has no section ${name}`);
  return place;
}
