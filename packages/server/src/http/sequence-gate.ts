/**
 * What an answer shows of the log, as headers: so that a client which wrote through one member reads from another no less than it
 * wrote.
 *
 *   X-Skein-Sequence       on every answer: of a write, its place in the log; of a read, it shows everything up to here
 *   X-Skein-Min-Sequence   of a request: it waits until this member shows everything up to there
 *   X-Skein-Wait-Ms        for so long at most; then 503, for another member to be asked
 *
 * The two of a request may stand in its query string, too, as `skein-min-sequence` and `skein-wait-ms`.
 */
import { ApiError } from '@skein/wire';
import type { ApiRequest } from './api-request.ts';

export interface SequenceSource {
  /** This process's next answer shows everything up to here. */
  readonly shown: number;
  /** False: this member has no state that it could answer from. */
  readonly answers: boolean;
  whenShown(sequence: number, timeoutMs: number): Promise<boolean>;
}

export const SEQUENCE_HEADER = 'X-Skein-Sequence';
const waitMsDefault = 5_000;
const waitMsMax = 30_000;
/** Requests that wait in one process; further ones are told at once to ask elsewhere. */
const waitingMax = 1_000;
/** Answered by a member that answers no searches: they tell how it is. */
const ALWAYS = new Set(['getCluster', 'addClusterMember', 'removeClusterMember']);

export class SequenceGate {
  readonly #source: SequenceSource;
  #waiting = 0;

  constructor(source: SequenceSource) {
    this.#source = source;
  }

  get shown(): number {
    return this.#source.shown;
  }

  /** Undefined: the request may be answered at once. Else resolves when it may. Both throw, and reject with, `ApiError`. */
  pass(request: Pick<ApiRequest, 'headers' | 'query'>, route: string): Promise<void> | undefined {
    if (ALWAYS.has(route)) return undefined;
    const sequence = wholeNumber(request, 'x-skein-min-sequence', Number.MAX_SAFE_INTEGER);
    const waitMs = wholeNumber(request, 'x-skein-wait-ms', waitMsMax) ?? waitMsDefault;
    if (!this.#source.answers) throw new ApiError('unavailable');
    if (sequence === undefined || sequence <= this.#source.shown) return undefined;
    return this.#until(sequence, waitMs);
  }

  async #until(sequence: number, waitMs: number): Promise<void> {
    if (this.#waiting >= waitingMax || waitMs === 0) throw this.#behind(sequence);
    this.#waiting++;
    try {
      if (!(await this.#source.whenShown(sequence, waitMs))) throw this.#behind(sequence);
    } finally {
      this.#waiting--;
    }
  }

  #behind(sequence: number): ApiError {
    return new ApiError('behind', { sequence, shown: this.#source.shown });
  }
}

/** Takes what it finds in the query string out of it: other parameters there are checked against what searches know. */
function wholeNumber(
  { headers, query }: Pick<ApiRequest, 'headers' | 'query'>,
  name: string,
  max: number,
): number | undefined {
  const parameter = name.slice('x-'.length);
  const given = headers[name] ?? query.get(parameter) ?? undefined;
  if (query.has(parameter)) query.delete(parameter);
  if (given === undefined) return undefined;
  const value = typeof given === 'string' && /^\d{1,16}$/.test(given) ? Number(given) : Number.NaN;
  if (value <= max) return value;
  throw new ApiError('parameter-invalid', { name, expected: `an integer from 0 to ${max}` });
}
