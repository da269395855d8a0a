/** Units of time, as text: one or several of them, with white space around. */
import { trimControls } from '../libraries/whitespace.ts';
import type { Cast } from './form.ts';

export interface TimeUnit {
  /** As the client wrote it. */
  readonly text: string;
  readonly nanoseconds: bigint;
  readonly isDay: boolean;
}

const NANOSECONDS: Readonly<Record<string, bigint>> = {
  day: 86_400_000_000_000n,
  'half day': 43_200_000_000_000n,
  hour: 3_600_000_000_000n,
  minute: 60_000_000_000n,
  second: 1_000_000_000n,
  millisecond: 1_000_000n,
  microsecond: 1000n,
  nanosecond: 1n,
};

export const timeUnit: Cast<TimeUnit> = {
  expected: 'Time Unit',
  cast: (value) => {
    if (typeof value !== 'string') return undefined;
    const name = trimControls(value).replace(/s$/, '');
    const nanoseconds = Object.hasOwn(NANOSECONDS, name) ? NANOSECONDS[name] : undefined;
    return nanoseconds === undefined ? undefined : { text: value, nanoseconds, isDay: name === 'day' };
  },
};
