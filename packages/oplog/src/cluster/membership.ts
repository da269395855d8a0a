/**
 * Who belongs to the cluster, and who is there: what etcd holds under `skein/members/` and `skein/status/`, followed from here.
 *
 * Members are registered until somebody takes them out: their number decides what a majority is. A status lives by its member's lease:
 * a member without one is away. Both are shown as last known while etcd does not answer; `current` says whether that is so.
 */
import type { Clock } from '@skein/base';
import { EtcdError, type EtcdKeyValue, type EtcdPort, type EtcdWatchBatch } from '../etcd/etcd-port.ts';
import { afterPrefix, KEYS } from './entry-id.ts';
import type { MemberStatus } from './member-status.ts';
import { pause } from './pause.ts';
import { memberText, parseMemberText, parseStatusText, type RegisteredMember } from './status-text.ts';

export interface MembershipOptions {
  /** Steady: a clock that nobody sets. */
  readonly clock: Clock;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
  /** When nothing was told for so long, what is shown may be old: members tell their status each second. Default 5,000. */
  readonly silentMsMax?: number | undefined;
}

const SILENT_MS_MAX = 5000;
const TRY_PAUSE_MS_MIN = 50;
const TRY_PAUSE_MS_MAX = 1000;
/** Debian's etcd may not tell a deletion to a watch that begins at a compacted revision: so all is read anew every so often. */
const READ_EVERY_MS = 60_000;
/** A cluster has three members, or five; a page is for what somebody else wrote there. */
const PAGE_COUNT = 1000;

export function majorityOf(memberCount: number): number {
  return Math.floor(memberCount / 2) + 1;
}

export class Membership {
  readonly #etcd: EtcdPort;
  readonly #options: MembershipOptions;
  readonly #stop = new AbortController();
  readonly #running: Promise<unknown>;
  readonly #members: Followed<RegisteredMember>;
  readonly #statuses: Followed<MemberStatus>;
  readonly #listeners = new Set<() => void>();
  #known: (() => void)[] = [];

  private constructor(etcd: EtcdPort, options: MembershipOptions) {
    this.#etcd = etcd;
    this.#options = options;
    this.#members = { prefix: KEYS.members, parse: parseMemberText, values: new Map(), ...NOTHING_TOLD };
    this.#statuses = { prefix: KEYS.status, parse: parseStatusText, values: new Map(), ...NOTHING_TOLD };
    this.#running = Promise.all([this.#follow(this.#members), this.#follow(this.#statuses)]);
  }

  /** Goes on trying in the background until `stop`, whatever etcd says. */
  static start(etcd: EtcdPort, options: MembershipOptions): Membership {
    return new Membership(etcd, options);
  }

  /** By name. A new map after each change. */
  get registered(): ReadonlyMap<string, RegisteredMember> {
    return this.#members.values;
  }

  /** Members that have a living lease, registered or not, with what they said last. A new map after each change. */
  get live(): ReadonlyMap<string, MemberStatus> {
    return this.#statuses.values;
  }

  /** Of the registered members: how many have to agree. 1 when there are none. */
  get majority(): number {
    return majorityOf(this.#members.values.size);
  }

  /** Every change up to this revision is shown; 0: nothing was told yet. */
  get atRevision(): number {
    return Math.min(this.#members.revision, this.#statuses.revision);
  }

  /** Both were read, and something was told lately. False: this is what was known last. */
  get current(): boolean {
    const toldMs = Math.max(this.#members.toldMs, this.#statuses.toldMs);
    const silentMs = this.#options.clock.nowMs() - toldMs;
    return this.atRevision > 0 && silentMs <= (this.#options.silentMsMax ?? SILENT_MS_MAX);
  }

  /** Called after each change, statuses included. Gives what stops that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when members and statuses were read once, or at `stop`. */
  known(): Promise<void> {
    if (this.atRevision > 0 || this.#stop.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => this.#known.push(resolve));
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#listeners.clear();
    await this.#running;
    this.#tellKnown();
  }

  async #follow<T>(followed: Followed<T>): Promise<void> {
    const { signal } = this.#stop;
    const end = afterPrefix(followed.prefix);
    let pauseMs = TRY_PAUSE_MS_MIN;
    let complaint = '';
    while (!signal.aborted) {
      try {
        const readAtMs = this.#options.clock.nowMs();
        const { kvs, revision } = await this.#readAll(followed.prefix, end);
        this.#show(followed, new Map(kvs.flatMap((kv) => parsed(followed, kv))), revision);
        complaint = '';
        pauseMs = TRY_PAUSE_MS_MIN;
        for await (const batch of this.#etcd.watch(
          followed.prefix,
          { end, fromRevision: revision + 1 },
          signal,
        )) {
          this.#take(followed, batch);
          if (this.#options.clock.nowMs() - readAtMs >= READ_EVERY_MS) break;
        }
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof EtcdError)) throw error;
        // Once for each kind of trouble in a row.
        if (complaint !== error.code)
          this.#options.log('warn', `following ${followed.prefix}: ${error.message}; trying on`);
        complaint = error.code;
      }
      await pause(pauseMs, signal);
      pauseMs = Math.min(TRY_PAUSE_MS_MAX, pauseMs * 2);
    }
  }

  async #readAll(
    prefix: string,
    end: string,
  ): Promise<{ readonly kvs: readonly EtcdKeyValue[]; readonly revision: number }> {
    const { signal } = this.#stop;
    const kvs: EtcdKeyValue[] = [];
    let revision: number | undefined;
    for (let key = prefix; ; ) {
      const page = await this.#etcd.range(key, { end, limit: PAGE_COUNT, revision }, { signal });
      revision ??= page.revision;
      kvs.push(...page.kvs);
      const last = page.kvs.at(-1);
      if (!page.more || last === undefined) return { kvs, revision };
      key = `${last.key}\0`;
    }
  }

  #take<T>(followed: Followed<T>, batch: EtcdWatchBatch): void {
    if (batch.events.length === 0) {
      followed.revision = Math.max(followed.revision, batch.revision);
      followed.toldMs = this.#options.clock.nowMs();
      return;
    }
    const values = new Map(followed.values);
    for (const event of batch.events) {
      const { key, modRevision } = event.kind === 'put' ? event.kv : event;
      // Told again, by another endpoint perhaps: what is shown is newer.
      if (modRevision <= followed.revision) continue;
      // What is not understood does not stand beside what was.
      values.delete(key.slice(followed.prefix.length));
      if (event.kind === 'put')
        for (const [name, value] of parsed(followed, event.kv)) values.set(name, value);
    }
    this.#show(followed, values, Math.max(followed.revision, batch.revision));
  }

  #show<T>(followed: Followed<T>, values: ReadonlyMap<string, T>, revision: number): void {
    followed.values = new Map([...values].sort(([a], [b]) => (a < b ? -1 : 1)));
    followed.revision = revision;
    followed.toldMs = this.#options.clock.nowMs();
    if (this.atRevision > 0) this.#tellKnown();
    for (const listener of [...this.#listeners]) listener();
  }

  #tellKnown(): void {
    for (const tell of this.#known.splice(0)) tell();
  }
}

interface Followed<T> {
  readonly prefix: string;
  readonly parse: (text: string) => T | undefined;
  values: ReadonlyMap<string, T>;
  revision: number;
  toldMs: number;
}

const NOTHING_TOLD = { revision: 0, toldMs: Number.NEGATIVE_INFINITY };

function parsed<T>({ prefix, parse }: Followed<T>, { key, value }: EtcdKeyValue): readonly [string, T][] {
  const name = key.slice(prefix.length);
  const result = isMemberName(name) ? parse(value) : undefined;
  return result === undefined ? [] : [[name, result]];
}

/** Small letters, digits, `-`; at most 32, the first one a letter or digit. */
function isMemberName(name: string): boolean {
  return /^[a-z0-9][a-z0-9-]{0,31}$/.test(name);
}

export type MembershipErrorCode =
  /** Others change the members at the same time, again and again. */
  | 'conflict'
  /** What remains would have no majority that is there. */
  | 'majority-lost'
  /** An operator took the member out, and has not added it since. */
  | 'removed';

export class MembershipError extends Error {
  override readonly name = 'MembershipError';
  readonly code: MembershipErrorCode;

  constructor(code: MembershipErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

const TRIES_MAX = 8;

/**
 * Puts the member among the registered ones, or its new address. Does nothing when it is there so. `'joined'`: it was not there. One that was
 * taken out does not come back by itself: then rejects with `'removed'`, unless an operator asks. Rejects with `EtcdError`, also after it was
 * carried out; then it may be called again.
 */
export async function register(
  etcd: EtcdPort,
  member: string,
  { address, joinedAtMs }: RegisteredMember,
  by: 'itself' | 'operator' = 'itself',
): Promise<'joined' | 'moved' | 'unchanged'> {
  const key = KEYS.members + member;
  const removed = KEYS.removed + member;
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const found = (await etcd.range(key, {})).kvs[0];
    const before = found === undefined ? undefined : parseMemberText(found.value);
    if (before?.address === address) return 'unchanged';
    const value = memberText({ address, joinedAtMs: before?.joinedAtMs ?? joinedAtMs });
    const isUnchanged = { key, target: 'mod', is: found?.modRevision ?? 0 } as const;
    const put = { kind: 'put', key, value } as const;
    const { succeeded, found: mark } = await etcd.transaction(
      by === 'operator'
        ? { compare: [isUnchanged], then: [put, { kind: 'delete', key: removed }] }
        : {
            compare: [isUnchanged, { key: removed, target: 'version', is: 0 }],
            then: [put],
            otherwiseGet: [removed],
          },
    );
    if (mark.has(removed)) {
      throw new MembershipError(
        'removed',
        `${member} was taken out of the cluster; to have it in again, on another member: skein cluster add ${member}=HOST`,
      );
    }
    if (succeeded) return found === undefined ? 'joined' : 'moved';
  }
  throw new MembershipError('conflict', `${member} is registered by others at the same time`);
}

/**
 * Takes the member out: it has no vote any more, its epoch is over, and its status is gone. False: it was not registered. Rejects with
 * `'majority-lost'` when the members that remain would have no majority that is there, unless that is to be passed over. Rejects with
 * `EtcdError`, also after it was carried out; then it may be called again.
 */
export async function unregister(
  etcd: EtcdPort,
  member: string,
  options: { readonly whenMajorityIsLost?: 'refuse' | 'go-on' | undefined } = {},
): Promise<boolean> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const members = await etcd.range(KEYS.members, { end: afterPrefix(KEYS.members) });
    const statuses = await etcd.range(KEYS.status, { end: afterPrefix(KEYS.status) });
    const live = new Set(statuses.kvs.map(({ key }) => key.slice(KEYS.status.length)));
    const remaining = members.kvs
      .map(({ key }) => key.slice(KEYS.members.length))
      .filter((name) => name !== member);
    const isRegistered = remaining.length < members.kvs.length;
    const liveCount = remaining.filter((name) => live.has(name)).length;
    if (isRegistered && options.whenMajorityIsLost !== 'go-on' && liveCount < majorityOf(remaining.length)) {
      throw new MembershipError(
        'majority-lost',
        `without ${member} the cluster has ${remaining.length} members, of which ${liveCount} are there: too few`,
      );
    }
    const { succeeded } = await etcd.transaction({
      // Two members that are taken out at once: the second one is counted anew.
      compare: members.kvs.map(({ key, modRevision }) => ({ key, target: 'mod', is: modRevision })),
      then: [
        { kind: 'delete', key: KEYS.members + member },
        { kind: 'delete', key: KEYS.proposers + member },
        { kind: 'delete', key: KEYS.status + member },
        { kind: 'put', key: KEYS.removed + member, value: '' },
      ],
    });
    if (succeeded) return isRegistered;
  }
  throw new MembershipError('conflict', 'the members are changed by others at the same time');
}
