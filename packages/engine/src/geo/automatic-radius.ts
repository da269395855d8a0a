/**
 * The automatic radius: the smallest of 1 km, 2 km, 4 km … that holds at least a thousand matching records. Records lie in several
 * segments, so each segment counts its distances into a histogram over the series, and the sum decides.
 */
import type { SegmentMemory } from '../kernel/segment-memory.ts';
import { NO_DISTANCE } from './geo-reader.ts';

/** Metres; the last one holds the whole globe. */
export const AUTOMATIC_RADII: readonly number[] = [
  ...Array.from({ length: 15 }, (_, step) => 1000 * 2 ** step),
  20_037_508,
];

/** Records that the automatic radius wants inside. */
export const AUTOMATIC_RADIUS_RECORDS = 1000;

/**
 * Adds to `histogram` (one count per radius of the series) the docs of a bitset by the smallest radius that holds them.
 * `distances` is the address of the u32 array that `GeoReader.distances` filled for these docs.
 */
export function countDistances(
  memory: SegmentMemory,
  places: { readonly bitset: number; readonly distances: number; readonly docCount: number },
  histogram: Uint32Array,
): void {
  const { docCount } = places;
  const bits = new Uint32Array(memory.buffer, places.bitset, Math.ceil(docCount / 32));
  const distances = new Uint32Array(memory.buffer, places.distances, docCount);
  for (let at = 0; at < bits.length; at++) {
    for (let word = bits[at]!; word !== 0; word &= word - 1) {
      const metres = distances[at * 32 + 31 - Math.clz32(word & -word)]!;
      if (metres !== NO_DISTANCE) histogram[stepOf(metres)]!++;
    }
  }
}

/** The radius for the sum of all segments' histograms; at least `minimumRadius`. */
export function automaticRadius(histogram: Uint32Array, minimumRadius: number | undefined): number {
  let inside = 0;
  for (const [step, radius] of AUTOMATIC_RADII.entries()) {
    inside += histogram[step]!;
    if (inside >= AUTOMATIC_RADIUS_RECORDS) return Math.max(radius, minimumRadius ?? 0);
  }
  return Math.max(AUTOMATIC_RADII.at(-1)!, minimumRadius ?? 0);
}

function stepOf(metres: number): number {
  if (metres <= 1000) return 0;
  const step = 32 - Math.clz32(Math.floor((metres - 1) / 1000));
  return Math.min(step, AUTOMATIC_RADII.length - 1);
}
