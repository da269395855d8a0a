import {
  type EtcdCallOptions,
  EtcdError,
  type EtcdKeyValue,
  type EtcdPort,
  type EtcdRange,
  type EtcdRangeOptions,
  type EtcdTransaction,
  type EtcdTransactionAnswer,
  type EtcdWatchBatch,
} from '../etcd/etcd-port.ts';
import { SimEtcdStore } from './sim-etcd-store.ts';

/**
 * An etcd in memory, with a clock of its own that moves by `advance` only. It never loses what it has carried out, as a majority does not;
 * what fails are the lines to it, each for itself.
 */
export class SimEtcd {
  /** Marks without events are told to watches. Off by default: etcd before 3.4.25 and 3.5.8 has none that can be trusted. */
  readonly progressMarks: boolean;
  readonly store = new SimEtcdStore();
  #nowMs = 0;
  #changed: Promise<void> = Promise.resolve();
  #tellChanged: () => void = () => {};

  constructor(options: { readonly progressMarks?: boolean | undefined } = {}) {
    this.progressMarks = options.progressMarks ?? false;
    this.wake();
  }

  /** `name` is only for messages. With `random` (numbers in [0, 1)) the order and the pace of answers and of events vary. */
  connect(name: string, options: { readonly random?: (() => number) | undefined } = {}): SimEtcdConnection {
    return new SimEtcdConnection(this, name, options.random);
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  get revision(): number {
    return this.store.revision;
  }

  /** Leases that end until then end, with their keys. */
  advance(ms: number): void {
    this.#nowMs += ms;
    if (this.store.expireLeases(this.#nowMs)) this.wake();
  }

  /** NOSPACE: nothing is put and no lease granted any more; deleting goes on. */
  set full(full: boolean) {
    this.store.full = full;
  }

  /** What a test wants to see at once, past all faults. */
  get(key: string): EtcdKeyValue | undefined {
    return this.store.range(key, {}).kvs[0];
  }

  /** As `get`, for keys that begin so. */
  list(prefix: string): readonly EtcdKeyValue[] {
    return this.store
      .range(prefix, { end: `${prefix}\u{10ffff}` })
      .kvs.filter(({ key }) => key.startsWith(prefix));
  }

  /** Resolves at the next change of the store or of a line. */
  get changed(): Promise<void> {
    return this.#changed;
  }

  wake(): void {
    this.#tellChanged();
    this.#changed = new Promise((resolve) => {
      this.#tellChanged = resolve;
    });
  }
}

/** One member's line to etcd. Faults are switched on and off at any time and hold for calls made from then on. */
export class SimEtcdConnection implements EtcdPort {
  readonly name: string;
  readonly #sim: SimEtcd;
  readonly #random: (() => number) | undefined;
  #cut = false;
  #hold = false;
  readonly #held: (() => void)[] = [];
  #closed = false;
  /** Requests are carried out, and their answers are lost. */
  loseAnswers = false;
  /** Waited for before a request is carried out, and again before its answer is told. */
  delay: ((call: string) => Promise<void>) | undefined;

  /** Use `SimEtcd.connect`. */
  constructor(sim: SimEtcd, name: string, random: (() => number) | undefined) {
    this.#sim = sim;
    this.name = name;
    this.#random = random;
  }

  get cut(): boolean {
    return this.#cut;
  }

  /** Calls fail and watches stand still, without a word. */
  set cut(cut: boolean) {
    this.#cut = cut;
    this.#sim.wake();
  }

  get hold(): boolean {
    return this.#hold;
  }

  /** Requests are kept, and the caller is told `timeout` at once; `releaseHeld` carries them out. Watches stand still. A stopped etcd. */
  set hold(hold: boolean) {
    this.#hold = hold;
    this.#sim.wake();
  }

  get heldCount(): number {
    return this.#held.length;
  }

  /** Carries out what was held, in the order of the calls or in any other; the callers have been told long ago. */
  releaseHeld(): void {
    while (this.#held.length > 0) {
      const at = this.#random === undefined ? 0 : Math.floor(this.#random() * this.#held.length);
      const [carryOut] = this.#held.splice(at, 1);
      try {
        carryOut!();
      } catch (error) {
        // It would have been this call's answer, which nobody waits for any more.
        if (!(error instanceof EtcdError)) throw error;
      }
    }
  }

  transaction(transaction: EtcdTransaction, options?: EtcdCallOptions): Promise<EtcdTransactionAnswer> {
    return this.#call('transaction', options, () => this.#sim.store.transaction(transaction));
  }

  range(key: string, range: EtcdRangeOptions, options?: EtcdCallOptions): Promise<EtcdRange> {
    return this.#call('range', options, () => this.#sim.store.range(key, range));
  }

  compact(revision: number, options?: EtcdCallOptions): Promise<void> {
    return this.#call('compact', options, () => this.#sim.store.compact(revision));
  }

  grantLease(ttlS: number, options?: EtcdCallOptions): Promise<string> {
    return this.#call('grantLease', options, () => this.#sim.store.grantLease(ttlS, this.#sim.nowMs));
  }

  keepLeaseAlive(lease: string, options?: EtcdCallOptions): Promise<boolean> {
    return this.#call('keepLeaseAlive', options, () =>
      this.#sim.store.keepLeaseAlive(lease, this.#sim.nowMs),
    );
  }

  revokeLease(lease: string, options?: EtcdCallOptions): Promise<void> {
    return this.#call('revokeLease', options, () => this.#sim.store.revokeLease(lease));
  }

  async *watch(
    key: string,
    watch: { readonly end: string; readonly fromRevision: number },
    signal: AbortSignal,
  ): AsyncIterable<EtcdWatchBatch> {
    let next = watch.fromRevision;
    const aborted = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    while (!signal.aborted && !this.#closed) {
      const { changed } = this.#sim;
      if (!this.#cut && !this.#hold) {
        const batch = this.#sim.store.changes(key, watch.end, next, this.#revisionsAtOnce());
        const told = batch.revision >= next && (batch.events.length > 0 || this.#sim.progressMarks);
        next = Math.max(next, batch.revision + 1);
        if (told) {
          await this.#pause('watch');
          if (signal.aborted || this.#closed) return;
          yield batch;
          continue;
        }
        if (next <= this.#sim.revision) continue;
      }
      await Promise.race([changed, aborted]);
    }
  }

  close(): void {
    this.#closed = true;
    this.#sim.wake();
  }

  #revisionsAtOnce(): number {
    return this.#random === undefined ? 1000 : 1 + Math.floor(this.#random() * 4);
  }

  async #call<T>(call: string, options: EtcdCallOptions | undefined, carryOut: () => T): Promise<T> {
    this.#check(call, options);
    if (this.#cut) {
      await this.#pause(call);
      if ((this.#random?.() ?? 0) < 0.5) {
        throw new EtcdError('unavailable', 'refused', `${call} of ${this.name}: no endpoint answers`);
      }
      throw new EtcdError('timeout', 'unknown', `${call} of ${this.name}: no answer in time`);
    }
    if (this.#hold) {
      this.#held.push(() => {
        carryOut();
        this.#sim.wake();
      });
      throw new EtcdError('timeout', 'unknown', `${call} of ${this.name}: no answer in time`);
    }
    const { loseAnswers } = this;
    await this.#pause(call);
    this.#check(call, options);
    let answer: T;
    try {
      answer = carryOut();
    } finally {
      this.#sim.wake();
    }
    await this.#pause(call);
    if (loseAnswers || this.#closed || this.#cut) {
      throw new EtcdError('timeout', 'unknown', `${call} of ${this.name}: no answer in time`);
    }
    if (options?.signal?.aborted === true) {
      throw new EtcdError('cancelled', 'unknown', `${call} of ${this.name}: cancelled`);
    }
    return answer;
  }

  #check(call: string, options: EtcdCallOptions | undefined): void {
    if (this.#closed || options?.signal?.aborted === true) {
      throw new EtcdError('cancelled', 'refused', `${call} of ${this.name}: cancelled`);
    }
  }

  async #pause(call: string): Promise<void> {
    await this.delay?.(call);
    const turns = this.#random === undefined ? 1 : Math.floor(this.#random() * 8);
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
  }
}
