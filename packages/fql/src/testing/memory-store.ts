/**
 * A `DocumentWriter` in memory that is plain rather than quick: sorted arrays, copied for every transaction and every snapshot. It is the
 * oracle of other stores, and what FQL's own tests run on. Misuse (writing outside `transact`, or while a range is read) fails at once.
 *
 *   documents   scope 4 | collection 4 | id 8                                → versions, ascending
 *   spans       scope 4 | index 4 | terms | order | collection 4 | id 8 | from 8  → span
 *   rows        scope 4 | key                                                → value
 *   changes     ts 8                                                         → documents
 */
import { assert } from '@skein/base';
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
import { afterAll, SortedMap } from './sorted-map.ts';

interface State {
  readonly documents: SortedMap<readonly StoredVersion[]>;
  readonly spans: SortedMap<EntrySpan>;
  readonly rows: SortedMap<Uint8Array>;
  readonly changes: SortedMap<readonly DocumentKey[]>;
  readonly lastTime: number;
}

class MemoryReader implements DocumentReader {
  protected state: State;

  constructor(state: State) {
    this.state = state;
  }

  get lastTime(): number {
    return this.state.lastTime;
  }

  version(key: DocumentKey, at?: number): StoredVersion | undefined {
    const version = versionAt(this.state.documents.get(documentBytes(key)) ?? [], at);
    return version === undefined ? undefined : copyVersion(version);
  }

  *versions(
    key: DocumentKey,
    range: { readonly from?: number; readonly to?: number; readonly reverse?: boolean } = {},
  ): Generator<StoredVersion> {
    const versions = (this.state.documents.get(documentBytes(key)) ?? []).filter(
      ({ ts }) => ts >= (range.from ?? 0) && ts < (range.to ?? Number.POSITIVE_INFINITY),
    );
    for (const version of range.reverse === true ? versions.reverse() : versions) yield copyVersion(version);
  }

  *documents(
    scope: ScopeId,
    collection: CollectionId,
    range: DocumentRange = {},
  ): Generator<{ readonly id: bigint; readonly version: StoredVersion }> {
    const prefix = bytes(u32(scope), u32(collection));
    const from = range.from === undefined ? prefix : bytes(prefix, u64(range.from));
    const to = range.to === undefined ? afterAll(prefix) : bytes(prefix, u64(range.to));
    for (const row of this.state.documents.range(from, to, range.reverse)) {
      const version = versionAt(row.value, range.at);
      if (version !== undefined) yield { id: readU64(row.key, 8), version: copyVersion(version) };
    }
  }

  *entries(set: EntrySet, range: EntryRange = {}): Generator<Entry & { readonly ts: number }> {
    for (const span of this.#spans(set, range)) {
      const isShown =
        range.at === undefined
          ? span.to === undefined
          : span.from <= range.at && range.at < (span.to ?? Number.POSITIVE_INFINITY);
      if (!isShown) continue;
      const { order, collection, id, body } = copySpan(span);
      yield { order, collection, id, body, ts: span.from };
    }
  }

  *entrySpans(set: EntrySet, range: Omit<EntryRange, 'at'> = {}): Generator<EntrySpan> {
    for (const span of this.#spans(set, range)) yield copySpan(span);
  }

  row(scope: ScopeId, key: Uint8Array): Uint8Array | undefined {
    return this.state.rows.get(bytes(u32(scope), key))?.slice();
  }

  *rows(
    scope: ScopeId,
    range: RowRange = {},
  ): Generator<{ readonly key: Uint8Array; readonly value: Uint8Array }> {
    const prefix = u32(scope);
    const from = bytes(prefix, range.from ?? NOTHING);
    const to = range.to === undefined ? afterAll(prefix) : bytes(prefix, range.to);
    for (const row of this.state.rows.range(from, to, range.reverse)) {
      yield { key: row.key.slice(4), value: row.value.slice() };
    }
  }

  *changes(after: number): Generator<Changes> {
    for (const row of this.state.changes.range(time(after + 1), undefined)) {
      yield { ts: Number(readU64(row.key, 0)), documents: row.value.slice() };
    }
  }

  *#spans(set: EntrySet, range: Omit<EntryRange, 'at'>): Generator<EntrySpan> {
    const prefix = setBytes(set);
    const from = bytes(prefix, range.from ?? NOTHING);
    const to = range.to === undefined ? afterAll(prefix) : bytes(prefix, range.to);
    for (const row of this.state.spans.range(from, to, range.reverse)) yield row.value;
  }
}

export class MemoryStore extends MemoryReader implements DocumentWriter {
  #transaction: { readonly time: number; wrote: boolean; readonly documents: DocumentKey[] } | undefined;

  constructor() {
    super({
      documents: new SortedMap(),
      spans: new SortedMap(),
      rows: new SortedMap(),
      changes: new SortedMap(),
      lastTime: 0,
    });
  }

  /** What is stored now, kept as it is. */
  snapshot(): DocumentReader {
    return new MemoryReader(copyState(this.state));
  }

  transact<T>(time_: number, write: () => T): T {
    assert(this.#transaction === undefined, 'transactions are not nested');
    assert(
      time_ > this.state.lastTime,
      `a transaction's time is later than the last, ${this.state.lastTime}`,
    );
    const before = copyState(this.state);
    const transaction = { time: time_, wrote: false, documents: [] };
    this.#transaction = transaction;
    try {
      const result = write();
      if (transaction.wrote) this.state = { ...this.state, lastTime: time_ };
      if (transaction.documents.length > 0) this.state.changes.set(time(time_), transaction.documents);
      return result;
    } catch (error) {
      this.state = before;
      throw error;
    } finally {
      this.#transaction = undefined;
    }
  }

  putVersion(key: DocumentKey, version: StoredVersion): void {
    const versions = this.state.documents.get(documentBytes(key)) ?? [];
    const last = versions.at(-1);
    assert(last === undefined || version.ts >= last.ts, 'a version is not older than the current one');
    this.replaceVersions(key, [...versions.slice(0, last?.ts === version.ts ? -1 : undefined), version]);
  }

  replaceVersions(key: DocumentKey, versions: readonly StoredVersion[]): void {
    const transaction = this.#writing();
    const known = transaction.documents.some(
      ({ scope, collection, id }) => scope === key.scope && collection === key.collection && id === key.id,
    );
    if (!known) transaction.documents.push({ scope: key.scope, collection: key.collection, id: key.id });
    assert(
      versions.every((version, at) => at === 0 || version.ts > versions[at - 1]!.ts),
      'the versions of a document ascend',
    );
    if (versions.length === 0) this.state.documents.delete(documentBytes(key));
    else this.state.documents.set(documentBytes(key), versions.map(copyVersion));
  }

  addEntry(set: EntrySet, entry: Entry, ts: number): void {
    if (this.#current(set, entry) !== undefined) {
      this.#writing();
      return;
    }
    const { order, collection, id, body } = entry;
    this.putSpan(set, { order, collection, id, body, from: ts, to: undefined });
  }

  removeEntry(set: EntrySet, entry: Pick<Entry, 'order' | 'collection' | 'id'>, ts: number): void {
    this.#writing();
    const current = this.#current(set, entry);
    if (current === undefined) return;
    if (current.from < ts) this.putSpan(set, { ...current, to: ts });
    else this.dropSpan(set, current);
  }

  putSpan(set: EntrySet, span: EntrySpan): void {
    this.#writing();
    assert(span.to === undefined || span.from < span.to, 'a span begins before it ends');
    const current = span.to === undefined ? this.#current(set, span) : undefined;
    if (current !== undefined) this.dropSpan(set, current);
    this.state.spans.set(spanBytes(set, span), copySpan(span));
  }

  dropSpan(set: EntrySet, span: Omit<EntrySpan, 'body'>): void {
    this.#writing();
    if (this.state.spans.get(spanBytes(set, span))?.to === span.to) {
      this.state.spans.delete(spanBytes(set, span));
    }
  }

  putRow(scope: ScopeId, key: Uint8Array, value: Uint8Array): void {
    this.#writing();
    this.state.rows.set(bytes(u32(scope), key), value.slice());
  }

  deleteRow(scope: ScopeId, key: Uint8Array): void {
    this.#writing();
    this.state.rows.delete(bytes(u32(scope), key));
  }

  expireVersions(scope: ScopeId, collection: CollectionId, before: number, limit: number): number {
    let done = 0;
    for (const { key, value } of this.state.documents.prefixed(bytes(u32(scope), u32(collection)))) {
      const kept = value.filter((version, at) => {
        const end = version.action === 'delete' ? version.ts : value[at + 1]?.ts;
        return end === undefined || end > before || done++ >= limit;
      });
      if (kept.length === 0) this.state.documents.delete(key);
      else if (kept.length < value.length) this.state.documents.set(key, kept);
    }
    return this.#maintained(Math.min(done, limit));
  }

  expireSpans(scope: ScopeId, index: IndexId, before: number, limit: number): number {
    const ended = this.state.spans
      .prefixed(bytes(u32(scope), u32(index)))
      .filter(({ value }) => value.to !== undefined && value.to <= before)
      .slice(0, limit);
    for (const { key } of ended) this.state.spans.delete(key);
    return this.#maintained(ended.length);
  }

  dropCollection(scope: ScopeId, collection: CollectionId, limit: number): number {
    return this.#maintained(drop(this.state.documents, bytes(u32(scope), u32(collection)), limit));
  }

  dropIndex(scope: ScopeId, index: IndexId, limit: number): number {
    return this.#maintained(drop(this.state.spans, bytes(u32(scope), u32(index)), limit));
  }

  dropScope(scope: ScopeId, limit: number): number {
    let done = drop(this.state.documents, u32(scope), limit);
    done += drop(this.state.spans, u32(scope), limit - done);
    return this.#maintained(done + drop(this.state.rows, u32(scope), limit - done));
  }

  expireChanges(before: number, limit: number): number {
    const old = [...this.state.changes.range(NOTHING, time(before + 1))].slice(0, limit);
    for (const { key } of old) this.state.changes.delete(key);
    return this.#maintained(old.length);
  }

  /** Maintenance needs no transaction; inside one it belongs to it. */
  #maintained(done: number): number {
    if (this.#transaction !== undefined && done > 0) this.#transaction.wrote = true;
    return done;
  }

  #writing(): { readonly documents: DocumentKey[] } {
    assert(this.#transaction !== undefined, 'documents, entries and rows are written inside `transact`');
    this.#transaction.wrote = true;
    return this.#transaction;
  }

  #current(set: EntrySet, entry: Pick<Entry, 'order' | 'collection' | 'id'>): EntrySpan | undefined {
    const prefix = bytes(setBytes(set), entry.order, u32(entry.collection), u64(entry.id));
    return this.state.spans.prefixed(prefix).find(({ value }) => value.to === undefined)?.value;
  }
}

function versionAt(
  versions: readonly StoredVersion[],
  at = Number.POSITIVE_INFINITY,
): StoredVersion | undefined {
  const version = versions.findLast(({ ts }) => ts <= at);
  return version?.action === 'delete' ? undefined : version;
}

function drop(map: SortedMap<unknown>, prefix: Uint8Array, limit: number): number {
  const rows = map.prefixed(prefix).slice(0, limit);
  for (const { key } of rows) map.delete(key);
  return rows.length;
}

function copyState(state: State): State {
  return {
    documents: state.documents.copy(),
    spans: state.spans.copy(),
    rows: state.rows.copy(),
    changes: state.changes.copy(),
    lastTime: state.lastTime,
  };
}

function copyVersion({ ts, action, body }: StoredVersion): StoredVersion {
  return { ts, action, body: body.slice() };
}

function copySpan({ order, collection, id, body, from, to }: EntrySpan): EntrySpan {
  return { order: order.slice(), collection, id, body: body.slice(), from, to };
}

const NOTHING = new Uint8Array(0);

function documentBytes(key: DocumentKey): Uint8Array {
  return bytes(u32(key.scope), u32(key.collection), u64(key.id));
}

function setBytes(set: EntrySet): Uint8Array {
  return bytes(u32(set.scope), u32(set.index), set.terms);
}

function spanBytes(set: EntrySet, span: Pick<EntrySpan, 'order' | 'collection' | 'id' | 'from'>): Uint8Array {
  return bytes(setBytes(set), span.order, u32(span.collection), u64(span.id), time(span.from));
}

function bytes(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function u32(value: number): Uint8Array {
  const encoded = new Uint8Array(4);
  new DataView(encoded.buffer).setUint32(0, value);
  return encoded;
}

function u64(value: bigint): Uint8Array {
  const encoded = new Uint8Array(8);
  new DataView(encoded.buffer).setBigUint64(0, value);
  return encoded;
}

/** Times before 1970 do not occur; a bound below them means "all". */
function time(value: number): Uint8Array {
  return u64(BigInt(Math.max(0, Math.trunc(value))));
}

function readU64(encoded: Uint8Array, at: number): bigint {
  return new DataView(encoded.buffer, encoded.byteOffset).getBigUint64(at);
}
