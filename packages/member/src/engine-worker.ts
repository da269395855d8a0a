/** The thread for the engine's long work: merges, rebuilds, looking for damage. One job at a time, results as messages. */
import { parentPort } from 'node:worker_threads';
import { CorruptionError } from '@skein/base';
import { FileMissingError, type MergedSegment, type MergePlan, runMerge } from '@skein/engine';
import { type AdoptJob, type DigestJob, runAdopt, runDigest } from './cluster/index-digest.ts';
import { collectGarbage } from './collect-garbage.ts';
import { FileDirectory } from './file-directory.ts';
import { type RebuildJob, runRebuild } from './index-store.ts';

export type EngineJob =
  | { readonly kind: 'merge'; readonly folder: string; readonly plan: MergePlan }
  | { readonly kind: 'rebuild'; readonly job: RebuildJob }
  | { readonly kind: 'digest'; readonly job: DigestJob }
  | { readonly kind: 'adopt'; readonly job: AdoptJob };

export type EngineResult =
  | { readonly kind: 'merged'; readonly segment: MergedSegment }
  | { readonly kind: 'rebuilt' }
  /** Of the records, as `digestIndex` gives it. */
  | { readonly kind: 'digested'; readonly digest: string }
  /** A segment of the plan is gone: all its records were deleted, and publishes have passed, since it was planned. */
  | { readonly kind: 'outdated' }
  | { readonly kind: 'damaged'; readonly file: string; readonly offset: number; readonly message: string }
  | { readonly kind: 'failed'; readonly code: string | undefined; readonly message: string };

parentPort?.on('message', (job: EngineJob) => {
  parentPort?.postMessage(run(job));
  // A job's buffers are several times its segments; the next job brings its own.
  collectGarbage();
});

function run(job: EngineJob): EngineResult {
  try {
    if (job.kind === 'merge') {
      return { kind: 'merged', segment: runMerge(new FileDirectory(job.folder), job.plan) };
    }
    if (job.kind === 'digest') return { kind: 'digested', digest: runDigest(job.job) };
    if (job.kind === 'adopt') return { kind: 'digested', digest: runAdopt(job.job) };
    runRebuild(job.job);
    return { kind: 'rebuilt' };
  } catch (error) {
    if (error instanceof CorruptionError) {
      return { kind: 'damaged', file: error.file, offset: error.offset, message: error.message };
    }
    if (job.kind === 'merge' && error instanceof FileMissingError) return { kind: 'outdated' };
    const code =
      error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
    return {
      kind: 'failed',
      code,
      message: error instanceof Error ? (error.stack ?? error.message) : 'unknown',
    };
  }
}
