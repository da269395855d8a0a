/** Numbers, times and dates as text, the way Java printed them. */
import { calendarDayOf } from '../libraries/calendar.ts';
import { decimalDigits } from '../libraries/decimal-digits.ts';
import type { FqlDate, Time } from '../values/time.ts';

const NANOSECONDS_PER_DAY = 86_400_000_000_000n;

/**
 * As Java's `Double.toString`: always with a point (`10.0`), as `1.0E10` from 10^7 on and below 10^-3. The fewest digits that read back as the
 * same double, but two where these are nearer (`4.9E-324`). `NaN`, `Infinity` and `-Infinity` by these names.
 */
export function renderDouble(double: number): string {
  const magnitude = Math.abs(double);
  if (magnitude >= 1e-3 && magnitude < 1e7) {
    const text = String(double);
    return text.includes('.') ? text : `${text}.0`;
  }
  if (double === 0) return Object.is(double, -0) ? '-0.0' : '0.0';
  if (!Number.isFinite(double)) return String(double);
  const { digits, point } = decimalDigits(double);
  return `${double < 0 ? '-' : ''}${digits[0]}.${digits.slice(1) || '0'}E${point - 1}`;
}

/** As Java's `Instant.toString`: `1970-01-01T00:00:00.123Z`, with 0, 3, 6 or 9 digits of a second. */
export function renderTime(time: Time): string {
  let day = time.nanoseconds / NANOSECONDS_PER_DAY;
  if (day * NANOSECONDS_PER_DAY > time.nanoseconds) day -= 1n;
  const ofDay = Number(time.nanoseconds - day * NANOSECONDS_PER_DAY);
  const second = Math.floor(ofDay / 1e9);
  const clock = `${two(Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}`;
  return `${renderDay(Number(day))}T${clock}${fraction(ofDay - second * 1e9)}Z`;
}

/** As Java's `LocalDate.toString`: `1970-01-01`, `+12345-01-01`, `-0001-01-01`. */
export function renderDate(date: FqlDate): string {
  return renderDay(date.epochDay);
}

function renderDay(epochDay: number): string {
  const { year, month, day } = calendarDayOf(epochDay);
  return `${renderYear(year)}-${two(month)}-${two(day)}`;
}

function renderYear(year: number): string {
  const digits = String(Math.abs(year)).padStart(4, '0');
  if (year < 0) return `-${digits}`;
  return year > 9999 ? `+${digits}` : digits;
}

function fraction(nanosecond: number): string {
  if (nanosecond === 0) return '';
  const digits = String(nanosecond).padStart(9, '0');
  if (digits.endsWith('000000')) return `.${digits.slice(0, 3)}`;
  return `.${digits.endsWith('000') ? digits.slice(0, 6) : digits}`;
}

function two(count: number): string {
  return count < 10 ? `0${count}` : String(count);
}
