/**
 * Reads what was ordered, and counts it: all order records, by (mod revision, counter), each as many sequences as it has operations. Every
 * member counts the same records in the same order, so that sequences are dense and equal everywhere.
 *
 *   snapshot at one revision (trimmed + order records + proposers) → watch from the next revision → … → snapshot again when the watch broke
 *
 * It follows all of the cluster's keys, not just the records: so it also knows which epochs were over, and what was trimmed, at exactly the
 * revision up to which it has counted. Whoever decides that an entry was never ordered does so by this (order-writer.ts, collector.ts).
 *
 * Invariants:
 *  - `position` never goes back, and what is delivered is adjacent: an entry that begins at or before `position + 1`, or a gap from there on.
 *  - When `proposers` shows an epoch as over, each record of that epoch was delivered, or lies in a delivered gap.
 *  - etcd that holds less than was counted has lost data, or is another cluster's: the tail stops, it never guesses.
 */
import { asSequence, assert, isJsonObject, type Sequence } from '@skein/base';
import { EtcdError, type EtcdKeyValue, type EtcdPort, type EtcdWatchBatch } from '../etcd/etcd-port.ts';
import { afterPrefix, type EntryId, entryText, KEYS, type OrderRecord, parseEntryText } from './entry-id.ts';
import { pause } from './pause.ts';

export interface OrderedEntry {
  readonly id: EntryId;
  readonly record: OrderRecord;
  readonly modRevision: number;
  readonly first: Sequence;
  readonly last: Sequence;
}

export type OrderedStretch =
  | { readonly kind: 'entry'; readonly entry: OrderedEntry }
  /** Ordered and trimmed before it was seen here: only peers' journals know it. */
  | { readonly kind: 'gap'; readonly first: Sequence; readonly last: Sequence };

/** What `skein/proposers/<member>` held. */
export interface ProposerView {
  readonly epoch: number;
  readonly counter: number;
}

/** A record that is still in etcd. */
export interface KeptRecord {
  readonly id: EntryId;
  readonly modRevision: number;
  readonly last: Sequence;
}

export interface Trimmed {
  /** Order records up to this revision are gone. */
  readonly revision: number;
  /** The last operation of these. */
  readonly sequence: Sequence;
  /** Of the key itself; 0: there is none yet. */
  readonly modRevision: number;
}

export interface OrderTailOptions {
  readonly etcd: EtcdPort;
  /** What is in the journal already. */
  readonly position: Sequence;
  readonly deliver: (stretch: OrderedStretch) => void;
  /** Called after each step, when `revision`, `position`, `proposers` and `trimmed` belong together. */
  readonly onAdvance: (step: 'snapshot' | 'watch') => void;
  /** Resolves when more may be delivered. */
  readonly room: () => Promise<void>;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
}

const PAGE_COUNT = 2000;
const PAUSE_MS = 100;
const NO_TRIM: Trimmed = { revision: 0, sequence: asSequence(0), modRevision: 0 };

/** etcd holds less than this member has in its journal. */
export class OrderLostError extends Error {
  override readonly name = 'OrderLostError';
}

export class OrderTail {
  readonly #options: OrderTailOptions;
  readonly #stop = new AbortController();
  #position: Sequence;
  #revision = 0;
  #proposers = new Map<string, ProposerView>();
  #trimmed = NO_TRIM;
  #kept: KeptRecord[] = [];
  /** By member: its last record's key. */
  #newest = new Map<string, string>();
  #complaint = '';

  constructor(options: OrderTailOptions) {
    this.#options = options;
    this.#position = options.position;
  }

  /** The last operation that is known to be ordered. */
  get position(): Sequence {
    return this.#position;
  }

  /** Everything that etcd wrote up to here is seen; 0: nothing yet. */
  get revision(): number {
    return this.#revision;
  }

  get proposers(): ReadonlyMap<string, ProposerView> {
    return this.#proposers;
  }

  get trimmed(): Trimmed {
    return this.#trimmed;
  }

  /** Ascending, those behind `trimmed`. */
  get kept(): readonly KeptRecord[] {
    return this.#kept;
  }

  /** Follows until `stop`. Rejects when what etcd holds cannot be counted. */
  async run(): Promise<void> {
    const { signal } = this.#stop;
    const { etcd, room } = this.#options;
    while (!signal.aborted) {
      try {
        await this.#snapshot(signal);
        const watch = { end: afterPrefix(KEYS.all), fromRevision: this.#revision + 1 };
        for await (const batch of etcd.watch(KEYS.all, watch, signal)) {
          this.#take(batch);
          await room();
          if (signal.aborted) return;
        }
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof EtcdError)) throw error;
        this.#complain(error);
      }
      await pause(PAUSE_MS, signal);
    }
  }

  stop(): void {
    this.#stop.abort();
  }

  async #snapshot(signal: AbortSignal): Promise<void> {
    const kvs: EtcdKeyValue[] = [];
    let key: string = KEYS.all;
    let revision: number | undefined;
    for (;;) {
      const page = await this.#options.etcd.range(
        key,
        { end: afterPrefix(KEYS.all), limit: PAGE_COUNT, revision },
        { signal },
      );
      revision ??= page.revision;
      kvs.push(...page.kvs);
      const last = page.kvs.at(-1);
      if (!page.more || last === undefined) break;
      key = `${last.key}\0`;
    }
    if (signal.aborted) return;
    this.#start(kvs, revision);
    this.#complaint = '';
    this.#options.onAdvance('snapshot');
    await this.#options.room();
  }

  #start(kvs: readonly EtcdKeyValue[], revision: number): void {
    if (revision < this.#revision) {
      throw new OrderLostError(
        `etcd is at revision ${revision} but was at ${this.#revision}: it lost data, or another etcd answers`,
      );
    }
    this.#proposers = new Map();
    this.#trimmed = NO_TRIM;
    const records: EtcdKeyValue[] = [];
    for (const kv of kvs) {
      if (kv.key.startsWith(KEYS.order)) records.push(kv);
      else if (kv.key.startsWith(KEYS.proposers)) this.#setProposer(kv);
      else if (kv.key === KEYS.trimmed) this.#trimmed = parseTrimmed(kv);
    }
    records.sort(byPlace);
    this.#kept = [];
    this.#newest = new Map();
    let at: Sequence = this.#trimmed.sequence;
    if (at > this.#position) {
      this.#options.deliver({ kind: 'gap', first: asSequence(this.#position + 1), last: at });
      this.#position = at;
    }
    for (const kv of records) at = this.#count(kv, at);
    if (at < this.#position) {
      throw new OrderLostError(
        `etcd knows ${at} operations but ${this.#position} are in the journal: it lost data, or it is another cluster's`,
      );
    }
    this.#revision = revision;
  }

  #take(batch: EtcdWatchBatch): void {
    const puts: EtcdKeyValue[] = [];
    let trimmed: EtcdKeyValue | undefined;
    for (const event of batch.events) {
      if (event.kind === 'delete') {
        if (event.modRevision > this.#revision && event.key.startsWith(KEYS.proposers)) {
          this.#proposers.delete(event.key.slice(KEYS.proposers.length));
        }
        continue;
      }
      const { kv } = event;
      // Told again: counted already.
      if (kv.modRevision <= this.#revision) continue;
      if (kv.key.startsWith(KEYS.order)) puts.push(kv);
      else if (kv.key.startsWith(KEYS.proposers)) this.#setProposer(kv);
      else if (kv.key === KEYS.trimmed) trimmed = kv;
    }
    puts.sort(byPlace);
    for (const kv of puts) this.#position = this.#count(kv, this.#position);
    if (trimmed !== undefined) this.#forget(parseTrimmed(trimmed));
    this.#revision = Math.max(this.#revision, batch.revision);
    this.#options.onAdvance('watch');
  }

  /** Gives the sequence after which the next record begins. */
  #count(kv: EtcdKeyValue, before: Sequence): Sequence {
    const id = parseEntryText(kv.key.slice(KEYS.order.length));
    const record = parseOrderRecord(kv.value);
    assert(
      id !== undefined && record !== undefined,
      `order: ${kv.key} at ${kv.modRevision} is not understood`,
    );
    const previous = this.#newest.get(id.member);
    // Payloads and trimming go by these names: two entries of one name, or an older one later, would be mixed up.
    assert(
      previous === undefined || previous < kv.key,
      `order: ${kv.key} at ${kv.modRevision} comes after ${previous}`,
    );
    this.#newest.set(id.member, kv.key);
    const last = asSequence(before + record.count);
    this.#kept.push({ id, modRevision: kv.modRevision, last });
    if (last > this.#position) {
      this.#position = last;
      const first = asSequence(before + 1);
      this.#options.deliver({
        kind: 'entry',
        entry: { id, record, modRevision: kv.modRevision, first, last },
      });
    }
    return last;
  }

  #forget(trimmed: Trimmed): void {
    let count = 0;
    let last: Sequence = this.#trimmed.sequence;
    for (const record of this.#kept) {
      if (record.modRevision > trimmed.revision) break;
      last = record.last;
      count++;
    }
    // Whoever trimmed has counted the same records: a difference would mean that members number operations differently.
    assert(
      last === trimmed.sequence,
      `order: trimmed up to ${trimmed.sequence} at revision ${trimmed.revision}, counted ${last} here`,
    );
    this.#kept = this.#kept.slice(count);
    this.#trimmed = trimmed;
  }

  #setProposer(kv: EtcdKeyValue): void {
    const counter = Number(kv.value);
    assert(
      Number.isSafeInteger(counter) && counter >= 0,
      `order: ${kv.key} holds a counter, not ${kv.value}`,
    );
    this.#proposers.set(kv.key.slice(KEYS.proposers.length), { epoch: kv.createRevision, counter });
  }

  /** Once for each kind of trouble in a row: etcd that is away is asked again ten times a second. */
  #complain(error: EtcdError): void {
    if (this.#complaint === error.code) return;
    this.#complaint = error.code;
    const level = error.code === 'compacted' ? 'info' : 'warn';
    this.#options.log(level, `following the order goes on in a moment: ${error.message}`);
  }
}

function byPlace(a: EtcdKeyValue, b: EtcdKeyValue): number {
  // Those of one revision are of one transaction, so of one member and epoch: their keys ascend with the counter.
  return a.modRevision - b.modRevision || (a.key < b.key ? -1 : 1);
}

export function orderKey(id: EntryId): string {
  return KEYS.order + entryText(id);
}

/** Undefined where the text is none. */
export function parseOrderRecord(text: string): OrderRecord | undefined {
  const json = parseJson(text);
  if (!isJsonObject(json)) return undefined;
  const { count, bytes, hash, holders } = json;
  if (!isNatural(count) || count < 1 || !isNatural(bytes) || typeof hash !== 'string') return undefined;
  if (!Array.isArray(holders) || !holders.every((holder) => typeof holder === 'string')) return undefined;
  return { count, bytes, hash, holders };
}

function parseTrimmed(kv: EtcdKeyValue): Trimmed {
  const json = parseJson(kv.value);
  assert(isJsonObject(json), `order: ${kv.key} holds an object`);
  const { revision, sequence } = json;
  assert(isNatural(revision) && isNatural(sequence), `order: ${kv.key} holds a revision and a sequence`);
  return { revision, sequence: asSequence(sequence), modRevision: kv.modRevision };
}

function isNatural(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
