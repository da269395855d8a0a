/**
 * Sends records in batches, several at a time, and keeps going past the ones that the server refuses.
 *
 * The server takes a batch whole or not at all. So a refused batch is cut at the record that the answer names
 * (`position`), or in halves when it names none, until the refused records stand alone.
 *
 * Order: two records with the same objectID must arrive in the order of the source, or the older would win. A batch
 * therefore waits for a batch in flight that holds one of its objectIDs.
 *
 * Memory: `parallel + 1` batches of at most `batchBytesMax` each (or one record, if that is longer).
 */

import { CliError } from '../cli-error.ts';
import type { HttpClient } from '../http-client.ts';
import { indexPath, ServerError } from '../http-client.ts';
import { type IdRules, type PreparedRecord, prepareRecord } from './prepare-record.ts';
import type { SourceItem } from './record-source.ts';

export const IMPORT_LIMITS = {
  /** A batch this large costs the server one parse of some ten milliseconds, and a retry stays cheap. */
  batchBytes: 4 * 1024 * 1024,
  batchRecords: 10_000,
  parallel: 4,
  /** With nothing accepted after so many refusals, the fault is in the request and not in the records. */
  rejectedBeforeGivingUp: 200,
} as const;

export type WriteAction = 'updateObject' | 'partialUpdateObject' | 'partialUpdateObjectNoCreate';
export type ReadyRecord = Extract<PreparedRecord, { kind: 'ready' }>;
export type RejectedRecord = Extract<PreparedRecord, { kind: 'rejected' }>;

export interface ImportOptions {
  readonly client: HttpClient;
  readonly index: string;
  readonly action: WriteAction;
  readonly ids: IdRules;
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

interface Batch {
  readonly records: ReadyRecord[];
  bytes: number;
  /** Place in the source just behind the last record of this batch. */
  end: number;
}

export class Importer {
  readonly #options: ImportOptions;
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

  constructor(options: ImportOptions) {
    this.#options = options;
  }

  get totals(): ImportTotals {
    return { read: this.#read, accepted: this.#accepted, rejected: this.#rejected, taskID: this.#taskID };
  }

  /** Throws `CliError` when the server is gone or refuses everything. What was accepted before stays. */
  async run(items: AsyncIterable<SourceItem>): Promise<ImportTotals> {
    const { skip, batchBytesMax, batchRecordsMax, signal } = this.#options;
    let batch: Batch = { records: [], bytes: 0, end: skip };
    let ordinal = 0;
    try {
      for await (const item of items) {
        if (signal.aborted || this.#failure !== undefined) break;
        const at = ordinal++;
        if (at < skip) continue;
        this.#read++;
        const record = prepareRecord(item, at, this.#options.ids);
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

  /** Starts sending as soon as there is room, and no batch in flight holds one of these objectIDs. */
  async #dispatch(batch: Batch): Promise<void> {
    const entry = { end: batch.end, isDone: false };
    this.#pending.push(entry);
    for (const { objectID } of batch.records) {
      const earlier = this.#idsInFlight.get(objectID);
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
        for (const { objectID } of batch.records) {
          if (this.#idsInFlight.get(objectID) === sending) this.#idsInFlight.delete(objectID);
        }
      });
    this.#inFlight.add(sending);
    for (const { objectID } of batch.records) this.#idsInFlight.set(objectID, sending);
  }

  async #send(records: readonly ReadyRecord[]): Promise<void> {
    if (records.length === 0) return;
    const { client, index, action } = this.#options;
    const requests = records.map(({ body }) => `{"action":"${action}","body":${body}}`);
    const body = Buffer.from(`{"requests":[${requests.join(',')}]}`);
    let refusal: ServerError;
    try {
      const answer = await client.send('POST', indexPath(index, 'batch'), body);
      this.#accepted += records.length;
      const taskID = answer['taskID'];
      if (typeof taskID === 'number') this.#taskID = Math.max(this.#taskID ?? 0, taskID);
      return;
    } catch (error) {
      const isAboutRecords = error instanceof ServerError && [400, 413, 422].includes(error.status);
      if (!isAboutRecords) throw error;
      refusal = error;
    }
    if (records.length === 1) {
      this.#rejectByServer(records[0]!, refusal);
      return;
    }
    const named = namedRecord(records, refusal);
    if (named === undefined) {
      const middle = records.length >> 1;
      await this.#send(records.slice(0, middle));
      await this.#send(records.slice(middle));
      return;
    }
    await this.#send(records.slice(0, named));
    this.#rejectByServer(records[named]!, refusal);
    await this.#send(records.slice(named + 1));
  }

  #rejectByServer(record: ReadyRecord, refusal: ServerError): void {
    this.#rejectedByServer++;
    if (this.#accepted === 0 && this.#rejectedByServer >= IMPORT_LIMITS.rejectedBeforeGivingUp) {
      throw new CliError(
        `the server refused all of the first ${this.#rejectedByServer} records; the last time it said: ${refusal.reason}`,
        { cause: refusal },
      );
    }
    const { objectID, body: text, line } = record;
    this.#reject({ kind: 'rejected', objectID, text, line, reason: refusal.reason });
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

/** Ordinal in `records` of the one that the refusal is about, if it says so and both marks agree. */
function namedRecord(records: readonly ReadyRecord[], refusal: ServerError): number | undefined {
  const { position, objectID } = refusal.body as { position?: unknown; objectID?: unknown };
  if (typeof position !== 'number' || !Number.isInteger(position)) return undefined;
  // Whether the first record counts as 0 or 1 differs between servers; the objectID decides.
  return [position, position - 1].find(
    (at) => records[at] !== undefined && (objectID === undefined || records[at].objectID === objectID),
  );
}
