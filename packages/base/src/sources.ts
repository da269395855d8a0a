/** Time as an argument: pure packages never look at the machine's clock themselves. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  nowMs(): number;
}

/** Chance as an argument. */
export interface RandomSource {
  /** `count` random bytes. */
  bytes(count: number): Uint8Array;
}
