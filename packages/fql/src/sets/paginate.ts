/**
 * One page of a set.
 *
 * `after` shows what is at the cursor and behind it, `before` what is in front of it; a page is always shown in the set's order. The cursor that
 * was given comes back on its side, as an array; on the other side stands the place where the next page begins, when there is one: forward the
 * first element that did not fit, backward the first of the page (what is before it did not fit).
 */
import type { EvaluationContext } from '../evaluate/context.ts';
import { sameValue } from '../order/compare.ts';
import type { Position } from '../parse/expression.ts';
import type { Ref } from '../values/ref.ts';
import { SetRef } from '../values/set-ref.ts';
import { PageValue, type Value } from '../values/value.ts';
import { cursorItems, cursorOf, elementValue, parseCursor } from './cursor-value.ts';
import type { SetElement } from './element.ts';
import { openHistory } from './history.ts';
import { eventCursor, eventValue, type HistoryEvent, parseEventCursor } from './history-event.ts';
import { openSet } from './open-set.ts';
import { isHistorical } from './shape.ts';

export const PAGE_SIZE_DEFAULT = 64;
/** Larger pages are cut to it, without a word. */
export const PAGE_SIZE_MAX = 100_000;

export interface PageCursor {
  readonly value: Value;
  readonly direction: 'forward' | 'backward';
  /** The argument, for faults. */
  readonly position: Position;
}

export interface PageRequest {
  /** A ref is the set of that one document. */
  readonly of: SetRef | Ref;
  /** Undefined: the first page. */
  readonly cursor: PageCursor | undefined;
  readonly size: number;
  readonly sources: boolean;
  /** Of the set, for faults. */
  readonly position: Position;
}

/** At the context's time. Throws faults: no permission, a cursor that is none. */
export function paginate(context: EvaluationContext, request: PageRequest): PageValue {
  return isHistorical(request.of) ? eventPage(context, request) : elementPage(context, request);
}

function elementPage(context: EvaluationContext, request: PageRequest): PageValue {
  const { of, cursor, position } = request;
  const set = openSet(of, context, position);
  const size = clampSize(request.size);
  const isForward = cursor?.direction !== 'backward';
  const cut = cursor && parseCursor(context, cursor.value, set.encoding, 'before', cursor.position);
  const elements: SetElement[] = [];
  if (size > 0) {
    const reader = set.open({
      lower: isForward ? cut : undefined,
      upper: isForward ? undefined : cut,
      direction: isForward ? 'forward' : 'backward',
      expected: size + 1,
    });
    for (
      let element = reader.peek();
      element !== undefined && elements.length <= size;
      element = reader.peek()
    ) {
      elements.push(element);
      if (elements.length <= size) reader.next();
    }
  }
  return pageOf(context, request, elements, {
    echo: cursor && cursorItems(cursor.value),
    cursorOf: (element) => cursorOf(context, element),
    valueOf: (element) => elementValue(context, element),
  });
}

function eventPage(context: EvaluationContext, request: PageRequest): PageValue {
  const { of, cursor, position } = request;
  const isForward = cursor?.direction !== 'backward';
  const place = cursor && parseEventCursor(context, cursor.value, cursor.position);
  const size = clampSize(request.size);
  const history = openHistory(of, context, position);
  const events = history.page({ from: place?.place, isForward, count: size > 0 ? size + 1 : 0 });
  return pageOf(context, request, events, {
    echo: place?.echo,
    cursorOf: (event) => eventCursor(context, event),
    valueOf: (event) => eventValue(context, event),
  });
}

/** `items`: one more than the page holds if there are more, in the direction of reading. */
function pageOf<T extends SetElement | HistoryEvent>(
  context: EvaluationContext,
  request: PageRequest,
  items: readonly T[],
  parts: {
    readonly echo: Value | undefined;
    readonly cursorOf: (item: T) => Value;
    readonly valueOf: (item: T) => Value;
  },
): PageValue {
  const { echo, valueOf } = parts;
  const isForward = request.cursor?.direction !== 'backward';
  const size = clampSize(request.size);
  const shown = items.slice(0, size);
  if (!isForward) shown.reverse();
  const border = items.length > size ? (isForward ? items[size] : items[size - 1]) : undefined;
  const next = request.size === 0 ? echo : border && parts.cursorOf(border);
  context.charge(shown.length);
  return new PageValue(
    shown.map((item) => (request.sources ? withSources(valueOf(item), item) : valueOf(item))),
    {
      before: isForward ? echo : next,
      after: isForward ? next : echo,
      cursors: shown.map(parts.cursorOf),
    },
  );
}

function withSources(value: Value, item: SetElement | HistoryEvent): Value {
  const sources: Value[] = [];
  for (const source of item.sources) {
    const isKnown = sources.some((other) => other === source || sameValue(other, source));
    if (!isKnown) sources.push(source);
  }
  return new Map<string, Value>([
    ['value', value],
    ['sources', sources],
  ]);
}

function clampSize(size: number): number {
  return Math.max(0, Math.min(size, PAGE_SIZE_MAX));
}
