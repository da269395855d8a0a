/**
 * The one writer of an index: buffers records, turns them into segments, marks deletions, publishes manifests, and swaps
 * merged segments in.
 *
 * A record lives in exactly one place: the buffer, or one segment where it is not deleted. `put` of a known objectID deletes the
 * old place first, so the newest always wins.
 *
 * Files that neither this manifest nor the one before it names are removed after a publish: readers of the previous
 * generation that open lazily still find theirs.
 */
import { asGeneration, assert, type JsonObject, utf8Decode, utf8Encode } from '@skein/base';
import type { Directory } from './directory.ts';
import { bitsetBytes } from './kernel/segment-memory.ts';
import { isDeleted, readDeletions, writeDeletions } from './manifest/deletions.ts';
import {
  MANIFEST_FILE,
  type Manifest,
  readManifest,
  type SegmentEntry,
  writeManifest,
} from './manifest/manifest.ts';
import type { IndexSchema } from './schema.ts';
import {
  type MergedSegment,
  type MergeOptions,
  type MergePlan,
  NOT_MERGED,
  planMerge,
} from './segment/merge.ts';
import { SegmentBuilder } from './segment/segment-builder.ts';
import { SegmentReader } from './segment/segment-reader.ts';

interface LiveSegment {
  readonly entry: SegmentEntry;
  readonly reader: SegmentReader;
  /** Deleted docIds; undefined: none. */
  deleted: Uint8Array | undefined;
  deletedCount: number;
}

export class IndexWriter {
  readonly schema: IndexSchema;
  readonly #directory: Directory;
  #manifest: Manifest | undefined;
  #segments: LiveSegment[] = [];
  #builder: SegmentBuilder;
  /** objectID → arrival in the buffer. */
  readonly #buffered = new Map<string, number>();
  #deletionsChanged = false;
  #segmentsChanged = false;
  /** Files that this writer or the manifest brought and that are still there. */
  readonly #written = new Set<string>();
  #previousFiles: ReadonlySet<string> = new Set();

  /** Opens what was published last, or an empty index with this schema. Throws `CorruptionError`. */
  static open(directory: Directory, options: { readonly schema: IndexSchema }): IndexWriter {
    const manifest = readManifest(directory);
    return new IndexWriter(directory, manifest, manifest?.schema ?? options.schema);
  }

  private constructor(directory: Directory, manifest: Manifest | undefined, schema: IndexSchema) {
    this.#directory = directory;
    this.#manifest = manifest;
    this.schema = schema;
    this.#builder = new SegmentBuilder(schema);
    const named = manifest === undefined ? new Set<string>() : filesOf(manifest);
    // Without a manifest nothing is removed: it may be the manifest that was lost.
    if (manifest === undefined) return;
    // What a crash left behind: written, but never published.
    for (const name of directory.list()) {
      if (name !== MANIFEST_FILE && !named.has(name)) directory.remove(name);
    }
    const deletions = readDeletions(directory, manifest);
    this.#segments = manifest.segments.map((entry) => ({
      entry,
      reader: SegmentReader.open(directory, entry.name, schema),
      deleted: deletions.get(entry.name),
      deletedCount: entry.deletedCount,
    }));
    this.#previousFiles = named;
    for (const name of named) this.#written.add(name);
  }

  /** As published last. */
  get manifest(): Manifest | undefined {
    return this.#manifest;
  }

  /** Records that are not deleted, those not yet published included. */
  get recordCount(): number {
    let count = this.#buffered.size;
    for (const segment of this.#segments) count += segment.entry.docCount - segment.deletedCount;
    return count;
  }

  get bufferedRecordCount(): number {
    return this.#buffered.size;
  }

  /** Estimated bytes that unpublished records hold. */
  get bufferedBytes(): number {
    return this.#builder.byteLength;
  }

  /** Whether a publish would change what searches see. */
  get changed(): boolean {
    return this.#buffered.size > 0 || this.#deletionsChanged || this.#segmentsChanged;
  }

  /** Saves a record, replacing the one of the same objectID. `recordJson` is what readers get back. */
  put(anyObjectID: string, record: JsonObject, recordJson: string): void {
    const objectID = wellFormed(anyObjectID);
    if (!this.#buffered.delete(objectID)) this.#deleteFromSegments(objectID);
    if (this.#builder.full) this.flush();
    this.#buffered.set(objectID, this.#builder.add(objectID, record, recordJson));
  }

  /** Whether there was such a record. */
  delete(anyObjectID: string): boolean {
    const objectID = wellFormed(anyObjectID);
    return this.#buffered.delete(objectID) || this.#deleteFromSegments(objectID);
  }

  /** JSON text of a record, unpublished ones included. Throws `CorruptionError`. */
  get(anyObjectID: string): string | undefined {
    const objectID = wellFormed(anyObjectID);
    const arrival = this.#buffered.get(objectID);
    if (arrival !== undefined) return this.#builder.recordJson(arrival);
    const found = this.#find(objectID);
    return found === undefined ? undefined : found.segment.reader.records.json(found.docId);
  }

  /** Deletes every record. */
  clear(): void {
    if (this.#segments.length > 0) this.#segmentsChanged = true;
    this.#segments = [];
    this.#buffered.clear();
    this.#builder = new SegmentBuilder(this.schema);
  }

  /** Makes everything so far visible to Views opened from now on. Durable when it returns. */
  publish(meta: JsonObject): Manifest {
    this.flush();
    this.#dropEmptySegments();
    const generation = asGeneration((this.#manifest?.generation ?? 0) + 1);
    const segments = this.#segments.map((segment) => ({
      ...segment.entry,
      deletedCount: segment.deletedCount,
    }));
    const anyDeleted = segments.some((segment) => segment.deletedCount > 0);
    let deletionsFile = this.#manifest?.deletionsFile;
    if (!anyDeleted) {
      deletionsFile = undefined;
    } else if (this.#deletionsChanged || this.#segmentsChanged || deletionsFile === undefined) {
      const deletions = new Map(this.#segments.map((segment) => [segment.entry.name, segment.deleted!]));
      deletionsFile = writeDeletions(this.#directory, generation, segments, deletions);
    }
    const recordCount = this.recordCount;
    const manifest: Manifest = {
      generation,
      meta,
      schema: this.schema,
      segments,
      deletionsFile,
      recordCount,
    };
    writeManifest(this.#directory, manifest);
    this.#manifest = manifest;
    this.#deletionsChanged = false;
    this.#segmentsChanged = false;
    this.#removeUnused(manifest);
    return manifest;
  }

  /**
   * What to merge now, if anything. The plan is plain data: run it with `runMerge`, also in another thread, then `commitMerge`.
   */
  planMerge(options: MergeOptions = { thorough: false }): MergePlan | undefined {
    const candidates = this.#segments.map((segment) => ({
      ...segment.entry,
      deleted: segment.deleted,
      deletedCount: segment.deletedCount,
      termCount: segment.reader.terms.termCount,
      mappedBytes: segment.reader.mappedBytes,
    }));
    return planMerge(candidates, this.schema, options);
  }

  /**
   * Replaces the merged segments; visible with the next publish. Records deleted since the plan was made are deleted in the result too.
   * Returns false when the segments are no longer there (a `clear` came between); the next publish then removes the result.
   */
  commitMerge(plan: MergePlan, merged: MergedSegment): boolean {
    const sources = plan.segments.map((planned) =>
      this.#segments.find((segment) => segment.entry.name === planned.name),
    );
    if (merged.segment !== undefined) this.#written.add(merged.segment.name);
    if (sources.some((source) => source === undefined)) return false;
    const reader =
      merged.segment === undefined
        ? undefined
        : SegmentReader.open(this.#directory, merged.segment.name, this.schema);
    const deleted = new Uint8Array(bitsetBytes(reader?.docCount ?? 0));
    let deletedCount = 0;
    for (const [ordinal, source] of sources.entries()) {
      assert(source !== undefined, 'all sources are there');
      const docIdOf = merged.docIdOf[ordinal]!;
      for (let docId = 0; docId < docIdOf.length; docId++) {
        const mergedDocId = docIdOf[docId]!;
        if (mergedDocId === NOT_MERGED || !isDeleted(source.deleted, docId)) continue;
        deleted[mergedDocId >>> 3]! |= 1 << (mergedDocId & 7);
        deletedCount++;
      }
    }
    const at = this.#segments.indexOf(sources[0]!);
    this.#segments = this.#segments.filter((segment) => !sources.includes(segment));
    if (merged.segment !== undefined && reader !== undefined) {
      this.#segments.splice(at, 0, {
        entry: merged.segment,
        reader,
        deleted: deletedCount > 0 ? deleted : undefined,
        deletedCount,
      });
    }
    this.#segmentsChanged = true;
    return true;
  }

  /** Turns buffered records into a segment, which frees their memory. Not visible before the next publish. */
  flush(): void {
    if (this.#buffered.size === 0) return;
    const builder = this.#builder;
    const { segment, docIdOf } = builder.finish();
    this.#directory.write(segment.name, segment.parts);
    this.#written.add(segment.name);
    const superseded = builder.docCount - this.#buffered.size;
    let deleted: Uint8Array | undefined;
    if (superseded > 0) {
      // Records that were replaced or deleted while they were buffered.
      deleted = new Uint8Array(bitsetBytes(builder.docCount)).fill(0);
      for (const docId of docIdOf) deleted[docId >>> 3]! |= 1 << (docId & 7);
      for (const arrival of this.#buffered.values()) {
        const docId = docIdOf[arrival]!;
        deleted[docId >>> 3]! &= ~(1 << (docId & 7));
      }
      this.#deletionsChanged = true;
    }
    this.#segments.push({
      entry: {
        name: segment.name,
        docCount: segment.docCount,
        deletedCount: superseded,
        fileBytes: segment.fileBytes,
      },
      reader: SegmentReader.open(this.#directory, segment.name, this.schema),
      deleted,
      deletedCount: superseded,
    });
    this.#segmentsChanged = true;
    this.#buffered.clear();
    this.#builder = new SegmentBuilder(this.schema);
  }

  #dropEmptySegments(): void {
    this.#segments = this.#segments.filter((segment) => segment.deletedCount < segment.entry.docCount);
  }

  #find(objectID: string): { readonly segment: LiveSegment; readonly docId: number } | undefined {
    const encoded = utf8Encode(objectID);
    for (let at = this.#segments.length - 1; at >= 0; at--) {
      const segment = this.#segments[at]!;
      const docId = segment.reader.objectIDs.findEncoded(
        encoded,
        (candidate) => !isDeleted(segment.deleted, candidate),
      );
      if (docId >= 0) return { segment, docId };
    }
    return undefined;
  }

  #deleteFromSegments(objectID: string): boolean {
    const found = this.#find(objectID);
    if (found === undefined) return false;
    const { segment, docId } = found;
    segment.deleted ??= new Uint8Array(bitsetBytes(segment.entry.docCount));
    segment.deleted[docId >>> 3]! |= 1 << (docId & 7);
    segment.deletedCount++;
    this.#deletionsChanged = true;
    return true;
  }

  #removeUnused(manifest: Manifest): void {
    const used = filesOf(manifest);
    for (const name of used) this.#written.add(name);
    for (const name of this.#written) {
      if (used.has(name) || this.#previousFiles.has(name)) continue;
      this.#directory.remove(name);
      this.#written.delete(name);
    }
    this.#previousFiles = used;
  }
}

/** As it comes back from UTF-8: halves of characters become U+FFFD, in the buffer as in segments, or two records would share an id. */
function wellFormed(objectID: string): string {
  return /\p{Surrogate}/u.test(objectID) ? utf8Decode(utf8Encode(objectID)) : objectID;
}

function filesOf(manifest: Manifest): ReadonlySet<string> {
  const files = new Set(manifest.segments.map((segment) => segment.name));
  if (manifest.deletionsFile !== undefined) files.add(manifest.deletionsFile);
  return files;
}
