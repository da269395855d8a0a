/**
 * Values of the tables (`docs/formats/documents-v1.md`). Encoding fills one shared scratch, whose bytes LMDB copies at once; decoding
 * reads where LMDB left the bytes and copies what it returns. Numbers are big endian.
 */
import { assert, CorruptionError } from '@skein/base';
import type { CollectionId, DocumentKey, ScopeId, StoredVersion } from '@skein/fql/document-store';
import { copyBytes } from './key-buffer.ts';

/** What LMDB reads a value from: `bytes.start` to `bytes.end`. Its memory address is remembered on it by LMDB's wrapper. */
export type Scratch = Uint8Array & { start: number; end: number };

/** An entry's value: in the table of current ones `time` is when it began, in that of ended ones when it ended. */
export interface EntryRow {
  readonly time: number;
  /** The full order, where the key holds only its beginning. */
  readonly order: Uint8Array | undefined;
  readonly body: Uint8Array;
}

/** A version in history, which knows when it ended. */
export interface PastVersion {
  readonly end: number;
  readonly action: StoredVersion['action'];
  readonly body: Uint8Array;
}

const ACTIONS = ['create', 'update', 'delete'] as const;
const TWO_32 = 2 ** 32;

let scratch: Scratch = newScratch(4096);
let view = new DataView(scratch.buffer);

function newScratch(byteLength: number): Scratch {
  // Not pooled, and beginning at its buffer's first byte: LMDB's wrapper adds `start` to the address of the buffer.
  return Object.assign(new Uint8Array(byteLength), { start: 0, end: 0 });
}

function begin(byteLength: number): Scratch {
  if (byteLength > scratch.length) {
    scratch = newScratch(byteLength * 2);
    view = new DataView(scratch.buffer);
  } else if (scratch.length > SCRATCH_BYTES_KEPT_MAX && byteLength <= SCRATCH_BYTES_KEPT_MAX) {
    scratch = newScratch(SCRATCH_BYTES_KEPT_MAX);
    view = new DataView(scratch.buffer);
  }
  scratch.end = byteLength;
  return scratch;
}

/** A giant value's scratch is not kept for ever. */
const SCRATCH_BYTES_KEPT_MAX = 1024 ** 2;

function putTime(at: number, time: number): void {
  view.setUint32(at, Math.floor(time / TWO_32));
  view.setUint32(at + 4, time % TWO_32);
}

function readU32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

function readTime(bytes: Uint8Array, at: number): number {
  return readU32(bytes, at) * TWO_32 + readU32(bytes, at + 4);
}

function wellFormed(condition: boolean, expected: string): asserts condition {
  if (!condition) throw new CorruptionError({ file: 'documents.mdb', offset: 0, expected });
}

export function encodeRaw(bytes: Uint8Array): Scratch {
  const target = begin(bytes.length);
  target.set(bytes);
  return target;
}

export function decodeRaw(bytes: Uint8Array, length: number): Uint8Array {
  return copyBytes(bytes, 0, length);
}

/** ts 8 | action 1 | body */
export function encodeVersion({ ts, action, body }: StoredVersion): Scratch {
  const target = begin(9 + body.length);
  putTime(0, ts);
  target[8] = ACTIONS.indexOf(action);
  target.set(body, 9);
  return target;
}

export function decodeVersion(bytes: Uint8Array, length: number): StoredVersion {
  const action = ACTIONS[bytes[8]!];
  wellFormed(length >= 9 && action !== undefined, 'a version');
  return { ts: readTime(bytes, 0), action, body: copyBytes(bytes, 9, length) };
}

/** end 8 | action 1 | body */
export function encodePast({ end, action, body }: PastVersion): Scratch {
  return encodeVersion({ ts: end, action, body });
}

export function decodePast(bytes: Uint8Array, length: number): PastVersion {
  const { ts, action, body } = decodeVersion(bytes, length);
  return { end: ts, action, body };
}

/** time 8 | length of order 4, 0 when the key has all of it | order | body */
export function encodeEntry({ time, order, body }: EntryRow): Scratch {
  const orderLength = order?.length ?? 0;
  const target = begin(12 + orderLength + body.length);
  putTime(0, time);
  view.setUint32(8, orderLength);
  if (order !== undefined) target.set(order, 12);
  target.set(body, 12 + orderLength);
  return target;
}

export function decodeEntry(bytes: Uint8Array, length: number): EntryRow {
  const orderLength = length < 12 ? 0 : readU32(bytes, 8);
  wellFormed(length >= 12 + orderLength, 'an entry');
  return {
    time: readTime(bytes, 0),
    order: orderLength === 0 ? undefined : copyBytes(bytes, 12, 12 + orderLength),
    body: copyBytes(bytes, 12 + orderLength, length),
  };
}

/** scope 4 | collection 4 | id 8, for each document */
export function encodeChanges(documents: readonly DocumentKey[]): Scratch {
  const target = begin(16 * documents.length);
  for (const [at, { scope, collection, id }] of documents.entries()) {
    view.setUint32(16 * at, scope);
    view.setUint32(16 * at + 4, collection);
    view.setBigUint64(16 * at + 8, id);
  }
  return target;
}

export function decodeChanges(bytes: Uint8Array, length: number): readonly DocumentKey[] {
  wellFormed(length % 16 === 0, 'keys of documents');
  return Array.from({ length: length / 16 }, (_, nth) => ({
    scope: readU32(bytes, 16 * nth) as ScopeId,
    collection: readU32(bytes, 16 * nth + 4) as CollectionId,
    id: (BigInt(readU32(bytes, 16 * nth + 8)) << 32n) | BigInt(readU32(bytes, 16 * nth + 12)),
  }));
}

export function encodeNumber(value: number): Scratch {
  assert(Number.isSafeInteger(value) && value >= 0, 'numbers of the store are below 2^53');
  const target = begin(8);
  putTime(0, value);
  return target;
}

export function decodeNumber(bytes: Uint8Array, length: number): number {
  wellFormed(length === 8, 'a number of 8 bytes');
  return readTime(bytes, 0);
}

export function encodeNothing(): Scratch {
  return begin(0);
}

export function decodeNothing(): undefined {
  return undefined;
}
