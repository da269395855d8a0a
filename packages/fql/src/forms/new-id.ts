/**
 * Ids that the server gives: 63 bits, ascending within a transaction and, as clocks allow, between transactions.
 *
 *   milliseconds since EPOCH_MS : 43 | place inside the millisecond : 20
 *
 * A place is 1,024 for each µs of the transaction's time plus a counter. Transaction times differ by at least 1 µs, so that transactions never
 * share a place unless one of them makes more than about 800 ids: then it runs on into the places of the µs after it, and who creates a
 * document with an id of his looks first whether it is taken. The counter begins at a random number below 256 because reads may share a time.
 */
import type { RandomSource } from '@skein/base';
import type { EvaluationContext } from '../evaluate/context.ts';

const EPOCH_MS = 1_336_258_850_000n;
const PLACES_PER_MICROSECOND = 1024n;
const PLACES_PER_MILLISECOND = 1000n * PLACES_PER_MICROSECOND;
const ID_MASK = 2n ** 63n - 1n;

/** How many ids a transaction has made, by its source of chance, of which each transaction has its own. */
const counters = new WeakMap<RandomSource, bigint>();

/** A new id: never twice in one transaction. */
export function newId(context: Pick<EvaluationContext, 'now' | 'random'>): bigint {
  const counter = counters.get(context.random) ?? BigInt(context.random.bytes(1)[0]!);
  counters.set(context.random, counter + 1n);
  const place = BigInt(context.now) * PLACES_PER_MICROSECOND + counter;
  const milliseconds = place / PLACES_PER_MILLISECOND - EPOCH_MS;
  return ((milliseconds << 20n) | (place % PLACES_PER_MILLISECOND)) & ID_MASK;
}
