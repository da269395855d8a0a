/**
 * The history of a join: what happened in each target while its source element was there. Elements that come and go bring no events of their
 * own.
 */
import type { EvaluationContext } from '../evaluate/context.ts';
import { positionOf } from '../evaluate/environment.ts';
import { typeName } from '../forms/casts.ts';
import { faultAt } from '../forms/form.ts';
import type { Position } from '../parse/expression.ts';
import type { Lambda } from '../values/lambda.ts';
import { Ref } from '../values/ref.ts';
import { SetRef } from '../values/set-ref.ts';
import { isArray, type Value } from '../values/value.ts';
import { compareEvents, type HistoryEvent } from './history-event.ts';
import { joinWidthMax } from './open-set.ts';
import { termValue } from './targets.ts';

/** Of one value of the source: its events, by time. */
interface SourceValue {
  readonly value: Value;
  readonly terms: readonly Value[];
  readonly events: HistoryEvent[];
}

export function* joinHistory(
  context: EvaluationContext,
  position: Position,
  target: Lambda | Ref,
  source: Iterable<HistoryEvent>,
  read: (set: SetRef) => Iterable<HistoryEvent>,
): Generator<HistoryEvent> {
  for (const { value, terms, events } of sourceValues(context, position, source)) {
    events.sort(compareEvents);
    const set =
      target instanceof Ref
        ? new SetRef({ type: 'match', index: target, terms: termValue(terms) })
        : calledSet(context, target, value);
    for (const event of read(set)) if (isThere(events, event.ts)) yield event;
  }
}

function sourceValues(
  context: EvaluationContext,
  position: Position,
  source: Iterable<HistoryEvent>,
): Iterable<SourceValue> {
  const values = new Map<string, SourceValue>();
  let width = 0;
  for (const event of source) {
    const key = event.order.length > 0 ? event.order.join() : documentKey(event);
    const known = values.get(key);
    if (known !== undefined) {
      known.events.push(event);
      continue;
    }
    width++;
    if (width > joinWidthMax) {
      throw faultAt(
        position,
        'resources exceeded',
        `The source of a join has more than the ${joinWidthMax} elements that it may have.`,
      );
    }
    const data = event.order.length > 0 ? event.data() : undefined;
    const terms = data !== undefined && isArray(data) ? data : [context.schema.refOf(event.document)];
    values.set(key, { value: terms.length === 1 ? terms[0]! : terms, terms, events: [event] });
  }
  return values.values();
}

function documentKey({ document }: HistoryEvent): string {
  return `${document.scope}/${document.collection}/${document.id}`;
}

/** Whether any entry of the value was in the source at a time, by its sorted events. */
function isThere(events: readonly HistoryEvent[], ts: number): boolean {
  let entryCount = 0;
  for (const event of events) {
    if (event.ts > ts) break;
    if (event.action === 'add' || event.action === 'create') entryCount++;
    else if (event.action !== 'update') entryCount--;
  }
  return entryCount > 0;
}

function calledSet(context: EvaluationContext, target: Lambda, value: Value): SetRef {
  const result = context.call(target, value, 'pure');
  if (result instanceof SetRef) return result;
  if (result instanceof Ref && result.collection === undefined) {
    return new SetRef({ type: 'documents', collection: result });
  }
  throw faultAt(positionOf(target), 'invalid argument', `Set expected, ${typeName(result)} provided.`);
}
