/**
 * Where a browse stopped: the custom-ranking values and the objectID of the last record given. That is a place in the
 * order of every later View, whatever was written meanwhile.
 */
import { compareSortValues, type SortValue } from '../columns/sort-value.ts';
import type { IndexSchema } from '../schema.ts';
import type { SegmentReader } from '../segment/segment-reader.ts';

export interface BrowsePlace {
  readonly values: readonly SortValue[];
  readonly objectID: string;
}

export class CursorError extends Error {
  override readonly name = 'CursorError';
}

export function encodeCursor(place: BrowsePlace): string {
  return encodeURIComponent(JSON.stringify([place.objectID, ...place.values.map((value) => value ?? null)]));
}

/** Throws `CursorError` when the text is not a cursor of an index with this schema. */
export function decodeCursor(cursor: string, schema: IndexSchema): BrowsePlace {
  let decoded: unknown;
  try {
    decoded = JSON.parse(decodeURIComponent(cursor));
  } catch (cause) {
    throw new CursorError('not a cursor', { cause });
  }
  if (!Array.isArray(decoded)) throw new CursorError('not a cursor');
  const [objectID, ...values] = decoded as unknown[];
  if (
    typeof objectID !== 'string' ||
    values.length !== schema.customRanking.length ||
    !values.every(isSortValue)
  ) {
    throw new CursorError('not a cursor of this index');
  }
  return { objectID, values: values.map((value) => value ?? undefined) };
}

export function placeOf(reader: SegmentReader, docId: number, schema: IndexSchema): BrowsePlace {
  return {
    objectID: reader.objectIDs.objectID(docId),
    values: schema.customRanking.map(({ path }) => reader.columns.sortValue(path, docId)),
  };
}

/** First docId of the segment that comes after the place; docCount when none does. */
export function firstAfter(reader: SegmentReader, place: BrowsePlace, schema: IndexSchema): number {
  let low = 0;
  let high = reader.docCount;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareToPlace(reader, middle, place, schema) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}

function compareToPlace(
  reader: SegmentReader,
  docId: number,
  place: BrowsePlace,
  schema: IndexSchema,
): number {
  for (const [at, { path, direction }] of schema.customRanking.entries()) {
    const order = compareSortValues(reader.columns.sortValue(path, docId), place.values[at], direction);
    if (order !== 0) return order;
  }
  const objectID = reader.objectIDs.objectID(docId);
  if (objectID === place.objectID) return 0;
  return objectID > place.objectID ? -1 : 1;
}

function isSortValue(value: unknown): value is SortValue | null {
  return (
    value === null || typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean'
  );
}
