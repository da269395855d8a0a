/**
 * Background work on searchable collections, in bounded steps that go through the log: emptying an index that was just declared, filling it
 * with the documents that are there, letting go of one whose collection is gone, or that is dropped.
 */
import { documentOf } from '../schema/document-fields.ts';
import { schemaFor } from '../schema/schema-cache.ts';
import { ROOT_SCOPE } from '../schema/schema-rows.ts';
import type { DocumentReader, DocumentWriter } from '../store/document-store.ts';
import type { SearchableCollection } from './declaration.ts';
import { recordOf } from './record-of.ts';
import type { IndexChanges, RecordChange } from './search-changes.ts';
import {
  forgetSearchable,
  saveSearchable,
  searchableCollections,
  searchableVersion,
  sourceName,
} from './searchable-rows.ts';

/** Of stored documents in one step: large ones make short steps. */
const STEP_BYTES_MAX = 4 * 1024 * 1024;

/** Whether there is something to do. Cheap: asked all the time. */
export function nextSearchableStep(reader: DocumentReader): boolean {
  return searchableVersion(reader) !== undefined && firstWithWork(reader) !== undefined;
}

/** Looks at up to `limit` documents, as the transaction of `time`. Undefined: nothing was to do. */
export function runSearchableStep(
  writer: DocumentWriter,
  time: number,
  limit: number,
): IndexChanges | undefined {
  const searchable = searchableVersion(writer) === undefined ? undefined : firstWithWork(writer);
  return searchable && writer.transact(time, () => step(writer, searchable, limit));
}

function firstWithWork(reader: DocumentReader): SearchableCollection | undefined {
  return searchableCollections(reader).find(
    (searchable) => searchable.state !== 'ready' || sourceName(reader, searchable) === undefined,
  );
}

function step(writer: DocumentWriter, searchable: SearchableCollection, limit: number): IndexChanges {
  const { index, state } = searchable;
  if (state === 'dropping') {
    forgetSearchable(writer, index);
    return { index, whole: 'delete', records: [] };
  }
  if (sourceName(writer, searchable) === undefined) {
    forgetSearchable(writer, index);
    return { index, whole: 'empty', records: [] };
  }
  switch (state) {
    case 'waiting':
      saveSearchable(writer, { ...searchable, state: 'preparing' });
      return { index, whole: 'empty', records: [] };
    case 'preparing':
      saveSearchable(writer, { ...searchable, state: 'filling' });
      return { index, whole: 'create', records: [] };
    default:
      return fill(writer, searchable, limit);
  }
}

function fill(writer: DocumentWriter, searchable: SearchableCollection, limit: number): IndexChanges {
  const { index, collection, attributes, fillFrom, filledCount } = searchable;
  const schema = schemaFor(writer, ROOT_SCOPE);
  const records: RecordChange[] = [];
  let bytes = 0;
  let isFull = false;
  for (const { id, version } of writer.documents(ROOT_SCOPE, collection, { from: fillFrom })) {
    const document = documentOf(schema, { scope: ROOT_SCOPE, collection, id }, version);
    records.push({ kind: 'save', id, record: recordOf(document, attributes) });
    bytes += version.body.byteLength;
    isFull = records.length >= limit || bytes >= STEP_BYTES_MAX;
    if (isFull) break;
  }
  saveSearchable(writer, {
    ...searchable,
    state: isFull ? 'filling' : 'ready',
    fillFrom: isFull ? records.at(-1)!.id + 1n : 0n,
    filledCount: filledCount + records.length,
  });
  return { index, whole: undefined, records };
}
