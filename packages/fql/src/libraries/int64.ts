/** 64-bit integers the way Java has them: sums wrap, conversions of doubles saturate. */
import { INTEGER_MAX, INTEGER_MIN } from '../values/value.ts';

export function wrap(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}

export function isInt64(value: bigint): boolean {
  return value >= INTEGER_MIN && value <= INTEGER_MAX;
}

/** Towards zero; NaN is 0, what lies outside becomes the nearest bound. */
export function integerOf(value: number): bigint {
  if (Number.isNaN(value)) return 0n;
  if (value >= 2 ** 63) return INTEGER_MAX;
  if (value <= -(2 ** 63)) return INTEGER_MIN;
  return BigInt(Math.trunc(value));
}

/** The quotient, rounded down. */
export function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}

/** The remainder of `floorDivide`: 0 … by − 1. */
export function floorModulo(value: bigint, by: bigint): bigint {
  const remainder = value % by;
  return remainder < 0n ? remainder + by : remainder;
}
