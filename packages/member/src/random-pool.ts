/** Chance for many small takers: fetching it costs about as much for 4 KiB as for a few bytes. */
import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 4096;

let pool = Buffer.alloc(0);
let used = 0;

/** Bytes that nobody else gets; at most `POOL_BYTES`. */
export function takeRandom(count: number): Buffer {
  if (used + count > pool.byteLength) {
    // A new one: what was given out of the old one stays what it is.
    pool = randomFillSync(Buffer.allocUnsafeSlow(POOL_BYTES));
    used = 0;
  }
  used += count;
  return pool.subarray(used - count, used);
}
