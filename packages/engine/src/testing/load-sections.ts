import { SegmentMemory } from '../kernel/segment-memory.ts';
import type { Section, SectionLookup } from '../segment/section.ts';

/** A memory that holds the sections, 64-byte aligned, as the segment file would: for tests of one structure by itself. */
export function loadSections(sections: readonly Section[]): {
  memory: SegmentMemory;
  sectionAt: SectionLookup;
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
  return { memory, sectionAt: (name) => places.get(name) };
}
