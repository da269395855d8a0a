/** What an event of a document says, put over what was there before it. */
import type { JsonNode } from '@skein/fql/parse-json';
import { isJsonMap, type JsonMap } from '../fql/json-node.ts';

/** Objects merge key by key, null deletes, everything else replaces. */
export function mergeData(before: JsonMap, change: JsonMap): JsonMap {
  const merged = new Map(before);
  for (const [key, value] of change) {
    const old = merged.get(key);
    if (value === null) merged.delete(key);
    else if (isPlain(value) && isPlain(old)) merged.set(key, mergeData(old, value));
    else merged.set(key, value);
  }
  return merged;
}

/** An object of the user. Refs and times are single values, though answers write them as objects. */
function isPlain(node: JsonNode | undefined): node is JsonMap {
  if (!isJsonMap(node)) return false;
  const [only] = node.keys();
  return !(node.size === 1 && only?.startsWith('@') === true);
}
