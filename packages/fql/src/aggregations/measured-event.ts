/** What an aggregation takes from a document: its key, and what each measure looks at. */
import { isObject, type ObjectValue, type Value } from '../values/value.ts';
import type { AggregationDefinition, Path } from './definition.ts';

export interface MeasuredEvent {
  readonly key: Value;
  /** One per measure, in the order of their declaration; null where there is nothing. */
  readonly inputs: readonly Value[];
  readonly eventId: Value;
}

export function measureEvent(
  { key, measures, eventId }: AggregationDefinition,
  fields: ObjectValue,
): MeasuredEvent {
  return {
    key: valueAt(fields, key),
    inputs: Array.from(measures.values(), (measure) =>
      measure.kind === 'count' ? null : valueAt(fields, measure.path),
    ),
    eventId: eventId === undefined ? null : valueAt(fields, eventId),
  };
}

function valueAt(fields: ObjectValue, path: Path): Value {
  let value: Value = fields;
  for (const step of path) {
    if (value === null || typeof value !== 'object' || !isObject(value)) return null;
    value = value.get(step) ?? null;
  }
  return value;
}
