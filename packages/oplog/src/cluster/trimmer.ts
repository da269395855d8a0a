/**
 * Keeps etcd small: deletes order records that the members have in their journals, then has etcd forget the revisions behind them. The living
 * member with the smallest name does it; two at once do no harm, since the transaction names the trim before.
 *
 * Records go up to the last one that
 *  - a majority of the registered members has in its journal,
 *  - and so has each living one, except those that are joining or lag by more than `LAG_COUNT_MAX` records: these read their peers' journals.
 *
 * One transaction moves `skein/trimmed` and deletes the records, so at each revision both together say how far the order has come.
 */
import { asSequence, type Sequence } from '@skein/base';
import { EtcdError, type EtcdPort, type EtcdWrite } from '../etcd/etcd-port.ts';
import { type EntryId, KEYS } from './entry-id.ts';
import type { MemberStatus } from './member-status.ts';
import { type KeptRecord, type OrderTail, orderKey } from './order-tail.ts';
import type { Electorate } from './order-writer.ts';

export interface TrimmerOptions {
  readonly member: string;
  readonly etcd: EtcdPort;
  readonly tail: OrderTail;
  readonly electorate: () => Electorate | undefined;
  readonly live: () => ReadonlyMap<string, MemberStatus>;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
}

/** Looked at every second, or as soon as there are this many. */
const TRIM_EVERY_MS = 1000;
const TRIM_COUNT = 2000;
const LAG_COUNT_MAX = 50_000;
const COMPACT_EVERY_MS = 10_000;
const TIMEOUT_MS = 3000;

export class Trimmer {
  readonly #options: TrimmerOptions;
  #isBusy = false;
  #trimAtMs = 0;
  #compactAtMs = 0;
  /** To which etcd is compacted the next time: it has been passed for one period, so that slow watches have seen it. */
  #compactTo = 0;

  constructor(options: TrimmerOptions) {
    this.#options = options;
  }

  /** Called every so often. Never rejects. */
  async tick(nowMs: number): Promise<void> {
    if (this.#isBusy || !this.#isMine()) return;
    this.#isBusy = true;
    try {
      if (nowMs >= this.#trimAtMs || this.#options.tail.kept.length >= TRIM_COUNT) {
        this.#trimAtMs = nowMs + TRIM_EVERY_MS;
        await this.#trim();
      }
      if (nowMs >= this.#compactAtMs) {
        this.#compactAtMs = nowMs + COMPACT_EVERY_MS;
        await this.#compact();
      }
    } catch (error) {
      if (!(error instanceof EtcdError)) throw error;
      // Asked for again in a second, by whoever it is then.
      this.#options.log('info', `order records are trimmed later: ${error.message}`);
    } finally {
      this.#isBusy = false;
    }
  }

  #isMine(): boolean {
    const names = [...this.#options.live().keys()].sort();
    return names[0] === this.#options.member;
  }

  async #trim(): Promise<void> {
    const { etcd, tail } = this.#options;
    const { kept, trimmed } = tail;
    const upTo = this.#sequenceToTrim(kept);
    let count = 0;
    for (; count < kept.length && kept[count]!.last <= upTo; count++);
    // Those of one revision go together.
    while (count > 0 && kept[count]?.modRevision === kept[count - 1]!.modRevision) count--;
    if (count === 0) return;
    const newest = kept[count - 1]!;
    const value = JSON.stringify({ revision: newest.modRevision, sequence: newest.last });
    await etcd.transaction(
      {
        compare: [{ key: KEYS.trimmed, target: 'mod', is: trimmed.modRevision }],
        then: [{ kind: 'put', key: KEYS.trimmed, value }, ...deletions(kept.slice(0, count))],
      },
      { timeoutMs: TIMEOUT_MS },
    );
  }

  #sequenceToTrim(kept: readonly KeptRecord[]): Sequence {
    const statuses = this.#options.live();
    const electorate = this.#options.electorate();
    if (electorate === undefined) return asSequence(0);
    const byVote = electorate.members.map((name) => statuses.get(name)?.journaled ?? 0).sort((a, b) => b - a);
    let upTo = byVote[electorate.majority - 1] ?? 0;
    const waitedFor = kept.at(-1 - LAG_COUNT_MAX)?.last ?? 0;
    for (const { state, journaled } of statuses.values()) {
      if (state !== 'joining' && journaled >= waitedFor) upTo = Math.min(upTo, journaled);
    }
    return asSequence(upTo);
  }

  async #compact(): Promise<void> {
    const { etcd, tail } = this.#options;
    const to = this.#compactTo;
    this.#compactTo = tail.revision;
    if (to === 0) return;
    try {
      await etcd.compact(to, { timeoutMs: TIMEOUT_MS });
    } catch (error) {
      // Somebody else has done it.
      if (!(error instanceof EtcdError) || error.code !== 'compacted') throw error;
    }
  }
}

/** One range for each member: its keys ascend as its records do, over its epochs too. */
function deletions(records: readonly KeptRecord[]): readonly EtcdWrite[] {
  const newest = new Map<string, EntryId>();
  for (const { id } of records) newest.set(id.member, id);
  return [...newest.values()].map((id) => ({
    kind: 'delete',
    key: `${KEYS.order}${id.member}/`,
    end: `${orderKey(id)}\0`,
  }));
}
