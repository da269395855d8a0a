import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { DiskFullError, type JournalDisk, type JournalFile } from './journal-disk.ts';

/** How many buffers one system call takes; the kernel's own limit is 1,024. */
const PARTS_PER_CALL = 512;

/** A folder of the machine's file system. All calls go through the thread pool: the event loop stays free while disks sync. */
export class NodeJournalDisk implements JournalDisk {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(folder: string): Promise<NodeJournalDisk> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return new NodeJournalDisk(folder);
  }

  list(): Promise<readonly string[]> {
    return readdir(this.#folder);
  }

  async byteLength(name: string): Promise<number> {
    return (await stat(join(this.#folder, name))).size;
  }

  async read(name: string, byteOffset: number, byteLength: number): Promise<Uint8Array> {
    const handle = await open(join(this.#folder, name), 'r');
    try {
      const bytes = new Uint8Array(byteLength);
      let filled = 0;
      while (filled < byteLength) {
        const { bytesRead } = await handle.read(bytes, filled, byteLength - filled, byteOffset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return bytes.subarray(0, filled);
    } finally {
      await handle.close();
    }
  }

  async create(name: string): Promise<JournalFile> {
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL;
    try {
      const handle = await open(join(this.#folder, name), flags, 0o600);
      await this.#syncFolder();
      return new NodeJournalFile(handle);
    } catch (error) {
      if (isNoSpace(error))
        throw new DiskFullError('no space left for another journal file', { cause: error });
      throw error;
    }
  }

  async open(name: string): Promise<JournalFile> {
    return new NodeJournalFile(await open(join(this.#folder, name), 'r+'));
  }

  async remove(name: string): Promise<void> {
    await unlink(join(this.#folder, name));
    await this.#syncFolder();
  }

  describe(name: string): string {
    return join(this.#folder, name);
  }

  async #syncFolder(): Promise<void> {
    const handle = await open(this.#folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}

class NodeJournalFile implements JournalFile {
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async write(parts: readonly Uint8Array[], byteOffset: number): Promise<void> {
    let at = byteOffset;
    try {
      for (let from = 0; from < parts.length; from += PARTS_PER_CALL) {
        const some = parts.slice(from, from + PARTS_PER_CALL);
        const wanted = some.reduce((sum, part) => sum + part.byteLength, 0);
        const { bytesWritten } = await this.#handle.writev(some, at);
        if (bytesWritten < wanted)
          await this.#writeRest(Buffer.concat(some).subarray(bytesWritten), at + bytesWritten);
        at += wanted;
      }
    } catch (error) {
      if (isNoSpace(error)) throw new DiskFullError('no space left for the journal', { cause: error });
      throw error;
    }
  }

  async #writeRest(bytes: Uint8Array, byteOffset: number): Promise<void> {
    let written = 0;
    while (written < bytes.byteLength) {
      const result = await this.#handle.write(
        bytes,
        written,
        bytes.byteLength - written,
        byteOffset + written,
      );
      written += result.bytesWritten;
    }
  }

  async truncate(byteLength: number): Promise<void> {
    await this.#handle.truncate(byteLength);
  }

  async sync(): Promise<void> {
    await this.#handle.datasync();
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

function isNoSpace(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOSPC' || code === 'EDQUOT';
}
