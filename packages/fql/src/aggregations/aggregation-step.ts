/** Aggregations in the background: steps of runs that were asked for, that are due, or that too many waiting events begin. */
import { decodeJob, encodeJob, type Job, nextAggregationJob, removeJob } from '../jobs/job-rows.ts';
import { schemaFor } from '../schema/schema-cache.ts';
import { ROOT_SCOPE } from '../schema/schema-rows.ts';
import { storedNames } from '../schema/stored-names.ts';
import type { DocumentReader, DocumentWriter, ScopeId } from '../store/document-store.ts';
import { readAggregation } from './aggregation.ts';
import { endRun, nameInJob, requestRun } from './aggregation-jobs.ts';
import { readCounter, scheduledRows, TURN_ROW, waitingRow } from './aggregation-rows.ts';
import { dropAggregationRows } from './latest.ts';
import { WAITING_EVENTS_MAX } from './record-events.ts';
import { runAggregation } from './run-aggregation.ts';
import { dueAggregation } from './schedule.ts';
import type { WriteBack } from './write-back.ts';

export interface AggregationStep {
  readonly done: number;
  /** Snapshots that go into other documents. */
  readonly writeBack: WriteBack | undefined;
}

/** Cheap: asked all the time. */
export function hasAggregationWork(reader: DocumentReader, time: number): boolean {
  return nextAggregationJob(reader, undefined) !== undefined || dueAggregation(reader, time) !== undefined;
}

/** Inside `transact`. */
export function aggregationStep(writer: DocumentWriter, time: number, limit: number): AggregationStep {
  for (let due = dueAggregation(writer, time); due !== undefined; due = dueAggregation(writer, time)) {
    requestRun(writer, due.scope, due.aggregation.number, due.aggregation.definition.name);
  }
  const turn = readTurn(writer);
  const job = nextAggregationJob(writer, turn.last);
  if (job === undefined) return { done: 0, writeBack: undefined };
  saveTurn(writer, { wasAggregation: true, last: job });
  const { scope, number } = job;
  if (job.kind === 'dropAggregation') {
    const done = dropAggregationRows(writer, scope, number, limit);
    if (done < limit) {
      writer.deleteRow(scope, waitingRow(number));
      removeJob(writer, job);
    }
    return { done: Math.max(done, 1), writeBack: undefined };
  }
  const names = storedNames(schemaFor(writer, scope));
  const aggregation = readAggregation(writer, scope, nameInJob(job), names);
  if (aggregation?.number !== number) {
    // Its database is gone, or it was declared anew.
    endRun(writer, scope, number);
    return { done: 1, writeBack: undefined };
  }
  const step = runAggregation(writer, scope, aggregation, { time, limit }, names);
  // Many may have come meanwhile: then another run follows at once.
  const isEnough = readCounter(writer, scope, waitingRow(number)) < WAITING_EVENTS_MAX;
  if (!step.more && isEnough) endRun(writer, scope, number);
  const { definition } = aggregation;
  const writeBack =
    definition.writeBack === undefined || step.changed.length === 0
      ? undefined
      : { scope, to: definition.writeBack, measures: definition.measures, snapshots: step.changed };
  return { done: Math.max(step.done, 1), writeBack };
}

/** Of a database that is dropped. */
export function forgetSchedules(writer: DocumentWriter, scope: ScopeId): void {
  const rows = Array.from(writer.rows(ROOT_SCOPE, scheduledRows(scope)), ({ key }) => key);
  for (const row of rows) writer.deleteRow(ROOT_SCOPE, row);
}

/** Which work was done last. */
export interface Turn {
  readonly wasAggregation: boolean;
  /** The job of an aggregation that was served last. */
  readonly last: Job | undefined;
}

export function readTurn(reader: DocumentReader): Turn {
  const row = reader.row(ROOT_SCOPE, TURN_ROW);
  if (row === undefined) return { wasAggregation: false, last: undefined };
  return { wasAggregation: row[0] === 1, last: decodeJob(row.subarray(1)) };
}

export function saveTurn(writer: DocumentWriter, { wasAggregation, last }: Turn): void {
  const job = last === undefined ? new Uint8Array(0) : encodeJob(last);
  writer.putRow(ROOT_SCOPE, TURN_ROW, Uint8Array.of(wasAggregation ? 1 : 0, ...job));
}
