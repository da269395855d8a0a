/**
 * Keeps a data folder to one server. `skein.pid` names the supervisor that owns the folder: process id, and when that process
 * started, so that a number given out again by the system is not mistaken for it. It also tells `skein reload` whom to signal.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonObject } from '@skein/base';

export interface DataOwner {
  readonly pid: number;
  /** Undefined where the system does not tell. */
  readonly startedAt: string | undefined;
  /** Undefined until the server listens. */
  readonly url: string | undefined;
}

/** The folder belongs to a server that is running. */
export class DataLockedError extends Error {
  override readonly name = 'DataLockedError';
}

export class DataLock {
  readonly #file: string;

  private constructor(file: string) {
    this.#file = file;
  }

  /**
   * Takes the folder, which is made when missing. Throws `DataLockedError` while another server has it. Should two servers
   * find the same dead owner at the same moment, the one that wrote last has it: both look again after `settleMs`.
   */
  static async take(folder: string, settleMs = 30): Promise<DataLock> {
    mkdirSync(folder, { recursive: true });
    const file = join(folder, 'skein.pid');
    refuse(folder, runningOwner(file));
    const lock = new DataLock(file);
    lock.#write(undefined);
    await new Promise((resolve) => setTimeout(resolve, settleMs));
    const owner = runningOwner(file);
    if (owner?.pid !== process.pid) refuse(folder, owner);
    return lock;
  }

  /** Notes the address, for messages and for the command line. */
  listening(url: string): void {
    this.#write(url);
  }

  release(): void {
    if (readOwner(this.#file)?.pid === process.pid) rmSync(this.#file, { force: true });
  }

  #write(url: string | undefined): void {
    const owner = { pid: process.pid, startedAt: startOf(process.pid), url };
    const temporary = `${this.#file}.${process.pid}`;
    writeFileSync(temporary, `${JSON.stringify(owner)}\n`);
    renameSync(temporary, this.#file);
  }
}

/** The server that runs on a data folder, or undefined. */
export function ownerOf(folder: string): DataOwner | undefined {
  return runningOwner(join(folder, 'skein.pid'));
}

function refuse(folder: string, owner: DataOwner | undefined): void {
  if (owner === undefined) return;
  const where = owner.url === undefined ? '' : `, listening on ${owner.url}`;
  throw new DataLockedError(
    `${folder} is in use by another Skein server (process ${owner.pid}${where}); stop it or choose another SKEIN_DATA`,
  );
}

function runningOwner(file: string): DataOwner | undefined {
  const owner = readOwner(file);
  if (owner === undefined || !isRunning(owner.pid)) return undefined;
  return startOf(owner.pid) === owner.startedAt ? owner : undefined;
}

function readOwner(file: string): DataOwner | undefined {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (!isJsonObject(content) || typeof content['pid'] !== 'number') return undefined;
    const { pid, startedAt, url } = content;
    return {
      pid,
      startedAt: typeof startedAt === 'string' ? startedAt : undefined,
      url: typeof url === 'string' ? url : undefined,
    };
  } catch {
    return undefined;
  }
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It exists, but belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Ticks since boot at which a process started (field 22 of /proc/<pid>/stat); undefined where there is no /proc. */
export function startOf(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses and may itself hold spaces.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
