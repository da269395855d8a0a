import { existsSync, linkSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { syncFolder } from './file-directory.ts';

const AT_FDCWD = -100;
const RENAME_EXCHANGE = 2;

type Exchange = (a: string, b: string) => boolean;

/** Two names change places in one step, where the system can. */
const exchange: Exchange | undefined = makeExchange();

/**
 * Puts the folder `fresh` in place of `target` (which may be absent), so that whoever looks finds the one or the other. The old
 * one's files go when nobody has them mapped any more.
 */
export function replaceFolder(fresh: string, target: string): void {
  if (!existsSync(target)) {
    renameSync(fresh, target);
  } else if (exchange?.(fresh, target) === true) {
    rmSync(fresh, { recursive: true, force: true });
  } else {
    const old = `${fresh}-old`;
    renameSync(target, old);
    renameSync(fresh, target);
    rmSync(old, { recursive: true, force: true });
  }
  syncFolder(dirname(target));
}

/** A folder that holds the same files under the same names; no byte is copied. For files that are replaced, never changed. */
export function linkFolder(source: string, copy: string): void {
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { mode: 0o700 });
  for (const name of readdirSync(source)) linkSync(join(source, name), join(copy, name));
  syncFolder(copy);
}

/** First out of sight in one step, then file by file. */
export function removeFolder(folder: string, outOfSight: string): void {
  if (!existsSync(folder)) return;
  rmSync(outOfSight, { recursive: true, force: true });
  renameSync(folder, outOfSight);
  syncFolder(dirname(folder));
  rmSync(outOfSight, { recursive: true, force: true });
}

function makeExchange(): Exchange | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
    const rename = koffi.load(null).func('int renameat2(int, str, int, str, unsigned int)') as unknown as (
      fromFolder: number,
      from: string,
      toFolder: number,
      to: string,
      flags: number,
    ) => number;
    return (a, b) => rename(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE) === 0;
  } catch {
    return undefined;
  }
}
