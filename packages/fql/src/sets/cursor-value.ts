/**
 * Cursors as clients write them: `[value, …, ref]`, the first few of these, or one value without an array.
 *
 * With all values and a ref a cursor is exact. Something else in the ref's place lies before or after all documents, as it sorts: so `null`
 * is the end of a set without values, and 0 its beginning.
 */
import type { EvaluationContext } from '../evaluate/context.ts';
import { FqlFault } from '../evaluate/fql-error.ts';
import { unresolvedRef } from '../forms/casts.ts';
import { compareValues } from '../order/compare.ts';
import type { Position } from '../parse/expression.ts';
import { collectionRef, Ref } from '../values/ref.ts';
import { isArray, type Value } from '../values/value.ts';
import { Cut, opposite, type Side } from './cut.ts';
import type { Encoding, SetElement } from './element.ts';

const ANY_DOCUMENT = new Ref('0', collectionRef('_'));

/** The cursor as an array, as pages give it back. */
export function cursorItems(cursor: Value): readonly Value[] {
  return isArray(cursor) ? cursor : [cursor];
}

/** `side`: what a cursor that names no document means. Throws `invalid ref`. */
export function parseCursor(
  context: EvaluationContext,
  cursor: Value,
  encoding: Encoding,
  side: Side,
  position: Position,
): Cut {
  checkCursorRef(context, cursor, position);
  context.charge(context.extentOf(cursor).size);
  const items = cursorItems(cursor);
  const values = items.slice(0, encoding.arity);
  const last = items[encoding.arity];
  if (last === undefined) return new Cut({ values: outermost(values, encoding, side), side });
  if (last instanceof Ref) {
    const document = context.schema.resolve(last);
    if (document === undefined) throw undefinedRef(context, last, position);
    return new Cut({ values, document: { collection: document.collection, id: document.id }, side });
  }
  const natural = compareValues(last, ANY_DOCUMENT) > 0 ? 'after' : 'before';
  return new Cut({ values, side: encoding.descending ? opposite(natural) : natural });
}

/** An integer stands directly before the double that equals it; for a cursor they are the same. */
function outermost(values: readonly Value[], encoding: Encoding, side: Side): readonly Value[] {
  const last = values.at(-1);
  if (typeof last !== 'number' && typeof last !== 'bigint') return values;
  const isBackward = encoding.descending !== (encoding.reversed[values.length - 1] === true);
  const other = (side === 'before') === isBackward ? doubleOf(last) : integerOf(last);
  return [...values.slice(0, -1), other];
}

function integerOf(number: bigint | number): bigint | number {
  return Number.isSafeInteger(number) && !Object.is(number, -0) ? BigInt(number) : number;
}

function doubleOf(number: bigint | number): bigint | number {
  return Number.isSafeInteger(Number(number)) ? Number(number) : number;
}

/** Throws `invalid ref` for a cursor that is a ref to nowhere. */
export function checkCursorRef(context: EvaluationContext, cursor: Value, position: Position): void {
  if (cursor instanceof Ref && context.schema.resolve(cursor) === undefined) {
    throw undefinedRef(context, cursor, position);
  }
}

function undefinedRef(context: EvaluationContext, ref: Ref, position: Position): FqlFault {
  const error = unresolvedRef(ref, (given) => context.schema.resolve(given) !== undefined);
  return new FqlFault([{ position, ...error }]);
}

/** Of an element: what a page's `after` or `before` holds. */
export function cursorOf(context: EvaluationContext, element: SetElement): readonly Value[] {
  return [...element.values, context.schema.refOf(element.document)];
}

/** What an element is shown as: its value, an array of its values, or its ref. */
export function elementValue(context: EvaluationContext, element: SetElement): Value {
  const { values } = element;
  if (values.length === 0) return context.schema.refOf(element.document);
  return values.length === 1 ? values[0]! : values;
}
