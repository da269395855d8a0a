/** What runs have folded of one key. */
import { decodeValue, encodeValue, type RefNames } from '../codec/value-codec.ts';
import { isArray, type Value } from '../values/value.ts';
import type { Measure } from './definition.ts';
import {
  addEvent,
  type EventPlace,
  emptyState,
  type MeasureState,
  measureResult,
  stateFromValue,
  stateValue,
} from './measure-state.ts';
import type { MeasuredEvent } from './measured-event.ts';

export interface KeySnapshot {
  readonly key: Value;
  readonly eventCount: bigint;
  /** µs: of the latest event in it. */
  readonly ts: number;
  readonly states: readonly MeasureState[];
}

export type Measures = ReadonlyMap<string, Measure>;

export function emptySnapshot(key: Value, measures: Measures): KeySnapshot {
  return { key, eventCount: 0n, ts: 0, states: Array.from(measures.values(), emptyState) };
}

/** `isNew`: whether a value counts for the measure at this place that did not count before. */
export function foldEvent(
  snapshot: KeySnapshot,
  measures: Measures,
  event: MeasuredEvent,
  place: EventPlace,
  isNew: (measure: number, value: Value) => boolean,
): KeySnapshot {
  const declared = [...measures.values()];
  return {
    key: snapshot.key,
    eventCount: snapshot.eventCount + 1n,
    ts: Math.max(snapshot.ts, place.ts),
    states: snapshot.states.map((state, at) =>
      addEvent(declared[at]!, state, event.inputs[at] ?? null, place, (value) => isNew(at, value)),
    ),
  };
}

/** Results by name of measure. */
export function snapshotResults(snapshot: KeySnapshot, measures: Measures): ReadonlyMap<string, Value> {
  const names = [...measures.keys()];
  return new Map(snapshot.states.map((state, at): [string, Value] => [names[at]!, measureResult(state)]));
}

export function encodeSnapshot({ key, eventCount, ts, states }: KeySnapshot, names: RefNames): Uint8Array {
  return encodeValue([key, eventCount, BigInt(ts), ...states.map(stateValue)], names);
}

export function decodeSnapshot(bytes: Uint8Array, measures: Measures, names: RefNames): KeySnapshot {
  const value = decodeValue(bytes, names);
  const [key = null, eventCount, ts, ...states] = isArray(value) ? value : [];
  return {
    key,
    eventCount: typeof eventCount === 'bigint' ? eventCount : 0n,
    ts: Number(ts),
    states: Array.from(
      measures.values(),
      (measure, at) => stateFromValue(measure, states[at] ?? null) ?? emptyState(measure),
    ),
  };
}
