/**
 * What clients saw, in the words that the checkers share. All times of calls and answers come from one clock, that of the test's process.
 *
 * `ok`: answered, so it happened, between call and answer. `failed`: it certainly did not happen. `unknown`: no answer, or one that says
 * that nobody knows: it happened at some moment after the call, perhaps long after the client gave up, or it never did.
 */
export type Outcome = 'ok' | 'failed' | 'unknown';

export interface Transaction<Step> {
  /** Unique in its history. */
  readonly id: number;
  readonly client: number;
  readonly calledMs: number;
  /** Infinity where the outcome is unknown. */
  readonly returnedMs: number;
  readonly outcome: Outcome;
  /** µs: the time that the server gave; undefined where there was no answer. */
  readonly time: number | undefined;
  readonly steps: readonly Step[];
}

/** Something that cannot have happened on a strictly serialisable store. */
export interface Violation {
  readonly kind: string;
  readonly text: string;
}

/** `T7 (client 3, ok)` */
export function nameOf({ id, client, outcome }: Transaction<unknown>): string {
  return `T${id} (client ${client}, ${outcome})`;
}
