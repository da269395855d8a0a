/** Putting a client's fields over those of a document, and telling two states of a document apart. */

import { isArray, isObject, type ObjectValue, type Value } from '../values/value.ts';
import { equalStored } from './equal-stored.ts';

/** Objects merge key by key, null deletes, everything else replaces. Kept keys stay in their places. */
export function mergeFields(before: ObjectValue, change: ObjectValue): ObjectValue {
  const merged = new Map(before);
  for (const [key, value] of change) {
    if (value === null) merged.delete(key);
    else if (isObject(value)) {
      const inner = merged.get(key);
      merged.set(
        key,
        inner !== undefined && isObject(inner) ? mergeFields(inner, value) : withoutNulls(value),
      );
    } else merged.set(key, plain(value));
  }
  return merged;
}

/** Stored objects hold no nulls; arrays keep theirs. */
export function withoutNulls(fields: ObjectValue): ObjectValue {
  const kept = new Map<string, Value>();
  for (const [key, value] of fields) if (value !== null) kept.set(key, plain(value));
  return kept;
}

function plain(value: Value): Value {
  if (isObject(value)) return withoutNulls(value);
  return isArray(value) ? value.map(plain) : value;
}

/** What has to be merged into `before` to get `after`: an event's data. Undefined: nothing. */
export function differenceOf(before: ObjectValue, after: ObjectValue): ObjectValue | undefined {
  const difference = new Map<string, Value>();
  for (const [key, value] of after) {
    const old = before.get(key);
    if (old === undefined) difference.set(key, value);
    else if (isObject(old) && isObject(value)) {
      const inner = differenceOf(old, value);
      if (inner !== undefined) difference.set(key, inner);
    } else if (!equalStored(old, value)) difference.set(key, value);
  }
  for (const key of before.keys()) if (!after.has(key)) difference.set(key, null);
  return difference.size === 0 ? undefined : difference;
}
