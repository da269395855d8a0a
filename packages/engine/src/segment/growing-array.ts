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
      const grown = new Uint32Array(this.#values.length * 2);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#count++] = value;
  }

  at(ordinal: number): number {
    return this.#values[ordinal]!;
  }

  /** The values so far; valid until the next `push`. */
  view(): Uint32Array<ArrayBuffer> {
    return this.#values.subarray(0, this.#count);
  }
}

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
    const end = this.#count + bytes.length;
    if (end > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(end, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, this.#count));
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, this.#count);
    this.#count = end;
  }

  view(start = 0, end = this.#count): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(start, end);
  }
}
