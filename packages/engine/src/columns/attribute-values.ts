/**
 * Reads the values of an attribute path out of a parsed record, for everything that is not text: facets, numbers, sort
 * values, points.
 *
 * A path's names are separated by dots; a name that itself contains a dot can't be reached. Arrays on the way are looked
 * through; an object at the end is no value. Only what the record owns counts (`__proto__` and the like are names).
 */
import { isJsonObject, type Json, type JsonObject } from '@skein/base';

/** Objects and arrays inside one another that are looked at. Bounds the recursion that a hostile record can cause. */
export const NESTING_MAX = 100;

export type Scalar = string | number | boolean;

/** Names of a dotted path. */
export function pathNames(path: string): readonly string[] {
  return path.split('.');
}

/** Calls `visit` with each string, finite number and boolean at the path, in record order. */
export function forEachLeaf(
  record: JsonObject,
  names: readonly string[],
  visit: (value: Scalar) => void,
): void {
  visitLeaves(record, names, 0, 0, visit);
}

function visitLeaves(
  value: Json | undefined,
  names: readonly string[],
  at: number,
  depth: number,
  visit: (value: Scalar) => void,
): void {
  if (value === null || value === undefined || depth > NESTING_MAX) return;
  if (typeof value !== 'object') {
    if (at === names.length && (typeof value !== 'number' || Number.isFinite(value))) visit(value);
  } else if (isArray(value)) {
    for (const element of value) visitLeaves(element, names, at, depth + 1, visit);
  } else if (at < names.length && Object.hasOwn(value, names[at]!)) {
    visitLeaves(value[names[at]!], names, at + 1, depth + 1, visit);
  }
}

/** The value that stands for the whole attribute in sorting and grouping: of arrays the first element, at every level. */
export function firstLeaf(record: JsonObject, names: readonly string[]): Scalar | undefined {
  let value: Json | undefined = record;
  let at = 0;
  for (let depth = 0; depth <= NESTING_MAX; depth++) {
    if (value === null || typeof value !== 'object') break;
    if (isArray(value)) value = value[0];
    else if (at < names.length && Object.hasOwn(value, names[at]!)) value = value[names[at++]!];
    else return undefined;
  }
  if (at < names.length) return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  return typeof value === 'string' || typeof value === 'boolean' ? value : undefined;
}

/** Calls `visit` with every finite number of the record and its path, in record order; `_geoloc` apart. */
export function forEachNumber(record: JsonObject, visit: (path: string, value: number) => void): void {
  for (const name of Object.keys(record)) {
    if (name !== '_geoloc' && !name.includes('.')) visitNumbers(record[name], name, 1, visit);
  }
}

function visitNumbers(
  value: Json | undefined,
  path: string,
  depth: number,
  visit: (path: string, value: number) => void,
): void {
  if (typeof value === 'number') {
    if (Number.isFinite(value)) visit(path, value);
  } else if (depth < NESTING_MAX && typeof value === 'object' && value !== null) {
    if (isArray(value)) for (const element of value) visitNumbers(element, path, depth + 1, visit);
    else {
      for (const name of Object.keys(value)) {
        if (!name.includes('.')) visitNumbers(value[name], `${path}.${name}`, depth + 1, visit);
      }
    }
  }
}

/** Calls `visit` with each valid point of the record's `_geoloc`. */
export function forEachPoint(record: JsonObject, visit: (lat: number, lng: number) => void): void {
  const value = Object.hasOwn(record, '_geoloc') ? record['_geoloc'] : undefined;
  if (isArray(value)) for (const element of value) visitPoint(element, visit);
  else visitPoint(value, visit);
}

function visitPoint(value: Json | undefined, visit: (lat: number, lng: number) => void): void {
  if (!isJsonObject(value)) return;
  const lat = value['lat'];
  const lng = value['lng'];
  if (typeof lat !== 'number' || typeof lng !== 'number') return;
  if (lat >= -90 && lat <= 90 && lng >= -180 && lng <= 180) visit(lat, lng);
}

/** Text without lone surrogates (they become U+FFFD), so that it survives UTF-8. */
export function wellFormed(text: string): string {
  return (text as string & { toWellFormed(): string }).toWellFormed();
}

function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
