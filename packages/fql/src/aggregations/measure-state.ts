/** What a measure has seen so far, as a value that can be stored; the same whatever the order in which events came. */

import { unreachable } from '@skein/base';
import { compareValues } from '../order/compare.ts';
import { isArray, type Value } from '../values/value.ts';
import type { Measure } from './definition.ts';
import { addToSum, EMPTY_SUM, type ExactSum, sumValue } from './exact-sum.ts';

export type MeasureState =
  | { readonly kind: 'count' | 'distinct'; readonly count: bigint }
  | { readonly kind: 'sum'; readonly sum: ExactSum }
  /** Undefined: nothing seen yet. */
  | { readonly kind: 'min' | 'max'; readonly value: Value | undefined }
  | { readonly kind: 'last'; readonly value: Value | undefined; readonly ts: number; readonly id: bigint }
  | { readonly kind: 'histogram'; readonly counts: readonly bigint[] };

export interface EventPlace {
  readonly ts: number;
  readonly id: bigint;
}

export function emptyState(measure: Measure): MeasureState {
  switch (measure.kind) {
    case 'count':
    case 'distinct':
      return { kind: measure.kind, count: 0n };
    case 'sum':
      return { kind: 'sum', sum: EMPTY_SUM };
    case 'min':
    case 'max':
      return { kind: measure.kind, value: undefined };
    case 'last':
      return { kind: 'last', value: undefined, ts: -1, id: -1n };
    case 'histogram':
      return { kind: 'histogram', counts: Array.from({ length: measure.bounds.length + 1 }, () => 0n) };
    default:
      return unreachable(measure);
  }
}

/**
 * `input`: what the event holds where the measure looks; null when nothing. `isNew` tells whether a value was not seen before, and
 * remembers it (only `distinct` asks). Sums and histograms leave out what is no number, the others leave out null.
 */
export function addEvent(
  measure: Measure,
  state: MeasureState,
  input: Value,
  place: EventPlace,
  isNew: (value: Value) => boolean,
): MeasureState {
  switch (state.kind) {
    case 'count':
      return { kind: 'count', count: state.count + 1n };
    case 'sum':
      return typeof input === 'bigint' || typeof input === 'number'
        ? { kind: 'sum', sum: addToSum(state.sum, input) }
        : state;
    case 'min':
    case 'max': {
      if (input === null) return state;
      const before = state.value;
      const better = before === undefined || (state.kind === 'min') === compareStrictly(input, before) < 0;
      return better ? { kind: state.kind, value: input } : state;
    }
    case 'last': {
      const later = place.ts > state.ts || (place.ts === state.ts && place.id > state.id);
      return later ? { kind: 'last', value: input, ...place } : state;
    }
    case 'distinct':
      return input !== null && isNew(input) ? { kind: 'distinct', count: state.count + 1n } : state;
    case 'histogram': {
      if ((typeof input !== 'bigint' && typeof input !== 'number') || Number.isNaN(input)) return state;
      const bounds = measure.kind === 'histogram' ? measure.bounds : [];
      const bucket = bounds.filter((bound) => bound <= input).length;
      return {
        kind: 'histogram',
        counts: state.counts.map((count, at) => (at === bucket ? count + 1n : count)),
      };
    }
    default:
      return unreachable(state);
  }
}

/** As clients see it. */
export function measureResult(state: MeasureState): Value {
  switch (state.kind) {
    case 'count':
    case 'distinct':
      return state.count;
    case 'sum':
      return sumValue(state.sum);
    case 'min':
    case 'max':
    case 'last':
      return state.value ?? null;
    case 'histogram':
      return state.counts;
    default:
      return unreachable(state);
  }
}

export function stateValue(state: MeasureState): Value {
  switch (state.kind) {
    case 'count':
    case 'distinct':
      return state.count;
    case 'sum': {
      const { integers, scaled, positiveInfinities, negativeInfinities, nans } = state.sum;
      return scaled === undefined
        ? [String(integers)]
        : [
            String(integers),
            scaled.toString(36),
            BigInt(positiveInfinities),
            BigInt(negativeInfinities),
            BigInt(nans),
          ];
    }
    case 'min':
    case 'max':
      return state.value === undefined ? [] : [state.value];
    case 'last':
      return state.value === undefined ? [] : [state.value, BigInt(state.ts), state.id];
    case 'histogram':
      return state.counts;
    default:
      return unreachable(state);
  }
}

/** Undefined when the value is not what `stateValue` gave for this measure. */
export function stateFromValue(measure: Measure, value: Value): MeasureState | undefined {
  const parts = isArray(value) ? value : [];
  switch (measure.kind) {
    case 'count':
    case 'distinct':
      return typeof value === 'bigint' ? { kind: measure.kind, count: value } : undefined;
    case 'sum': {
      const [integers, scaled, positive, negative, nans] = parts;
      if (typeof integers !== 'string') return undefined;
      return {
        kind: 'sum',
        sum: {
          integers: BigInt(integers),
          scaled: typeof scaled === 'string' ? bigintFromBase36(scaled) : undefined,
          positiveInfinities: Number(positive ?? 0n),
          negativeInfinities: Number(negative ?? 0n),
          nans: Number(nans ?? 0n),
        },
      };
    }
    case 'min':
    case 'max':
      return { kind: measure.kind, value: parts[0] };
    case 'last':
      return {
        kind: 'last',
        value: parts[0],
        ts: parts[1] === undefined ? -1 : Number(parts[1]),
        id: typeof parts[2] === 'bigint' ? parts[2] : -1n,
      };
    case 'histogram':
      return { kind: 'histogram', counts: parts.filter((count) => typeof count === 'bigint') };
    default:
      return unreachable(measure);
  }
}

/** 1 and 1.0 are equal in FQL's order; here the integer comes first, so that the result depends on no order of events. */
function compareStrictly(a: Value, b: Value): number {
  return compareValues(a, b) || (typeof a === 'bigint' ? 0 : 1) - (typeof b === 'bigint' ? 0 : 1);
}

function bigintFromBase36(text: string): bigint {
  const negative = text.startsWith('-');
  let value = 0n;
  for (const digit of negative ? text.slice(1) : text)
    value = value * 36n + BigInt(Number.parseInt(digit, 36));
  return negative ? -value : value;
}
