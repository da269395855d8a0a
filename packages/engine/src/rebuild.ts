/** An index as a whole: built anew under another schema, or copied. Both are long and synchronous, for another thread. */
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
/** Pieces of a large file while it is copied. */
const COPY_BYTES = 4 << 20;
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

/** Copies what is published of `source` into the empty folder `target`. An unpublished source gives an empty index of `schema`. */
export function copyIndex(
  source: Directory,
  target: Directory,
  options: { readonly schema: IndexSchema; readonly meta: JsonObject },
): Manifest {
  const manifest = readManifest(source);
  if (manifest === undefined) return IndexWriter.open(target, options).publish(options.meta);
  const files = manifest.segments.map((segment) => segment.name);
  if (manifest.deletionsFile !== undefined) files.push(manifest.deletionsFile);
  for (const name of files) target.write(name, piecesOf(source, name));
  return IndexWriter.adopt(target, { ...manifest, meta: options.meta });
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

function* piecesOf(source: Directory, name: string): Generator<Uint8Array> {
  const byteLength = source.byteLength(name) ?? 0;
  for (let at = 0; at < byteLength; at += COPY_BYTES) {
    yield source.read(name, at, Math.min(COPY_BYTES, byteLength - at));
  }
}
