/**
 * JSON as FQL reads it: an integer and a double are different things, the first of equal keys counts, and the order of keys is kept.
 *
 * The bytes become one string at once, and everything is cut out of that: decoding each string by itself costs several times as much.
 * Integers without `.` and exponent are `bigint`s when they fit 64 bits. Longer ones become doubles: a JavaScript client writes the double
 * 1e20 as `100000000000000000000`.
 */
import { utf8Decode, utf8Encode } from '@skein/base';
import { INTEGER_MAX, INTEGER_MIN } from '../values/value.ts';
import { NESTING_MAX } from './limits.ts';

export type JsonNode =
  | null
  | boolean
  | bigint
  | number
  | string
  | readonly JsonNode[]
  | ReadonlyMap<string, JsonNode>;

/** The bytes are no JSON (`offset`: the byte where they stop being it), or nested more deeply than `NESTING_MAX`. */
export class JsonError extends Error {
  override readonly name = 'JsonError';
  readonly kind: 'nesting' | 'syntax';
  readonly offset: number;

  constructor(kind: 'nesting' | 'syntax', offset: number) {
    super(
      kind === 'nesting'
        ? `JSON: nested deeper than ${NESTING_MAX} at byte ${offset}`
        : `JSON: unexpected input at byte ${offset}`,
    );
    this.kind = kind;
    this.offset = offset;
  }
}

/** Throws `JsonError`, and nothing else. */
export function parseJson(bytes: Uint8Array): JsonNode {
  const text = utf8Decode(bytes);
  if (text.includes('\ufffd')) checkUtf8(bytes, text);
  return new JsonParser(text).parse();
}

const SMALL_MIN = -16;
const SMALL_MAX = 1023;
const SMALL_INTEGERS = Array.from({ length: SMALL_MAX - SMALL_MIN + 1 }, (_, at) => BigInt(at + SMALL_MIN));
/** That many digits are exact in a double. */
const EXACT_DIGITS_MAX = 15;

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const BACKSLASH = 92;
const LONE_SURROGATE = /\p{Surrogate}/gu;

class JsonParser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): JsonNode {
    const node = this.#value(this.#skipSpace());
    this.#skipSpace();
    if (this.#at < this.#text.length) this.#fail();
    return node;
  }

  /** `code`: the character at `#at`, or NaN at the end. */
  #value(code: number): JsonNode {
    switch (code) {
      case 123:
        return this.#object();
      case 91:
        return this.#array();
      case QUOTE:
        return this.#string();
      case 116:
        return this.#word('true', true);
      case 102:
        return this.#word('false', false);
      case 110:
        return this.#word('null', null);
      default:
        return this.#number(code);
    }
  }

  #object(): ReadonlyMap<string, JsonNode> {
    this.#enter();
    const fields = new Map<string, JsonNode>();
    let code = this.#skipSpace();
    if (code === 125) return this.#leave(fields);
    for (;;) {
      if (code !== QUOTE) this.#fail();
      const key = this.#string();
      if (this.#skipSpace() !== COLON) this.#fail();
      this.#at++;
      const value = this.#value(this.#skipSpace());
      if (!fields.has(key)) fields.set(key, value);
      code = this.#skipSpace();
      if (code === 125) return this.#leave(fields);
      if (code !== COMMA) this.#fail();
      this.#at++;
      code = this.#skipSpace();
    }
  }

  #array(): readonly JsonNode[] {
    this.#enter();
    const items: JsonNode[] = [];
    let code = this.#skipSpace();
    if (code === 93) return this.#leave(items);
    for (;;) {
      items.push(this.#value(code));
      code = this.#skipSpace();
      if (code === 93) return this.#leave(items);
      if (code !== COMMA) this.#fail();
      this.#at++;
      code = this.#skipSpace();
    }
  }

  #enter(): void {
    if (++this.#depth > NESTING_MAX) throw new JsonError('nesting', byteOffset(this.#text, this.#at));
    this.#at++;
  }

  #leave<T>(container: T): T {
    this.#depth--;
    this.#at++;
    return container;
  }

  #string(): string {
    const text = this.#text;
    const start = this.#at + 1;
    let at = start;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) break;
      if (code === BACKSLASH) return this.#escapedString(at);
      if (!(code >= 32)) {
        this.#at = at;
        this.#fail();
      }
      at++;
    }
    this.#at = at + 1;
    return text.slice(start, at);
  }

  /** Rare enough to leave the escapes to the platform. */
  #escapedString(firstEscape: number): string {
    const text = this.#text;
    const start = this.#at;
    let at = firstEscape;
    for (let code = BACKSLASH; code !== QUOTE; code = text.charCodeAt(at)) {
      if (!(code >= 32)) {
        this.#at = at;
        this.#fail();
      }
      at += code === BACKSLASH ? 2 : 1;
    }
    let string: unknown;
    try {
      string = JSON.parse(text.slice(start, at + 1));
    } catch {
      this.#fail();
    }
    this.#at = at + 1;
    // Half a pair has no UTF-8, and nothing may be stored that cannot be sent back.
    return String(string).replace(LONE_SURROGATE, '\ufffd');
  }

  #word<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) this.#fail();
    this.#at += word.length;
    return value;
  }

  #number(first: number): bigint | number {
    const text = this.#text;
    const start = this.#at;
    const isNegative = first === 45;
    const digits = isNegative ? start + 1 : start;
    let at = digits;
    let magnitude = 0;
    let code = text.charCodeAt(at);
    for (; code >= 48 && code <= 57; code = text.charCodeAt(++at)) magnitude = magnitude * 10 + code - 48;
    const digitCount = at - digits;
    if (digitCount === 0 || (digitCount > 1 && text.charCodeAt(digits) === 48)) this.#fail();
    if (code === 46 || code === 69 || code === 101) return this.#double(start, at);
    this.#at = at;
    if (digitCount > EXACT_DIGITS_MAX) return longInteger(text.slice(start, at));
    const value = isNegative ? -magnitude : magnitude;
    return value >= SMALL_MIN && value <= SMALL_MAX ? SMALL_INTEGERS[value - SMALL_MIN]! : BigInt(value);
  }

  /** `at`: behind the digits before the point. */
  #double(start: number, end: number): number {
    const text = this.#text;
    let at = end;
    if (text.charCodeAt(at) === 46) at = this.#digits(at + 1);
    if ((text.charCodeAt(at) | 32) === 101) {
      const sign = text.charCodeAt(at + 1);
      at = this.#digits(sign === 43 || sign === 45 ? at + 2 : at + 1);
    }
    this.#at = at;
    return Number(text.slice(start, at));
  }

  /** Behind the digits at `start`, of which there is at least one. */
  #digits(start: number): number {
    let at = start;
    for (let code = this.#text.charCodeAt(at); code >= 48 && code <= 57; code = this.#text.charCodeAt(at))
      at++;
    if (at === start) {
      this.#at = at;
      this.#fail();
    }
    return at;
  }

  #skipSpace(): number {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return code;
      this.#at++;
    }
  }

  #fail(): never {
    throw new JsonError('syntax', byteOffset(this.#text, Math.min(this.#at, this.#text.length)));
  }
}

/** So many digits that a client would not send them on purpose are still only read once or twice. */
function longInteger(digits: string): bigint | number {
  if (digits.length > 20) return Number(digits);
  const integer = BigInt(digits);
  return integer >= INTEGER_MIN && integer <= INTEGER_MAX ? integer : Number(digits);
}

/** A U+FFFD that nobody sent stands for bytes that are no UTF-8. */
function checkUtf8(bytes: Uint8Array, text: string): void {
  const again = utf8Encode(text);
  const start = bytes.length - again.length === 3 && bytes[0] === 0xef && bytes[1] === 0xbb ? 3 : 0;
  for (let at = 0; at < again.length; at++) {
    if (again[at] !== bytes[start + at]) throw new JsonError('syntax', start + at);
  }
  if (start + again.length !== bytes.length) throw new JsonError('syntax', start + again.length);
}

function byteOffset(text: string, at: number): number {
  return utf8Encode(text.slice(0, at)).length;
}
