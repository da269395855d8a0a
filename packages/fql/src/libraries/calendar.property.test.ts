import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderDate, renderTime } from '../json/render-scalar.ts';
import { FqlDate, Time } from '../values/time.ts';
import {
  calendarDayOf,
  dayOfWeek,
  dayOfYear,
  daysOfMonth,
  EPOCH_DAY_MAX,
  EPOCH_DAY_MIN,
  epochDayOf,
  isLeapYear,
} from './calendar.ts';
import { clockTimeOf, dateOf, timeOf } from './instants.ts';
import { parseDate, parseTime } from './parse-time.ts';

const DAY_MS = 86_400_000;
/** What JavaScript's own dates reach. */
const daysOfJavaScript = fc.integer({ min: -100_000_000, max: 100_000_000 });
const anyDay = fc.integer({ min: EPOCH_DAY_MIN, max: EPOCH_DAY_MAX });
const anyTime = fc
  .bigInt({ min: -31_557_014_135_553_600n * 10n ** 9n, max: 31_556_889_832_780_799n * 10n ** 9n })
  .map((nanoseconds) => new Time(nanoseconds));

test('days fall where JavaScript puts them', () => {
  fc.assert(
    fc.property(daysOfJavaScript, (epochDay) => {
      const date = new Date(epochDay * DAY_MS);
      expect(calendarDayOf(epochDay)).toEqual({
        year: date.getUTCFullYear(),
        month: date.getUTCMonth() + 1,
        day: date.getUTCDate(),
      });
      expect(dayOfWeek(epochDay) % 7).toBe(date.getUTCDay());
    }),
  );
});

test('a day is found again from its year, month and day, in every year there is', () => {
  fc.assert(
    fc.property(anyDay, (epochDay) => {
      const { year, month, day } = calendarDayOf(epochDay);
      expect(epochDayOf(year, month, day)).toBe(epochDay);
      expect(day).toBeLessThanOrEqual(daysOfMonth(year, month));
      expect(dayOfYear(epochDay)).toBeLessThanOrEqual(isLeapYear(year) ? 366 : 365);
    }),
  );
});

test('the first and the last day are those of Java', () => {
  expect(calendarDayOf(EPOCH_DAY_MIN)).toEqual({ year: -999_999_999, month: 1, day: 1 });
  expect(calendarDayOf(EPOCH_DAY_MAX)).toEqual({ year: 999_999_999, month: 12, day: 31 });
  expect(dateOf(BigInt(EPOCH_DAY_MAX) + 1n)).toBeUndefined();
  expect(timeOf(10n ** 30n)).toBeUndefined();
});

test('what a time is written as is read as the same time', () => {
  fc.assert(
    fc.property(anyTime, (time) => {
      expect(parseTime(renderTime(time))).toEqual(time);
    }),
  );
});

test('what a date is written as is read as the same date', () => {
  fc.assert(
    fc.property(anyDay, (epochDay) => {
      const date = new FqlDate(epochDay);
      expect(parseDate(renderDate(date))).toEqual(date);
    }),
  );
});

test('parts of a day make up its time', () => {
  fc.assert(
    fc.property(anyTime, (time) => {
      const { hour, minute, second, nanosecond } = clockTimeOf(time);
      const ofDay = BigInt(hour * 3600 + minute * 60 + second) * 10n ** 9n + BigInt(nanosecond);
      expect((time.nanoseconds - ofDay) % (86_400n * 10n ** 9n)).toBe(0n);
      expect(hour).toBeGreaterThanOrEqual(0);
      expect(hour).toBeLessThan(24);
    }),
  );
});

test('any text is a time, a date, or nothing', () => {
  const nearly = fc.stringMatching(/^[+-]?\d{3,5}-?\d\d-\d\d[Tt ]?[\d:.]{0,12}([Zz]|[+-]\d\d:?\d\d)?$/);
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), nearly), (text) => {
      const time = parseTime(text);
      if (time !== undefined) expect(parseTime(renderTime(time))).toEqual(time);
      const date = parseDate(text);
      if (date !== undefined) expect(renderDate(date)).toBe(text);
    }),
  );
});
