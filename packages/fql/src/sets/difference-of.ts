/** What an update changed: new and changed fields with their new values, removed ones with null; null when nothing changed. */
import { sameValue } from '../order/compare.ts';
import { isObject, type ObjectValue, type Value } from '../values/value.ts';

export function difference(before: Value, after: Value): Value {
  if (before !== null && after !== null && isObject(before) && isObject(after)) {
    const changed = changedFields(before, after);
    return changed.size === 0 ? null : changed;
  }
  return sameValue(before, after) ? null : after;
}

function changedFields(before: ObjectValue, after: ObjectValue): ObjectValue {
  const changed = new Map<string, Value>();
  for (const [name, value] of after) {
    const old = before.get(name);
    if (old === undefined) changed.set(name, value);
    else if (old !== null && value !== null && isObject(old) && isObject(value)) {
      const inner = changedFields(old, value);
      if (inner.size > 0) changed.set(name, inner);
    } else if (!sameValue(old, value)) changed.set(name, value);
  }
  for (const name of before.keys()) if (!after.has(name)) changed.set(name, null);
  return changed;
}
