/** Writes values into a buffer: see value-codec.ts. */
import { utf8Encode } from '@skein/base';
import { NESTING_MAX, nestingFault } from '../json/limits.ts';
import { JsonError, parseJson } from '../json/parse-json.ts';
import { renderValue } from '../json/render.ts';
import { Lambda } from '../values/lambda.ts';
import { Ref } from '../values/ref.ts';
import { partsOfSet, SetRef, type SetShape } from '../values/set-ref.ts';
import { FqlDate, Time } from '../values/time.ts';
import { DocumentValue, isArray, type ObjectValue, PageValue, Uuid, type Value } from '../values/value.ts';
import type { ByteBuffer } from './byte-buffer.ts';
import { documentFields, pageFields } from './plain-fields.ts';
import {
  SET_TYPES,
  SHORT_STRING,
  SHORT_STRING_BYTES_MAX,
  SMALL_INTEGER,
  SMALL_INTEGER_MAX,
  TAG,
} from './tags.ts';
import type { RefNames } from './value-codec.ts';

const INT32_MAX = 2n ** 31n - 1n;
const INT32_MIN = -(2n ** 31n);
const NANOSECONDS_PER_SECOND = 1_000_000_000n;
const scratch = new DataView(new ArrayBuffer(8));
const scratchBytes = new Uint8Array(scratch.buffer);

export class ValueWriter {
  readonly #out: ByteBuffer;
  readonly #names: RefNames;

  constructor(out: ByteBuffer, names: RefNames) {
    this.#out = out;
    this.#names = names;
  }

  write(value: Value, depth: number): void {
    const out = this.#out;
    if (typeof value === 'string') this.#string(value);
    else if (typeof value === 'bigint') this.#integer(value);
    else if (typeof value === 'number') {
      out.push(TAG.double);
      // One NaN is enough.
      scratch.setFloat64(0, Number.isNaN(value) ? Number.NaN : value);
      out.append(scratchBytes);
    } else if (value === null) out.push(TAG.null);
    else if (typeof value === 'boolean') out.push(value ? TAG.true : TAG.false);
    else if (depth > NESTING_MAX) throw nestingFault();
    else if (value instanceof Map) this.#object(value, depth + 1);
    else if (isArray(value)) this.#array(TAG.array, value, depth + 1);
    else this.#other(value, depth);
  }

  #other(value: Exclude<Value, null | boolean | bigint | number | string>, depth: number): void {
    const out = this.#out;
    if (value instanceof Ref) this.#ref(value, depth + 1);
    else if (value instanceof Time) this.#time(value);
    else if (value instanceof FqlDate) {
      out.push(TAG.date);
      this.#int64(BigInt(value.epochDay));
    } else if (value instanceof Uint8Array) {
      out.push(TAG.bytes);
      this.#varint(value.length);
      out.append(value);
    } else if (value instanceof Uuid) this.#uuid(value);
    else if (value instanceof DocumentValue) this.#object(documentFields(value), depth + 1);
    else if (value instanceof PageValue) this.#object(pageFields(value), depth + 1);
    else if (value instanceof SetRef) this.#set(value.shape, depth + 1);
    else if (value instanceof Lambda) {
      out.push(TAG.lambda);
      this.#string(lambdaText(value));
    } else this.#object(value as ObjectValue, depth + 1);
  }

  #integer(value: bigint): void {
    const out = this.#out;
    if (value >= 0n && value <= SMALL_INTEGER_MAX) out.push(SMALL_INTEGER + Number(value));
    else if (value >= INT32_MIN && value <= INT32_MAX) {
      const small = Number(value);
      out.push(TAG.integer);
      this.#varint(((small << 1) ^ (small >> 31)) >>> 0);
    } else {
      out.push(TAG.long);
      this.#int64(value);
    }
  }

  /** Below 2^32. */
  #varint(value: number): void {
    const out = this.#out;
    let rest = value;
    while (rest > 0x7f) {
      out.push((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.push(rest);
  }

  #int64(value: bigint): void {
    scratch.setBigInt64(0, value);
    this.#out.append(scratchBytes);
  }

  #string(text: string): void {
    const out = this.#out;
    const { length } = text;
    if (length <= SHORT_STRING_BYTES_MAX) {
      out.reserve(length + 1);
      const { bytes } = out;
      const start = out.length + 1;
      let at = 0;
      for (; at < length; at++) {
        const code = text.charCodeAt(at);
        if (code > 0x7f) break;
        bytes[start + at] = code;
      }
      if (at === length) {
        bytes[start - 1] = SHORT_STRING + length;
        out.length = start + length;
        return;
      }
    }
    const encoded = utf8Encode(text);
    if (encoded.length <= SHORT_STRING_BYTES_MAX) out.push(SHORT_STRING + encoded.length);
    else {
      out.push(TAG.string);
      this.#varint(encoded.length);
    }
    out.append(encoded);
  }

  #array(tag: number, items: readonly Value[], depth: number): void {
    this.#out.push(tag);
    this.#varint(items.length);
    for (const item of items) this.write(item, depth);
  }

  #object(fields: ObjectValue, depth: number): void {
    this.#out.push(TAG.object);
    this.#varint(fields.size);
    for (const [key, value] of fields) {
      this.#string(key);
      this.write(value, depth);
    }
  }

  #time({ nanoseconds }: Time): void {
    let second = nanoseconds / NANOSECONDS_PER_SECOND;
    if (second * NANOSECONDS_PER_SECOND > nanoseconds) second -= 1n;
    this.#out.push(TAG.time);
    this.#int64(second);
    scratch.setUint32(0, Number(nanoseconds - second * NANOSECONDS_PER_SECOND));
    this.#out.append(scratchBytes.subarray(0, 4));
  }

  #uuid({ text }: Uuid): void {
    this.#out.push(TAG.uuid);
    const digits = text.replaceAll('-', '');
    for (let at = 0; at < 32; at += 2) this.#out.push(Number.parseInt(digits.slice(at, at + 2), 16));
  }

  #ref(ref: Ref, depth: number): void {
    if (depth > NESTING_MAX) throw nestingFault();
    const out = this.#out;
    const key = this.#names.resolve(ref);
    if (key !== undefined) {
      out.push(TAG.ref);
      this.#varint(key.scope);
      this.#varint(key.collection);
      this.#int64(key.id);
      return;
    }
    out.push(TAG.namedRef);
    out.push((ref.collection === undefined ? 0 : 1) | (ref.database === undefined ? 0 : 2));
    this.#string(ref.id);
    if (ref.collection !== undefined) this.#ref(ref.collection, depth + 1);
    if (ref.database !== undefined) this.#ref(ref.database, depth + 1);
  }

  #set(shape: SetShape, depth: number): void {
    this.#out.push(TAG.set);
    this.#array(SET_TYPES.indexOf(shape.type), partsOfSet(shape), depth);
  }
}

/** Text that can be read again: what a lambda closes over takes more levels there than as a value. */
function lambdaText(lambda: Lambda): string {
  const text = renderValue(lambda);
  try {
    parseJson(utf8Encode(text));
  } catch (error) {
    throw error instanceof JsonError ? nestingFault() : error;
  }
  return text;
}
