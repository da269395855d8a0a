import { assert } from '@skein/base';
import { SegmentMemory } from '../kernel/segment-memory.ts';
import type { Section, SectionAt } from '../segment/section.ts';

/** A memory that holds the sections, 64-byte aligned, as the segment file would: for tests of one structure by itself. */
export function loadSections(sections: readonly Section[]): {
  memory: SegmentMemory;
  sectionAt: SectionAt;
} {
  const places = new Map<string, { at: number; byteLength: number }>();
  let length = 0;
  for (const { name, bytes } of sections) {
    places.set(name, { at: length, byteLength: bytes.length });
    length += Math.ceil(bytes.length / 64) * 64;
  }
  const memory = SegmentMemory.create(length);
  for (const { name, bytes } of sections) {
    const place = places.get(name)!;
    place.at += memory.fileAt;
    memory.u8.set(bytes, place.at);
  }
  const sectionAt = (name: string) => {
    const place = places.get(name);
    assert(place !== undefined, `a section ${name}`);
    return place;
  };
  return { memory, sectionAt };
}
