/**
 * A copy of what a member has on disk, good to start a builder on, taken inside the builder while it goes on.
 *
 * Files of indexes never change in place, so a hard link keeps one as it was; documents are copied by LMDB, as they were at one moment. The steps,
 * in this order, and why the copy is sound:
 *
 *  1. Nothing behind `appliedThrough` leaves the journal any more (`holdJournal`), and the journal's files are linked from the first operation on that
 *     `recent-operations.json` does not cover. Everything up to there is in every later state of indexes, documents and applications.
 *  2. Documents are copied, one application after another. They end up earlier than the indexes, as after a power cut: replaying
 *     gives the same changes of indexes again, which skip them. The other way round, a change could have left the outbox already.
 *  3. Indexes are linked. First giving way, then, in one go for each application, those that were published meanwhile. So all indexes of an
 *     application are of one moment: a copy or move between two of them is in both, or in none. Only this last look holds up the builder.
 *  4. Files that the journal began meanwhile are linked, and the one that grows is copied up to its durable end. What was applied before is in it.
 *
 * Left out: what an index in the making, a deletion or a set-aside index has beside the published files; and all that belongs to the machine.
 */
import { copyFileSync, existsSync, linkSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { constants, copyFile, mkdir, rename, statfs, truncate } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { asSequence, CorruptionError, type Sequence } from '@skein/base';
import type { DocumentStorage } from '@skein/documents';
import { type Manifest, readManifest } from '@skein/engine';
import type { LocalJournal } from '@skein/oplog';
import { listApplications } from '../catalogue.ts';
import { DataLayout } from '../data-layout.ts';
import { FileDirectory } from '../file-directory.ts';
import type { IndexStore } from '../index-store.ts';
import { BuilderError } from '../ipc/messages.ts';
import { isCheckpointPath } from './checkpoint-messages.ts';

/** What a copy needs of the builder; everything answers of the present moment. */
export interface CheckpointParts {
  readonly layout: DataLayout;
  readonly journal: LocalJournal;
  /** Throws where the application's documents are set aside. */
  readonly documents: { open(application: string): Pick<DocumentStorage, 'fileBytes' | 'backup'> };
  readonly stores: (application: string) => Iterable<IndexStore>;
  /** As `recent-operations.json` says: operations up to here are skipped at a start. */
  readonly savedThrough: () => Sequence;
  /** See `Builder.holdJournal`. */
  readonly holdJournal: () => { readonly appliedThrough: Sequence; letGo(): void };
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
}

export interface Checkpoint {
  /** The last operation in the copy's journal. */
  readonly lastSequence: Sequence;
  /** The longest that the builder was held up. */
  readonly pauseMs: number;
  /** Lets the journal forget what is in the copy: who takes it goes on from there. */
  letGo(): void;
}

export type CheckpointErrorCode =
  /** Some documents here are set aside: ask another member. */
  | 'documents-damaged'
  /** Copies of documents do not fit on the disk. */
  | 'no-room'
  | 'busy'
  | 'cancelled';

export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
  readonly code: CheckpointErrorCode;

  constructor(code: CheckpointErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** How long linking goes on before others have a turn. */
const TURN_MS = 5;
/** Left free on the disk when documents are copied: the journal and the indexes go on growing. */
const FREE_BYTES_MIN = 256 * 1024 * 1024;

/** Fills `folder`, which must not exist, on the file system of the data. Throws `CheckpointError`, and what the disk throws. */
export async function takeCheckpoint(
  parts: CheckpointParts,
  folder: string,
  signal?: AbortSignal,
): Promise<Checkpoint> {
  const { layout, journal } = parts;
  const target = new DataLayout(folder);
  await mkdir(target.journalFolder, { recursive: true, mode: 0o700 });
  await mkdir(target.applicationsFolder, { mode: 0o700 });
  const hold = parts.holdJournal();
  try {
    const savedThrough = parts.savedThrough();
    link(layout.recentOperationsFile, target.recentOperationsFile);
    const linked = new Set<string>();
    linkJournal(parts, target, savedThrough, linked);
    for (const application of listApplications(layout)) {
      await mkdir(target.applicationFolder(application), { mode: 0o700 });
      stopWhen(signal);
      await copyDocuments(parts, application, target);
    }
    let pauseMs = 0;
    for (const application of listApplications(layout)) {
      stopWhen(signal);
      pauseMs = Math.max(pauseMs, await linkIndexes(parts, application, target));
    }
    const lastSequence = journal.lastSequence;
    const last = linkJournal(parts, target, savedThrough, linked);
    if (last?.byteLength !== undefined) await cutOff(join(target.journalFolder, last.name), last.byteLength);
    return { lastSequence, pauseMs, letGo: () => hold.letGo() };
  } catch (error) {
    hold.letGo();
    throw error;
  }
}

/** Gives the file that grows; undefined: there is none yet. */
function linkJournal(
  { layout, journal }: CheckpointParts,
  target: DataLayout,
  savedThrough: Sequence,
  linked: Set<string>,
): { readonly name: string; readonly byteLength: number | undefined } | undefined {
  const files = journal.filesFrom(asSequence(savedThrough + 1));
  for (const { name } of files) {
    if (linked.has(name)) continue;
    linked.add(name);
    link(join(layout.journalFolder, name), join(target.journalFolder, name));
  }
  return files.at(-1);
}

/** The link becomes a file of its own, so that it no longer grows. */
async function cutOff(file: string, byteLength: number): Promise<void> {
  const copy = `${file}.copy`;
  await copyFile(file, copy, constants.COPYFILE_FICLONE);
  await truncate(copy, byteLength);
  await rename(copy, file);
}

/** One that is made after this began is replayed from the journal as a whole. */
async function copyDocuments(
  { layout, documents }: CheckpointParts,
  application: string,
  target: DataLayout,
): Promise<void> {
  if (!existsSync(layout.documentsFolder(application))) return;
  try {
    const storage = documents.open(application);
    const { bavail, bsize } = await statfs(target.root);
    if (bavail * bsize - storage.fileBytes < FREE_BYTES_MIN) {
      throw new CheckpointError(
        'no-room',
        `a copy of the documents of application ${application} (${storage.fileBytes} bytes) does not fit on the disk`,
      );
    }
    await storage.backup(target.documentsFolder(application));
  } catch (error) {
    if (!(error instanceof BuilderError) && !(error instanceof CorruptionError)) throw error;
    throw new CheckpointError(
      'documents-damaged',
      `the documents of application ${application} are damaged here`,
      { cause: error },
    );
  }
}

/** Gives how long it held up the builder. */
async function linkIndexes(parts: CheckpointParts, application: string, target: DataLayout): Promise<number> {
  const { layout, log } = parts;
  const indexes = target.indexesFolder(application);
  await mkdir(indexes, { recursive: true, mode: 0o700 });
  const linked = new Map<string, Manifest | undefined>();
  let turnEndMs = performance.now() + TURN_MS;
  for (const store of [...parts.stores(application)]) {
    linkIndex(store, indexes, log);
    linked.set(basename(store.folder), store.manifest);
    if (performance.now() < turnEndMs) continue;
    await nextTurn();
    turnEndMs = performance.now() + TURN_MS;
  }
  const startMs = performance.now();
  const gone = new Set(linked.keys());
  for (const store of parts.stores(application)) {
    const name = basename(store.folder);
    // A damaged one has no manifest in memory, and changes no more.
    if (!gone.delete(name) || linked.get(name) !== store.manifest) linkIndex(store, indexes, log);
  }
  for (const name of gone) rmSync(join(indexes, name), { recursive: true, force: true });
  for (const name of namesIn(layout.indexesFolder(application))) {
    if (/^[^.]+\.(deleted|damaged)$/.test(name))
      link(join(layout.indexesFolder(application), name), join(indexes, name));
  }
  const folder = layout.applicationFolder(application);
  for (const name of namesIn(folder)) {
    // The application itself, and what the server keeps with it. All are replaced by rename.
    if (isCheckpointPath(`apps/${basename(folder)}/${name}`))
      link(join(folder, name), join(target.applicationFolder(application), name));
  }
  return performance.now() - startMs;
}

/** Links what is published of an index into a folder of the same name below `indexes`; a folder that is there gives way. Synchronous. */
export function linkIndex(
  store: IndexStore,
  indexes: string,
  log: (level: 'warn', message: string) => void,
): void {
  const folder = join(indexes, basename(store.folder));
  rmSync(folder, { recursive: true, force: true });
  const manifest = store.manifest ?? (store.damage === undefined ? undefined : manifestIn(store.folder));
  if (manifest === undefined) return;
  mkdirSync(folder, { mode: 0o700 });
  const names = manifest.segments.map(({ name }) => name);
  if (manifest.deletionsFile !== undefined) names.push(manifest.deletionsFile);
  for (const name of ['manifest', ...names]) {
    if (link(join(store.folder, name), join(folder, name))) continue;
    log('warn', `${join(store.folder, name)} is missing: the copy of index ${store.name} lacks it, too`);
  }
}

/** Of an index that is set aside: its files may be sound. */
function manifestIn(folder: string): Manifest | undefined {
  try {
    return readManifest(new FileDirectory(folder));
  } catch (error) {
    if (!(error instanceof CorruptionError)) throw error;
    return undefined;
  }
}

/** False when there is no such file. Where a file takes no more links, it is copied. */
function link(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return false;
    if (code !== 'EMLINK' && code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP') throw error;
    copyFileSync(from, to);
    return true;
  }
}

function namesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function stopWhen(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new CheckpointError('cancelled', 'nobody waits for the copy any more');
}
