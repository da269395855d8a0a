/**
 * What an FQL expression can evaluate to.
 *
 * Integers are 64-bit and JavaScript `bigint`s, doubles are `number`s: so both stay distinct, and ids beyond 2^53 exact. Objects are maps,
 * because their order of keys is kept (JavaScript objects would sort `"2"` before `"10"`).
 */
import type { Lambda } from './lambda.ts';
import type { Ref } from './ref.ts';
import type { SetRef } from './set-ref.ts';
import type { FqlDate, Time } from './time.ts';

export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | readonly Value[]
  | ObjectValue
  | Time
  | FqlDate
  | Uuid
  | Ref
  | SetRef
  | Lambda
  | DocumentValue
  | PageValue;

export type ObjectValue = ReadonlyMap<string, Value>;

export const INTEGER_MIN = -(2n ** 63n);
export const INTEGER_MAX = 2n ** 63n - 1n;

/** `text`: 36 characters, lower case. */
export class Uuid {
  readonly kind = 'uuid';
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** One version of a document: `{ref, ts, …fields}` on the wire. `fields` holds everything else (`data`, `ttl`, `name` …). */
export class DocumentValue {
  readonly kind = 'document';
  readonly ref: Ref;
  /** Transaction time, µs since 1970. */
  readonly ts: number;
  readonly fields: ObjectValue;

  constructor(ref: Ref, ts: number, fields: ObjectValue) {
    this.ref = ref;
    this.ts = ts;
    this.fields = fields;
  }
}

/**
 * A page of a set. A cursor is undefined where there is nothing beyond. `cursors` has that of each item, whatever `Map` made of the items since:
 * so `Take` and `Drop` know where the page that they leave begins and ends. Undefined: nobody knows.
 */
export class PageValue {
  readonly kind = 'page';
  readonly data: readonly Value[];
  readonly before: Value | undefined;
  readonly after: Value | undefined;
  readonly cursors: readonly Value[] | undefined;

  constructor(
    data: readonly Value[],
    parts: {
      readonly before?: Value | undefined;
      readonly after?: Value | undefined;
      readonly cursors?: readonly Value[] | undefined;
    } = {},
  ) {
    this.data = data;
    this.before = parts.before;
    this.after = parts.after;
    this.cursors = parts.cursors;
  }
}

export function isObject(value: Value): value is ObjectValue {
  return value instanceof Map;
}

export function isArray(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}
