/**
 * The order of values, and when they are equal.
 *
 * `compareValues` is what `LT` and its kin use: 1 and 1.0 are the same there. `compareStored` is the order of keys, where 1 stands directly before
 * 1.0. Both compare integers with doubles exactly, by their mathematical values (Fauna rounded the integer first).
 */
import { compareBytes, utf8Encode } from '@skein/base';
import type { RefNames } from '../codec/value-codec.ts';
import { NESTING_MAX, nestingFault } from '../json/limits.ts';
import { renderValue } from '../json/render.ts';
import { Lambda } from '../values/lambda.ts';
import { Ref, sameRef } from '../values/ref.ts';
import { SetRef } from '../values/set-ref.ts';
import { FqlDate, Time } from '../values/time.ts';
import { DocumentValue, isArray, isObject, PageValue, Uuid, type Value } from '../values/value.ts';
import { compareStrings } from './collation.ts';
import { KIND, kindOf, sortedFields } from './kinds.ts';
import { nativeNumber } from './order-key.ts';

/** Negative, 0 or positive. Without `names`, refs are ordered by their names, and ids by number. */
export function compareValues(a: Value, b: Value, names?: RefNames): number {
  return new Comparison(names, 'same').values(a, b, 0);
}

/** As the bytes of `orderKeyOf` are ordered. */
export function compareStored(a: Value, b: Value, names: RefNames): number {
  return new Comparison(names, 'integer first').values(a, b, 0);
}

/**
 * What `Equals` says: values of the same type, and an integer equals the double of its value. Inside arrays and objects the types of numbers
 * have to be the same. The order of an object's keys means nothing.
 */
export function equalValues(a: Value, b: Value): boolean {
  if (typeof a !== typeof b && kindOf(a) === KIND.number && kindOf(b) === KIND.number)
    return compareValues(a, b) === 0;
  return sameValue(a, b);
}

/** Of the same type and the same content. */
export function sameValue(a: Value, b: Value): boolean {
  return same(a, b, 0);
}

function same(a: Value, b: Value, depth: number): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (depth > NESTING_MAX) throw nestingFault();
  if (isArray(a)) {
    return isArray(b) && a.length === b.length && a.every((item, at) => same(item, b[at] ?? null, depth + 1));
  }
  if (isObject(a)) {
    if (!isObject(b) || a.size !== b.size) return false;
    for (const [key, value] of a) {
      const other = b.get(key);
      if (other === undefined || !same(value, other, depth + 1)) return false;
    }
    return true;
  }
  if (a instanceof Ref) return b instanceof Ref && sameRef(a, b);
  if (a instanceof Uint8Array) return b instanceof Uint8Array && compareBytes(a, b) === 0;
  if (a instanceof Time) return b instanceof Time && a.nanoseconds === b.nanoseconds;
  if (a instanceof FqlDate) return b instanceof FqlDate && a.epochDay === b.epochDay;
  if (a instanceof Uuid) return b instanceof Uuid && a.text === b.text;
  if (a instanceof DocumentValue) {
    return (
      b instanceof DocumentValue &&
      a.ts === b.ts &&
      sameRef(a.ref, b.ref) &&
      same(a.fields, b.fields, depth + 1)
    );
  }
  if (a instanceof PageValue) {
    if (!(b instanceof PageValue) || !same(a.data, b.data, depth + 1)) return false;
    return sameCursor(a.before, b.before, depth) && sameCursor(a.after, b.after, depth);
  }
  // What is left is described by its text.
  if (a instanceof SetRef) return b instanceof SetRef && renderValue(a) === renderValue(b);
  return a instanceof Lambda && b instanceof Lambda && renderValue(a) === renderValue(b);
}

function sameCursor(a: Value | undefined, b: Value | undefined, depth: number): boolean {
  if (a === undefined || b === undefined) return a === b;
  return same(a, b, depth + 1);
}

class Comparison {
  readonly #names: RefNames | undefined;
  readonly #equalNumbers: 'same' | 'integer first';

  constructor(names: RefNames | undefined, equalNumbers: 'same' | 'integer first') {
    this.#names = names;
    this.#equalNumbers = equalNumbers;
  }

  values(a: Value, b: Value, depth: number): number {
    if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
    if (
      (typeof a === 'number' || typeof a === 'bigint') &&
      (typeof b === 'number' || typeof b === 'bigint')
    ) {
      const order = compareNumbers(a, b);
      if (order !== 0 || this.#equalNumbers === 'same' || typeof a === typeof b) return order;
      return typeof a === 'bigint' ? -1 : 1;
    }
    const kind = kindOf(a);
    const order = kind - kindOf(b);
    return order === 0 ? this.#ofKind(a, b, depth) : order;
  }

  #ofKind(a: Value, b: Value, depth: number): number {
    if (depth > NESTING_MAX) throw nestingFault();
    if (isArray(a) && isArray(b)) return this.#items(a, b, depth + 1);
    if (a instanceof Ref && b instanceof Ref) return this.#refs(a, b);
    if (a instanceof Uint8Array && b instanceof Uint8Array) return compareBytes(a, b);
    if (a instanceof Time && b instanceof Time) return compareNumbers(a.nanoseconds, b.nanoseconds);
    if (a instanceof FqlDate && b instanceof FqlDate) return a.epochDay - b.epochDay;
    if (a instanceof Uuid && b instanceof Uuid) return a.text === b.text ? 0 : a.text < b.text ? -1 : 1;
    if (a instanceof Lambda && b instanceof Lambda) {
      return compareBytes(utf8Encode(renderValue(a)), utf8Encode(renderValue(b)));
    }
    return kindOf(a) === KIND.object ? this.#fields(a, b, depth + 1) : 0;
  }

  #items(a: readonly Value[], b: readonly Value[], depth: number): number {
    const shared = Math.min(a.length, b.length);
    for (let at = 0; at < shared; at++) {
      const order = this.values(a[at] ?? null, b[at] ?? null, depth);
      if (order !== 0) return order;
    }
    return a.length - b.length;
  }

  #fields(a: Value, b: Value, depth: number): number {
    const fieldsA = sortedFields(a);
    const fieldsB = sortedFields(b);
    for (const [at, [keyA, valueA]] of fieldsA.entries()) {
      const fieldB = fieldsB[at];
      if (fieldB === undefined) return 1;
      const order = compareStrings(keyA, fieldB[0]) || this.values(valueA, fieldB[1], depth);
      if (order !== 0) return order;
    }
    return fieldsA.length - fieldsB.length;
  }

  /** Native collections, then what exists, by scope, collection and id, then what does not, by names. */
  #refs(a: Ref, b: Ref): number {
    const nativeA = nativeNumber(a);
    const nativeB = nativeNumber(b);
    if (nativeA !== undefined || nativeB !== undefined) return (nativeA ?? Infinity) - (nativeB ?? Infinity);
    if (this.#names === undefined) return compareNamedRefs(a, b, compareIds);
    const keyA = this.#names.resolve(a);
    const keyB = this.#names.resolve(b);
    if (keyA === undefined || keyB === undefined) {
      if (keyA !== undefined) return -1;
      return keyB === undefined ? compareNamedRefs(a, b, compareStrings) : 1;
    }
    return keyA.scope - keyB.scope || keyA.collection - keyB.collection || compareNumbers(keyA.id, keyB.id);
  }
}

/** As Java compares doubles: −0.0 before 0.0, NaN last. 0 only for numbers of the same mathematical value. */
function compareNumbers(a: bigint | number, b: bigint | number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  const isNaNA = Number.isNaN(a);
  const isNaNB = Number.isNaN(b);
  if (isNaNA || isNaNB) return Number(isNaNA) - Number(isNaNB);
  return Number(Object.is(b, -0)) - Number(Object.is(a, -0));
}

function compareNamedRefs(a: Ref, b: Ref, compareIdsOf: (a: string, b: string) => number): number {
  return (
    compareParts(a.database, b.database, compareIdsOf) ||
    compareParts(a.collection, b.collection, compareIdsOf) ||
    compareIdsOf(a.id, b.id)
  );
}

function compareParts(
  a: Ref | undefined,
  b: Ref | undefined,
  compareIdsOf: (a: string, b: string) => number,
): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  return compareNamedRefs(a, b, compareIdsOf);
}

function compareIds(a: string, b: string): number {
  const isNumberA = /^\d+$/.test(a);
  const isNumberB = /^\d+$/.test(b);
  if (isNumberA && isNumberB) return compareNumbers(BigInt(a), BigInt(b)) || compareStrings(a, b);
  return isNumberA === isNumberB ? compareStrings(a, b) : isNumberA ? -1 : 1;
}
