import { utf8EncodeInto } from '@skein/base';
import { moveBuffer } from './move-buffer.ts';

/** A `Uint32Array` that doubles when full. */
export class GrowingUint32 {
  #values: Uint32Array<ArrayBuffer>;
  #count = 0;

  constructor(capacity = 1024) {
    this.#values = new Uint32Array(capacity);
  }

  get count(): number {
    return this.#count;
  }

  get byteLength(): number {
    return this.#values.byteLength;
  }

  push(value: number): void {
    if (this.#count === this.#values.length) {
      this.#values = new Uint32Array(moveBuffer(this.#values.buffer, this.#values.byteLength * 2));
    }
    this.#values[this.#count++] = value;
  }

  at(ordinal: number): number {
    return this.#values[ordinal]!;
  }

  /** The values so far; valid until the next `push` or `release`. */
  view(): Uint32Array<ArrayBuffer> {
    return this.#values.subarray(0, this.#count);
  }

  /** Gives its memory back. The array is empty then, and its views are of length 0. */
  release(): void {
    moveBuffer(this.#values.buffer, 0);
    this.#values = new Uint32Array(1);
    this.#count = 0;
  }
}

/** Up to here a loop over ASCII beats a call of the platform's coder. */
const SHORT_TEXT_LENGTH = 32;

/** Bytes that double when full. */
export class GrowingBytes {
  #bytes: Uint8Array<ArrayBuffer>;
  #count = 0;

  constructor(capacity = 4096) {
    this.#bytes = new Uint8Array(capacity);
  }

  get count(): number {
    return this.#count;
  }

  get byteLength(): number {
    return this.#bytes.byteLength;
  }

  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#count);
    this.#count += bytes.length;
  }

  /** Appends the UTF-8 of `text`. */
  appendText(text: string): void {
    this.#reserve(text.length * 3);
    if (text.length > SHORT_TEXT_LENGTH || !this.#appendAscii(text)) {
      this.#count += utf8EncodeInto(text, this.#bytes.subarray(this.#count));
    }
  }

  #appendAscii(text: string): boolean {
    const bytes = this.#bytes;
    const count = this.#count;
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit > 127) return false;
      bytes[count + at] = unit;
    }
    this.#count = count + text.length;
    return true;
  }

  #reserve(byteCount: number): void {
    const end = this.#count + byteCount;
    if (end <= this.#bytes.length) return;
    this.#bytes = new Uint8Array(moveBuffer(this.#bytes.buffer, Math.max(end, this.#bytes.length * 2)));
  }

  /** Valid until the next `append`. */
  view(start = 0, end = this.#count): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(start, end);
  }
}
