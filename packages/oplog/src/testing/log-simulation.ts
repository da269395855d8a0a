/**
 * Three members of a cluster under random faults, in virtual time; one seed is one run. Throws when a promise of the log is broken:
 *
 *  - what was acknowledged is in every journal, at the sequence that was told, exactly once; a batch whole or not at all
 *  - what was refused is in none; what is unknown at most once
 *  - all journals have the same operation at the same sequence, at any time
 *  - the appends of one process are in the order of their calls
 *  - when all faults are over, all members get to the end, and append again; then etcd and the stores of entries get empty
 */
import { asSequence, assert } from '@skein/base';
import { entryText } from '../cluster/entry-id.ts';
import type { EtcdLogOptions } from '../cluster/etcd-log-options.ts';
import { pause } from '../cluster/pause.ts';
import { OperationLogError, type SequenceRange } from '../operation-log.ts';
import { LogMember, PeerLines } from './log-members.ts';
import { randomFrom } from './random-from.ts';
import { SimEtcd, SimEtcdConnection } from './sim-etcd.ts';
import { VirtualTime } from './virtual-time.ts';

/** What happened in the runs, for seeing that everything was reached. */
export type Reached = Record<string, number>;

export interface SimulationOptions {
  readonly seed: number;
  readonly reached: Reached;
  /** A planted bug: changes what a member's log is made of, or when an append counts as acknowledged. */
  readonly bug?: SimulationBug | undefined;
}

export interface SimulationBug {
  readonly change?:
    | ((options: EtcdLogOptions, simulation: Pick<Simulation, 'etcd' | 'below'>) => EtcdLogOptions)
    | undefined;
  /** Appends are taken for acknowledged after so long, whatever the log says. */
  readonly acknowledgesAfterMs?: number | undefined;
}

interface Append {
  readonly life: number;
  readonly texts: readonly string[];
  outcome: 'pending' | 'acknowledged' | 'refused' | 'unknown';
  range: SequenceRange | undefined;
}

/** What a run found. */
class BrokenPromise extends Error {
  override readonly name = 'BrokenPromise';
}

const NAMES = ['a', 'b', 'c'];
const NEVER = new AbortController().signal;

export async function simulate(options: SimulationOptions): Promise<void> {
  const simulation = new Simulation(options);
  simulation.time.install();
  try {
    await simulation.run();
  } finally {
    simulation.time.uninstall();
  }
}

export class Simulation {
  readonly time = new VirtualTime();
  readonly etcd = new SimEtcd();
  readonly lines = new PeerLines();
  readonly random: () => number;
  readonly #reached: Reached;
  readonly #bug: SimulationBug;
  readonly #members: LogMember[];
  readonly #lives = new Map<string, number>();
  readonly #appends: Append[] = [];
  /** What any journal showed at a sequence. */
  readonly #history = new Map<number, string>();
  readonly #places = new Map<string, number>();
  /** Up to where each running journal is compared. */
  readonly #compared = new Map<string, number>();
  readonly #healing = new Set<() => void>();
  #number = 0;
  #wiped = false;

  constructor({ seed, reached, bug }: SimulationOptions) {
    this.random = randomFrom(seed);
    this.#reached = reached;
    this.#bug = bug ?? {};
    const change = (logOptions: EtcdLogOptions): EtcdLogOptions =>
      this.#bug.change?.(logOptions, this) ?? logOptions;
    this.#members = NAMES.map(
      (name) =>
        new LogMember({
          name,
          lines: this.lines,
          etcd: (of) => this.#connect(of),
          random: this.random,
          nowMs: () => this.time.nowMs,
          change,
          journal: { fileBytesMax: 400 + this.below(2000) },
          log: { appendTimeoutMs: 1500, leaseTtlS: 1, journalKeepBytes: this.below(2) * 4000 },
        }),
    );
    this.lines.delay = () => this.#delay(4);
  }

  readonly below = (limit: number): number => Math.floor(this.random() * limit);

  async run(): Promise<void> {
    for (const member of this.#members) await this.#start(member);
    for (let step = 0; step < 60; step++) {
      for (let count = this.below(4); count > 0; count--) this.#append(this.#any());
      if (this.below(4) === 0) await this.#fault();
      await this.#pass(10 + this.below(150));
      await this.#compare();
    }
    await this.#heal();
    await this.#converge();
    this.#check();
    await this.#forget();
    for (const member of this.#members) await this.#within(member.stop(), `${member.name} stops`);
  }

  #connect(name: string): SimEtcdConnection {
    const line = this.etcd.connect(name, { random: this.random });
    line.delay = () => this.#delay(3);
    return line;
  }

  async #delay(msMax: number): Promise<void> {
    // Mostly at once, sometimes late.
    const ms = this.below(40) === 0 ? this.below(300) : this.below(msMax);
    if (ms > 0) await pause(ms, NEVER);
  }

  #count(what: string): void {
    this.#reached[what] = (this.#reached[what] ?? 0) + 1;
  }

  #any(): LogMember {
    return this.#members[this.below(this.#members.length)]!;
  }

  async #start(member: LogMember, sequenceFloor?: number): Promise<void> {
    this.#lives.set(member.name, (this.#lives.get(member.name) ?? 0) + 1);
    await member.start(sequenceFloor === undefined ? undefined : asSequence(sequenceFloor));
    const { journal } = member;
    assert(journal !== undefined, 'a started member has a journal');
    if (journal.tornBytes > 0) this.#count('torn tail');
    this.#compared.set(member.name, journal.firstSequence - 1);
  }

  #append(member: LogMember): void {
    const { log } = member;
    if (log === undefined) return;
    const life = 10 * (this.#lives.get(member.name) ?? 0) + NAMES.indexOf(member.name);
    const texts = Array.from(
      { length: 1 + this.below(4) },
      () => `${member.name} ${++this.#number} ${'.'.repeat(this.below(8) === 0 ? this.below(600) : 0)}`,
    );
    const append: Append = { life, texts, outcome: 'pending', range: undefined };
    this.#appends.push(append);
    const batch = texts.map((text) => ({
      application: `app${this.below(3)}`,
      operationId: text.slice(0, 20).trim(),
      proposedAtMs: this.#number,
      payload: Buffer.from(text),
    }));
    log.append(batch).then(
      (range) => {
        // Whoever asked a process that crashed hears nothing.
        if (member.log !== log || append.outcome !== 'pending') return;
        append.outcome = 'acknowledged';
        append.range = range;
        this.#count('acknowledged');
      },
      (error: unknown) => {
        if (!(error instanceof OperationLogError)) throw error;
        if (member.log !== log || append.outcome !== 'pending') return;
        append.outcome = error.outcome;
        this.#count(error.outcome);
      },
    );
    const { acknowledgesAfterMs } = this.#bug;
    if (acknowledgesAfterMs !== undefined) {
      setTimeout(() => {
        if (append.outcome === 'pending') append.outcome = 'acknowledged';
      }, acknowledgesAfterMs);
    }
  }

  /** One more thing goes wrong, mostly for a while. */
  async #fault(): Promise<void> {
    const member = this.#any();
    const line = member.etcd;
    const other = this.#any();
    switch (this.below(14)) {
      case 0:
        if (!(line instanceof SimEtcdConnection)) return;
        line.cut = true;
        return this.#heals('cut from etcd', 3000, () => {
          line.cut = false;
        });
      case 1:
        if (!(line instanceof SimEtcdConnection)) return;
        line.loseAnswers = true;
        return this.#heals('lost answers', 800, () => {
          line.loseAnswers = false;
        });
      case 2: {
        if (!(line instanceof SimEtcdConnection)) return;
        line.hold = true;
        // What was held is carried out at another time than the line goes on: the worst is when both are far apart.
        this.#heals('held requests', 2500, () => {
          line.hold = false;
        });
        return this.#heals('late requests', 6000, () => line.releaseHeld());
      }
      case 3:
      case 4:
        this.lines.cut(member.name, other.name);
        if (this.below(2) === 0) this.lines.cut(other.name, member.name);
        return this.#heals('cut between members', 2500, () => {
          this.lines.heal(member.name, other.name);
          this.lines.heal(other.name, member.name);
        });
      case 5:
      case 6:
      case 7:
        return this.#crash(member);
      case 8:
        member.slowSync = () => pause(this.below(400), NEVER);
        return this.#heals('slow disk', 2000, () => {
          member.slowSync = undefined;
        });
      case 9:
        member.diskIsFull = true;
        return this.#heals('disk is full', 2000, () => {
          member.diskIsFull = false;
        });
      case 10:
        try {
          this.etcd.store.compact(this.etcd.revision);
          this.etcd.wake();
          this.#count('compacted under a watch');
        } catch {
          // There is nothing newer than the last time.
        }
        return;
      case 11:
        this.#count('power loss of all');
        for (const each of this.#members) await this.#crash(each, 'together');
        return;
      case 12:
        this.etcd.full = true;
        return this.#heals('etcd is full', 1000, () => {
          this.etcd.full = false;
        });
      default:
        for (const { log } of this.#members) {
          if (log !== undefined) await log.release(asSequence(this.below(log.lastSequence + 1)));
        }
        this.#count('released');
    }
  }

  #heals(what: string, msMax: number, heal: () => void): void {
    this.#count(what);
    const once = (): void => {
      this.#healing.delete(once);
      heal();
    };
    this.#healing.add(once);
    setTimeout(() => {
      if (this.#healing.has(once)) once();
    }, 1 + this.below(msMax));
  }

  /** Power is lost, sometimes in the middle of a write; sometimes the machine is replaced by an empty one. */
  async #crash(member: LogMember, how: 'alone' | 'together' = 'alone'): Promise<void> {
    if (member.log === undefined) return;
    if (how === 'alone' && this.below(2) === 0) {
      const disk = this.below(2) === 0 ? member.journalDisk : member.entriesDisk;
      disk.crashAfter(1 + this.below(12));
      await this.#pass(this.below(60));
    }
    this.#count('crash');
    const line = member.etcd;
    member.crash();
    for (const append of this.#appends) {
      const life = 10 * (this.#lives.get(member.name) ?? 0) + NAMES.indexOf(member.name);
      if (append.life === life && append.outcome === 'pending') append.outcome = 'unknown';
    }
    // A minority may lose its disk, once all others have what it had.
    if (how === 'alone' && !this.#wiped && this.below(3) === 0 && this.#othersHaveIt(member)) {
      this.#wiped = true;
      this.#count('wiped');
      member.wipe();
    }
    const afterMs = this.below(2500);
    this.#heals('start again', 2500, () => {});
    setTimeout(() => {
      void this.#start(member);
    }, afterMs + 1);
    if (line instanceof SimEtcdConnection && line.heldCount > 0)
      this.#count('requests outlived their process');
  }

  /** The others run, so each entry that this member acknowledged is with one of them. */
  #othersHaveIt(member: LogMember): boolean {
    return this.#members.every((other) => other === member || other.log !== undefined);
  }

  /** Virtual time goes on, etcd's too. */
  async #pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 10) {
      await this.time.advance(10);
      this.etcd.advance(10);
    }
  }

  async #heal(): Promise<void> {
    for (const heal of [...this.#healing]) heal();
    await this.#pass(3000);
    for (const heal of [...this.#healing]) heal();
  }

  async #converge(): Promise<void> {
    for (let round = 0; round < 40; round++) {
      for (const member of this.#members) {
        if (member.fatal !== undefined)
          throw new BrokenPromise(`${member.name} failed: ${member.fatal.message}`);
        if (member.log?.state === 'needs-checkpoint') await this.#installCheckpoint(member);
      }
      await this.#pass(500);
      await this.#compare();
      const logs = this.#members.map(({ log }) => log);
      if (logs.some((log) => log === undefined || log.state !== 'live' || !log.isWritable)) continue;
      if (this.#appends.some(({ outcome }) => outcome === 'pending')) continue;
      const lasts = new Set(logs.map((log) => log?.lastSequence));
      if (lasts.size !== 1) continue;
      if (round > 0 && this.#appends.slice(-3).every(({ outcome }) => outcome === 'acknowledged')) return;
      // Whether writing goes on is part of it.
      for (const member of this.#members) this.#append(member);
    }
    const states = this.#members.map(({ name, log, etcd, complaints }) => {
      void etcd;
      return `${name}: ${log?.state} at ${log?.lastSequence} of ${log?.head}, writable ${log?.isWritable}; ${complaints.slice(-3).join(' | ')}`;
    });
    throw new BrokenPromise(`the members do not get to one end: ${states.join('\n')}`);
  }

  /** Nothing is kept that all members have. */
  async #forget(): Promise<void> {
    const left = (): readonly string[] => [
      ...this.etcd.list('skein/order/').map(({ key }) => key),
      ...this.#members.flatMap(({ name, entries }) => {
        // Whether a store that failed holds anything shows when it is opened again.
        return (entries?.ids() ?? []).map((id) => `${name}: ${entryText(id)}`);
      }),
      ...this.#members.flatMap(({ name, log }) =>
        log?.statistics.waitingBytes === 0 ? [] : [`${name} waits for what it wrote`],
      ),
    ];
    for (let round = 0; round < 20 && left().length > 0; round++) await this.#pass(500);
    if (left().length > 0) throw new BrokenPromise(`not forgotten: ${left().join(', ')}`);
  }

  /** What a peer has applied is taken over as it is; the journal goes on behind it. */
  async #installCheckpoint(member: LogMember): Promise<void> {
    this.#count('checkpoint');
    const source = this.#members.find(({ log }) => log?.state === 'live');
    if (source?.log === undefined) return;
    member.crash();
    member.wipe();
    await this.#start(member, source.log.lastSequence);
  }

  /** Each journal against what was seen before, as far as it has come since. */
  async #compare(): Promise<void> {
    for (const { name, journal, log } of this.#members) {
      if (log === undefined || journal === undefined) continue;
      const from = Math.max(journal.firstSequence, (this.#compared.get(name) ?? 0) + 1);
      const last = journal.lastWrittenSequence;
      if (from > last) continue;
      for await (const some of journal.follow(asSequence(from))) {
        for (const { sequence, payload } of some) {
          const text = Buffer.from(payload).toString();
          const known = this.#history.get(sequence) ?? text;
          if (known !== text)
            throw new BrokenPromise(`${name} has "${text}" at ${sequence}, another had "${known}"`);
          this.#history.set(sequence, text);
          const place = this.#places.get(text) ?? sequence;
          if (place !== sequence)
            throw new BrokenPromise(`${name} has "${text}" at ${place} and at ${sequence}`);
          this.#places.set(text, sequence);
        }
        if ((some.at(-1)?.sequence ?? 0) >= last) break;
      }
      this.#compared.set(name, last);
    }
  }

  #check(): void {
    const lastOf = new Map<number, number>();
    for (const { life, texts, outcome, range } of this.#appends) {
      const places = texts.map((text) => this.#places.get(text));
      const isThere = places[0] !== undefined;
      if (places.some((place, at) => place !== (isThere ? places[0]! + at : undefined))) {
        throw new BrokenPromise(`a batch is not whole: ${places.join(', ')}`);
      }
      if (outcome === 'refused' && isThere)
        throw new BrokenPromise(`"${texts[0]}" was refused, and is at ${places[0]}`);
      if (outcome === 'acknowledged' && !isThere)
        throw new BrokenPromise(`"${texts[0]}" was acknowledged, and is lost`);
      if (range !== undefined && range.first !== places[0]) {
        throw new BrokenPromise(`"${texts[0]}" was acknowledged at ${range.first}, and is at ${places[0]}`);
      }
      if (outcome === 'unknown') this.#count(isThere ? 'unknown, and there' : 'unknown, and absent');
      if (!isThere) continue;
      const before = lastOf.get(life) ?? 0;
      if (places[0]! < before)
        throw new BrokenPromise(`"${texts[0]}" stands before what was appended earlier`);
      lastOf.set(life, places[0]!);
    }
  }

  async #within(work: Promise<void>, what: string): Promise<void> {
    let isDone = false;
    const done = work.then(() => {
      isDone = true;
    });
    for (let round = 0; round < 100 && !isDone; round++) await this.#pass(100);
    if (!isDone) throw new BrokenPromise(`not in time: ${what}`);
    await done;
  }
}
