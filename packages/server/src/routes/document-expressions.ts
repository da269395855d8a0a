/**
 * From JSON bodies to expressions of FQL. Plain JSON is data: objects are wrapped, so that a key such as `delete` is no call. An object whose
 * only key begins with `@` is a value that JSON has no form for, as FQL's responses write it: `{"@ts": …}`, `{"@ref": …}`.
 */
import { JsonError, type JsonNode, parseJson } from '@skein/fql';
import { ApiError } from '@skein/wire';

/** The body as an object; numbers keep what they are: longs are exact, and 1.0 is not 1. Throws `ApiError`. */
export function bodyFields(body: Uint8Array): ReadonlyMap<string, JsonNode> {
  if (body.byteLength === 0) return new Map();
  let node: JsonNode;
  try {
    node = parseJson(body);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new ApiError('json-syntax', {
      detail: error.kind === 'nesting' ? 'nested too deeply' : `syntax error at byte ${error.offset}`,
    });
  }
  if (node instanceof Map) return node;
  throw new ApiError('body-not-object');
}

/** JSON text of an expression that evaluates to the value. */
export function literal(node: JsonNode): string {
  return text(node, 'wrapped');
}

/** JSON text of a form: its arguments are JSON text already. */
export function form(parts: Readonly<Record<string, string>>): Uint8Array {
  return Buffer.from(
    `{${Object.entries(parts)
      .map(([key, value]) => `${JSON.stringify(key)}:${value}`)
      .join(',')}}`,
  );
}

function text(node: JsonNode, objects: 'wrapped' | 'plain'): string {
  if (node instanceof Map) {
    const isSpecial = node.size === 1 && [...node.keys()].every((key) => key.startsWith('@'));
    const inside = objects === 'plain' || isSpecial ? 'plain' : 'wrapped';
    const members = Array.from(node, ([key, value]) => `${JSON.stringify(key)}:${text(value, inside)}`);
    const object = `{${members.join(',')}}`;
    return inside === 'plain' ? object : `{"object":${object}}`;
  }
  if (isItems(node)) return `[${node.map((item) => text(item, objects)).join(',')}]`;
  if (typeof node === 'number') {
    const digits = String(node);
    return Number.isInteger(node) && !/[e.]/.test(digits) ? `${digits}.0` : digits;
  }
  return typeof node === 'bigint' ? String(node) : JSON.stringify(node);
}

function isItems(node: JsonNode): node is readonly JsonNode[] {
  return Array.isArray(node);
}
