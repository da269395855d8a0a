/**
 * Members of a cluster in one process: an `EtcdLog` each, over any etcd, with lines between them that can be cut, and disks that can crash.
 */
import type { Sequence } from '@skein/base';
import type { EntryId } from '../cluster/entry-id.ts';
import { EntryStore } from '../cluster/entry-store.ts';
import { EtcdLog } from '../cluster/etcd-log.ts';
import type { EtcdLogOptions } from '../cluster/etcd-log-options.ts';
import type { MemberStatus } from '../cluster/member-status.ts';
import type { JournalPage, PeerPort, PeerService } from '../cluster/peer-port.ts';
import type { EtcdPort } from '../etcd/etcd-port.ts';
import { DiskFullError, type JournalDisk, type JournalFile } from '../journal-disk.ts';
import { LocalJournal, type LocalJournalOptions } from '../local-journal.ts';
import type { SequenceRange } from '../operation-log.ts';
import { SimDisk } from './sim-disk.ts';

export interface LogMemberOptions {
  readonly name: string;
  readonly etcd: (name: string) => EtcdPort;
  /** Of the cluster: `connected` and each call go by this. */
  readonly lines: PeerLines;
  readonly memberCount?: number | undefined;
  readonly random?: (() => number) | undefined;
  /** Steady. Default: this process's. */
  readonly nowMs?: (() => number) | undefined;
  readonly capacityBytes?: number | undefined;
  readonly journal?: LocalJournalOptions | undefined;
  /** Last words on the options: for planted bugs. */
  readonly change?: ((options: EtcdLogOptions) => EtcdLogOptions) | undefined;
  readonly log?:
    | Partial<Pick<EtcdLogOptions, 'appendTimeoutMs' | 'leaseTtlS' | 'journalKeepBytes'>>
    | undefined;
}

/** Who can speak to whom, and the logs that answer. */
export class PeerLines {
  readonly #logs = new Map<string, PeerService>();
  readonly #cut = new Set<string>();
  /** Waited for before a request reaches the other side, and again before its answer. */
  delay: (() => Promise<void>) | undefined;

  attach(name: string, log: PeerService | undefined): void {
    if (log === undefined) this.#logs.delete(name);
    else this.#logs.set(name, log);
  }

  /** One way: requests do not get there; answers come on the other way. */
  cut(from: string, to: string): void {
    this.#cut.add(`${from} ${to}`);
  }

  heal(from: string, to: string): void {
    this.#cut.delete(`${from} ${to}`);
  }

  isUp(from: string, to: string): boolean {
    return this.#logs.has(to) && !this.#cut.has(`${from} ${to}`);
  }

  async call<T>(from: string, to: string, ask: (log: PeerService) => Promise<T>): Promise<T> {
    await this.delay?.();
    const log = this.#logs.get(to);
    if (log === undefined || !this.isUp(from, to)) throw new Error(`${to} does not answer`);
    const answer = await ask(log);
    await this.delay?.();
    // The answer of a process that has ended meanwhile, or on a line that was cut, gets nowhere.
    if (this.#logs.get(to) !== log || !this.isUp(to, from)) throw new Error(`${to} did not answer`);
    return answer;
  }

  port(from: string, to: string): PeerPort {
    return new PeerLine(this, from, to);
  }
}

class PeerLine implements PeerPort {
  readonly member: string;
  readonly #lines: PeerLines;
  readonly #from: string;

  constructor(lines: PeerLines, from: string, to: string) {
    this.#lines = lines;
    this.#from = from;
    this.member = to;
  }

  get connected(): boolean {
    return this.#lines.isUp(this.#from, this.member) && this.#lines.isUp(this.member, this.#from);
  }

  storeEntry(id: EntryId, payload: Uint8Array): Promise<void> {
    return this.#lines.call(this.#from, this.member, (log) => log.storeEntry(id, payload));
  }

  fetchEntry(id: EntryId, range: SequenceRange | undefined): Promise<Uint8Array | undefined> {
    return this.#lines.call(this.#from, this.member, (log) => log.fetchEntry(id, range));
  }

  readJournal(from: Sequence, bytesMax: number): Promise<JournalPage> {
    return this.#lines.call(this.#from, this.member, (log) => log.readJournal(from, bytesMax));
  }
}

/** One member: its disks stay when its log is closed, crashes, and starts again. */
export class LogMember {
  readonly name: string;
  readonly #options: LogMemberOptions;
  readonly complaints: string[] = [];
  /** Waited for before each sync. */
  slowSync: (() => Promise<void>) | undefined;
  /** Writes find no room, after a part of them. */
  diskIsFull = false;
  journalDisk: SimDisk;
  entriesDisk: SimDisk;
  journal: LocalJournal | undefined;
  entries: EntryStore | undefined;
  log: EtcdLog | undefined;
  fatal: Error | undefined;
  etcd: EtcdPort | undefined;

  constructor(options: LogMemberOptions) {
    this.name = options.name;
    this.#options = options;
    const random = options.random ?? ((): number => 0.5);
    const { capacityBytes } = options;
    this.journalDisk = new SimDisk(random, { capacityBytes });
    this.entriesDisk = new SimDisk(random, { capacityBytes });
  }

  /** `sequenceFloor`: as after a checkpoint was installed. */
  async start(sequenceFloor?: Sequence): Promise<EtcdLog> {
    const { name, lines, change = (options) => options } = this.#options;
    const journal = await LocalJournal.open(this.#slowed(this.journalDisk), {
      ...this.#options.journal,
      sequenceFloor,
    });
    const entries = await EntryStore.open(this.#slowed(this.entriesDisk));
    const etcd = this.#options.etcd(name);
    const clock = { nowMs: this.#options.nowMs ?? ((): number => performance.now()) };
    const address = `${name}:1`;
    this.journal = journal;
    this.entries = entries;
    this.etcd = etcd;
    this.fatal = undefined;
    const log = await EtcdLog.open(
      change({
        member: name,
        address,
        memberCount: this.#options.memberCount ?? 3,
        etcd,
        peer: (other) => lines.port(name, other),
        journal,
        entries,
        describe: ({ state, journaled }): MemberStatus => ({
          version: '0',
          format: 1,
          startedAtMs: 0,
          nowMs: 0,
          journaled,
          published: journaled,
          state: state === 'live' ? 'live' : 'catching-up',
          diskFreeBytes: 1,
          diskBytes: 1,
          address,
          problems: [],
        }),
        journalKeepBytes: 1024 * 1024,
        clock,
        log: (level, message) => {
          this.complaints.push(`${name} ${level}: ${message}`);
        },
        onFatal: (error) => {
          if (this.journal === journal) this.fatal = error;
        },
        ...this.#options.log,
      }),
    );
    this.log = log;
    lines.attach(name, log);
    return log;
  }

  /** As by a power loss: what was not synced may be gone, and nothing that the process still does has an effect. */
  crash(): void {
    this.#options.lines.attach(this.name, undefined);
    this.etcd?.close();
    this.journalDisk.crashAfter(0);
    this.entriesDisk.crashAfter(0);
    this.journalDisk = this.journalDisk.afterCrash();
    this.entriesDisk = this.entriesDisk.afterCrash();
    this.log = undefined;
    this.journal = undefined;
    this.fatal = undefined;
  }

  /** The machine is replaced: its disks are empty. */
  wipe(): void {
    const random = this.#options.random ?? ((): number => 0.5);
    this.journalDisk = new SimDisk(random);
    this.entriesDisk = new SimDisk(random);
  }

  async stop(): Promise<void> {
    this.#options.lines.attach(this.name, undefined);
    await this.log?.close();
    this.etcd?.close();
    this.log = undefined;
  }

  #slowed(disk: SimDisk): JournalDisk {
    const slowed = (file: JournalFile): JournalFile => ({
      write: async (parts, byteOffset) => {
        if (!this.diskIsFull) return file.write(parts, byteOffset);
        const [part] = parts;
        if (part !== undefined) await file.write([part.subarray(0, part.byteLength / 2)], byteOffset);
        throw new DiskFullError('full');
      },
      truncate: (byteLength) => file.truncate(byteLength),
      close: () => file.close(),
      sync: async () => {
        await this.slowSync?.();
        await file.sync();
      },
    });
    return {
      list: () => disk.list(),
      byteLength: (name) => disk.byteLength(name),
      read: (name, byteOffset, byteLength) => disk.read(name, byteOffset, byteLength),
      create: async (name) => slowed(await disk.create(name)),
      open: async (name) => slowed(await disk.open(name)),
      remove: (name) => disk.remove(name),
      describe: (name) => disk.describe(name),
    };
  }
}
