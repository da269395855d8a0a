/** Bounds on text that functions make. */
import type { Call } from './form.ts';

/** UTF-16 units of a string that a function makes: Fauna's limit. */
export const STRING_LENGTH_MAX = 16 * 1024 * 1024;

/** What `Repeat`, `Space` and `FindStrRegex` do at most. */
export const REPEAT_MAX = 1024n;

/** Text is cheap, but not free: so many units are looked through in one step. */
const UNITS_PER_STEP = 256;
/** And so many are made: they take memory, too. */
const MADE_UNITS_PER_STEP = 32;

/** Call before making text of this length. */
export function checkLength(length: number, call: Call): void {
  if (length > STRING_LENGTH_MAX) {
    call.fail(undefined, 'invalid argument', `string length must be <= ${STRING_LENGTH_MAX}`);
  }
  call.context.charge(Math.ceil(length / MADE_UNITS_PER_STEP));
}

export function chargeText(length: number, call: Call): void {
  call.context.charge(Math.ceil(length / UNITS_PER_STEP));
}
