/**
 * Keeps a data folder to one server. `skein.pid` names the supervisor that owns the folder: process id, and when that process
 * started, so that a number given out again by the system is not mistaken for it. It also tells `skein reload` whom to signal.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonObject } from '@skein/base';

export interface DataOwner extends ProcessMark {
  /** Undefined until the server listens. */
  readonly url: string | undefined;
  /** The process that writes to the folder. */
  readonly builder: ProcessMark | undefined;
  /** Where that process answers others of this machine. */
  readonly builderSocket: string | undefined;
}

export interface ProcessMark {
  readonly pid: number;
  /** Undefined where the system does not tell. */
  readonly startedAt: string | undefined;
}

/** The folder belongs to a server that is running. */
export class DataLockedError extends Error {
  override readonly name = 'DataLockedError';
}

/** The folder cannot be made or written to. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError';
}

export class DataLock {
  readonly #file: string;
  #url: string | undefined;
  #builder: ProcessMark | undefined;
  #builderSocket: string | undefined;

  private constructor(file: string, builder: ProcessMark | undefined) {
    this.#file = file;
    this.#builder = builder;
  }

  /**
   * Takes the folder, which is made when missing. Throws `DataLockedError` while another server has it, `DataFolderError` when it
   * cannot be written to. Should two servers
   * find the same dead owner at the same moment, the one that wrote last has it: both look again after `settleMs`.
   */
  static async take(folder: string, settleMs = 30): Promise<DataLock> {
    writing(folder, () => mkdirSync(folder, { recursive: true, mode: 0o700 }));
    const file = join(folder, 'skein.pid');
    refuse(folder, runningOwner(file));
    // A supervisor that was killed leaves a builder that ends by itself soon: its mark is kept until it has.
    const lock = new DataLock(file, readOwner(file)?.builder);
    writing(folder, () => lock.#write());
    await new Promise((resolve) => setTimeout(resolve, settleMs));
    const owner = runningOwner(file);
    if (owner?.pid !== process.pid) refuse(folder, owner);
    return lock;
  }

  /** Notes the address, for messages and for the command line. */
  listening(url: string): void {
    this.#url = url;
    this.#write();
  }

  /** Notes the process that writes to the folder from now on. */
  builderIs(pid: number, socketPath?: string): void {
    this.#builder = markOf(pid);
    this.#builderSocket = socketPath;
    this.#write();
  }

  /**
   * Resolves once no builder of an earlier server is left: two of them would write over each other. Throws `DataLockedError`
   * when it has not ended after `waitMsMax`.
   */
  async untilNoBuilder(waitMsMax: number): Promise<void> {
    const stepMs = 25;
    for (let waitedMs = 0; isAlive(this.#builder); waitedMs += stepMs) {
      if (waitedMs >= waitMsMax) {
        const pid = this.#builder?.pid;
        throw new DataLockedError(
          `process ${pid}, left by a server that was killed, still writes to the data folder`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, stepMs));
    }
  }

  release(): void {
    if (readOwner(this.#file)?.pid === process.pid) rmSync(this.#file, { force: true });
  }

  #write(): void {
    const owner = {
      ...markOf(process.pid),
      url: this.#url,
      builder: this.#builder,
      builderSocket: this.#builderSocket,
    };
    const temporary = `${this.#file}.${process.pid}`;
    writeFileSync(temporary, `${JSON.stringify(owner)}\n`);
    renameSync(temporary, this.#file);
  }
}

/** The server that runs on a data folder, or undefined. */
export function ownerOf(folder: string): DataOwner | undefined {
  return runningOwner(join(folder, 'skein.pid'));
}

function writing(folder: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DataFolderError(
      `cannot write to the data folder ${folder} (${reason}); make it writable or choose another SKEIN_DATA`,
      { cause: error },
    );
  }
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
  return isAlive(owner) ? owner : undefined;
}

function isAlive(mark: ProcessMark | undefined): boolean {
  return mark !== undefined && isRunning(mark.pid) && startOf(mark.pid) === mark.startedAt;
}

function markOf(pid: number): ProcessMark {
  return { pid, startedAt: startOf(pid) };
}

function readOwner(file: string): DataOwner | undefined {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const mark = readMark(content);
    if (!isJsonObject(content) || mark === undefined) return undefined;
    const { url, builder, builderSocket } = content;
    return {
      ...mark,
      url: typeof url === 'string' ? url : undefined,
      builder: readMark(builder),
      builderSocket: typeof builderSocket === 'string' ? builderSocket : undefined,
    };
  } catch {
    return undefined;
  }
}

function readMark(value: unknown): ProcessMark | undefined {
  if (!isJsonObject(value) || typeof value['pid'] !== 'number') return undefined;
  const { pid, startedAt } = value;
  return { pid, startedAt: typeof startedAt === 'string' ? startedAt : undefined };
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
