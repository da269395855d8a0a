/** A folder in memory: for tests, and wherever a small index needs no disk. */
import { type Directory, FileMissingError, type LoadTarget } from '../directory.ts';

export class MemoryDirectory implements Directory {
  readonly maps = false;
  readonly #files = new Map<string, Uint8Array<ArrayBuffer>>();

  list(): readonly string[] {
    return [...this.#files.keys()].sort();
  }

  byteLength(name: string): number | undefined {
    return this.#files.get(name)?.length;
  }

  write(name: string, parts: Iterable<Uint8Array>): void {
    const copies: Uint8Array[] = [];
    for (const part of parts) copies.push(part.slice());
    const file = new Uint8Array(copies.reduce((total, copy) => total + copy.length, 0));
    let at = 0;
    for (const copy of copies) {
      file.set(copy, at);
      at += copy.length;
    }
    this.#files.set(name, file);
  }

  read(name: string, byteOffset: number, byteLength: number): Uint8Array<ArrayBuffer> {
    const file = this.#existing(name);
    checkInside(name, file, byteOffset + byteLength);
    return file.slice(byteOffset, byteOffset + byteLength);
  }

  load(name: string, byteLength: number, memory: LoadTarget, byteOffset: number): void {
    const file = this.#existing(name);
    checkInside(name, file, byteLength);
    new Uint8Array(memory.buffer, byteOffset, byteLength).set(file.subarray(0, byteLength));
  }

  remove(name: string): void {
    this.#files.delete(name);
  }

  describe(name: string): string {
    return `memory:${name}`;
  }

  #existing(name: string): Uint8Array<ArrayBuffer> {
    const file = this.#files.get(name);
    if (file === undefined) throw new FileMissingError(`${this.describe(name)} does not exist`);
    return file;
  }
}

function checkInside(name: string, file: Uint8Array, end: number): void {
  if (end > file.length)
    throw new RangeError(`memory:${name} has ${file.length} bytes, ${end} were asked for`);
}
