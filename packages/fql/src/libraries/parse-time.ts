/**
 * Times and dates as ISO 8601 text, as `java.time` reads it for Fauna.
 *
 *   time  2019-05-27T05:15:48.123456789Z   seconds and fraction optional; offset `Z`, `+01:00`, `+01:00:30` or `+0100`
 *   date  2019-05-27                       years of more than four digits have a sign
 *
 * Times are read leniently (the 31st of a shorter month is its last day, 24:00 begins the next day), dates strictly.
 */
import { FqlDate, Time } from '../values/time.ts';
import { daysOfMonth, epochDayOf, YEAR_MAX } from './calendar.ts';

const NANOSECONDS_PER_SECOND = 1_000_000_000n;
const YEAR = String.raw`(\d{4}|-\d{4,10}|\+\d{5,10})`;
const DATE = new RegExp(`^${YEAR}-(\\d\\d)-(\\d\\d)$`);
const TIME = new RegExp(
  `^${YEAR}-(\\d\\d)-(\\d\\d)T(\\d\\d):(\\d\\d)(?::(\\d\\d)(?:\\.(\\d{0,9}))?)?(Z|[+-]\\d\\d:\\d\\d(?::\\d\\d)?)?([+-]\\d{4})?$`,
  'i',
);
const OFFSET_SECONDS_MAX = 18 * 3600;

/** Undefined: no date. */
export function parseDate(text: string): FqlDate | undefined {
  const parts = DATE.exec(text);
  if (parts === null) return undefined;
  const [year, month, day] = [yearOf(parts[1] ?? ''), Number(parts[2]), Number(parts[3])];
  if (year === undefined || month < 1 || month > 12 || day < 1 || day > daysOfMonth(year, month)) {
    return undefined;
  }
  return new FqlDate(epochDayOf(year, month, day));
}

/** Undefined: no time. */
export function parseTime(text: string): Time | undefined {
  const parts = TIME.exec(text);
  if (parts === null) return undefined;
  const year = yearOf(parts[1] ?? '');
  const [month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(2, 7)
    .map((part) => Number(part ?? 0));
  const nanosecond = BigInt((parts[7] ?? '').padEnd(9, '0'));
  const offset = offsetOf(parts[8], parts[9]);
  if (year === undefined || offset === undefined) return undefined;
  if (month < 1 || month > 12 || day < 1 || day > 31 || minute > 59 || second > 59) return undefined;
  if (hour > 24 || (hour === 24 && (minute > 0 || second > 0 || nanosecond > 0n))) return undefined;
  const epochDay = epochDayOf(year, month, Math.min(day, daysOfMonth(year, month)));
  const seconds = BigInt(epochDay) * 86_400n + BigInt(hour * 3600 + minute * 60 + second - offset);
  return new Time(seconds * NANOSECONDS_PER_SECOND + nanosecond);
}

function yearOf(text: string): number | undefined {
  const year = Number(text);
  return Math.abs(year) > YEAR_MAX || Object.is(year, -0) ? undefined : year;
}

/** One of both notations has to be there; if both are, they agree. */
function offsetOf(extended: string | undefined, basic: string | undefined): number | undefined {
  const offsets = [extended, basic].filter((text) => text !== undefined).map(offsetSeconds);
  const [first, second] = offsets;
  return second === undefined && offsets.length > 1
    ? undefined
    : (second ?? first) === first
      ? first
      : undefined;
}

function offsetSeconds(text: string): number | undefined {
  if (text.toUpperCase() === 'Z') return 0;
  const digits = text.slice(1).replaceAll(':', '').padEnd(6, '0');
  const [hours = 0, minutes = 0, seconds = 0] = [0, 2, 4].map((at) => Number(digits.slice(at, at + 2)));
  const total = hours * 3600 + minutes * 60 + seconds;
  if (minutes > 59 || seconds > 59 || total > OFFSET_SECONDS_MAX) return undefined;
  return text.startsWith('-') ? -total : total;
}
