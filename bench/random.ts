/** Seeded random numbers, so that one seed gives one data set and one list of queries. */
export interface RandomSource {
  /** In `[0, 1)`. */
  next(): number;
  /** Integer in `[0, bound)`. */
  below(bound: number): number;
}

/** Mulberry32: 32 bits of state, plenty for choosing words. */
export function createRandom(seed: number): RandomSource {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return { next, below: (bound) => Math.floor(next() * bound) };
}
