/**
 * The last step of putting another member's state in place of this one's, such that a crash leaves the one or the other:
 *
 *   <data>/installing/new/{journal, recent-operations.json, apps}   fetched
 *   <data>/installing/complete.json                                 all of `new` is on the disk: written last
 *   <data>/installing/old/…                                         what gave way
 *   <data>/installed-<number>/…                                     in place; to be removed
 *
 * Without the mark, `installing` is thrown away. With it, each name is exchanged, also after a crash in the middle: what is still in `new` was not
 * exchanged yet. Everything else in the data folder stays: it belongs to the machine.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CorruptionError, isJsonObject, type Json } from '@skein/base';
import { syncFolder, writeFileDurably } from '../file-directory.ts';

const NAMES = ['journal', 'recent-operations.json', 'apps'];
const MARK_FORMAT = 1;
const DONE = /^installed-\d+$/;

export interface InstalledCheckpoint {
  /** The member that it came from. */
  readonly member: string;
  /** The last operation in the journal that was installed. */
  readonly lastSequence: number;
}

/** What exchanging asks of the disk; durable when a call returns. */
export interface SwapDisk {
  rename(from: string, to: string): void;
  remove(path: string): void;
}

const nodeDisk: SwapDisk = {
  rename: (from, to) => {
    renameSync(from, to);
    syncFolder(dirname(to));
    if (dirname(from) !== dirname(to)) syncFolder(dirname(from));
  },
  remove: (path) => rmSync(path, { recursive: true, force: true }),
};

export function freshFolder(dataFolder: string): string {
  return join(dataFolder, 'installing', 'new');
}

/** From here on the install is completed, come what may. All of `freshFolder` is on the disk. */
export function markComplete(dataFolder: string, installed: InstalledCheckpoint): void {
  const names = NAMES.filter((name) => existsSync(join(freshFolder(dataFolder), name)));
  writeFileDurably(markFile(dataFolder), JSON.stringify({ format: MARK_FORMAT, names, ...installed }));
}

/**
 * Completes an install that was marked, throws away one that was not. Before anything else looks at the data, at every start. Gives what was put
 * in place.
 */
export function finishInstall(
  dataFolder: string,
  disk: SwapDisk = nodeDisk,
): InstalledCheckpoint | undefined {
  if (!existsSync(dataFolder)) return undefined;
  const done = readdirSync(dataFolder).filter((name) => DONE.test(name));
  for (const name of done) disk.remove(join(dataFolder, name));
  const installing = join(dataFolder, 'installing');
  if (!existsSync(installing)) return undefined;
  const mark = readMark(markFile(dataFolder));
  if (mark === undefined) {
    disk.remove(installing);
    return undefined;
  }
  const old = join(installing, 'old');
  mkdirSync(old, { recursive: true, mode: 0o700 });
  for (const name of NAMES) {
    const [place, fresh, aside] = [join(dataFolder, name), join(installing, 'new', name), join(old, name)];
    if (mark.names.includes(name)) {
      if (!existsSync(fresh)) continue;
      if (existsSync(place)) disk.rename(place, aside);
      disk.rename(fresh, place);
    } else if (existsSync(place)) disk.rename(place, aside);
  }
  // In one step nothing is left to be done; then file by file.
  const last = join(dataFolder, `installed-${mark.lastSequence}`);
  disk.rename(installing, last);
  disk.remove(last);
  return { member: mark.member, lastSequence: mark.lastSequence };
}

function markFile(dataFolder: string): string {
  return join(dataFolder, 'installing', 'complete.json');
}

function readMark(file: string): (InstalledCheckpoint & { readonly names: readonly Json[] }) | undefined {
  if (!existsSync(file)) return undefined;
  const damaged = new CorruptionError({ file, offset: 0, expected: 'what an install wrote' });
  let value: Json;
  try {
    value = JSON.parse(readFileSync(file, 'utf8')) as Json;
  } catch (error) {
    damaged.cause = error;
    throw damaged;
  }
  if (!isJsonObject(value) || value['format'] !== MARK_FORMAT) throw damaged;
  const { names, member, lastSequence } = value as { names?: Json; member?: Json; lastSequence?: Json };
  if (!Array.isArray(names) || typeof member !== 'string' || typeof lastSequence !== 'number') throw damaged;
  return { names: names as readonly Json[], member, lastSequence };
}
