/** Work that waits for the background: runs that were asked for, and rows of dropped aggregations. */
import { utf8Decode, utf8Encode } from '@skein/base';
import { addJob, isWaiting, removeJob, saveProgress, type WaitingJob } from '../jobs/job-rows.ts';
import type { DocumentReader, DocumentWriter, ScopeId } from '../store/document-store.ts';

/** Nothing happens when a run is going on or waits already. */
export function requestRun(writer: DocumentWriter, scope: ScopeId, number: number, name: string): void {
  const job = { kind: 'runAggregation', scope, number } as const;
  if (!isWaiting(writer, job)) saveProgress(writer, job, utf8Encode(name));
}

export function isRunRequested(reader: DocumentReader, scope: ScopeId, number: number): boolean {
  return isWaiting(reader, { kind: 'runAggregation', scope, number });
}

/** The aggregation's name. */
export function nameInJob({ progress }: WaitingJob): string {
  return utf8Decode(progress);
}

export function endRun(writer: DocumentWriter, scope: ScopeId, number: number): void {
  removeJob(writer, { kind: 'runAggregation', scope, number });
}

/** What the aggregation has left is freed in steps. */
export function requestDrop(writer: DocumentWriter, scope: ScopeId, number: number): void {
  endRun(writer, scope, number);
  addJob(writer, { kind: 'dropAggregation', scope, number });
}
