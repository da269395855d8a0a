/** What lies in the data folder, found at start. */
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readManifest } from '@skein/engine';
import { type DataLayout, decodeName } from './data-layout.ts';
import { FileDirectory } from './file-directory.ts';
import { readMarker } from './index-store.ts';

/** Ids of the applications that have a folder. */
export function listApplications(layout: DataLayout): readonly string[] {
  return names(layout.applicationsFolder)
    .map(decodeName)
    .filter((name) => name !== undefined);
}

/** Names of the indexes that have a folder or a mark. Removes what an interrupted copy or deletion left. */
export function listIndexes(layout: DataLayout, application: string): readonly string[] {
  const folder = layout.indexesFolder(application);
  const found = new Set<string>();
  for (const entry of names(folder)) takeBack(folder, entry);
  for (const entry of names(folder)) {
    const mark = /^([^.]+)\.(?:deleted|damaged)$/.exec(entry);
    // Encoded names do not begin with a dot: that is a write which a crash cut short.
    if (entry.startsWith('.') || /\.(removing|copying|rebuilding)-\d+(-old)?$/.test(entry)) {
      rmSync(join(folder, entry), { recursive: true, force: true });
    } else if (mark !== null) {
      const name = decodeName(mark[1] ?? '') ?? nameInMarker(join(folder, entry));
      if (name !== undefined) found.add(name);
    } else if (!entry.includes('.')) {
      const name = decodeName(entry) ?? nameInManifest(join(folder, entry));
      if (name !== undefined) found.add(name);
    }
  }
  return [...found];
}

/** Where folders cannot change places in one step, a crash may have come when the old one had gone and the new one not yet come. */
function takeBack(folder: string, entry: string): void {
  const old = /^([^.]+)\.(?:copying|rebuilding)-\d+-old$/.exec(entry);
  if (old === null) return;
  const place = join(folder, old[1] ?? '');
  if (!existsSync(place)) renameSync(join(folder, entry), place);
}

/** Bytes that an index's files take. */
export function folderBytes(folder: string): number {
  let sum = 0;
  for (const name of names(folder)) {
    sum += statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return sum;
}

function nameInMarker(file: string): string | undefined {
  try {
    return readMarker(file)?.name;
  } catch {
    // Damaged, and too long a name to be read off: found again when it is asked for by name.
    return undefined;
  }
}

function nameInManifest(folder: string): string | undefined {
  try {
    const name = readManifest(new FileDirectory(folder))?.meta['name'];
    return typeof name === 'string' ? name : undefined;
  } catch {
    // A damaged manifest under a name too long to be read off its folder: found again when it is asked for by name.
    return undefined;
  }
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
