/**
 * An event: a document was created, updated or deleted, or it was added to a set or removed from it.
 *
 * Events are sorted by time, then by what happened (add, create, update, delete, remove), then by document and values.
 */
import { compareBytes } from '@skein/base';
import type { RefNames } from '../codec/value-codec.ts';
import type { EvaluationContext } from '../evaluate/context.ts';
import { FqlFault } from '../evaluate/fql-error.ts';
import { expectation, typeName, unresolvedRef } from '../forms/casts.ts';
import { faultAt } from '../forms/form.ts';
import { startOfDay } from '../libraries/instants.ts';
import type { Position } from '../parse/expression.ts';
import type { DocumentKey } from '../store/document-store.ts';
import { Ref } from '../values/ref.ts';
import type { SetRef } from '../values/set-ref.ts';
import { FqlDate, Time } from '../values/time.ts';
import { isObject, type ObjectValue, type Value } from '../values/value.ts';
import { cursorItems } from './cursor-value.ts';
import { compareDocuments } from './element.ts';
import { orderBytes } from './index-entry.ts';

/** In their order. */
const ACTIONS = ['add', 'create', 'update', 'delete', 'remove'] as const;
export type EventAction = (typeof ACTIONS)[number];

export interface HistoryEvent {
  /** µs. */
  readonly ts: number;
  readonly action: EventAction;
  readonly document: DocumentKey;
  /** Of an event of a set with values: their bytes, and which of them sort backwards; else empty. */
  readonly order: Uint8Array;
  readonly reversed: readonly boolean[];
  /** What stands in `data`; undefined: there is none. Called when somebody looks. */
  readonly data: () => Value | undefined;
  readonly sources: readonly (SetRef | Ref)[];
}

/** Where a cursor points: what it does not say is as early as can be. */
export interface EventPlace {
  readonly ts: number;
  readonly action: EventAction;
  readonly document: DocumentKey | undefined;
  readonly values: readonly Value[] | undefined;
}

export function isSetEvent({ action }: Pick<HistoryEvent, 'action'>): boolean {
  return action === 'add' || action === 'remove';
}

export function compareEvents(a: HistoryEvent, b: HistoryEvent): number {
  return compareMoments(a, b) || compareDocuments(a.document, b.document) || compareBytes(a.order, b.order);
}

/** Negative: the event is before the place. */
export function compareToPlace(event: HistoryEvent, place: EventPlace, names: RefNames): number {
  const moment = compareMoments(event, place);
  if (moment !== 0 || place.document === undefined) return moment;
  const document = compareDocuments(event.document, place.document);
  if (document !== 0 || place.values === undefined) return document;
  return compareBytes(event.order, orderBytes(place.values, event.reversed, names));
}

function compareMoments(
  a: Pick<HistoryEvent, 'ts' | 'action'>,
  b: Pick<HistoryEvent, 'ts' | 'action'>,
): number {
  return a.ts - b.ts || ACTIONS.indexOf(a.action) - ACTIONS.indexOf(b.action);
}

/** `{ts, action, document[, data]}`. */
export function eventValue(context: EvaluationContext, event: HistoryEvent): ObjectValue {
  const fields = momentFields(event.ts, event.action);
  fields.set('document', context.schema.refOf(event.document));
  const data = event.data();
  if (data !== undefined) fields.set('data', data);
  return fields;
}

/** As the event; a document's without its data. */
export function eventCursor(context: EvaluationContext, event: HistoryEvent): ObjectValue {
  if (isSetEvent(event)) return eventValue(context, event);
  return momentFields(event.ts, event.action).set('document', context.schema.refOf(event.document));
}

function momentFields(ts: number, action: EventAction): Map<string, Value> {
  return new Map<string, Value>([
    ['ts', BigInt(ts)],
    ['action', action],
  ]);
}

const CURSOR_KEYS: readonly string[] = [
  'ts',
  'action,ts',
  'action,resource,ts',
  'action,resource,ts,values',
  'action,instance,ts',
  'action,data,instance,ts',
  'action,document,ts',
  'action,data,document,ts',
];

/** µs as an integer, a time, a date, null (the end of time), or as much of an event as one knows. */
export function parseEventCursor(
  context: EvaluationContext,
  cursor: Value,
  position: Position,
): { readonly place: EventPlace; readonly echo: Value } {
  const place = isObject(cursor)
    ? eventPlace(context, cursor, position)
    : { ts: cursorTime(cursor, position), action: 'add' as const, document: undefined, values: undefined };
  const echo = momentFields(place.ts, place.action);
  if (place.document !== undefined) echo.set('document', context.schema.refOf(place.document));
  if (place.values !== undefined && isSetEvent(place)) echo.set('data', place.values);
  return { place, echo };
}

function cursorTime(cursor: Value, position: Position): number {
  if (typeof cursor === 'bigint') return Number(cursor);
  if (cursor === null) return Number.MAX_SAFE_INTEGER;
  if (cursor instanceof Time) return micros(cursor);
  if (cursor instanceof FqlDate) return micros(startOfDay(cursor));
  throw wrongType(['Object', 'Integer', 'Time', 'Date'], cursor, position);
}

function eventPlace(context: EvaluationContext, cursor: ObjectValue, position: Position): EventPlace {
  const keys = [...cursor.keys()];
  if (!CURSOR_KEYS.includes([...keys].sort().join())) {
    const description = `Cannot create event cursor with keys ${keys.join(', ')}`;
    throw faultAt(position, 'invalid argument', description);
  }
  const ts = cursor.get('ts') ?? null;
  if (typeof ts !== 'bigint') throw wrongType(['Integer'], ts, [...position, 'ts']);
  const action = cursor.get('action') ?? 'add';
  const known = ACTIONS.find((name) => name === action);
  if (known === undefined) {
    throw wrongType(["String 'create', 'update', or 'delete'"], action, [...position, 'action']);
  }
  const documentKey = ['document', 'instance', 'resource'].find((key) => cursor.has(key));
  const document =
    documentKey === undefined
      ? undefined
      : cursorDocument(context, cursor.get(documentKey) ?? null, [...position, documentKey]);
  const data = cursor.get('data') ?? cursor.get('values');
  const values = data === undefined ? undefined : cursorItems(data);
  return { ts: Number(ts), action: known, document, values };
}

function cursorDocument(context: EvaluationContext, value: Value, position: Position): DocumentKey {
  if (!(value instanceof Ref)) throw wrongType(['Ref'], value, position);
  const key = context.schema.resolve(value);
  if (key !== undefined) return key;
  const error = unresolvedRef(value, (ref) => context.schema.resolve(ref) !== undefined);
  throw new FqlFault([{ position, ...error }]);
}

function wrongType(expected: readonly string[], provided: Value, position: Position): FqlFault {
  const description = `${expectation(expected)} expected, ${typeName(provided)} provided.`;
  return faultAt(position, 'invalid argument', description);
}

function micros(time: Time): number {
  const whole = time.nanoseconds / 1000n;
  return Number(time.nanoseconds < 0n && time.nanoseconds % 1000n !== 0n ? whole - 1n : whole);
}
