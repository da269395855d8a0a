/**
 * How large a value is when it is written out. Values share their parts, so a short expression (an array twice in an array, that twice in
 * another …) can stand for more text than there is memory; whatever walks through a value would never end. So nothing larger than
 * `VALUE_SIZE_MAX` is put together: expressions of arrays and objects, and functions that collect values, ask here.
 */
import { NESTING_MAX, nestingFault } from '../json/limits.ts';
import { renderExpression } from '../parse/render-expression.ts';
import { Lambda } from '../values/lambda.ts';
import { Ref } from '../values/ref.ts';
import { partsOfSet, SetRef } from '../values/set-ref.ts';
import { FqlDate, Time } from '../values/time.ts';
import { DocumentValue, isArray, isObject, PageValue, Uuid, type Value } from '../values/value.ts';
import { FqlFault } from './fql-error.ts';
import { VALUE_SIZE_MAX } from './limits.ts';

const SCALAR_SIZE = 4;
/** What is written around a time, a date or a ref's name. */
const TAGGED_SIZE = 36;
/** Containers of that size, or so deep, are not walked through again. */
const KEPT_SIZE_MIN = 4096;
const KEPT_DEPTH_MIN = 64;
/** So much of a value is walked through in one step. */
const SIZE_PER_STEP = 64;

export interface Extent {
  /** Roughly the characters of the value's text. */
  readonly size: number;
  /** Containers inside each other. */
  readonly depth: number;
}

const SCALAR: Extent = { size: SCALAR_SIZE, depth: 0 };
const TAGGED: Extent = { size: TAGGED_SIZE, depth: 0 };

/**
 * The extents that one evaluation has asked for. Not shared between evaluations: what a walk costs has to be the same on every member,
 * and literals of stored functions outlive an evaluation.
 */
export class Extents {
  /** Made when something is kept: most evaluations see nothing large. */
  #known: WeakMap<object, Extent> | undefined;
  readonly #charge: (steps: number) => void;
  /** Of which was not known before. */
  #walked = 0;

  /** `charge` pays for the walks. */
  constructor(charge: (steps: number) => void) {
    this.#charge = charge;
  }

  /** Throws a fault beyond `VALUE_SIZE_MAX`, or deeper than anything that could be sent. */
  of(value: Value): Extent {
    this.#walked = 0;
    const extent = this.#extent(value, 0);
    if (this.#walked >= SIZE_PER_STEP) this.#charge(Math.floor(this.#walked / SIZE_PER_STEP));
    return extent;
  }

  /** `level`: containers around it. The walk ends where the fault is certain, before the stack does. */
  #extent(value: Value, level: number): Extent {
    if (typeof value === 'string' || value instanceof Uint8Array) {
      return { size: SCALAR_SIZE + value.length, depth: 0 };
    }
    if (typeof value !== 'object' || value === null) return SCALAR;
    if (value instanceof Time || value instanceof FqlDate || value instanceof Uuid) return TAGGED;
    if (value instanceof Ref) return { size: refSize(value), depth: 0 };
    const known = this.#known?.get(value);
    if (known !== undefined) return known;
    if (level > NESTING_MAX) throw nestingFault();
    let size = value instanceof Lambda ? this.#bodySize(value) : SCALAR_SIZE;
    let depth = 0;
    if (isObject(value)) for (const key of value.keys()) size += key.length;
    else if (value instanceof DocumentValue) {
      size += refSize(value.ref);
      for (const key of value.fields.keys()) size += key.length;
    }
    this.#walked += value instanceof Lambda ? SCALAR_SIZE : size;
    for (const part of partsOf(value)) {
      const inside = this.#extent(part, level + 1);
      this.#walked += SCALAR_SIZE;
      size += inside.size;
      if (inside.depth >= depth) depth = inside.depth + 1;
      if (size > VALUE_SIZE_MAX) throw tooLarge();
    }
    if (depth > NESTING_MAX) throw nestingFault();
    const extent = { size, depth };
    if (size >= KEPT_SIZE_MIN || depth >= KEPT_DEPTH_MIN) this.#keep(value, extent);
    return extent;
  }

  /** Closures are many, their bodies few. */
  #bodySize({ body }: Lambda): number {
    const known = this.#known?.get(body);
    if (known !== undefined) return known.size;
    const size = SCALAR_SIZE + renderExpression(body).length;
    this.#walked += size;
    this.#keep(body, { size, depth: 0 });
    return size;
  }

  #keep(of: object, extent: Extent): void {
    this.#known ??= new WeakMap();
    this.#known.set(of, extent);
  }
}

function partsOf(value: Value): Iterable<Value> {
  if (isArray(value)) return value;
  if (isObject(value)) return value.values();
  if (value instanceof DocumentValue) return value.fields.values();
  if (value instanceof PageValue) return [value.data, value.before ?? null, value.after ?? null];
  if (value instanceof Lambda) return value.captured.values();
  return value instanceof SetRef ? partsOfSet(value.shape) : [];
}

function refSize({ id, collection, database }: Ref): number {
  let size = TAGGED_SIZE + id.length;
  if (collection !== undefined) size += refSize(collection);
  return database === undefined ? size : size + refSize(database);
}

function tooLarge(): FqlFault {
  const description = `A value is larger than the ${VALUE_SIZE_MAX} characters that one may have.`;
  return new FqlFault([{ position: [], code: 'resources exceeded', description }]);
}
