/** A `DocumentReader` over the tables. The clean-up of what it reads from, a transaction or a snapshot, is its maker's. */

import { compareBytes } from '@skein/base';
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
} from '@skein/fql/document-store';
import { entryKey, mergeSpans, readSpans } from './entry-keys.ts';
import { KeyBuffer } from './key-buffer.ts';
import { ROW_KEY_BYTES_MAX } from './limits.ts';
import type { ReadScope, Tables } from './tables.ts';

export interface SystemRow {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** Names in the table of numbers. */
export const LAST_TIME = new TextEncoder().encode('lastTime');
export const APPLIED_SEQUENCE = new TextEncoder().encode('appliedSequence');

/** A row as it lies in its table. */
export interface StoredRow {
  readonly table: string;
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

export class StorageReader implements DocumentReader {
  protected readonly tables: Tables;
  protected readonly scope: ReadScope;
  /** For keys that are used at once. */
  protected readonly key: KeyBuffer;

  constructor(tables: Tables, scope: ReadScope) {
    this.tables = tables;
    this.scope = scope;
    this.key = tables.key;
  }

  get lastTime(): number {
    return this.tables.numbers.get(LAST_TIME, this.scope) ?? 0;
  }

  /** The operation that the state contains, and all before it; 0 before the first. */
  get appliedSequence(): number {
    return this.tables.numbers.get(APPLIED_SEQUENCE, this.scope) ?? 0;
  }

  version(key: DocumentKey, at?: number): StoredVersion | undefined {
    const current = this.tables.documents.get(documentKey(this.key, key), this.scope);
    if (at === undefined || (current !== undefined && current.ts <= at)) return current;
    const past = this.#past(key, 0, at + 1, true, 1).next();
    return past.done === true || past.value.action === 'delete' ? undefined : past.value;
  }

  *versions(
    key: DocumentKey,
    range: { readonly from?: number; readonly to?: number; readonly reverse?: boolean } = {},
  ): Generator<StoredVersion> {
    const { from = 0, to = Number.MAX_SAFE_INTEGER, reverse = false } = range;
    const found = this.tables.documents.get(documentKey(this.key, key), this.scope);
    const current = found !== undefined && found.ts >= from && found.ts < to ? [found] : [];
    if (reverse) yield* current;
    yield* this.#past(key, from, to, reverse);
    if (!reverse) yield* current;
  }

  *documents(
    scope: ScopeId,
    collection: CollectionId,
    range: DocumentRange = {},
  ): Generator<{ readonly id: bigint; readonly version: StoredVersion }> {
    const { at, reverse = false } = range;
    if (at === undefined) yield* this.#current(scope, collection, range);
    else {
      for (const { id, version } of this.#at(scope, collection, range, at, reverse)) {
        if (version !== undefined && version.action !== 'delete') yield { id, version };
      }
    }
  }

  *entries(set: EntrySet, range: EntryRange = {}): Generator<Entry & { readonly ts: number }> {
    const { at } = range;
    const current = readSpans(this.tables.entries, 'current', set, range, this.scope);
    const shown =
      at === undefined
        ? current
        : mergeSpans(
            current,
            readSpans(this.tables.spans, 'ended', set, range, this.scope),
            range.reverse ?? false,
          );
    for (const { order, collection, id, body, from, to } of shown) {
      if (at !== undefined && (at < from || (to !== undefined && at >= to))) continue;
      yield { order, collection, id, body, ts: from };
    }
  }

  *entrySpans(set: EntrySet, range: Omit<EntryRange, 'at'> = {}): Generator<EntrySpan> {
    yield* mergeSpans(
      readSpans(this.tables.entries, 'current', set, range, this.scope),
      readSpans(this.tables.spans, 'ended', set, range, this.scope),
      range.reverse ?? false,
    );
  }

  row(scope: ScopeId, key: Uint8Array): Uint8Array | undefined {
    // No row has so long a key.
    if (key.length > ROW_KEY_BYTES_MAX) return undefined;
    return this.tables.rows.get(this.key.clear().u32(scope).raw(key), this.scope);
  }

  *rows(scope: ScopeId, range: RowRange = {}): Generator<SystemRow> {
    const start = new KeyBuffer().u32(scope);
    const end = new KeyBuffer().u32(scope);
    if (range.from !== undefined) rowBound(start, range.from);
    if (range.to === undefined) end.afterPrefix();
    else rowBound(end, range.to);
    for (const { key, value } of this.tables.rows.range({ start, end, reverse: range.reverse }, this.scope)) {
      yield { key: key.slice(4), value };
    }
  }

  *changes(after: number): Generator<Changes> {
    const start = new KeyBuffer().time(after + 1);
    const end = new KeyBuffer().u32(0xff_ff_ff_ff);
    for (const { key, value } of this.tables.changes.range({ start, end }, this.scope)) {
      yield { ts: key.time(0), documents: value };
    }
  }

  /** A row of the storage's owner. */
  systemRow(key: Uint8Array): Uint8Array | undefined {
    return this.tables.system.get(this.key.clear().u8(0).raw(key), this.scope);
  }

  /** From `from` on, before `to`. */
  *systemRows(from: Uint8Array, to: Uint8Array, limit?: number): Generator<SystemRow> {
    const start = new KeyBuffer().u8(0).raw(from);
    const end = new KeyBuffer().u8(0).raw(to);
    for (const { key, value } of this.tables.system.range({ start, end, limit }, this.scope)) {
      yield { key: key.slice(1), value };
    }
  }

  /** All rows but `appliedSequence`, table by table, each in the order of its keys. Those of the owner come without what sets them apart. */
  *storedRows(): Generator<StoredRow> {
    const { documents, versions, versionEnds, entries, spans, spanEnds, rows, changes } = this.tables;
    const tables = { documents, versions, versionEnds, entries, spans, spanEnds, rows, changes };
    for (const [table, of] of Object.entries(tables)) {
      for (const { key, value } of of.rawRows(this.scope)) yield { table, key: key.slice(0), value };
    }
    for (const { key, value } of this.tables.system.rawRows(this.scope))
      yield { table: 'system', key: key.slice(1), value };
    for (const { key, value } of this.tables.numbers.rawRows(this.scope)) {
      const name = key.slice(0);
      if (compareBytes(name, APPLIED_SEQUENCE) !== 0) yield { table: 'numbers', key: name, value };
    }
  }

  protected entryKey(set: EntrySet, entry: Pick<Entry, 'order' | 'collection' | 'id'>): KeyBuffer {
    return entryKey(this.key, set, entry);
  }

  *#past(
    key: DocumentKey,
    from: number,
    to: number,
    reverse: boolean,
    limit?: number,
  ): Generator<StoredVersion> {
    const start = documentKey(new KeyBuffer(), key).time(from);
    const end = documentKey(new KeyBuffer(), key).time(to);
    for (const row of this.tables.versions.range({ start, end, reverse, limit }, this.scope)) {
      yield { ts: row.key.time(16), action: row.value.action, body: row.value.body };
    }
  }

  *#current(
    scope: ScopeId,
    collection: CollectionId,
    range: DocumentRange,
  ): Generator<{ readonly id: bigint; readonly version: StoredVersion }> {
    const bounds = documentBounds(scope, collection, range);
    for (const { key, value } of this.tables.documents.range(
      { ...bounds, reverse: range.reverse },
      this.scope,
    )) {
      yield { id: key.u64(8), version: value };
    }
  }

  /** Of each document of the collection, also those of which only history is left, what was current at that time. */
  *#at(
    scope: ScopeId,
    collection: CollectionId,
    range: DocumentRange,
    at: number,
    reverse: boolean,
  ): Generator<{ readonly id: bigint; readonly version: StoredVersion | undefined }> {
    const current = this.#current(scope, collection, range);
    const past = this.#pastAt(scope, collection, range, at, reverse);
    try {
      let a = current.next();
      let b = past.next();
      for (;;) {
        if (a.done === true && b.done === true) return;
        const isFirst =
          b.done === true ||
          (a.done !== true && (reverse ? a.value.id > b.value.id : a.value.id < b.value.id));
        const isBoth = a.done !== true && b.done !== true && a.value.id === b.value.id;
        const now = a.done !== true && (isFirst || isBoth) ? a.value : undefined;
        const then = b.done !== true && !isFirst ? b.value : undefined;
        if (now !== undefined && now.version.ts <= at) yield now;
        else if (then !== undefined) yield then;
        if (now !== undefined) a = current.next();
        if (then !== undefined) b = past.next();
      }
    } finally {
      current.return(undefined);
      past.return(undefined);
    }
  }

  /** For each document that has history, the last version there that began at `at` or before. */
  *#pastAt(
    scope: ScopeId,
    collection: CollectionId,
    range: DocumentRange,
    at: number,
    reverse: boolean,
  ): Generator<{ readonly id: bigint; readonly version: StoredVersion | undefined }> {
    const bounds = documentBounds(scope, collection, range);
    let found: { readonly id: bigint; version: StoredVersion | undefined } | undefined;
    for (const { key, value } of this.tables.versions.range({ ...bounds, reverse }, this.scope)) {
      const id = key.u64(8);
      const ts = key.time(16);
      if (found !== undefined && found.id !== id) {
        yield found;
        found = undefined;
      }
      found ??= { id, version: undefined };
      if (ts > at || (reverse && found.version !== undefined)) continue;
      found.version = { ts, action: value.action, body: value.body };
    }
    if (found !== undefined) yield found;
  }
}

export function documentKey(target: KeyBuffer, { scope, collection, id }: DocumentKey): KeyBuffer {
  return target.clear().u32(scope).u32(collection).u64(id);
}

function documentBounds(
  scope: ScopeId,
  collection: CollectionId,
  range: DocumentRange,
): { readonly start: KeyBuffer; readonly end: KeyBuffer } {
  const start = new KeyBuffer().u32(scope).u32(collection);
  const end = new KeyBuffer().u32(scope).u32(collection);
  if (range.from !== undefined) start.u64(range.from);
  if (range.to === undefined) end.afterPrefix();
  else end.u64(range.to);
  return { start, end };
}

/** A bound that is longer than any key stands between the same rows when it is cut and moved up. */
function rowBound(target: KeyBuffer, bound: Uint8Array): KeyBuffer {
  if (bound.length <= ROW_KEY_BYTES_MAX) return target.raw(bound);
  return target.raw(bound, 0, ROW_KEY_BYTES_MAX).u8(0);
}
