/**
 * How large a value is when it is written out. Values share their parts, so a short expression (an array twice in an array, that twice in
 * another …) can stand for more text than there is memory; whatever walks through a value would never end. So nothing larger than
 * `VALUE_SIZE_MAX` is put together: expressions of arrays and objects, and functions that collect values, ask here.
 */
import { unreachable } from '@skein/base';
import { Lambda } from '../values/lambda.ts';
import { SetRef } from '../values/set-ref.ts';
import { DocumentValue, isArray, isObject, PageValue, type Value } from '../values/value.ts';
import { FqlFault } from './fql-error.ts';
import { VALUE_SIZE_MAX } from './limits.ts';

const SCALAR_SIZE = 4;
/** Containers of that size are not walked through again. */
const KEPT_SIZE_MIN = 4096;
/** So much of a value is walked through in one step. */
const SIZE_PER_STEP = 64;

const sizes = new WeakMap<object, number>();

/** Roughly the characters of the value's text. Throws a fault beyond `VALUE_SIZE_MAX`. `charge` pays for the walk. */
export function sizeOf(value: Value, charge: (steps: number) => void): number {
  const walk = new Walk();
  const size = walk.size(value);
  if (walk.walked >= SIZE_PER_STEP) charge(Math.floor(walk.walked / SIZE_PER_STEP));
  return size;
}

class Walk {
  /** Of which was not known before. */
  walked = 0;

  size(value: Value): number {
    if (typeof value === 'string' || value instanceof Uint8Array) return SCALAR_SIZE + value.length;
    if (typeof value !== 'object' || value === null) return SCALAR_SIZE;
    const known = sizes.get(value);
    if (known !== undefined) return known;
    let size = SCALAR_SIZE;
    if (isObject(value)) for (const key of value.keys()) size += key.length;
    this.walked += size;
    for (const part of partsOf(value)) {
      size += this.size(part);
      if (size > VALUE_SIZE_MAX) throw tooLarge();
    }
    if (size >= KEPT_SIZE_MIN) sizes.set(value, size);
    return size;
  }
}

function partsOf(value: Value): Iterable<Value> {
  if (isArray(value)) return value;
  if (isObject(value)) return value.values();
  if (value instanceof DocumentValue) return value.fields.values();
  if (value instanceof PageValue) return [value.data, value.before ?? null, value.after ?? null];
  if (value instanceof Lambda) return value.captured.values();
  return value instanceof SetRef ? setParts(value) : [];
}

function setParts({ shape }: SetRef): readonly Value[] {
  switch (shape.type) {
    case 'match':
      return shape.terms === undefined ? [] : [shape.terms];
    case 'documents':
    case 'singleton':
      return [];
    case 'events':
      return [shape.of];
    case 'union':
    case 'intersection':
    case 'difference':
      return shape.sets;
    case 'distinct':
    case 'reverse':
      return [shape.set];
    case 'join':
      return [shape.source, shape.with];
    case 'range':
      return [shape.set, shape.from, shape.to];
    case 'filter':
      return [shape.filter, shape.set];
    default:
      return unreachable(shape);
  }
}

function tooLarge(): FqlFault {
  const description = `A value is larger than the ${VALUE_SIZE_MAX} characters that one may have.`;
  return new FqlFault([{ position: [], code: 'resources exceeded', description }]);
}
