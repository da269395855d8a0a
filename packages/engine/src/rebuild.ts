/** An index built anew under another schema: long and synchronous, for another thread. */
import { isJsonObject, type Json, type JsonObject } from '@skein/base';
import type { Directory } from './directory.ts';
import { IndexWriter } from './index-writer.ts';
import { isDeleted, readDeletions } from './manifest/deletions.ts';
import { type Manifest, readManifest } from './manifest/manifest.ts';
import type { IndexSchema } from './schema.ts';
import { runMerge } from './segment/merge.ts';
import { SegmentReader } from './segment/segment-reader.ts';

const MEMORY_BYTES_MAX = 2 ** 30;
/** Turning buffered records into a segment takes as much again, and strings and maps more than is counted. */
const BUFFERED_SHARE = 4;
const PROGRESS_RECORDS = 1000;

/**
 * Writes every live record of `source` into `target` under a new schema and publishes that. `target` must be another folder,
 * and empty. Throws `CorruptionError` when the source is damaged; the target then has published nothing.
 */
export function rebuildIndex(
  source: Directory,
  target: Directory,
  options: {
    readonly schema: IndexSchema;
    readonly meta: JsonObject;
    readonly onProgress?: ((recordCount: number) => void) | undefined;
    /** What it may take in memory, mapped files apart; more means fewer segments. Default: 1 GiB. */
    readonly memoryBytesMax?: number | undefined;
  },
): Manifest {
  const writer = IndexWriter.open(target, { schema: options.schema });
  const memoryBytesMax = options.memoryBytesMax ?? MEMORY_BYTES_MAX;
  let done = 0;
  for (const { objectID, json } of liveRecords(source)) {
    const record = JSON.parse(json) as Json;
    if (isJsonObject(record)) writer.put(objectID, record, json);
    if (writer.bufferedBytes > memoryBytesMax / BUFFERED_SHARE) writer.flush();
    done++;
    if (done % PROGRESS_RECORDS === 0) options.onProgress?.(done);
  }
  options.onProgress?.(done);
  writer.flush();
  for (;;) {
    const plan = writer.planMerge({ thorough: true, memoryBytesMax });
    if (plan === undefined) break;
    writer.commitMerge(plan, runMerge(target, plan));
  }
  return writer.publish(options.meta);
}

function* liveRecords(source: Directory): Generator<{ readonly objectID: string; readonly json: string }> {
  const manifest = readManifest(source);
  if (manifest === undefined) return;
  const deletions = readDeletions(source, manifest);
  for (const { name } of manifest.segments) {
    const reader = SegmentReader.open(source, name, manifest.schema);
    const deleted = deletions.get(name);
    for (let docId = 0; docId < reader.docCount; docId++) {
      if (isDeleted(deleted, docId)) continue;
      yield { objectID: reader.objectIDs.objectID(docId), json: reader.records.json(docId) };
    }
  }
}
