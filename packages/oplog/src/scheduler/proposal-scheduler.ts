/**
 * In front of a log: operations wait in a queue of their application while appends are in flight; then a batch of what waits is put
 * together in fair turns (`fair-queue.ts`) and appended at once. So an application that floods delays itself, and the more waits, the
 * more shares one append.
 *
 *   submit ──▶ queue of the application ──(an append is free)──▶ batch ──▶ log.append ──▶ each learns its sequence
 *
 * Invariants:
 *  - operations of one application reach the log in the order in which they were submitted, each once.
 *  - what an operation cannot have on its own account (too large) is refused before it waits, so that it fails no other.
 *  - refused here means certainly not in the log.
 *
 * What it leaves to others: recognising repeated operations (who applies), closing the log (who made it).
 */
import { asSequence, assert, type Sequence } from '@skein/base';
import { OPERATION_BYTES_MAX } from '../limits.ts';
import { type OperationLog, OperationLogError, type ProposedOperation } from '../operation-log.ts';
import { FairQueue } from './fair-queue.ts';
import { InFlightWindow } from './in-flight-window.ts';
import { WaitTimes } from './wait-times.ts';

/** Time as an argument: steady milliseconds, and being called later. */
export interface SchedulerTime {
  nowMs(): number;
  /** Gives what takes it back. */
  after(ms: number, call: () => void): () => void;
}

export interface ProposalSchedulerOptions {
  /** Appends that are in flight at once. One more than one keeps the log busy while answers travel. */
  readonly inFlightMax?: number | undefined;
  /** In flight in all, and so of a batch; usually less (`in-flight-window.ts`). An operation that is larger goes alone. */
  readonly inFlightBytesMax?: number | undefined;
  /** Of one operation's payload, as the log has it. */
  readonly operationBytesMax?: number | undefined;
  /** Waiting for one application; and never more than is free of the whole, so that however many flood, others have room. */
  readonly applicationBytesMax?: number | undefined;
  /** Waiting in all. When nothing waits, any operation has room. */
  readonly queuedBytesMax?: number | undefined;
  /** An operation is refused when the log has acknowledged nothing for so long while it waited. */
  readonly waitMsMax?: number | undefined;
  readonly time?: SchedulerTime | undefined;
}

export interface SchedulerStatistics {
  readonly queuedCount: number;
  readonly queuedBytes: number;
  readonly inFlightCount: number;
  /** How many bytes may be in flight at the moment. */
  readonly windowBytes: number;
  readonly batchCount: number;
  readonly submittedCount: number;
  /** Refused here, for want of room or of a quorum. */
  readonly refusedCount: number;
  /** From `submit` to the append that took it along; of the last 4,096. Milliseconds. */
  readonly waitMsP50: number;
  readonly waitMsP99: number;
  /** Those with most bytes waiting, the largest first. */
  readonly applications: readonly {
    readonly application: string;
    readonly bytes: number;
    readonly count: number;
  }[];
}

const IN_FLIGHT_MAX = 2;
const IN_FLIGHT_BYTES_MAX = 4 * 1024 * 1024;
const APPLICATION_BYTES_MAX = 64 * 1024 * 1024;
const QUEUED_BYTES_MAX = 256 * 1024 * 1024;
const WAIT_MS_MAX = 10_000;
/** What an operation weighs besides its payload: names, and objects that wait with it. */
const OPERATION_BYTES = 128;
/** UTF-16 units that logs take for the name of an application or an operation. */
const NAME_LENGTH_MAX = 10_000;
/** An application counts as the only one that writes when no other has for so long. */
const ALONE_AFTER_MS = 1_000;
const SHOWN_COUNT_MAX = 10;

const STEADY_TIME: SchedulerTime = {
  nowMs: () => performance.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};

interface WaitingOperation {
  readonly operation: ProposedOperation;
  readonly submittedAtMs: number;
  readonly resolve: (sequence: Sequence) => void;
  readonly reject: (error: OperationLogError) => void;
}

export class ProposalScheduler {
  readonly #log: Pick<OperationLog, 'append'>;
  readonly #time: SchedulerTime;
  readonly #inFlightMax: number;
  readonly #operationBytesMax: number;
  readonly #applicationBytesMax: number;
  readonly #queuedBytesMax: number;
  readonly #waitMsMax: number;
  readonly #queue = new FairQueue<WaitingOperation>();
  readonly #window: InFlightWindow;
  readonly #waits = new WaitTimes();
  #inFlightCount = 0;
  #inFlightBytes = 0;
  #isTaking = false;
  /** When the log last acknowledged something. */
  #acknowledgedAtMs = Number.NEGATIVE_INFINITY;
  /** Of the last operation; and when that was another one's before. */
  #lastApplication: string | undefined;
  #changedAtMs = Number.NEGATIVE_INFINITY;
  #stopLooking: (() => void) | undefined;
  #isClosed = false;
  #whenEmpty: (() => void)[] = [];
  #batchCount = 0;
  #submittedCount = 0;
  #refusedCount = 0;

  constructor(log: Pick<OperationLog, 'append'>, options: ProposalSchedulerOptions = {}) {
    this.#log = log;
    this.#time = options.time ?? STEADY_TIME;
    this.#inFlightMax = options.inFlightMax ?? IN_FLIGHT_MAX;
    this.#operationBytesMax = options.operationBytesMax ?? OPERATION_BYTES_MAX;
    this.#applicationBytesMax = options.applicationBytesMax ?? APPLICATION_BYTES_MAX;
    this.#queuedBytesMax = options.queuedBytesMax ?? QUEUED_BYTES_MAX;
    this.#waitMsMax = options.waitMsMax ?? WAIT_MS_MAX;
    this.#window = new InFlightWindow(options.inFlightBytesMax ?? IN_FLIGHT_BYTES_MAX);
    assert(this.#inFlightMax >= 1, 'at least one append may be in flight');
  }

  /** Bytes that wait; those in flight are the log's. */
  get queuedBytes(): number {
    return this.#queue.bytes;
  }

  get statistics(): SchedulerStatistics {
    const [waitMsP50, waitMsP99] = this.#waits.percentiles();
    return {
      queuedCount: this.#queue.count,
      queuedBytes: this.#queue.bytes,
      inFlightCount: this.#inFlightCount,
      windowBytes: Math.round(this.#window.bytes),
      batchCount: this.#batchCount,
      submittedCount: this.#submittedCount,
      refusedCount: this.#refusedCount,
      waitMsP50,
      waitMsP99,
      applications: [...this.#queue.applications()]
        .sort((a, b) => b.bytes - a.bytes)
        .slice(0, SHOWN_COUNT_MAX),
    };
  }

  /** Resolves as `append` does. Rejects with an `OperationLogError`: its own refusals, and what the log says of the batch. */
  submit(operation: ProposedOperation): Promise<Sequence> {
    const bytes = operation.payload.byteLength + OPERATION_BYTES;
    const refusal = this.#refusal(operation, bytes);
    if (refusal !== undefined) {
      this.#refusedCount++;
      return Promise.reject(refusal);
    }
    return new Promise((resolve, reject) => {
      const submittedAtMs = this.#time.nowMs();
      this.#submittedCount++;
      if (operation.application !== this.#lastApplication) {
        if (this.#lastApplication !== undefined) this.#changedAtMs = submittedAtMs;
        this.#lastApplication = operation.application;
      }
      this.#queue.push(operation.application, { operation, submittedAtMs, resolve, reject }, bytes);
      this.#takeSoon();
    });
  }

  /**
   * Refuses what is submitted from now on; what waits has `drainMs` to get into the log, then it is refused. Resolves when nothing waits and nothing
   * is in flight.
   */
  async close(drainMs = 2_000): Promise<void> {
    this.#isClosed = true;
    if (!this.#isEmpty) {
      const stop = this.#time.after(drainMs, () => {
        this.#refuseWhere(
          () => true,
          'log-closed',
          'the log closes before the operation could be written to it',
        );
      });
      await new Promise<void>((resolve) => this.#whenEmpty.push(resolve));
      stop();
    }
    this.#stopLooking?.();
  }

  get #writers(): 'one' | 'several' {
    return this.#time.nowMs() - this.#changedAtMs > ALONE_AFTER_MS ? 'one' : 'several';
  }

  get #isEmpty(): boolean {
    return this.#queue.count === 0 && this.#inFlightCount === 0;
  }

  #refusal(
    { application, operationId, payload }: ProposedOperation,
    bytes: number,
  ): OperationLogError | undefined {
    if (this.#isClosed) return new OperationLogError('log-closed', 'refused', 'the log is closed');
    if (payload.byteLength > this.#operationBytesMax) {
      return new OperationLogError(
        'operation-too-large',
        'refused',
        `an operation has ${payload.byteLength} bytes, at most ${this.#operationBytesMax} are allowed`,
      );
    }
    if (application.length >= NAME_LENGTH_MAX || operationId.length >= NAME_LENGTH_MAX) {
      return new OperationLogError('operation-too-large', 'refused', 'the name of an operation is too long');
    }
    if (this.#queue.count === 0) return undefined;
    const free = this.#queuedBytesMax - this.#queue.bytes;
    const own = this.#queue.bytesOf(application);
    const ownMax = own === 0 ? free : Math.min(this.#applicationBytesMax, free);
    if (own + bytes <= ownMax) return undefined;
    return new OperationLogError(
      'too-many-waiting',
      'refused',
      `${own} bytes of application ${application} wait to be written, ${this.#queue.bytes} bytes in all`,
    );
  }

  /** At the end of this turn, so that what is submitted in the same turn shares the append. */
  #takeSoon(): void {
    if (this.#isTaking) return;
    if (this.#inFlightCount >= this.#inFlightMax) {
      this.#look();
      return;
    }
    this.#isTaking = true;
    queueMicrotask(() => {
      this.#isTaking = false;
      this.#takeAll();
    });
  }

  #takeAll(): void {
    while (this.#inFlightCount < this.#inFlightMax && this.#queue.count > 0) {
      const bytesMax = this.#window.next(this.#inFlightBytes, this.#writers);
      if (bytesMax <= 0) break;
      const before = this.#queue.bytes;
      const batch = this.#queue.take(bytesMax);
      this.#batchCount++;
      void this.#append(batch, before - this.#queue.bytes);
    }
    if (this.#queue.count > 0) this.#look();
    if (this.#isEmpty) for (const resolve of this.#whenEmpty.splice(0)) resolve();
  }

  /** Never rejects: each operation of the batch hears of it. */
  async #append(batch: readonly WaitingOperation[], bytes: number): Promise<void> {
    const startMs = this.#time.nowMs();
    this.#inFlightCount++;
    this.#inFlightBytes += bytes;
    const bytesUpToHere = this.#inFlightBytes;
    const operations: ProposedOperation[] = [];
    for (const { operation, submittedAtMs } of batch) {
      operations.push(operation);
      this.#waits.add(startMs - submittedAtMs);
    }
    try {
      const { first } = await this.#log.append(operations);
      this.#acknowledgedAtMs = this.#time.nowMs();
      this.#window.measured(bytesUpToHere, this.#acknowledgedAtMs - startMs);
      let sequence: number = first;
      for (const { resolve } of batch) resolve(asSequence(sequence++));
    } catch (error) {
      const failure = failureOf(error);
      for (const { reject } of batch) reject(failure);
    }
    this.#inFlightCount--;
    this.#inFlightBytes -= bytes;
    this.#takeAll();
  }

  /** While something waits, looks now and then whether the log has stopped. */
  #look(): void {
    this.#stopLooking ??= this.#time.after(this.#waitMsMax / 16, () => {
      this.#stopLooking = undefined;
      this.#refuseStalled();
      if (this.#queue.count > 0) this.#look();
    });
  }

  #refuseStalled(): void {
    const sinceMs = this.#time.nowMs() - this.#waitMsMax;
    if (this.#acknowledgedAtMs > sinceMs) return;
    this.#refuseWhere(
      ({ submittedAtMs }) => submittedAtMs <= sinceMs,
      'no-quorum',
      `the log has acknowledged nothing for ${this.#waitMsMax} ms; the operation was not written to it`,
    );
  }

  #refuseWhere(
    isRefused: (waiting: WaitingOperation) => boolean,
    code: 'no-quorum' | 'log-closed',
    message: string,
  ): void {
    const refused = this.#queue.takeFirstWhere(isRefused);
    if (refused.length > 0) {
      const error = new OperationLogError(code, 'refused', message);
      for (const { reject } of refused) reject(error);
      this.#refusedCount += refused.length;
    }
    if (this.#isEmpty) for (const resolve of this.#whenEmpty.splice(0)) resolve();
  }
}

function failureOf(error: unknown): OperationLogError {
  if (error instanceof OperationLogError) return error;
  return new OperationLogError('log-failed', 'unknown', 'the log failed', { cause: error });
}
