/** Reads what ValueWriter wrote, and refuses everything else: see value-codec.ts. */
import { CorruptionError, compareBytes, utf8Decode, utf8Encode } from '@skein/base';
import { FqlFault } from '../evaluate/fql-error.ts';
import { NESTING_MAX } from '../json/limits.ts';
import { parseRequest } from '../parse/parse.ts';
import type { CollectionId, ScopeId } from '../store/document-store.ts';
import { Lambda } from '../values/lambda.ts';
import { Ref } from '../values/ref.ts';
import { SetRef, type SetShape } from '../values/set-ref.ts';
import { FqlDate, Time } from '../values/time.ts';
import { Uuid, type Value } from '../values/value.ts';
import {
  SET_TYPES,
  SHORT_STRING,
  SHORT_STRING_BYTES_MAX,
  SMALL_INTEGER,
  SMALL_INTEGER_MAX,
  TAG,
} from './tags.ts';
import type { RefNames } from './value-codec.ts';

const NANOSECONDS_PER_SECOND = 1_000_000_000n;
const SMALL_INTEGERS = Array.from({ length: Number(SMALL_INTEGER_MAX) + 1 }, (_, at) => BigInt(at));
/** Names of fields come again and again: those of up to this many bytes are kept and found by their bytes. */
const KEPT_KEY_BYTES_MAX = 32;
const keptKeys: (string | undefined)[] = new Array<string | undefined>(1024).fill(undefined);

export class ValueReader {
  readonly #bytes: Uint8Array;
  readonly #names: RefNames;
  #view: DataView | undefined;
  #at = 0;

  constructor(bytes: Uint8Array, names: RefNames) {
    this.#bytes = bytes;
    this.#names = names;
  }

  readAll(): Value {
    const value = this.#value(0);
    if (this.#at !== this.#bytes.length) this.damaged('the end');
    return value;
  }

  damaged(expected: string): never {
    throw new CorruptionError({ file: 'stored value', offset: this.#at, expected });
  }

  #value(depth: number): Value {
    const tag = this.#byte();
    if (tag >= SMALL_INTEGER) return SMALL_INTEGERS[tag - SMALL_INTEGER]!;
    if (tag >= SHORT_STRING) return this.#text(tag - SHORT_STRING);
    switch (tag) {
      case TAG.null:
        return null;
      case TAG.false:
        return false;
      case TAG.true:
        return true;
      case TAG.integer:
        return this.#integer();
      case TAG.long:
        return this.#long();
      case TAG.double: {
        const double = this.#dataView(8).getFloat64(this.#at - 8);
        if (Number.isNaN(double) && !this.#isPlainNaN()) this.damaged('the one NaN');
        return double;
      }
      case TAG.string:
        return this.#longText();
      case TAG.bytes: {
        const count = this.#varint();
        // A copy: what is read may lie in the store's memory (and `slice` of a Buffer is none).
        return new Uint8Array(this.#take(count));
      }
      case TAG.array:
        return this.#items(depth + 1);
      case TAG.object:
        return this.#object(depth + 1);
      case TAG.time:
        return this.#time();
      case TAG.date:
        return this.#date();
      case TAG.uuid:
        return this.#uuid();
      case TAG.ref:
        return this.#ref();
      case TAG.namedRef:
        return this.#namedRef(depth + 1);
      case TAG.set:
        return this.#set(depth + 1);
      case TAG.lambda:
        return this.#lambda();
      default:
        this.#at--;
        return this.damaged('a tag');
    }
  }

  #checkDepth(depth: number): void {
    if (depth > NESTING_MAX) this.damaged(`no more than ${NESTING_MAX} levels`);
  }

  #byte(): number {
    if (this.#at >= this.#bytes.length) this.damaged('more bytes');
    return this.#bytes[this.#at++]!;
  }

  /** The next `count` bytes, which are passed. */
  #take(count: number): Uint8Array {
    const end = this.#at + count;
    if (end > this.#bytes.length) this.damaged(`${count} more bytes`);
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  /** The whole, with the next `count` bytes passed. */
  #dataView(count: number): DataView {
    if (this.#at + count > this.#bytes.length) this.damaged(`${count} more bytes`);
    this.#at += count;
    this.#view ??= new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength);
    return this.#view;
  }

  /** Below 2^32, in as few bytes as it takes. */
  #varint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) {
        if (value > 0xffff_ffff || (byte === 0 && shift > 0)) this.damaged('a number of 32 bits');
        return value;
      }
      if (shift >= 28) this.damaged('a number of 32 bits');
    }
  }

  #integer(): bigint {
    const zigzag = this.#varint();
    const value = (zigzag >>> 1) ^ -(zigzag & 1);
    if (value >= 0 && value < SMALL_INTEGERS.length) this.damaged('a shorter integer');
    return BigInt(value);
  }

  #long(): bigint {
    const value = this.#dataView(8).getBigInt64(this.#at - 8);
    if (BigInt.asIntN(32, value) === value) this.damaged('a shorter integer');
    return value;
  }

  #isPlainNaN(): boolean {
    return (
      this.#bytes[this.#at - 8] === 0x7f && this.#dataView(0).getBigUint64(this.#at - 8) === 0x7ff8n << 48n
    );
  }

  #string(): string {
    const tag = this.#byte();
    if (tag >= SHORT_STRING && tag < SMALL_INTEGER) return this.#text(tag - SHORT_STRING);
    if (tag !== TAG.string) this.damaged('a string');
    return this.#longText();
  }

  #longText(): string {
    const count = this.#varint();
    if (count <= SHORT_STRING_BYTES_MAX) this.damaged('a short string');
    return this.#text(count);
  }

  #text(count: number): string {
    const taken = this.#take(count);
    const text = utf8Decode(taken);
    // Decoders drop a byte order mark, and put U+FFFD for what is no UTF-8.
    const hasMark = count >= 3 && taken[0] === 0xef && taken[1] === 0xbb && taken[2] === 0xbf;
    const whole = hasMark ? `\ufeff${text}` : text;
    if (text.includes('\ufffd') && compareBytes(utf8Encode(whole), taken) !== 0) this.damaged('UTF-8');
    return whole;
  }

  #key(): string {
    const tag = this.#bytes[this.#at] ?? 0;
    const count = tag - SHORT_STRING;
    if (count < 1 || count > KEPT_KEY_BYTES_MAX || this.#at + count >= this.#bytes.length)
      return this.#string();
    const bytes = this.#bytes;
    const start = this.#at + 1;
    let hash = count;
    for (let at = start; at < start + count; at++) hash = (Math.imul(hash, 31) + bytes[at]!) | 0;
    const slot = (hash ^ (hash >>> 10)) & 1023;
    const kept = keptKeys[slot];
    if (kept !== undefined && kept.length === count) {
      let at = 0;
      while (at < count && kept.charCodeAt(at) === bytes[start + at]) at++;
      if (at === count) {
        this.#at = start + count;
        return kept;
      }
    }
    const text = this.#string();
    // Only what has one byte for each character can be compared as above.
    if (text.length === count) keptKeys[slot] = text;
    return text;
  }

  /** `depth`: that of the items, one more than their container's. */
  #items(depth: number): Value[] {
    this.#checkDepth(depth - 1);
    const count = this.#count();
    const items: Value[] = [];
    for (let at = 0; at < count; at++) items.push(this.#value(depth));
    return items;
  }

  #object(depth: number): Map<string, Value> {
    this.#checkDepth(depth - 1);
    const count = this.#count();
    const fields = new Map<string, Value>();
    for (let at = 0; at < count; at++) fields.set(this.#key(), this.#value(depth));
    if (fields.size !== count) this.damaged('different keys');
    return fields;
  }

  /** Each takes at least a byte, so a damaged count never makes the reader allocate. */
  #count(): number {
    const count = this.#varint();
    if (count > this.#bytes.length - this.#at) this.damaged('a smaller count');
    return count;
  }

  #time(): Time {
    const second = this.#dataView(8).getBigInt64(this.#at - 8);
    const nanosecond = this.#dataView(4).getUint32(this.#at - 4);
    if (nanosecond > 999_999_999) this.damaged('nanoseconds');
    return new Time(second * NANOSECONDS_PER_SECOND + BigInt(nanosecond));
  }

  #date(): FqlDate {
    const day = Number(this.#dataView(8).getBigInt64(this.#at - 8));
    if (!Number.isSafeInteger(day)) this.damaged('a day');
    return new FqlDate(day);
  }

  #uuid(): Uuid {
    const digits = Array.from(this.#take(16), (byte) => byte.toString(16).padStart(2, '0')).join('');
    const parts = [
      digits.slice(0, 8),
      digits.slice(8, 12),
      digits.slice(12, 16),
      digits.slice(16, 20),
      digits.slice(20),
    ];
    return new Uuid(parts.join('-'));
  }

  #ref(): Ref {
    const scope = this.#varint() as ScopeId;
    const collection = this.#varint() as CollectionId;
    const id = this.#dataView(8).getBigInt64(this.#at - 8);
    if (id < 0n) this.damaged('an id');
    return this.#names.refOf({ scope, collection, id });
  }

  #namedRef(depth: number): Ref {
    this.#checkDepth(depth);
    const flags = this.#byte();
    if (flags > 3) this.damaged('flags of a ref');
    const id = this.#string();
    const collection = (flags & 1) === 0 ? undefined : this.#innerRef(depth);
    const database = (flags & 2) === 0 ? undefined : this.#innerRef(depth);
    return new Ref(id, collection, database);
  }

  #innerRef(depth: number): Ref {
    const tag = this.#byte();
    if (tag === TAG.ref) return this.#ref();
    return tag === TAG.namedRef ? this.#namedRef(depth + 1) : this.damaged('a ref');
  }

  #set(depth: number): SetRef {
    const type = SET_TYPES[this.#byte()];
    const shape = type === undefined ? undefined : shapeOf(type, this.#items(depth));
    return shape === undefined ? this.damaged('a set') : new SetRef(shape);
  }

  #lambda(): Lambda {
    const text = this.#string();
    try {
      const expression = parseRequest(utf8Encode(text));
      if (expression.kind === 'literal' && expression.value instanceof Lambda) return expression.value;
    } catch (error) {
      if (!(error instanceof FqlFault)) throw error;
    }
    return this.damaged('a lambda');
  }
}

function shapeOf(type: (typeof SET_TYPES)[number], parts: readonly Value[]): SetShape | undefined {
  const [first, second, third] = parts;
  switch (type) {
    case 'match':
      return first instanceof Ref && parts.length <= 2 ? { type, index: first, terms: second } : undefined;
    case 'documents':
      return first instanceof Ref && parts.length === 1 ? { type, collection: first } : undefined;
    case 'singleton':
      return first instanceof Ref && parts.length === 1 ? { type, ref: first } : undefined;
    case 'events':
      return (first instanceof Ref || first instanceof SetRef) && parts.length === 1
        ? { type, of: first }
        : undefined;
    case 'union':
    case 'intersection':
    case 'difference': {
      const sets = parts.filter((part) => part instanceof SetRef);
      return sets.length === parts.length ? { type, sets } : undefined;
    }
    case 'distinct':
    case 'reverse':
      return first instanceof SetRef && parts.length === 1 ? { type, set: first } : undefined;
    case 'join':
      return first instanceof SetRef &&
        (second instanceof Lambda || second instanceof Ref) &&
        parts.length === 2
        ? { type, source: first, with: second }
        : undefined;
    case 'range':
      return first instanceof SetRef && second !== undefined && third !== undefined && parts.length === 3
        ? { type, set: first, from: second, to: third }
        : undefined;
    case 'filter':
      return first instanceof Lambda && second instanceof SetRef && parts.length === 2
        ? { type, filter: first, set: second }
        : undefined;
  }
}
