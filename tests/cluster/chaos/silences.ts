/** When something good happened last: the silences between are what clients feel of a fault. */

/** Shorter ones are ordinary work. */
const SILENCE_MS_MIN = 20;

export class Silences {
  #lastMs: number | undefined;
  readonly #found: { readonly fromMs: number; readonly toMs: number }[] = [];
  #count = 0;

  note(): void {
    const nowMs = performance.now();
    if (this.#lastMs !== undefined && nowMs - this.#lastMs >= SILENCE_MS_MIN)
      this.#found.push({ fromMs: this.#lastMs, toMs: nowMs });
    this.#lastMs = nowMs;
    this.#count++;
  }

  get count(): number {
    return this.#count;
  }

  /** When it was noted last, on the clock of `performance`; 0: never. */
  get lastMs(): number {
    return this.#lastMs ?? 0;
  }

  /** Of those that touch the time between, whole; that which goes on now too. 0: none. */
  longestWithin(fromMs: number, toMs: number): number {
    const open = this.#lastMs === undefined ? [] : [{ fromMs: this.#lastMs, toMs: performance.now() }];
    return [...this.#found, ...open]
      .filter((each) => each.fromMs <= toMs && each.toMs >= fromMs)
      .reduce((longest, each) => Math.max(longest, each.toMs - each.fromMs), 0);
  }
}
