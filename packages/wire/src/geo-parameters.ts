/** Geo parameters in all their forms → `GeoQuery`. Boxes and polygons replace the circle, as Algolia documents. */
import { isJsonObject, type Json } from '@skein/base';
import type { GeoPoint, GeoQuery } from '@skein/engine';
import { ApiError } from './api-error.ts';
import { polygonPointsMax } from './limits.ts';

export interface GeoParameters {
  readonly aroundLatLng: string;
  readonly aroundRadius: Json | undefined;
  readonly aroundPrecision: Json;
  readonly minimumAroundRadius: number | undefined;
  readonly insideBoundingBox: Json | undefined;
  readonly insidePolygon: Json | undefined;
}

export function geoQueryOf(parameters: GeoParameters): GeoQuery | undefined {
  const precision = precisionOf(parameters.aroundPrecision);
  const boxes = shapesOf('insideBoundingBox', parameters.insideBoundingBox).flatMap(boxesOf);
  const polygons = shapesOf('insidePolygon', parameters.insidePolygon).map(polygonOf);
  const shaped = boxes.length > 0 || polygons.length > 0;
  const around =
    shaped || parameters.aroundLatLng.trim() === '' ? undefined : aroundOf(parameters.aroundLatLng);
  if (around === undefined && !shaped) return undefined;
  const radius = parameters.aroundRadius;
  return {
    around,
    radius: radius === 'all' || typeof radius === 'number' ? radius : 'automatic',
    minimumRadius: radius === undefined ? parameters.minimumAroundRadius : undefined,
    precision,
    boxes,
    polygons,
  };
}

function invalid(name: string, expected: string): ApiError {
  return new ApiError('parameter-invalid', { name, expected });
}

function aroundOf(text: string): GeoPoint {
  const numbers = numbersOfText(text);
  if (numbers?.length !== 2) throw invalid('aroundLatLng', '"latitude,longitude"');
  return pointOf('aroundLatLng', numbers[0]!, numbers[1]!);
}

function pointOf(name: string, lat: number, lng: number): GeoPoint {
  if (Math.abs(lat) > 90) throw invalid(name, 'latitudes between -90 and 90');
  if (Math.abs(lng) > 180) throw invalid(name, 'longitudes between -180 and 180');
  return { lat, lng };
}

function numbersOfText(text: string): readonly number[] | undefined {
  const parts = text.split(',').map((part) => part.trim());
  const numbers = parts.map(Number);
  return numbers.every((number, at) => parts[at] !== '' && Number.isFinite(number)) ? numbers : undefined;
}

/** A list of shapes, each a list of numbers: nested lists, one flat list, or comma text (also one per entry). */
function shapesOf(name: string, value: Json | undefined): readonly (readonly number[])[] {
  if (value === undefined || value === null || value === '') return [];
  if (typeof value === 'string') {
    const numbers = numbersOfText(value);
    if (numbers === undefined) throw invalid(name, 'array of arrays of numbers');
    return [numbers];
  }
  if (!Array.isArray(value)) throw invalid(name, 'array of arrays of numbers');
  const list = value as readonly Json[];
  if (list.length > 0 && list.every((entry) => typeof entry === 'number')) return [list];
  return list.map((entry) => {
    const numbers =
      typeof entry === 'string'
        ? numbersOfText(entry)
        : Array.isArray(entry)
          ? (entry as readonly Json[]).map((number) => (typeof number === 'string' ? Number(number) : number))
          : undefined;
    if (
      numbers === undefined ||
      !numbers.every((number) => typeof number === 'number' && Number.isFinite(number))
    ) {
      throw invalid(name, 'array of arrays of numbers');
    }
    return numbers as readonly number[];
  });
}

function boxesOf(numbers: readonly number[]): GeoQuery['boxes'][number][] {
  if (numbers.length === 0 || numbers.length % 4 !== 0)
    throw invalid('insideBoundingBox', 'four numbers for each box');
  const boxes: GeoQuery['boxes'][number][] = [];
  for (let at = 0; at < numbers.length; at += 4) {
    boxes.push({
      a: pointOf('insideBoundingBox', numbers[at]!, numbers[at + 1]!),
      b: pointOf('insideBoundingBox', numbers[at + 2]!, numbers[at + 3]!),
    });
  }
  return boxes;
}

function polygonOf(numbers: readonly number[]): readonly GeoPoint[] {
  if (numbers.length < 6 || numbers.length % 2 !== 0 || numbers.length > polygonPointsMax * 2) {
    throw invalid(
      'insidePolygon',
      `latitude and longitude of 3 to ${polygonPointsMax} points for each polygon`,
    );
  }
  const points: GeoPoint[] = [];
  for (let at = 0; at < numbers.length; at += 2) {
    points.push(pointOf('insidePolygon', numbers[at]!, numbers[at + 1]!));
  }
  return points;
}

/** Metres, or ranges of metres. Distances below the first range are told apart metre by metre. */
function precisionOf(value: Json): GeoQuery['precision'] {
  if (typeof value === 'number') return [{ from: 0, value: Math.max(1, value) }];
  const ranges = (Array.isArray(value) ? (value as readonly Json[]) : []).map((entry) => {
    const from = isJsonObject(entry) ? (entry['from'] ?? 0) : undefined;
    const size = isJsonObject(entry) ? entry['value'] : undefined;
    if (
      typeof from !== 'number' ||
      typeof size !== 'number' ||
      !(from >= 0) ||
      !(size >= 0) ||
      !Number.isFinite(from + size)
    ) {
      throw invalid('aroundPrecision', 'integer or array of {"from":integer,"value":integer}');
    }
    return { from, value: Math.max(1, size) };
  });
  ranges.sort((a, b) => a.from - b.from);
  const distinct = ranges.filter((range, at) => at === 0 || range.from !== ranges[at - 1]!.from);
  return distinct[0]?.from === 0 ? distinct : [{ from: 0, value: 1 }, ...distinct];
}
