/** Guards for JSON nodes: `Array.isArray` and `instanceof Map` forget what readonly collections hold. */
import type { JsonNode } from '../json/parse-json.ts';

export type JsonFields = ReadonlyMap<string, JsonNode>;

export function isList(node: JsonNode | undefined): node is readonly JsonNode[] {
  return Array.isArray(node);
}

export function isFields(node: JsonNode | undefined): node is JsonFields {
  return node instanceof Map;
}
