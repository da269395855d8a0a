/** Geo conditions read from one parsed record: the oracle of the geo index (`docs/relevance.md` §7). */
import { isJsonObject, type Json, type JsonObject } from '@skein/base';
import { boxBounds, distanceMetres, insideBounds, insidePolygon } from '../geo/geometry.ts';
import type { GeoPoint, GeoQuery } from '../query/search-query.ts';

/** The record's `_geoloc` points; what is not a point on the globe in numbers is left out. -0 is 0 here, as in columns. */
export function geoPoints(record: JsonObject): GeoPoint[] {
  const value = Object.hasOwn(record, '_geoloc') ? record['_geoloc'] : undefined;
  const candidates: readonly (Json | undefined)[] = Array.isArray(value) ? value : [value];
  const points: GeoPoint[] = [];
  for (const candidate of candidates) {
    if (!isJsonObject(candidate)) continue;
    const { lat, lng } = candidate as { readonly lat?: Json; readonly lng?: Json };
    if (typeof lat !== 'number' || typeof lng !== 'number') continue;
    if (Math.abs(lat) <= 90 && Math.abs(lng) <= 180) points.push({ lat: lat + 0, lng: lng + 0 });
  }
  return points;
}

/** Metres to the nearest point; undefined without a point. Ties: the first point in the record. */
export function nearestPoint(
  points: readonly GeoPoint[],
  around: GeoPoint,
): { readonly metres: number; readonly point: GeoPoint } | undefined {
  let nearest: { metres: number; point: GeoPoint } | undefined;
  for (const point of points) {
    const metres = distanceMetres(around.lat, around.lng, point.lat, point.lng);
    if (nearest === undefined || metres < nearest.metres) nearest = { metres, point };
  }
  return nearest;
}

/** Whether the points pass the geo filter, when the radius to use is `radius` metres (undefined: no radius). */
export function matchesGeo(
  points: readonly GeoPoint[],
  query: GeoQuery,
  radius: number | undefined,
): boolean {
  if (query.boxes.length > 0 || query.polygons.length > 0) {
    return points.some(
      ({ lat, lng }) =>
        query.boxes.some((box) => insideBounds(lat, lng, boxBounds(box))) ||
        query.polygons.some((polygon) => insidePolygon(lat, lng, polygon)),
    );
  }
  if (query.around === undefined || radius === undefined) return true;
  const nearest = nearestPoint(points, query.around);
  return nearest !== undefined && nearest.metres <= radius;
}

/** The automatic radius over all records that pass every other condition. */
export function plainAutomaticRadius(
  nearestMetres: readonly number[],
  minimumRadius: number | undefined,
): number {
  let radius = 1000;
  while (radius < 20_037_508 && nearestMetres.filter((metres) => metres <= radius).length < 1000) radius *= 2;
  return Math.max(Math.min(radius, 20_037_508), minimumRadius ?? 0);
}
