/** Requests on searchable collections: which collection of documents fills an index, and what of each document stands in a record. */
import { isJsonObject, type Json, type JsonObject } from '@skein/base';
import { ApiError } from './api-error.ts';
import { mergeSettings } from './settings.ts';

export interface SearchableRequest {
  readonly collection: string;
  /** Undefined: all fields of `data`. */
  readonly attributes: Readonly<Record<string, string | readonly (string | number)[]>> | undefined;
  /** Of the index; checked. */
  readonly settings: JsonObject | undefined;
  /** Fill the index anew, also when nothing of the declaration changed. */
  readonly refill: boolean;
  /** The index may have records of its own: they are lost. */
  readonly replace: boolean;
}

const NAMES = ['collection', 'attributes', 'settings', 'refill', 'replace'];

/** `PUT /1/searchable-collections/{index}`. Throws `ApiError`. */
export function parseSearchable(body: JsonObject): SearchableRequest {
  for (const name of Object.keys(body)) {
    if (!NAMES.includes(name)) throw new ApiError('parameter-unknown', { name });
  }
  const { collection, attributes, settings, refill, replace } = body as {
    readonly [name: string]: Json | undefined;
  };
  if (collection === undefined) throw new ApiError('attribute-missing', { name: 'collection' });
  if (typeof collection !== 'string' || collection === '')
    throw invalid('collection', 'name of a collection');
  if (settings !== undefined) {
    if (!isJsonObject(settings)) throw invalid('settings', 'object');
    mergeSettings({}, settings);
  }
  return {
    collection,
    attributes: attributes === undefined || attributes === null ? undefined : readAttributes(attributes),
    settings,
    refill: flag(refill, 'refill'),
    replace: flag(replace, 'replace'),
  };
}

/** `?records=` of `DELETE /1/searchable-collections/{index}`. Throws `ApiError`. */
export function parseDropRecords(value: string | null): 'keep' | 'delete' {
  if (value === null || value === 'keep') return 'keep';
  if (value === 'delete') return 'delete';
  throw invalid('records', 'keep or delete');
}

function readAttributes(value: Json): NonNullable<SearchableRequest['attributes']> {
  if (!isJsonObject(value)) throw invalid('attributes', 'object of paths');
  for (const [name, path] of Object.entries(value)) {
    if (typeof path === 'string') continue;
    const isPath =
      Array.isArray(path) &&
      (path as readonly Json[]).every((step) => typeof step === 'string' || Number.isSafeInteger(step));
    if (!isPath) throw invalid(`attributes.${name}`, 'path such as "data.title" or ["data", "title"]');
  }
  return value as NonNullable<SearchableRequest['attributes']>;
}

function flag(value: Json | undefined, name: string): boolean {
  if (value === undefined) return false;
  if (typeof value !== 'boolean') throw invalid(name, 'boolean');
  return value;
}

function invalid(name: string, expected: string): ApiError {
  return new ApiError('parameter-invalid', { name, expected });
}
