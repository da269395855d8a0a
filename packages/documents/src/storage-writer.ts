/**
 * A `DocumentWriter` over the tables, inside one LMDB write transaction.
 *
 * Where things are: a document's current version in `documents` and nowhere else; versions that have ended, and all deletions, in
 * `versions`, each with a row in `versionEnds`. Current entries in `entries`; ended ones in `spans`, each with a row in `spanEnds`. So a
 * new document is one row, a new entry is one row, and what is read live never walks over history.
 */
import { assert } from '@skein/base';
import type {
  CollectionId,
  DocumentKey,
  DocumentWriter,
  Entry,
  EntrySet,
  EntrySpan,
  IndexId,
  ScopeId,
  StoredVersion,
} from '@skein/fql/document-store';
import type { EntryRow } from './codecs.ts';
import { orderInValue } from './entry-keys.ts';
import { KeyBuffer } from './key-buffer.ts';
import { ROW_KEY_BYTES_MAX } from './limits.ts';
import { APPLIED_SEQUENCE, documentKey, LAST_TIME, StorageReader } from './storage-reader.ts';
import { type AnyTable, ReadScope, type Tables } from './tables.ts';

const NOTHING = new Uint8Array(0);

export class DocumentStorageWriter extends StorageReader implements DocumentWriter {
  /** Grows with each change of a row, also with one that is undone later. */
  rowChangeCount = 0;
  #lastTime: number;
  #appliedSequence: number;
  readonly #begun: { readonly lastTime: number; readonly appliedSequence: number };
  #transaction: OpenTransaction | undefined;

  constructor(tables: Tables, begun: { readonly lastTime: number; readonly appliedSequence: number }) {
    super(tables, new ReadScope(undefined));
    this.#begun = begun;
    this.#lastTime = begun.lastTime;
    this.#appliedSequence = begun.appliedSequence;
  }

  override get lastTime(): number {
    return this.#lastTime;
  }

  override get appliedSequence(): number {
    return this.#appliedSequence;
  }

  /** A transaction could not be undone: what is written now must not be kept. `DocumentStorage.write` sees to it. */
  get failed(): boolean {
    return this.tables.changeLog.isBroken;
  }

  transact<T>(time: number, write: () => T): T {
    assert(this.#transaction === undefined, 'transactions are not nested');
    assert(time > this.#lastTime, `a transaction is later than the last, of ${this.#lastTime}`);
    const transaction: OpenTransaction = {
      time,
      wrote: false,
      endedNow: false,
      documents: [],
      seen: undefined,
      begun: this.#appliedSequence,
    };
    this.#transaction = transaction;
    try {
      const result = this.tables.changeLog.guarded(() => {
        const value = write();
        if (transaction.documents.length > 0) {
          this.tables.changes.put(this.key.clear().time(time), transaction.documents);
        }
        return value;
      });
      if (transaction.wrote) this.#lastTime = time;
      return result;
    } catch (error) {
      this.#appliedSequence = transaction.begun;
      throw error;
    } finally {
      this.#transaction = undefined;
    }
  }

  putVersion(key: DocumentKey, version: StoredVersion): void {
    const transaction = this.#writing();
    noteChange(transaction, key);
    const { documents } = this.tables;
    documentKey(this.key, key);
    // Nothing of this time can be in history, unless this transaction has put it there.
    const isNewTime = version.ts === transaction.time && !transaction.endedNow;
    if (version.action !== 'delete' && isNewTime && documents.putNew(this.key, version)) return;

    const current = documents.get(this.key, this.scope);
    assert(current === undefined || version.ts >= current.ts, 'a version is not older than the current one');
    if (current === undefined) this.#removePast(key, version.ts);
    else if (current.ts < version.ts) this.#putPast(key, current, version.ts);
    if (version.action !== 'delete') {
      documents.put(documentKey(this.key, key), version);
      return;
    }
    if (current !== undefined) documents.remove(documentKey(this.key, key));
    this.#putPast(key, version, version.ts);
    transaction.endedNow = true;
  }

  replaceVersions(key: DocumentKey, versions: readonly StoredVersion[]): void {
    const transaction = this.#writing();
    noteChange(transaction, key);
    transaction.endedNow = true;
    assert(
      versions.every((version, at) => at === 0 || version.ts > versions[at - 1]!.ts),
      'the versions of a document ascend',
    );
    const times = [...this.versions(key)].map(({ ts }) => ts);
    for (const ts of times) this.#removePast(key, ts);
    this.tables.documents.remove(documentKey(this.key, key));
    for (const [at, version] of versions.entries()) {
      const next = versions[at + 1];
      if (version.action === 'delete') this.#putPast(key, version, version.ts);
      else if (next === undefined) this.tables.documents.put(documentKey(this.key, key), version);
      else this.#putPast(key, version, next.ts);
    }
  }

  addEntry(set: EntrySet, entry: Entry, ts: number): void {
    this.#writing();
    const { order, body } = entry;
    this.tables.entries.putNew(this.entryKey(set, entry), { time: ts, order: orderInValue(order), body });
  }

  removeEntry(set: EntrySet, entry: Pick<Entry, 'order' | 'collection' | 'id'>, ts: number): void {
    this.#writing();
    const { entries } = this.tables;
    const key = this.entryKey(set, entry);
    const current = entries.get(key, this.scope);
    if (current === undefined) return;
    entries.remove(key);
    if (current.time < ts) this.#putEnded(set, key.time(current.time), { ...current, time: ts });
  }

  putSpan(set: EntrySet, span: EntrySpan): void {
    this.#writing();
    const { order, body, from, to } = span;
    assert(to === undefined || from < to, 'a span begins before it ends');
    const { entries } = this.tables;
    const key = this.entryKey(set, span);
    const current = to === undefined ? undefined : entries.get(key, this.scope);
    if (current?.time === from) entries.remove(key);
    if (to === undefined) entries.put(key, { time: from, order: orderInValue(order), body });
    this.#removeEnded(set, key.time(from));
    if (to !== undefined) this.#putEnded(set, key, { time: to, order: orderInValue(order), body });
  }

  dropSpan(set: EntrySet, span: Omit<EntrySpan, 'body'>): void {
    this.#writing();
    const { entries, spans } = this.tables;
    const key = this.entryKey(set, span);
    if (span.to === undefined) {
      if (entries.get(key, this.scope)?.time === span.from) entries.remove(key);
      return;
    }
    key.time(span.from);
    if (spans.get(key, this.scope)?.time === span.to) this.#removeEnded(set, key);
  }

  putRow(scope: ScopeId, key: Uint8Array, value: Uint8Array): void {
    this.#writing();
    this.rowChangeCount++;
    assert(key.length <= ROW_KEY_BYTES_MAX, `the key of a row has at most ${ROW_KEY_BYTES_MAX} bytes`);
    this.tables.rows.put(this.key.clear().u32(scope).raw(key), value);
  }

  deleteRow(scope: ScopeId, key: Uint8Array): void {
    this.#writing();
    this.rowChangeCount++;
    if (key.length <= ROW_KEY_BYTES_MAX) this.tables.rows.remove(this.key.clear().u32(scope).raw(key));
  }

  expireVersions(scope: ScopeId, collection: CollectionId, before: number, limit: number): number {
    const start = new KeyBuffer().u32(scope).u32(collection);
    const end = new KeyBuffer()
      .u32(scope)
      .u32(collection)
      .time(before + 1);
    const ended = this.#keysIn(this.tables.versionEnds, start, end, limit);
    for (const key of ended) {
      this.tables.versionEnds.remove(key);
      // scope 4 | collection 4 | end 8 | id 8 | ts 8, without the end.
      this.tables.versions.remove(this.key.clear().raw(key, 0, 8).raw(key, 16));
    }
    return this.#maintained(ended.length);
  }

  expireSpans(scope: ScopeId, index: IndexId, before: number, limit: number): number {
    const start = new KeyBuffer().u32(scope).u32(index);
    const end = new KeyBuffer()
      .u32(scope)
      .u32(index)
      .time(before + 1);
    const ended = this.#keysIn(this.tables.spanEnds, start, end, limit);
    for (const key of ended) {
      this.tables.spanEnds.remove(key);
      this.tables.spans.remove(this.key.clear().raw(key, 0, 8).raw(key, 16));
    }
    return this.#maintained(ended.length);
  }

  dropCollection(scope: ScopeId, collection: CollectionId, limit: number): number {
    return this.#drop(new KeyBuffer().u32(scope).u32(collection), limit, [
      this.tables.documents,
      this.tables.versions,
      this.tables.versionEnds,
    ]);
  }

  dropIndex(scope: ScopeId, index: IndexId, limit: number): number {
    return this.#drop(new KeyBuffer().u32(scope).u32(index), limit, [
      this.tables.entries,
      this.tables.spans,
      this.tables.spanEnds,
    ]);
  }

  dropScope(scope: ScopeId, limit: number): number {
    this.rowChangeCount++;
    const { documents, versions, versionEnds, entries, spans, spanEnds, rows } = this.tables;
    const tables = [documents, versions, versionEnds, entries, spans, spanEnds, rows];
    return this.#drop(new KeyBuffer().u32(scope), limit, tables);
  }

  expireChanges(before: number, limit: number): number {
    const old = this.#keysIn(
      this.tables.changes,
      new KeyBuffer().u8(0),
      new KeyBuffer().time(before + 1),
      limit,
    );
    for (const key of old) this.tables.changes.remove(key);
    return this.#maintained(old.length);
  }

  /** The state contains this operation, and all before it; kept with the batch. */
  setAppliedSequence(sequence: number): void {
    assert(sequence >= this.#appliedSequence, 'operations are applied in their order');
    this.#appliedSequence = sequence;
  }

  putSystemRow(key: Uint8Array, value: Uint8Array): void {
    this.tables.system.put(this.key.clear().u8(0).raw(key), value);
  }

  deleteSystemRow(key: Uint8Array): void {
    this.tables.system.remove(this.key.clear().u8(0).raw(key));
  }

  /** Those from `from` on, before `to`, the first ones first, at most `limit`; how many it were. */
  deleteSystemRows(from: Uint8Array, to: Uint8Array, limit: number): number {
    const start = new KeyBuffer().u8(0).raw(from);
    const found = this.#keysIn(this.tables.system, start, new KeyBuffer().u8(0).raw(to), limit);
    for (const key of found) this.tables.system.remove(key);
    return found.length;
  }

  /** Called once, first: nobody else may have written since this process did. */
  begin(): void {
    const isOurs = super.lastTime === this.#lastTime && super.appliedSequence === this.#appliedSequence;
    assert(isOurs, 'one process writes a store');
  }

  /** Using it later is a mistake, and is told. */
  end(): void {
    this.scope.isOpen = false;
  }

  /** Writes down what changed of the storage's own numbers. Called once, last. */
  finish(): { readonly lastTime: number; readonly appliedSequence: number } {
    const { numbers } = this.tables;
    const { lastTime, appliedSequence } = this;
    if (lastTime !== this.#begun.lastTime) numbers.put(this.key.clear().raw(LAST_TIME), lastTime);
    if (appliedSequence !== this.#begun.appliedSequence) {
      numbers.put(this.key.clear().raw(APPLIED_SEQUENCE), appliedSequence);
    }
    return { lastTime, appliedSequence };
  }

  #writing(): OpenTransaction {
    assert(this.#transaction !== undefined, 'documents, entries and rows are written inside `transact`');
    this.#transaction.wrote = true;
    return this.#transaction;
  }

  /** Maintenance needs no transaction; inside one it belongs to it. */
  #maintained(done: number): number {
    if (this.#transaction !== undefined && done > 0) this.#transaction.wrote = true;
    return done;
  }

  #putPast(key: DocumentKey, { ts, action, body }: StoredVersion, end: number): void {
    this.tables.versions.put(documentKey(this.key, key).time(ts), {
      end,
      action,
      body: action === 'delete' ? NOTHING : body,
    });
    this.tables.versionEnds.put(this.#versionEndKey(key, end, ts), undefined);
  }

  #removePast(key: DocumentKey, ts: number): void {
    const past = this.tables.versions.get(documentKey(this.key, key).time(ts), this.scope);
    if (past === undefined) return;
    this.tables.versions.remove(this.key);
    this.tables.versionEnds.remove(this.#versionEndKey(key, past.end, ts));
  }

  #versionEndKey({ scope, collection, id }: DocumentKey, end: number, ts: number): KeyBuffer {
    return this.tables.otherKey.clear().u32(scope).u32(collection).time(end).u64(id).time(ts);
  }

  #putEnded(set: EntrySet, key: KeyBuffer, row: EntryRow): void {
    this.tables.spans.put(key, row);
    this.tables.spanEnds.put(this.#spanEndKey(set, key, row.time), undefined);
  }

  #removeEnded(set: EntrySet, key: KeyBuffer): void {
    const ended = this.tables.spans.get(key, this.scope);
    if (ended === undefined) return;
    this.tables.spans.remove(key);
    this.tables.spanEnds.remove(this.#spanEndKey(set, key, ended.time));
  }

  #spanEndKey({ scope, index }: EntrySet, key: KeyBuffer, to: number): KeyBuffer {
    return this.tables.otherKey.clear().u32(scope).u32(index).time(to).raw(key.bytes, 8, key.length);
  }

  #drop(prefix: KeyBuffer, limit: number, tables: readonly AnyTable[]): number {
    const end = new KeyBuffer().raw(prefix.bytes, 0, prefix.length).afterPrefix();
    let done = 0;
    for (const table of tables) {
      const keys = this.#keysIn(table, prefix, end, limit - done);
      for (const key of keys) table.remove(key);
      done += keys.length;
      if (done >= limit) break;
    }
    return this.#maintained(done);
  }

  /** Copies of the first keys between the bounds: a table is not changed while it is walked. */
  #keysIn(table: AnyTable, start: KeyBuffer, end: KeyBuffer, limit: number): Uint8Array[] {
    const keys: Uint8Array[] = [];
    if (limit <= 0) return keys;
    for (const key of table.keys({ start, end, limit }, this.scope)) keys.push(key.slice(0));
    return keys;
  }
}

interface OpenTransaction {
  readonly time: number;
  wrote: boolean;
  /** A deletion, or history, was written: there may be a past version of this very time. */
  endedNow: boolean;
  readonly documents: DocumentKey[];
  /** Kept once a transaction writes many documents. */
  seen: Set<string> | undefined;
  readonly begun: number;
}

/** Looking through a short list is quicker than a set of strings. */
const LIST_LENGTH_MAX = 8;

function noteChange(transaction: OpenTransaction, { scope, collection, id }: DocumentKey): void {
  const { documents } = transaction;
  if (documents.length < LIST_LENGTH_MAX) {
    for (const known of documents) {
      if (known.id === id && known.collection === collection && known.scope === scope) return;
    }
  } else {
    transaction.seen ??= new Set(documents.map(nameOf));
    const name = nameOf({ scope, collection, id });
    if (transaction.seen.has(name)) return;
    transaction.seen.add(name);
  }
  documents.push({ scope, collection, id });
}

function nameOf({ scope, collection, id }: DocumentKey): string {
  return `${scope}/${collection}/${id}`;
}
