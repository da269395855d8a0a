/** The last waits, in a ring, so that metrics can tell what is usual. */
const KEPT_COUNT = 4_096;

export class WaitTimes {
  readonly #ms = new Float64Array(KEPT_COUNT);
  #count = 0;

  add(ms: number): void {
    this.#ms[this.#count++ % KEPT_COUNT] = ms;
  }

  /** Half, and 99 of 100, of the last ones were no longer; 0 before the first. */
  percentiles(): readonly [p50: number, p99: number] {
    const count = Math.min(this.#count, KEPT_COUNT);
    if (count === 0) return [0, 0];
    const sorted = this.#ms.slice(0, count).sort();
    return [sorted[Math.ceil(count * 0.5) - 1]!, sorted[Math.ceil(count * 0.99) - 1]!];
  }
}
