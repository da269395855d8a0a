/** How far back the past can be read. */
import type { EvaluationContext } from '../evaluate/context.ts';
import { faultAt } from '../forms/form.ts';
import { renderTime } from '../json/render-scalar.ts';
import type { Position } from '../parse/expression.ts';
import type { CollectionSchema } from '../schema/schema.ts';
import type { ScopeId } from '../store/document-store.ts';
import { Time } from '../values/time.ts';

const DAY_MICROS = 86_400_000_000;
/** So that a client may look at what it has just seen, also where no history is kept. */
const GRACE_MICROS = 15 * 60 * 1_000_000;

/** µs: versions that ended before it may be gone. 0: everything is kept. */
export function historyLimit(
  collection: Pick<CollectionSchema, 'historyDays' | 'historyFloor'>,
  now: number,
): number {
  const { historyDays, historyFloor = 0 } = collection;
  const limit = historyDays === undefined ? 0 : now - historyDays * DAY_MICROS - GRACE_MICROS;
  return Math.max(0, limit, historyFloor);
}

/** Throws a fault when the context reads a moment that these collections no longer know. */
export function checkHistory(
  context: EvaluationContext,
  scope: ScopeId,
  collections: Iterable<CollectionSchema['id']>,
  position: Position,
): void {
  const { at, now } = context;
  if (at === undefined) return;
  const schema = context.schemaOf(scope);
  let limit = 0;
  for (const id of collections) {
    const collection = schema.collectionById(id);
    if (collection !== undefined) limit = Math.max(limit, historyLimit(collection, now));
  }
  if (at >= limit) return;
  throw faultAt(
    position,
    'invalid argument',
    `Requested timestamp ${text(at)} less than minimum allowed timestamp ${text(limit)}.`,
  );
}

function text(micros: number): string {
  return renderTime(new Time(BigInt(micros) * 1000n));
}
