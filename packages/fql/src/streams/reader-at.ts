/**
 * A snapshot as it was after an earlier transaction, for those who look at a change a little later: documents and entries are those of then,
 * the schema is that of now.
 */
import { NATIVE_COLLECTION_IDS } from '../schema/schema.ts';
import type {
  Changes,
  CollectionId,
  DocumentKey,
  DocumentRange,
  DocumentReader,
  Entry,
  EntryRange,
  EntrySet,
  EntrySpan,
  RowRange,
  ScopeId,
  StoredVersion,
} from '../store/document-store.ts';

export class ReaderAt implements DocumentReader {
  readonly #reader: DocumentReader;
  readonly lastTime: number;

  constructor(reader: DocumentReader, time: number) {
    this.#reader = reader;
    this.lastTime = time;
  }

  version(key: DocumentKey, at: number = this.lastTime): StoredVersion | undefined {
    return this.#reader.version(key, Math.min(at, this.lastTime));
  }

  versions(
    key: DocumentKey,
    range: { readonly from?: number; readonly to?: number; readonly reverse?: boolean } = {},
  ): Iterable<StoredVersion> {
    const to = Math.min(range.to ?? Number.POSITIVE_INFINITY, this.lastTime + 1);
    return this.#reader.versions(key, { ...range, to });
  }

  /** Schemas are kept by a version that is that of now: they must be compiled from what is there now. */
  documents(
    scope: ScopeId,
    collection: CollectionId,
    range: DocumentRange = {},
  ): Iterable<{ readonly id: bigint; readonly version: StoredVersion }> {
    if (collection <= NATIVE_COLLECTION_IDS.credentials && range.at === undefined) {
      return this.#reader.documents(scope, collection, range);
    }
    return this.#reader.documents(scope, collection, { ...range, at: this.#at(range.at) });
  }

  entries(set: EntrySet, range: EntryRange = {}): Iterable<Entry & { readonly ts: number }> {
    return this.#reader.entries(set, { ...range, at: this.#at(range.at) });
  }

  *entrySpans(set: EntrySet, range?: Omit<EntryRange, 'at'>): Generator<EntrySpan> {
    for (const span of this.#reader.entrySpans(set, range)) {
      if (span.from > this.lastTime) continue;
      yield span.to !== undefined && span.to > this.lastTime ? { ...span, to: undefined } : span;
    }
  }

  row(scope: ScopeId, key: Uint8Array): Uint8Array | undefined {
    return this.#reader.row(scope, key);
  }

  rows(scope: ScopeId, range?: RowRange): Iterable<{ readonly key: Uint8Array; readonly value: Uint8Array }> {
    return this.#reader.rows(scope, range);
  }

  *changes(after: number): Generator<Changes> {
    for (const changes of this.#reader.changes(after)) {
      if (changes.ts > this.lastTime) return;
      yield changes;
    }
  }

  #at(at: number | undefined): number {
    return Math.min(at ?? this.lastTime, this.lastTime);
  }
}
