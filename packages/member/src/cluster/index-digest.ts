/**
 * Digests of indexes, for a thread: what is read is read slowly, so that queries have the machine to themselves.
 *
 * The records' digest does not depend on segments (`digestIndex`); settings and times come to it as text. An index that comes from another member is
 * read as a whole before it may serve.
 */
import { createHash } from 'node:crypto';
import { asSequence, CorruptionError, type Sequence } from '@skein/base';
import { digestIndex, IndexWriter, type Manifest, readManifest } from '@skein/engine';
import { FileDirectory } from '../file-directory.ts';
import { decodeIndexMeta, encodeIndexMeta } from '../index-meta.ts';

export interface DigestJob {
  /** Holds the index for as long as it is read. */
  readonly folder: string;
  readonly records: 'verified' | 'trusted';
  /** Of one core's time; the rest is slept. */
  readonly cpuShare: number;
}

export interface AdoptJob extends Omit<DigestJob, 'records'> {
  readonly name: string;
  /** The last operation that it contains, as it shall say. */
  readonly appliedSequence: Sequence;
  /** Of the index whose place it takes: readers tell the two apart by another one. */
  readonly bornBefore: Sequence | undefined;
}

/** How long it works before it sleeps. */
const WORK_MS = 5;

/** Throws `CorruptionError`. */
export function runDigest({ folder, records, cpuShare }: DigestJob): string {
  const directory = new FileDirectory(folder);
  const manifest = readManifest(directory);
  if (manifest === undefined)
    throw new CorruptionError({ file: directory.describe('manifest'), offset: 0, expected: 'a manifest' });
  return digestOf(directory, manifest, records, cpuShare);
}

/** Verifies an index that came from another member, and writes under what name and at what place in the log it is here. */
export function runAdopt({ folder, cpuShare, name, appliedSequence, bornBefore }: AdoptJob): string {
  const directory = new FileDirectory(folder);
  const manifest = readManifest(directory);
  const expected = (what: string): CorruptionError =>
    new CorruptionError({ file: directory.describe('manifest'), offset: 0, expected: what });
  if (manifest === undefined) throw expected('a manifest');
  const meta = decodeIndexMeta(manifest.meta, name);
  if (meta.name !== name) throw expected(`index ${name}`);
  if (meta.appliedSequence > appliedSequence) throw expected(`an index up to ${appliedSequence}`);
  const digest = digestOf(directory, manifest, 'verified', cpuShare);
  const born = bornBefore === appliedSequence ? Math.max(0, appliedSequence - 1) : appliedSequence;
  IndexWriter.open(directory, { schema: manifest.schema }).publish(
    encodeIndexMeta({ ...meta, appliedSequence, bornSequence: asSequence(born) }),
  );
  return digest;
}

/** What of a manifest has to be the same on all members, besides the records. */
export function digestText(manifest: Manifest, recordsDigest: string): string {
  const { name, settings, createdAtMs, updatedAtMs } = decodeIndexMeta(manifest.meta, '');
  const text = JSON.stringify([name, settings, createdAtMs, updatedAtMs, manifest.recordCount]);
  return `${createHash('sha256').update(text).digest('hex').slice(0, 32)}-${recordsDigest}`;
}

function digestOf(
  directory: FileDirectory,
  manifest: Manifest,
  records: 'verified' | 'trusted',
  cpuShare: number,
): string {
  const steps = digestIndex(directory, manifest, { records });
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  let startMs = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    const workedMs = performance.now() - startMs;
    if (workedMs < WORK_MS) continue;
    if (cpuShare < 1) Atomics.wait(sleeper, 0, 0, workedMs * (1 / cpuShare - 1));
    startMs = performance.now();
  }
}
