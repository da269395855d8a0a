/** JSON bodies, whatever the content type says: browser clients send `text/plain` to avoid a preflight request. */
import { isUtf8 } from 'node:buffer';
import { isJsonObject, type Json, type JsonObject } from '@skein/base';
import { ApiError } from '@skein/wire';

/** Deeper nesting than any record or query needs; what walks a body by recursion is safe below it. */
const jsonDepthMax = 128;

/** The body as an object; an empty body is `{}`, as the reference server reads it. Throws `ApiError`. */
export function parseJsonObject(body: Buffer): JsonObject {
  const value = parseJson(body);
  if (!isJsonObject(value)) throw new ApiError('body-not-object');
  return value;
}

/** Throws `ApiError` when `body` is not JSON in UTF-8 or is nested too deeply. */
export function parseJson(body: Buffer): Json {
  // Decoding would put other characters in place of what is no UTF-8, and so save another record than was sent.
  if (!isUtf8(body)) throw new ApiError('json-syntax', { detail: 'the body is not UTF-8' });
  const text = body.toString('utf8');
  if (text.trim() === '') return {};
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    throw new ApiError('json-syntax', { detail: place(error, text) });
  }
  if (nestsDeeperThan(value, jsonDepthMax)) {
    throw new ApiError('json-syntax', { detail: `nested more than ${jsonDepthMax} levels deep` });
  }
  return value;
}

/** The engine's message quotes the body, which may hold a query or a key: only the place is passed on. */
function place(error: unknown, text: string): string {
  const at = Number(
    /at position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1] ?? text.length,
  );
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  return `syntax error near line:${line} column:${at - before.lastIndexOf('\n')}`;
}

function nestsDeeperThan(value: Json, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth === 0) return true;
  if (isArray(value)) {
    for (const item of value) {
      if (typeof item === 'object' && nestsDeeperThan(item, depth - 1)) return true;
    }
    return false;
  }
  for (const name in value) {
    const item = value[name];
    if (typeof item === 'object' && nestsDeeperThan(item, depth - 1)) return true;
  }
  return false;
}

/** `Array.isArray` does not narrow readonly arrays. */
function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
