/** Times and dates: made, measured, and taken apart in UTC. */
import { excerpt } from '../evaluate/fql-error.ts';
import { calendarDayOf, dayOfWeek, dayOfYear } from '../libraries/calendar.ts';
import {
  clockTimeOf,
  dateOf,
  epochDayAt,
  NANOSECONDS_PER_SECOND,
  startOfDay,
  TIME_BOUNDS,
  timeOf,
} from '../libraries/instants.ts';
import { floorDivide, isInt64, wrap } from '../libraries/int64.ts';
import { parseDate, parseTime } from '../libraries/parse-time.ts';
import { trimControls } from '../libraries/whitespace.ts';
import { FqlDate, Time } from '../values/time.ts';
import type { Value } from '../values/value.ts';
import { any, integer, nullValue, string, temporal, timestamp } from './casts.ts';
import { cannotCast } from './conversion.ts';
import { type Call, type Cast, defineForm, type Form } from './form.ts';
import { timeUnit } from './time-units.ts';
import { chargeWalk } from './value-costs.ts';

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;
const NANOSECONDS_PER_MICROSECOND = 1000n;

function outOfTime(call: Call, at: string | undefined): never {
  return call.fail(at, 'invalid argument', `dates and times must be ${TIME_BOUNDS}`);
}

function nowOf(call: Call): Time {
  return new Time(BigInt(call.context.now) * NANOSECONDS_PER_MICROSECOND);
}

function timeFrom(text: string, call: Call): Time {
  if (text === 'now') return nowOf(call);
  chargeWalk(text, call);
  const time = parseTime(trimControls(text));
  return time ?? call.fail(undefined, 'invalid argument', `Cannot cast '${excerpt(text)}' to a time.`);
}

function dateFrom(text: string, call: Call): FqlDate {
  chargeWalk(text, call);
  const date = parseDate(trimControls(text));
  return date ?? call.fail(undefined, 'invalid argument', `Cannot cast '${excerpt(text)}' to a date.`);
}

const time = defineForm({
  name: 'Time',
  effect: 'pure',
  parameters: { time: string },
  evaluate: ({ time: text }, call) => timeFrom(text, call),
});

const now = defineForm({
  name: 'Now',
  effect: 'pure',
  parameters: { now: nullValue },
  evaluate: (_, call) => nowOf(call),
});

const epoch = defineForm({
  name: 'Epoch',
  effect: 'pure',
  parameters: { epoch: integer, unit: timeUnit },
  evaluate: ({ epoch: count, unit }, call) => timeOf(count * unit.nanoseconds) ?? outOfTime(call, undefined),
});

const date = defineForm({
  name: 'Date',
  effect: 'pure',
  parameters: { date: string },
  evaluate: ({ date: text }, call) => dateFrom(text, call),
});

/** Integers are milliseconds here, other than everywhere else. */
const toTime = defineForm({
  name: 'ToTime',
  effect: 'pure',
  parameters: { to_time: any },
  evaluate: ({ to_time: value }, call) => {
    if (value instanceof Time) return value;
    if (value instanceof FqlDate) return startOfDay(value);
    if (typeof value === 'bigint') return new Time(value * NANOSECONDS_PER_MILLISECOND);
    return typeof value === 'string' ? timeFrom(value, call) : cannotCast(call, undefined, value, 'Time');
  },
});

const toDate = defineForm({
  name: 'ToDate',
  effect: 'pure',
  parameters: { to_date: any },
  evaluate: ({ to_date: value }, call) => {
    if (value instanceof FqlDate) return value;
    if (value instanceof Time) return dateOf(BigInt(epochDayAt(value))) ?? outOfTime(call, undefined);
    return typeof value === 'string' ? dateFrom(value, call) : cannotCast(call, undefined, value, 'Date');
  },
});

/** An integer is a time, too: µs since 1970. Fauna took only times and dates; `strictTemporal` does the same. */
const timeOrMicroseconds: Cast<Time | FqlDate | bigint> = {
  expected: 'Temporal',
  cast: (value, call, key) =>
    typeof value === 'bigint' && !call.context.options.strictTemporal
      ? value
      : temporal.cast(value, call, key),
};

/** `direction`: 1 adds, −1 subtracts. */
function shift(name: string, key: string, direction: 1n | -1n): Form {
  return defineForm({
    name,
    effect: 'pure',
    parameters: { [key]: timeOrMicroseconds, offset: integer, unit: timeUnit },
    evaluate: (given, call) => {
      // The keys of the record are not known to the compiler one by one.
      const {
        [key]: base,
        offset,
        unit,
      } = given as {
        readonly [base: string]: Time | FqlDate | bigint;
      } & { readonly offset: bigint; readonly unit: NonNullable<ReturnType<typeof timeUnit.cast>> };
      const moved = direction * offset;
      if (base instanceof FqlDate) {
        if (!unit.isDay) call.fail('unit', 'invalid argument', `Invalid time unit '${unit.text}'.`);
        return dateOf(BigInt(base.epochDay) + moved) ?? outOfTime(call, 'offset');
      }
      if (base instanceof Time) {
        return timeOf(base.nanoseconds + moved * unit.nanoseconds) ?? outOfTime(call, 'offset');
      }
      const nanoseconds = (base ?? 0n) * NANOSECONDS_PER_MICROSECOND + moved * unit.nanoseconds;
      const microseconds = floorDivide(nanoseconds, NANOSECONDS_PER_MICROSECOND);
      return isInt64(microseconds) ? microseconds : outOfTime(call, 'offset');
    },
  });
}

/** Whole units from the first to the second, towards zero. */
const timeDiff = defineForm({
  name: 'TimeDiff',
  effect: 'pure',
  parameters: { time_diff: temporal, other: temporal, unit: timeUnit },
  evaluate: ({ time_diff: start, other: finish, unit }, call) => {
    if (start instanceof Time && finish instanceof Time) {
      const units = (finish.nanoseconds - start.nanoseconds) / unit.nanoseconds;
      return isInt64(units) ? units : outOfTime(call, undefined);
    }
    if (!(start instanceof FqlDate && finish instanceof FqlDate)) {
      return call.fail('time_diff', 'invalid argument', 'Incompatible time arguments.');
    }
    if (!unit.isDay) call.fail('unit', 'invalid argument', `Invalid time unit '${unit.text}'.`);
    return BigInt(finish.epochDay - start.epochDay);
  },
});

function ofTime(name: string, key: string, compute: (given: Time, call: Call) => Value): Form {
  return defineForm({
    name,
    effect: 'pure',
    parameters: { [key]: timestamp },
    evaluate: (given, call) => compute(given[key] ?? nowOf(call), call),
  });
}

function toUnits(name: string, key: string, nanoseconds: bigint): Form {
  return ofTime(name, key, (given) => wrap(floorDivide(given.nanoseconds, nanoseconds)));
}

export const timeForms: readonly Form[] = [
  time,
  now,
  epoch,
  date,
  toTime,
  toDate,
  shift('TimeAdd', 'time_add', 1n),
  shift('TimeSubtract', 'time_subtract', -1n),
  timeDiff,
  toUnits('ToSeconds', 'to_seconds', NANOSECONDS_PER_SECOND),
  toUnits('ToMillis', 'to_millis', NANOSECONDS_PER_MILLISECOND),
  toUnits('ToMicros', 'to_micros', NANOSECONDS_PER_MICROSECOND),
  ofTime('Second', 'second', (given) => BigInt(clockTimeOf(given).second)),
  ofTime('Minute', 'minute', (given) => BigInt(clockTimeOf(given).minute)),
  ofTime('Hour', 'hour', (given) => BigInt(clockTimeOf(given).hour)),
  ofTime('DayOfMonth', 'day_of_month', (given) => BigInt(calendarDayOf(epochDayAt(given)).day)),
  ofTime('DayOfWeek', 'day_of_week', (given) => BigInt(dayOfWeek(epochDayAt(given)))),
  ofTime('DayOfYear', 'day_of_year', (given) => BigInt(dayOfYear(epochDayAt(given)))),
  ofTime('Month', 'month', (given) => BigInt(calendarDayOf(epochDayAt(given)).month)),
  ofTime('Year', 'year', (given) => BigInt(calendarDayOf(epochDayAt(given)).year)),
];
