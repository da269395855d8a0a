/** `%d %o %x %e %f %g` as Java writes them. Halves are rounded up, on the digits that the number is written with. */
import { type DecimalDigits, decimalDigits } from '../decimal-digits.ts';
import { checkFlags, isUpperCase, justify, type Specifier } from './specifier.ts';

const PRECISION_DEFAULT = 6;

export function formatInteger(specifier: Specifier, value: bigint): string {
  const { conversion, flags, width = 0 } = specifier;
  if (conversion === 'd') {
    checkFlags(specifier, { allowed: '-+ 0,(', precision: 'refused' });
    const digits = (value < 0n ? -value : value).toString();
    return justify(specifier, signed(specifier, digits, value < 0n, width));
  }
  checkFlags(specifier, { allowed: '-#0', precision: 'refused' });
  const isOctal = conversion === 'o';
  const digits = BigInt.asUintN(64, value).toString(isOctal ? 8 : 16);
  const prefix = flags.has('#') ? (isOctal ? '0' : '0x') : '';
  const padded = flags.has('0') ? digits.padStart(width - prefix.length, '0') : digits;
  const text = prefix + padded;
  return justify(specifier, isUpperCase(specifier) ? text.toUpperCase() : text);
}

export function formatDouble(specifier: Specifier, value: number): string {
  const { conversion = 'f', width = 0, flags } = specifier;
  const allowed = { f: '-#+ 0,(', e: '-#+ 0(', g: '-+ 0,(' }[conversion.toLowerCase()] ?? '';
  checkFlags(specifier, { allowed, precision: 'allowed' });
  const text = doubleText(specifier, value, conversion.toLowerCase(), width, flags);
  return justify(specifier, isUpperCase(specifier) ? text.toUpperCase() : text);
}

function doubleText(
  specifier: Specifier,
  value: number,
  conversion: string,
  width: number,
  flags: ReadonlySet<string>,
): string {
  if (Number.isNaN(value)) return 'NaN';
  const isNegative = value < 0 || Object.is(value, -0);
  if (!Number.isFinite(value)) return withSign('Infinity', isNegative, flags);
  const precision = specifier.precision ?? PRECISION_DEFAULT;
  const hasPoint = flags.has('#') && precision === 0;
  if (conversion === 'f') {
    return signed(specifier, plainText(value, precision) + (hasPoint ? '.' : ''), isNegative, width);
  }
  if (conversion === 'e') return scientific(specifier, value, precision, isNegative, hasPoint);
  const significant = Math.max(precision, 1);
  if (value === 0) return signed(specifier, plainText(0, significant - 1), isNegative, width);
  const { point } = rounded(value, significant);
  // The first digit's place decides: 0.0001 and more, but fewer digits before the point than asked for.
  if (point > -4 && point <= significant) {
    return signed(specifier, plainText(value, significant - point), isNegative, width);
  }
  return scientific(specifier, value, significant - 1, isNegative, false);
}

function scientific(
  specifier: Specifier,
  value: number,
  precision: number,
  isNegative: boolean,
  hasPoint: boolean,
): string {
  const { digits, point } = value === 0 ? { digits: '0', point: 1 } : rounded(value, precision + 1);
  const fraction = digits.slice(1, precision + 1).padEnd(precision, '0');
  const mantissa = digits.slice(0, 1) + (fraction === '' ? (hasPoint ? '.' : '') : `.${fraction}`);
  const exponent = String(Math.abs(point - 1)).padStart(2, '0');
  const tail = `e${point < 1 ? '-' : '+'}${exponent}`;
  const { width = 0, flags } = specifier;
  const text = signed(specifier, mantissa, isNegative, width - tail.length);
  // A closing parenthesis stands behind the exponent.
  return isNegative && flags.has('(') ? `${text.slice(0, -1)}${tail})` : text + tail;
}

/** To so many digits in all. */
function rounded(value: number, digitCount: number): DecimalDigits {
  const exact = decimalDigits(value);
  if (exact.digits.length <= digitCount) return exact;
  const isUp = digitCount >= 0 && exact.digits.charCodeAt(digitCount) >= 0x35;
  const kept = BigInt(exact.digits.slice(0, digitCount) || '0') + (isUp ? 1n : 0n);
  const digits = kept.toString().padStart(digitCount, '0');
  // 9.99 became 10.0.
  return { digits, point: exact.point + Math.max(0, digits.length - Math.max(digitCount, 0)) };
}

/** Without an exponent, with `precision` digits behind the point. */
function plainText(value: number, precision: number): string {
  if (value === 0) return precision === 0 ? '0' : `0.${'0'.repeat(precision)}`;
  const exact = decimalDigits(value);
  const digitCount = exact.point + precision;
  const { digits, point } = digitCount < 0 ? { digits: '', point: exact.point } : rounded(value, digitCount);
  const before = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0';
  const after = point > 0 ? digits.slice(point) : '0'.repeat(Math.min(-point, precision)) + digits;
  return precision === 0 ? before : `${before}.${after.slice(0, precision).padEnd(precision, '0')}`;
}

/** With its sign, groups of three, and zeros up to the width. */
function signed(specifier: Specifier, magnitude: string, isNegative: boolean, width: number): string {
  const { flags } = specifier;
  const [whole = '', fraction] = magnitude.split('.');
  const grouped = flags.has(',') ? whole.replace(/\B(?=(?:\d{3})+$)/g, ',') : whole;
  const number = fraction === undefined ? grouped : `${grouped}.${fraction}`;
  const signLength = withSign('', isNegative, flags).length;
  return withSign(flags.has('0') ? number.padStart(width - signLength, '0') : number, isNegative, flags);
}

function withSign(text: string, isNegative: boolean, flags: ReadonlySet<string>): string {
  if (isNegative) return flags.has('(') ? `(${text})` : `-${text}`;
  if (flags.has('+')) return `+${text}`;
  return flags.has(' ') ? ` ${text}` : text;
}
