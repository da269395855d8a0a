import { moveBuffer } from '../segment/move-buffer.ts';

/** A `Float64Array` that doubles when full. */
export class GrowingFloat64 {
  #values: Float64Array<ArrayBuffer>;
  #count = 0;

  constructor(capacity = 256) {
    this.#values = new Float64Array(capacity);
  }

  get count(): number {
    return this.#count;
  }

  push(value: number): void {
    if (this.#count === this.#values.length) {
      this.#values = new Float64Array(moveBuffer(this.#values.buffer, this.#values.byteLength * 2));
    }
    this.#values[this.#count++] = value;
  }

  /** Gives its memory back. The array is empty then, and its views are of length 0. */
  release(): void {
    moveBuffer(this.#values.buffer, 0);
    this.#values = new Float64Array(1);
    this.#count = 0;
  }

  /** The values so far; valid until the next `push` or `release`. */
  view(): Float64Array<ArrayBuffer> {
    return this.#values.subarray(0, this.#count);
  }
}
