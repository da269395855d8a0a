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
      const grown = new Float64Array(this.#values.length * 2);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#count++] = value;
  }

  /** The values so far; valid until the next `push`. */
  view(): Float64Array<ArrayBuffer> {
    return this.#values.subarray(0, this.#count);
  }
}
