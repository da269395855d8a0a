/** JSON in which integers and doubles stay apart: telling its kinds, and its text. */
import type { JsonNode } from '@skein/fql/parse-json';

export type JsonMap = ReadonlyMap<string, JsonNode>;

export function isJsonArray(node: JsonNode | undefined): node is readonly JsonNode[] {
  return Array.isArray(node);
}

export function isJsonMap(node: JsonNode | undefined): node is JsonMap {
  return node instanceof Map;
}

/** Reads back as the same node: `10.0` stays a double. */
export function jsonText(node: JsonNode): string {
  if (node === null) return 'null';
  if (typeof node === 'string') return JSON.stringify(node);
  if (typeof node === 'number') return doubleText(node);
  if (isJsonArray(node)) return `[${node.map(jsonText).join(',')}]`;
  if (isJsonMap(node)) {
    return `{${[...node].map(([key, value]) => `${JSON.stringify(key)}:${jsonText(value)}`).join(',')}}`;
  }
  return String(node);
}

export function doubleText(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  const text = String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}
