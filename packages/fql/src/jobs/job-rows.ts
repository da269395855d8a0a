/**
 * Background work that waits, as rows in the root scope:
 *
 *   11 hex | kind 1 | scope 4 | number 4   → how far it is (each kind's own), empty at first
 *   12 hex                                 → the sweep over histories (`sweep.ts`)
 */
import { ROOT_SCOPE } from '../schema/schema-rows.ts';
import type { DocumentReader, DocumentWriter, ScopeId } from '../store/document-store.ts';

/** In the order in which they are done. Never changed: the ordinals are stored. */
const KINDS = [
  'dropCollection',
  'dropIndex',
  'dropScope',
  'buildIndex',
  'dropAggregation',
  'runAggregation',
] as const;
const AGGREGATION_KINDS_FROM = KINDS.indexOf('dropAggregation');

export interface Job {
  readonly kind: (typeof KINDS)[number];
  readonly scope: ScopeId;
  /** Of the collection, index or aggregation; 0 for a scope. */
  readonly number: number;
}

export interface WaitingJob extends Job {
  readonly progress: Uint8Array;
}

const PREFIX = 0x11;
const KEY_BYTES = 10;
const EMPTY = new Uint8Array(0);

export function addJob(writer: DocumentWriter, job: Job): void {
  writer.putRow(ROOT_SCOPE, rowKey(job), EMPTY);
}

export function removeJob(writer: DocumentWriter, job: Job): void {
  writer.deleteRow(ROOT_SCOPE, rowKey(job));
}

export function saveProgress(writer: DocumentWriter, job: Job, progress: Uint8Array): void {
  writer.putRow(ROOT_SCOPE, rowKey(job), progress);
}

export function isWaiting(reader: DocumentReader, job: Job): boolean {
  return reader.row(ROOT_SCOPE, rowKey(job)) !== undefined;
}

/** The first that waits, apart from those of aggregations. */
export function firstJob(reader: DocumentReader): WaitingJob | undefined {
  return jobIn(reader, Uint8Array.of(PREFIX), Uint8Array.of(PREFIX, AGGREGATION_KINDS_FROM));
}

/** The job of an aggregation behind this one, so that none has to wait for another's end; from the last on, the first again. */
export function nextAggregationJob(reader: DocumentReader, last: Job | undefined): WaitingJob | undefined {
  const first = Uint8Array.of(PREFIX, AGGREGATION_KINDS_FROM);
  const end = Uint8Array.of(PREFIX + 1);
  const behind = last === undefined ? undefined : jobIn(reader, afterKey(rowKey(last)), end);
  return behind ?? jobIn(reader, first, end);
}

/** A job as the bytes of its row's key, and back. */
export function encodeJob(job: Job): Uint8Array {
  return rowKey(job);
}

export function decodeJob(key: Uint8Array): Job | undefined {
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
  const kind = key.length < KEY_BYTES ? undefined : KINDS[view.getUint8(1)];
  if (kind === undefined) return undefined;
  return { kind, scope: view.getUint32(2) as ScopeId, number: view.getUint32(6) };
}

function jobIn(reader: DocumentReader, from: Uint8Array, to: Uint8Array): WaitingJob | undefined {
  for (const { key, value } of reader.rows(ROOT_SCOPE, { from, to })) {
    const job = decodeJob(key);
    if (job !== undefined) return { ...job, progress: value };
  }
  return undefined;
}

/** The next key in the order of bytes. */
function afterKey(key: Uint8Array): Uint8Array {
  const next = new Uint8Array(key.length + 1);
  next.set(key);
  return next;
}

function rowKey({ kind, scope, number }: Job): Uint8Array {
  const key = new Uint8Array(KEY_BYTES);
  const view = new DataView(key.buffer);
  key[0] = PREFIX;
  view.setUint8(1, KINDS.indexOf(kind));
  view.setUint32(2, scope);
  view.setUint32(6, number);
  return key;
}
