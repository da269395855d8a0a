/** A file system of its own size for a folder, so that it can be filled without filling the machine: ext4 in a sparse file. */
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './run-command.ts';

const FILLER = 'filler';
const FILL_BYTES = 1024 * 1024;

export class LimitedDisk {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** `image` is made; undefined where this is not allowed. */
  static async mount(folder: string, image: string, mebibytes: number): Promise<LimitedDisk | undefined> {
    mkdirSync(folder, { recursive: true });
    try {
      await runCommand(['truncate', '-s', `${mebibytes}M`, image]);
      await runCommand(['mkfs.ext4', '-q', '-m', '0', image]);
      await runCommand(['mount', '-o', 'loop', image, folder]);
      return new LimitedDisk(folder);
    } catch {
      rmSync(image, { force: true });
      return undefined;
    }
  }

  /** Leaves no room at all. Most of it is reserved, not written: whoever runs tests must not stand still meanwhile. */
  async fill(): Promise<void> {
    const path = join(this.#folder, FILLER);
    // What is reserved needs some room itself, to be noted.
    const bytes = Math.floor(this.freeBytes * 0.99);
    if (bytes > 0) await runCommand(['fallocate', '-l', String(bytes), path]);
    for (let step = FILL_BYTES; step >= 512; ) {
      try {
        writeFileSync(path, Buffer.alloc(step, 1), { flag: 'a' });
      } catch {
        step = step >> 1;
      }
    }
  }

  free(): void {
    rmSync(join(this.#folder, FILLER), { force: true });
  }

  get freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.#folder);
    return bavail * bsize;
  }

  async unmount(): Promise<void> {
    // Lazily: somebody may still look at a file.
    await runCommand(['umount', '-l', this.#folder]).catch(() => undefined);
  }
}
