/** Times as seconds and parts of them, and the bounds that Java's `Instant` has. */
import { renderTime } from '../json/render-scalar.ts';
import { FqlDate, Time } from '../values/time.ts';
import { EPOCH_DAY_MAX, EPOCH_DAY_MIN } from './calendar.ts';
import { floorDivide, floorModulo } from './int64.ts';

export const NANOSECONDS_PER_SECOND = 1_000_000_000n;
const NANOSECONDS_PER_DAY = 86_400n * NANOSECONDS_PER_SECOND;
const TIME_MIN = new Time(-31_557_014_167_219_200n * NANOSECONDS_PER_SECOND);
const TIME_MAX = new Time(31_556_889_864_403_199n * NANOSECONDS_PER_SECOND + 999_999_999n);

/** Completes "dates and times must be …". */
export const TIME_BOUNDS = `between ${renderTime(TIME_MIN)} and ${renderTime(TIME_MAX)}`;

/** Undefined: no time is so early or late. */
export function timeOf(nanoseconds: bigint): Time | undefined {
  return nanoseconds < TIME_MIN.nanoseconds || nanoseconds > TIME_MAX.nanoseconds
    ? undefined
    : new Time(nanoseconds);
}

/** Undefined: no date is so early or late. */
export function dateOf(epochDay: bigint): FqlDate | undefined {
  return epochDay < BigInt(EPOCH_DAY_MIN) || epochDay > BigInt(EPOCH_DAY_MAX)
    ? undefined
    : new FqlDate(Number(epochDay));
}

/** The day in UTC; beyond what dates can be for the first and the last year of times. */
export function epochDayAt(time: Time): number {
  return Number(floorDivide(time.nanoseconds, NANOSECONDS_PER_DAY));
}

export function startOfDay(date: FqlDate): Time {
  return new Time(BigInt(date.epochDay) * NANOSECONDS_PER_DAY);
}

export interface ClockTime {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly nanosecond: number;
}

/** Of the day, in UTC. */
export function clockTimeOf(time: Time): ClockTime {
  const ofDay = floorModulo(time.nanoseconds, NANOSECONDS_PER_DAY);
  const seconds = Number(ofDay / NANOSECONDS_PER_SECOND);
  return {
    hour: Math.floor(seconds / 3600),
    minute: Math.floor(seconds / 60) % 60,
    second: seconds % 60,
    nanosecond: Number(ofDay % NANOSECONDS_PER_SECOND),
  };
}
