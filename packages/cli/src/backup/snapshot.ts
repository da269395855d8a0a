/**
 * A copy of a data folder that is good to start a server on, taken while the server writes.
 *
 *   data/journal/…                       every operation that some index has not yet made durable, and later ones
 *   data/apps/<application>/…            state files, each replaced by rename
 *   data/apps/<application>/documents/   an LMDB store, whose file changes in place
 *   data/apps/<application>/indexes/<index>/{manifest, segments …}
 *
 * Why the copy is consistent. Files below `apps` never change in place: a new name is written, or a whole file is
 * renamed over the old one (all but documents, which LMDB itself copies as they were at one moment). A hard link therefore keeps a file as it
 * was. The steps, in this order:
 *
 *  1. Link all journal files. The server forgets journal files once every index is past them; a link keeps them. So
 *     the copy has every operation after the oldest state that any later step can see.
 *  2. Copy the documents of every application. Then link every other folder below `apps`, its manifest first. If the manifest is replaced meanwhile, the folder is
 *     linked again: the files that a manifest names may be removed once it is two publishes old.
 *  3. Look again, and link again what changed, until one look sees nothing changed. All folders are then as they
 *     were at one moment, so a copied or moved index is in step with where it came from.
 *  4. Link journal files that are new, and copy the last one byte by byte, since it is the only file that grows. The copy ends
 *     at or after every operation that step 2 saw applied, because operations are applied after they are in the journal.
 *     It may end inside an operation: a start cuts such a tail off, as after a power cut.
 *
 * A server that starts on the copy does what it does after a crash: it takes the manifests and the documents, and applies the journal
 * to each from where it is. Documents are of an earlier moment than indexes, which is what a crash leaves, too.
 *
 * Left out: `skein.pid`, and the operation ids remembered for clients that repeat a write. That file says how far everything
 * is applied, which is not so for the copy; without it the journal is read from its beginning.
 */
import { copyFileSync, linkSync, lstatSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CliError } from '../cli-error.ts';

const MANIFEST = 'manifest';
/** Looks at a folder that keeps changing, 20 ms apart: the server publishes several times a second at most. */
const looksMax = 200;
const lookPauseMs = 20;

/** Copies the store of documents in `from` to the new folder `to`. */
export type CopyDocuments = (from: string, to: string) => Promise<void>;

export interface SnapshotResult {
  readonly files: number;
  readonly bytes: number;
}

/** Fills `target` (a new folder on the same file system) from the data folder `source`. */
export async function takeSnapshot(
  source: string,
  target: string,
  copyDocuments: CopyDocuments,
): Promise<SnapshotResult> {
  const journal = join(source, 'journal');
  const apps = join(source, 'apps');
  linkAll(journal, join(target, 'journal'));
  await copyAllDocuments(apps, join(target, 'apps'), copyDocuments);
  let seen = linkTree(apps, join(target, 'apps'), new Map());
  for (let look = 1; ; look++) {
    const now = marksOf(apps);
    if (sameMarks(now, seen)) break;
    if (look === looksMax) {
      throw new CliError(
        `indexes of ${source} change faster than they can be linked; try again in a quieter moment, or stop the server first.`,
      );
    }
    await pause(lookPauseMs);
    seen = linkTree(apps, join(target, 'apps'), seen);
  }
  // Of applications that are new since.
  await copyAllDocuments(apps, join(target, 'apps'), copyDocuments);
  finishJournal(journal, join(target, 'journal'));
  return sizeOf(target);
}

const DOCUMENTS = 'documents';

async function copyAllDocuments(apps: string, target: string, copy: CopyDocuments): Promise<void> {
  for (const application of namesIn(apps) ?? []) {
    const from = join(apps, application, DOCUMENTS);
    const to = join(target, application, DOCUMENTS);
    if (!isFolder(from) || isFolder(to)) continue;
    mkdirSync(join(target, application), { recursive: true, mode: 0o700 });
    await copy(from, to);
  }
}

/** Folders below `folder`, a folder `depth` levels below `apps`, that are linked: all but documents, and those that are being made. */
function linkedFolders(folder: string, depth: number): string[] {
  const isOther = (name: string): boolean => depth !== 1 || !name.startsWith(DOCUMENTS);
  return (namesIn(folder) ?? []).filter((name) => isOther(name) && isFolder(join(folder, name)));
}

/** For each folder, what tells that it was changed: a name, and the file behind it. */
type Marks = ReadonlyMap<string, string>;

/** A folder with a manifest changes only with it; any other is told by all its files. */
function markOf(folder: string): string | undefined {
  const manifest = statIfThere(join(folder, MANIFEST));
  if (manifest !== undefined) return fileMark(manifest);
  const names = namesIn(folder);
  if (names === undefined) return undefined;
  const marks = names.map((name) => {
    const stats = statIfThere(join(folder, name));
    return stats === undefined || stats.isDirectory() ? name : `${name}:${fileMark(stats)}`;
  });
  return marks.join('\n');
}

function fileMark(stats: ReturnType<typeof lstatSync>): string {
  return stats === undefined ? '' : `${stats.ino}.${stats.mtimeMs}.${stats.size}`;
}

function marksOf(folder: string): Map<string, string> {
  const marks = new Map<string, string>();
  const visit = (at: string, depth: number): void => {
    const mark = markOf(at);
    if (mark === undefined) return;
    marks.set(at, mark);
    for (const name of linkedFolders(at, depth)) visit(join(at, name), depth + 1);
  };
  visit(folder, 0);
  return marks;
}

function sameMarks(a: Marks, b: Marks): boolean {
  return a.size === b.size && [...a].every(([folder, mark]) => b.get(folder) === mark);
}

/** Brings `target` to what `source` is now, touching only folders whose mark differs from `known`. */
function linkTree(source: string, target: string, known: Marks): Map<string, string> {
  const marks = new Map<string, string>();
  const visit = (from: string, to: string, depth: number): void => {
    const mark = markOf(from);
    if (mark === undefined) {
      rmSync(to, { recursive: true, force: true });
      return;
    }
    if (known.get(from) === mark && statIfThere(to) !== undefined) marks.set(from, mark);
    else {
      removeFiles(to);
      linkFolder(from, to);
      // Only if nothing moved while linking is this the state that the mark stands for.
      marks.set(from, markOf(from) === mark ? mark : '');
    }
    for (const name of linkedFolders(from, depth)) visit(join(from, name), join(to, name), depth + 1);
    const names = new Set(namesIn(from) ?? []);
    for (const name of namesIn(to) ?? []) {
      if (isFolder(join(to, name)) && !names.has(name))
        rmSync(join(to, name), { recursive: true, force: true });
    }
  };
  visit(source, target, 0);
  return marks;
}

/** The manifest first: what it names is still there then, as removing waits for a later manifest. */
function linkFolder(from: string, to: string): void {
  mkdirSync(to, { recursive: true, mode: 0o700 });
  const names = namesIn(from) ?? [];
  for (const name of [
    ...names.filter((each) => each === MANIFEST),
    ...names.filter((each) => each !== MANIFEST),
  ]) {
    if (isTemporary(name) || isFolder(join(from, name))) continue;
    linkOrCopy(join(from, name), join(to, name));
  }
}

function linkAll(from: string, to: string): void {
  mkdirSync(to, { recursive: true, mode: 0o700 });
  for (const name of namesIn(from) ?? []) linkOrCopy(join(from, name), join(to, name));
}

function finishJournal(from: string, to: string): void {
  const names = [...(namesIn(from) ?? [])].sort();
  for (const name of names.slice(0, -1)) {
    if (statIfThere(join(to, name)) === undefined) linkOrCopy(join(from, name), join(to, name));
  }
  const last = names.at(-1);
  if (last === undefined) return;
  rmSync(join(to, last), { force: true });
  copyFileSync(join(from, last), join(to, last));
}

/** File systems without hard links get copies. A file that is gone meanwhile is left out; the next look sees why. */
function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'EEXIST') return;
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'EXDEV'].includes(code)) throw error;
    try {
      copyFileSync(from, to);
    } catch (copyError) {
      if (codeOf(copyError) !== 'ENOENT') throw copyError;
    }
  }
}

function removeFiles(folder: string): void {
  for (const name of namesIn(folder) ?? []) {
    if (!isFolder(join(folder, name))) rmSync(join(folder, name), { force: true });
  }
}

/** Names that a writer has not finished with. */
function isTemporary(name: string): boolean {
  return name.startsWith('.') || name.endsWith('.tmp');
}

export function sizeOf(folder: string): SnapshotResult {
  let files = 0;
  let bytes = 0;
  for (const name of namesIn(folder) ?? []) {
    const path = join(folder, name);
    const stats = statSync(path);
    const inner = stats.isDirectory() ? sizeOf(path) : { files: 1, bytes: stats.size };
    files += inner.files;
    bytes += inner.bytes;
  }
  return { files, bytes };
}

function namesIn(folder: string): string[] | undefined {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return undefined;
    throw error;
  }
}

function isFolder(path: string): boolean {
  return statIfThere(path)?.isDirectory() === true;
}

function statIfThere(path: string): ReturnType<typeof lstatSync> {
  return lstatSync(path, { throwIfNoEntry: false });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
