/** Clearing away what a dropped collection, index or database left behind. */
import { forgetSecrets } from '../access/private-rows.ts';
import { forgetSchedules } from '../aggregations/aggregation-step.ts';
import { NATIVE_COLLECTION_IDS } from '../schema/schema.ts';
import { schemaFor } from '../schema/schema-cache.ts';
import { deleteHistoryFloor } from '../schema/schema-rows.ts';
import { storedNames } from '../schema/stored-names.ts';
import type { CollectionId, DocumentKey, DocumentWriter, IndexId, ScopeId } from '../store/document-store.ts';
import { dropEventIds } from '../writes/event-ids.ts';
import { rewriteSpans } from '../writes/index-spans.ts';
import { addJob, removeJob, saveProgress, type WaitingJob } from './job-rows.ts';

/** What comes first is done: entries in other collections' indexes; databases inside. */
const SECOND_PART = Uint8Array.of(1);

export function dropCollectionStep(writer: DocumentWriter, job: WaitingJob, limit: number): number {
  const collection = job.number as CollectionId;
  if (job.progress.length === 0) {
    const done = dropEntries(writer, job.scope, collection, limit);
    if (done < limit) saveProgress(writer, job, SECOND_PART);
    return Math.max(done, 1);
  }
  const idCount = dropEventIds(writer, job.scope, collection, limit);
  if (idCount >= limit) return idCount;
  const done = writer.dropCollection(job.scope, collection, limit);
  if (done < limit) {
    deleteHistoryFloor(writer, job.scope, collection);
    removeJob(writer, job);
  }
  return Math.max(done, 1);
}

export function dropIndexStep(writer: DocumentWriter, job: WaitingJob, limit: number): number {
  const done = writer.dropIndex(job.scope, job.number as IndexId, limit);
  if (done < limit) removeJob(writer, job);
  return Math.max(done, 1);
}

export function dropScopeStep(writer: DocumentWriter, job: WaitingJob, limit: number): number {
  const { scope } = job;
  if (job.progress.length === 0) {
    const children = [...writer.documents(scope, NATIVE_COLLECTION_IDS.databases as CollectionId)];
    for (const { id } of children) {
      addJob(writer, { kind: 'dropScope', scope: Number(id) as ScopeId, number: 0 });
    }
    saveProgress(writer, job, SECOND_PART);
    return children.length + 1;
  }
  const secretCount = forgetSecrets(writer, scope, limit);
  if (secretCount >= limit) return secretCount;
  forgetSchedules(writer, scope);
  const done = writer.dropScope(scope, limit);
  if (done < limit) removeJob(writer, job);
  return Math.max(done, 1);
}

/**
 * Documents that still have entries in indexes with other sources lose them, and are forgotten with them, so that the next step begins with
 * the others.
 */
function dropEntries(
  writer: DocumentWriter,
  scope: ScopeId,
  collection: CollectionId,
  limit: number,
): number {
  const schema = schemaFor(writer, scope);
  const indexes = schema.indexesOn(collection);
  if (indexes.length === 0) return 0;
  const names = storedNames(schema);
  const keys: DocumentKey[] = [];
  for (const { id } of writer.documents(scope, collection)) {
    keys.push({ scope, collection, id });
    if (keys.length >= limit) break;
  }
  let done = 0;
  for (const key of keys) {
    if (done >= limit) break;
    const old = [...writer.versions(key)];
    for (const index of indexes) {
      rewriteSpans({ writer, schema, names, onWork: () => undefined }, index, key, {
        from: 0,
        base: undefined,
        old,
        next: [],
      });
    }
    writer.replaceVersions(key, []);
    done += Math.max(old.length, 1);
  }
  return done;
}
