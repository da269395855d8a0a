/**
 * Values as bytes whose order is the order of the values: keys of index entries and of terms. A byte for the type (kinds.ts), then
 *
 *   number   the double at or below it (8, sign turned so that bytes ascend), then 01: that integer, 02: that double,
 *            03 and two bytes: the integer so much above it
 *   bytes    escaped-bytes.ts     string   collation.ts
 *   array    items, 01            object   of each field, by key: 02, key as a string, value; then 01
 *   ref      01 native collection (1) | 02 scope (4) collection (4) id (8) | 03 by its names: what does not exist
 *   time     seconds (8), nanoseconds (4)     date   day (8)     uuid   16 bytes
 *   lambda   its JSON text, as bytes
 *
 * Whole numbers are big endian, signed ones with the sign bit turned. No key is a proper prefix of another one, so keys can stand one behind the other,
 * and each can have its bits inverted where it is to sort backwards. An integer and the double equal to it are neighbours, and differ.
 */
import { utf8Encode } from '@skein/base';
import { type ByteBuffer, bytesOf } from '../codec/byte-buffer.ts';
import type { RefNames } from '../codec/value-codec.ts';
import { NESTING_MAX, nestingFault } from '../json/limits.ts';
import { renderValue } from '../json/render.ts';
import { NATIVE_COLLECTION_IDS } from '../schema/schema.ts';
import { Lambda } from '../values/lambda.ts';
import { NATIVE_COLLECTIONS, Ref } from '../values/ref.ts';
import { FqlDate, Time } from '../values/time.ts';
import { isArray, Uuid, type Value } from '../values/value.ts';
import { appendCollation, LEVEL_END } from './collation.ts';
import { appendEscaped } from './escaped-bytes.ts';
import { KIND, kindOf, sortedFields } from './kinds.ts';

const END = LEVEL_END;
const FIELD = 0x02;
const NATIVE_REF = 0x01;
const STORED_REF = 0x02;
const NAMED_REF = 0x03;
const EXACT_INTEGER = 0x01;
const EXACT_DOUBLE = 0x02;
const INTEGER_ABOVE = 0x03;
const NANOSECONDS_PER_SECOND = 1_000_000_000n;
/** Longer than the ends of all keys of the store. */
const LARGEST_BYTES = 16;

const scratch = new DataView(new ArrayBuffer(8));
const scratchBytes = new Uint8Array(scratch.buffer);

/** Throws a fault for a value that is nested more deeply than `NESTING_MAX`. */
export function orderKeyOf(value: Value, names: RefNames): Uint8Array<ArrayBuffer> {
  return bytesOf((out) => append(value, out, names, 0));
}

/** Key of several values, each forwards or backwards: a prefix of the values gives a prefix of the bytes. */
export class OrderKeyWriter {
  readonly #names: RefNames;
  readonly #parts: { readonly value: Value; readonly reverse: boolean }[] = [];

  constructor(names: RefNames) {
    this.#names = names;
  }

  add(value: Value, options: { readonly reverse?: boolean | undefined } = {}): this {
    this.#parts.push({ value, reverse: options.reverse === true });
    return this;
  }

  finish(): Uint8Array<ArrayBuffer> {
    return bytesOf((out) => {
      for (const { value, reverse } of this.#parts) {
        const start = out.length;
        append(value, out, this.#names, 0);
        if (reverse) for (let at = start; at < out.length; at++) out.bytes[at] = out.bytes[at]! ^ 0xff;
      }
    });
  }
}

/** Above all bytes that begin with `bytes`, and at or below all others that are above `bytes`. */
export function afterPrefix(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  let length = bytes.length;
  while (length > 0 && bytes[length - 1] === 0xff) length--;
  // Nothing but ff: no key begins so.
  if (length === 0) return new Uint8Array(bytes.length + LARGEST_BYTES).fill(0xff);
  const after = new Uint8Array(bytes.subarray(0, length));
  after[length - 1] = after[length - 1]! + 1;
  return after;
}

function append(value: Value, out: ByteBuffer, names: RefNames, depth: number): void {
  const kind = kindOf(value);
  out.push(kind);
  if (typeof value === 'string') appendCollation(value, out);
  else if (typeof value === 'bigint') appendInteger(value, out);
  else if (typeof value === 'number') {
    appendDouble(value, out);
    out.push(EXACT_DOUBLE);
  } else if (kind === KIND.array || kind === KIND.object) {
    if (depth > NESTING_MAX) throw nestingFault();
    if (isArray(value)) for (const item of value) append(item, out, names, depth + 1);
    else {
      for (const [key, field] of sortedFields(value)) {
        out.push(FIELD);
        appendCollation(key, out);
        append(field, out, names, depth + 1);
      }
    }
    out.push(END);
  } else if (value instanceof Ref) appendRef(value, out, names);
  else if (value instanceof Uint8Array) appendEscaped(value, out);
  else if (value instanceof Time) appendTime(value, out);
  else if (value instanceof FqlDate) appendLong(BigInt(value.epochDay), out);
  else if (value instanceof Lambda) appendEscaped(utf8Encode(renderValue(value)), out);
  else if (value instanceof Uuid) appendUuid(value, out);
}

function appendDouble(double: number, out: ByteBuffer): void {
  scratch.setFloat64(0, double);
  if (Number.isNaN(double)) scratch.setBigUint64(0, 0x7ff8n << 48n);
  const isNegative = scratchBytes[0]! >= 0x80;
  if (isNegative) for (let at = 0; at < 8; at++) scratchBytes[at] = scratchBytes[at]! ^ 0xff;
  else scratchBytes[0] = scratchBytes[0]! | 0x80;
  out.append(scratchBytes);
}

function appendInteger(integer: bigint, out: ByteBuffer): void {
  const below = doubleAtOrBelow(integer);
  appendDouble(below, out);
  const rest = Number.isSafeInteger(below) ? 0 : Number(integer - BigInt(below));
  if (rest === 0) out.push(EXACT_INTEGER);
  else {
    out.push(INTEGER_ABOVE);
    out.push(rest >>> 8);
    out.push(rest & 0xff);
  }
}

function doubleAtOrBelow(integer: bigint): number {
  const nearest = Number(integer);
  if (Number.isSafeInteger(nearest) || BigInt(nearest) <= integer) return nearest;
  scratch.setFloat64(0, nearest);
  scratch.setBigInt64(0, scratch.getBigInt64(0) + (nearest > 0 ? -1n : 1n));
  return scratch.getFloat64(0);
}

function appendLong(long: bigint, out: ByteBuffer): void {
  scratch.setBigInt64(0, long);
  scratchBytes[0] = scratchBytes[0]! ^ 0x80;
  out.append(scratchBytes);
}

function appendUint32(value: number, out: ByteBuffer): void {
  scratch.setUint32(0, value);
  out.append(scratchBytes.subarray(0, 4));
}

function appendTime({ nanoseconds }: Time, out: ByteBuffer): void {
  let second = nanoseconds / NANOSECONDS_PER_SECOND;
  if (second * NANOSECONDS_PER_SECOND > nanoseconds) second -= 1n;
  appendLong(second, out);
  appendUint32(Number(nanoseconds - second * NANOSECONDS_PER_SECOND), out);
}

function appendUuid({ text }: Uuid, out: ByteBuffer): void {
  const digits = text.replaceAll('-', '');
  for (let at = 0; at < 32; at += 2) out.push(Number.parseInt(digits.slice(at, at + 2), 16));
}

function appendRef(ref: Ref, out: ByteBuffer, names: RefNames): void {
  const native = nativeNumber(ref);
  if (native !== undefined) {
    out.push(NATIVE_REF);
    out.push(native);
    return;
  }
  const key = names.resolve(ref);
  if (key === undefined) {
    appendNamedRef(ref, out, 0);
    return;
  }
  out.push(STORED_REF);
  appendUint32(key.scope, out);
  appendUint32(key.collection, out);
  appendLong(key.id, out);
}

/** 03, then database, collection and id: 01 for none. */
function appendNamedRef(ref: Ref, out: ByteBuffer, depth: number): void {
  if (depth > NESTING_MAX) throw nestingFault();
  out.push(NAMED_REF);
  for (const part of [ref.database, ref.collection]) {
    if (part === undefined) out.push(END);
    else appendNamedRef(part, out, depth + 1);
  }
  appendCollation(ref.id, out);
}

/** Of `collections`, `keys` …: undefined for other refs. */
export function nativeNumber(ref: Ref): number | undefined {
  if (ref.collection !== undefined || ref.database !== undefined) return undefined;
  const native = NATIVE_COLLECTIONS.find((name) => name === ref.id);
  return native === undefined ? undefined : NATIVE_COLLECTION_IDS[native];
}
