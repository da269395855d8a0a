/**
 * How many bytes to have in flight: as many as the log carries in half of the time that an append takes however small it is. So what comes while
 * the window is full waits at most about twice as long as if the log were idle, and yet about half of what the log can carry is used. While one
 * application writes alone, nobody else is held up: then the window is as wide as it may be.
 *
 * The time of an append is taken as `fixed + bytes × perByte`, where the bytes are its own and those that were in flight before it;
 * both are found by a fading least-squares fit. Batches are of different lengths, so that the slope shows under a flood too. An outlier counts
 * as four times what was expected at most.
 */
const BYTES_MIN = 64 * 1024;
const BYTES_START = 512 * 1024;
/** Of the weight that each sample leaves to those before it: about the last 50 count. */
const FADE = 0.98;
/** A shorter time says nothing about the log: timers and turns of the event loop take as long. */
const FIXED_MS_MIN = 0.5;
/** From one sample to the next: one lucky append must not open it. */
const GROWTH_MAX = 1.25;
/** Of `fixed`, for the bytes. */
const SHARE = 0.5;

export class InFlightWindow {
  readonly #bytesMax: number;
  readonly #bytesMin: number;
  #bytes: number;
  #batchCount = 0;
  #weight = 0;
  #meanBytes = 0;
  #meanMs = 0;
  /** Weighted sums of squares and products around the means. */
  #bytesBytes = 0;
  #bytesMs = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
    this.#bytesMin = Math.min(BYTES_MIN, bytesMax);
    this.#bytes = Math.min(BYTES_START, bytesMax);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Of the next batch, when so many are in flight; 0 or less: none now. */
  next(bytesInFlight: number, writers: 'one' | 'several'): number {
    // By halves, so that one is on its way while the other is written.
    if (writers === 'one') return Math.min(this.#bytesMax - bytesInFlight, this.#bytesMax / 2);
    if (bytesInFlight === 0) return this.#bytes * (++this.#batchCount % 4 === 0 ? 0.5 : 1);
    if (bytesInFlight >= this.#bytes) return 0;
    return Math.max(this.#bytesMin / 2, this.#bytes - bytesInFlight);
  }

  /** An append was acknowledged after so long; `bytes`: its own, and those in flight before it. */
  measured(bytes: number, ms: number): void {
    const slope = this.#bytesBytes > 0 ? Math.max(0, this.#bytesMs / this.#bytesBytes) : 0;
    const expected = Math.max(FIXED_MS_MIN, this.#meanMs + slope * (bytes - this.#meanBytes));
    const time = this.#weight < 4 ? ms : Math.min(ms, 4 * expected);
    this.#weight = this.#weight * FADE + 1;
    const bytesOff = bytes - this.#meanBytes;
    const msOff = time - this.#meanMs;
    this.#meanBytes += bytesOff / this.#weight;
    this.#meanMs += msOff / this.#weight;
    this.#bytesBytes = this.#bytesBytes * FADE + bytesOff * (bytes - this.#meanBytes);
    this.#bytesMs = this.#bytesMs * FADE + bytesOff * (time - this.#meanMs);
    // Little ones differ by chance more than by their bytes.
    if (bytes >= this.#bytes / 8) this.#bytes = this.#fitted();
  }

  #fitted(): number {
    const most = Math.min(this.#bytesMax, this.#bytes * GROWTH_MAX);
    const perByte = this.#bytesBytes > 0 ? this.#bytesMs / this.#bytesBytes : 0;
    // More bytes did not take longer.
    if (perByte <= 0) return most;
    const fixed = Math.max(FIXED_MS_MIN, this.#meanMs - perByte * this.#meanBytes);
    return Math.min(most, Math.max(this.#bytesMin, (SHARE * fixed) / perByte));
  }
}
