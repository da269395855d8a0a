/**
 * The operation log of one machine: append-only files (`journal-entry.ts` draws their bytes), one sync for all that waits.
 *
 * Invariants:
 *  - one group is written at a time, and the next one only after its sync: so at most the last group can be torn.
 *  - a file is followed by another only when all of it is durable: so only the last file can have a torn end.
 *  - what is beyond the durable end of the last file is never shown, and cut off before anything else is written there.
 *  - after a failed sync nobody knows what the disk holds: the journal refuses everything until it is opened again, which looks.
 */
import { asSequence, assert, CorruptionError, type Sequence } from '@skein/base';
import { DiskFullError, type JournalDisk, type JournalFile } from './journal-disk.ts';
import {
  decodeEntry,
  decodeFileHeader,
  encodeEntries,
  encodeFileHeader,
  entryByteLength,
  FILE_HEADER_BYTES,
  findEntryThatSynced,
  journalFileName,
  parseJournalFileName,
} from './journal-entry.ts';
import { JournalTail } from './journal-tail.ts';
import {
  GROUP_BYTES_MAX,
  JOURNAL_FILE_BYTES_MAX,
  MARK_EVERY_BYTES,
  OPERATION_BYTES_MAX,
  READ_BYTES,
  TAIL_BYTES_MAX,
} from './limits.ts';
import {
  type Operation,
  type OperationLog,
  OperationLogError,
  type ProposedOperation,
  type SequenceRange,
} from './operation-log.ts';

export interface LocalJournalOptions {
  readonly operationBytesMax?: number | undefined;
  readonly fileBytesMax?: number | undefined;
  readonly tailBytesMax?: number | undefined;
  /**
   * Sequences up to here are used already, as other durable state knows. When the journal ends before (its last
   * files were lost), it goes on behind this one instead of using them twice.
   */
  readonly sequenceFloor?: Sequence | undefined;
}

export interface JournalStatistics {
  readonly syncCount: number;
  readonly appendedCount: number;
  readonly appendedBytes: number;
  readonly fileCount: number;
}

export interface JournalFilePart {
  readonly name: string;
  /** Undefined: all of it. */
  readonly byteLength: number | undefined;
}

interface WaitingAppend {
  readonly batch: readonly ProposedOperation[];
  readonly bytes: number;
  readonly resolve: (range: SequenceRange) => void;
  readonly reject: (error: OperationLogError) => void;
}

export class LocalJournal implements OperationLog {
  readonly #disk: JournalDisk;
  readonly #operationBytesMax: number;
  readonly #fileBytesMax: number;
  readonly #tail: JournalTail;
  /** First sequence of each file, ascending; the last one is being written. */
  #files: Sequence[] = [];
  /** By file: places of entries in it, far apart, as far as they are known. Reading from the middle begins at one of them. */
  readonly #marks = new Map<Sequence, FilePlace[]>();
  #current: JournalFile | undefined;
  /** Durable end of the last file. */
  #end = 0;
  #last = asSequence(0);
  /** As `#last`, but without the jump over sequences that `sequenceFloor` asks for. */
  #lastWritten = asSequence(0);
  #waiting: WaitingAppend[] = [];
  #writing: Promise<void> | undefined;
  #failure: OperationLogError | undefined;
  #closed = false;
  #releasing: Promise<void> = Promise.resolve();
  #wakeFollowers: (() => void)[] = [];
  #syncCount = 0;
  #appendedCount = 0;
  #appendedBytes = 0;
  /** Bytes cut off at start because a crash tore them. */
  readonly tornBytes: number;

  private constructor(disk: JournalDisk, options: LocalJournalOptions, start: JournalStart) {
    this.#disk = disk;
    this.#operationBytesMax = options.operationBytesMax ?? OPERATION_BYTES_MAX;
    this.#fileBytesMax = options.fileBytesMax ?? JOURNAL_FILE_BYTES_MAX;
    this.#tail = new JournalTail(options.tailBytesMax ?? TAIL_BYTES_MAX);
    this.#files = [...start.files];
    this.#current = start.current;
    this.#end = start.end;
    this.#last = start.last;
    this.#lastWritten = start.last;
    this.tornBytes = start.tornBytes;
  }

  /**
   * Reads the last file, cuts a torn end, and is ready to append. Throws `CorruptionError` where acknowledged bytes are damaged.
   */
  static async open(disk: JournalDisk, options: LocalJournalOptions = {}): Promise<LocalJournal> {
    const start = await startOf(disk, options.operationBytesMax ?? OPERATION_BYTES_MAX);
    const journal = new LocalJournal(disk, options, start);
    const floor = options.sequenceFloor ?? 0;
    if (journal.#last < floor) {
      journal.#last = asSequence(floor);
      await journal.#current?.close();
      journal.#current = undefined;
    }
    return journal;
  }

  get lastSequence(): Sequence {
    return this.#last;
  }

  /** As `lastSequence`, but without the jump that `sequenceFloor` asked for: what `follow` yields last. */
  get lastWrittenSequence(): Sequence {
    return this.#lastWritten;
  }

  get firstSequence(): Sequence {
    return this.#files[0] ?? asSequence(this.#last + 1);
  }

  get statistics(): JournalStatistics {
    return {
      syncCount: this.#syncCount,
      appendedCount: this.#appendedCount,
      appendedBytes: this.#appendedBytes,
      fileCount: this.#files.length,
    };
  }

  /**
   * The files that hold the operations from `from` on, as far as they are kept, oldest first. The last one grows: of it `byteLength` bytes are
   * durable now. The others are whole.
   */
  filesFrom(from: Sequence): readonly JournalFilePart[] {
    const at = this.#files.findLastIndex((first) => first <= from);
    const files = this.#files.slice(Math.max(at, 0));
    return files.map((first, ordinal) => ({
      name: journalFileName(first),
      byteLength: ordinal === files.length - 1 ? this.#end : undefined,
    }));
  }

  /** Releasing up to here leaves files of at least `bytes` together, or everything. */
  lastSequenceBefore(bytes: number): Sequence {
    // The one being written may have just begun.
    const kept = Math.ceil(bytes / this.#fileBytesMax) + 1;
    return asSequence((this.#files.at(-kept) ?? 1) - 1);
  }

  append(batch: readonly ProposedOperation[]): Promise<SequenceRange> {
    assert(batch.length > 0, 'append: a batch holds at least one operation');
    const refusal = this.#refusal(batch);
    if (refusal !== undefined) return Promise.reject(refusal);
    return new Promise((resolve, reject) => {
      const bytes = batch.reduce((sum, operation) => sum + entryByteLength(operation), 0);
      this.#waiting.push({ batch, bytes, resolve, reject });
      this.#writing ??= this.#write();
    });
  }

  async *follow(from: Sequence, signal?: AbortSignal): AsyncGenerator<readonly Operation[], void, undefined> {
    assert(from >= 1, 'follow: sequences start at 1');
    if (from < this.firstSequence) {
      throw new RangeError(`follow: operation ${from} is released, the first kept is ${this.firstSequence}`);
    }
    let next: number = from;
    let place: FilePlace | undefined;
    while (signal?.aborted !== true) {
      if (next > this.#last) {
        if (this.#closed || this.#failure !== undefined) return;
        await this.#nextCommit(signal);
        continue;
      }
      const recent = this.#tail.from(asSequence(next));
      if (recent !== undefined) {
        place = undefined;
        next = recent.at(-1)!.sequence + 1;
        yield recent;
        continue;
      }
      const read: { readonly operations: readonly Operation[]; readonly place: FilePlace } =
        await this.#readFrom(asSequence(next), place);
      place = read.place;
      // Behind the last one read, or behind a gap that the next file's header declares.
      next = Math.max(next, read.place.expected);
      if (read.operations.length > 0) yield read.operations;
    }
  }

  release(upTo: Sequence): Promise<void> {
    const releasing = this.#releasing.then(() => this.#removeFiles(upTo));
    // Whoever opens the folder after `close` must not see files go.
    this.#releasing = releasing.catch(() => {});
    return releasing;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#writing;
    await this.#releasing;
    await this.#current?.close();
    this.#current = undefined;
    this.#wake();
  }

  async #removeFiles(upTo: Sequence): Promise<void> {
    while (!this.#closed && this.#files.length > 1 && this.#files[1]! <= upTo + 1) {
      const first = this.#files.shift()!;
      this.#marks.delete(first);
      await this.#disk.remove(journalFileName(first));
    }
  }

  #refusal(batch: readonly ProposedOperation[]): OperationLogError | undefined {
    if (this.#failure !== undefined) return this.#failure;
    if (this.#closed) return new OperationLogError('log-closed', 'refused', 'the journal is closed');
    for (const { payload, application, operationId } of batch) {
      if (payload.byteLength > this.#operationBytesMax) {
        return new OperationLogError(
          'operation-too-large',
          'refused',
          `an operation has ${payload.byteLength} bytes, at most ${this.#operationBytesMax} are allowed`,
        );
      }
      assert(application.length < 10_000 && operationId.length < 10_000, 'append: names are short');
    }
    return undefined;
  }

  /** Writes groups until nothing waits. Never rejects: every append hears of its own group. */
  async #write(): Promise<void> {
    // One turn of the microtask queue, so that appends made in the same turn share the sync.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const group = this.#takeGroup();
      try {
        await this.#writeGroup(group);
      } catch (error) {
        const failure = this.#failureOf(error);
        for (const append of group) append.reject(failure);
        if (this.#failure !== undefined) {
          for (const append of this.#waiting.splice(0)) append.reject(this.#failure);
          this.#wake();
        }
      }
    }
    this.#writing = undefined;
  }

  #takeGroup(): readonly WaitingAppend[] {
    let count = 0;
    let bytes = 0;
    for (const append of this.#waiting) {
      if (count > 0 && bytes + append.bytes > GROUP_BYTES_MAX) break;
      count++;
      bytes += append.bytes;
    }
    return this.#waiting.splice(0, count);
  }

  async #writeGroup(group: readonly WaitingAppend[]): Promise<void> {
    const file = await this.#fileForNextGroup();
    const operations: Operation[] = [];
    let sequence: number = this.#last;
    for (const { batch } of group) {
      for (const { application, operationId, proposedAtMs, payload } of batch) {
        operations.push({
          application,
          operationId,
          proposedAtMs,
          payload,
          sequence: asSequence(++sequence),
        });
      }
    }
    const parts = encodeEntries(operations, this.#last);
    const bytes = parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
    try {
      await file.write(parts, this.#end);
    } catch (error) {
      // The refused bytes must be gone for good before others take their place.
      await file.truncate(this.#end);
      await file.sync();
      throw error;
    }
    await file.sync();
    this.#mark({ file: this.#files.at(-1)!, offset: this.#end, expected: asSequence(this.#last + 1) });
    this.#syncCount++;
    this.#appendedCount += operations.length;
    this.#appendedBytes += bytes;
    this.#end += bytes;
    const first = this.#last + 1;
    this.#last = asSequence(sequence);
    this.#lastWritten = this.#last;
    this.#tail.push(operations);
    let at = first;
    for (const { batch, resolve } of group) {
      resolve({ first: asSequence(at), last: asSequence(at + batch.length - 1) });
      at += batch.length;
    }
    this.#wake();
  }

  async #fileForNextGroup(): Promise<JournalFile> {
    if (this.#current !== undefined && this.#end < this.#fileBytesMax) return this.#current;
    const first = asSequence(this.#last + 1);
    const name = journalFileName(first);
    const previous = asSequence(this.#lastWritten);
    let file: JournalFile | undefined;
    try {
      file = await this.#disk.create(name);
      await file.write([encodeFileHeader(first, previous)], 0);
      await file.sync();
    } catch (error) {
      await file?.close();
      if (file !== undefined) await this.#disk.remove(name);
      throw error;
    }
    await this.#current?.close();
    this.#current = file;
    this.#files.push(first);
    this.#end = FILE_HEADER_BYTES;
    return file;
  }

  #failureOf(error: unknown): OperationLogError {
    if (error instanceof DiskFullError) {
      return new OperationLogError('disk-full', 'refused', 'the disk of the journal is full', {
        cause: error,
      });
    }
    this.#failure = new OperationLogError(
      'log-failed',
      'unknown',
      'writing the journal failed: whether the operation was kept shows when the journal is opened again',
      { cause: error },
    );
    return this.#failure;
  }

  #wake(): void {
    for (const wake of this.#wakeFollowers.splice(0)) wake();
  }

  #nextCommit(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      this.#wakeFollowers.push(wake);
      signal?.addEventListener('abort', wake);
    });
  }

  /** Some operations from `next` on, read from the file that holds it; `place` is where the previous call stopped. */
  async #readFrom(
    next: Sequence,
    place: FilePlace | undefined,
  ): Promise<{ operations: Operation[]; place: FilePlace }> {
    const files = [...this.#files];
    const at = files.findLastIndex((first) => first <= next);
    const first = files[at]!;
    const isLast = at === files.length - 1;
    const last = this.#last;
    const start = place !== undefined && place.file === first ? place : this.#placeBefore(first, next);
    const name = journalFileName(first);
    const durableEnd = isLast ? this.#end : await this.#disk.byteLength(name);
    const operations: Operation[] = [];
    let { offset, expected } = start;
    let markAt = offset;
    let wanted = READ_BYTES;
    while (operations.length === 0) {
      if (offset >= durableEnd) break;
      const bytes = await this.#disk.read(name, offset, Math.min(wanted, durableEnd - offset));
      if (bytes.byteLength === 0) throw this.#damaged(name, offset, `${durableEnd} bytes`);
      let used = 0;
      while (used < bytes.byteLength) {
        const result = decodeEntry(bytes, used, this.#operationBytesMax);
        if (result.kind === 'short') {
          if (offset + result.end > durableEnd) throw this.#damaged(name, offset + used, 'a whole entry');
          wanted = Math.max(READ_BYTES, result.end - used + READ_BYTES);
          break;
        }
        if (result.kind === 'bad') throw this.#damaged(name, offset + used, result.expected);
        if (result.operation.sequence !== expected) {
          throw this.#damaged(name, offset + used, `operation ${expected}, not ${result.operation.sequence}`);
        }
        if (offset + used >= markAt) {
          this.#mark({ file: first, offset: offset + used, expected });
          markAt = offset + used + MARK_EVERY_BYTES;
        }
        if (expected >= next) operations.push(result.operation);
        expected = asSequence(expected + 1);
        used = result.end;
      }
      offset += used;
    }
    if (offset < durableEnd || operations.length > 0)
      return { operations, place: { file: first, offset, expected } };
    const following = files[at + 1];
    // The end of what is written, behind which `sequenceFloor` may have left a gap.
    if (following === undefined)
      return { operations, place: { file: first, offset, expected: asSequence(last + 1) } };
    if (following !== expected) {
      const header = decodeFileHeader(
        await this.#disk.read(journalFileName(following), 0, FILE_HEADER_BYTES),
      );
      if (header.kind === 'bad' || header.previous !== expected - 1) {
        throw this.#damaged(name, offset, `operations up to ${following - 1}`);
      }
    }
    return { operations, place: { file: following, offset: FILE_HEADER_BYTES, expected: following } };
  }

  /** Remembers an entry's place unless one close before it is remembered. */
  #mark(place: FilePlace): void {
    const marks = this.#marks.get(place.file);
    if (marks === undefined) {
      this.#marks.set(place.file, [place]);
      return;
    }
    const at = marks.findLastIndex(({ offset }) => offset <= place.offset);
    if (at >= 0 && place.offset < marks[at]!.offset + MARK_EVERY_BYTES) return;
    marks.splice(at + 1, 0, place);
  }

  /** The last known place at or before the entry. */
  #placeBefore(file: Sequence, sequence: Sequence): FilePlace {
    const mark = this.#marks.get(file)?.findLast(({ expected }) => expected <= sequence);
    return mark ?? { file, offset: FILE_HEADER_BYTES, expected: file };
  }

  #damaged(name: string, offset: number, expected: string): CorruptionError {
    return new CorruptionError({ file: this.#disk.describe(name), offset, expected });
  }
}

interface FilePlace {
  readonly file: Sequence;
  readonly offset: number;
  /** Sequence of the entry at `offset`. */
  readonly expected: Sequence;
}

interface JournalStart {
  readonly files: readonly Sequence[];
  readonly current: JournalFile | undefined;
  readonly end: number;
  readonly last: Sequence;
  readonly tornBytes: number;
}

async function startOf(disk: JournalDisk, operationBytesMax: number): Promise<JournalStart> {
  const files = (await disk.list())
    .map(parseJournalFileName)
    .filter((first) => first !== undefined)
    .sort((a, b) => a - b);
  let tornBytes = 0;
  for (;;) {
    const first = files.at(-1);
    if (first === undefined) return { files, current: undefined, end: 0, last: asSequence(0), tornBytes };
    const name = journalFileName(first);
    const bytes = await disk.read(name, 0, await disk.byteLength(name));
    const damaged = (offset: number, expected: string): CorruptionError =>
      new CorruptionError({ file: disk.describe(name), offset, expected });
    const header = decodeFileHeader(bytes);
    if (header.kind === 'bad') {
      // A crash between making the file and syncing its header: it never held an acknowledged entry.
      if (bytes.byteLength > FILE_HEADER_BYTES) throw damaged(0, header.expected);
      await disk.remove(name);
      tornBytes += bytes.byteLength;
      files.pop();
      if (files.length === 0) {
        // The name tells which sequences were given out before: releasing keeps at least one file.
        return { files, current: undefined, end: 0, last: asSequence(first - 1), tornBytes };
      }
      continue;
    }
    if (header.first !== first) throw damaged(8, `first sequence ${first}, as the file's name says`);
    let end = FILE_HEADER_BYTES;
    let next: number = first;
    while (end < bytes.byteLength) {
      const result = decodeEntry(bytes, end, operationBytesMax);
      if (result.kind === 'entry' && result.operation.sequence === next) {
        end = result.end;
        next++;
        continue;
      }
      const proof = findEntryThatSynced(bytes, end + 1, asSequence(next), operationBytesMax);
      if (proof !== undefined) {
        throw damaged(
          end,
          `operation ${next}, which was durable when the good entry at byte ${proof} was written`,
        );
      }
      break;
    }
    const current = await disk.open(name);
    if (end < bytes.byteLength) {
      tornBytes += bytes.byteLength - end;
      await current.truncate(end);
    }
    // Entries that a crash left unsynced are shown from now on, so they have to stay.
    await current.sync();
    return { files, current, end, last: asSequence(next - 1), tornBytes };
  }
}
