/**
 * Payloads of entries on their way into the order: append-only files (`entry-file.ts` draws their bytes), one sync for all that wait.
 * An entry stays until it is dropped, because it is in the journal by then, or can never be ordered.
 *
 * Invariants:
 *  - one group is written at a time, and the next one only after its sync: so at most the last group can be torn.
 *  - a file is followed by another only when all of it is durable: so only the last file can have a torn end.
 *  - a file goes when none of its entries is wanted; few that hold up a large file are first copied, synced, to the current one.
 *  - after a failed sync nobody knows what the disk holds: the store takes nothing more until it is opened again, which looks.
 *
 * What is dropped is not written down: after a crash, dropped entries may be back, whole. Their owner drops them again.
 */
import { assert, CorruptionError } from '@skein/base';
import { DiskFullError, type JournalDisk, type JournalFile } from '../journal-disk.ts';
import { ENTRY_BYTES_MAX, ENTRY_FILE_BYTES_MAX, ENTRY_TAIL_BYTES_MAX, GROUP_BYTES_MAX } from '../limits.ts';
import {
  decodeStoredEntry,
  ENTRY_FILE_HEADER_BYTES,
  encodeEntryFileHeader,
  encodeStoredEntryHead,
  entryFileHeaderFault,
  entryFileName,
  findStoredEntryThatSynced,
  parseEntryFileName,
  STORED_ENTRY_HEAD_BYTES_MAX,
} from './entry-file.ts';
import { type EntryId, entryText } from './entry-id.ts';

export interface EntryStoreOptions {
  readonly fileBytesMax?: number | undefined;
  /** Of payloads kept in memory. */
  readonly tailBytesMax?: number | undefined;
}

export type EntryStoreErrorCode =
  /** Nothing of it was kept. */
  | 'disk-full'
  | 'too-large'
  /** The entry is here, with other bytes. */
  | 'other-payload'
  | 'closed'
  /** Whether it was kept shows when the store is opened again. */
  | 'store-failed';

/** An entry that was not acknowledged. */
export class EntryStoreError extends Error {
  override readonly name = 'EntryStoreError';
  readonly code: EntryStoreErrorCode;

  constructor(code: EntryStoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Where an entry is. A new object when it moves, so that whoever waited sees that it did. */
interface Place {
  readonly id: EntryId;
  readonly file: number;
  readonly offset: number;
  /** With its head. */
  readonly bytes: number;
}

interface FileInfo {
  bytes: number;
  liveBytes: number;
  liveCount: number;
  /** An entry of it could not be read: it stays for whoever looks into it. */
  damaged: boolean;
}

interface WaitingEntry {
  readonly id: EntryId;
  readonly text: string;
  readonly payload: Uint8Array;
  /** Where it is copied from; undefined: it is new. */
  readonly from: Place | undefined;
  readonly written: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: EntryStoreError) => void;
}

/** A file with at most this part wanted is emptied by copying. So copying costs at most this part of what was written. */
const COPIED_PART_MAX = 1 / 8;
/** The file being written is replaced when nothing in it is wanted and it has grown to this part of a whole one. */
const REPLACED_PART_MIN = 1 / 4;

export class EntryStore {
  readonly #disk: JournalDisk;
  readonly #fileBytesMax: number;
  readonly #tail: PayloadTail;
  readonly #places = new Map<string, Place>();
  /** New entries that are being written, or wait for it. */
  readonly #pending = new Map<string, WaitingEntry>();
  /** By number, ascending. */
  readonly #files = new Map<number, FileInfo>();
  #current: { readonly number: number; readonly file: JournalFile } | undefined;
  #numberLast = 0;
  #waiting: WaitingEntry[] = [];
  #writing: Promise<void> | undefined;
  #collecting: Promise<void> = Promise.resolve();
  #failure: EntryStoreError | undefined;
  #closed = false;
  #syncCount = 0;
  #tornBytes = 0;

  private constructor(disk: JournalDisk, options: EntryStoreOptions) {
    this.#disk = disk;
    this.#fileBytesMax = options.fileBytesMax ?? ENTRY_FILE_BYTES_MAX;
    this.#tail = new PayloadTail(options.tailBytesMax ?? ENTRY_TAIL_BYTES_MAX);
  }

  /** Reads all files and cuts a torn end. Throws `CorruptionError` where acknowledged bytes are damaged. */
  static async open(disk: JournalDisk, options: EntryStoreOptions = {}): Promise<EntryStore> {
    const store = new EntryStore(disk, options);
    const numbers = (await disk.list())
      .map(parseEntryFileName)
      .filter((number) => number !== undefined)
      .sort((a, b) => a - b);
    for (const number of numbers) await store.#openFile(number, number === numbers.at(-1));
    return store;
  }

  /** Of its files, with what is dropped and not yet gone. */
  get byteLength(): number {
    let sum = 0;
    for (const { bytes } of this.#files.values()) sum += bytes;
    return sum;
  }

  /** Entries that are synced and not dropped. */
  get count(): number {
    return this.#places.size;
  }

  get syncCount(): number {
    return this.#syncCount;
  }

  /** Bytes cut off at start because a crash tore them. */
  get tornBytes(): number {
    return this.#tornBytes;
  }

  /** Why the store takes nothing more until it is opened again; undefined: it does. */
  get failure(): EntryStoreError | undefined {
    return this.#failure;
  }

  has(id: EntryId): boolean {
    return this.#places.has(entryText(id));
  }

  ids(): readonly EntryId[] {
    return Array.from(this.#places.values(), ({ id }) => id);
  }

  /**
   * Resolves when the entry is synced. `payload` must not change from now on. The same entry again waits for the first; under the name of
   * another one it is rejected. Rejects with `EntryStoreError`.
   */
  async add(id: EntryId, payload: Uint8Array): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#closed) throw new EntryStoreError('closed', 'the store of entries is closed');
    if (payload.byteLength > ENTRY_BYTES_MAX) {
      throw new EntryStoreError(
        'too-large',
        `an entry has ${payload.byteLength} bytes, at most ${ENTRY_BYTES_MAX} are allowed`,
      );
    }
    const text = entryText(id);
    const pending = this.#pending.get(text);
    if (pending !== undefined) {
      if (!isEqual(pending.payload, payload)) throw otherPayload(text);
      return pending.written;
    }
    const place = this.#places.get(text);
    if (place === undefined) return this.#enqueue(id, text, payload, undefined);
    let kept: Uint8Array | undefined;
    try {
      kept = await this.read(id);
    } catch (error) {
      if (!(error instanceof CorruptionError)) throw error;
      // What is here is damaged: the same entry, brought again, takes its place.
      if (this.#places.get(text) === place) this.#forget(text, place);
    }
    if (kept === undefined) return this.add(id, payload);
    if (!isEqual(kept, payload)) throw otherPayload(text);
  }

  /**
   * The payload as it was added, unless the disk says otherwise: then `CorruptionError`. Undefined: not here, or dropped. The caller must
   * not change it. Entries that are not synced yet are not shown.
   */
  async read(id: EntryId): Promise<Uint8Array | undefined> {
    const text = entryText(id);
    for (;;) {
      const place = this.#places.get(text);
      if (place === undefined) return undefined;
      const recent = this.#tail.get(text);
      if (recent !== undefined) return recent;
      try {
        return await this.#readPlace(place);
      } catch (error) {
        // It was moved or dropped while it was read, and its file removed.
        if (this.#places.get(text) === place) throw error;
      }
    }
  }

  /**
   * The entries are not wanted any more; those that are not here are passed over. They are gone for readers at once; resolves when files
   * that nobody wants are removed. Rejects when a file cannot be removed; a later call tries again.
   */
  drop(ids: Iterable<EntryId>): Promise<void> {
    for (const id of ids) {
      const text = entryText(id);
      // Whoever waits for one that is being written still hears when it is synced.
      this.#pending.delete(text);
      const place = this.#places.get(text);
      if (place !== undefined) this.#forget(text, place);
    }
    if (!this.#isWorthCollecting()) return Promise.resolve();
    const collecting = this.#collecting.then(() => this.#collect());
    this.#collecting = collecting.catch(() => {});
    return collecting;
  }

  /** Waits for what is being added; later adds are refused. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#collecting;
    await this.#writing;
    const current = this.#current;
    this.#current = undefined;
    await current?.file.close();
  }

  #forget(text: string, place: Place): void {
    this.#places.delete(text);
    this.#tail.delete(text);
    const info = this.#files.get(place.file);
    assert(info !== undefined, 'an entry lies in a file');
    info.liveBytes -= place.bytes;
    info.liveCount--;
  }

  #remember(text: string, place: Place): void {
    const before = this.#places.get(text);
    if (before !== undefined) this.#forget(text, before);
    this.#places.set(text, place);
    const info = this.#files.get(place.file);
    assert(info !== undefined, 'an entry lies in a file');
    info.liveBytes += place.bytes;
    info.liveCount++;
  }

  #enqueue(id: EntryId, text: string, payload: Uint8Array, from: Place | undefined): Promise<void> {
    let resolve: () => void = () => {};
    let reject: (error: EntryStoreError) => void = () => {};
    const written = new Promise<void>((onResolve, onReject) => {
      resolve = onResolve;
      reject = onReject;
    });
    const entry: WaitingEntry = { id, text, payload, from, written, resolve, reject };
    if (from === undefined) this.#pending.set(text, entry);
    this.#waiting.push(entry);
    this.#writing ??= this.#write();
    return written;
  }

  /** Writes groups until nothing waits. Never rejects: every entry hears of its own group. */
  async #write(): Promise<void> {
    // One turn of the microtask queue, so that entries added in the same turn share the sync.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const group = this.#takeGroup();
      try {
        await this.#writeGroup(group);
      } catch (error) {
        const failure = this.#failureOf(error);
        this.#reject(group, failure);
        if (this.#failure !== undefined) this.#reject(this.#waiting.splice(0), this.#failure);
      }
    }
    this.#writing = undefined;
  }

  #takeGroup(): readonly WaitingEntry[] {
    let count = 0;
    let bytes = 0;
    for (const { payload } of this.#waiting) {
      const more = payload.byteLength + STORED_ENTRY_HEAD_BYTES_MAX;
      if (count > 0 && bytes + more > GROUP_BYTES_MAX) break;
      count++;
      bytes += more;
    }
    return this.#waiting.splice(0, count);
  }

  async #writeGroup(group: readonly WaitingEntry[]): Promise<void> {
    const { number, file } = await this.#fileForNextGroup();
    const info = this.#files.get(number)!;
    const synced = info.bytes;
    const parts: Uint8Array[] = [];
    const places: Place[] = [];
    let offset = synced;
    for (const { id, payload } of group) {
      const head = encodeStoredEntryHead(id, payload, { offset, synced });
      parts.push(head, payload);
      const bytes = head.byteLength + payload.byteLength;
      places.push({ id, file: number, offset, bytes });
      offset += bytes;
    }
    try {
      await file.write(parts, synced);
    } catch (error) {
      // The refused bytes must be gone for good before others take their place.
      await file.truncate(synced);
      await file.sync();
      throw error;
    }
    await file.sync();
    this.#syncCount++;
    info.bytes = offset;
    group.forEach((entry, at) => {
      const { text, payload, from, resolve } = entry;
      const isWanted =
        from === undefined ? this.#pending.get(text) === entry : this.#places.get(text) === from;
      if (isWanted) {
        this.#remember(text, places[at]!);
        if (from === undefined) this.#tail.set(text, payload);
      }
      if (this.#pending.get(text) === entry) this.#pending.delete(text);
      resolve();
    });
  }

  #reject(group: readonly WaitingEntry[], error: EntryStoreError): void {
    for (const entry of group) {
      if (this.#pending.get(entry.text) === entry) this.#pending.delete(entry.text);
      entry.reject(error);
    }
  }

  #failureOf(error: unknown): EntryStoreError {
    if (error instanceof DiskFullError) {
      return new EntryStoreError('disk-full', 'the disk of the entries is full', { cause: error });
    }
    this.#failure = new EntryStoreError(
      'store-failed',
      'writing an entry failed: whether it was kept shows when the store is opened again',
      { cause: error },
    );
    return this.#failure;
  }

  async #fileForNextGroup(): Promise<{ readonly number: number; readonly file: JournalFile }> {
    const current = this.#current;
    if (current !== undefined && this.#files.get(current.number)!.bytes < this.#fileBytesMax) return current;
    const number = this.#numberLast + 1;
    const name = entryFileName(number);
    let file: JournalFile | undefined;
    try {
      file = await this.#disk.create(name);
      await file.write([encodeEntryFileHeader(number)], 0);
      await file.sync();
    } catch (error) {
      await file?.close();
      if (file !== undefined) await this.#disk.remove(name);
      throw error;
    }
    this.#numberLast = number;
    this.#files.set(number, {
      bytes: ENTRY_FILE_HEADER_BYTES,
      liveBytes: 0,
      liveCount: 0,
      damaged: false,
    });
    this.#current = { number, file };
    await current?.file.close();
    return this.#current;
  }

  #isWorthCollecting(): boolean {
    for (const [number, info] of this.#files) {
      if (this.#isReplaceable(number, info)) return true;
      if (number !== this.#current?.number && (info.liveCount === 0 || isWorthCopying(info))) return true;
    }
    return false;
  }

  #isReplaceable(number: number, { bytes, liveCount }: FileInfo): boolean {
    return (
      number === this.#current?.number &&
      this.#writing === undefined &&
      liveCount === 0 &&
      bytes >= this.#fileBytesMax * REPLACED_PART_MIN
    );
  }

  async #collect(): Promise<void> {
    for (const [number, info] of [...this.#files]) {
      if (this.#closed) return;
      if (this.#isReplaceable(number, info)) {
        const { file } = this.#current!;
        this.#current = undefined;
        await file.close();
      }
      if (number === this.#current?.number) continue;
      if (isWorthCopying(info)) await this.#copyFrom(number, info);
      if (info.liveCount > 0) continue;
      await this.#disk.remove(entryFileName(number));
      this.#files.delete(number);
    }
  }

  /** Entries of the file that are still wanted go to the current one. When that fails they stay where they are. */
  async #copyFrom(number: number, info: FileInfo): Promise<void> {
    // A full disk or a failed one is heard by those who add.
    const copies: Promise<unknown>[] = [];
    for (const [text, place] of this.#places) {
      if (place.file !== number || this.#failure !== undefined) continue;
      try {
        const payload = await this.#readPlace(place);
        copies.push(Promise.allSettled([this.#enqueue(place.id, text, payload, place)]));
      } catch (error) {
        if (!(error instanceof CorruptionError)) throw error;
        // Whoever reads the entry hears of it, and fetches it elsewhere.
        if (this.#places.get(text) === place) info.damaged = true;
      }
    }
    await Promise.all(copies);
  }

  async #readPlace({ id, file, offset, bytes }: Place): Promise<Uint8Array> {
    const name = entryFileName(file);
    const read = await this.#disk.read(name, offset, bytes);
    const result = decodeStoredEntry(read, 0, offset);
    const expected = `the entry ${entryText(id)}`;
    if (result.kind === 'bad') throw this.#damaged(name, offset, result.expected);
    if (entryText(result.id) !== entryText(id)) throw this.#damaged(name, offset, expected);
    return result.payload;
  }

  async #openFile(number: number, isLast: boolean): Promise<void> {
    const name = entryFileName(number);
    const bytes = await this.#disk.read(name, 0, await this.#disk.byteLength(name));
    this.#numberLast = number;
    const fault = entryFileHeaderFault(bytes, number);
    if (fault !== undefined) {
      // A crash between making the file and syncing its header: it never held an acknowledged entry.
      if (!isLast || bytes.byteLength > ENTRY_FILE_HEADER_BYTES) throw this.#damaged(name, 0, fault);
      await this.#disk.remove(name);
      this.#tornBytes += bytes.byteLength;
      return;
    }
    const info: FileInfo = {
      bytes: ENTRY_FILE_HEADER_BYTES,
      liveBytes: 0,
      liveCount: 0,
      damaged: false,
    };
    this.#files.set(number, info);
    while (info.bytes < bytes.byteLength) {
      const offset = info.bytes;
      const result = decodeStoredEntry(bytes, offset, offset);
      if (result.kind === 'entry') {
        const place = { id: result.id, file: number, offset, bytes: result.end - offset };
        this.#remember(entryText(result.id), place);
        info.bytes = result.end;
        continue;
      }
      if (!isLast) throw this.#damaged(name, offset, result.expected);
      const proof = findStoredEntryThatSynced(bytes, offset);
      if (proof === undefined) break;
      throw this.#damaged(
        name,
        offset,
        `${result.expected}: it was durable when the good one at byte ${proof} was written`,
      );
    }
    if (!isLast) return;
    const file = await this.#disk.open(name);
    if (info.bytes < bytes.byteLength) {
      this.#tornBytes += bytes.byteLength - info.bytes;
      await file.truncate(info.bytes);
    }
    // Entries that a crash left unsynced are shown from now on, so they have to stay.
    await file.sync();
    this.#current = { number, file };
  }

  #damaged(name: string, offset: number, expected: string): CorruptionError {
    return new CorruptionError({ file: this.#disk.describe(name), offset, expected });
  }
}

function isWorthCopying({ bytes, liveBytes, damaged }: FileInfo): boolean {
  return liveBytes > 0 && !damaged && liveBytes <= bytes * COPIED_PART_MAX;
}

function otherPayload(text: string): EntryStoreError {
  return new EntryStoreError('other-payload', `the entry ${text} is here with other bytes`);
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** The payloads added last, within a bound. */
class PayloadTail {
  readonly #bytesMax: number;
  readonly #payloads = new Map<string, Uint8Array>();
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get(text: string): Uint8Array | undefined {
    return this.#payloads.get(text);
  }

  set(text: string, payload: Uint8Array): void {
    this.delete(text);
    this.#payloads.set(text, payload);
    this.#bytes += payload.byteLength;
    for (const [oldest, { byteLength }] of this.#payloads) {
      if (this.#bytes <= this.#bytesMax) break;
      this.#payloads.delete(oldest);
      this.#bytes -= byteLength;
    }
  }

  delete(text: string): void {
    const payload = this.#payloads.get(text);
    if (payload === undefined) return;
    this.#payloads.delete(text);
    this.#bytes -= payload.byteLength;
  }
}
