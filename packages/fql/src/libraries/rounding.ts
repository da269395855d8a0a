/**
 * `Round` and `Trunc`, with Fauna's own rules: halves go up, and below zero a fraction goes towards zero first (−1.7 rounds to −1). Where its
 * arithmetic overflowed, these are exact: doubles too large to have a fraction stay as they are.
 */

/** From here on a double has no digits after the point. */
const WHOLE_MIN = 2 ** 52;
/** More digits than a double has. */
const PRECISION_MAX = 15;

/** `precision` ≤ 0 counts digits before the point. Integers have none behind it. */
export function roundInteger(value: bigint, precision: bigint): bigint {
  if (precision > 0n) return value;
  const unit = powerOfTen(-precision);
  return unit === undefined ? 0n : BigInt.asIntN(64, ((2n * value + unit) / (2n * unit)) * unit);
}

export function truncateInteger(value: bigint, precision: bigint): bigint {
  if (precision > 0n) return value;
  const unit = powerOfTen(-precision);
  return unit === undefined ? 0n : value - (value % unit);
}

export function roundDouble(value: number, precision: bigint): number {
  return precision > 0n
    ? withFraction(value, precision, (scale) => 0.5 / scale)
    : wholeUnits(value, precision, 0.5);
}

export function truncateDouble(value: number, precision: bigint): number {
  return precision > 0n ? withFraction(value, precision, () => 0) : wholeUnits(value, precision, 0);
}

function withFraction(value: number, precision: bigint, added: (scale: number) => number): number {
  if (isWhole(value) || precision > PRECISION_MAX) return value;
  const scale = 10 ** Number(precision);
  const whole = Math.trunc(value);
  return whole + Math.trunc((value - whole + added(scale)) * scale) / scale;
}

function wholeUnits(value: number, precision: bigint, added: number): number {
  if (precision === 0n && isWhole(value)) return value;
  if (!Number.isFinite(value)) return value;
  // No double reaches 10^309.
  const unit = precision < -309n ? Number.POSITIVE_INFINITY : 10 ** Number(-precision);
  const units = Math.trunc(value / unit + added);
  return units === 0 ? 0 : units * unit;
}

function isWhole(value: number): boolean {
  return !(Math.abs(value) < WHOLE_MIN);
}

/** Undefined: more than any 64-bit integer, also after rounding. */
function powerOfTen(exponent: bigint): bigint | undefined {
  return exponent > 19n ? undefined : 10n ** exponent;
}
