/** `%tY`, `%TB` …: one part of a date or a time in UTC, in English. */

import { FqlDate, type Time } from '../../values/time.ts';
import { calendarDayOf, dayOfWeek, dayOfYear } from '../calendar.ts';
import { type ClockTime, clockTimeOf, epochDayAt, NANOSECONDS_PER_SECOND } from '../instants.ts';
import { floorDivide } from '../int64.ts';
import { checkFlags, isUpperCase, justify, type Specifier } from './specifier.ts';

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** Undefined: there is no such part, or a date does not have it. */
export function formatTemporal(specifier: Specifier, value: Time | FqlDate): string | undefined {
  const suffix = specifier.conversion ?? '';
  const text =
    value instanceof FqlDate
      ? dayPart(suffix, value.epochDay)
      : (timePart(suffix, value) ?? dayPart(suffix, epochDayAt(value)));
  if (text === undefined) return undefined;
  // Nanoseconds are always nine digits, whatever stands before them.
  if (suffix === 'N') return text;
  checkFlags(specifier, { allowed: '-', precision: 'refused' });
  return justify(specifier, isUpperCase(specifier) ? text.toUpperCase() : text);
}

function dayPart(suffix: string, epochDay: number): string | undefined {
  const { year, month, day } = calendarDayOf(epochDay);
  // Years are those of their era: year 0 is 1 BC.
  const ofEra = year > 0 ? year : 1 - year;
  switch (suffix) {
    case 'B':
      return MONTHS[month - 1];
    case 'b':
    case 'h':
      return MONTHS[month - 1]?.slice(0, 3);
    case 'A':
      return DAYS[dayOfWeek(epochDay) - 1];
    case 'a':
      return DAYS[dayOfWeek(epochDay) - 1]?.slice(0, 3);
    case 'C':
      return pad(Math.floor(ofEra / 100), 2);
    case 'Y':
      return pad(ofEra, 4);
    case 'y':
      return pad(ofEra % 100, 2);
    case 'j':
      return pad(dayOfYear(epochDay), 3);
    case 'm':
      return pad(month, 2);
    case 'd':
      return pad(day, 2);
    case 'e':
      return String(day);
    case 'D':
      return `${pad(month, 2)}/${pad(day, 2)}/${pad(ofEra % 100, 2)}`;
    case 'F':
      return `${pad(ofEra, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
    default:
      return undefined;
  }
}

function timePart(suffix: string, time: Time): string | undefined {
  const clock = clockTimeOf(time);
  switch (suffix) {
    case 'H':
      return pad(clock.hour, 2);
    case 'k':
      return String(clock.hour);
    case 'I':
      return pad(hour12(clock), 2);
    case 'l':
      return String(hour12(clock));
    case 'M':
      return pad(clock.minute, 2);
    case 'S':
      return pad(clock.second, 2);
    case 'L':
      return pad(Math.floor(clock.nanosecond / 1_000_000), 3);
    case 'N':
      return pad(clock.nanosecond, 9);
    case 'p':
      return clock.hour < 12 ? 'am' : 'pm';
    case 'z':
      return '+0000';
    case 'Z':
      return 'Z';
    case 's':
      return floorDivide(time.nanoseconds, NANOSECONDS_PER_SECOND).toString();
    case 'Q':
      return floorDivide(time.nanoseconds, 1_000_000n).toString();
    case 'R':
      return `${pad(clock.hour, 2)}:${pad(clock.minute, 2)}`;
    case 'T':
      return clockText(clock.hour, clock);
    case 'r':
      return `${clockText(hour12(clock), clock)} ${clock.hour < 12 ? 'AM' : 'PM'}`;
    case 'c':
      return fullText(time, clock);
    default:
      return undefined;
  }
}

function fullText(time: Time, clock: ClockTime): string {
  const part = (suffix: string): string => dayPart(suffix, epochDayAt(time)) ?? '';
  return `${part('a')} ${part('b')} ${part('d')} ${clockText(clock.hour, clock)} Z ${part('Y')}`;
}

function clockText(hour: number, clock: ClockTime): string {
  return `${pad(hour, 2)}:${pad(clock.minute, 2)}:${pad(clock.second, 2)}`;
}

function hour12(clock: ClockTime): number {
  return clock.hour % 12 === 0 ? 12 : clock.hour % 12;
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}
