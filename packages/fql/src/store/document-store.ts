/**
 * What evaluation needs of a store: documents with history, ordered index entries with history, and rows for everything else. The store
 * knows bytes, order and time; what the bytes mean is FQL's.
 *
 * Contract, kept by every implementation (`document-store.contract.ts`):
 *  - A `DocumentReader` is a snapshot: what it shows never changes while it is in use (a writer shows its own writes, too).
 *  - Bytes are compared as unsigned, a proper prefix before what it is a prefix of.
 *  - Times are transaction times in µs, 0 … 2^53 − 1; `at: t` shows what was current after the transaction of time t.
 *  - Versions, entries and rows are written inside `transact`, which keeps everything its function wrote, or, when that throws, nothing.
 *  - Iterators may be left at any point; what they yield is the caller's own. No going on with one after a write.
 *  - A document has at most one version of a time; entries of the same bytes have at most one span that begins at a time, and at most
 *    one that is current.
 */
import type { Brand } from '@skein/base';

/** A database inside an application: 0 is the root, children have numbers of their own. < 2^32. */
export type ScopeId = Brand<number, 'ScopeId'>;
/** Inside a scope; native collections have the numbers of `NATIVE_COLLECTION_IDS`, others from 1024 on. < 2^32. */
export type CollectionId = Brand<number, 'CollectionId'>;
/** Inside a scope, < 2^32. */
export type IndexId = Brand<number, 'IndexId'>;

export interface DocumentKey {
  readonly scope: ScopeId;
  readonly collection: CollectionId;
  /** 0 … 2^63 − 1. */
  readonly id: bigint;
}

export interface StoredVersion {
  /** µs; when it became current. */
  readonly ts: number;
  readonly action: 'create' | 'update' | 'delete';
  /** Encoded fields; empty for `delete`. */
  readonly body: Uint8Array;
}

/** One set of entries: an index with a choice of terms. `terms` is encoded, and no encoding is the prefix of another. */
export interface EntrySet {
  readonly scope: ScopeId;
  readonly index: IndexId;
  readonly terms: Uint8Array;
}

export interface Entry {
  /**
   * Encoded values: entries of a set are sorted by these bytes, then by collection, then by id. At most 64,000 bytes; inside a set none is
   * a proper prefix of another.
   */
  readonly order: Uint8Array;
  readonly collection: CollectionId;
  readonly id: bigint;
  /** The values themselves, for reading. */
  readonly body: Uint8Array;
}

/** An entry during the time it was current: from `from` on, before `to` (undefined: still). */
export interface EntrySpan extends Entry {
  readonly from: number;
  readonly to: number | undefined;
}

/** Bounds compare with the bytes `order ++ collection (4, big endian) ++ id (8, big endian)`. */
export interface EntryRange {
  /** Inclusive. */
  readonly from?: Uint8Array | undefined;
  /** Exclusive. */
  readonly to?: Uint8Array | undefined;
  readonly reverse?: boolean | undefined;
  readonly at?: number | undefined;
}

export interface DocumentRange {
  /** Inclusive. */
  readonly from?: bigint | undefined;
  /** Exclusive. */
  readonly to?: bigint | undefined;
  readonly reverse?: boolean | undefined;
  readonly at?: number | undefined;
}

export interface RowRange {
  /** Inclusive. */
  readonly from?: Uint8Array | undefined;
  /** Exclusive. */
  readonly to?: Uint8Array | undefined;
  readonly reverse?: boolean | undefined;
}

export interface Changes {
  readonly ts: number;
  /** Documents that the transaction wrote, in the order of their first writes. */
  readonly documents: readonly DocumentKey[];
}

export interface DocumentReader {
  /** Time of the last transaction that wrote; 0 before the first. */
  readonly lastTime: number;
  /** The version that is current (at `at`); undefined when there is none or it is a deletion. */
  version(key: DocumentKey, at?: number): StoredVersion | undefined;
  /** All versions that are kept, deletions too, by time. Bounds: `from` inclusive, `to` exclusive. */
  versions(
    key: DocumentKey,
    range?: { readonly from?: number; readonly to?: number; readonly reverse?: boolean },
  ): Iterable<StoredVersion>;
  /** Documents of a collection that are current, by id. */
  documents(
    scope: ScopeId,
    collection: CollectionId,
    range?: DocumentRange,
  ): Iterable<{ readonly id: bigint; readonly version: StoredVersion }>;
  entries(set: EntrySet, range?: EntryRange): Iterable<Entry & { readonly ts: number }>;
  /** Also those that are no longer current; by bytes, then by `from`. */
  entrySpans(set: EntrySet, range?: Omit<EntryRange, 'at'>): Iterable<EntrySpan>;
  row(scope: ScopeId, key: Uint8Array): Uint8Array | undefined;
  rows(scope: ScopeId, range?: RowRange): Iterable<{ readonly key: Uint8Array; readonly value: Uint8Array }>;
  /** Transactions later than `after` that wrote documents, by time, as far back as they are kept. */
  changes(after: number): Iterable<Changes>;
}

export interface DocumentWriter extends DocumentReader {
  /** All or nothing. Not nested. `time` is later than `lastTime`, which it becomes if something was written. */
  transact<T>(time: number, write: () => T): T;
  /** The version becomes current, not older than the one before, which goes into history (or is replaced, when it is of the same time). */
  putVersion(key: DocumentKey, version: StoredVersion): void;
  /** The document's history becomes this list, ascending, the last one current; an empty list forgets the document. Indexes are the caller's. */
  replaceVersions(key: DocumentKey, versions: readonly StoredVersion[]): void;
  /** An entry begins at `ts`. Nothing happens when one of these bytes is current. */
  addEntry(set: EntrySet, entry: Entry, ts: number): void;
  /** The current entry of these bytes ends at `ts`; one that began at `ts` or later leaves no trace. Nothing happens when there is none. */
  removeEntry(set: EntrySet, entry: Pick<Entry, 'order' | 'collection' | 'id'>, ts: number): void;
  /**
   * For rewriting history: a span is put, or taken away, exactly as described. Putting replaces the span of the same bytes and `from`, and,
   * without `to`, the current one. Dropping looks at bytes, `from` and `to`, and does nothing when there is no such span.
   */
  putSpan(set: EntrySet, span: EntrySpan): void;
  dropSpan(set: EntrySet, span: Omit<EntrySpan, 'body'>): void;
  putRow(scope: ScopeId, key: Uint8Array, value: Uint8Array): void;
  deleteRow(scope: ScopeId, key: Uint8Array): void;
  /**
   * Maintenance; each does at most `limit` units of work and returns how many it did (fewer than `limit`: it is done).
   * Versions of a collection, and spans of an index, that ended at `before` or earlier are forgotten. A version ends when the next one
   * begins; a deletion ends when it begins. Maintenance may be called outside of `transact`, too.
   */
  expireVersions(scope: ScopeId, collection: CollectionId, before: number, limit: number): number;
  expireSpans(scope: ScopeId, index: IndexId, before: number, limit: number): number;
  /** Forgets everything of a collection (current and history), of an index, of a scope (all three and its rows). */
  dropCollection(scope: ScopeId, collection: CollectionId, limit: number): number;
  dropIndex(scope: ScopeId, index: IndexId, limit: number): number;
  dropScope(scope: ScopeId, limit: number): number;
  /** `changes` of earlier transactions, up to and including this time, are forgotten. */
  expireChanges(before: number, limit: number): number;
}
