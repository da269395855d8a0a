/**
 * A query process's line to the builder. It stays up by itself: reconnects with growing pauses, and resends what was
 * not answered, with the same operation id, so that nothing is done twice.
 *
 * While the line is down `current` is false: then nobody tells this process of new states, and it has to look at the files.
 */
import { connect } from 'node:net';
import { asSequence, isJsonObject, type Json, type JsonObject, type Sequence } from '@skein/base';
import type { TransactionAnswer } from '../documents/transaction-answer.ts';
import { encodeOperation, indexesOf, type Operation } from '../operation.ts';
import { OPERATION_FORMAT, OPERATION_FORMAT_FIRST } from '../operation-format.ts';
import { takeRandom } from '../random-pool.ts';
import { Connection } from './connection.ts';
import type { Frame } from './frame.ts';
import {
  BuilderError,
  type BuilderErrorCode,
  type Change,
  type IndexSummary,
  type MembersChange,
  type Progress,
  readChanges,
  readProgress,
} from './messages.ts';

export interface BuilderClientOptions {
  readonly socketPath: string;
  /** When it resolves the builder is told that this process's next query sees the changes. */
  readonly onChanges: (changes: readonly Change[]) => Promise<void> | undefined;
  /** The line is up again, and anything may have changed meanwhile. */
  readonly onResync: () => void;
  /** Documents of these applications changed; only while `watch` is on. */
  readonly onCommitted?: ((applications: readonly string[]) => void) | undefined;
  /** `onCommitted` is called from now on; what was committed before may have been missed. */
  readonly onWatching?: (() => void) | undefined;
  /** How far this member is has changed. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** How long a request waits for a builder that is away. */
  readonly waitMsMax?: number | undefined;
}

export interface TaskStatus {
  readonly status: 'published' | 'notPublished';
}

/** Asking the next builder would not tell more. */
const FINAL_CODES = new Set<BuilderErrorCode>(['answer-forgotten', 'documents-damaged', 'no-quorum']);
const WAIT_MS_MAX = 15_000;
/** Documents are copied. */
const CHECKPOINT_MS_MAX = 3_600_000;
const RECONNECT_MS_MIN = 20;
/** Of a socket on this machine: trying costs nothing, and writers wait. */
const RECONNECT_MS_MAX = 100;

interface OpenRequest {
  readonly header: JsonObject;
  readonly payload: Uint8Array | undefined;
  readonly resolve: (answer: Frame) => void;
  readonly reject: (error: BuilderError) => void;
  readonly timer: NodeJS.Timeout;
  /** Whether the builder may have it. */
  sent: boolean;
}

export class BuilderClient {
  readonly #options: BuilderClientOptions;
  readonly #open = new Map<number, OpenRequest>();
  #connection: Connection | undefined;
  #lastId = 0;
  #current = false;
  #closed = false;
  #reconnectMs = RECONNECT_MS_MIN;
  #reconnectTimer: NodeJS.Timeout | undefined;
  #whenCurrent: (() => void)[] = [];
  #watching = false;
  #format = OPERATION_FORMAT_FIRST;

  constructor(options: BuilderClientOptions) {
    this.#options = options;
    this.#connect();
  }

  /** Whether the builder tells this process of every change. */
  get current(): boolean {
    return this.#current;
  }

  /** In which operations are to be proposed. The first one until the builder has told. */
  get operationFormat(): number {
    return this.#format;
  }

  /** Resolves when the line is up; for start-up and tests. */
  whenCurrent(): Promise<void> {
    if (this.#current) return Promise.resolve();
    return new Promise((resolve) => this.#whenCurrent.push(resolve));
  }

  /**
   * Resolves with the operation's sequence (its `taskID`) when it is durable, or, with `until: 'visible'`, when the next query on any
   * process sees its effect. Rejects with `BuilderError`.
   */
  async propose(
    operation: Operation,
    options: {
      readonly application: string;
      readonly proposedAtMs: number;
      readonly until?: 'durable' | 'visible' | undefined;
      /** For a caller that retries by itself; made here otherwise. */
      readonly operationId?: string | undefined;
    },
  ): Promise<{ readonly sequence: Sequence }> {
    const answer = await this.#request(
      {
        kind: 'propose',
        application: options.application,
        indexes: indexesOf(operation),
        operationId: options.operationId ?? takeRandom(12).toString('base64url'),
        proposedAtMs: options.proposedAtMs,
        until: options.until ?? 'durable',
      },
      encodeOperation(operation, this.#format),
    );
    return { sequence: asSequence(Number(answer['sequence'])) };
  }

  /**
   * Resolves with what the operation answered, when its effect is durable and visible to every process. Rejects with `BuilderError`; a
   * proposal that is repeated after a crash gets the first one's answer.
   */
  async transact(
    payload: Uint8Array,
    options: {
      readonly application: string;
      readonly proposedAtMs: number;
      readonly operationId?: string | undefined;
      readonly waitMsMax?: number | undefined;
    },
  ): Promise<TransactionAnswer> {
    const answer = await this.#ask(
      {
        kind: 'transact',
        application: options.application,
        operationId: options.operationId ?? takeRandom(12).toString('base64url'),
        proposedAtMs: options.proposedAtMs,
      },
      payload,
      options.waitMsMax,
    );
    return readAnswer(answer);
  }

  async openDocuments(application: string): Promise<void> {
    await this.#request({ kind: 'openDocuments', application });
  }

  /** Whether `onCommitted` is called. */
  watch(on: boolean): void {
    this.#watching = on;
    if (this.#current) this.#connection?.send({ kind: 'watch', on });
  }

  /** While the builder is away nothing new is published: the answer is then `notPublished`. */
  async taskStatus(application: string, sequence: number): Promise<TaskStatus> {
    if (!this.#current) return { status: 'notPublished' };
    const answer = await this.#request({ kind: 'taskStatus', application, sequence });
    return { status: answer['status'] === 'published' ? 'published' : 'notPublished' };
  }

  async listIndexes(application: string): Promise<readonly IndexSummary[]> {
    const answer = await this.#request({ kind: 'listIndexes', application });
    return answer['indexes'] as unknown as readonly IndexSummary[];
  }

  async statistics(): Promise<JsonObject> {
    const answer = await this.#request({ kind: 'statistics' });
    return isJsonObject(answer['statistics']) ? answer['statistics'] : {};
  }

  /** False: not within the time. Rejects with `BuilderError` when the builder stays away. */
  async whenPublished(sequence: number, timeoutMs: number): Promise<boolean> {
    const { header } = await this.#ask(
      { kind: 'whenPublished', sequence, timeoutMs },
      undefined,
      timeoutMs + 500,
    );
    return header['published'] === true;
  }

  /** What this member knows of its cluster; undefined where there is none. */
  async cluster(): Promise<JsonObject | undefined> {
    const answer = await this.#request({ kind: 'cluster' });
    return isJsonObject(answer['cluster']) ? answer['cluster'] : undefined;
  }

  /** Resolves when the cluster has carried it out. Rejects with `BuilderError`, whose message is for the operator. */
  async changeMembers(change: MembersChange): Promise<void> {
    await this.#request({ kind: 'changeMembers', change: change as unknown as JsonObject });
  }

  /**
   * A copy of the data that is good to start on. The caller moves `folder` away and says so by `releaseCheckpoint`; it goes by itself after
   * a minute. Rejects with `BuilderError`.
   */
  async openCheckpoint(): Promise<{ readonly checkpoint: string; readonly folder: string }> {
    const { header } = await this.#ask({ kind: 'openCheckpoint' }, undefined, CHECKPOINT_MS_MAX);
    const { checkpoint, folder } = header as { checkpoint?: Json; folder?: Json };
    if (typeof checkpoint !== 'string' || typeof folder !== 'string')
      throw new BuilderError('unavailable', 'refused', 'the builder told of no copy');
    return { checkpoint, folder };
  }

  async releaseCheckpoint(checkpoint: string): Promise<void> {
    await this.#request({ kind: 'releaseCheckpoint', checkpoint });
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#reconnectTimer);
    this.#connection?.destroy();
    for (const [id, { sent }] of this.#open) {
      this.#fail(
        id,
        new BuilderError('unavailable', sent ? 'unknown' : 'refused', 'this process is stopping'),
      );
    }
  }

  async #request(header: JsonObject, payload?: Uint8Array): Promise<JsonObject> {
    return (await this.#ask(header, payload)).header;
  }

  #ask(header: JsonObject, payload?: Uint8Array, waitMsMax?: number): Promise<Frame> {
    if (this.#closed)
      return Promise.reject(new BuilderError('unavailable', 'refused', 'this process is stopping'));
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      const timer = setTimeout(
        () => {
          const sent = this.#open.get(id)?.sent === true;
          this.#fail(
            id,
            new BuilderError(
              'unavailable',
              sent ? 'unknown' : 'refused',
              sent
                ? 'the builder did not answer in time; whether the operation was kept is unknown'
                : 'the builder is away',
            ),
          );
        },
        waitMsMax ?? this.#options.waitMsMax ?? WAIT_MS_MAX,
      );
      this.#open.set(id, { header: { ...header, id }, payload, resolve, reject, timer, sent: false });
      if (this.#current) this.#send(id);
    });
  }

  #send(id: number): void {
    const request = this.#open.get(id);
    if (request === undefined) return;
    request.sent = true;
    this.#connection?.send(request.header, request.payload);
  }

  #fail(id: number, error: BuilderError): void {
    const request = this.#open.get(id);
    this.#open.delete(id);
    clearTimeout(request?.timer);
    request?.reject(error);
  }

  #connect(): void {
    const socket = connect(this.#options.socketPath);
    const connection = new Connection(socket, {
      onFrame: (frame) => this.#receive(frame),
      onClose: () => {
        if (this.#connection === connection) this.#lost();
      },
    });
    this.#connection = connection;
    socket.once('connect', () => connection.send({ kind: 'subscribe', id: 0 }));
  }

  #lost(): void {
    this.#connection = undefined;
    this.#current = false;
    if (this.#closed) return;
    this.#reconnectTimer = setTimeout(() => this.#connect(), this.#reconnectMs);
    this.#reconnectMs = Math.min(RECONNECT_MS_MAX, this.#reconnectMs * 2);
  }

  #receive(frame: Frame): void {
    const { header } = frame;
    switch (header['kind']) {
      case 'notice':
        void this.#notice(header);
        return;
      case 'watching':
        this.#options.onWatching?.();
        return;
      case 'committed': {
        const { applications } = header as { readonly applications?: readonly string[] };
        this.#options.onCommitted?.(applications ?? []);
        return;
      }
      case 'progress':
        this.#takeProgress(readProgress(header));
        return;
      case 'reply':
        if (header['id'] === 0) this.#subscribed();
        else this.#settle(header, (request) => request.resolve(frame));
        return;
      case 'error': {
        const error = readError(header);
        // The log will be looked at when the builder starts again: ask that one.
        if (error.outcome === 'unknown' && !FINAL_CODES.has(error.code)) return;
        this.#settle(header, (request) => request.reject(error));
      }
    }
  }

  #takeProgress(progress: Progress): void {
    // At a reload the builder may be of a later program than this process.
    this.#format = Math.min(progress.format, OPERATION_FORMAT);
    this.#options.onProgress?.(progress);
  }

  async #notice(header: JsonObject): Promise<void> {
    const connection = this.#connection;
    try {
      await this.#options.onChanges(readChanges(header['changes']));
    } catch {
      // This process cannot follow: it starts over with everything stale.
      connection?.destroy();
      return;
    }
    // Numbers are the connection's own: the next builder counts anew.
    connection?.send({ kind: 'acknowledge', number: header['number'] });
  }

  #settle(header: JsonObject, settle: (request: OpenRequest) => void): void {
    const id = Number(header['id']);
    const request = this.#open.get(id);
    if (request === undefined) return;
    this.#open.delete(id);
    clearTimeout(request.timer);
    settle(request);
  }

  #subscribed(): void {
    this.#reconnectMs = RECONNECT_MS_MIN;
    this.#options.onResync();
    this.#current = true;
    if (this.#watching) this.#connection?.send({ kind: 'watch', on: true });
    for (const id of this.#open.keys()) this.#send(id);
    for (const resolve of this.#whenCurrent.splice(0)) resolve();
  }
}

function readAnswer({ header, payload }: Frame): TransactionAnswer {
  const { sequence, time, status, wrote, costs } = header as unknown as TransactionAnswer;
  const body = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('utf8');
  return { sequence, time, status, wrote, costs, body };
}

function readError(header: JsonObject): BuilderError {
  const text = (name: string): Json | undefined => header[name];
  return new BuilderError(
    text('code') as BuilderErrorCode,
    text('outcome') === 'refused' ? 'refused' : 'unknown',
    typeof text('message') === 'string' ? (text('message') as string) : 'the builder failed',
  );
}
