/**
 * Where aggregations live in the rows of a scope:
 *
 *   aggregation/next                                     number of the next one
 *   aggregation/named/<name>                             definition and progress
 *   aggregation/pending/  number 4 | key | ts 8 | id 8   an event that no run has folded yet: [key, inputs…]
 *   aggregation/snapshot/ number 4 | key                 what runs have folded: [key, events, ts, states…]
 *   aggregation/seen/     number 4 | key | measure 1 | value      values that `distinct` has counted
 *   aggregation/eventId/  number 4 | id                  ids of events that have counted
 *   aggregation/waiting/  number 4                       how many events are pending, 4
 *
 * and in the root scope, so that background work finds it without looking into every database:
 *
 *   aggregation/scheduled/ scope 4 | name                those that run by themselves
 *   aggregation/turn                                     which work was done last (`jobs/steps.ts`)
 *
 * `key`, `value` and `id` are values in the bytes of their order, so rows of one key are neighbours. Numbers are big endian.
 */
import { utf8Decode, utf8Encode } from '@skein/base';
import type { DocumentReader, ScopeId } from '../store/document-store.ts';

export const TURN_ROW = utf8Encode('aggregation/turn');
export const NEXT_ROW = utf8Encode('aggregation/next');
const NAMED = utf8Encode('aggregation/named/');
const SCHEDULED = utf8Encode('aggregation/scheduled/');
const WAITING = utf8Encode('aggregation/waiting/');
const PREFIXES = {
  pending: utf8Encode('aggregation/pending/'),
  snapshot: utf8Encode('aggregation/snapshot/'),
  seen: utf8Encode('aggregation/seen/'),
  eventId: utf8Encode('aggregation/eventId/'),
} as const;

/** Bytes of the order of a key, of a value that `distinct` counts, and of an event's id: longer ones leave the event out of it. */
export const KEY_BYTES_MAX = 600;

export function namedRow(name: string): Uint8Array {
  return concat(NAMED, utf8Encode(name));
}

export function namedRows(): Range {
  return rangeOf(NAMED);
}

/** All rows of one table of one aggregation. */
export function tableRows(table: keyof typeof PREFIXES, number: number): Range {
  return rangeOf(concat(PREFIXES[table], u32(number)));
}

/** All rows of one key. */
export function keyRows(table: 'pending' | 'seen', number: number, key: Uint8Array): Range {
  return rangeOf(concat(PREFIXES[table], u32(number), key));
}

export function pendingRow(number: number, key: Uint8Array, ts: number, id: bigint): Uint8Array {
  return concat(PREFIXES.pending, u32(number), key, u64(BigInt(ts)), u64(id));
}

/** What `pendingRow` was made of. */
export function readPendingRow(row: Uint8Array): {
  readonly key: Uint8Array;
  readonly ts: number;
  readonly id: bigint;
} {
  const view = new DataView(row.buffer, row.byteOffset, row.byteLength);
  const keyEnd = row.byteLength - 16;
  return {
    key: row.subarray(PREFIXES.pending.byteLength + 4, keyEnd),
    // Below 2^53: two halves are cheaper than a bigint.
    ts: view.getUint32(keyEnd) * 2 ** 32 + view.getUint32(keyEnd + 4),
    id: view.getBigUint64(keyEnd + 8),
  };
}

export function snapshotRow(number: number, key: Uint8Array): Uint8Array {
  return concat(PREFIXES.snapshot, u32(number), key);
}

export function seenRow(number: number, key: Uint8Array, measure: number, value: Uint8Array): Uint8Array {
  return concat(PREFIXES.seen, u32(number), key, Uint8Array.of(measure), value);
}

export function eventIdRow(number: number, id: Uint8Array): Uint8Array {
  return concat(PREFIXES.eventId, u32(number), id);
}

export function waitingRow(number: number): Uint8Array {
  return concat(WAITING, u32(number));
}

/** Without `scope`: those of all databases. */
export function scheduledRows(scope?: ScopeId): Range {
  return rangeOf(scope === undefined ? SCHEDULED : concat(SCHEDULED, u32(scope)));
}

export function scheduledRow(scope: ScopeId, name: string): Uint8Array {
  return concat(SCHEDULED, u32(scope), utf8Encode(name));
}

/** What `scheduledRow` was made of. */
export function readScheduledRow(row: Uint8Array): { readonly scope: ScopeId; readonly name: string } {
  const view = new DataView(row.buffer, row.byteOffset, row.byteLength);
  const nameAt = SCHEDULED.byteLength + 4;
  return {
    scope: view.getUint32(SCHEDULED.byteLength) as ScopeId,
    name: utf8Decode(row.subarray(nameAt)),
  };
}

/** What stands behind the number in a row of a key: where `snapshotRow` goes on. */
export function keyOfSnapshotRow(row: Uint8Array): Uint8Array {
  return row.slice(PREFIXES.snapshot.byteLength + 4);
}

export function readCounter(reader: DocumentReader, scope: ScopeId, row: Uint8Array): number {
  const bytes = reader.row(scope, row);
  return bytes === undefined ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
}

export function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

interface Range {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
}

/** All that begin with these bytes. */
function rangeOf(prefix: Uint8Array): Range {
  const to = prefix.slice();
  // The prefixes end in text or in a value's bytes, in which not all are 255.
  let at = to.byteLength - 1;
  while (to[at] === 0xff) at--;
  to[at]! += 1;
  return { from: prefix, to: to.subarray(0, at + 1) };
}

function u64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value);
  return bytes;
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}
