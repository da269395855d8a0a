/**
 * The operation log of a cluster, as one member sees it: etcd decides the order, the members keep the operations.
 *
 *   append ─▶ OrderWriter ─▶ entries on a majority ─▶ order record in etcd
 *                                                          │ watched by every member
 *   follow ◀─ LocalJournal ◀─ JournalWriter ◀─ OrderTail ◀─┘       EntryCollector, Trimmer: forget what all have
 *
 * Sequences are those of the member's own journal, and the same on all members, because all count the same records in the same order.
 * Without a majority reading goes on, and appends wait and then fail: see `OrderWriter` for what they say.
 *
 * Reference: docs/decisions, "etcd is the sequencer".
 */
import { asSequence, assert, type Sequence } from '@skein/base';
import { EtcdError } from '../etcd/etcd-port.ts';
import {
  type Operation,
  type OperationLog,
  OperationLogError,
  type ProposedOperation,
  type SequenceRange,
} from '../operation-log.ts';
import { encodeEntry } from './entry.ts';
import { EntryCollector } from './entry-collector.ts';
import type { EntryId } from './entry-id.ts';
import type { EtcdLogOptions, EtcdLogState, EtcdLogStatistics } from './etcd-log-options.ts';
import { JournalWriter } from './journal-writer.ts';
import { LeaseSession } from './lease-session.ts';
import { Membership, MembershipError, majorityOf, register } from './membership.ts';
import { type OrderedEntry, OrderTail } from './order-tail.ts';
import { type Electorate, type HeldEpoch, OrderWriter } from './order-writer.ts';
import { pause } from './pause.ts';
import { PayloadSource } from './payload-source.ts';
import type { JournalPage, PeerService } from './peer-port.ts';
import { TRIM_COUNT, Trimmer } from './trimmer.ts';

const APPEND_TIMEOUT_MS = 10_000;
/** How often is looked for what waits too long, and for what can be forgotten. */
const TICK_MS = 100;
const HOUSEKEEPING_MS = 1000;
const REGISTER_PAUSE_MS = 200;

export class EtcdLog implements OperationLog, PeerService {
  readonly #options: EtcdLogOptions;
  readonly #stop = new AbortController();
  readonly #membership: Membership;
  readonly #session: LeaseSession;
  readonly #payloads: PayloadSource;
  readonly #journalWriter: JournalWriter;
  readonly #tail: OrderTail;
  readonly #writer: OrderWriter;
  readonly #collector: EntryCollector;
  readonly #trimmer: Trimmer;
  readonly #running: Promise<unknown>[] = [];
  /** What each other member was last known to have in its journal. */
  readonly #journaledBy = new Map<string, number>();
  #ticking: ReturnType<typeof setInterval> | undefined;
  #housekeepingAtMs = 0;
  #heardAtMs: number | undefined;
  #state: EtcdLogState = 'connecting';
  /** What the tail had counted at its last look at everything. */
  #toCatchUp = 0;
  #released = 0;
  #isClosed = false;
  #wasRegistered = false;

  private constructor(options: EtcdLogOptions) {
    const { member, etcd, peer, journal, entries, log, clock } = options;
    this.#options = options;
    this.#membership = Membership.start(etcd, { log, clock });
    this.#membership.onChange(() => this.#onMembers());
    this.#session = LeaseSession.start(etcd, {
      member,
      describe: () => options.describe({ state: this.#state, journaled: journal.lastSequence }),
      onEpoch: () => this.#onEpoch(),
      onReplaced: () => this.#fail(new Error('another process of this member takes part in the cluster')),
      ttlS: options.leaseTtlS,
      log,
      clock,
    });
    const others = (): readonly string[] =>
      [...this.#membership.registered.keys()].filter((name) => name !== member);
    this.#payloads = new PayloadSource({ member, entries, others, peer, log });
    this.#journalWriter = new JournalWriter({
      journal,
      payloads: this.#payloads,
      ownOperations: (entry) => this.#writer.operationsOf(entry),
      onJournaled: (written) => this.#onJournaled(written),
      onNeedsCheckpoint: (needed) => {
        this.#setState(needed ? 'needs-checkpoint' : 'catching-up');
      },
      log,
    });
    this.#tail = new OrderTail({
      etcd,
      position: journal.lastSequence,
      deliver: (stretch) => {
        if (stretch.kind === 'gap') this.#writer.crossGap();
        else if (stretch.entry.id.member === member) this.#writer.counted(stretch.entry);
        this.#journalWriter.deliver(stretch);
      },
      onAdvance: (step) => this.#onAdvance(step),
      room: () => this.#journalWriter.room(),
      log,
    });
    this.#writer = new OrderWriter({
      member,
      etcd,
      entries,
      peer,
      epoch: () => this.#held(),
      electorate: () => this.#electorate(),
      clock,
      appendTimeoutMs: options.appendTimeoutMs ?? APPEND_TIMEOUT_MS,
      isCaughtUp: () => this.#state === 'live',
      // It looks at once, not when the next status is due.
      onEpochOver: () => this.#session.renewStatus(),
      log,
      onFatal: (error) => this.#fail(error),
    });
    this.#collector = new EntryCollector(entries, log);
    this.#trimmer = new Trimmer({
      member,
      etcd,
      tail: this.#tail,
      electorate: () => this.#electorate(),
      live: () => this.#membership.live,
      log,
    });
  }

  /** Also without etcd or peers: then the journal can be read, and appends wait. */
  static async open(options: EtcdLogOptions): Promise<EtcdLog> {
    assert(options.memberCount >= 1, 'EtcdLog: a cluster has a member');
    const log = new EtcdLog(options);
    log.#run();
    return log;
  }

  get state(): EtcdLogState {
    return this.#state;
  }

  /** The last operation that is known to be ordered; undefined until etcd has answered once. */
  get head(): Sequence | undefined {
    return this.#tail.revision === 0 ? undefined : this.#tail.position;
  }

  /** Whether an append can be ordered at the moment, as far as this member knows. */
  get isWritable(): boolean {
    return this.#held() !== undefined && this.#writer.hasMajority && this.#state === 'live';
  }

  get membership(): Membership {
    return this.#membership;
  }

  get lastSequence(): Sequence {
    return this.#options.journal.lastSequence;
  }

  get firstSequence(): Sequence {
    return this.#options.journal.firstSequence;
  }

  get statistics(): EtcdLogStatistics {
    return {
      ...this.#writer.statistics,
      fetchedEntryCount: this.#payloads.fetchedEntryCount,
      fetchedOperationCount: this.#payloads.fetchedOperationCount,
      orderRecordCount: this.#tail.kept.length,
      trimmed: this.#tail.trimmed.sequence,
      etcdSilentMs: this.#heardAtMs === undefined ? undefined : this.#options.clock.nowMs() - this.#heardAtMs,
    };
  }

  append(batch: readonly ProposedOperation[]): Promise<SequenceRange> {
    if (this.#journalWriter.isDiskFull && !this.#isClosed) {
      return Promise.reject(
        new OperationLogError('disk-full', 'refused', 'the disk of the journal is full on this member'),
      );
    }
    return this.#writer.append(batch);
  }

  follow(from: Sequence, signal?: AbortSignal): AsyncIterable<readonly Operation[]> {
    return this.#options.journal.follow(from, signal);
  }

  /** The journal keeps what a registered member still lacks, as far as `journalKeepBytes` allows. */
  release(upTo: Sequence): Promise<void> {
    this.#released = Math.max(this.#released, upTo);
    return this.#release();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#writer.drain();
    await this.#shutDown(new OperationLogError('log-closed', 'refused', 'the log is closed'));
    await this.#options.journal.close();
    await this.#options.entries.close();
  }

  async storeEntry(id: EntryId, payload: Uint8Array): Promise<void> {
    if (this.#collector.isJournaled(id)) return;
    await this.#options.entries.add(id, payload);
  }

  async fetchEntry(id: EntryId, range: SequenceRange | undefined): Promise<Uint8Array | undefined> {
    const stored = await this.#options.entries.read(id);
    if (stored !== undefined || range === undefined) return stored;
    const { journal } = this.#options;
    if (range.first < journal.firstSequence || range.last > journal.lastSequence) return undefined;
    const operations = await this.#readOperations(range.first, (count) => count > range.last - range.first);
    if (operations[0]?.sequence !== range.first || operations.length <= range.last - range.first)
      return undefined;
    return encodeEntry(operations.slice(0, range.last - range.first + 1));
  }

  async readJournal(from: Sequence, bytesMax: number): Promise<JournalPage> {
    const { journal } = this.#options;
    const { lastSequence: last, firstSequence: first } = journal;
    if (from < first) return { kind: 'released', first };
    if (from > last) return { kind: 'operations', operations: [], last };
    const operations = await this.#readOperations(from, (_count, bytes) => bytes >= bytesMax);
    // Released while it was read, or never in this journal.
    if (operations[0]?.sequence !== from) return { kind: 'released', first: journal.firstSequence };
    return { kind: 'operations', operations, last };
  }

  /** From `from` on, until `isEnough` or the end of what is written in the journal now; behind that there may be a gap, as after a checkpoint. */
  async #readOperations(
    from: Sequence,
    isEnough: (count: number, bytes: number) => boolean,
  ): Promise<readonly Operation[]> {
    const { journal } = this.#options;
    const last = journal.lastWrittenSequence;
    const operations: Operation[] = [];
    if (from > last) return operations;
    let bytes = 0;
    try {
      for await (const some of journal.follow(from)) {
        for (const operation of some) {
          if (operation.sequence > last) return operations;
          operations.push(operation);
          bytes += operation.payload.byteLength;
          if (isEnough(operations.length, bytes)) return operations;
        }
        if (operations.at(-1)?.sequence === last) return operations;
      }
    } catch (error) {
      if (from < journal.firstSequence) return [];
      throw error;
    }
    return operations;
  }

  #run(): void {
    this.#watched(this.#tail.run());
    this.#watched(this.#journalWriter.run());
    if (this.#options.registers !== 'never') this.#watched(this.#register());
    this.#ticking = setInterval(() => this.#tick(), TICK_MS);
  }

  /** Tries until it has worked: without it nobody counts this member's copies. */
  async #register(): Promise<void> {
    const { etcd, member, address, describe, log } = this.#options;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        const { nowMs: joinedAtMs } = describe({ state: this.#state, journaled: this.lastSequence });
        const done = await register(etcd, member, { address, joinedAtMs });
        if (done !== 'unchanged') log('info', `this member is registered as ${member} at ${address}`);
        return;
      } catch (error) {
        const isPassing = error instanceof MembershipError && error.code !== 'removed';
        if (!(error instanceof EtcdError) && !isPassing) throw error;
      }
      await pause(REGISTER_PAUSE_MS, signal);
    }
  }

  #held(): HeldEpoch | undefined {
    const { epoch, lease } = this.#session;
    return epoch === undefined || lease === undefined ? undefined : { epoch, lease };
  }

  /** What it rejects with ends this log. */
  #watched(work: Promise<void>): void {
    const { signal } = this.#stop;
    this.#running.push(
      work.catch((error: unknown) => {
        if (!signal.aborted) this.#fail(error instanceof Error ? error : new Error(String(error)));
      }),
    );
  }

  #electorate(): Electorate | undefined {
    const { registered } = this.#membership;
    if (registered.size === 0) return undefined;
    const count = Math.max(registered.size, this.#options.memberCount);
    return { members: [...registered.keys()], majority: majorityOf(count) };
  }

  #onMembers(): void {
    const isRegistered = this.#membership.registered.has(this.#options.member);
    // Taken out by an operator: registering again says so, and ends this member.
    if (this.#wasRegistered && !isRegistered) this.#watched(this.#register());
    this.#wasRegistered = isRegistered;
    for (const [name, { journaled }] of this.#membership.live) this.#journaledBy.set(name, journaled);
    this.#writer.tick();
  }

  #onEpoch(): void {
    this.#writer.advance(this.#tail.proposers.get(this.#options.member));
  }

  #onAdvance(step: 'snapshot' | 'watch'): void {
    this.#heardAtMs = this.#options.clock.nowMs();
    if (step === 'snapshot') {
      this.#toCatchUp = this.#tail.position;
      if (this.#state !== 'needs-checkpoint') this.#setState('catching-up');
    }
    this.#catchUp();
    this.#writer.advance(this.#tail.proposers.get(this.#options.member));
    if (this.#tail.kept.length >= TRIM_COUNT) this.#trim();
  }

  #onJournaled(written: readonly OrderedEntry[]): void {
    for (const entry of written) if (entry.id.member === this.#options.member) this.#writer.journaled(entry);
    this.#collector.journaled(written);
    this.#catchUp();
  }

  #catchUp(): void {
    if (this.#state !== 'catching-up' || this.lastSequence < this.#toCatchUp) return;
    this.#setState('live');
    this.#onEpoch();
  }

  #setState(state: EtcdLogState): void {
    if (this.#state === state || this.#state === 'failed') return;
    this.#state = state;
    this.#options.log('info', `the log is ${state}`);
    this.#session.renewStatus();
  }

  #tick(): void {
    const nowMs = this.#options.clock.nowMs();
    const { failure } = this.#options.entries;
    // A member that cannot keep copies any more is of no use to the others; a new process opens the store again, which looks.
    if (failure !== undefined) {
      this.#fail(failure);
      return;
    }
    this.#onEpoch();
    this.#writer.tick();
    if (nowMs < this.#housekeepingAtMs) return;
    this.#housekeepingAtMs = nowMs + HOUSEKEEPING_MS;
    if (this.#tail.revision > 0) this.#collector.collect(this.#tail, this.lastSequence);
    this.#trim();
    this.#release().catch((error: unknown) => {
      this.#options.log('warn', `journal files stay for now: ${String(error)}`);
    });
  }

  #trim(): void {
    this.#trimmer.tick(this.#options.clock.nowMs()).catch((error: unknown) => {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    });
  }

  #release(): Promise<void> {
    const { journal, journalKeepBytes, member } = this.#options;
    const { registered } = this.#membership;
    // Who is registered is not known before etcd has answered: it may be somebody who lacks everything.
    let needed = registered.size === 0 ? 0 : this.#released;
    for (const name of registered.keys()) {
      if (name !== member) needed = Math.min(needed, this.#journaledBy.get(name) ?? 0);
    }
    const kept = journal.lastSequenceBefore(journalKeepBytes);
    return journal.release(asSequence(Math.min(this.#released, Math.max(needed, kept))));
  }

  #fail(error: Error): void {
    if (this.#state === 'failed' || this.#stop.signal.aborted) return;
    this.#setState('failed');
    this.#options.log('error', `the log stops: ${error.message}`);
    const failure = new OperationLogError('log-failed', 'unknown', `the log has failed: ${error.message}`, {
      cause: error,
    });
    this.#shutDown(failure).catch((cause: unknown) => {
      this.#options.log('warn', `stopping the log: ${String(cause)}`);
    });
    this.#options.onFatal(error);
  }

  async #shutDown(error: OperationLogError): Promise<void> {
    this.#stop.abort();
    clearInterval(this.#ticking);
    this.#writer.stop(error);
    this.#tail.stop();
    this.#journalWriter.stop();
    await Promise.all([this.#session.stop(), this.#membership.stop()]);
    await Promise.all(this.#running);
  }
}
