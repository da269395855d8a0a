/**
 * Follows the changes of one application for all event streams of this process: one look at the store whenever something was committed,
 * whoever is concerned is told. A builder that is away commits nothing; when it is there again, the next look finds what it did meanwhile.
 */
import { randomInt } from 'node:crypto';
import {
  type Authentication,
  type DocumentReader,
  errorEvent,
  openStream,
  StreamRegistry,
  type TransactionCosts,
  type TransactionResult,
} from '@skein/fql';
import { type ApplicationDocuments, nodeHost } from '@skein/member';
import { EventQueue, QueueBudget } from './event-queue.ts';
import type { FqlStreamOptions } from './fql-port.ts';

export interface StreamFollowerOptions {
  readonly documents: Pick<ApplicationDocuments, 'readSince' | 'snapshot' | 'watch'>;
  readonly application: string;
  readonly strictTemporal: boolean;
  readonly nowMs: () => number;
}

export type FollowedStream =
  | {
      readonly kind: 'open';
      readonly id: string;
      readonly costs: TransactionCosts;
      readonly time: number;
      readonly events: AsyncIterable<string>;
    }
  | { readonly kind: 'refused'; readonly result: TransactionResult & { readonly time: number } };

/** Expressions of streams are refs and sets. */
const STEPS_MAX = 1_000_000;
/** Requests wait no longer than this for a turn of events. */
const TURN_MS = 10;
/** What one stream may have waiting inside of this process, before its client's own buffer, in UTF-16 units. */
const QUEUE_LENGTH_MAX = 4 * 1024 * 1024;
const ALL_QUEUES_LENGTH_MAX = 256 * 1024 * 1024;
/** The store keeps lists of changes for an hour. A process that was stopped for longer than this cannot be sure that it sees all of them. */
const GAP_MS_MAX = 30 * 60 * 1_000;
const HEARTBEAT_MS = 60_000;

const OVERFLOW = {
  code: 'resources exceeded',
  description: 'The stream was ended because its events were not read as fast as they came.',
};

export class StreamFollower {
  readonly #options: StreamFollowerOptions;
  readonly #registry = new StreamRegistry(nodeHost);
  readonly #queues = new Set<EventQueue>();
  readonly #budget = new QueueBudget(ALL_QUEUES_LENGTH_MAX);
  #unwatch: (() => void) | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  /** Streams that are open or about to be. */
  #userCount = 0;
  #isRunning = false;
  #isDue = false;
  #lookedAtMs = 0;

  constructor(options: StreamFollowerOptions) {
    this.#options = options;
  }

  /** Rejects as `ApplicationDocuments.readSince`. */
  async open(
    authentication: Authentication,
    body: Uint8Array,
    options: Pick<FqlStreamOptions, 'fields' | 'lastSeenTime' | 'timeoutMs' | 'signal'>,
  ): Promise<FollowedStream> {
    const { application, documents } = this.#options;
    // Watched first: what is committed after the snapshot is then told of.
    const leave = this.#enter();
    try {
      return await documents.readSince(application, options, (reader) => {
        const opened = this.#openOn(reader, authentication, body, options, leave);
        if (opened.kind === 'refused') leave();
        return opened;
      });
    } catch (error) {
      leave();
      throw error;
    }
  }

  #openOn(
    reader: DocumentReader,
    authentication: Authentication,
    body: Uint8Array,
    { fields, signal }: Pick<FqlStreamOptions, 'fields' | 'signal'>,
    leave: () => void,
  ): FollowedStream {
    const { nowMs, strictTemporal } = this.#options;
    const opened = openStream(reader, {
      body,
      authentication,
      time: Math.max(nowMs() * 1000, reader.lastTime),
      seed: new Uint8Array(16),
      host: nodeHost,
      options: { strictTemporal, stepsMax: STEPS_MAX },
    });
    if (opened.kind === 'refused') {
      return { kind: 'refused', result: { ...opened.result, time: reader.lastTime } };
    }
    const queue = new EventQueue(QUEUE_LENGTH_MAX, this.#budget);
    this.#queues.add(queue);
    const end = (): void => {
      this.#queues.delete(queue);
      leave();
    };
    const close = this.#registry.open({
      subject: opened.subject,
      authentication,
      fields,
      time: reader.lastTime,
      listener: {
        push: (event) => {
          if (queue.push(event)) return;
          close();
          queue.finish(errorEvent(this.#registry.position, OVERFLOW));
          end();
        },
        finish: () => {
          queue.finish();
          end();
        },
      },
    });
    const stop = (): void => {
      close();
      queue.drop();
      end();
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    const id = String(randomInt(1, 2 ** 47));
    return { kind: 'open', id, costs: opened.costs, time: reader.lastTime, events: queue };
  }

  /** Gives what is called once when the stream is over; further calls do nothing. */
  #enter(): () => void {
    this.#userCount++;
    if (this.#userCount === 1) {
      const { application, documents } = this.#options;
      this.#lookedAtMs = performance.now();
      this.#unwatch = documents.watch(application, () => this.#look());
      this.#heartbeat = setInterval(() => this.#look(), HEARTBEAT_MS).unref();
    }
    let hasLeft = false;
    return () => {
      if (hasLeft) return;
      hasLeft = true;
      this.#userCount--;
      if (this.#userCount > 0) return;
      this.#unwatch?.();
      clearInterval(this.#heartbeat);
    };
  }

  #look(): void {
    this.#isDue = true;
    if (!this.#isRunning) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    try {
      while (this.#isDue && this.#registry.size > 0) {
        this.#isDue = false;
        const nowMs = performance.now();
        if (nowMs - this.#lookedAtMs > GAP_MS_MAX) this.#registry.endAll();
        else if (await this.#deliver()) this.#isDue = true;
        this.#lookedAtMs = nowMs;
      }
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error('following changes failed', { cause: error }));
    } finally {
      this.#isRunning = false;
    }
  }

  /** Whether there may be more. */
  async #deliver(): Promise<boolean> {
    const snapshot = await this.#options.documents.snapshot(this.#options.application);
    try {
      const delivery = this.#registry.deliver(snapshot.reader);
      let turnEndsMs = performance.now() + TURN_MS;
      for (;;) {
        const step = delivery.next();
        if (step.done === true) return step.value;
        if (this.#registry.size === 0) return false;
        if (performance.now() < turnEndsMs) continue;
        // Also lets events be taken: what waits for a client is bounded.
        await new Promise((resolve) => setImmediate(resolve));
        turnEndsMs = performance.now() + TURN_MS;
      }
    } finally {
      snapshot.release();
    }
  }

  /** Nobody knows what the streams have missed: they end. */
  #fail(error: Error): void {
    for (const queue of [...this.#queues]) queue.fail(error);
    this.#registry.endAll();
  }
}
