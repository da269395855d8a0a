/**
 * Geometry on the globe, as `docs/relevance.md` §4 and §7 define it: plain functions over latitude and longitude in degrees.
 * Every distance is rounded to whole metres, so that a record shown at 100 m is inside a radius of 100 m.
 */
import type { GeoPoint } from '../query/search-query.ts';

export const EARTH_RADIUS_METRES = 6_371_000;
const RADIANS = Math.PI / 180;

/**
 * Great-circle distance in metres, rounded to the nearest integer: the haversine formula in terms of the chord between
 * the two places on the unit sphere, because a place's vector can be computed once and stored.
 */
export function distanceMetres(latA: number, lngA: number, latB: number, lngB: number): number {
  const [ax, ay, az] = unitVector(latA, lngA);
  const [bx, by, bz] = unitVector(latB, lngB);
  return chordMetres(chordSquared(ax - bx, ay - by, az - bz));
}

/** The place on the unit sphere. */
export function unitVector(lat: number, lng: number): readonly [x: number, y: number, z: number] {
  const cosLat = Math.cos(lat * RADIANS);
  return [cosLat * Math.cos(lng * RADIANS), cosLat * Math.sin(lng * RADIANS), Math.sin(lat * RADIANS)];
}

export function chordSquared(dx: number, dy: number, dz: number): number {
  return dx * dx + dy * dy + dz * dz;
}

/** The distance that belongs to a squared chord. */
export function chordMetres(squared: number): number {
  return Math.round(2 * EARTH_RADIUS_METRES * Math.asin(Math.min(1, Math.sqrt(squared) / 2)));
}

/** The largest squared chord whose distance is at most `metres`: lets a radius be tested without square root and arc sine. */
export function chordSquaredMax(metres: number): number {
  let inside = 0;
  let outside = 4;
  // No chord is longer than the diameter; finite, because docs without a point count as infinitely far.
  if (chordMetres(outside) <= metres) return 5;
  if (metres < 0) return -1;
  for (;;) {
    const middle = (inside + outside) / 2;
    if (middle <= inside || middle >= outside) return inside;
    if (chordMetres(middle) <= metres) inside = middle;
    else outside = middle;
  }
}

export interface GeoBounds {
  readonly south: number;
  readonly north: number;
  /** Greater than `east` when the box crosses the date line. */
  readonly west: number;
  readonly east: number;
}

/**
 * The box that two opposite corners span. Clients send south-west + north-east in either order (maps do), and sometimes
 * the other diagonal. The northern corner is taken as the eastern one; when that gives west > east by up to half
 * a turn the corners were the other diagonal, when by more the box crosses the date line.
 */
export function boxBounds(box: { readonly a: GeoPoint; readonly b: GeoPoint }): GeoBounds {
  const [lower, upper] = box.a.lat <= box.b.lat ? [box.a, box.b] : [box.b, box.a];
  const swapped = lower.lng > upper.lng && lower.lng - upper.lng <= 180;
  const west = swapped ? upper.lng : lower.lng;
  const east = swapped ? lower.lng : upper.lng;
  return { south: lower.lat, north: upper.lat, west, east };
}

/** Edges inclusive. */
export function insideBounds(lat: number, lng: number, bounds: GeoBounds): boolean {
  if (lat < bounds.south || lat > bounds.north) return false;
  if (bounds.west <= bounds.east) return lng >= bounds.west && lng <= bounds.east;
  return lng >= bounds.west || lng <= bounds.east;
}

/** Even-odd rule on plain latitude and longitude; points exactly on an edge are inside. */
export function insidePolygon(lat: number, lng: number, polygon: readonly GeoPoint[]): boolean {
  let inside = false;
  let previous = polygon.at(-1);
  for (const corner of polygon) {
    if (previous === undefined) break;
    if (onEdge(lat, lng, previous, corner)) return true;
    if (corner.lat > lat !== previous.lat > lat) {
      const crossing =
        corner.lng + ((lat - corner.lat) * (previous.lng - corner.lng)) / (previous.lat - corner.lat);
      if (lng < crossing) inside = !inside;
    }
    previous = corner;
  }
  return inside;
}

function onEdge(lat: number, lng: number, from: GeoPoint, to: GeoPoint): boolean {
  if (lat < Math.min(from.lat, to.lat) || lat > Math.max(from.lat, to.lat)) return false;
  if (lng < Math.min(from.lng, to.lng) || lng > Math.max(from.lng, to.lng)) return false;
  return (to.lat - from.lat) * (lng - from.lng) === (to.lng - from.lng) * (lat - from.lat);
}

/**
 * The bucket of a distance: `floor(distance / value)` inside a range, and each range goes on counting where the one
 * before ended, so that buckets ascend with the distance. No precision means steps of one metre.
 */
export function geoBucket(
  metres: number,
  precision: readonly { readonly from: number; readonly value: number }[],
): number {
  let base = 0;
  for (let at = 0; at < precision.length; at++) {
    const step = Math.max(1, precision[at]!.value);
    const from = at === 0 ? 0 : Math.ceil(precision[at]!.from);
    const next = at + 1 < precision.length ? Math.ceil(precision[at + 1]!.from) : Number.POSITIVE_INFINITY;
    if (metres < next) return base + Math.floor(metres / step) - Math.floor(from / step);
    if (next > from) base += Math.floor((next - 1) / step) - Math.floor(from / step) + 1;
  }
  return metres;
}
