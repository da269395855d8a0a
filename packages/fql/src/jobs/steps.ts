/**
 * Background work in steps. A step goes through the log like every write: it is one transaction, deterministic, and small, so that others run
 * in between. What there is to do, in this order:
 *
 *   documents whose time is over    are deleted, as by `Delete`, in the step's time
 *   jobs                            dropped collections, indexes and databases are cleared away, indexes are built
 *   sweep                           history that is no longer kept is forgotten
 *
 * Runs of aggregations take turns with all of that, and with each other, so that none waits for the end of anything.
 */

import { aggregationStep, hasAggregationWork, readTurn, saveTurn } from '../aggregations/aggregation-step.ts';
import { writeBackAll } from '../aggregations/write-back.ts';
import { decodeFields, documentOf } from '../schema/document-fields.ts';
import { schemaFor } from '../schema/schema-cache.ts';
import { ROOT_SCOPE } from '../schema/schema-rows.ts';
import type { DocumentReader, DocumentWriter } from '../store/document-store.ts';
import { deleteDocument } from '../writes/delete-document.ts';
import { endedDocuments, endOf } from '../writes/ttl-rows.ts';
import { buildIndexStep } from './build-index-step.ts';
import { dropCollectionStep, dropIndexStep, dropScopeStep } from './drop-steps.ts';
import { firstJob } from './job-rows.ts';
import { maintenanceContext } from './maintenance-context.ts';
import { isSweepDue, sweepStep } from './sweep.ts';

/** About twenty milliseconds of work. */
const LIMIT = 2_000;

/** Whether there is something to do at `time` (µs). Cheap: asked all the time. */
export function nextStep(reader: DocumentReader, time: number): boolean {
  return hasOtherWork(reader, time) || hasAggregationWork(reader, time);
}

function hasOtherWork(reader: DocumentReader, time: number): boolean {
  for (const _ of endedDocuments(reader, time)) return true;
  return firstJob(reader) !== undefined || isSweepDue(reader, time);
}

/**
 * Does up to `limit` units of it (about that many documents, versions or entries) as the transaction of `time`, and, where an aggregation
 * writes back what it has found, as transactions of the times after it.
 */
export function runStep(
  writer: DocumentWriter,
  time: number,
  limit: number = LIMIT,
): { readonly done: number; readonly more: boolean } {
  const { done, writeBack } = writer.transact(time, () => {
    const turn = readTurn(writer);
    const isTheirs = hasAggregationWork(writer, time) && !(turn.wasAggregation && hasOtherWork(writer, time));
    if (isTheirs) return aggregationStep(writer, time, limit);
    if (turn.wasAggregation) saveTurn(writer, { ...turn, wasAggregation: false });
    return { done: step(writer, time, limit), writeBack: undefined };
  });
  if (writeBack !== undefined) writeBackAll(writer, time + 1, writeBack);
  return { done, more: nextStep(writer, time) };
}

function step(writer: DocumentWriter, time: number, limit: number): number {
  const ended = [];
  for (const document of endedDocuments(writer, time)) {
    ended.push(document);
    if (ended.length >= limit) break;
  }
  if (ended.length > 0) {
    for (const { key, row } of ended) endDocument(writer, time, key, row);
    return ended.length;
  }
  const job = firstJob(writer);
  switch (job?.kind) {
    case 'dropCollection':
      return dropCollectionStep(writer, job, limit);
    case 'dropIndex':
      return dropIndexStep(writer, job, limit);
    case 'dropScope':
      return dropScopeStep(writer, job, limit);
    case 'buildIndex':
      return buildIndexStep(writer, time, job, limit);
    case 'dropAggregation':
    case 'runAggregation':
    case undefined:
      return isSweepDue(writer, time) ? sweepStep(writer, time, limit) : 0;
  }
}

function endDocument(
  writer: DocumentWriter,
  time: number,
  key: Parameters<typeof deleteDocument>[1],
  row: Uint8Array,
): void {
  const version = writer.version(key);
  const schema = schemaFor(writer, key.scope);
  const end = version === undefined ? undefined : endOf(decodeFields(version.body, schema));
  if (version === undefined || end === undefined || end > BigInt(time)) {
    // Left over from a collection or database that was dropped.
    writer.deleteRow(ROOT_SCOPE, row);
    return;
  }
  const context = maintenanceContext(writer, key.scope, time);
  deleteDocument({ context, position: [], check: 'none' }, key, documentOf(schema, key, version));
}
