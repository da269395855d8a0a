/**
 * Finds its way in JSON text without parsing it: where values end, and what the members of an object are. The text must
 * be valid JSON (records are: they were parsed when they were saved).
 */
import type { Json, JsonObject } from '@skein/base';

/** Offsets in the text: of the member's name with its quotes, and of its value. */
interface JsonMember {
  readonly name: string;
  readonly start: number;
  readonly valueStart: number;
  readonly end: number;
}

/** Members of the object that starts at `at`, in order. */
export function jsonMembers(json: string, at: number): JsonMember[] {
  const members: JsonMember[] = [];
  let start = skipSpace(json, at + 1);
  while (json.charCodeAt(start) === QUOTE) {
    const nameEnd = stringEnd(json, start);
    const valueStart = skipSpace(json, skipSpace(json, nameEnd) + 1);
    const end = valueEnd(json, valueStart);
    members.push({ name: nameOf(json, start, nameEnd), start, valueStart, end });
    start = skipSpace(json, end);
    if (json.charCodeAt(start) !== COMMA) break;
    start = skipSpace(json, start + 1);
  }
  return members;
}

/**
 * Some members of a record, as an object; those that it has not are missing. Reads no further than the last of them, so it counts on
 * each name standing there once, as in text that `JSON.stringify` made.
 */
export function pickMembers(json: string, names: ReadonlySet<string>): JsonObject {
  // A plain assignment to this name would not make a member.
  if (names.has('__proto__')) return (JSON.parse(json) ?? {}) as JsonObject;
  const picked: Record<string, Json> = {};
  let left = names.size;
  let start = skipSpace(json, skipSpace(json, 0) + 1);
  while (left > 0 && json.charCodeAt(start) === QUOTE) {
    const nameEnd = stringEnd(json, start);
    const name = nameOf(json, start, nameEnd);
    const valueStart = skipSpace(json, skipSpace(json, nameEnd) + 1);
    const end = valueEnd(json, valueStart);
    if (names.has(name)) {
      picked[name] = valueOf(json, valueStart, end);
      left--;
    }
    start = skipSpace(json, end);
    if (json.charCodeAt(start) !== COMMA) break;
    start = skipSpace(json, start + 1);
  }
  return picked;
}

function valueOf(json: string, start: number, end: number): Json {
  const text = json.slice(start, end);
  const isPlain = text.charCodeAt(0) === QUOTE && !text.includes('\\');
  return isPlain ? text.slice(1, -1) : (JSON.parse(text) as Json);
}

/** Where the elements of the array that starts at `at` start and end. */
export function jsonElements(json: string, at: number): { readonly start: number; readonly end: number }[] {
  const elements: { start: number; end: number }[] = [];
  let start = skipSpace(json, at + 1);
  while (start < json.length && json.charCodeAt(start) !== CLOSE_ARRAY) {
    const end = valueEnd(json, start);
    elements.push({ start, end });
    start = skipSpace(json, end);
    if (json.charCodeAt(start) !== COMMA) break;
    start = skipSpace(json, start + 1);
  }
  return elements;
}

function nameOf(json: string, start: number, end: number): string {
  const name = json.slice(start + 1, end - 1);
  return name.includes('\\') ? (JSON.parse(json.slice(start, end)) as string) : name;
}

function valueEnd(json: string, start: number): number {
  const first = json.charCodeAt(start);
  if (first === QUOTE) return stringEnd(json, start);
  let at = start;
  if (first !== OPEN_OBJECT && first !== OPEN_ARRAY) {
    while (at < json.length && !endsScalar(json.charCodeAt(at))) at++;
    return at;
  }
  let depth = 0;
  while (at < json.length) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) {
      at = stringEnd(json, at);
      continue;
    }
    at++;
    if (code === OPEN_OBJECT || code === OPEN_ARRAY) depth++;
    else if ((code === CLOSE_OBJECT || code === CLOSE_ARRAY) && --depth === 0) break;
  }
  return at;
}

/** After the closing quote of the string that starts at `start`. */
function stringEnd(json: string, start: number): number {
  let at = start;
  for (;;) {
    at = json.indexOf('"', at + 1);
    if (at === -1) return json.length;
    let escapes = 0;
    while (json.charCodeAt(at - 1 - escapes) === BACKSLASH) escapes++;
    if (escapes % 2 === 0) return at + 1;
  }
}

function endsScalar(code: number): boolean {
  return code === COMMA || code === CLOSE_OBJECT || code === CLOSE_ARRAY || isSpace(code);
}

function skipSpace(json: string, start: number): number {
  let at = start;
  while (isSpace(json.charCodeAt(at))) at++;
  return at;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

export const OPEN_OBJECT = 0x7b;
export const OPEN_ARRAY = 0x5b;
const CLOSE_OBJECT = 0x7d;
const CLOSE_ARRAY = 0x5d;
const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
