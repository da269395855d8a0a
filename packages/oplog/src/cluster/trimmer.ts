/**
 * Keeps etcd small: deletes order records that the members have in their journals, then has etcd forget the revisions behind them. The living
 * member with the smallest name does it, and others when it does not; two at once do no harm, since the transaction names the trim before.
 *
 * Records go up to the last one that
 *  - a majority of the registered members has in its journal,
 *  - and so has each living one, except those that are joining or lag by more than `LAG_COUNT_MAX` records: these read their peers' journals.
 *
 * One transaction moves `skein/trimmed` and deletes the records, so at each revision both together say how far the order has come.
 */
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

/** Looked at every second; more often while there are so many. */
const TRIM_EVERY_MS = 1000;
const TRIM_SOONEST_MS = 100;
export const TRIM_COUNT = 2000;
const LAG_COUNT_MAX = 50_000;
const COMPACT_EVERY_MS = 10_000;
/** When the trim has not moved for so long, the next member may do it: the first one may be alive and yet not see what there is. */
const TAKE_OVER_MS = 10_000;
const TIMEOUT_MS = 3000;

export class Trimmer {
  readonly #options: TrimmerOptions;
  #isBusy = false;
  #trimAtMs = 0;
  #compactAtMs = 0;
  /** The trim that was seen last, and when it was seen first. */
  #seen: { readonly modRevision: number; readonly atMs: number } | undefined;
  /** To which etcd is compacted the next time: it has been passed for one period, so that slow watches have seen it. */
  #compactTo = 0;

  constructor(options: TrimmerOptions) {
    this.#options = options;
  }

  /** Called every so often. What etcd refuses is asked for again later, by whoever it is then. */
  async tick(nowMs: number): Promise<void> {
    const rank = this.#rank();
    if (this.#isBusy || rank === -1) return;
    const { modRevision } = this.#options.tail.trimmed;
    if (this.#seen?.modRevision !== modRevision) this.#seen = { modRevision, atMs: nowMs };
    const isMine = nowMs - this.#seen.atMs >= rank * TAKE_OVER_MS;
    this.#isBusy = true;
    try {
      const isMuch = this.#options.tail.kept.length >= TRIM_COUNT;
      if (isMine && nowMs >= this.#trimAtMs + (isMuch ? TRIM_SOONEST_MS : TRIM_EVERY_MS)) {
        this.#trimAtMs = nowMs;
        await this.#tried(this.#trim());
      }
      // Twice does no harm: the others do it seldom, in case the first one does not.
      if (nowMs >= this.#compactAtMs + COMPACT_EVERY_MS * (1 + 2 * rank)) {
        this.#compactAtMs = nowMs;
        // Also when nothing can be trimmed because etcd is full: it is how there may be room again.
        await this.#tried(this.#compact());
      }
    } finally {
      this.#isBusy = false;
    }
  }

  async #tried(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      if (!(error instanceof EtcdError)) throw error;
      this.#options.log('info', `order records are trimmed later: ${error.message}`);
    }
  }

  /** Among the living members, by name; -1: not known as one. */
  #rank(): number {
    return [...this.#options.live().keys()].sort().indexOf(this.#options.member);
  }

  async #trim(): Promise<void> {
    const { etcd, tail } = this.#options;
    const { kept, trimmed } = tail;
    const electorate = this.#options.electorate();
    if (electorate === undefined) return;
    const count = trimmableCount(kept, electorate, this.#options.live(), LAG_COUNT_MAX);
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

/** How many of the records may go: see the rules above. */
export function trimmableCount(
  kept: readonly KeptRecord[],
  { members, majority }: Electorate,
  live: ReadonlyMap<string, MemberStatus>,
  lagCountMax: number,
): number {
  const journaled = members.map((name) => live.get(name)?.journaled ?? 0).sort((a, b) => b - a);
  let upTo = journaled[majority - 1] ?? 0;
  // Whoever has not even this one is not waited for.
  const waitedFor = kept.at(-1 - lagCountMax)?.last ?? 0;
  for (const status of live.values()) {
    if (status.state !== 'joining' && status.journaled >= waitedFor) upTo = Math.min(upTo, status.journaled);
  }
  let count = 0;
  while (count < kept.length && kept[count]!.last <= upTo) count++;
  // Those of one revision go together.
  while (count > 0 && kept[count]?.modRevision === kept[count - 1]!.modRevision) count--;
  return count;
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
