/**
 * Sums that do not depend on the order of their terms: integers exactly, doubles exactly, too, rounded once at the end. So a sum that was
 * kept piece by piece equals that of a plain scan, bit for bit.
 *
 * A finite double is an integer multiple of 2^-1074; `scaled` counts these. Terms that are no finite numbers are counted apart.
 */
import { INTEGER_MAX, INTEGER_MIN } from '../values/value.ts';

export interface ExactSum {
  readonly integers: bigint;
  /** Sum of the doubles × 2^1074; undefined while there was none: then the result is an integer. */
  readonly scaled: bigint | undefined;
  readonly positiveInfinities: number;
  readonly negativeInfinities: number;
  readonly nans: number;
}

export const EMPTY_SUM: ExactSum = {
  integers: 0n,
  scaled: undefined,
  positiveInfinities: 0,
  negativeInfinities: 0,
  nans: 0,
};

const SCALE_BITS = 1074n;

export function addToSum(sum: ExactSum, term: bigint | number): ExactSum {
  if (typeof term === 'bigint') return { ...sum, integers: sum.integers + term };
  const scaled = sum.scaled ?? 0n;
  if (Number.isNaN(term)) return { ...sum, scaled, nans: sum.nans + 1 };
  if (term === Number.POSITIVE_INFINITY)
    return { ...sum, scaled, positiveInfinities: sum.positiveInfinities + 1 };
  if (term === Number.NEGATIVE_INFINITY)
    return { ...sum, scaled, negativeInfinities: sum.negativeInfinities + 1 };
  return { ...sum, scaled: scaled + scaledOf(term) };
}

export function mergeSums(a: ExactSum, b: ExactSum): ExactSum {
  return {
    integers: a.integers + b.integers,
    scaled: a.scaled === undefined ? b.scaled : a.scaled + (b.scaled ?? 0n),
    positiveInfinities: a.positiveInfinities + b.positiveInfinities,
    negativeInfinities: a.negativeInfinities + b.negativeInfinities,
    nans: a.nans + b.nans,
  };
}

/** An integer if all terms were integers and the sum is one of 64 bits; else a double. */
export function sumValue(sum: ExactSum): bigint | number {
  const { integers, scaled, positiveInfinities, negativeInfinities, nans } = sum;
  if (scaled === undefined)
    return integers >= INTEGER_MIN && integers <= INTEGER_MAX ? integers : Number(integers);
  if (nans > 0 || (positiveInfinities > 0 && negativeInfinities > 0)) return Number.NaN;
  if (positiveInfinities > 0) return Number.POSITIVE_INFINITY;
  if (negativeInfinities > 0) return Number.NEGATIVE_INFINITY;
  return unscaled(scaled + (integers << SCALE_BITS));
}

const bits = new DataView(new ArrayBuffer(8));
const FRACTION_MASK = (1n << 52n) - 1n;

function scaledOf(double: number): bigint {
  bits.setFloat64(0, double);
  const raw = bits.getBigUint64(0);
  const exponent = (raw >> 52n) & 0x7ffn;
  const fraction = raw & FRACTION_MASK;
  const magnitude = exponent === 0n ? fraction : (fraction | (1n << 52n)) << (exponent - 1n);
  return raw >> 63n === 1n ? -magnitude : magnitude;
}

/** The double nearest to `scaled` × 2^-1074, ties to even. */
function unscaled(scaled: bigint): number {
  const negative = scaled < 0n;
  let magnitude = negative ? -scaled : scaled;
  const length = magnitude.toString(2).length;
  let exponent = 0n;
  if (magnitude !== 0n && length > 53) {
    // Keep 53 bits, rounded.
    const drop = BigInt(length - 53);
    const half = 1n << (drop - 1n);
    const rest = magnitude & ((1n << drop) - 1n);
    magnitude >>= drop;
    if (rest > half || (rest === half && (magnitude & 1n) === 1n)) magnitude += 1n;
    exponent = drop;
    if (magnitude >> 53n === 1n) {
      magnitude >>= 1n;
      exponent += 1n;
    }
  }
  const biased = magnitude >> 52n === 1n ? exponent + 1n : 0n;
  if (biased > 2046n) return negative ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  bits.setBigUint64(0, (negative ? 1n << 63n : 0n) | (biased << 52n) | (magnitude & FRACTION_MASK));
  return bits.getFloat64(0);
}
