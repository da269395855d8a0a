/**
 * A document as a record of a search index, in JSON:
 *
 *   integers       numbers; beyond ±(2^53 − 1), which JSON readers would round, text
 *   doubles        numbers; those that JSON does not have (NaN, ±Infinity) are null
 *   times, dates   text: "2026-01-02T03:04:05.678Z", "2026-01-02"
 *   bytes          text in base64; uuids: text
 *   refs           the id of what they point to
 *   sets, functions and the like are left out, inside arrays null
 */
import type { Json, JsonObject } from '@skein/base';
import { encodeBase64 } from '../json/base64.ts';
import { renderDate, renderTime } from '../json/render-scalar.ts';
import { Lambda } from '../values/lambda.ts';
import { Ref } from '../values/ref.ts';
import { SetRef } from '../values/set-ref.ts';
import { FqlDate, Time } from '../values/time.ts';
import {
  DocumentValue,
  isArray,
  isObject,
  type ObjectValue,
  PageValue,
  Uuid,
  type Value,
} from '../values/value.ts';
import type { AttributeMap, AttributePath } from './declaration.ts';

/** In paths given as text, the step into an array is text, too. */
const DIGITS = /^\d{1,10}$/;
const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** `objectID` is the document's id. Attributes whose path leads nowhere are absent. */
export function recordOf(document: DocumentValue, attributes: AttributeMap): JsonObject {
  const { ref, ts, fields } = document;
  const record: Record<string, Json> = emptyRecord();
  record['objectID'] = ref.id;
  if (attributes === undefined) {
    const data = fields.get('data');
    if (data !== undefined && isObject(data)) addFields(record, data);
    // What the document calls so is not what names the record.
    record['objectID'] = ref.id;
    return record;
  }
  const whole = new Map<string, Value>([...fields, ['ref', ref], ['ts', BigInt(ts)]]);
  for (const [name, path] of attributes) {
    const json = jsonOf(valueAt(whole, path));
    if (json !== undefined) record[name] = json;
  }
  return record;
}

function valueAt(whole: ObjectValue, path: AttributePath): Value | undefined {
  let value: Value | undefined = whole;
  for (const step of path) {
    if (value === undefined || value === null) return undefined;
    if (isObject(value)) value = value.get(String(step));
    else if (isArray(value)) value = DIGITS.test(String(step)) ? value[Number(step)] : undefined;
    else return undefined;
  }
  return value;
}

function jsonOf(value: Value | undefined): Json | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return value >= -SAFE && value <= SAFE ? Number(value) : String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (value === undefined || value instanceof SetRef || value instanceof Lambda) return undefined;
  if (value instanceof DocumentValue || value instanceof PageValue) return undefined;
  if (value instanceof Uint8Array) return encodeBase64(value);
  if (value instanceof Time) return renderTime(value);
  if (value instanceof FqlDate) return renderDate(value);
  if (value instanceof Uuid) return value.text;
  if (value instanceof Ref) return value.id;
  if (isArray(value)) return value.map((each) => jsonOf(each) ?? null);
  const object = emptyRecord();
  addFields(object, value);
  return object;
}

function addFields(target: Record<string, Json>, fields: ObjectValue): void {
  for (const [name, value] of fields) {
    const json = jsonOf(value);
    if (json !== undefined) target[name] = json;
  }
}

/** Without a prototype: `__proto__` is a name like any other. */
function emptyRecord(): Record<string, Json> {
  return Object.create(null) as Record<string, Json>;
}
