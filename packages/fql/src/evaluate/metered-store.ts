/**
 * The store as one transaction sees it, counting what is read and written: for the headers of the answer, for the bound on what a transaction
 * may write, and to know when the schema may have changed.
 */

import { USER_COLLECTION_ID_MIN } from '../schema/schema.ts';
import type {
  Changes,
  CollectionId,
  DocumentKey,
  DocumentRange,
  DocumentReader,
  DocumentWriter,
  Entry,
  EntryRange,
  EntrySet,
  EntrySpan,
  IndexId,
  RowRange,
  ScopeId,
  StoredVersion,
} from '../store/document-store.ts';
import { FqlFault } from './fql-error.ts';
import { BYTES_PER_STEP, STEPS_PER_READ, STEPS_PER_WRITE, TRANSACTION_BYTES_MAX } from './limits.ts';

/** Bytes that are stored with each version and entry besides its own. */
const KEY_BYTES = 24;

/** Who hears of work that is done for writing to this store; nobody, where a store is not a transaction's. */
export function workOf(store: DocumentReader): (steps: number) => void {
  return store instanceof MeteredStore ? store.onWork : () => undefined;
}

export class MeteredStore implements DocumentWriter {
  readonly #reader: DocumentReader;
  readonly #writer: DocumentWriter | undefined;
  readCount = 0;
  bytesRead = 0;
  writeCount = 0;
  bytesWritten = 0;
  schemaChangeCount = 0;
  /** Hears what reading and writing cost, in steps of evaluation. */
  onWork: (steps: number) => void = () => undefined;
  /** Users' documents that came into being; one may stand there more than once, and may have been deleted again. */
  readonly created: DocumentKey[] = [];
  /** Users' documents that came into being in the past, by `Insert`. */
  readonly createdInPast: DocumentKey[] = [];

  /** `writer` is the reader, too, of a transaction that may write. */
  constructor(reader: DocumentReader, writer?: DocumentWriter) {
    this.#reader = reader;
    this.#writer = writer;
  }

  /** The same store, for reads that do not belong to the transaction's costs. */
  get uncounted(): DocumentReader {
    return this.#reader;
  }

  get lastTime(): number {
    return this.#reader.lastTime;
  }

  version(key: DocumentKey, at?: number): StoredVersion | undefined {
    const version = this.#reader.version(key, at);
    this.#read(version?.body);
    return version;
  }

  *versions(
    key: DocumentKey,
    range?: { readonly from?: number; readonly to?: number; readonly reverse?: boolean },
  ): Iterable<StoredVersion> {
    for (const version of this.#reader.versions(key, range)) {
      this.#read(version.body);
      yield version;
    }
  }

  *documents(
    scope: ScopeId,
    collection: CollectionId,
    range?: DocumentRange,
  ): Iterable<{ readonly id: bigint; readonly version: StoredVersion }> {
    for (const document of this.#reader.documents(scope, collection, range)) {
      this.#read(document.version.body);
      yield document;
    }
  }

  *entries(set: EntrySet, range?: EntryRange): Iterable<Entry & { readonly ts: number }> {
    for (const entry of this.#reader.entries(set, range)) {
      this.#read(entry.body);
      yield entry;
    }
  }

  *entrySpans(set: EntrySet, range?: Omit<EntryRange, 'at'>): Iterable<EntrySpan> {
    for (const span of this.#reader.entrySpans(set, range)) {
      this.#read(span.body);
      yield span;
    }
  }

  row(scope: ScopeId, key: Uint8Array): Uint8Array | undefined {
    return this.#reader.row(scope, key);
  }

  rows(scope: ScopeId, range?: RowRange): Iterable<{ readonly key: Uint8Array; readonly value: Uint8Array }> {
    return this.#reader.rows(scope, range);
  }

  changes(after: number): Iterable<Changes> {
    return this.#reader.changes(after);
  }

  transact<T>(time: number, write: () => T): T {
    return this.#store.transact(time, write);
  }

  putVersion(key: DocumentKey, version: StoredVersion): void {
    this.#write(version.body.length);
    this.#noteSchema(key.collection);
    if (version.action === 'create' && key.collection >= USER_COLLECTION_ID_MIN) this.created.push(key);
    this.#store.putVersion(key, version);
  }

  replaceVersions(key: DocumentKey, versions: readonly StoredVersion[]): void {
    this.#write(versions.reduce((bytes, { body }) => bytes + body.length, 0));
    this.#noteSchema(key.collection);
    if (key.collection >= USER_COLLECTION_ID_MIN && !hasVersions(this.#reader, key))
      this.createdInPast.push(key);
    this.#store.replaceVersions(key, versions);
  }

  addEntry(set: EntrySet, entry: Entry, ts: number): void {
    this.#write(set.terms.length + entry.order.length + entry.body.length);
    this.#store.addEntry(set, entry, ts);
  }

  removeEntry(set: EntrySet, entry: Pick<Entry, 'order' | 'collection' | 'id'>, ts: number): void {
    this.#write(set.terms.length + entry.order.length);
    this.#store.removeEntry(set, entry, ts);
  }

  putSpan(set: EntrySet, span: EntrySpan): void {
    this.#write(set.terms.length + span.order.length + span.body.length);
    this.#store.putSpan(set, span);
  }

  dropSpan(set: EntrySet, span: Omit<EntrySpan, 'body'>): void {
    this.#write(set.terms.length + span.order.length);
    this.#store.dropSpan(set, span);
  }

  putRow(scope: ScopeId, key: Uint8Array, value: Uint8Array): void {
    this.#write(key.length + value.length);
    this.schemaChangeCount++;
    this.#store.putRow(scope, key, value);
  }

  deleteRow(scope: ScopeId, key: Uint8Array): void {
    this.#write(key.length);
    this.schemaChangeCount++;
    this.#store.deleteRow(scope, key);
  }

  expireVersions(scope: ScopeId, collection: CollectionId, before: number, limit: number): number {
    return this.#store.expireVersions(scope, collection, before, limit);
  }

  expireSpans(scope: ScopeId, index: IndexId, before: number, limit: number): number {
    return this.#store.expireSpans(scope, index, before, limit);
  }

  dropCollection(scope: ScopeId, collection: CollectionId, limit: number): number {
    return this.#store.dropCollection(scope, collection, limit);
  }

  dropIndex(scope: ScopeId, index: IndexId, limit: number): number {
    return this.#store.dropIndex(scope, index, limit);
  }

  dropScope(scope: ScopeId, limit: number): number {
    this.schemaChangeCount++;
    return this.#store.dropScope(scope, limit);
  }

  expireChanges(before: number, limit: number): number {
    return this.#store.expireChanges(before, limit);
  }

  get #store(): DocumentWriter {
    if (this.#writer === undefined) throw new TypeError('this store is only read');
    return this.#writer;
  }

  #read(body: Uint8Array | undefined): void {
    this.readCount++;
    const byteCount = KEY_BYTES + (body?.length ?? 0);
    this.bytesRead += byteCount;
    this.onWork(STEPS_PER_READ + Math.floor(byteCount / BYTES_PER_STEP));
  }

  #noteSchema(collection: CollectionId): void {
    if (collection < USER_COLLECTION_ID_MIN) this.schemaChangeCount++;
  }

  #write(byteCount: number): void {
    this.writeCount++;
    this.bytesWritten += KEY_BYTES + byteCount;
    this.onWork(STEPS_PER_WRITE + Math.floor(byteCount / BYTES_PER_STEP));
    if (this.bytesWritten > TRANSACTION_BYTES_MAX) {
      throw new FqlFault([
        {
          position: [],
          code: 'resources exceeded',
          description: `The transaction writes more than the ${TRANSACTION_BYTES_MAX} bytes that one may write.`,
        },
      ]);
    }
  }
}

function hasVersions(reader: DocumentReader, key: DocumentKey): boolean {
  for (const _ of reader.versions(key)) return true;
  return false;
}
