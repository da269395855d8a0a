/**
 * Numbers in text, as Java's `NumberFormat` (US English) reads them: from the beginning, as far as they go.
 *
 *   "12" → 12   "12.0" → 12   "1,234.5" → 1234.5   "1E3" → 1000   "12 apples" → 12   "-0" → −0.0
 *
 * Commas of the whole part are skipped, wherever they are.
 */
import { isInt64 } from './int64.ts';

const NUMBER = /^(-?)(?:([\d,]*)(?:(\.)(\d*))?)(?:E(-?\d+))?/;
const ZERO = 0x30;
/** Beyond these, every double is 0 or infinite. */
const EXPONENT_MAX = 1_000_000;

/** Integers (also those that are written with a fraction of 0) if they fit into 64 bits, else doubles; undefined: no number. */
export function parseNumber(text: string): bigint | number | undefined {
  const special = /^(-?)(∞|NaN)/.exec(text);
  if (special !== null) {
    if (special[2] === 'NaN') return special[1] === '' ? Number.NaN : undefined;
    return special[1] === '' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  }
  const parts = NUMBER.exec(text);
  if (parts === null) return undefined;
  const whole = (parts[2] ?? '').replaceAll(',', '');
  const fraction = parts[4] ?? '';
  if (whole === '' && fraction === '') return undefined;
  return valueOf(whole + fraction, whole.length + Number(parts[5] ?? 0), parts[1] === '-');
}

/** 0.`digits` × 10^`point`. */
function valueOf(digits: string, point: number, isNegative: boolean): bigint | number {
  let first = 0;
  let end = digits.length;
  while (digits.charCodeAt(first) === ZERO) first++;
  while (end > first && digits.charCodeAt(end - 1) === ZERO) end--;
  const significant = digits.slice(first, end);
  const places = point - first;
  if (significant === '') return isNegative ? -0 : 0n;
  if (places >= significant.length && places <= 19) {
    const whole = BigInt(significant.padEnd(places, '0')) * (isNegative ? -1n : 1n);
    if (isInt64(whole)) return whole;
  }
  const exponent = Math.max(-EXPONENT_MAX, Math.min(EXPONENT_MAX, places));
  return Number(`${isNegative ? '-' : ''}0.${significant}e${exponent}`);
}
