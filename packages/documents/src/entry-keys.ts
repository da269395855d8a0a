/**
 * Keys of index entries, and reading them in the exact order of their full bytes.
 *
 *   scope 4 | index 4 | terms | order | collection 4 | id 8 (| from 8 in the table of ended ones)
 *
 *   terms   length 1 | bytes        or, when longer than 254:    255 | SHA-256 32
 *   order   the bytes themselves    or, when longer than 1,024:  the first 1,024 | the first 16 bytes of their SHA-256
 *
 * Inside a set no order is a proper prefix of another, so a short order and a long one differ within the first 1,024 bytes. Long ones
 * that agree in all of these stand together; such a group is read whole and sorted. That costs memory for the group, which only texts
 * with so long a common beginning form.
 */
import { createHash } from 'node:crypto';
import { assert, compareBytes } from '@skein/base';
import type { CollectionId, Entry, EntryRange, EntrySet, EntrySpan } from '@skein/fql/document-store';
import type { EntryRow } from './codecs.ts';
import { KeyBuffer, type KeyView } from './key-buffer.ts';
import { ORDER_BYTES_INLINE_MAX, ORDER_BYTES_MAX, TERMS_BYTES_INLINE_MAX } from './limits.ts';
import type { ReadScope, Table } from './tables.ts';

type Place = Pick<Entry, 'order' | 'collection' | 'id'>;

export function setKey(target: KeyBuffer, { scope, index, terms }: EntrySet): KeyBuffer {
  target.clear().u32(scope).u32(index);
  if (terms.length <= TERMS_BYTES_INLINE_MAX) return target.u8(terms.length).raw(terms);
  return target.u8(255).raw(createHash('sha256').update(terms).digest());
}

export function entryKey(target: KeyBuffer, set: EntrySet, { order, collection, id }: Place): KeyBuffer {
  setKey(target, set);
  if (isLong(order)) {
    assert(order.length <= ORDER_BYTES_MAX, `the order of an entry has at most ${ORDER_BYTES_MAX} bytes`);
    target.raw(order, 0, ORDER_BYTES_INLINE_MAX).raw(createHash('sha256').update(order).digest(), 0, 16);
  } else {
    target.raw(order);
  }
  return target.u32(collection).u64(id);
}

/** What the value has to hold of the order. */
export function orderInValue(order: Uint8Array): Uint8Array | undefined {
  return isLong(order) ? order : undefined;
}

function isLong(order: Uint8Array): boolean {
  return order.length > ORDER_BYTES_INLINE_MAX;
}

/** Entries of one table, inside the bounds, in the order of bytes and `from`. */
export function* readSpans(
  table: Table<EntryRow>,
  kind: 'current' | 'ended',
  set: EntrySet,
  range: Omit<EntryRange, 'at'>,
  scope: ReadScope,
): Generator<EntrySpan> {
  const start = setKey(new KeyBuffer(), set);
  const prefixLength = start.length;
  const end = new KeyBuffer().raw(start.bytes, 0, prefixLength);
  const { from, to, reverse = false } = range;
  if (from !== undefined) start.raw(from, 0, Math.min(from.length, ORDER_BYTES_INLINE_MAX));
  if (to === undefined) end.afterPrefix();
  else if (to.length <= ORDER_BYTES_INLINE_MAX) end.raw(to);
  else end.raw(to, 0, ORDER_BYTES_INLINE_MAX).afterPrefix();
  // A longer bound is only begun by the key's bounds; the rest of it is compared entry by entry.
  const low = from !== undefined && from.length > ORDER_BYTES_INLINE_MAX ? from : undefined;
  const high = to !== undefined && to.length > ORDER_BYTES_INLINE_MAX ? to : undefined;
  const isInside = (span: EntrySpan): boolean =>
    (low === undefined || comparePlaceWith(span, low) >= 0) &&
    (high === undefined || comparePlaceWith(span, high) < 0);

  let group: EntrySpan[] = [];
  for (const { key, value } of table.range({ start, end, reverse }, scope)) {
    const span = decodeSpan(kind, key, prefixLength, value);
    if (group.length > 0 && !(isLong(span.order) && isSameGroup(group[0]!, span))) {
      yield* sorted(group, reverse).filter(isInside);
      group = [];
    }
    if (isLong(span.order)) group.push(span);
    else if (isInside(span)) yield span;
  }
  yield* sorted(group, reverse).filter(isInside);
}

/** Two streams in order become one. Both are closed, whenever it ends. */
export function* mergeSpans(
  first: Generator<EntrySpan>,
  second: Generator<EntrySpan>,
  reverse: boolean,
): Generator<EntrySpan> {
  try {
    let a = first.next();
    let b = second.next();
    while (a.done !== true && b.done !== true) {
      const order = compareSpans(a.value, b.value);
      if (reverse ? order > 0 : order < 0) {
        yield a.value;
        a = first.next();
      } else {
        yield b.value;
        b = second.next();
      }
    }
    for (; a.done !== true; a = first.next()) yield a.value;
    for (; b.done !== true; b = second.next()) yield b.value;
  } finally {
    first.return(undefined);
    second.return(undefined);
  }
}

function decodeSpan(kind: 'current' | 'ended', key: KeyView, prefixLength: number, row: EntryRow): EntrySpan {
  const placeEnd = kind === 'ended' ? key.length - 8 : key.length;
  return {
    order: row.order ?? key.slice(prefixLength, placeEnd - 12),
    collection: key.u32(placeEnd - 12) as CollectionId,
    id: key.u64(placeEnd - 8),
    body: row.body,
    from: kind === 'ended' ? key.time(placeEnd) : row.time,
    to: kind === 'ended' ? row.time : undefined,
  };
}

function isSameGroup(a: EntrySpan, b: EntrySpan): boolean {
  for (let at = 0; at < ORDER_BYTES_INLINE_MAX; at++) if (a.order[at] !== b.order[at]) return false;
  return true;
}

function sorted(group: EntrySpan[], reverse: boolean): EntrySpan[] {
  if (group.length > 1) group.sort(reverse ? (a, b) => compareSpans(b, a) : compareSpans);
  return group;
}

function compareSpans(a: EntrySpan, b: EntrySpan): number {
  const order = compareBytes(a.order, b.order) || a.collection - b.collection;
  if (order !== 0) return order;
  if (a.id !== b.id) return a.id < b.id ? -1 : 1;
  return a.from - b.from;
}

/** Compares `order ++ collection ++ id` with a bound. */
function comparePlaceWith({ order, collection, id }: Place, bound: Uint8Array): number {
  const common = compareBytes(order, bound.subarray(0, order.length));
  if (common !== 0 || bound.length <= order.length) return common === 0 ? 1 : common;
  const tail = new Uint8Array(12);
  const view = new DataView(tail.buffer);
  view.setUint32(0, collection);
  view.setBigUint64(4, id);
  return compareBytes(tail, bound.subarray(order.length));
}
