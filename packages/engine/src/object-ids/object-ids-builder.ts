/**
 * Object ids of a segment: docId → objectID, and back through a hash table.
 *
 *   ids.offsets: u32[docCount + 1]     byte offsets into ids.text
 *   ids.text:    UTF-8 of all object ids, in docId order
 *   ids.table:   u32[2^k]              open addressing by `hashObjectID`; docId + 1, 0 is empty; at most half full
 */
import { GrowingBytes } from '../segment/growing-array.ts';
import type { Section } from '../segment/section.ts';

/** `order[docId]` says which of `objectIDs` the record has. */
export function buildObjectIDs(objectIDs: readonly string[], order: Uint32Array): readonly Section[] {
  const offsets = new Uint32Array(order.length + 1);
  const text = new GrowingBytes(order.length * 12 + 64);
  const table = new Uint32Array(tableLength(order.length));
  const mask = table.length - 1;
  for (let docId = 0; docId < order.length; docId++) {
    text.appendText(objectIDs[order[docId]!]!);
    offsets[docId + 1] = text.count;
    let slot = hashBytes(text.view(), offsets[docId]!, text.count) & mask;
    while (table[slot] !== 0) slot = (slot + 1) & mask;
    table[slot] = docId + 1;
  }
  return [
    { name: 'ids.offsets', bytes: new Uint8Array(offsets.buffer) },
    { name: 'ids.text', bytes: text.view() },
    { name: 'ids.table', bytes: new Uint8Array(table.buffer) },
  ];
}

/** FNV-1a with a final mix, so that the low bits depend on every byte. */
export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}

function tableLength(count: number): number {
  let length = 2;
  while (length < count * 2) length *= 2;
  return length;
}
