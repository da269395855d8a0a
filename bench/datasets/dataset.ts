/**
 * A data set is code: `record(at)` gives each record by its place, the same one every time. So nothing has to be downloaded or
 * kept, queries can be drawn from any record, and ten million records need no memory.
 */
import type { JsonObject } from '@skein/base';
import type { FilterNode, IndexSchema } from '@skein/engine';

export interface Dataset {
  readonly name: string;
  /** One line for the report. */
  readonly what: string;
  readonly recordCount: number;
  readonly schema: IndexSchema;
  /** For searches with a filter: keeps a part of the records. */
  readonly filter: FilterNode;
  /** Parsed, with `objectID`. */
  record(at: number): JsonObject;
  /** The attributes that are searched, joined: what peers index as one field. */
  textOf(record: JsonObject): string;
  /** What records of equal relevance are ordered by, descending: an integer below 2^31. */
  rankOf(record: JsonObject): number;
  /** The text that queries are drawn from. */
  queryTextOf(record: JsonObject): string;
}

export function stringOf(record: JsonObject, path: string): string {
  const value = record[path];
  return typeof value === 'string' ? value : '';
}

export function numberOf(record: JsonObject, path: string): number {
  const value = record[path];
  return typeof value === 'number' ? value : 0;
}
