/**
 * Sees to it that members have the same. Now and then, in the background:
 *
 *   look at what has changed (`own-digests.ts`) → ask the peers for theirs → compare (`judge.ts`) → fetch what is odd or damaged here (`heal.ts`)
 *
 * Each member looks after itself: the odd one out finds that out, and heals. Before that it looks again, at its own files and at the peers' answers.
 * Documents and applications that differ are told, not healed: that is for an operator, who wipes the member.
 */
import { rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Sequence } from '@skein/base';
import type { IndexStore } from '../index-store.ts';
import { type Digest, type DigestTable, decodePage, encodePage, keyOf, thingOf } from './digest.ts';
import { fetchIndex, removeLent, serveIndex } from './heal.ts';
import { judge, type Verdict } from './judge.ts';
import { OwnDigests, type SamenessParts, UNKNOWN_DIGEST } from './own-digests.ts';
import type { PeerClient } from './peer-client.ts';
import type { PeerHandlers } from './peer-handler.ts';

export type SamenessPeer = Pick<PeerClient, 'member' | 'connected' | 'request' | 'stream'>;

export interface SamenessOptions {
  readonly parts: SamenessParts;
  readonly peers: () => readonly SamenessPeer[];
  /** Between the end of a round and the next one. Milliseconds. */
  readonly intervalMs?: number | undefined;
  /** Each record of each index is read and checked once in so long. Milliseconds. */
  readonly scrubIntervalMs?: number | undefined;
  /** Of one core, for reading what is compared. */
  readonly cpuShare?: number | undefined;
  readonly nowMs?: (() => number) | undefined;
}

export interface SamenessStatistics {
  readonly roundCount: number;
  /** Things that were compared with a peer in the last round, and found the same. */
  readonly sameCount: number;
  /** Keys of things that differ from peers. */
  readonly differing: readonly string[];
  /** Indexes whose files were found damaged, ever since the start. */
  readonly damageCount: number;
  readonly healedCount: number;
}

const INTERVAL_MS = 60_000;
const SCRUB_INTERVAL_MS = 24 * 3_600_000;
const CPU_SHARE = 0.02;
/** What is fetched to heal is needed soon. */
const HEAL_CPU_SHARE = 0.5;
/** A peer that answers page after page with nothing new is not listened to. */
const PAGES_MAX = 10_000;
const ACCEPT_WAIT_MS = 30_000;
const CLOSE_MS = 200;
const UNDECIDED_ROUNDS = 3;

export class Sameness {
  readonly #options: SamenessOptions;
  readonly #parts: SamenessParts;
  readonly #own: OwnDigests;
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #roundCount = 0;
  #sameCount = 0;
  #damageCount = 0;
  #healedCount = 0;
  /** By key: whether this member is the odd one, as was told last. */
  readonly #differing = new Map<string, 'odd' | 'undecided'>();
  /** The place of the log at which an index that is never quiet was found to differ. */
  readonly #suspected = new Map<string, number>();
  /** In how many rounds it could not be told who is right. */
  readonly #undecided = new Map<string, number>();
  /** Found damaged, and not healed yet. */
  readonly #damaged = new Set<string>();

  constructor(options: SamenessOptions) {
    this.#options = options;
    this.#parts = options.parts;
    this.#own = new OwnDigests({
      parts: options.parts,
      cpuShare: options.cpuShare ?? CPU_SHARE,
      scrubIntervalMs: options.scrubIntervalMs ?? SCRUB_INTERVAL_MS,
      nowMs: options.nowMs ?? (() => performance.now()),
    });
    removeLent(options.parts.layout);
  }

  get statistics(): SamenessStatistics {
    return {
      roundCount: this.#roundCount,
      sameCount: this.#sameCount,
      differing: [...this.#differing.keys()].sort(),
      damageCount: this.#damageCount,
      healedCount: this.#healedCount,
    };
  }

  /** What peers ask. */
  handlers(): PeerHandlers {
    return {
      digests: async ({ fields }) => {
        const { after } = fields;
        return encodePage(this.#own.table(), typeof after === 'string' ? after : undefined);
      },
      'index-fetch': (request) => serveIndex(this.#parts, request),
    };
  }

  /** Goes on until `close`. */
  start(): void {
    const { signal } = this.#stop;
    this.#running = (async () => {
      while (!signal.aborted) {
        await pause(this.#options.intervalMs ?? INTERVAL_MS, undefined, { signal, ref: false }).catch(
          () => undefined,
        );
        if (signal.aborted) return;
        try {
          await this.round();
        } catch (error) {
          this.#parts.log('warn', `members were not compared: ${messageOf(error)}`);
        }
      }
    })();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#own.close();
    // A job of the thread that was stopped never ends; what waits for anything else does.
    await Promise.race([this.#running, pause(CLOSE_MS, undefined, { ref: false })]);
  }

  /** One look at everything. */
  async round(): Promise<void> {
    const { signal } = this.#stop;
    const damaged = await this.#own.refresh(signal);
    for (const { store, error } of damaged) {
      if (signal.aborted) return;
      const key = keyOf({ kind: 'index', application: store.application, index: store.name });
      if (!this.#damaged.has(key)) {
        this.#damaged.add(key);
        this.#damageCount++;
        this.#parts.log(
          'error',
          `index ${store.name} of application ${store.application} is damaged: ${error.message}`,
        );
      }
      await this.#heal(store.application, store.name, this.#connected());
    }
    for (const { id } of this.#parts.applications()) {
      for (const store of [...this.#parts.stores(id)])
        if (store.damage !== undefined && !signal.aborted)
          await this.#heal(store.application, store.name, this.#connected());
    }
    const verdicts = await this.#compare();
    if (signal.aborted) return;
    this.#sameCount = verdicts.filter(({ kind }) => kind === 'same').length;
    for (const verdict of verdicts) {
      if (signal.aborted) return;
      if (isFine(verdict)) {
        this.#suspected.delete(verdict.key);
        this.#undecided.delete(verdict.key);
        if (this.#differing.delete(verdict.key))
          this.#parts.log('info', `${verdict.key} is the same as elsewhere again`);
      } else await this.#differs(verdict);
    }
    this.#roundCount++;
  }

  async #differs(first: Verdict): Promise<void> {
    const thing = thingOf(first.key);
    if (thing === undefined) return;
    const { application, index } = thing;
    const store = index === undefined ? undefined : this.#store(application, index);
    let verdict: Verdict | undefined = first;
    if (first.kind === 'undecided') {
      // The others may not have looked at this place yet.
      const count = (this.#undecided.get(first.key) ?? 0) + 1;
      this.#undecided.set(first.key, count);
      if (count < UNDECIDED_ROUNDS) return;
    } else if (store !== undefined && !this.#own.isCurrent(store)) {
      // It has gone on, and cannot be looked at again there: two places of the log have to tell the same.
      const { from } = this.#own.table().digests.get(first.key)!;
      const before = this.#suspected.get(first.key);
      this.#suspected.set(first.key, from);
      if (before === undefined || before === from) return;
    } else {
      // Damage may be what makes the difference; and the peers may have gone on.
      if (store !== undefined) await this.#own.look(store, 'verified');
      verdict = (await this.#compare()).find(({ key }) => key === first.key);
    }
    const isDamaged =
      store !== undefined && this.#own.table().digests.get(first.key)?.digest === UNKNOWN_DIGEST;
    if (!isDamaged && (verdict === undefined || isFine(verdict))) return;
    const { others } = verdict ?? first;
    const kind = isDamaged || (verdict ?? first).kind === 'odd' ? 'odd' : 'undecided';
    if (this.#differing.get(first.key) !== kind) {
      this.#differing.set(first.key, kind);
      const told = kind === 'odd' ? 'this member is the odd one' : 'who is right cannot be told';
      this.#parts.log('error', `${first.key} is not what it is on ${others.join(', ')}: ${told}`);
    }
    if (index === undefined || kind === 'undecided') return;
    await this.#heal(
      application,
      index,
      this.#connected().filter(({ member }) => others.includes(member)),
    );
  }

  async #compare(): Promise<readonly Verdict[]> {
    const tables = new Map<string, DigestTable>();
    await Promise.all(
      this.#connected().map(async (peer) => {
        try {
          tables.set(peer.member, await this.#tableOf(peer));
        } catch (error) {
          this.#parts.log('info', `no digests from member ${peer.member}: ${messageOf(error)}`);
        }
      }),
    );
    return judge(this.#own.table(), tables, UNKNOWN_DIGEST);
  }

  async #tableOf(peer: SamenessPeer): Promise<DigestTable> {
    const { signal } = this.#stop;
    const digests = new Map<string, Digest>();
    let after: string | undefined;
    // Of the first page: what is missing may have been made later.
    let through: number | undefined;
    for (let page = 0; page < PAGES_MAX; page++) {
      const fields = after === undefined ? { kind: 'digests' } : { kind: 'digests', after };
      const reply = await peer.request(fields, undefined, { signal });
      const read = decodePage(reply.fields, reply.payload);
      through ??= read.through;
      for (const digest of read.digests) digests.set(digest.key, digest);
      if (!read.more) return { through, digests };
      after = read.digests.at(-1)!.key;
    }
    throw new Error('too many pages');
  }

  /** Puts the index of a peer in place of this member's. What stands in the way now may not in the next round. */
  async #heal(application: string, index: string, peers: readonly SamenessPeer[]): Promise<void> {
    const parts = this.#parts;
    if (peers.length === 0) return;
    const letGo = parts.holdIndex(application, index);
    if (letGo === undefined) return;
    const store = this.#store(application, index);
    if (store === undefined) return letGo();
    const fresh = `${store.folder}.copying-0`;
    try {
      for (const peer of peers) {
        if (this.#stop.signal.aborted) return;
        try {
          if (!(await this.#healFrom(peer, store, fresh))) continue;
          this.#healedCount++;
          const key = keyOf({ kind: 'index', application, index });
          this.#differing.delete(key);
          this.#suspected.delete(key);
          this.#damaged.delete(key);
          parts.log(
            'info',
            `index ${index} of application ${application} was fetched from member ${peer.member}`,
          );
          return;
        } catch (error) {
          parts.log(
            'warn',
            `index ${index} of application ${application} was not fetched from member ${peer.member}: ${messageOf(error)}`,
          );
        }
      }
    } finally {
      rmSync(fresh, { recursive: true, force: true });
      letGo();
    }
  }

  async #healFrom(peer: SamenessPeer, store: IndexStore, fresh: string): Promise<boolean> {
    const { application, name } = store;
    const { signal } = this.#stop;
    rmSync(fresh, { recursive: true, force: true });
    const wanted = { application, index: name, atLeast: store.appliedSequence };
    const applied = await fetchIndex(peer, wanted, fresh, signal);
    const job = {
      folder: fresh,
      name,
      appliedSequence: applied,
      bornBefore: store.meta?.bornSequence,
      cpuShare: HEAL_CPU_SHARE,
    };
    const result = await this.#own.run({ kind: 'adopt', job });
    if (result.kind !== 'digested')
      throw new Error('message' in result ? result.message : 'it could not be read');
    await this.#whenAccepted(applied);
    return this.#parts.replaceIndex(application, name, fresh, applied);
  }

  /** What the peer has more of the log than this member comes here soon; until then nobody knows what it does to other indexes. */
  async #whenAccepted(sequence: Sequence): Promise<void> {
    const untilMs = performance.now() + ACCEPT_WAIT_MS;
    while (this.#parts.acceptedThrough() < sequence) {
      if (performance.now() > untilMs) throw new Error(`operation ${sequence} has not come here`);
      await pause(10, undefined, { signal: this.#stop.signal });
    }
  }

  #store(application: string, index: string): IndexStore | undefined {
    return [...this.#parts.stores(application)].find(({ name }) => name === index);
  }

  #connected(): readonly SamenessPeer[] {
    return this.#options.peers().filter(({ connected }) => connected);
  }
}

/** Another member that is the odd one looks after itself. */
function isFine({ kind }: Verdict): boolean {
  return kind === 'same' || kind === 'elsewhere';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
