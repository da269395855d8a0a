/** Identifiers of records: those that clients send, and those that the server makes. */
import { assert, utf8Encode } from '@skein/base';
import { ApiError } from './api-error.ts';
import { objectIDBytesMax } from './limits.ts';

/** The identifier as text: numbers become strings. `position`: of the record in its batch, for messages. */
export function objectIDOf(value: unknown, position: number): string {
  if (value === undefined || value === null) throw new ApiError('objectid-missing', { position });
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'string') throw new ApiError('objectid-invalid', { position });
  if (value === '') throw new ApiError('objectid-empty');
  // Three bytes are the most that a UTF-16 unit takes.
  if (value.length * 3 > objectIDBytesMax && utf8Encode(value).length > objectIDBytesMax) {
    throw new ApiError('objectid-too-long', { bytesMax: objectIDBytesMax });
  }
  return value;
}

const MILLISECOND_DIGITS = 13;
const SEQUENCE_DIGITS = 9;

/**
 * An identifier of digits only and of one length, so that identifiers sort as strings in the order they were made, and before
 * any that starts with a letter. `ordinal` tells apart those of one millisecond: 0 … 999,999,999, chosen by the caller.
 */
export function generatedObjectID(nowMs: number, ordinal: number): string {
  assert(Number.isSafeInteger(nowMs) && nowMs >= 0 && nowMs < 1e13, 'nowMs is a time of this era');
  assert(Number.isSafeInteger(ordinal) && ordinal >= 0 && ordinal < 1e9, 'ordinal has at most nine digits');
  return String(nowMs).padStart(MILLISECOND_DIGITS, '0') + String(ordinal).padStart(SEQUENCE_DIGITS, '0');
}

const COUNT_MAX = 1_000_000;
/** Where counting begins in a millisecond: room is left for as many as one process makes in it. */
export const COUNT_START_MAX = 900_000;

/**
 * Makes identifiers that always ascend, also when the clock stands still or steps back. One maker per proposer; `member`
 * (0 … 999) keeps the makers of several processes apart. Makers that are confused all the same (a process that was started again after the
 * clock stepped back, members that count themselves differently) begin each millisecond at another place: `startAt` draws it, 0 …
 * `COUNT_START_MAX` - 1.
 */
export class ObjectIDMaker {
  readonly #now: () => number;
  readonly #member: number;
  readonly #startAt: () => number;
  #lastMs = 0;
  #count = 0;

  constructor(now: () => number, member: number, startAt: () => number) {
    assert(Number.isInteger(member) && member >= 0 && member < 1000, 'member is 0 … 999');
    this.#now = now;
    this.#member = member;
    this.#startAt = startAt;
  }

  next(): string {
    const nowMs = Math.max(this.#lastMs, Math.floor(this.#now()));
    if (nowMs === this.#lastMs) {
      this.#count++;
      // So many in one millisecond: borrow from the next.
      if (this.#count === COUNT_MAX) return this.#start(nowMs + 1);
      return generatedObjectID(nowMs, this.#count * 1000 + this.#member);
    }
    return this.#start(nowMs);
  }

  #start(nowMs: number): string {
    this.#lastMs = nowMs;
    this.#count = this.#startAt();
    return generatedObjectID(nowMs, this.#count * 1000 + this.#member);
  }
}
