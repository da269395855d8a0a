/**
 * A member's presence in etcd: one lease, and by it the key that makes this process its member's only proposer, and the member's status.
 *
 *   grant ─▶ take the proposer's key ─▶ epoch ─ keepalives, status ─▶ … ─ expired, or not certain any more ─▶ no epoch ─▶ grant …
 *
 * Invariants:
 *  - An epoch is the create revision of the proposer's key. It begins after the key of the epoch before is deleted: so everything ordered under
 *    an old epoch has a smaller revision than the new one, and what arrives later for the old one finds its key gone.
 *  - An epoch that was told as over is not told again, also when its lease turns out to have lived on.
 *  - Of two processes of one member, the one that took the key last has it. The other, once it finds that out, does not take it back.
 *  - `epoch` is undefined as soon as nobody answered for longer than the lease lasts, by this machine's steady clock: so a process that was
 *    stopped and goes on, or one that is cut off, does not take itself for the proposer.
 */
import type { Clock } from '@skein/base';
import { EtcdError, type EtcdKeyValue, type EtcdPort, type EtcdTransaction } from '../etcd/etcd-port.ts';
import { KEYS } from './entry-id.ts';
import type { MemberStatus } from './member-status.ts';
import { pause } from './pause.ts';
import { statusText } from './status-text.ts';

export interface LeaseSessionOptions {
  readonly member: string;
  /** Asked each time that the status is told. */
  readonly describe: () => MemberStatus;
  /** How long the member counts as there after it was last heard, seconds. Default 5. */
  readonly ttlS?: number | undefined;
  /** Default 1,000. */
  readonly statusIntervalMs?: number | undefined;
  /** Each epoch that begins, and undefined when one is over. Not called again after `stop` has told that. */
  readonly onEpoch: (epoch: number | undefined) => void;
  /** Another process of this member took over; this session has ended and should not be started again in this process. */
  readonly onReplaced?: (() => void) | undefined;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
  /** Steady: a clock that nobody sets. */
  readonly clock: Clock;
}

const TTL_S = 5;
const STATUS_INTERVAL_MS = 1000;
const TRY_PAUSE_MS_MIN = 50;
const TRY_PAUSE_MS_MAX = 500;
/** Of one call. Shorter than the time between two keepalives, so that one which hangs does not cost the lease. */
const CALL_TIMEOUT_MS_MAX = 1000;

interface Lease {
  readonly id: string;
  /** When the last call that was answered had been sent. It lasts at least the TTL from there on. */
  keptAtMs: number;
}

/** Why an epoch ends that `stop` does not end. */
class EpochLost extends Error {
  override readonly name = 'EpochLost';
}

export class LeaseSession {
  readonly #etcd: EtcdPort;
  readonly #options: LeaseSessionOptions;
  readonly #ttlMs: number;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  readonly #key: string;
  readonly #statusKey: string;
  /** Every lease that this session was granted. A proposer's key by another one is another process's. */
  readonly #ownLeases = new Set<string>();
  #lease: Lease | undefined;
  #epoch: number | undefined;
  #hasHadEpoch = false;
  #replaced = false;
  #statusDueMs = 0;
  #wakeUp: () => void = () => {};
  #fence: NodeJS.Timeout | undefined;
  #complaint = '';

  private constructor(etcd: EtcdPort, options: LeaseSessionOptions) {
    this.#etcd = etcd;
    this.#options = options;
    this.#ttlMs = (options.ttlS ?? TTL_S) * 1000;
    this.#key = KEYS.proposers + options.member;
    this.#statusKey = KEYS.status + options.member;
    this.#running = this.#run();
  }

  /** Goes on trying in the background until `stop`, whatever etcd says; the epoch tells when it has succeeded. */
  static start(etcd: EtcdPort, options: LeaseSessionOptions): LeaseSession {
    return new LeaseSession(etcd, options);
  }

  /** While this process is certainly its member's proposer, as far as can be told here; etcd has the last word. */
  get epoch(): number | undefined {
    return this.#isKept() ? this.#epoch : undefined;
  }

  /** The lease by which the proposer's key lives, hexadecimal; whoever puts the key names it again. Undefined without an epoch. */
  get lease(): string | undefined {
    return this.epoch === undefined ? undefined : this.#lease?.id;
  }

  /** Another process of this member took over. */
  get replaced(): boolean {
    return this.#replaced;
  }

  /** The status is told now, not at its time. */
  renewStatus(): void {
    this.#statusDueMs = 0;
    this.#wakeUp();
  }

  /** The epoch ends, and the member is seen to be gone at once if etcd answers; else when the lease expires. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wakeUp();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    let pauseMs = TRY_PAUSE_MS_MIN;
    while (!signal.aborted && !this.#replaced) {
      try {
        if (this.#epoch === undefined) await this.#takeKey();
        else await this.#keep();
        pauseMs = TRY_PAUSE_MS_MIN;
        this.#answered();
      } catch (error) {
        if (signal.aborted) break;
        if (!(error instanceof EtcdError) && !(error instanceof EpochLost)) {
          // A defect in here must not look like a member that is away.
          this.#endEpoch();
          throw error;
        }
        this.#failed(error);
        await pause(pauseMs, signal);
        pauseMs = Math.min(TRY_PAUSE_MS_MAX, pauseMs * 2);
      }
    }
    this.#endEpoch();
    if (signal.aborted) await this.#revoke();
    if (this.#replaced) this.#options.onReplaced?.();
  }

  /** A lease, then the key under it, with a create revision of its own. */
  async #takeKey(): Promise<void> {
    const lease = await this.#freshLease();
    const { kvs } = await this.#call((options) => this.#etcd.range(this.#key, {}, options));
    const found = kvs[0];
    if (found !== undefined) {
      if (found.lease === lease.id && found.value === '0') {
        // Put by an earlier try of this lease, whose answer was lost: nobody has used it.
        this.#statusDueMs = 0;
        this.#beginEpoch(found.createRevision);
        return;
      }
      if (this.#isReplacedBy(found)) return;
      await this.#transaction({
        compare: [{ key: this.#key, target: 'create', is: found.createRevision }],
        then: [{ kind: 'delete', key: this.#key }],
      });
    }
    this.#setStatusDue();
    const status = this.#statusPut(lease);
    const { succeeded, revision } = await this.#transaction({
      compare: [{ key: this.#key, target: 'create', is: 0 }],
      then: [{ kind: 'put', key: this.#key, value: '0', lease: lease.id }, status],
    });
    if (succeeded) this.#beginEpoch(revision);
    else throw new EpochLost('somebody else takes the key of this member');
  }

  /** The lease of the last try while it is certainly alive; not one under which an epoch was. */
  async #freshLease(): Promise<Lease> {
    const sentMs = this.#nowMs();
    const lease = this.#lease;
    if (lease !== undefined && this.#isKept()) {
      if (await this.#call((options) => this.#etcd.keepLeaseAlive(lease.id, options))) {
        lease.keptAtMs = sentMs;
        return lease;
      }
    }
    this.#lease = undefined;
    const ttlS = Math.ceil(this.#ttlMs / 1000);
    const id = await this.#call((options) => this.#etcd.grantLease(ttlS, options));
    this.#ownLeases.add(id);
    this.#lease = { id, keptAtMs: sentMs };
    return this.#lease;
  }

  /** Waits for what is due next, and does it. */
  async #keep(): Promise<void> {
    const lease = this.#lease!;
    const keepDueMs = lease.keptAtMs + this.#ttlMs / 3;
    const dueMs = Math.min(keepDueMs, this.#statusDueMs) - this.#nowMs();
    if (dueMs > 0) {
      await this.#sleep(dueMs);
      return;
    }
    if (this.epoch === undefined) this.#lose('no answer for longer than the lease lasts');
    if (this.#nowMs() >= keepDueMs) await this.#keepAlive(lease);
    const epoch = this.#epoch;
    if (epoch !== undefined && this.#nowMs() >= this.#statusDueMs) await this.#tellStatus(epoch, lease);
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.ceil(ms));
      this.#wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #keepAlive(lease: Lease): Promise<void> {
    const sentMs = this.#nowMs();
    const isAlive = await this.#call((options) => this.#etcd.keepLeaseAlive(lease.id, options));
    if (!isAlive) this.#lose('the lease has expired');
    // Alive, but told so late that `epoch` may have been read as undefined meanwhile.
    if (this.epoch === undefined) this.#lose('no answer for longer than the lease lasts');
    lease.keptAtMs = sentMs;
    this.#setFence();
  }

  async #tellStatus(epoch: number, lease: Lease): Promise<void> {
    // What changes while it is told is told next.
    const dueMs = this.#setStatusDue();
    try {
      const { succeeded, found } = await this.#transaction({
        compare: [{ key: this.#key, target: 'create', is: epoch }],
        then: [this.#statusPut(lease)],
        otherwiseGet: [this.#key],
      });
      if (succeeded) return;
      const other = found.get(this.#key);
      if (other !== undefined && this.#isReplacedBy(other)) return;
      this.#lose('the key of this member is gone');
    } catch (error) {
      if (error instanceof EtcdError && error.code === 'no-lease') this.#lose('the lease has expired');
      if (this.#statusDueMs === dueMs) this.#statusDueMs = 0;
      throw error;
    }
  }

  #setStatusDue(): number {
    this.#statusDueMs = this.#nowMs() + (this.#options.statusIntervalMs ?? STATUS_INTERVAL_MS);
    return this.#statusDueMs;
  }

  #statusPut({ id }: Lease): { kind: 'put'; key: string; value: string; lease: string } {
    return {
      kind: 'put',
      key: this.#statusKey,
      value: statusText(this.#options.describe()),
      lease: id,
    };
  }

  #isReplacedBy({ lease }: EtcdKeyValue): boolean {
    if (!this.#hasHadEpoch || (lease !== undefined && this.#ownLeases.has(lease))) return false;
    this.#options.log('error', 'another process of this member proposes now: this one stops proposing');
    this.#replaced = true;
    return true;
  }

  #lose(why: string): never {
    this.#endEpoch();
    throw new EpochLost(why);
  }

  #beginEpoch(epoch: number): void {
    this.#epoch = epoch;
    this.#hasHadEpoch = true;
    this.#options.onEpoch(epoch);
    this.#setFence();
  }

  #endEpoch(): void {
    clearTimeout(this.#fence);
    if (this.#epoch === undefined) return;
    this.#epoch = undefined;
    // Its lease may be alive, and the key of the epoch with it; the next one is taken under another.
    if (!this.#stop.signal.aborted) this.#lease = undefined;
    this.#options.onEpoch(undefined);
  }

  #isKept(): boolean {
    return this.#lease !== undefined && this.#nowMs() - this.#lease.keptAtMs < this.#ttlMs;
  }

  /** Ends the epoch when the lease may be over, also while a call hangs. */
  #setFence(): void {
    clearTimeout(this.#fence);
    if (this.#epoch === undefined || this.#lease === undefined) return;
    const leftMs = this.#lease.keptAtMs + this.#ttlMs - this.#nowMs();
    if (leftMs <= 0) {
      this.#endEpoch();
      return;
    }
    this.#fence = setTimeout(() => this.#setFence(), Math.ceil(leftMs));
    this.#fence.unref();
  }

  async #revoke(): Promise<void> {
    const lease = this.#lease;
    this.#lease = undefined;
    if (lease === undefined) return;
    try {
      await this.#etcd.revokeLease(lease.id, { timeoutMs: CALL_TIMEOUT_MS_MAX });
    } catch (error) {
      if (!(error instanceof EtcdError)) throw error;
      this.#options.log('info', `the lease is left to expire: ${error.message}`);
    }
  }

  #call<T>(
    make: (options: { readonly timeoutMs: number; readonly signal: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    const timeoutMs = Math.min(CALL_TIMEOUT_MS_MAX, this.#ttlMs / 3);
    return make({ timeoutMs, signal: this.#stop.signal });
  }

  #transaction(transaction: EtcdTransaction): ReturnType<EtcdPort['transaction']> {
    return this.#call((options) => this.#etcd.transaction(transaction, options));
  }

  #failed(error: EtcdError | EpochLost): void {
    const kind = error instanceof EtcdError ? error.code : error.message;
    // Once for each kind of trouble in a row.
    if (this.#complaint === kind) return;
    this.#complaint = kind;
    this.#options.log('warn', `presence in etcd: ${error.message}; trying on`);
  }

  #answered(): void {
    if (this.#complaint === '' || this.#epoch === undefined) return;
    this.#complaint = '';
    this.#options.log('info', 'presence in etcd: fine again');
  }

  #nowMs(): number {
    return this.#options.clock.nowMs();
  }
}
