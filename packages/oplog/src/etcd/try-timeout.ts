/**
 * How long to wait for one answer before another endpoint is tried: a few times what answers take at the moment, and longer while none come,
 * so that a slow machine is not taken for a dead one for ever. (The rule by which TCP sends again; but twice as long only after every second
 * one, as the second one is often lost with a dead leader, too: that makes a pause 250 ms shorter.)
 */
export class TryTimeout {
  readonly #msMin: number;
  readonly #msMax: number;
  #meanMs: number | undefined;
  #deviationMs = 0;
  #lostCount = 0;
  #raisedAtMs = Number.NEGATIVE_INFINITY;

  constructor(limits: { readonly msMin: number; readonly msMax: number }) {
    this.#msMin = limits.msMin;
    this.#msMax = limits.msMax;
  }

  get ms(): number {
    const usual = (this.#meanMs ?? 0) + 4 * this.#deviationMs;
    return Math.min(this.#msMax, Math.max(this.#msMin, usual) * 2 ** Math.floor(this.#lostCount / 2));
  }

  answered(afterMs: number): void {
    this.#lostCount = 0;
    const error = this.#meanMs === undefined ? 0 : afterMs - this.#meanMs;
    this.#meanMs = (this.#meanMs ?? afterMs) + error / 8;
    this.#deviationMs += (Math.abs(error) - this.#deviationMs) / 4;
  }

  /** Calls that were made together count once. */
  timedOut(nowMs: number): void {
    if (nowMs - this.#raisedAtMs < this.ms) return;
    this.#raisedAtMs = nowMs;
    this.#lostCount = Math.min(this.#lostCount + 1, 12);
  }
}
