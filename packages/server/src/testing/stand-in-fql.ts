/**
 * An FQL port in memory, for tests of the server around it. It knows no FQL: what it is sent says what it shall do.
 *
 *   {"wait": ms}            answers after that time
 *   {"refuse": reason}      rejects with that `FqlUnavailableError`
 *   {"break": text}         rejects with an ordinary error
 *   {"hang": true}          never answers
 *   {"bytes": n}            answers n bytes
 *   anything else           answers `{"resource": what was sent}`
 */
import { setTimeout as pause } from 'node:timers/promises';
import {
  type FqlCaller,
  type FqlCosts,
  type FqlPort,
  type FqlQueryOptions,
  type FqlResult,
  type FqlStreamOptions,
  FqlUnavailableError,
  type FqlUnavailableReason,
  type PingScope,
} from '../fql/fql-port.ts';

export const STAND_IN_SECRET = 'stand-in-secret';
export const STAND_IN_COSTS: FqlCosts = {
  computeOps: 1,
  readOps: 2,
  writeOps: 3,
  bytesRead: 40,
  bytesWritten: 50,
};

export class StandInFql implements FqlPort {
  time = 1_700_000_000_000_000;
  readonly queries: { readonly body: string; readonly options: FqlQueryOptions }[] = [];
  readonly streams = new Set<StandInStream>();
  readonly pings: { readonly scope: PingScope; readonly timeoutMs: number }[] = [];
  present = true;

  lastTime(): number {
    return this.time;
  }

  async authenticate(secret: string): Promise<FqlCaller | undefined> {
    return secret === STAND_IN_SECRET ? { secret } : undefined;
  }

  async query(_caller: FqlCaller, body: Uint8Array, options: FqlQueryOptions): Promise<FqlResult> {
    const text = Buffer.from(body).toString();
    this.queries.push({ body: text, options });
    const asked = commandOf(text);
    if (asked['wait'] !== undefined) await pause(Number(asked['wait']));
    if (asked['refuse'] !== undefined) {
      throw new FqlUnavailableError(asked['refuse'] as FqlUnavailableReason, 'Refused as was asked.');
    }
    if (asked['break'] !== undefined) throw new Error(JSON.stringify(asked['break']));
    if (asked['hang'] !== undefined) await new Promise<never>(() => undefined);
    const resource =
      asked['bytes'] === undefined ? text || 'null' : JSON.stringify('x'.repeat(Number(asked['bytes'])));
    this.time++;
    return { status: 200, body: `{"resource":${resource}}`, costs: STAND_IN_COSTS, time: this.time };
  }

  async stream(
    _caller: FqlCaller,
    body: Uint8Array,
    options: FqlStreamOptions,
  ): ReturnType<FqlPort['stream']> {
    const asked = commandOf(Buffer.from(body).toString());
    if (asked['refuse'] !== undefined) {
      const error = { position: [], code: 'invalid argument', description: 'Not a stream.' };
      const result = {
        status: 400,
        body: JSON.stringify({ errors: [error] }),
        costs: STAND_IN_COSTS,
        time: this.time,
      };
      return { kind: 'refused', result };
    }
    const events = new StandInStream(options);
    this.streams.add(events);
    options.signal.addEventListener('abort', () => {
      this.streams.delete(events);
      events.finish();
    });
    events.push(JSON.stringify({ type: 'start', txn: this.time, event: this.time }));
    return {
      kind: 'open',
      stream: { id: String(this.streams.size), costs: STAND_IN_COSTS, time: this.time, events },
    };
  }

  async ping(scope: PingScope, timeoutMs: number): Promise<boolean> {
    this.pings.push({ scope, timeoutMs });
    return this.present;
  }

  /** One event to every open stream. */
  publish(event: object): void {
    this.time++;
    const text = JSON.stringify({ type: 'version', txn: this.time, event });
    for (const stream of this.streams) stream.push(text);
  }
}

/** A queue that one reader iterates. */
class StandInStream implements AsyncIterable<string> {
  readonly options: FqlStreamOptions;
  readonly #waiting: string[] = [];
  #wake: () => void = () => undefined;
  #finished = false;

  constructor(options: FqlStreamOptions) {
    this.options = options;
  }

  push(event: string): void {
    this.#waiting.push(event);
    this.#wake();
  }

  finish(): void {
    this.#finished = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<string> {
    for (;;) {
      const event = this.#waiting.shift();
      if (event !== undefined) yield event;
      else if (this.#finished) return;
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}

function commandOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
