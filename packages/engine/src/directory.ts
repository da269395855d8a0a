/**
 * Storage of one index, as the engine sees it: a flat folder of named files.
 *
 * Contract, kept by every implementation (`directory.contract.ts`):
 *  - `write` is atomic and durable: after it returns the file has exactly these bytes even through a power cut; during a crash
 *    the name holds the old file or the new one, never a mixture. It never changes bytes that somebody has loaded.
 *  - `load` puts the first `byteLength` bytes of a file at `byteOffset` of a memory. They stay valid until the memory is
 *    collected, even when the file is removed. They may be a shared mapping: nobody writes to them.
 *  - a missing file is `undefined` where a result is returned, else `FileMissingError`.
 *
 * Names are plain (`[a-z0-9._-]+`); the engine makes them.
 */
export interface Directory {
  /** Whether `load` maps files, and so costs next to nothing however long they are. */
  readonly maps: boolean;
  list(): readonly string[];
  byteLength(name: string): number | undefined;
  /** `parts` are written one after the other; a part's bytes may be reused once the next is asked for. */
  write(name: string, parts: Iterable<Uint8Array>): void;
  /** A copy of a part of the file, on memory of its own (never shared). */
  read(name: string, byteOffset: number, byteLength: number): Uint8Array<ArrayBuffer>;
  load(name: string, byteLength: number, memory: LoadTarget, byteOffset: number): void;
  /** Removing what is not there is no error. */
  remove(name: string): void;
  /** For messages only: where the file is, as a person would look for it. */
  describe(name: string): string;
}

/** Where `load` puts bytes. `byteOffset` is a multiple of `LOAD_ALIGNMENT_BYTES`. */
export interface LoadTarget {
  readonly buffer: ArrayBufferLike;
}

/** Mappings start at multiples of the largest page that systems use. */
export const LOAD_ALIGNMENT_BYTES = 65_536;

export class FileMissingError extends Error {
  override readonly name = 'FileMissingError';
}
