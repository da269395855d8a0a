/**
 * Sends records in batches, several at a time, and keeps going past the ones that the server refuses.
 *
 * The server takes a batch whole or not at all. So a refused batch is cut at the record that the answer names, or in halves when
 * it names none, until the refused records stand alone.
 *
 * Order: two records with the same id must arrive in the order of the source, or the older would win. A batch therefore
 * waits for a batch in flight that holds one of its ids.
 *
 * Where records go, and what a request looks like, is the target's business: an index, or documents.
 *
 * Memory: `parallel + 1` batches of at most `batchBytesMax` each (or one record, if that is longer).
 */

import { CliError } from '../cli-error.ts';
import type { SourceItem } from './record-source.ts';

export const IMPORT_LIMITS = {
  /** A batch this large costs the server one parse of some ten milliseconds, and a retry stays cheap. */
  batchBytes: 4 * 1024 * 1024,
  batchRecords: 10_000,
  parallel: 4,
  /** With nothing accepted after so many refusals, the fault is in the request and not in the records. */
  rejectedBeforeGivingUp: 200,
} as const;

export interface ReadyRecord {
  readonly kind: 'ready';
  /** Two records with equal ids are versions of one thing. */
  readonly id: string;
  /** What travels. */
  readonly body: string;
  /** As it came, where `body` is something else. */
  readonly text?: string;
  readonly line: number;
}

export interface RejectedRecord {
  readonly kind: 'rejected';
  readonly id?: string;
  readonly reason: string;
  readonly line: number;
  readonly text: string;
}

export type BatchOutcome =
  | { readonly kind: 'accepted'; readonly taskID?: number | undefined }
  | {
      readonly kind: 'refused';
      readonly reason: string;
      /** Ordinal in the batch of the record that is at fault, where the server names one. */
      readonly at?: number | undefined;
      /** `perhaps`: it may be good by itself, with the batch being too much. Then it is sent once more, alone. */
      readonly isAtFault?: 'surely' | 'perhaps';
    };

/** Where records go. */
export interface ImportTarget<R extends ReadyRecord> {
  /** Never throws. `ordinal`: 0-based place in the source. */
  prepare(item: SourceItem, ordinal: number): R | RejectedRecord;
  /** One request, all of it or nothing. May be asked twice for the same records. Throws `CliError` when going on is useless. */
  send(records: readonly R[]): Promise<BatchOutcome>;
}

export interface ImportOptions<R extends ReadyRecord> {
  readonly target: ImportTarget<R>;
  /** Records of the source to pass over, because an earlier run has sent them. */
  readonly skip: number;
  readonly batchBytesMax: number;
  readonly batchRecordsMax: number;
  readonly parallel: number;
  readonly onRejected: (record: RejectedRecord) => void;
  /** Called when every record before `recordsDone` (counted in the source) is accepted or reported as rejected. */
  readonly onProgress: (recordsDone: number) => void;
  /** Stops reading; batches in flight are waited for. */
  readonly signal: AbortSignal;
}

export interface ImportTotals {
  readonly read: number;
  readonly accepted: number;
  readonly rejected: number;
  /** Task of the last accepted batch; undefined when none was. */
  readonly taskID: number | undefined;
}

interface Batch<R> {
  readonly records: R[];
  bytes: number;
  /** Place in the source just behind the last record of this batch. */
  end: number;
}

export class Importer<R extends ReadyRecord> {
  readonly #options: ImportOptions<R>;
  readonly #inFlight = new Set<Promise<void>>();
  readonly #idsInFlight = new Map<string, Promise<void>>();
  /** Ends of batches in order of sending, for the run of records that are all done. */
  readonly #pending: { end: number; isDone: boolean }[] = [];
  #failure: { readonly error: unknown } | undefined;
  #read = 0;
  #accepted = 0;
  #rejected = 0;
  #rejectedByServer = 0;
  #taskID: number | undefined;

  constructor(options: ImportOptions<R>) {
    this.#options = options;
  }

  get totals(): ImportTotals {
    return { read: this.#read, accepted: this.#accepted, rejected: this.#rejected, taskID: this.#taskID };
  }

  /** Throws `CliError` when the server is gone or refuses everything. What was accepted before stays. */
  async run(items: AsyncIterable<SourceItem>): Promise<ImportTotals> {
    const { skip, batchBytesMax, batchRecordsMax, signal } = this.#options;
    let batch: Batch<R> = { records: [], bytes: 0, end: skip };
    let ordinal = 0;
    try {
      for await (const item of items) {
        if (signal.aborted || this.#failure !== undefined) break;
        const at = ordinal++;
        if (at < skip) continue;
        this.#read++;
        const record = this.#options.target.prepare(item, at);
        if (record.kind === 'rejected') {
          this.#reject(record);
          batch.end = ordinal;
          continue;
        }
        const bytes = Buffer.byteLength(record.body);
        const isFull =
          batch.records.length >= batchRecordsMax ||
          (batch.records.length > 0 && batch.bytes + bytes > batchBytesMax);
        if (isFull) {
          await this.#dispatch(batch);
          batch = { records: [], bytes: 0, end: at };
        }
        batch.records.push(record);
        batch.bytes += bytes;
        batch.end = ordinal;
      }
      if (!signal.aborted && this.#failure === undefined) await this.#dispatch(batch);
    } finally {
      await Promise.allSettled(this.#inFlight);
    }
    if (this.#failure !== undefined) throw this.#failure.error;
    return this.totals;
  }

  /** Starts sending as soon as there is room, and no batch in flight holds one of these ids. */
  async #dispatch(batch: Batch<R>): Promise<void> {
    const entry = { end: batch.end, isDone: false };
    this.#pending.push(entry);
    for (const { id } of batch.records) {
      const earlier = this.#idsInFlight.get(id);
      if (earlier !== undefined) await earlier;
    }
    while (this.#inFlight.size >= this.#options.parallel) await Promise.race(this.#inFlight);
    const sending = this.#send(batch.records)
      .then(() => {
        entry.isDone = true;
        this.#reportProgress();
      })
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#inFlight.delete(sending);
        for (const { id } of batch.records) {
          if (this.#idsInFlight.get(id) === sending) this.#idsInFlight.delete(id);
        }
      });
    this.#inFlight.add(sending);
    for (const { id } of batch.records) this.#idsInFlight.set(id, sending);
  }

  async #send(records: readonly R[]): Promise<void> {
    const [first] = records;
    if (first === undefined) return;
    const outcome = await this.#options.target.send(records);
    if (outcome.kind === 'accepted') {
      this.#accepted += records.length;
      const { taskID } = outcome;
      if (taskID !== undefined) this.#taskID = Math.max(this.#taskID ?? 0, taskID);
      return;
    }
    const { at, reason } = outcome;
    if (records.length === 1) {
      this.#rejectByServer(first, reason);
      return;
    }
    const named = at === undefined ? undefined : records[at];
    if (at === undefined || named === undefined) {
      const middle = records.length >> 1;
      await this.#send(records.slice(0, middle));
      await this.#send(records.slice(middle));
      return;
    }
    await this.#send(records.slice(0, at));
    if (outcome.isAtFault === 'perhaps') await this.#send([named]);
    else this.#rejectByServer(named, reason);
    await this.#send(records.slice(at + 1));
  }

  #rejectByServer({ id, body, text = body, line }: R, reason: string): void {
    this.#rejectedByServer++;
    if (this.#accepted === 0 && this.#rejectedByServer >= IMPORT_LIMITS.rejectedBeforeGivingUp) {
      throw new CliError(
        `the server refused all of the first ${this.#rejectedByServer} records; the last time it said: ${reason}`,
      );
    }
    this.#reject({ kind: 'rejected', id, text, line, reason });
  }

  #reject(record: RejectedRecord): void {
    this.#rejected++;
    this.#options.onRejected(record);
  }

  #reportProgress(): void {
    let end: number | undefined;
    while (this.#pending[0]?.isDone === true) end = this.#pending.shift()!.end;
    if (end !== undefined) this.#options.onProgress(end);
  }
}
