/**
 * A copy of the data folder of a server that does not run. Of one that runs, its builder makes the copy.
 *
 *   data/journal/…                       each file a link, but the last one, to which the next start appends: a copy
 *   data/apps/<application>/…            links: such files are replaced, never changed in place
 *   data/apps/<application>/documents/   an LMDB store, whose file changes in place: copied by LMDB
 *   data/recent-operations.json          a link
 *
 * Left out: what belongs to the machine, and what a crash left half made. A server that starts on the copy does what it does after a crash:
 * it applies the journal to each index, and to the documents, from where it is.
 */
import { copyFileSync, linkSync, lstatSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const RECENT_OPERATIONS = 'recent-operations.json';
const DOCUMENTS = 'documents';

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
): Promise<void> {
  const journal = join(source, 'journal');
  const files = namesIn(journal);
  mkdirSync(join(target, 'journal'), { recursive: true, mode: 0o700 });
  for (const [at, name] of files.entries()) {
    const copy = at === files.length - 1 ? copyFileSync : linkOrCopy;
    copy(join(journal, name), join(target, 'journal', name));
  }
  if (namesIn(source).includes(RECENT_OPERATIONS))
    linkOrCopy(join(source, RECENT_OPERATIONS), join(target, RECENT_OPERATIONS));
  const apps = join(source, 'apps');
  mkdirSync(join(target, 'apps'), { mode: 0o700 });
  for (const application of namesIn(apps)) {
    const [from, to] = [join(apps, application), join(target, 'apps', application)];
    linkTree(from, to, (name) => name.startsWith(DOCUMENTS));
    if (namesIn(from).includes(DOCUMENTS)) await copyDocuments(join(from, DOCUMENTS), join(to, DOCUMENTS));
  }
}

export function sizeOf(folder: string): SnapshotResult {
  let files = 0;
  let bytes = 0;
  for (const name of namesIn(folder)) {
    const path = join(folder, name);
    const stats = statSync(path);
    const inner = stats.isDirectory() ? sizeOf(path) : { files: 1, bytes: stats.size };
    files += inner.files;
    bytes += inner.bytes;
  }
  return { files, bytes };
}

function linkTree(from: string, to: string, isLeftOut: (name: string) => boolean): void {
  mkdirSync(to, { mode: 0o700 });
  for (const name of namesIn(from)) {
    // Names that a writer has not finished with.
    if (name.startsWith('.') || isLeftOut(name)) continue;
    if (lstatSync(join(from, name)).isDirectory()) linkTree(join(from, name), join(to, name), () => false);
    else linkOrCopy(join(from, name), join(to, name));
  }
}

/** File systems without hard links get copies. */
function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'EXDEV'].includes(codeOf(error))) throw error;
    copyFileSync(from, to);
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
