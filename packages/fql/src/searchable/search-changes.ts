/** What a transaction on documents changes in search indexes. */
import type { JsonObject } from '@skein/base';
import { documentOf } from '../schema/document-fields.ts';
import { schemaFor } from '../schema/schema-cache.ts';
import { ROOT_SCOPE } from '../schema/schema-rows.ts';
import type { CollectionId, DocumentReader } from '../store/document-store.ts';
import type { SearchableCollection } from './declaration.ts';
import { recordOf } from './record-of.ts';

export type RecordChange =
  | { readonly kind: 'save'; readonly id: bigint; readonly record: JsonObject }
  | { readonly kind: 'delete'; readonly id: bigint };

/** In one index, in this order; each document once. */
export interface IndexChanges {
  readonly index: string;
  /** `empty`: the records that were there go first, and the index is made if it is not there. `delete`: the index goes. */
  readonly whole: 'empty' | 'create' | 'delete' | undefined;
  readonly records: readonly RecordChange[];
}

/** Changes by the transactions later than `after`: the documents that they wrote, as they are now. `searchables`: as they are now. */
export function searchChangesOf(
  reader: DocumentReader,
  after: number,
  searchables: readonly SearchableCollection[],
): readonly IndexChanges[] {
  const byCollection = new Map<CollectionId, SearchableCollection[]>();
  for (const searchable of searchables) {
    if (searchable.state !== 'filling' && searchable.state !== 'ready') continue;
    const list = byCollection.get(searchable.collection);
    if (list === undefined) byCollection.set(searchable.collection, [searchable]);
    else list.push(searchable);
  }
  if (byCollection.size === 0) return [];
  const changes = new Map<string, RecordChange[]>();
  for (const { documents } of reader.changes(after)) {
    for (const key of documents) {
      const followed = key.scope === ROOT_SCOPE ? byCollection.get(key.collection) : undefined;
      if (followed === undefined) continue;
      const version = reader.version(key);
      const document =
        version === undefined ? undefined : documentOf(schemaFor(reader, ROOT_SCOPE), key, version);
      for (const { index, attributes } of followed) {
        const records = changes.get(index) ?? [];
        if (records.length === 0) changes.set(index, records);
        records.push(
          document === undefined
            ? { kind: 'delete', id: key.id }
            : { kind: 'save', id: key.id, record: recordOf(document, attributes) },
        );
      }
    }
  }
  return Array.from(changes, ([index, records]) => ({ index, whole: undefined, records }));
}
