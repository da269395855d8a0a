/**
 * Background work that waits, as rows in the root scope:
 *
 *   11 hex | kind 1 | scope 4 | number 4   → how far it is (each kind's own), empty at first
 *   12 hex                                 → the sweep over histories (`sweep.ts`)
 */
import { ROOT_SCOPE } from '../schema/schema-rows.ts';
import type { DocumentReader, DocumentWriter, ScopeId } from '../store/document-store.ts';

/** In the order in which they are done. Never changed: the ordinals are stored. */
const KINDS = ['dropCollection', 'dropIndex', 'dropScope', 'buildIndex'] as const;

export interface Job {
  readonly kind: (typeof KINDS)[number];
  readonly scope: ScopeId;
  /** Of the collection or index; 0 for a scope. */
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

export function firstJob(reader: DocumentReader): WaitingJob | undefined {
  const range = { from: Uint8Array.of(PREFIX), to: Uint8Array.of(PREFIX + 1) };
  for (const { key, value } of reader.rows(ROOT_SCOPE, range)) {
    const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
    const kind = KINDS[view.getUint8(1)];
    if (kind === undefined) continue;
    return { kind, scope: view.getUint32(2) as ScopeId, number: view.getUint32(6), progress: value };
  }
  return undefined;
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
