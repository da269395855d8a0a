/** Sets as the functions see them that walk through all of one. */
import type { EvaluationContext } from '../evaluate/context.ts';
import { sameValue } from '../order/compare.ts';
import type { Position } from '../parse/expression.ts';
import type { Ref } from '../values/ref.ts';
import type { SetRef } from '../values/set-ref.ts';
import type { Value } from '../values/value.ts';
import { elementValue } from './cursor-value.ts';
import type { SetElement } from './element.ts';
import { remaining } from './element-set.ts';
import { openHistory } from './history.ts';
import { eventValue } from './history-event.ts';
import { openSet } from './open-set.ts';
import { paginate } from './paginate.ts';
import { isHistorical } from './shape.ts';

const firstBatch = 128;

/** What the set's elements are shown as, in its order. `position`: of the set, for faults. */
export function* iterateSet(
  set: SetRef,
  context: EvaluationContext,
  position: Position = [],
): Generator<Value> {
  if (isHistorical(set)) {
    const history = openHistory(set, context, position);
    const count = Number.MAX_SAFE_INTEGER / 4;
    for (const event of history.page({ from: undefined, isForward: true, count })) {
      yield eventValue(context, event);
    }
    return;
  }
  const cursor = openSet(set, context, position).open({ direction: 'forward', expected: firstBatch });
  for (const element of remaining(cursor)) yield elementValue(context, element);
}

/** The first element, or the last one; of a set of events, of the set that they are about. */
export function endOf(
  set: SetRef | Ref,
  context: EvaluationContext,
  position: Position,
  direction: 'forward' | 'backward' = 'forward',
): SetElement | undefined {
  return openSet(set, context, position).open({ direction, expected: 1 }).peek();
}

/** Whether an element is shown as this value. Costs one read, not the whole set. */
export function setContains(
  set: SetRef,
  value: Value,
  context: EvaluationContext,
  position: Position,
): boolean {
  const cursor = { value, direction: 'forward', position } as const;
  const page = paginate(context, { of: set, cursor, size: 1, sources: false, position });
  return page.data.some((item) => sameValue(item, value));
}
