/**
 * The order of values of different types, and the first byte of each in a key: numbers of the format, never changed. Room is left between them.
 * Documents, pages and sets are ordered as the objects that they look like.
 */
import { documentFields, pageFields, setFields } from '../codec/plain-fields.ts';
import { Lambda } from '../values/lambda.ts';
import { Ref } from '../values/ref.ts';
import { SetRef } from '../values/set-ref.ts';
import { FqlDate, Time } from '../values/time.ts';
import { DocumentValue, type ObjectValue, PageValue, Uuid, type Value } from '../values/value.ts';

export const KIND = {
  number: 0x10,
  bytes: 0x18,
  string: 0x20,
  array: 0x28,
  object: 0x30,
  ref: 0x38,
  time: 0x40,
  date: 0x48,
  lambda: 0x50,
  uuid: 0x58,
  false: 0x60,
  true: 0x68,
  null: 0x70,
} as const;
export type Kind = (typeof KIND)[keyof typeof KIND];

export function kindOf(value: Value): Kind {
  switch (typeof value) {
    case 'string':
      return KIND.string;
    case 'bigint':
    case 'number':
      return KIND.number;
    case 'boolean':
      return value ? KIND.true : KIND.false;
    default:
      if (value === null) return KIND.null;
      if (value instanceof Ref) return KIND.ref;
      if (Array.isArray(value)) return KIND.array;
      if (value instanceof Uint8Array) return KIND.bytes;
      if (value instanceof Time) return KIND.time;
      if (value instanceof FqlDate) return KIND.date;
      if (value instanceof Lambda) return KIND.lambda;
      return value instanceof Uuid ? KIND.uuid : KIND.object;
  }
}

/** Fields of a value of kind `object`, by key: by code units, as Java sorts strings. */
export function sortedFields(value: Value): readonly (readonly [string, Value])[] {
  return Array.from(fieldsOf(value)).sort(([a], [b]) => (a < b ? -1 : 1));
}

function fieldsOf(value: Value): ObjectValue {
  if (value instanceof DocumentValue) return documentFields(value);
  if (value instanceof PageValue) return pageFields(value);
  if (value instanceof SetRef) return setFields(value);
  return value instanceof Map ? value : new Map();
}
