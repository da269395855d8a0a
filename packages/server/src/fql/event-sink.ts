/**
 * Writes a stream's events to one client, each followed by CR LF, and keeps count of what the client has not taken yet.
 *
 * When a client's events fill its buffer, or all clients' events together fill the process's, new ones wait (`room`). A stream whose client
 * takes nothing meanwhile ends with an error event; so a burst of events ends nobody who reads. A client that is not even reading that is cut
 * after a while.
 */

import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';

/** What all streams of a process hold together. */
export class EventBudget {
  readonly bytesMax: number;
  readonly #holders = new Set<EventSink>();
  #heldBytes = 0;
  #waiting: (() => void)[] = [];
  streamCount = 0;

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Resolves when so many bytes fit, or `isOver`; undefined: now. More than all of it fits when nothing else is held. */
  room(bytes: number, isOver: () => boolean): Promise<void> | undefined {
    return this.#fits(bytes) ? undefined : this.#waitFor(bytes, isOver);
  }

  hold(sink: EventSink, bytes: number): void {
    this.#heldBytes += bytes;
    this.#holders.add(sink);
  }

  release(sink: EventSink, bytes: number): void {
    this.#heldBytes -= bytes;
    if (sink.waitingBytes === 0) this.#holders.delete(sink);
    this.wake();
  }

  /** Those who wait look again. */
  wake(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    for (const look of waiting) look();
  }

  #fits(bytes: number): boolean {
    return this.#heldBytes === 0 || this.#heldBytes + bytes <= this.bytesMax;
  }

  async #waitFor(bytes: number, isOver: () => boolean): Promise<void> {
    while (!this.#fits(bytes) && !isOver()) {
      await woken((wake) => this.#waiting.push(wake));
      if (this.#fits(bytes)) return;
      for (const sink of [...this.#holders]) sink.endIfStuck();
    }
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
const lookMs = 250;
/** How long a client has to take what is left for it. */
const lastWordsMs = 5_000;

export class EventSink {
  readonly #response: ServerResponse | Http2ServerResponse;
  readonly #budget: EventBudget;
  readonly #onEnd: (how: EventSinkEnd) => void;
  readonly #stuckMsMax: number;
  #wake: (() => void) | undefined;
  #waitingBytes = 0;
  #stuckSinceMs = 0;
  #timeLast: number;
  #ended = false;

  /** `time`: of the stream's start, for an error event that comes before any other. `onEnd` is called once. */
  constructor(options: {
    readonly response: ServerResponse | Http2ServerResponse;
    readonly budget: EventBudget;
    readonly time: number;
    /** A client that takes nothing for so long does not read. */
    readonly stuckMsMax: number;
    readonly onEnd: (how: EventSinkEnd) => void;
  }) {
    this.#response = options.response;
    this.#budget = options.budget;
    this.#timeLast = options.time;
    this.#onEnd = options.onEnd;
    this.#stuckMsMax = options.stuckMsMax;
    this.#budget.streamCount++;
    this.#response.on('close', () => this.end('closed'));
    this.#response.on('error', () => this.end('closed'));
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** That the client has not taken yet. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** Resolves when the client and the process have room for the event, or when the stream is over; undefined: now. One at a time. */
  room(event: string): Promise<void> | undefined {
    const bytes = sizeOf(event);
    return this.#isFull(bytes) ? this.#waitFor(bytes) : this.#budget.room(bytes, () => this.#ended);
  }

  /** For when others wait. */
  endIfStuck(): void {
    if (this.#waitingBytes > 0 && performance.now() - this.#stuckSinceMs >= this.#stuckMsMax)
      this.end('overflow');
  }

  /** The caller has waited for room. False when the stream is over. */
  write(event: string): boolean {
    if (this.#ended) return false;
    this.#timeLast = timeOf(event) ?? this.#timeLast;
    this.#send(event, sizeOf(event));
    return true;
  }

  end(how: EventSinkEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#budget.streamCount--;
    this.#wake?.();
    this.#budget.wake();
    this.#onEnd(how);
    if (how === 'closed') return;
    const event = END_EVENTS[how];
    if (event !== undefined) {
      const text = JSON.stringify({ type: 'error', txn: this.#timeLast, event });
      this.#send(text, sizeOf(text));
    }
    this.#response.end();
    const cut = setTimeout(() => destroy(this.#response), lastWordsMs);
    this.#response.on('close', () => clearTimeout(cut));
  }

  #isFull(bytes: number): boolean {
    return this.#waitingBytes > 0 && this.#waitingBytes + bytes > streamBytesMax;
  }

  async #waitFor(bytes: number): Promise<void> {
    while (this.#isFull(bytes) && !this.#ended) {
      await woken((wake) => {
        this.#wake = wake;
      });
      this.endIfStuck();
    }
    this.#wake = undefined;
    await this.#budget.room(bytes, () => this.#ended);
  }

  #send(event: string, bytes: number): void {
    if (this.#waitingBytes === 0) this.#stuckSinceMs = performance.now();
    this.#waitingBytes += bytes;
    this.#budget.hold(this, bytes);
    // Called when the client's window and socket have taken it, or when the connection is gone.
    const taken = (): void => {
      this.#waitingBytes -= bytes;
      this.#stuckSinceMs = performance.now();
      this.#wake?.();
      this.#budget.release(this, bytes);
    };
    const response = this.#response;
    // The same call twice, since the types of both protocols do not meet.
    if ('stream' in response) response.write(`${event}\r\n`, taken);
    else response.write(`${event}\r\n`, taken);
  }
}

/** Resolves when what `keep` was given is called, or after a moment. */
async function woken(keep: (wake: () => void) => void): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await new Promise<void>((resolve) => {
    keep(resolve);
    timer = setTimeout(resolve, lookMs).unref();
  });
  clearTimeout(timer);
}

/** With the line's end. Text is counted in UTF-16 units, which is near enough for a bound. */
function sizeOf(event: string): number {
  return event.length + 2;
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
