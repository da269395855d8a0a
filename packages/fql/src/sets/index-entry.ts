/** How index entries are written down: shared by who writes them and who reads them. */
import type { RefNames } from '../codec/value-codec.ts';
import { OrderKeyWriter, orderKeyOf } from '../order/order-key.ts';
import type { CollectionId, Entry } from '../store/document-store.ts';
import type { Value } from '../values/value.ts';

/** `collection (4) | id (8)`, big endian: the end of every entry's key. */
export const DOCUMENT_BYTES = 12;

/** `EntrySet.terms`: the key of the array of them, so that none is the prefix of another. */
export function termsBytes(terms: readonly Value[], names: RefNames): Uint8Array {
  return orderKeyOf(terms, names);
}

/** `Entry.order`: values, or the first few of them, one after the other. `reversed` says which of the values sort backwards. */
export function orderBytes(
  values: readonly Value[],
  reversed: readonly boolean[],
  names: RefNames,
): Uint8Array {
  const writer = new OrderKeyWriter(names);
  for (const [at, value] of values.entries()) writer.add(value, { reverse: reversed[at] === true });
  return writer.finish();
}

export function documentBytes(document: {
  readonly collection: CollectionId;
  readonly id: bigint;
}): Uint8Array {
  const bytes = new Uint8Array(DOCUMENT_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, document.collection);
  view.setBigUint64(4, document.id);
  return bytes;
}

/** The bytes that `EntryRange` compares with. */
export function entryKey(entry: Pick<Entry, 'order' | 'collection' | 'id'>): Uint8Array {
  const { order } = entry;
  const bytes = new Uint8Array(order.length + DOCUMENT_BYTES);
  bytes.set(order);
  const view = new DataView(bytes.buffer);
  view.setUint32(order.length, entry.collection);
  view.setBigUint64(order.length + 4, entry.id);
  return bytes;
}
