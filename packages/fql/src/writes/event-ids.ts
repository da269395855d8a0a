/**
 * Ids that clients gave their events, as rows of their database, for as long as the collection exists:
 *
 *   event/id/ collection 4 | text in UTF-8  → the document's id, 8
 */
import { utf8Encode } from '@skein/base';
import type { CollectionId, DocumentReader, DocumentWriter, ScopeId } from '../store/document-store.ts';

/** Characters (UTF-16). */
export const EVENT_ID_LENGTH_MAX = 256;

const PREFIX = utf8Encode('event/id/');

export function eventWithId(
  reader: DocumentReader,
  scope: ScopeId,
  collection: CollectionId,
  id: string,
): bigint | undefined {
  const row = reader.row(scope, rowKey(collection, utf8Encode(id)));
  return row === undefined ? undefined : new DataView(row.buffer, row.byteOffset).getBigUint64(0);
}

export function keepEventId(
  writer: DocumentWriter,
  scope: ScopeId,
  collection: CollectionId,
  given: { readonly id: string; readonly document: bigint },
): void {
  const value = new Uint8Array(8);
  new DataView(value.buffer).setBigUint64(0, given.document);
  writer.putRow(scope, rowKey(collection, utf8Encode(given.id)), value);
}

/** Those of a collection that is dropped, at most `limit`; gives how many. */
export function dropEventIds(
  writer: DocumentWriter,
  scope: ScopeId,
  collection: CollectionId,
  limit: number,
): number {
  const rows: Uint8Array[] = [];
  const nothing = new Uint8Array(0);
  const range = { from: rowKey(collection, nothing), to: rowKey((collection + 1) as CollectionId, nothing) };
  for (const { key } of writer.rows(scope, range)) {
    rows.push(key);
    if (rows.length >= limit) break;
  }
  for (const row of rows) writer.deleteRow(scope, row);
  return rows.length;
}

function rowKey(collection: CollectionId, id: Uint8Array): Uint8Array {
  const key = new Uint8Array(PREFIX.length + 4 + id.length);
  key.set(PREFIX);
  new DataView(key.buffer).setUint32(PREFIX.length, collection);
  key.set(id, PREFIX.length + 4);
  return key;
}
