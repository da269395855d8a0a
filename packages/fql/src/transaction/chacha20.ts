/**
 * The chance of one transaction: a ChaCha20 key stream under its seed. The same on every member, and whoever sees some of it (an id, a salt)
 * cannot tell the rest (a secret).
 *
 *   state  4 words "expand 16-byte k" | seed | seed again | block counter 8 bytes | 8 zero bytes
 */
import { assert, type RandomSource } from '@skein/base';

export const SEED_BYTES = 16;
const BLOCK_BYTES = 64;
const ROUND_PAIRS = 10;
/** "expand 16-byte k" */
const CONSTANTS = [0x61707865, 0x3120646e, 0x79622d36, 0x6b206574];

const NOTHING = new Uint8Array(0);

export class SeededRandom implements RandomSource {
  readonly #seed: Uint8Array | (() => Uint8Array);
  #state: Uint32Array | undefined;
  #block: Uint8Array = NOTHING;
  #used = 0;

  /** A function is called for the first byte: most transactions need no chance. */
  constructor(seed: Uint8Array | (() => Uint8Array)) {
    this.#seed = seed;
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let at = 0; at < count; at++) {
      if (this.#used === this.#block.length) this.#next();
      bytes[at] = this.#block[this.#used++]!;
    }
    return bytes;
  }

  #next(): void {
    const state = (this.#state ??= initialState(
      typeof this.#seed === 'function' ? this.#seed() : this.#seed,
    ));
    this.#block = chachaBlock(state);
    this.#used = 0;
    state[12]!++;
    if (state[12] === 0) state[13]!++;
  }
}

function initialState(seed: Uint8Array): Uint32Array {
  assert(seed.length === SEED_BYTES, `a seed has ${SEED_BYTES} bytes`);
  const words = new DataView(seed.buffer, seed.byteOffset, seed.byteLength);
  const key = [0, 4, 8, 12].map((at) => words.getUint32(at, true));
  return Uint32Array.of(...CONSTANTS, ...key, ...key, 0, 0, 0, 0);
}

/** One block of the key stream of RFC 8439. */
export function chachaBlock(state: Uint32Array): Uint8Array {
  const mixed = state.slice();
  for (let pair = 0; pair < ROUND_PAIRS; pair++) {
    quarterRound(mixed, 0, 4, 8, 12);
    quarterRound(mixed, 1, 5, 9, 13);
    quarterRound(mixed, 2, 6, 10, 14);
    quarterRound(mixed, 3, 7, 11, 15);
    quarterRound(mixed, 0, 5, 10, 15);
    quarterRound(mixed, 1, 6, 11, 12);
    quarterRound(mixed, 2, 7, 8, 13);
    quarterRound(mixed, 3, 4, 9, 14);
  }
  const block = new Uint8Array(BLOCK_BYTES);
  const words = new DataView(block.buffer);
  for (let at = 0; at < state.length; at++) words.setUint32(at * 4, mixed[at]! + state[at]!, true);
  return block;
}

function quarterRound(words: Uint32Array, a: number, b: number, c: number, d: number): void {
  words[a]! += words[b]!;
  words[d] = rotate(words[d]! ^ words[a]!, 16);
  words[c]! += words[d]!;
  words[b] = rotate(words[b]! ^ words[c]!, 12);
  words[a]! += words[b]!;
  words[d] = rotate(words[d]! ^ words[a]!, 8);
  words[c]! += words[d]!;
  words[b] = rotate(words[b]! ^ words[c]!, 7);
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
