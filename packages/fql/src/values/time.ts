/** An instant with nanoseconds, as Java's `Instant`: −1,000,000,000 to +1,000,000,000 years. */
export class Time {
  readonly kind = 'time';
  /** Since 1970-01-01T00:00:00Z. */
  readonly nanoseconds: bigint;

  constructor(nanoseconds: bigint) {
    this.nanoseconds = nanoseconds;
  }
}

/** A day of the proleptic Gregorian calendar. */
export class FqlDate {
  readonly kind = 'date';
  /** 0 is 1970-01-01. */
  readonly epochDay: number;

  constructor(epochDay: number) {
    this.epochDay = epochDay;
  }
}
