/**
 * What transactions did to the past of documents, for those who follow changes: the store itself only has what the past is now.
 *
 *   13 hex | time in µs 8 | scope 4 | collection 4 | id 8   → for each version that is different: ts 8 | action 1 | length 4 | body
 *
 * in the root scope. `action` and body are what stood there before; 0: nothing. What a transaction wrote at its own time is no rewriting.
 * Rows are kept as long as lists of changed documents.
 */
import { ROOT_SCOPE } from '../schema/schema-rows.ts';
import type {
  CollectionId,
  DocumentKey,
  DocumentReader,
  DocumentWriter,
  ScopeId,
  StoredVersion,
} from '../store/document-store.ts';
import { bytesKey } from '../writes/bytes-key.ts';

const PREFIX = 0x13;
const KEY_BYTES = 25;
const ITEM_BYTES = 13;
const ACTIONS = ['create', 'update', 'delete'] as const;

/** A place in a document's history. */
export interface RewrittenPlace {
  readonly ts: number;
  /** Undefined: there was none. */
  readonly before: StoredVersion | undefined;
}

export interface HistoryRewrite {
  /** µs: of the transaction. */
  readonly time: number;
  readonly key: DocumentKey;
  /** Ascending, all before `time`. */
  readonly places: readonly RewrittenPlace[];
}

export function isSameVersion(a: StoredVersion | undefined, b: StoredVersion | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.action === b.action && bytesKey(a.body) === bytesKey(b.body);
}

/** The versions of a document become others in the transaction of `time`. */
export function noteRewrite(
  writer: DocumentWriter,
  key: DocumentKey,
  time: number,
  old: readonly StoredVersion[],
  next: readonly StoredVersion[],
): void {
  const row = rowKey(time, key);
  const stored = writer.row(ROOT_SCOPE, row);
  const before = new Map<number, StoredVersion | undefined>();
  // The first rewriting of a transaction knows what was there before it.
  for (const place of stored === undefined ? [] : decode(stored)) before.set(place.ts, place.before);
  const oldBy = byTime(old);
  const nextBy = byTime(next);
  for (const ts of new Set([...oldBy.keys(), ...nextBy.keys()])) {
    if (ts >= time || before.has(ts) || isSameVersion(oldBy.get(ts), nextBy.get(ts))) continue;
    before.set(ts, oldBy.get(ts));
  }
  if (before.size > 0) writer.putRow(ROOT_SCOPE, row, encode(before));
}

/** Of transactions from `time` on, by time. */
export function* rewritesFrom(reader: DocumentReader, time: number): Generator<HistoryRewrite> {
  const from = rowStart(time);
  for (const { key: row, value } of reader.rows(ROOT_SCOPE, { from, to: Uint8Array.of(PREFIX + 1) })) {
    const view = new DataView(row.buffer, row.byteOffset, row.byteLength);
    yield {
      time: Number(view.getBigUint64(1)),
      key: {
        scope: view.getUint32(9) as ScopeId,
        collection: view.getUint32(13) as CollectionId,
        id: view.getBigUint64(17),
      },
      places: decode(value),
    };
  }
}

/** Those of transactions up to and including `before` are forgotten, at most `limit`. Returns how many it were. */
export function expireRewrites(writer: DocumentWriter, before: number, limit: number): number {
  const rows: Uint8Array[] = [];
  const range = { from: Uint8Array.of(PREFIX), to: rowStart(Math.max(0, before + 1)) };
  for (const { key } of writer.rows(ROOT_SCOPE, range)) {
    if (rows.length >= limit) break;
    rows.push(key);
  }
  for (const row of rows) writer.deleteRow(ROOT_SCOPE, row);
  return rows.length;
}

function byTime(versions: readonly StoredVersion[]): ReadonlyMap<number, StoredVersion> {
  return new Map(versions.map((version) => [version.ts, version]));
}

function rowStart(time: number): Uint8Array {
  const start = new Uint8Array(9);
  start[0] = PREFIX;
  new DataView(start.buffer).setBigUint64(1, BigInt(time));
  return start;
}

function rowKey(time: number, key: DocumentKey): Uint8Array {
  const row = new Uint8Array(KEY_BYTES);
  const view = new DataView(row.buffer);
  row[0] = PREFIX;
  view.setBigUint64(1, BigInt(time));
  view.setUint32(9, key.scope);
  view.setUint32(13, key.collection);
  view.setBigUint64(17, key.id);
  return row;
}

function encode(places: ReadonlyMap<number, StoredVersion | undefined>): Uint8Array {
  let size = 0;
  for (const before of places.values()) size += ITEM_BYTES + (before?.body.length ?? 0);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [ts, before] of [...places].sort(([a], [b]) => a - b)) {
    view.setFloat64(at, ts);
    view.setUint8(at + 8, before === undefined ? 0 : ACTIONS.indexOf(before.action) + 1);
    view.setUint32(at + 9, before?.body.length ?? 0);
    if (before !== undefined) bytes.set(before.body, at + ITEM_BYTES);
    at += ITEM_BYTES + (before?.body.length ?? 0);
  }
  return bytes;
}

function decode(bytes: Uint8Array): readonly RewrittenPlace[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const places: RewrittenPlace[] = [];
  for (let at = 0; at < bytes.length; ) {
    const ts = view.getFloat64(at);
    const action = ACTIONS[view.getUint8(at + 8) - 1];
    const length = view.getUint32(at + 9);
    const body = bytes.slice(at + ITEM_BYTES, at + ITEM_BYTES + length);
    places.push({ ts, before: action === undefined ? undefined : { ts, action, body } });
    at += ITEM_BYTES + length;
  }
  return places;
}
