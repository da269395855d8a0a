import type {
  EtcdCompare,
  EtcdEvent,
  EtcdKeyValue,
  EtcdRange,
  EtcdRangeOptions,
  EtcdTransaction,
  EtcdTransactionAnswer,
  EtcdWatchBatch,
  EtcdWrite,
} from '../etcd/etcd-port.ts';
import { EtcdError } from '../etcd/etcd-port.ts';

interface KeyHistory {
  /** Ascending; a version without a value is a deletion. */
  readonly versions: { readonly modRevision: number; readonly kv: EtcdKeyValue | undefined }[];
}

interface Lease {
  readonly ttlMs: number;
  expiresAtMs: number;
}

interface Change {
  readonly revision: number;
  readonly events: readonly EtcdEvent[];
}

/**
 * What etcd keeps, and the rules by which it changes: keys with all their versions, revisions, leases, the compacted past. Synchronous;
 * `SimEtcd` puts it at the end of lines that fail.
 */
export class SimEtcdStore {
  #revision = 1;
  #compacted = 0;
  /** Sorted as etcd sorts: by bytes. */
  readonly #keys: string[] = [];
  readonly #histories = new Map<string, KeyHistory>();
  #changes: Change[] = [];
  readonly #leases = new Map<string, Lease>();
  #leaseLast = 0x7000_0000;
  #full = false;

  get revision(): number {
    return this.#revision;
  }

  /** Reads before this revision are gone; 0: nothing is. */
  get compactedRevision(): number {
    return this.#compacted;
  }

  set full(full: boolean) {
    this.#full = full;
  }

  transaction(transaction: EtcdTransaction): EtcdTransactionAnswer {
    this.#refuseDuplicates(transaction.then);
    const hasPuts = transaction.then.some(({ kind }) => kind === 'put');
    if (hasPuts) this.#refuseFull();
    if (!transaction.compare.every((compare) => this.#holds(compare))) {
      const found = new Map<string, EtcdKeyValue>();
      for (const key of transaction.otherwiseGet ?? []) {
        const kv = this.#at(key, this.#revision);
        if (kv !== undefined) found.set(key, kv);
      }
      return { succeeded: false, revision: this.#revision, found };
    }
    for (const write of transaction.then) {
      if (write.kind === 'put' && write.lease !== undefined && !this.#leases.has(write.lease)) {
        throw new EtcdError('no-lease', 'refused', 'etcdserver: requested lease not found');
      }
    }
    this.#write(transaction.then);
    return { succeeded: true, revision: this.#revision, found: new Map() };
  }

  range(key: string, { end, limit, revision }: EtcdRangeOptions): EtcdRange {
    const at = revision === undefined || revision === 0 ? this.#revision : revision;
    if (at > this.#revision) {
      const message = 'etcdserver: mvcc: required revision is a future revision';
      throw new EtcdError('failed', 'refused', message);
    }
    if (at < this.#compacted) throw compactedError();
    const kvs = this.#keysIn(key, end)
      .map((name) => this.#at(name, at))
      .filter((kv) => kv !== undefined);
    const more = limit !== undefined && limit > 0 && kvs.length > limit;
    return { kvs: more ? kvs.slice(0, limit) : kvs, more, revision: this.#revision };
  }

  /** Throws when `from` is compacted. Up to `revisionsMax` revisions at once. */
  changes(key: string, end: string, from: number, revisionsMax: number): EtcdWatchBatch {
    if (from < this.#compacted) throw compactedError();
    let at = this.#changes.length;
    while (at > 0 && this.#changes[at - 1]!.revision >= from) at--;
    const events: EtcdEvent[] = [];
    let revisionsLeft = revisionsMax;
    let revision = Math.max(from - 1, 0);
    for (; at < this.#changes.length && revisionsLeft > 0; at++) {
      const change = this.#changes[at]!;
      const inside = change.events.filter((event) => isInside(keyOf(event), key, end));
      events.push(...inside);
      if (inside.length > 0) revisionsLeft--;
      revision = change.revision;
    }
    const isEnd = at === this.#changes.length;
    return { revision: isEnd ? Math.max(revision, this.#revision) : revision, events };
  }

  compact(revision: number): void {
    if (revision <= this.#compacted) throw compactedError();
    if (revision > this.#revision) {
      const message = 'etcdserver: mvcc: required revision is a future revision';
      throw new EtcdError('failed', 'refused', message);
    }
    this.#compacted = revision;
    // Debian's etcd 3.4 forgets deletions of the very revision, too (etcd issue 18089), so nobody may count on them.
    this.#changes = this.#changes
      .filter((change) => change.revision >= revision)
      .map((change) =>
        change.revision === revision
          ? { revision, events: change.events.filter(({ kind }) => kind === 'put') }
          : change,
      );
    for (const [key, { versions }] of this.#histories) {
      let first = versions.findLastIndex(({ modRevision }) => modRevision <= revision);
      if (first >= 0 && versions[first]!.kv === undefined) first++;
      if (first > 0) versions.splice(0, first);
      if (versions.length > 0) continue;
      this.#histories.delete(key);
      this.#keys.splice(this.#place(key), 1);
    }
  }

  grantLease(ttlS: number, nowMs: number): string {
    this.#refuseFull();
    const lease = (++this.#leaseLast).toString(16);
    this.#leases.set(lease, { ttlMs: ttlS * 1000, expiresAtMs: nowMs + ttlS * 1000 });
    return lease;
  }

  keepLeaseAlive(lease: string, nowMs: number): boolean {
    const found = this.#leases.get(lease);
    if (found === undefined) return false;
    found.expiresAtMs = nowMs + found.ttlMs;
    return true;
  }

  /** Its keys are gone in one revision. */
  revokeLease(lease: string): void {
    if (!this.#leases.delete(lease)) return;
    const keys = this.#keys.filter((key) => this.#at(key, this.#revision)?.lease === lease);
    this.#write(keys.map((key) => ({ kind: 'delete', key })));
  }

  /** True: some lease expired. */
  expireLeases(nowMs: number): boolean {
    const expired = [...this.#leases].filter(([, { expiresAtMs }]) => expiresAtMs <= nowMs);
    for (const [lease] of expired) this.revokeLease(lease);
    return expired.length > 0;
  }

  /** Writes that are all done in one revision, or in none when they change nothing. */
  #write(writes: readonly EtcdWrite[]): void {
    const revision = this.#revision + 1;
    const events: EtcdEvent[] = [];
    for (const write of writes) {
      if (write.kind === 'put') {
        const before = this.#newest(write.key);
        const kv: EtcdKeyValue = {
          key: write.key,
          value: write.value,
          createRevision: before?.createRevision ?? revision,
          modRevision: revision,
          version: (before?.version ?? 0) + 1,
          lease: write.lease,
        };
        this.#keep(write.key, revision, kv);
        events.push({ kind: 'put', kv });
        continue;
      }
      for (const key of this.#keysIn(write.key, write.end)) {
        if (this.#newest(key) === undefined) continue;
        this.#keep(key, revision, undefined);
        events.push({ kind: 'delete', key, modRevision: revision });
      }
    }
    if (events.length === 0) return;
    this.#revision = revision;
    this.#changes.push({ revision, events });
  }

  #keep(key: string, modRevision: number, kv: EtcdKeyValue | undefined): void {
    let history = this.#histories.get(key);
    if (history === undefined) {
      history = { versions: [] };
      this.#histories.set(key, history);
      this.#keys.splice(this.#place(key), 0, key);
    }
    history.versions.push({ modRevision, kv });
  }

  #newest(key: string): EtcdKeyValue | undefined {
    return this.#histories.get(key)?.versions.at(-1)?.kv;
  }

  #at(key: string, revision: number): EtcdKeyValue | undefined {
    return this.#histories.get(key)?.versions.findLast(({ modRevision }) => modRevision <= revision)?.kv;
  }

  #holds(compare: EtcdCompare): boolean {
    const kv = this.#at(compare.key, this.#revision);
    switch (compare.target) {
      case 'value':
        return kv?.value === compare.is;
      case 'version':
        return (kv?.version ?? 0) === compare.is;
      case 'create':
        return (kv?.createRevision ?? 0) === compare.is;
      case 'mod':
        return (kv?.modRevision ?? 0) === compare.is;
    }
  }

  #refuseFull(): void {
    if (!this.#full) return;
    throw new EtcdError('no-space', 'refused', 'etcdserver: mvcc: database space exceeded');
  }

  /** A key may be put once in a transaction, and not be deleted as well. */
  #refuseDuplicates(writes: readonly EtcdWrite[]): void {
    const put = new Set<string>();
    for (const write of writes) {
      if (write.kind !== 'put') continue;
      const deleted = writes.some(
        (other) => other.kind === 'delete' && isInside(write.key, other.key, other.end),
      );
      if (put.has(write.key) || deleted) {
        throw new EtcdError('failed', 'refused', 'etcdserver: duplicate key given in txn request');
      }
      put.add(write.key);
    }
  }

  #keysIn(key: string, end: string | undefined): readonly string[] {
    if (end === undefined) return this.#histories.has(key) ? [key] : [];
    return this.#keys.slice(this.#place(key), Math.max(this.#place(key), this.#place(end)));
  }

  /** Where the key is, or would be. */
  #place(key: string): number {
    let [low, high] = [0, this.#keys.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareBytes(this.#keys[middle]!, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function keyOf(event: EtcdEvent): string {
  return event.kind === 'put' ? event.kv.key : event.key;
}

function isInside(key: string, from: string, end: string | undefined): boolean {
  if (end === undefined) return key === from;
  return compareBytes(key, from) >= 0 && compareBytes(key, end) < 0;
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function compactedError(): EtcdError {
  return new EtcdError('compacted', 'refused', 'etcdserver: mvcc: required revision has been compacted');
}
