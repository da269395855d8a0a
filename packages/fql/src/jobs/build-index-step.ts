/**
 * Builds an index, document by document, while others write: their writes already put entries into it, and what is built for a document
 * agrees with them (`index-spans.ts`). At the end the index becomes active.
 *
 *   progress   collection 4 | id 8   the next document
 */
import { schemaFor } from '../schema/schema-cache.ts';
import type { CollectionId, DocumentWriter, IndexId } from '../store/document-store.ts';
import { buildDocument, sourceCollections } from '../writes/build-index.ts';
import { writeDocument } from '../writes/write-document.ts';
import { removeJob, saveProgress, type WaitingJob } from './job-rows.ts';

const PROGRESS_BYTES = 12;

/** Returns how many versions it went through. */
export function buildIndexStep(writer: DocumentWriter, time: number, job: WaitingJob, limit: number): number {
  const { scope } = job;
  const schema = schemaFor(writer, scope);
  const index = schema.indexById(job.number as IndexId);
  if (index === undefined) {
    removeJob(writer, job);
    return 1;
  }
  const start = readProgress(job.progress);
  let done = 0;
  for (const collection of sourceCollections(writer, schema, index)) {
    if (collection < start.collection) continue;
    let from = collection === start.collection ? start.id : 0n;
    for (;;) {
      const id = firstId(writer, scope, collection, from);
      if (id === undefined) break;
      if (done >= limit) {
        saveProgress(writer, job, progressBytes(collection, id));
        return done;
      }
      done += 1 + buildDocument(writer, schema, index, { scope, collection, id });
      from = id + 1n;
    }
  }
  const document = schema.named('indexes', index.name);
  if (document !== undefined) {
    const fields = new Map(document.fields).set('active', true);
    writeDocument({ writer, schema, time, position: [] }, document.key, fields);
  }
  removeJob(writer, job);
  return done + 1;
}

function firstId(
  writer: DocumentWriter,
  scope: WaitingJob['scope'],
  collection: CollectionId,
  from: bigint,
): bigint | undefined {
  for (const { id } of writer.documents(scope, collection, { from })) return id;
  return undefined;
}

function readProgress(progress: Uint8Array): { readonly collection: number; readonly id: bigint } {
  if (progress.length < PROGRESS_BYTES) return { collection: 0, id: 0n };
  const view = new DataView(progress.buffer, progress.byteOffset, progress.byteLength);
  return { collection: view.getUint32(0), id: view.getBigUint64(4) };
}

function progressBytes(collection: CollectionId, id: bigint): Uint8Array {
  const progress = new Uint8Array(PROGRESS_BYTES);
  const view = new DataView(progress.buffer);
  view.setUint32(0, collection);
  view.setBigUint64(4, id);
  return progress;
}
