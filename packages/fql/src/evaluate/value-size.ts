/**
 * How large a value is when it is written out. Values share their parts, so a short expression (an array twice in an array, that twice in
 * another …) can stand for more text than there is memory; whatever walks through a value would never end. So nothing larger than
 * `VALUE_SIZE_MAX` is put together: expressions of arrays and objects, and functions that collect values, ask here.
 */
import { NESTING_MAX, nestingFault } from '../json/limits.ts';
import { Lambda } from '../values/lambda.ts';
import { partsOfSet, SetRef } from '../values/set-ref.ts';
import { DocumentValue, isArray, isObject, PageValue, type Value } from '../values/value.ts';
import { FqlFault } from './fql-error.ts';
import { VALUE_SIZE_MAX } from './limits.ts';

const SCALAR_SIZE = 4;
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

const extents = new WeakMap<object, Extent>();
const SCALAR: Extent = { size: SCALAR_SIZE, depth: 0 };

/** Throws a fault beyond `VALUE_SIZE_MAX`, or deeper than anything that could be sent. `charge` pays for the walk. */
export function extentOf(value: Value, charge: (steps: number) => void): Extent {
  const walk = new Walk();
  const extent = walk.extent(value);
  if (walk.walked >= SIZE_PER_STEP) charge(Math.floor(walk.walked / SIZE_PER_STEP));
  return extent;
}

class Walk {
  /** Of which was not known before. */
  walked = 0;

  /** `level`: containers around it. The walk ends where the fault is certain, before the stack does. */
  extent(value: Value, level = 0): Extent {
    if (typeof value === 'string' || value instanceof Uint8Array) {
      return { size: SCALAR_SIZE + value.length, depth: 0 };
    }
    if (typeof value !== 'object' || value === null) return SCALAR;
    const known = extents.get(value);
    if (known !== undefined) return known;
    if (level > NESTING_MAX) throw nestingFault();
    let size = SCALAR_SIZE;
    let depth = 0;
    if (isObject(value)) for (const key of value.keys()) size += key.length;
    this.walked += size;
    for (const part of partsOf(value)) {
      const inside = this.extent(part, level + 1);
      size += inside.size;
      if (inside.depth >= depth) depth = inside.depth + 1;
      if (size > VALUE_SIZE_MAX) throw tooLarge();
    }
    if (depth > NESTING_MAX) throw nestingFault();
    const extent = { size, depth };
    if (size >= KEPT_SIZE_MIN || depth >= KEPT_DEPTH_MIN) extents.set(value, extent);
    return extent;
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

function tooLarge(): FqlFault {
  const description = `A value is larger than the ${VALUE_SIZE_MAX} characters that one may have.`;
  return new FqlFault([{ position: [], code: 'resources exceeded', description }]);
}
