/**
 * Puts appends together into entries, has a majority sync each, and orders them, one after another, by guarded transactions.
 *
 *   append → waiting → entry (counter given) ─ synced by a majority → ready ─ transaction → ordered ─ counted by the tail, journaled → resolved
 *
 * Why each append is ordered once, or is certainly not ordered, or is called unknown:
 *
 *  1. A transaction finds the proposer's key at this epoch (its create revision) and at the counter before, and moves it to its own last
 *     counter. The next transaction is made only after the one before is known to be carried out. So of all transactions that this process ever
 *     sends, each is carried out at most once, in order, however late or often it arrives: the second time the counter is past.
 *  2. A transaction without an answer is sent again, the same one, until the key shows that it was carried out, or that the epoch is over.
 *  3. A counter may be left out if no transaction with it was ever sent: the next transaction names the last ordered counter as the one
 *     before. This is how entries are given up (no majority synced them in time): their appends are refused with certainty.
 *  4. When the epoch is over, whatever arrives late is refused by etcd. All records of the epoch have smaller revisions than the end of it. The
 *     tail has counted all of them when it shows the member's next epoch; what it has not counted then is not ordered, and is put into new
 *     entries, in the same order. Only where records were trimmed before the tail saw them (a gap) can it not know: what was sent before is
 *     then called unknown.
 *  5. The new epoch orders nothing before that is settled: so a member's appends keep the order of their calls over the end of an epoch too.
 *
 * What waits too long: in no transaction yet → refused; else → unknown, and its entry is followed to its end all the same.
 */
import type { Clock } from '@skein/base';
import { asSequence, assert } from '@skein/base';
import { EtcdError, type EtcdPort, type EtcdTransaction } from '../etcd/etcd-port.ts';
import { ENTRY_BYTES_MAX, ENTRY_BYTES_TARGET, OPERATION_BYTES_MAX } from '../limits.ts';
import { OperationLogError, type ProposedOperation, type SequenceRange } from '../operation-log.ts';
import { WaitTimes } from '../scheduler/wait-times.ts';
import { encodeEntry, hashOf, operationBytesInEntry } from './entry.ts';
import { type EntryId, entryText, KEYS, type OrderRecord } from './entry-id.ts';
import type { EntryStore } from './entry-store.ts';
import { type OrderedEntry, orderKey, type ProposerView } from './order-tail.ts';
import { pause } from './pause.ts';
import type { PeerPort } from './peer-port.ts';

export interface OrderWriterOptions {
  readonly member: string;
  readonly etcd: EtcdPort;
  readonly entries: EntryStore;
  readonly peer: (member: string) => PeerPort | undefined;
  /** The proposer's key while this process holds it by a living lease: its create revision, and the lease. */
  readonly epoch: () => HeldEpoch | undefined;
  /** Members whose copies count. Undefined: not known yet. */
  readonly electorate: () => Electorate | undefined;
  readonly clock: Clock;
  readonly appendTimeoutMs: number;
  /** The journal is not far behind what is ordered: else appends would be ordered, and not be answered in time. */
  readonly isCaughtUp: () => boolean;
  /** A transaction found the epoch over; its session may not know yet. */
  readonly onEpochOver: () => void;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
  readonly onFatal: (error: Error) => void;
}

export interface HeldEpoch {
  readonly epoch: number;
  /** Hexadecimal. */
  readonly lease: string;
}

export interface Electorate {
  readonly members: readonly string[];
  readonly majority: number;
}

interface Append {
  readonly batch: readonly ProposedOperation[];
  readonly bytes: number;
  readonly deadlineMs: number;
  readonly resolve: (range: SequenceRange) => void;
  readonly reject: (error: OperationLogError) => void;
  isSettled: boolean;
}

/**
 * `storing`: copies are being made. `ready`: a majority has it. `sent`: a transaction with it may be carried out. `ordered`: it was.
 * `given-up`: it never will be.
 */
type EntryState = 'storing' | 'ready' | 'sent' | 'ordered' | 'given-up';

interface Entry {
  readonly id: EntryId;
  readonly appends: readonly Append[];
  readonly operations: readonly ProposedOperation[];
  readonly payload: Uint8Array;
  readonly hash: string;
  readonly holders: Set<string>;
  /** Members that it is being sent to. */
  readonly targets: Set<string>;
  state: EntryState;
  /** The tail has seen it: the journal will tell its sequences. */
  isCounted: boolean;
  /** A gap was crossed while nobody knew whether it was ordered. */
  mayBeInGap: boolean;
}

/** Entries that are not journaled yet, and their bytes: what is put together next gets larger while these are on their way. */
const ENTRIES_MAX = 16;
const ENTRIES_BYTES_MAX = 64 * 1024 * 1024;
/** etcd takes 128 writes in a transaction. */
const ORDERED_AT_ONCE_MAX = 32;
/** Of one member: further ones are not sent to it until it has answered. It fetches what it lacks. */
const SENT_TO_PEER_MAX = 24;
const TRY_PAUSE_MS_MIN = 20;
const TRY_PAUSE_MS_MAX = 200;
const ORDER_TIMEOUT_MS = 1000;
const COMPLAIN_EVERY_MS = 1000;
/** As the journal has it. */
const NAME_UNITS_MAX = 10_000;

export class OrderWriter {
  readonly #options: OrderWriterOptions;
  readonly #stop = new AbortController();
  readonly #sentTo = new Map<string, number>();
  readonly #complainedAtMs = new Map<string, number>();
  #waiting: Append[] = [];
  #waitingBytes = 0;
  /** By counter; from the oldest that is not journaled to the newest. Of one epoch only, except while the epoch changes. */
  #entries: Entry[] = [];
  #entriesBytes = 0;
  /** The epoch that new entries get; undefined: none, or what came before is not settled. */
  #epoch: number | undefined;
  /** The last one that began here. None begins twice, whatever is found out about it, and in which order. */
  #epochNewest = 0;
  /** Of the epoch: the last that was ordered, and the last that was given. */
  #counterOrdered = 0;
  #counterGiven = 0;
  /** Entries were given up, and none was ordered since: one at a time is enough to find out when it goes on. */
  #isStalled = false;
  #isPumping = false;
  #isOrdering = false;
  #isClosed = false;
  #idle: (() => void)[] = [];
  #orderedEntryCount = 0;
  #orderedOperationCount = 0;
  #orderedBytes = 0;
  #transactionCount = 0;
  readonly #transactionMs = new WaitTimes();
  readonly #appendMs = new WaitTimes();

  constructor(options: OrderWriterOptions) {
    this.#options = options;
  }

  get statistics() {
    const [orderTransactionP50Ms, orderTransactionP99Ms] = this.#transactionMs.percentiles();
    const [appendP50Ms, appendP99Ms] = this.#appendMs.percentiles();
    return {
      orderedEntryCount: this.#orderedEntryCount,
      orderedOperationCount: this.#orderedOperationCount,
      orderedBytes: this.#orderedBytes,
      orderTransactionCount: this.#transactionCount,
      orderTransactionP50Ms,
      orderTransactionP99Ms,
      appendP50Ms,
      appendP99Ms,
      waitingOperationCount:
        this.#waiting.reduce((sum, { batch }) => sum + batch.length, 0) +
        this.#entries.reduce((sum, { operations }) => sum + operations.length, 0),
      waitingBytes: this.#waitingBytes + this.#entriesBytes,
    };
  }

  /** Enough of the members can be reached to have an entry synced by a majority. */
  get hasMajority(): boolean {
    const electorate = this.#options.electorate();
    if (electorate === undefined) return false;
    const { member } = this.#options;
    const reachable = electorate.members.filter((name) => name === member || this.#isConnected(name));
    return reachable.length >= electorate.majority;
  }

  append(batch: readonly ProposedOperation[]): Promise<SequenceRange> {
    assert(batch.length > 0, 'append: a batch holds at least one operation');
    if (this.#isClosed)
      return Promise.reject(new OperationLogError('log-closed', 'refused', 'the log is closed'));
    const refusal = tooLarge(batch);
    if (refusal !== undefined) return Promise.reject(refusal);
    const bytes = batch.reduce((sum, operation) => sum + operationBytesInEntry(operation), 0);
    return new Promise((resolve, reject) => {
      const deadlineMs = this.#options.clock.nowMs() + this.#options.appendTimeoutMs;
      this.#waiting.push({ batch, bytes, deadlineMs, resolve, reject, isSettled: false });
      this.#waitingBytes += bytes;
      this.#pumpSoon();
    });
  }

  /** Operations of an entry that this process made, while it still has them. */
  operationsOf({ id, record }: OrderedEntry): readonly ProposedOperation[] | undefined {
    const entry = this.#find(id);
    return entry !== undefined && entry.hash === record.hash ? entry.operations : undefined;
  }

  /** The tail counted an entry of this member. */
  counted({ id }: OrderedEntry): void {
    const entry = this.#find(id);
    if (entry === undefined) return;
    assert(
      entry.state === 'sent' || entry.state === 'ordered',
      `order: ${entryText(id)} is ordered, but was never sent`,
    );
    entry.state = 'ordered';
    entry.isCounted = true;
    if (id.epoch === this.#epoch) this.#counterOrdered = Math.max(this.#counterOrdered, id.counter);
  }

  /** Entries whose order is not known may lie in what the tail did not see. */
  crossGap(): void {
    for (const entry of this.#entries) if (entry.state === 'sent') entry.mayBeInGap = true;
  }

  /** The tail shows the state of the proposer's key at a revision up to which it has counted everything. */
  advance(shown: ProposerView | undefined): void {
    const epoch = this.#options.epoch()?.epoch;
    if (shown !== undefined) this.#leaveInGap(shown);
    if (shown !== undefined && shown.epoch === epoch && epoch > this.#epochNewest) this.#beginEpoch(shown);
    this.#pumpSoon();
  }

  /** The entry is in this member's journal. */
  journaled({ id, first, last }: OrderedEntry): void {
    const entry = this.#find(id);
    if (entry === undefined) return;
    this.#remove(entry);
    entry.state = 'ordered';
    let at: number = first;
    for (const append of entry.appends) {
      const end = at + append.batch.length;
      if (!append.isSettled) {
        append.isSettled = true;
        const { clock, appendTimeoutMs } = this.#options;
        this.#appendMs.add(clock.nowMs() - append.deadlineMs + appendTimeoutMs);
        append.resolve({ first: asSequence(at), last: asSequence(end - 1) });
      }
      at = end;
    }
    assert(
      at === last + 1,
      `order: ${entryText(id)} has ${at - first} operations, ${last - first + 1} were ordered`,
    );
    this.#orderedEntryCount++;
    this.#orderedOperationCount += entry.operations.length;
    this.#orderedBytes += entry.payload.byteLength;
    this.#pumpSoon();
  }

  /** Something outside has changed: the epoch, the members, the lines to them. Also called every so often, for what waits too long. */
  tick(): void {
    const { clock } = this.#options;
    const nowMs = clock.nowMs();
    this.#giveUpLate(nowMs);
    for (const append of this.#takeLate(nowMs)) {
      this.#reject(
        append,
        'refused',
        'no majority of the cluster answered in time: the operations were not written',
      );
    }
    for (const entry of this.#entries) {
      if (entry.state === 'storing') {
        this.#replicate(entry);
        // A majority may be fewer than it was.
        this.#countCopies(entry);
      }
      for (const append of entry.appends) {
        if (append.isSettled || append.deadlineMs > nowMs) continue;
        this.#reject(
          append,
          'unknown',
          'no majority of the cluster answered in time: the operations may be written later',
        );
      }
    }
    this.#pumpSoon();
    this.#tellIdle();
  }

  /** Nothing more is taken; resolves when nothing waits. */
  async drain(): Promise<void> {
    this.#isClosed = true;
    while (this.#isBusy()) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Whatever waits now is not followed any further. */
  stop(error: OperationLogError): void {
    this.#isClosed = true;
    this.#stop.abort();
    for (const append of this.#waiting.splice(0)) {
      this.#reject(append, 'refused', error.message, error);
    }
    this.#waitingBytes = 0;
    for (const entry of this.#entries.splice(0)) {
      // Nobody sends it any more: what was not sent is never ordered.
      const outcome = entry.state === 'sent' || entry.state === 'ordered' ? 'unknown' : 'refused';
      if (entry.state !== 'ordered') entry.state = 'given-up';
      for (const append of entry.appends) this.#reject(append, outcome, error.message, error);
    }
    this.#entriesBytes = 0;
    this.#tellIdle();
  }

  #isBusy(): boolean {
    return (
      this.#waiting.length > 0 ||
      this.#entries.some(({ appends }) => appends.some(({ isSettled }) => !isSettled))
    );
  }

  #tellIdle(): void {
    if (this.#isBusy()) return;
    for (const tell of this.#idle.splice(0)) tell();
  }

  #find({ member, epoch, counter }: EntryId): Entry | undefined {
    if (member !== this.#options.member) return undefined;
    return this.#entries.find(({ id }) => id.counter === counter && id.epoch === epoch);
  }

  #remove(entry: Entry): void {
    this.#entries = this.#entries.filter((other) => other !== entry);
    this.#entriesBytes -= entry.payload.byteLength;
  }

  #reject(append: Append, outcome: 'refused' | 'unknown', message: string, cause?: OperationLogError): void {
    if (append.isSettled) return;
    append.isSettled = true;
    const code = cause?.code ?? 'no-quorum';
    append.reject(new OperationLogError(code, outcome, message, { cause }));
  }

  /**
   * Entries that are ordered, and that the tail has not counted at a revision that shows them so, lie in a gap: they are written, and nobody
   * will be told here at which sequences. They must not be waited for.
   */
  #leaveInGap(shown: ProposerView): void {
    for (const entry of [...this.#entries]) {
      const { epoch, counter } = entry.id;
      const isSeen = epoch === shown.epoch && counter <= shown.counter;
      const isPast = epoch < shown.epoch && entry.state === 'ordered';
      if (entry.isCounted || !(isSeen || isPast)) continue;
      entry.state = 'ordered';
      this.#remove(entry);
      if (epoch === this.#epoch) this.#counterOrdered = Math.max(this.#counterOrdered, counter);
      for (const append of entry.appends) {
        this.#reject(
          append,
          'unknown',
          'this member was cut off for long: where the operations were written shows in the log',
        );
      }
    }
  }

  /** Everything of earlier epochs that is ordered has been counted: see 4 above. */
  #beginEpoch(shown: ProposerView): void {
    const again: Append[] = [];
    for (const entry of [...this.#entries]) {
      if (entry.state === 'ordered' || entry.id.epoch === shown.epoch) continue;
      const mayBeOrdered = entry.state === 'sent' && entry.mayBeInGap;
      entry.state = 'given-up';
      this.#remove(entry);
      for (const append of entry.appends) {
        if (append.isSettled) continue;
        if (mayBeOrdered) {
          this.#reject(
            append,
            'unknown',
            'this member was cut off for long: whether the operations were written shows in the log',
          );
        } else {
          again.push(append);
        }
      }
    }
    this.#putBack(again);
    assert(shown.counter === 0, `order: epoch ${shown.epoch} begins at ${shown.counter}`);
    this.#epoch = shown.epoch;
    this.#epochNewest = shown.epoch;
    this.#counterOrdered = 0;
    this.#counterGiven = 0;
  }

  #putBack(appends: readonly Append[]): void {
    this.#waiting.unshift(...appends);
    for (const { bytes } of appends) this.#waitingBytes += bytes;
  }

  /** Waiting appends whose time is over, out of the queue. All have the same time, so they are in front; those put back are older still. */
  #takeLate(nowMs: number): readonly Append[] {
    let count = 0;
    while (count < this.#waiting.length && this.#waiting[count]!.deadlineMs <= nowMs) count++;
    const late = this.#waiting.splice(0, count);
    for (const { bytes } of late) this.#waitingBytes -= bytes;
    return late;
  }

  /**
   * When an append of an entry that was never sent is late, that entry and all behind it are given up; what is not late waits again, in
   * the same order. See 3 above.
   */
  #giveUpLate(nowMs: number): void {
    const at = this.#entries.findIndex(
      ({ state, appends }) =>
        (state === 'storing' || state === 'ready') &&
        appends.some(({ isSettled, deadlineMs }) => !isSettled && deadlineMs <= nowMs),
    );
    if (at === -1) return;
    this.#isStalled = true;
    const again: Append[] = [];
    const ids: EntryId[] = [];
    for (const entry of this.#entries.slice(at)) {
      assert(entry.state === 'storing' || entry.state === 'ready', 'order: entries are sent in their order');
      entry.state = 'given-up';
      ids.push(entry.id);
      this.#remove(entry);
      again.push(...entry.appends.filter(({ isSettled }) => !isSettled));
    }
    this.#putBack(again);
    // Peers forget them when the counter has gone past, or the epoch is over.
    this.#options.entries.drop(ids).catch((error: unknown) => {
      this.#options.log('warn', `entries that were given up stay in the store: ${String(error)}`);
    });
  }

  /** In a moment, so that appends of the same turn share an entry. */
  #pumpSoon(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    queueMicrotask(() => {
      this.#isPumping = false;
      try {
        this.#pump();
      } catch (error) {
        this.#options.onFatal(error instanceof Error ? error : new Error(String(error)));
      }
      this.#tellIdle();
    });
  }

  #pump(): void {
    const epoch = this.#options.epoch()?.epoch;
    const electorate = this.#options.electorate();
    if (epoch === undefined || epoch !== this.#epoch || electorate === undefined || this.#stop.signal.aborted)
      return;
    // Bytes that too few can take would be written to the disk again and again.
    if (!this.hasMajority || !this.#options.isCaughtUp()) return;
    while (
      this.#waiting.length > 0 &&
      // Peers keep what was given up until the counter moves: without a limit it would fill their disks while etcd orders nothing.
      this.#entries.length < (this.#isStalled ? 1 : ENTRIES_MAX) &&
      (this.#entries.length === 0 || this.#entriesBytes < ENTRIES_BYTES_MAX)
    ) {
      this.#replicate(this.#makeEntry(epoch));
    }
    this.#order();
  }

  #isConnected(member: string): boolean {
    return this.#options.peer(member)?.connected === true;
  }

  #makeEntry(epoch: number): Entry {
    let count = 0;
    let bytes = 0;
    for (const append of this.#waiting) {
      if (count > 0 && bytes + append.bytes > ENTRY_BYTES_TARGET) break;
      count++;
      bytes += append.bytes;
    }
    const appends = this.#waiting.splice(0, count);
    this.#waitingBytes -= bytes;
    const operations = appends.flatMap(({ batch }) => batch);
    const payload = encodeEntry(operations);
    const entry: Entry = {
      id: { member: this.#options.member, epoch, counter: ++this.#counterGiven },
      appends,
      operations,
      payload,
      hash: hashOf(payload),
      holders: new Set(),
      targets: new Set(),
      state: 'storing',
      isCounted: false,
      mayBeInGap: false,
    };
    this.#entries.push(entry);
    this.#entriesBytes += payload.byteLength;
    return entry;
  }

  /** Sends it to all who have a vote, this member included. */
  #replicate(entry: Entry): void {
    for (const member of this.#options.electorate()?.members ?? []) {
      if (entry.targets.has(member)) continue;
      entry.targets.add(member);
      void this.#replicateTo(entry, member);
    }
  }

  async #replicateTo(entry: Entry, member: string): Promise<void> {
    let pauseMs = TRY_PAUSE_MS_MIN;
    while (entry.state === 'storing' || (entry.state === 'ready' && member === this.#options.member)) {
      if (await this.#storeAt(member, entry)) {
        entry.holders.add(member);
        this.#countCopies(entry);
        return;
      }
      await pause(pauseMs, this.#stop.signal);
      if (this.#stop.signal.aborted) return;
      pauseMs = Math.min(TRY_PAUSE_MS_MAX, 2 * pauseMs);
    }
  }

  /** Whether the member has synced it. */
  async #storeAt(member: string, { id, payload }: Entry): Promise<boolean> {
    const sent = this.#sentTo.get(member) ?? 0;
    try {
      if (member === this.#options.member) {
        await this.#options.entries.add(id, payload);
        return true;
      }
      const peer = this.#options.peer(member);
      if (peer === undefined || !peer.connected || sent >= SENT_TO_PEER_MAX) return false;
      this.#sentTo.set(member, sent + 1);
      try {
        await peer.storeEntry(id, payload);
      } finally {
        this.#sentTo.set(member, this.#sentTo.get(member)! - 1);
      }
      return true;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#complain(member, `${member} did not store entry ${entryText(id)}: ${message}`);
      return false;
    }
  }

  /** Once a second about the same: what goes wrong is tried again many times. */
  #complain(about: string, message: string): void {
    const nowMs = this.#options.clock.nowMs();
    if (nowMs < (this.#complainedAtMs.get(about) ?? Number.NEGATIVE_INFINITY) + COMPLAIN_EVERY_MS) return;
    this.#complainedAtMs.set(about, nowMs);
    this.#options.log('info', message);
  }

  #countCopies(entry: Entry): void {
    const electorate = this.#options.electorate();
    if (entry.state !== 'storing' || electorate === undefined) return;
    const copies = electorate.members.filter((member) => entry.holders.has(member)).length;
    if (copies < electorate.majority) return;
    entry.state = 'ready';
    this.#order();
  }

  #order(): void {
    if (this.#isOrdering) return;
    this.#orderReady().catch((error: unknown) => {
      this.#options.onFatal(error instanceof Error ? error : new Error(String(error)));
    });
  }

  /** One transaction after another, as long as entries are ready. */
  async #orderReady(): Promise<void> {
    this.#isOrdering = true;
    try {
      for (;;) {
        const entries = this.#nextToOrder();
        const held = this.#options.epoch();
        if (entries.length === 0 || held === undefined || held.epoch !== this.#epoch) return;
        const carriedOut = await this.#orderOnce(entries, held.epoch, held.lease);
        if (this.#stop.signal.aborted) return;
        if (!carriedOut) continue;
        this.#isStalled = false;
        for (const entry of entries) if (entry.state === 'sent') entry.state = 'ordered';
        if (this.#epoch === held.epoch) {
          this.#counterOrdered = Math.max(this.#counterOrdered, entries.at(-1)!.id.counter);
        }
      }
    } finally {
      this.#isOrdering = false;
    }
  }

  /** Adjacent entries from the oldest that is not ordered, all of them ready; or those sent before, again just these. */
  #nextToOrder(): readonly Entry[] {
    const open = this.#entries.filter(({ state, id }) => state !== 'ordered' && id.epoch === this.#epoch);
    if (open[0]?.state === 'sent') return open.filter(({ state }) => state === 'sent');
    const end = open.findIndex(({ state }) => state !== 'ready');
    return open.slice(0, end === -1 ? undefined : end).slice(0, ORDERED_AT_ONCE_MAX);
  }

  /** Whether they are known to be ordered now; if not, look again. */
  async #orderOnce(entries: readonly Entry[], epoch: number, lease: string): Promise<boolean> {
    const { etcd, member, log } = this.#options;
    const { signal } = this.#stop;
    const before = this.#counterOrdered;
    const last = entries.at(-1)!.id.counter;
    const proposer = KEYS.proposers + member;
    const wereSent = entries[0]!.state === 'sent';
    // From here on nobody may give them up.
    for (const entry of entries) entry.state = 'sent';
    this.#transactionCount++;
    const sentMs = this.#options.clock.nowMs();
    try {
      const transaction = orderTransaction(entries, { key: proposer, epoch, before, last, lease });
      const answer = await etcd.transaction(transaction, { timeoutMs: ORDER_TIMEOUT_MS, signal });
      this.#transactionMs.add(this.#options.clock.nowMs() - sentMs);
      if (answer.succeeded) return true;
      const found = answer.found.get(proposer);
      if (found?.createRevision !== epoch) {
        log('info', `the epoch ${epoch} of this member is over: a new one takes on what was not ordered`);
        // The next one may have begun while this was on its way.
        if (this.#epoch === epoch) this.#epoch = undefined;
        this.#options.onEpochOver();
        return false;
      }
      assert(
        wereSent && found.value === String(last),
        `order: the counter of epoch ${epoch} is ${found.value}, not ${before}: somebody else orders for ${member}`,
      );
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      if (!(error instanceof EtcdError)) throw error;
      this.#complain('order', `ordering is tried again: ${error.message}`);
      if (error.outcome === 'refused' && !wereSent) {
        for (const entry of entries) if (entry.state === 'sent') entry.state = 'ready';
      }
      await pause(TRY_PAUSE_MS_MIN, signal);
      return false;
    }
  }
}

/** What the members could not write into their journals must not be ordered. */
function tooLarge(batch: readonly ProposedOperation[]): OperationLogError | undefined {
  let bytes = 0;
  for (const operation of batch) {
    const { application, operationId, proposedAtMs, payload } = operation;
    assert(
      application.length < NAME_UNITS_MAX && operationId.length < NAME_UNITS_MAX,
      'append: names are short',
    );
    assert(
      Number.isSafeInteger(proposedAtMs) && proposedAtMs >= 0,
      'append: a time after 1970, in milliseconds',
    );
    bytes += operationBytesInEntry(operation);
    if (payload.byteLength > OPERATION_BYTES_MAX) {
      return new OperationLogError(
        'operation-too-large',
        'refused',
        `an operation has ${payload.byteLength} bytes, at most ${OPERATION_BYTES_MAX} are allowed`,
      );
    }
  }
  if (bytes + ENTRY_BYTES_TARGET <= ENTRY_BYTES_MAX) return undefined;
  return new OperationLogError(
    'operation-too-large',
    'refused',
    `the operations have ${bytes} bytes, at most ${ENTRY_BYTES_MAX - ENTRY_BYTES_TARGET} are allowed at once`,
  );
}

function orderTransaction(
  entries: readonly Entry[],
  proposer: {
    readonly key: string;
    readonly epoch: number;
    readonly before: number;
    readonly last: number;
    readonly lease: string;
  },
): EtcdTransaction {
  const { key, epoch, before, last, lease } = proposer;
  return {
    compare: [
      { key, target: 'create', is: epoch },
      { key, target: 'value', is: String(before) },
    ],
    then: [
      // Without the lease it would outlive this process.
      { kind: 'put', key, value: String(last), lease },
      ...entries.map((entry) => ({
        kind: 'put' as const,
        key: orderKey(entry.id),
        value: orderRecord(entry),
      })),
    ],
    otherwiseGet: [key],
  };
}

function orderRecord({ operations, payload, hash, holders }: Entry): string {
  const record: OrderRecord = {
    count: operations.length,
    bytes: payload.byteLength,
    hash,
    holders: [...holders],
  };
  return JSON.stringify(record);
}
