import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { assert, CorruptionError } from '@skein/base';
import { type Directory, FileMissingError, LOAD_ALIGNMENT_BYTES, type LoadTarget } from '@skein/engine';
import { mapFile } from './map-file.ts';

/** Smaller files are read: a mapping costs an entry in the kernel's table, of which a process has 65,530. */
const MAP_BYTES_MIN = 65_536;
/** Parts up to this size are gathered into one write. */
const WRITE_BYTES = 262_144;
const TEMPORARY_PREFIX = '.writing-';

export interface FileDirectoryOptions {
  /** `map` falls back to reading where it is not possible. */
  readonly loading: 'map' | 'read';
}

/** `SKEIN_MMAP=0` switches mapping off. */
export function loadingFrom(environment: { readonly [name: string]: string | undefined }): 'map' | 'read' {
  return environment['SKEIN_MMAP'] === '0' ? 'read' : 'map';
}

/** A folder of the machine's file system as the engine's storage. The folder is made by the first write. */
export class FileDirectory implements Directory {
  readonly maps: boolean;
  readonly #folder: string;
  readonly #loading: 'map' | 'read';

  constructor(folder: string, options: FileDirectoryOptions = { loading: loadingFrom(process.env) }) {
    this.#folder = folder;
    this.#loading = options.loading;
    this.maps = options.loading === 'map' && mapFile !== undefined;
  }

  list(): readonly string[] {
    try {
      return readdirSync(this.#folder).filter((name) => !name.startsWith(TEMPORARY_PREFIX));
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  byteLength(name: string): number | undefined {
    return statSync(join(this.#folder, name), { throwIfNoEntry: false })?.size;
  }

  write(name: string, parts: Iterable<Uint8Array>): void {
    const temporary = join(this.#folder, TEMPORARY_PREFIX + name);
    const descriptor = this.#create(temporary);
    try {
      writeAll(descriptor, parts);
      fsyncSync(descriptor);
    } catch (error) {
      closeSync(descriptor);
      rmSync(temporary, { force: true });
      throw error;
    }
    closeSync(descriptor);
    renameSync(temporary, join(this.#folder, name));
    syncFolder(this.#folder);
  }

  read(name: string, byteOffset: number, byteLength: number): Uint8Array<ArrayBuffer> {
    return this.#withFile(name, (descriptor) => {
      const bytes = new Uint8Array(byteLength);
      this.#readInto(name, descriptor, bytes, byteOffset);
      return bytes;
    });
  }

  load(name: string, byteLength: number, memory: LoadTarget, byteOffset: number): void {
    assert(byteOffset % LOAD_ALIGNMENT_BYTES === 0, 'load: the place in memory is aligned');
    const { buffer } = memory;
    assert(byteOffset + byteLength <= buffer.byteLength, 'load: the file fits into the memory');
    this.#withFile(name, (descriptor) => {
      // Touching mapped pages behind the file's end would end the process.
      if (fstatSync(descriptor).size < byteLength) throw this.#tooShort(name, descriptor, byteLength);
      const wholePages = Math.ceil(byteLength / LOAD_ALIGNMENT_BYTES) * LOAD_ALIGNMENT_BYTES;
      const fits = byteOffset + wholePages <= buffer.byteLength;
      if (this.#loading === 'map' && byteLength >= MAP_BYTES_MIN && fits) {
        if (mapFile?.(buffer, byteOffset, byteLength, descriptor) === true) return;
      }
      this.#readInto(name, descriptor, new Uint8Array(buffer, byteOffset, byteLength), 0);
    });
  }

  remove(name: string): void {
    rmSync(join(this.#folder, name), { force: true });
  }

  describe(name: string): string {
    return join(this.#folder, name);
  }

  /** What a crash in the middle of `write` left behind. Only for the one process that writes here, before it does. */
  removeTemporaries(): void {
    let names: readonly string[] = [];
    try {
      names = readdirSync(this.#folder);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    for (const name of names) if (name.startsWith(TEMPORARY_PREFIX)) this.remove(name);
  }

  #create(path: string): number {
    try {
      return openSync(path, 'w', 0o600);
    } catch (error) {
      if (!isMissing(error)) throw error;
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      syncFolder(dirname(this.#folder));
      return openSync(path, 'w', 0o600);
    }
  }

  #withFile<Result>(name: string, use: (descriptor: number) => Result): Result {
    let descriptor: number;
    try {
      descriptor = openSync(join(this.#folder, name), 'r');
    } catch (error) {
      if (isMissing(error)) throw new FileMissingError(`${this.describe(name)} is missing`, { cause: error });
      throw error;
    }
    try {
      return use(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }

  #readInto(name: string, descriptor: number, target: Uint8Array, byteOffset: number): void {
    let filled = 0;
    while (filled < target.byteLength) {
      const count = readSync(descriptor, target, filled, target.byteLength - filled, byteOffset + filled);
      if (count === 0) throw this.#tooShort(name, descriptor, byteOffset + target.byteLength);
      filled += count;
    }
  }

  #tooShort(name: string, descriptor: number, wanted: number): CorruptionError {
    return new CorruptionError({
      file: this.describe(name),
      offset: fstatSync(descriptor).size,
      expected: `a file of at least ${wanted} bytes`,
    });
  }
}

/** Makes names in `folder` (created, renamed, removed) survive a power cut. */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Atomic and durable, as `Directory.write`, for a file anywhere. */
export function writeFileDurably(path: string, text: string): void {
  new FileDirectory(dirname(path)).write(path.slice(dirname(path).length + 1), [Buffer.from(text)]);
}

/** Parts may be made one by one in the same bytes: each is written, or copied, before the next is asked for. */
function writeAll(descriptor: number, parts: Iterable<Uint8Array>): void {
  const small = new Uint8Array(WRITE_BYTES);
  let filled = 0;
  for (const part of parts) {
    if (filled + part.byteLength > small.byteLength) {
      writeWhole(descriptor, small.subarray(0, filled));
      filled = 0;
    }
    if (part.byteLength > small.byteLength) {
      writeWhole(descriptor, part);
    } else {
      small.set(part, filled);
      filled += part.byteLength;
    }
  }
  writeWhole(descriptor, small.subarray(0, filled));
}

function writeWhole(descriptor: number, bytes: Uint8Array): void {
  let written = 0;
  while (written < bytes.byteLength) written += writeSync(descriptor, bytes, written);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
