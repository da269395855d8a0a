/** Whether two values are stored alike: types count (1 is not 1.0), the order of keys does not, and NaN equals itself. */
import { renderValue } from '../json/render.ts';
import { Lambda } from '../values/lambda.ts';
import { Ref, sameRef } from '../values/ref.ts';
import { SetRef } from '../values/set-ref.ts';
import { FqlDate, Time } from '../values/time.ts';
import { isArray, isObject, Uuid, type Value } from '../values/value.ts';

export function equalStored(a: Value, b: Value): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a === 'number' && typeof b === 'number') return a === b;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false;
  if (isArray(a)) {
    return isArray(b) && a.length === b.length && a.every((item, at) => equalStored(item, b[at] ?? null));
  }
  if (isObject(a)) {
    return isObject(b) && a.size === b.size && [...a].every(([key, value]) => equalAt(value, b.get(key)));
  }
  if (a instanceof Uint8Array) {
    return b instanceof Uint8Array && a.length === b.length && a.every((byte, at) => byte === b[at]);
  }
  if (a instanceof Ref) return b instanceof Ref && sameRef(a, b);
  if (a instanceof Time) return b instanceof Time && a.nanoseconds === b.nanoseconds;
  if (a instanceof FqlDate) return b instanceof FqlDate && a.epochDay === b.epochDay;
  if (a instanceof Uuid) return b instanceof Uuid && a.text === b.text;
  // Sets and lambdas have no other canonical form than their text.
  if (a instanceof SetRef) return b instanceof SetRef && renderValue(a) === renderValue(b);
  return a instanceof Lambda && b instanceof Lambda && renderValue(a) === renderValue(b);
}

function equalAt(value: Value, other: Value | undefined): boolean {
  return other !== undefined && equalStored(value, other);
}
