/**
 * What the journal needs of a disk. `NodeJournalDisk` is the real one; `testing/sim-disk.ts` loses, tears and fills up on purpose.
 *
 * Contract: bytes and lengths survive a crash only after `sync`; names (created, removed) survive as soon as
 * the call resolves. Between two syncs a crash may keep any part of what was written, in any order.
 */
export interface JournalDisk {
  list(): Promise<readonly string[]>;
  byteLength(name: string): Promise<number>;
  /** At most `byteLength` bytes; fewer only at the end of the file. */
  read(name: string, byteOffset: number, byteLength: number): Promise<Uint8Array>;
  /** A new, empty file. */
  create(name: string): Promise<JournalFile>;
  open(name: string): Promise<JournalFile>;
  remove(name: string): Promise<void>;
  /** For messages: where the file is, as a person would look for it. */
  describe(name: string): string;
}

export interface JournalFile {
  /** Rejects with `DiskFullError` when there is no room; a part may have been written. */
  write(parts: readonly Uint8Array[], byteOffset: number): Promise<void>;
  truncate(byteLength: number): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

export class DiskFullError extends Error {
  override readonly name = 'DiskFullError';
}
