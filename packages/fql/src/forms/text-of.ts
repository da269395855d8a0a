/** Values as text for people: what `ToString` and `%s` write. */
import { renderDate, renderDouble, renderTime } from '../json/render-scalar.ts';
import { FqlDate, Time } from '../values/time.ts';
import { Uuid, type Value } from '../values/value.ts';

/** Undefined: values of this type have no text (bytes, refs, collections, functions). */
export function textOf(value: Value): string | undefined {
  if (value === null) return 'null';
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return renderDouble(value);
  if (value instanceof Time) return renderTime(value);
  if (value instanceof FqlDate) return renderDate(value);
  return value instanceof Uuid ? value.text : undefined;
}
