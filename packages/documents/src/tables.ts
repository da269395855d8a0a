/**
 * The tables of a store, each an LMDB database with a codec of its own, and one way to change them, which can take its changes back.
 *
 * LMDB's child transactions would do that, too, but cost more than the FQL transactions that they would guard: here, a change inside
 * `guarded` notes what was there before, and a failure writes it back, last first.
 */
import { assert } from '@skein/base';
import type { DocumentKey, StoredVersion } from '@skein/fql/document-store';
import type { Database, PutOptions, RootDatabase, Transaction } from 'lmdb';
import {
  decodeChanges,
  decodeEntry,
  decodeNothing,
  decodeNumber,
  decodePast,
  decodeRaw,
  decodeVersion,
  type EntryRow,
  encodeChanges,
  encodeEntry,
  encodeNothing,
  encodeNumber,
  encodePast,
  encodeRaw,
  encodeVersion,
  type PastVersion,
  type Scratch,
} from './codecs.ts';
import { copyBytes, KeyBuffer, KeyView, LOOP_BYTES_MAX } from './key-buffer.ts';

/** Where reading takes place: an LMDB read transaction, or, without one, the write transaction that is running. */
export class ReadScope {
  readonly options: { readonly transaction: Transaction } | undefined;
  isOpen = true;

  constructor(transaction: Transaction | undefined) {
    this.options = transaction === undefined ? undefined : { transaction };
  }
}

export interface Row<V> {
  /** Overwritten by the next step of any iterator. */
  readonly key: KeyView;
  readonly value: V;
}

export interface TableRange {
  /** Inclusive. */
  readonly start: KeyBuffer;
  /** Exclusive. */
  readonly end: KeyBuffer;
  readonly reverse?: boolean | undefined;
  readonly limit?: number | undefined;
}

const VIEW = new KeyView();
const OVERWRITE: PutOptions = {};
const NO_OVERWRITE: PutOptions = { noOverwrite: true };

/** Keys go in as they are made, and come out where they lie. */
const KEY_ENCODER = {
  writeKey(key: KeyBuffer | Uint8Array, target: Uint8Array, start: number): number {
    const bytes = key instanceof KeyBuffer ? key.bytes : key;
    // LMDB's wrapper cuts a key that does not fit by itself, with an error that we never see: all of ours fit.
    const { length } = key;
    if (length > LOOP_BYTES_MAX) target.set(bytes.subarray(0, length), start);
    else for (let at = 0; at < length; at++) target[start + at] = bytes[at]!;
    return start + length;
  },
  readKey(target: Uint8Array, start: number, end: number): KeyView {
    return VIEW.at(target, start, end);
  },
};

/** A table of any values, as far as its keys go. */
export interface AnyTable {
  remove(key: KeyBuffer | Uint8Array): void;
  restore(key: Uint8Array, bytes: Uint8Array | undefined): void;
  keys(range: TableRange, scope: ReadScope): Iterable<KeyView>;
}

interface Codec<V> {
  readonly encode: (value: V) => Scratch;
  readonly decode: (bytes: Uint8Array, length: number) => V;
}

export class Table<V> implements AnyTable {
  readonly #database: Database<V>;
  readonly #codec: Codec<V>;
  readonly #changeLog: ChangeLog;
  /** What is written next. */
  #value: Scratch = encodeNothing();
  /** Values are read as they lie. */
  #isRaw = false;

  constructor(root: RootDatabase, name: string, codec: Codec<V>, changeLog: ChangeLog) {
    this.#codec = codec;
    this.#changeLog = changeLog;
    const options = {
      name,
      keyEncoder: KEY_ENCODER,
      // The wrapper passes the length where a range is read; where a single value is, the bytes have it.
      encoder: {
        encode: () => this.#value,
        decode: (bytes: Uint8Array, length: unknown) => {
          const byteLength = typeof length === 'number' ? length : bytes.length;
          return this.#isRaw ? (copyBytes(bytes, 0, byteLength) as V) : codec.decode(bytes, byteLength);
        },
      },
    };
    this.#database = root.openDB<V>(options);
  }

  get(key: KeyBuffer | Uint8Array, scope: ReadScope): V | undefined {
    this.#check(scope);
    return this.#database.get(key as Uint8Array, scope.options);
  }

  range(range: TableRange, scope: ReadScope): Generator<Row<V>> {
    return this.#walk<Row<V>>(range, scope, true);
  }

  /** As `range`, without reading the values. Each key is overwritten by the next step of any iterator. */
  keys(range: TableRange, scope: ReadScope): Generator<KeyView> {
    return this.#walk<KeyView>(range, scope, false);
  }

  /** All rows, in the order of their keys, with the bytes of their values. */
  *rawRows(scope: ReadScope): Generator<Row<Uint8Array>> {
    this.#check(scope);
    // Without a start, the wrapper leaves out what it takes for keys of its own.
    const options = { start: new KeyBuffer().u8(0) as unknown as Uint8Array, ...scope.options };
    const found: unknown = this.#database.getRange(options);
    const rows = (found as Iterable<Row<Uint8Array>>)[Symbol.iterator]();
    try {
      for (;;) {
        this.#isRaw = true;
        const step = rows.next();
        this.#isRaw = false;
        if (step.done === true) return;
        yield step.value;
        this.#check(scope);
      }
    } finally {
      this.#isRaw = false;
      rows.return?.();
    }
  }

  *#walk<T>(range: TableRange, scope: ReadScope, values: boolean): Generator<T> {
    this.#check(scope);
    const { start, end, reverse, limit } = range;
    const bounds =
      reverse === true
        ? { start: end, end: start, reverse: true, exclusiveStart: true, inclusiveEnd: true }
        : { start, end };
    const options = {
      ...(bounds as object),
      ...(limit === undefined ? {} : { limit }),
      ...scope.options,
    };
    const found: unknown = values ? this.#database.getRange(options) : this.#database.getKeys(options);
    for (const row of found as Iterable<T>) {
      yield row;
      this.#check(scope);
    }
  }

  put(key: KeyBuffer, value: V): void {
    if (this.#changeLog.isKept) this.#changeLog.add(this, key.copy(), this.#bytesAt(key));
    this.#write(key, this.#codec.encode(value));
  }

  /** False, and nothing is changed, when the key has a value. Spares the look at what was there. */
  putNew(key: KeyBuffer, value: V): boolean {
    if (!this.#write(key, this.#codec.encode(value), NO_OVERWRITE)) return false;
    if (this.#changeLog.isKept) this.#changeLog.add(this, key.copy(), undefined);
    return true;
  }

  remove(key: KeyBuffer | Uint8Array): void {
    if (this.#changeLog.isKept) {
      const before = this.#bytesAt(key);
      if (before === undefined) return;
      this.#changeLog.add(this, key instanceof KeyBuffer ? key.copy() : key, before);
    }
    this.#changeLog.byteCount += key.length;
    this.#database.removeSync(key as Uint8Array);
  }

  /** The key's value becomes these bytes again. */
  restore(key: Uint8Array, bytes: Uint8Array | undefined): void {
    if (bytes === undefined) this.#database.removeSync(key);
    else this.#write(key, encodeRaw(bytes));
  }

  #write(key: KeyBuffer | Uint8Array, value: Scratch, options: PutOptions = OVERWRITE): boolean {
    this.#value = value;
    this.#changeLog.byteCount += key.length + value.end;
    const isWritten: unknown = this.#database.putSync(key as Uint8Array, undefined as V, options);
    return isWritten === true;
  }

  /** Going on in a transaction that has ended would read memory that is no longer its own. */
  #check(scope: ReadScope): void {
    assert(scope.isOpen, 'a reader is used only while its snapshot is held');
    // The wrapper reads single values from the write transaction, whatever else it is told.
    assert(
      (scope.options === undefined) === this.#changeLog.isWriting,
      'while a batch is written, its writer is what reads',
    );
  }

  #bytesAt(key: KeyBuffer | Uint8Array): Uint8Array | undefined {
    const found = this.#database.getBinaryFast(key as Uint8Array);
    return found === undefined ? undefined : copyBytes(found, 0, found.length);
  }
}

/** What was there before the changes of a transaction. */
class ChangeLog {
  /** Whether a batch is being written. */
  isWriting = false;
  /** Whether changes are noted. */
  isKept = false;
  /** Changes could not be taken back: the batch must not be committed. */
  isBroken = false;
  /** Written bytes, about; whoever reads it sets it back. */
  byteCount = 0;
  readonly #changes: {
    readonly table: AnyTable;
    readonly key: Uint8Array;
    readonly before: Uint8Array | undefined;
  }[] = [];

  add(table: AnyTable, key: Uint8Array, before: Uint8Array | undefined): void {
    this.#changes.push({ table, key, before });
  }

  /** What `work` changes is kept, or, when it throws, taken back. */
  guarded<T>(work: () => T): T {
    assert(!this.isKept, 'transactions are not nested');
    this.isKept = true;
    try {
      return work();
    } catch (error) {
      this.isBroken = true;
      for (const { table, key, before } of this.#changes.toReversed()) table.restore(key, before);
      this.isBroken = false;
      throw error;
    } finally {
      this.isKept = false;
      this.#changes.length = 0;
    }
  }
}

export type { ChangeLog };

export interface Tables {
  /** scope 4 | collection 4 | id 8 → the current version; no row for a deleted document. */
  readonly documents: Table<StoredVersion>;
  /** scope 4 | collection 4 | id 8 | ts 8 → a version that is no longer current, or a deletion. */
  readonly versions: Table<PastVersion>;
  /** scope 4 | collection 4 | end 8 | id 8 | ts 8: rows of `versions` by when they ended. */
  readonly versionEnds: Table<undefined>;
  /** set | order | collection 4 | id 8 → the current entry. */
  readonly entries: Table<EntryRow>;
  /** set | order | collection 4 | id 8 | from 8 → an entry that has ended. */
  readonly spans: Table<EntryRow>;
  /** scope 4 | index 4 | to 8 | the rest of the key in `spans`. */
  readonly spanEnds: Table<undefined>;
  /** scope 4 | key. */
  readonly rows: Table<Uint8Array>;
  /** ts 8 → documents of that transaction. */
  readonly changes: Table<readonly DocumentKey[]>;
  /** Rows of the storage's owner, outside of any scope. */
  readonly system: Table<Uint8Array>;
  /** Names → numbers: what the storage knows of itself. */
  readonly numbers: Table<number>;
  readonly changeLog: ChangeLog;
  /** All readers and the writer make their keys here, one after the other: a buffer each would cost more than what they read. */
  readonly key: KeyBuffer;
  readonly otherKey: KeyBuffer;
}

export const TABLE_COUNT = 10;

export function openTables(root: RootDatabase): Tables {
  const changeLog = new ChangeLog();
  const nothing = { encode: encodeNothing, decode: decodeNothing };
  const raw = { encode: encodeRaw, decode: decodeRaw };
  const entry = { encode: encodeEntry, decode: decodeEntry };
  return {
    documents: new Table(root, 'documents', { encode: encodeVersion, decode: decodeVersion }, changeLog),
    versions: new Table(root, 'versions', { encode: encodePast, decode: decodePast }, changeLog),
    versionEnds: new Table<undefined>(root, 'versionEnds', nothing, changeLog),
    entries: new Table(root, 'entries', entry, changeLog),
    spans: new Table(root, 'spans', entry, changeLog),
    spanEnds: new Table<undefined>(root, 'spanEnds', nothing, changeLog),
    rows: new Table(root, 'rows', raw, changeLog),
    changes: new Table(root, 'changes', { encode: encodeChanges, decode: decodeChanges }, changeLog),
    system: new Table(root, 'system', raw, changeLog),
    numbers: new Table(root, 'numbers', { encode: encodeNumber, decode: decodeNumber }, changeLog),
    changeLog,
    key: new KeyBuffer(),
    otherKey: new KeyBuffer(),
  };
}
