import { asSequence } from '@skein/base';
import {
  type Operation,
  OperationLogError,
  type ProposedOperation,
  type SequenceRange,
} from '../operation-log.ts';
import type { SimTime } from './sim-time.ts';

export interface SimLogOptions {
  readonly time: SimTime;
  readonly random: () => number;
  /** Of every append, while others may be under way. */
  readonly latencyMs: number;
  /** What the log can carry; one append after the other. */
  readonly bytesPerMs: number;
}

/** A log whose appends take their time, one after the other, and that can stop. */
export class SimLog {
  readonly operations: Operation[] = [];
  readonly batches: (readonly ProposedOperation[])[] = [];
  inFlightCount = 0;
  inFlightCountMost = 0;
  /** What appends that would end now are answered; undefined: they are acknowledged. */
  failure: 'refused' | 'unknown' | undefined;
  /** While true, nothing is answered. */
  isStopped = false;
  readonly #options: SimLogOptions;
  #busyUntilMs = 0;
  #answers: (() => void)[] = [];

  constructor(options: SimLogOptions) {
    this.#options = options;
  }

  append(batch: readonly ProposedOperation[]): Promise<SequenceRange> {
    const { time, random, latencyMs, bytesPerMs } = this.#options;
    const bytes = batch.reduce((sum, { payload }) => sum + payload.byteLength, 0);
    this.batches.push(batch);
    this.inFlightCount++;
    this.inFlightCountMost = Math.max(this.inFlightCountMost, this.inFlightCount);
    this.#busyUntilMs = Math.max(this.#busyUntilMs, time.nowMs()) + bytes / bytesPerMs;
    const answerMs = this.#busyUntilMs - time.nowMs() + latencyMs * (0.75 + random() / 2);
    return new Promise((resolve, reject) => {
      this.#answers.push(() => {
        this.inFlightCount--;
        if (this.failure !== undefined) {
          if (this.failure === 'unknown' && random() < 0.5) this.#keep(batch);
          reject(new OperationLogError('log-failed', this.failure, 'the simulated log failed'));
          return;
        }
        resolve(this.#keep(batch));
      });
      time.after(answerMs, () => this.#answer());
    });
  }

  /** Goes on after `isStopped`. */
  goOn(): void {
    this.isStopped = false;
    while (this.#late > 0) {
      this.#late--;
      this.#answers.shift()!();
    }
  }

  #late = 0;

  /** In the order of the appends, whichever's time is over first. */
  #answer(): void {
    if (this.isStopped) this.#late++;
    else this.#answers.shift()!();
  }

  #keep(batch: readonly ProposedOperation[]): SequenceRange {
    const first = this.operations.length + 1;
    for (const operation of batch) {
      this.operations.push({ ...operation, sequence: asSequence(this.operations.length + 1) });
    }
    return { first: asSequence(first), last: asSequence(this.operations.length) };
  }
}
