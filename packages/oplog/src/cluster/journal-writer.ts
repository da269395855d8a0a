/**
 * Writes what was ordered into this member's journal, in order. Payloads are looked for ahead, several at once; what is there is written
 * together, one append at a time: the journal goes on after an append that found the disk full, and must not get the next one first.
 *
 * Invariant: the journal's last sequence moves over adjacent operations of the order only; before and after each append this is checked.
 */
import { asSequence, assert, type Sequence } from '@skein/base';
import { GROUP_BYTES_MAX } from '../limits.ts';
import type { LocalJournal } from '../local-journal.ts';
import { OperationLogError, type ProposedOperation } from '../operation-log.ts';
import type { OrderedEntry, OrderedStretch } from './order-tail.ts';
import { pause } from './pause.ts';
import { type PayloadSource, RELEASED_ROUNDS } from './payload-source.ts';

export interface JournalWriterOptions {
  readonly journal: LocalJournal;
  readonly payloads: PayloadSource;
  /** Operations of an entry that this process made itself and still has. */
  readonly ownOperations: (entry: OrderedEntry) => readonly ProposedOperation[] | undefined;
  /** They are synced in the journal. In order. */
  readonly onJournaled: (entries: readonly OrderedEntry[]) => void;
  /** No peer has what comes next; told again with `false` when one had it after all. */
  readonly onNeedsCheckpoint: (needed: boolean) => void;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
}

interface WaitingStretch {
  readonly stretch: OrderedStretch;
  /** Undefined: nobody has looked for it yet. */
  finding: Promise<void> | undefined;
  operations: readonly ProposedOperation[] | undefined;
}

/** Payloads looked for at once, and their bytes: enough to hide the way to a peer, little enough to hold in memory. */
const AHEAD_COUNT_MAX = 64;
const AHEAD_BYTES_MAX = 32 * 1024 * 1024;
/** Order records held here; behind that the watch of etcd waits. */
const WAITING_COUNT_MAX = 20_000;
const DISK_FULL_PAUSE_MS = 200;
const SILENT_PAUSE_MS = 200;

export class JournalWriter {
  readonly #options: JournalWriterOptions;
  readonly #stop = new AbortController();
  #waiting: WaitingStretch[] = [];
  #head = 0;
  #wake: (() => void) | undefined;
  #wakeRoom: (() => void) | undefined;
  #isDiskFull = false;
  /** Waiting entries that nobody has any more, it seems. */
  #releasedCount = 0;

  constructor(options: JournalWriterOptions) {
    this.#options = options;
  }

  /** The journal's disk has no room at the moment: what is ordered waits. */
  get isDiskFull(): boolean {
    return this.#isDiskFull;
  }

  deliver(stretch: OrderedStretch): void {
    this.#waiting.push({ stretch, finding: undefined, operations: undefined });
    this.#wake?.();
  }

  async room(): Promise<void> {
    while (this.#waiting.length - this.#head > WAITING_COUNT_MAX && !this.#stop.signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wakeRoom = resolve;
      });
    }
  }

  stop(): void {
    this.#stop.abort();
    this.#wake?.();
    this.#wakeRoom?.();
  }

  /** Writes until `stop`. Rejects when the journal cannot be written any more. */
  async run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const next = this.#waiting[this.#head];
      if (next === undefined) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        this.#wake = undefined;
        continue;
      }
      if (next.stretch.kind === 'gap') {
        await this.#fill(next.stretch.last);
        if (!signal.aborted) this.#advance(1);
        continue;
      }
      this.#lookAhead();
      await next.finding;
      if (signal.aborted) return;
      await this.#writeFound();
    }
  }

  /** Everything at the head whose operations are there, in one append. */
  async #writeFound(): Promise<void> {
    const { journal } = this.#options;
    const entries: OrderedEntry[] = [];
    const batch: ProposedOperation[] = [];
    let bytes = 0;
    let next: number = journal.lastSequence + 1;
    for (let at = this.#head; at < this.#waiting.length; at++) {
      const { stretch, operations } = this.#waiting[at]!;
      if (stretch.kind === 'gap' || operations === undefined) break;
      const { entry } = stretch;
      if (entries.length > 0 && bytes + entry.record.bytes > GROUP_BYTES_MAX) break;
      assert(entry.first <= next, `journal: operation ${next} is missing before ${entry.first}`);
      // A crash may have kept the first operations of an entry only, and a peer's journal may have told them already.
      for (const operation of operations.slice(next - entry.first)) batch.push(operation);
      bytes += entry.record.bytes;
      entries.push(entry);
      next = Math.max(next, entry.last + 1);
    }
    this.#lookAhead();
    await this.#append(batch);
    if (this.#stop.signal.aborted) return;
    this.#advance(entries.length);
    this.#options.onJournaled(entries);
  }

  #advance(count: number): void {
    this.#head += count;
    if (this.#head * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#head = 0;
    } else {
      // What is written need not stay in memory.
      for (let at = this.#head - count; at < this.#head; at++) this.#waiting[at]!.operations = undefined;
    }
    this.#wakeRoom?.();
    this.#wakeRoom = undefined;
  }

  #lookAhead(): void {
    let bytes = 0;
    for (let at = this.#head; at < this.#waiting.length && at < this.#head + AHEAD_COUNT_MAX; at++) {
      const waiting = this.#waiting[at]!;
      if (waiting.stretch.kind === 'gap') return;
      bytes += waiting.stretch.entry.record.bytes;
      if (at > this.#head && bytes > AHEAD_BYTES_MAX) return;
      if (waiting.finding !== undefined) continue;
      waiting.operations = this.#options.ownOperations(waiting.stretch.entry);
      waiting.finding =
        waiting.operations === undefined ? this.#find(waiting, waiting.stretch.entry) : Promise.resolve();
      // The one who waits for it hears of its failure; it may be another one first.
      waiting.finding.catch(() => {});
    }
  }

  async #find(waiting: WaitingStretch, entry: OrderedEntry): Promise<void> {
    const { payloads, onNeedsCheckpoint } = this.#options;
    let isReleased = false;
    waiting.operations = await payloads.operationsOf(entry, this.#stop.signal, () => {
      isReleased = true;
      if (++this.#releasedCount === 1) onNeedsCheckpoint(true);
    });
    if (isReleased && --this.#releasedCount === 0 && !this.#stop.signal.aborted) onNeedsCheckpoint(false);
  }

  /** Up to `last` out of peers' journals. */
  async #fill(last: Sequence): Promise<void> {
    const { journal, payloads, onNeedsCheckpoint } = this.#options;
    const { signal } = this.#stop;
    let released = 0;
    while (journal.lastSequence < last && !signal.aborted) {
      const stretch = await payloads.journal(asSequence(journal.lastSequence + 1), last);
      if (signal.aborted) return;
      if (stretch.kind === 'operations') {
        if (released >= RELEASED_ROUNDS) onNeedsCheckpoint(false);
        released = 0;
        await this.#append(stretch.operations);
        continue;
      }
      if (stretch.kind === 'released' && ++released === RELEASED_ROUNDS) onNeedsCheckpoint(true);
      await pause(SILENT_PAUSE_MS, signal);
    }
  }

  /** Tries on while the disk is full: only the journal's own failure ends it. */
  async #append(batch: readonly ProposedOperation[]): Promise<void> {
    const { journal, log } = this.#options;
    if (batch.length === 0) return;
    const expected = journal.lastSequence + 1;
    while (!this.#stop.signal.aborted) {
      try {
        const { first, last } = await journal.append(batch);
        assert(
          first === expected && last === expected + batch.length - 1,
          `journal: wrote ${first} to ${last} where ${expected} belongs`,
        );
        if (this.#isDiskFull) log('info', 'the disk of the journal has room again');
        this.#isDiskFull = false;
        return;
      } catch (error) {
        if (!(error instanceof OperationLogError) || error.code !== 'disk-full') throw error;
        if (!this.#isDiskFull) log('error', 'the disk of the journal is full: what is ordered waits');
        this.#isDiskFull = true;
        await pause(DISK_FULL_PAUSE_MS, this.#stop.signal);
      }
    }
  }
}
