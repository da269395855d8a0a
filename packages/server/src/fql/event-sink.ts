/**
 * Writes a stream's events to one client, each followed by CR LF, and keeps count of what the client has not taken yet.
 *
 * A client that does not read is not waited for: when its events fill its buffer, or all clients' events together fill the
 * process's, the stream ends with an error event. A client that is not even reading that is cut after a while.
 */

import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';

/** What all streams of a process hold together. */
export class EventBudget {
  readonly bytesMax: number;
  heldBytes = 0;
  streamCount = 0;

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }
}

export type EventSinkEnd =
  /** The client ended the stream, or its connection broke. */
  | 'closed'
  /** The client did not read. */
  | 'overflow'
  /** The source of events ended the stream. */
  | 'finished'
  | 'draining'
  | 'failed';

const END_EVENTS: Readonly<
  Partial<Record<EventSinkEnd, { readonly code: string; readonly description: string }>>
> = {
  overflow: {
    code: 'resources exceeded',
    description: 'The stream was ended because its events were not read as fast as they came.',
  },
  draining: {
    code: 'unavailable',
    description: 'The server process is being replaced; start the stream again.',
  },
  failed: { code: 'internal server error', description: 'The stream failed on the server.' },
};

/** One event may be larger than this: it is let through when nothing else waits. */
const streamBytesMax = 1024 * 1024;
/** How long a client has to take what is left for it. */
const lastWordsMs = 5_000;

export class EventSink {
  readonly #response: ServerResponse | Http2ServerResponse;
  readonly #budget: EventBudget;
  readonly #onEnd: (how: EventSinkEnd) => void;
  #waitingBytes = 0;
  #timeLast: number;
  #ended = false;

  /** `time`: of the stream's start, for an error event that comes before any other. `onEnd` is called once. */
  constructor(options: {
    readonly response: ServerResponse | Http2ServerResponse;
    readonly budget: EventBudget;
    readonly time: number;
    readonly onEnd: (how: EventSinkEnd) => void;
  }) {
    this.#response = options.response;
    this.#budget = options.budget;
    this.#timeLast = options.time;
    this.#onEnd = options.onEnd;
    this.#budget.streamCount++;
    this.#response.on('close', () => this.end('closed'));
    this.#response.on('error', () => this.end('closed'));
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** False when the stream is over. */
  write(event: string): boolean {
    if (this.#ended) return false;
    // Two bytes for the line's end; text is counted in UTF-16 units, which is near enough for a bound.
    const bytes = event.length + 2;
    const isFull =
      this.#waitingBytes > 0 &&
      (this.#waitingBytes + bytes > streamBytesMax || this.#budget.heldBytes + bytes > this.#budget.bytesMax);
    if (isFull) {
      this.end('overflow');
      return false;
    }
    this.#timeLast = timeOf(event) ?? this.#timeLast;
    this.#send(event, bytes);
    return true;
  }

  end(how: EventSinkEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#budget.streamCount--;
    this.#onEnd(how);
    if (how === 'closed') return;
    const event = END_EVENTS[how];
    if (event !== undefined) {
      const text = JSON.stringify({ type: 'error', txn: this.#timeLast, event });
      this.#send(text, text.length + 2);
    }
    this.#response.end();
    const cut = setTimeout(() => destroy(this.#response), lastWordsMs);
    this.#response.on('close', () => clearTimeout(cut));
  }

  #send(event: string, bytes: number): void {
    const budget = this.#budget;
    this.#waitingBytes += bytes;
    budget.heldBytes += bytes;
    // Called when the client's window and socket have taken it, or when the connection is gone.
    const taken = (): void => {
      this.#waitingBytes -= bytes;
      budget.heldBytes -= bytes;
    };
    const response = this.#response;
    // The same call twice, since the types of both protocols do not meet.
    if ('stream' in response) response.write(`${event}\r\n`, taken);
    else response.write(`${event}\r\n`, taken);
  }
}

/** Also of what waits to be sent. */
export function destroy(response: ServerResponse | Http2ServerResponse): void {
  if ('stream' in response) response.stream?.destroy();
  else response.destroy();
}

function timeOf(event: string): number | undefined {
  const match = /^\{"type":"\w{1,40}","txn":(\d{1,16})[,}]/.exec(event.slice(0, 100));
  return match === null ? undefined : Number(match[1]);
}
