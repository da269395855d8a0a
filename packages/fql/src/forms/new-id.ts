/**
 * Ids that the server gives: 63 bits, ascending within a transaction and, as clocks allow, between transactions.
 *
 *   milliseconds since EPOCH_MS : 43 | place inside the millisecond : 20
 *
 * A place is 1,024 for each µs of the transaction's time plus a counter. Transaction times differ by at least 1 µs, so that transactions never
 * share a place unless one of them makes more than about 800 ids: then it runs on into the places of the µs after it, and who creates a
 * document with an id of his looks first whether it is taken.
 *
 * For documents the counter begins at 0, which spares transactions that create the making of chance. For ids that a client asks for it begins
 * at a random number from 1 to 255, because reads may share a time.
 */
import type { EvaluationContext } from '../evaluate/context.ts';

const EPOCH_MS = 1_336_258_850_000;
const PLACES_PER_MICROSECOND = 1024;
const PLACE_BITS = 20;
/** The milliseconds' bits in the lower half of an id. */
const LOW_MS = 2 ** (32 - PLACE_BITS);

const id = new DataView(new ArrayBuffer(8));

type Transaction = Pick<EvaluationContext, 'now' | 'random' | 'ids'>;

/** A new id: never twice in one transaction. */
export function newId(context: Transaction): bigint {
  return idAt(context, context.ids.next ?? 1 + (context.random.bytes(1)[0]! % 255));
}

/** A new id for a document that is created: nothing else has this time. */
export function newDocumentId(context: Transaction): bigint {
  return idAt(context, context.ids.next ?? 0);
}

function idAt({ now, ids }: Transaction, counter: number): bigint {
  ids.next = counter + 1;
  const micros = now + Math.floor(counter / PLACES_PER_MICROSECOND);
  const place = (micros % 1000) * PLACES_PER_MICROSECOND + (counter % PLACES_PER_MICROSECOND);
  const ms = Math.floor(micros / 1000) - EPOCH_MS;
  const high = Math.floor(ms / LOW_MS);
  id.setUint32(0, high & 0x7fff_ffff);
  id.setUint32(4, (ms - high * LOW_MS) * 2 ** PLACE_BITS + place);
  return id.getBigUint64(0);
}
