/** Numbers, times and dates as text, the way Java printed them. */
import type { FqlDate, Time } from '../values/time.ts';

const NANOSECONDS_PER_DAY = 86_400_000_000_000n;
const DAYS_PER_ERA = 146_097;
/** From 0000-03-01 to 1970-01-01. */
const DAYS_TO_EPOCH = 719_468;

/**
 * As Java's `Double.toString`: always with a point (`10.0`), as `1.0E10` from 10^7 on and below 10^-3. The fewest digits that read back as the
 * same double. `NaN`, `Infinity` and `-Infinity` by these names.
 */
export function renderDouble(double: number): string {
  const magnitude = Math.abs(double);
  if (magnitude >= 1e-3 && magnitude < 1e7) {
    const text = String(double);
    return text.includes('.') ? text : `${text}.0`;
  }
  if (double === 0) return Object.is(double, -0) ? '-0.0' : '0.0';
  if (!Number.isFinite(double)) return String(double);
  const text = double.toExponential();
  const exponentAt = text.indexOf('e');
  const mantissa = text.slice(0, exponentAt);
  const exponent = Number(text.slice(exponentAt + 1));
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${exponent}`;
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

/** Years begin in March here, so that the leap day is the last one. */
function renderDay(epochDay: number): string {
  const shifted = epochDay + DAYS_TO_EPOCH;
  const era = Math.floor(shifted / DAYS_PER_ERA);
  const dayOfEra = shifted - era * DAYS_PER_ERA;
  const leapDays =
    Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return `${renderYear(era * 400 + yearOfEra + (month <= 2 ? 1 : 0))}-${two(month)}-${two(day)}`;
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
