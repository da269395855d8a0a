/**
 * One index as the builder holds it: applies operations to the engine's writer, and publishes. Synchronous; who calls when is
 * `IndexLine`'s and the builder's business.
 *
 * States: absent (never made, or deleted) → present (`meta` is set; unpublished changes while `dirty`) → absent …
 *         damaged: takes no operation but one that replaces or deletes the index as a whole.
 *
 * Invariant: a manifest contains whole operations only, all up to its `appliedSequence`. Replaying the log after it gives the same state
 * as never having stopped.
 */
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import {
  asSequence,
  assert,
  CorruptionError,
  isJsonObject,
  type Json,
  type JsonObject,
  type Sequence,
} from '@skein/base';
import {
  type IndexSchema,
  IndexWriter,
  type Manifest,
  readManifest,
  rebuildIndex,
  View,
} from '@skein/engine';
import { ApiError, deleteByQuery, mergeSettings, sameSchema, schemaOf } from '@skein/wire';
import type { DataLayout } from './data-layout.ts';
import { FileDirectory, writeFileDurably } from './file-directory.ts';
import { decodeIndexMeta, encodeIndexMeta, type IndexMeta } from './index-meta.ts';
import type { BatchRequest } from './operation.ts';
import { applyPartialUpdate } from './partial-update.ts';
import { linkFolder, removeFolder, replaceFolder } from './swap-folder.ts';

/** Where in the log an operation stands. */
export interface AppliedAt {
  readonly sequence: Sequence;
  readonly proposedAtMs: number;
}

/** Work for another thread: the index under another schema. */
export interface RebuildJob {
  readonly folder: string;
  /** Where the rebuilt index is put together. */
  readonly fresh: string;
  readonly schema: IndexSchema;
  readonly meta: JsonObject;
  /** What it may take in memory; undefined: as the engine likes. */
  readonly memoryBytesMax?: number | undefined;
}

export class IndexStore {
  readonly application: string;
  readonly name: string;
  readonly #layout: DataLayout;
  readonly #directory: FileDirectory;
  #meta: IndexMeta | undefined;
  #manifest: Manifest | undefined;
  #writer: IndexWriter | undefined;
  #applied: Sequence;
  #dirty = false;
  #damage: string | undefined;

  /** Throws `CorruptionError` when the manifest is damaged: see `setAside`. */
  static load(layout: DataLayout, application: string, name: string): IndexStore {
    const store = new IndexStore(layout, application, name);
    store.#load();
    return store;
  }

  /** For an index whose files do not load. */
  static damaged(layout: DataLayout, application: string, name: string, error: Error): IndexStore {
    const store = new IndexStore(layout, application, name);
    store.setAside(error);
    return store;
  }

  private constructor(layout: DataLayout, application: string, name: string) {
    this.#layout = layout;
    this.application = application;
    this.name = name;
    this.#directory = new FileDirectory(layout.indexFolder(application, name));
    this.#applied = asSequence(0);
  }

  get folder(): string {
    return this.#layout.indexFolder(this.application, this.name);
  }

  get exists(): boolean {
    return this.#meta !== undefined;
  }

  get meta(): IndexMeta | undefined {
    return this.#meta;
  }

  /** As published last. */
  get manifest(): Manifest | undefined {
    return this.#manifest;
  }

  /** Operations up to here are applied; durably so unless `dirty`. */
  get appliedSequence(): Sequence {
    return this.#applied;
  }

  get dirty(): boolean {
    return this.#dirty;
  }

  /** Why the index takes no operations. */
  get damage(): string | undefined {
    return this.#damage;
  }

  get bufferedBytes(): number {
    return this.#writer?.bufferedBytes ?? 0;
  }

  get recordCount(): number {
    return this.#writer?.recordCount ?? this.#manifest?.recordCount ?? 0;
  }

  /** The engine's writer while it is open; for merges. */
  get openWriter(): IndexWriter | undefined {
    return this.#writer;
  }

  /** Opens the writer of what is published; for a merge of an index that is not written to. */
  reopenWriter(): void {
    if (this.#meta !== undefined) this.#writer ??= this.#open(schemaOf(this.#meta.settings));
  }

  /** Gives back the writer's memory; only while nothing is unpublished. */
  closeWriter(): void {
    assert(!this.#dirty, 'a writer is closed after publishing');
    this.#writer = undefined;
  }

  /** `sequence` had no effect on this index, or is about to be recorded by its next publish. */
  passed(sequence: Sequence): void {
    assert(sequence >= this.#applied, 'operations of an index are applied in order');
    this.#applied = sequence;
  }

  batch(requests: readonly BatchRequest[], at: AppliedAt): void {
    for (const [ordinal, request] of requests.entries()) {
      if (request.action !== 'delete') {
        this.#request(request, at);
      } else if (requests.slice(ordinal + 1).some(({ body }) => body !== undefined)) {
        // The index is made anew within one operation: a real deletion would not be undone by what follows it.
        this.#reset(at);
      } else {
        this.delete(at);
      }
    }
    this.passed(at.sequence);
  }

  /** Whether the patch changes what is indexed, of an index that has something indexed. */
  needsRebuild(patch: JsonObject): boolean {
    const current = this.#writer?.schema ?? this.#manifest?.schema;
    if (this.#meta === undefined || current === undefined) return false;
    try {
      return !sameSchema(schemaOf(mergeSettings(this.#meta.settings, patch)), current);
    } catch (error) {
      if (error instanceof ApiError) return false;
      throw error;
    }
  }

  /** The job that has to run before the settings take effect, when records must be indexed anew. */
  setSettings(patch: JsonObject, at: AppliedAt): RebuildJob | undefined {
    let settings: JsonObject;
    try {
      settings = mergeSettings(this.#meta?.settings ?? {}, patch);
    } catch (error) {
      // Was checked when it was proposed, against other settings: changes nothing, on every member.
      if (error instanceof ApiError) return undefined;
      throw error;
    }
    return this.replaceSettings(settings, at);
  }

  replaceSettings(
    settings: JsonObject,
    at: AppliedAt,
    applied: Sequence = at.sequence,
  ): RebuildJob | undefined {
    const schema = schemaOf(settings);
    const before = this.#meta;
    const current = this.#writer?.schema ?? this.#manifest?.schema;
    const meta: IndexMeta = {
      ...(before ?? this.#newMeta(at)),
      settings,
      updatedAtMs: at.proposedAtMs,
    };
    if (before === undefined || current === undefined || sameSchema(schema, current)) {
      this.#meta = meta;
      this.#dirty = true;
      this.#writer ??= this.#open(schema);
      return undefined;
    }
    if (this.#dirty) this.publish();
    const fresh = `${this.folder}.rebuilding-${at.sequence}`;
    const rebuilt = encodeIndexMeta({ ...meta, bornSequence: at.sequence, appliedSequence: applied });
    const job: RebuildJob = { folder: this.folder, fresh, schema, meta: rebuilt };
    if (this.recordCount > 0) return job;
    this.#writer = undefined;
    runRebuild(job);
    this.rebuilt(job);
    return undefined;
  }

  /** The job is done: its result takes the index's place. */
  rebuilt(job: RebuildJob): void {
    this.#writer = undefined;
    replaceFolder(job.fresh, this.folder);
    this.#load();
  }

  /** The rebuild runs on what is published; the writer would not see its result. */
  prepareRebuild(): void {
    this.closeWriter();
  }

  clear(at: AppliedAt): void {
    if (this.#meta === undefined) return;
    this.#writerFor(at).clear();
    this.#changed(at);
  }

  /** Records that match, evaluated on everything before this operation. */
  deleteBy(params: JsonObject, at: AppliedAt): void {
    if (this.#meta === undefined) return;
    if (this.#dirty) this.publish();
    assert(this.#manifest !== undefined, 'an index that exists and is clean is published');
    const view = View.open(this.#directory, this.#manifest);
    let objectIDs: readonly string[];
    try {
      objectIDs = view.matching(deleteByQuery(params, this.#meta.settings));
    } catch (error) {
      // Refused under the settings of this place in the log.
      if (error instanceof ApiError) return;
      throw error;
    }
    const writer = this.#writerFor(at);
    for (const objectID of objectIDs) writer.delete(objectID);
    if (objectIDs.length > 0) this.#changed(at);
  }

  /** Durable when it returns. */
  delete(at: AppliedAt): void {
    this.#forgetDamage();
    this.#applied = at.sequence;
    if (this.#meta === undefined && !existsSync(this.folder)) return;
    writeFileDurably(
      this.#layout.deletedFile(this.application, this.name),
      JSON.stringify({ name: this.name, sequence: at.sequence }),
    );
    removeFolder(this.folder, `${this.folder}.removing-${at.sequence}`);
    this.#meta = undefined;
    this.#manifest = undefined;
    this.#writer = undefined;
    this.#dirty = false;
  }

  /** Becomes a copy of `source`, or, when that does not exist, empty. Durable when it returns. */
  copyFrom(source: IndexStore, at: AppliedAt): void {
    if (source.#dirty) source.publish();
    const fresh = `${this.folder}.copying-${at.sequence}`;
    const created = this.#meta?.createdAtMs ?? at.proposedAtMs;
    const meta: IndexMeta = {
      ...this.#newMeta(at),
      settings: source.#meta?.settings ?? {},
      lastBuildTimeS: source.#meta?.lastBuildTimeS ?? 0,
      createdAtMs: created,
      appliedSequence: at.sequence,
    };
    if (source.#meta === undefined) rmSync(fresh, { recursive: true, force: true });
    else linkFolder(source.folder, fresh);
    const directory = new FileDirectory(fresh);
    IndexWriter.open(directory, { schema: schemaOf(meta.settings) }).publish(encodeIndexMeta(meta));
    this.#writer = undefined;
    this.#dirty = false;
    replaceFolder(fresh, this.folder);
    this.#forgetDamage();
    this.#load();
  }

  /**
   * `fresh` holds the index as another member published it, with everything that is applied here: it takes the place of whatever is here, also of
   * damage. Durable when it returns.
   */
  replaceWith(fresh: string): void {
    this.#writer = undefined;
    this.#dirty = false;
    replaceFolder(fresh, this.folder);
    rmSync(this.#layout.deletedFile(this.application, this.name), { force: true });
    this.#forgetDamage();
    this.#load();
  }

  /** Makes everything applied so far visible and durable. */
  publish(): Manifest {
    assert(this.#meta !== undefined, 'only an index that exists is published');
    const writer = this.#writer ?? this.#open(schemaOf(this.#meta.settings));
    this.#writer = writer;
    this.#meta = { ...this.#meta, appliedSequence: this.#applied };
    this.#manifest = writer.publish(encodeIndexMeta(this.#meta));
    this.#dirty = false;
    return this.#manifest;
  }

  /** A merge was committed, which the next publish shows. */
  markDirty(): void {
    this.#dirty = true;
  }

  /**
   * The index serves no more operations. Damaged files are moved away, for a person to look at; after a defect of the program
   * the published state, which is sound, goes on answering.
   */
  setAside(error: Error): void {
    this.#writer = undefined;
    this.#dirty = false;
    this.#damage = error.message;
    this.#meta = undefined;
    this.#manifest = undefined;
    writeFileDurably(
      this.#layout.damagedFile(this.application, this.name),
      JSON.stringify({ name: this.name, sequence: this.#applied, message: error.message }),
    );
    if (error instanceof CorruptionError && existsSync(this.folder)) {
      let aside = this.#layout.setAsideFolder(this.application, this.name, this.#applied);
      for (let copy = 2; existsSync(aside); copy++) {
        aside = `${this.#layout.setAsideFolder(this.application, this.name, this.#applied)}-${copy}`;
      }
      renameSync(this.folder, aside);
    }
  }

  #request(request: BatchRequest, at: AppliedAt): void {
    const { action, objectID, body } = request;
    if (action === 'clear') {
      this.clear(at);
      return;
    }
    assert(objectID !== undefined, 'an action on one object has an objectID');
    if (action === 'deleteObject') {
      if (this.#meta !== undefined && this.#writerFor(at).delete(objectID)) this.#changed(at);
      return;
    }
    assert(body !== undefined, 'an action that saves an object has a body');
    let record: JsonObject | undefined = body['objectID'] === objectID ? body : { ...body, objectID };
    if (action === 'partialUpdateObject' || action === 'partialUpdateObjectNoCreate') {
      const existing = this.#meta === undefined ? undefined : this.#writerFor(at).get(objectID);
      if (existing === undefined && action === 'partialUpdateObjectNoCreate') return;
      record = applyPartialUpdate(
        existing === undefined ? undefined : (JSON.parse(existing) as JsonObject),
        record,
      );
      if (record === undefined) return;
    }
    this.#writerFor(at).put(objectID, record, JSON.stringify(record));
    this.#changed(at);
  }

  /** As if deleted and made again, but published only together with what follows. */
  #reset(at: AppliedAt): void {
    if (this.#meta === undefined) return;
    this.clear(at);
    this.publish();
    this.replaceSettings({}, at, this.#applied);
  }

  #writerFor(at: AppliedAt): IndexWriter {
    this.#meta ??= this.#newMeta(at);
    this.#writer ??= this.#open(schemaOf(this.#meta.settings));
    return this.#writer;
  }

  #open(schema: IndexSchema): IndexWriter {
    this.#directory.removeTemporaries();
    return IndexWriter.open(this.#directory, { schema });
  }

  #newMeta(at: AppliedAt): IndexMeta {
    return {
      name: this.name,
      settings: {},
      appliedSequence: this.#applied,
      bornSequence: at.sequence,
      createdAtMs: at.proposedAtMs,
      updatedAtMs: at.proposedAtMs,
      lastBuildTimeS: 0,
    };
  }

  #changed(at: AppliedAt): void {
    assert(this.#meta !== undefined, 'only an index that exists changes');
    if (this.#meta.updatedAtMs !== at.proposedAtMs)
      this.#meta = { ...this.#meta, updatedAtMs: at.proposedAtMs };
    this.#dirty = true;
  }

  #forgetDamage(): void {
    if (this.#damage === undefined) return;
    this.#damage = undefined;
    rmSync(this.#layout.damagedFile(this.application, this.name), { force: true });
  }

  #load(): void {
    const deleted = readMarker(this.#layout.deletedFile(this.application, this.name));
    const damaged = readMarker(this.#layout.damagedFile(this.application, this.name));
    if (damaged !== undefined) {
      this.#damage = damaged.message;
      this.#applied = asSequence(Math.max(this.#applied, damaged.sequence, deleted?.sequence ?? 0));
      return;
    }
    this.#manifest = readManifest(this.#directory);
    this.#meta = this.#manifest === undefined ? undefined : decodeIndexMeta(this.#manifest.meta, this.name);
    const durable = this.#meta?.appliedSequence ?? 0;
    if (deleted !== undefined && deleted.sequence >= durable) {
      // The crash came between writing the mark and removing the files.
      removeFolder(this.folder, `${this.folder}.removing-${deleted.sequence}`);
      this.#meta = undefined;
      this.#manifest = undefined;
    }
    this.#applied = asSequence(Math.max(this.#applied, durable, deleted?.sequence ?? 0));
  }
}

/** Long; also runs in a thread. */
export function runRebuild({ folder, fresh, schema, meta, memoryBytesMax }: RebuildJob): void {
  rmSync(fresh, { recursive: true, force: true });
  rebuildIndex(new FileDirectory(folder), new FileDirectory(fresh), { schema, meta, memoryBytesMax });
}

/** `<index>.deleted` and `<index>.damaged`. */
export interface IndexMarker {
  readonly name: string | undefined;
  readonly sequence: number;
  readonly message: string;
}

export function readMarker(file: string): IndexMarker | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw new CorruptionError({ file, offset: 0, expected: 'JSON text' });
  }
  if (!isJsonObject(value) || typeof value['sequence'] !== 'number') {
    throw new CorruptionError({ file, offset: 0, expected: 'an object with a sequence' });
  }
  return {
    name: typeof value['name'] === 'string' ? value['name'] : undefined,
    sequence: value['sequence'],
    message: typeof value['message'] === 'string' ? value['message'] : '',
  };
}
