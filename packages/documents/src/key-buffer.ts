/**
 * Keys are made in buffers that are used again, and read where LMDB left them: a key costs no allocation. Numbers are big endian, so
 * that the order of keys is the order of what they say.
 */
import { assert } from '@skein/base';
import { KEY_BYTES_MAX } from './limits.ts';

const TWO_32 = 2 ** 32;

export class KeyBuffer {
  readonly bytes = new Uint8Array(KEY_BYTES_MAX);
  readonly #view = new DataView(this.bytes.buffer);
  length = 0;

  clear(): this {
    this.length = 0;
    return this;
  }

  u8(value: number): this {
    this.bytes[this.length++] = value;
    return this;
  }

  u32(value: number): this {
    this.#view.setUint32(this.length, value);
    this.length += 4;
    return this;
  }

  u64(value: bigint): this {
    this.#view.setBigUint64(this.length, value);
    this.length += 8;
    return this;
  }

  /** A non-negative number below 2^53; what is beyond is moved to the nearest bound. */
  time(value: number): this {
    const inside = Math.min(Math.max(0, value), Number.MAX_SAFE_INTEGER);
    this.#view.setUint32(this.length, Math.floor(inside / TWO_32));
    this.#view.setUint32(this.length + 4, inside % TWO_32);
    this.length += 8;
    return this;
  }

  raw(source: Uint8Array, from = 0, to = source.length): this {
    assert(this.length + to - from <= KEY_BYTES_MAX, 'a key fits into what LMDB allows');
    const { bytes, length } = this;
    if (to - from > LOOP_BYTES_MAX) bytes.set(source.subarray(from, to), length);
    else for (let read = from, write = length; read < to; read++, write++) bytes[write] = source[read]!;
    this.length = length + to - from;
    return this;
  }

  copy(): Uint8Array {
    return copyBytes(this.bytes, 0, this.length);
  }

  /** Makes it the least key above all that begin with what it was. */
  afterPrefix(): this {
    let length = this.length;
    while (length > 0 && this.bytes[length - 1] === 255) length--;
    if (length === 0) {
      // No key of ours is so long.
      this.bytes.fill(255);
      this.length = KEY_BYTES_MAX;
      return this;
    }
    this.bytes[length - 1]!++;
    this.length = length;
    return this;
  }
}

/** The key that an iterator stands on; overwritten by the next step of any iterator. */
export class KeyView {
  bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(this.bytes.buffer);
  #start = 0;
  length = 0;

  at(bytes: Uint8Array, start: number, end: number): this {
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    this.#start = start;
    this.length = end - start;
    return this;
  }

  get start(): number {
    return this.#start;
  }

  u32(at: number): number {
    return this.#view.getUint32(this.#start + at);
  }

  u64(at: number): bigint {
    return this.#view.getBigUint64(this.#start + at);
  }

  time(at: number): number {
    return this.u32(at) * TWO_32 + this.u32(at + 4);
  }

  slice(from: number, to = this.length): Uint8Array {
    return copyBytes(this.bytes, this.#start + from, this.#start + to);
  }
}

/**
 * Short runs are copied byte by byte: a call into the engine costs more than they do. Each place that copies has a loop of its own, since one
 * that all share meets arrays of so many shapes that the engine compiles it badly.
 */
export const LOOP_BYTES_MAX = 32;

/** Always a plain array of its own, also from a `Buffer`. */
export function copyBytes(source: Uint8Array, from: number, to: number): Uint8Array {
  const copy = new Uint8Array(to - from);
  if (to - from > LOOP_BYTES_MAX) copy.set(source.subarray(from, to));
  else for (let read = from, write = 0; read < to; read++, write++) copy[write] = source[read]!;
  return copy;
}
