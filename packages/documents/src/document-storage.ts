/**
 * The documents of one application on disk: an LMDB file in a folder of its own. One process opens it for writing; any number of others
 * read, each from its own snapshots, while it writes.
 *
 * A batch of FQL transactions is one `write`, which is one LMDB transaction: all of it becomes visible at once, together with the
 * sequence of the operation that it was applied through. A process that is killed leaves whole batches. What survives a power loss is
 * told by `durableSequence`, and moved on by `sync` (`durable-state.ts`).
 *
 * Errors: `CorruptionError` when a file is not what was written; LMDB's own (a full disk) are thrown from `write` and `sync`, and leave
 * what was there before.
 */
import {
  closeSync,
  existsSync,
  fdatasync,
  fdatasyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { assert, CorruptionError } from '@skein/base';
import { ABORT, open as openLmdb, type RootDatabase, type Transaction } from 'lmdb';
import {
  checkLength,
  checkMetaPages,
  DATA_FILE,
  hasStore,
  isReady,
  keepState,
  keepStateSync,
  markReady,
  noteState,
  restoreDurableState,
  syncFolder,
} from './durable-state.ts';
import {
  COMMIT_PAGE_COUNT,
  FREE_PAGES_LOADED_MAX,
  MAP_BYTES_DEFAULT,
  PAGE_BYTES,
  READERS_MAX,
  UNSYNCED_BYTES_DEFAULT,
} from './limits.ts';
import { StorageReader } from './storage-reader.ts';
import { DocumentStorageWriter } from './storage-writer.ts';
import { openTables, ReadScope, TABLE_COUNT, type Tables } from './tables.ts';

export interface DocumentStorageOptions {
  /** Another process writes; this one only reads. The store must exist. */
  readonly readOnly?: boolean | undefined;
  /** Address space to begin with; the file may outgrow it. */
  readonly mapBytes?: number | undefined;
  /** So many bytes in written pages, about, start a `sync` without being asked. */
  readonly unsyncedBytesMax?: number | undefined;
}

/** What was stored at one time, until it is released. */
export interface Snapshot {
  readonly reader: StorageReader;
  /** Pages of the snapshot can be used again. Reading from it is over. */
  release(): void;
}

/** What a writer has open besides the file itself. */
interface WriterState {
  readonly fileDescriptor: number;
  /** Holds the pages of the durable state. */
  held: Transaction;
  lastTime: number;
  appliedSequence: number;
  durableSequence: number;
  /** Commits so far, and those that are durable. */
  commits: number;
  durableCommits: number;
  syncing: Promise<void> | undefined;
  /** Of a sync that nobody waits for; thrown by the next `write`. */
  syncError: unknown;
}

export class DocumentStorage {
  readonly #folder: string;
  readonly #root: RootDatabase;
  readonly #tables: Tables;
  readonly #unsyncedBytesMax: number;
  readonly #scopes = new Set<ReadScope>();
  #writer: WriterState | undefined;
  #isOpen = true;

  /** Makes the store when there is none, unless it is opened for reading. Throws `CorruptionError`. */
  static open(folder: string, options: DocumentStorageOptions = {}): DocumentStorage {
    const target = resolve(folder);
    if (options.readOnly !== true) {
      if (!hasStore(target)) makeStore(target);
      restoreDurableState(target);
    } else checkLength(target);
    checkMetaPages(target);
    return new DocumentStorage(target, options);
  }

  /** Whether readers find everything there that was acknowledged: not so from a power loss on until `markReady`. */
  static isReady(folder: string): boolean {
    return isReady(resolve(folder));
  }

  private constructor(folder: string, options: DocumentStorageOptions) {
    this.#folder = folder;
    this.#unsyncedBytesMax = options.unsyncedBytesMax ?? UNSYNCED_BYTES_DEFAULT;
    this.#root = this.#telling(() => openRoot(folder, options));
    this.#tables = this.#telling(() => openTables(this.#root));
    if (options.readOnly === true) return;
    const numbers = this.read(({ lastTime, appliedSequence }) => ({ lastTime, appliedSequence }));
    const fileDescriptor = openSync(join(folder, DATA_FILE), 'r+');
    // What a killed process left is made durable before anything is written over: nobody has held the state from before.
    const held = this.#hold();
    const state = noteState(folder, fileDescriptor);
    fdatasyncSync(fileDescriptor);
    keepStateSync(folder, state);
    this.#writer = {
      fileDescriptor,
      held,
      ...numbers,
      durableSequence: numbers.appliedSequence,
      commits: 0,
      durableCommits: 0,
      syncing: undefined,
      syncError: undefined,
    };
  }

  /** The last operation that the store contains. */
  get appliedSequence(): number {
    return this.#writer?.appliedSequence ?? this.read((reader) => reader.appliedSequence);
  }

  /** Time of the last transaction that wrote. */
  get lastTime(): number {
    return this.#writer?.lastTime ?? this.read((reader) => reader.lastTime);
  }

  /** Operations up to here survive a power loss. Only where the store is written. */
  get durableSequence(): number {
    return this.#writing().durableSequence;
  }

  /** Everything that `use` reads is of one state, the newest. Its iterators end with it. */
  read<T>(use: (reader: StorageReader) => T): T {
    const snapshot = this.snapshot();
    try {
      return this.#telling(() => use(snapshot.reader));
    } finally {
      snapshot.release();
    }
  }

  /** The newest state, for as long as the caller needs it; its pages cannot be used again until then. */
  snapshot(): Snapshot {
    assert(this.#isOpen, 'the store is open');
    const transaction = this.#hold();
    const scope = new ReadScope(transaction);
    this.#scopes.add(scope);
    return {
      reader: new StorageReader(this.#tables, scope),
      release: () => {
        if (!scope.isOpen) return;
        scope.isOpen = false;
        this.#scopes.delete(scope);
        this.#letGo(transaction);
      },
    };
  }

  systemRow(key: Uint8Array): Uint8Array | undefined {
    return this.read((reader) => reader.systemRow(key));
  }

  /** All that `apply` writes is visible at once, to every process, when this returns; when it throws, nothing is. */
  write<T>(apply: (writer: DocumentStorageWriter) => T): T {
    const state = this.#writing();
    const { changeLog } = this.#tables;
    assert(!changeLog.isWriting, 'batches are not nested');
    if (state.syncError !== undefined) {
      const { syncError } = state;
      state.syncError = undefined;
      throw syncError;
    }
    const writer = new DocumentStorageWriter(this.#tables, state);
    changeLog.isWriting = true;
    changeLog.isBroken = false;
    try {
      // In an object: LMDB's wrapper would wait for a promise.
      // LMDB's wrapper keeps its list of free pages from one transaction to the next. With a list that has run empty, a commit then
      // fails now and then (MDB_BAD_TXN, "reserved freelist"); a transaction that is given up makes it read the list anew.
      this.#root.transactionSync(() => ABORT, COMMIT_FLAGS);
      const { result, numbers } = this.#telling(() =>
        this.#root.transactionSync(() => {
          writer.begin();
          const value = apply(writer);
          assert(!changeLog.isBroken, 'a transaction that failed was undone');
          return { result: value, numbers: writer.finish() };
        }, COMMIT_FLAGS),
      );
      Object.assign(state, numbers);
      state.commits++;
      return result;
    } finally {
      writer.end();
      changeLog.isWriting = false;
      this.#syncWhenMuch(state);
    }
  }

  /** What the journal had beyond the store is written. */
  markReady(): void {
    this.#writing();
    markReady(this.#folder);
  }

  /** Resolves when everything that was written before is durable. */
  async sync(): Promise<void> {
    const state = this.#writing();
    const commits = state.commits;
    while (state.durableCommits < commits) {
      state.syncing ??= this.#syncOnce(state).finally(() => {
        state.syncing = undefined;
      });
      await state.syncing;
    }
  }

  /** Forgets readers of processes that have died; how many it were. `sync` does it, too. */
  checkReaders(): number {
    return this.#root.readerCheck();
  }

  /** Bytes of the file that are in use, or were and can be used again. */
  get fileBytes(): number {
    const stats: unknown = this.#root.getStats();
    const { lastPageNumber } = stats as { lastPageNumber: number };
    return (lastPageNumber + 1) * PAGE_BYTES;
  }

  /** A store of its own in `folder`, which must not exist: a state of this one, while writing goes on. */
  async backup(folder: string): Promise<void> {
    const target = resolve(folder);
    assert(!existsSync(target), `nothing is at ${target}`);
    const fresh = `${target}.new`;
    rmSync(fresh, { recursive: true, force: true });
    mkdirSync(fresh, { recursive: true });
    await this.#root.backup(join(fresh, DATA_FILE), false);
    const copy = openSync(join(fresh, DATA_FILE), 'r+');
    try {
      await promisify(fdatasync)(copy);
      await keepState(fresh, noteState(fresh, copy));
    } finally {
      closeSync(copy);
    }
    renameSync(fresh, target);
    syncFolder(dirname(target));
  }

  /** What was written is durable when it resolves. Snapshots end. */
  async close(): Promise<void> {
    if (!this.#isOpen) return;
    const state = this.#writer;
    if (state !== undefined) await this.sync();
    this.#isOpen = false;
    for (const scope of this.#scopes) scope.isOpen = false;
    if (state !== undefined) closeSync(state.fileDescriptor);
    await this.#root.close();
  }

  async #syncOnce(state: WriterState): Promise<void> {
    const { commits, appliedSequence } = state;
    const held = this.#hold();
    try {
      const noted = noteState(this.#folder, state.fileDescriptor);
      await promisify(fdatasync)(state.fileDescriptor);
      await keepState(this.#folder, noted);
    } catch (error) {
      this.#letGo(held);
      throw error;
    }
    this.#letGo(state.held);
    state.held = held;
    state.durableCommits = commits;
    state.durableSequence = appliedSequence;
    this.#root.readerCheck();
  }

  #syncWhenMuch(state: WriterState): void {
    const { changeLog } = this.#tables;
    changeLog.byteCount += COMMIT_PAGE_COUNT * PAGE_BYTES;
    if (changeLog.byteCount < this.#unsyncedBytesMax || state.syncing !== undefined) return;
    changeLog.byteCount = 0;
    this.sync().catch((error: unknown) => {
      state.syncError = error;
    });
  }

  /** A read transaction of its own on the newest state. */
  #hold(): Transaction {
    this.#root.resetReadTxn();
    const transaction = this.#root.useReadTransaction();
    // The wrapper shares its newest transaction between readers until it is told not to.
    this.#root.resetReadTxn();
    return transaction;
  }

  #letGo(transaction: Transaction): void {
    if (this.#isOpen) transaction.done();
  }

  #writing(): WriterState {
    assert(this.#isOpen, 'the store is open');
    assert(this.#writer !== undefined, 'a store that is opened for reading is not written');
    return this.#writer;
  }

  /** What LMDB knows of damage becomes the error that the project has for it. */
  #telling<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (typeof code !== 'number' || !DAMAGE_CODES.has(code)) throw error;
      const file = join(this.#folder, DATA_FILE);
      const told = new CorruptionError({ file, offset: 0, expected: 'what LMDB wrote' });
      told.cause = error;
      throw told;
    }
  }
}

/** Page not found, corrupted, panic, version mismatch, not LMDB's, bad checksum. */
const DAMAGE_CODES = new Set([-30797, -30796, -30795, -30794, -30793, -30779]);

/** The commit is done when the call returns. */
const COMMIT_FLAGS = 2;

function openRoot(folder: string, options: DocumentStorageOptions): RootDatabase {
  const settings = {
    path: join(folder, DATA_FILE),
    noSubdir: true,
    readOnly: options.readOnly ?? false,
    // Syncing is ours (`durable-state.ts`).
    noSync: true,
    overlappingSync: false,
    encoding: 'binary',
    keyEncoding: 'binary',
    maxDbs: TABLE_COUNT,
    maxReaders: READERS_MAX,
    pageSize: PAGE_BYTES,
    mapSize: options.mapBytes ?? MAP_BYTES_DEFAULT,
    maxFreeSpaceToLoad: FREE_PAGES_LOADED_MAX,
    maxFreeSpaceToRetain: 0,
  } as const;
  return openLmdb(settings);
}

/** Beside the target, then renamed: a store that can be seen is whole. */
function makeStore(target: string): void {
  const fresh = `${target}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  const root = openRoot(fresh, {});
  openTables(root);
  const data = openSync(join(fresh, DATA_FILE), 'r+');
  try {
    fdatasyncSync(data);
    keepStateSync(fresh, noteState(fresh, data));
  } finally {
    closeSync(data);
  }
  // Nothing is outstanding: it is closed when the call returns.
  void root.close();
  rmSync(join(fresh, `${DATA_FILE}-lock`), { force: true });
  renameSync(fresh, target);
  syncFolder(dirname(target));
}
