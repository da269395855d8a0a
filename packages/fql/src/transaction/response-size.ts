/**
 * A bound on what an answer holds. Values share their parts, so a short expression (an array twice in an array, that twice in another …) can
 * stand for more text than there is memory.
 */
import { unreachable } from '@skein/base';
import { FqlFault } from '../evaluate/fql-error.ts';
import { Lambda } from '../values/lambda.ts';
import { SetRef } from '../values/set-ref.ts';
import { DocumentValue, isArray, isObject, PageValue, type Value } from '../values/value.ts';

/** Roughly the characters of the answer's text. */
export const RESPONSE_SIZE_MAX = 64 * 1024 * 1024;

/** What a value takes at least, with its comma. */
const VALUE_SIZE = 2;

export function checkResponseSize(value: Value, sizeMax = RESPONSE_SIZE_MAX): void {
  let size = 0;
  const rest: Value[] = [value];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    size += VALUE_SIZE + textSize(next);
    if (size > sizeMax) throw tooLarge(sizeMax);
    for (const part of partsOf(next)) rest.push(part);
  }
}

function textSize(value: Value): number {
  if (typeof value === 'string' || value instanceof Uint8Array) return value.length;
  if (!isObject(value)) return 0;
  let size = 0;
  for (const key of value.keys()) size += key.length;
  return size;
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

function tooLarge(sizeMax: number): FqlFault {
  const description = `The result is larger than the ${sizeMax} characters that one may have.`;
  return new FqlFault([{ position: [], code: 'resources exceeded', description }]);
}
