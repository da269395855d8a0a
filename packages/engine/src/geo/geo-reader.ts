/**
 * Points of an open segment: geo filters through the grid, distances of docs. The bytes are described in `geo-builder.ts`.
 * Candidates come from the grid's rows, with a margin; what decides is the exact condition of `geometry.ts`, so that results
 * equal a scan over all points.
 */
import { headerWords } from '../columns/text-table.ts';
import type { SegmentMemory } from '../kernel/segment-memory.ts';
import type { GeoPoint } from '../query/search-query.ts';
import type { SectionLookup } from '../segment/section.ts';
import { GEO_HEADER_WORDS, rowOf } from './geo-builder.ts';
import {
  boxBounds,
  chordMetres,
  chordSquared,
  chordSquaredMax,
  EARTH_RADIUS_METRES,
  type GeoBounds,
  insideBounds,
  insidePolygon,
  unitVector,
} from './geometry.ts';

/** Distance of docs without a point. */
export const NO_DISTANCE = 0xffff_ffff;

/** Degrees added around what a radius can reach: more than rounding can shift, less than matters. */
const MARGIN_DEGREES = 1e-4;
const DEGREES = 180 / Math.PI;

/** A scan in docId order costs this many times less per point than the points of a row. */
const SCAN_GAIN = 4;

export class GeoReader {
  readonly pointCount: number;
  readonly #memory: SegmentMemory;
  readonly #docCount: number;
  readonly #rowCount: number;
  readonly #docOffsets: Uint32Array;
  readonly #lat: Float64Array;
  readonly #lng: Float64Array;
  readonly #vectors: Float64Array;
  readonly #rowStarts: Uint32Array;
  readonly #rowPoints: Uint32Array;
  readonly #docOfPoint: Uint32Array;

  static open(memory: SegmentMemory, sectionAt: SectionLookup, docCount: number): GeoReader | undefined {
    const section = sectionAt('geo');
    return section === undefined ? undefined : new GeoReader(memory, section.at, docCount);
  }

  private constructor(memory: SegmentMemory, sectionAt: number, docCount: number) {
    const words = headerWords(memory, sectionAt, 0, GEO_HEADER_WORDS);
    const u32 = (word: number, count: number) =>
      new Uint32Array(memory.buffer, sectionAt + words[word]!, count);
    const f64 = (word: number, count: number) =>
      new Float64Array(memory.buffer, sectionAt + words[word]!, count);
    this.#memory = memory;
    this.#docCount = docCount;
    this.pointCount = words[0]!;
    this.#rowCount = words[1]!;
    this.#docOffsets = u32(2, docCount + 1);
    this.#lat = f64(3, this.pointCount);
    this.#lng = f64(4, this.pointCount);
    this.#vectors = f64(5, this.pointCount * 3);
    this.#rowStarts = u32(6, this.#rowCount + 1);
    this.#rowPoints = u32(7, this.pointCount);
    this.#docOfPoint = u32(8, this.pointCount);
  }

  forEachPoint(docId: number, visit: (lat: number, lng: number) => void): void {
    for (let point = this.#docOffsets[docId]!; point < this.#docOffsets[docId + 1]!; point++) {
      visit(this.#lat[point]!, this.#lng[point]!);
    }
  }

  /** The doc's point nearest to `centre`, and its distance in whole metres; of equal ones the first in the record. */
  nearest(
    docId: number,
    centre: GeoPoint,
  ): { readonly metres: number; readonly point: GeoPoint } | undefined {
    const [x, y, z] = unitVector(centre.lat, centre.lng);
    let nearest: { metres: number; point: GeoPoint } | undefined;
    for (let point = this.#docOffsets[docId]!; point < this.#docOffsets[docId + 1]!; point++) {
      const metres = chordMetres(this.#chordSquared(point, x, y, z));
      if (nearest === undefined || metres < nearest.metres) {
        nearest = { metres, point: { lat: this.#lat[point]!, lng: this.#lng[point]! } };
      }
    }
    return nearest;
  }

  /** Adds to the bitset at `into` the docs with a point at most `metres` (rounded distance) from `centre`. */
  addWithin(centre: GeoPoint, metres: number, into: number): void {
    const { kernel } = this.#memory;
    const [x, y, z] = unitVector(centre.lat, centre.lng);
    const limit = chordSquaredMax(metres);
    const slices = capBounds(centre, metres).flatMap((bounds) => this.#slices(bounds));
    const candidateCount = slices.reduce((sum, slice) => sum + slice.to - slice.from, 0);
    const vectorsAt = this.#vectors.byteOffset;
    if (candidateCount * SCAN_GAIN > this.pointCount) {
      kernel.geoScanWithin(this.#docCount, this.#docOffsets.byteOffset, vectorsAt, x, y, z, limit, into);
      return;
    }
    const docsAt = this.#docOfPoint.byteOffset;
    for (const { from, to } of slices) {
      const pointsAt = this.#rowPoints.byteOffset + from * 4;
      kernel.geoAddWithin(pointsAt, to - from, docsAt, vectorsAt, x, y, z, limit, into);
    }
  }

  /** Adds the docs with a point in the box. */
  addInBox(box: { readonly a: GeoPoint; readonly b: GeoPoint }, into: number): void {
    const bounds = boxBounds(box);
    this.#addPoints(bounds, (point) => insideBounds(this.#lat[point]!, this.#lng[point]!, bounds), into);
  }

  /** Adds the docs with a point in the polygon. */
  addInPolygon(polygon: readonly GeoPoint[], into: number): void {
    if (polygon.length === 0) return;
    const lats = polygon.map((corner) => corner.lat);
    const lngs = polygon.map((corner) => corner.lng);
    const bounds = {
      south: lats.reduce((a, b) => Math.min(a, b)),
      north: lats.reduce((a, b) => Math.max(a, b)),
      // A crossing that is computed beside an edge may round to beyond it.
      west: lngs.reduce((a, b) => Math.min(a, b)) - MARGIN_DEGREES,
      east: lngs.reduce((a, b) => Math.max(a, b)) + MARGIN_DEGREES,
    };
    this.#addPoints(bounds, (point) => insidePolygon(this.#lat[point]!, this.#lng[point]!, polygon), into);
  }

  /**
   * Writes the distance to `centre` in whole metres (nearest point; `NO_DISTANCE` without one) of each doc of the bitset
   * to the u32 array at `into`, which has docCount entries; entries of other docs mean nothing.
   */
  distances(centre: GeoPoint, bitset: number, into: number): void {
    const [x, y, z] = unitVector(centre.lat, centre.lng);
    const offsetsAt = this.#docOffsets.byteOffset;
    const vectorsAt = this.#vectors.byteOffset;
    this.#memory.kernel.geoDistances(
      bitset,
      this.#docCount,
      offsetsAt,
      vectorsAt,
      x,
      y,
      z,
      2 * EARTH_RADIUS_METRES,
      into,
    );
  }

  #chordSquared(point: number, x: number, y: number, z: number): number {
    const vectors = this.#vectors;
    const at = point * 3;
    return chordSquared(vectors[at]! - x, vectors[at + 1]! - y, vectors[at + 2]! - z);
  }

  #addPoints(bounds: GeoBounds, matches: (point: number) => boolean, into: number): void {
    const bytes = this.#memory.u8;
    for (const { from, to } of this.#slices(bounds)) {
      for (let at = from; at < to; at++) {
        const point = this.#rowPoints[at]!;
        if (!matches(point)) continue;
        const docId = this.#docOfPoint[point]!;
        bytes[into + (docId >>> 3)]! |= 1 << (docId & 7);
      }
    }
  }

  /** Places in `rowPoints` that hold every point of the box, and others of the same rows. */
  #slices(bounds: GeoBounds): { readonly from: number; readonly to: number }[] {
    const slices: { from: number; to: number }[] = [];
    if (!(bounds.south <= bounds.north)) return slices;
    const add = (row: number, west: number, east: number) => {
      const from = this.#placeOf(row, west, false);
      const to = this.#placeOf(row, east, true);
      if (from < to) slices.push({ from, to });
    };
    const rowLast = rowOf(bounds.north, this.#rowCount);
    for (let row = rowOf(bounds.south, this.#rowCount); row <= rowLast; row++) {
      if (bounds.west <= bounds.east) add(row, bounds.west, bounds.east);
      else {
        add(row, bounds.west, 180);
        add(row, -180, bounds.east);
      }
    }
    return slices;
  }

  /** The first place of the row with a longitude of at least `lng` (`after`: greater than it). */
  #placeOf(row: number, lng: number, after: boolean): number {
    let low = this.#rowStarts[row]!;
    let high = this.#rowStarts[row + 1]!;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const found = this.#lng[this.#rowPoints[middle]!]!;
      if (found < lng || (after && found === lng)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Boxes that together hold every point at most `metres` from `centre`. */
function capBounds(centre: GeoPoint, metres: number): readonly GeoBounds[] {
  if (metres < 0) return [];
  const angle = (metres + 1) / EARTH_RADIUS_METRES;
  const reach = angle * DEGREES + MARGIN_DEGREES;
  const south = Math.max(-90, centre.lat - reach);
  const north = Math.min(90, centre.lat + reach);
  const everywhere = { south, north, west: -180, east: 180 };
  // A cap that holds a pole meets every meridian.
  if (centre.lat - reach <= -90 || centre.lat + reach >= 90) return [everywhere];
  const sine = Math.sin(angle) / Math.cos(centre.lat / DEGREES);
  if (!(sine < 1)) return [everywhere];
  // Near the poles the arc sine is steep, so the margin grows with it.
  const spread = Math.asin(sine) * DEGREES + MARGIN_DEGREES / Math.cos(centre.lat / DEGREES);
  const west = centre.lng - spread;
  const east = centre.lng + spread;
  if (east - west >= 360) return [everywhere];
  if (west < -180) return [{ south, north, west: west + 360, east }];
  if (east > 180) return [{ south, north, west, east: east - 360 }];
  return [{ south, north, west, east }];
}
