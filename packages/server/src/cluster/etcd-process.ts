/**
 * This machine's etcd, as a child of the supervisor.
 *
 *   blank: asks the others how to begin (etcd-plan.ts) ─┐
 *   has data ───────────────────────────────────────────┴─▶ runs ─▶ ended unasked: runs again, after a pause
 *
 * It ends with the supervisor: asked to, or told so by the system when the supervisor is killed. One that is left all the same is
 * found by the mark in `etcd.pid`, and ended at the next start.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ClusterConfiguration, MemberAddress } from '@skein/member';
import type { Logger } from 'pino';
import type { Configuration } from '../configuration.ts';
import { askPeer, BlankAnnouncer } from './blank-announcer.ts';
import {
  clientUrlOf,
  clusterToken,
  type EtcdBeginning,
  etcdArguments,
  etcdEnvironment,
  etcdFolder,
  peerUrlOf,
} from './etcd-arguments.ts';
import { EtcdLogLines } from './etcd-log-lines.ts';
import { EtcdMark } from './etcd-mark.ts';
import { type ListedMember, namedMembers, type PeerAnswer, planBeginning } from './etcd-plan.ts';
import { type EtcdProgram, findEtcd } from './etcd-program.ts';

/** What a member that lost its disk asks the etcd of the others. */
export interface EtcdAdministration {
  members(): Promise<readonly (ListedMember & { readonly id: string })[]>;
  addMember(peerUrls: readonly string[]): Promise<unknown>;
  removeMember(id: string): Promise<unknown>;
  close(): void;
}

export interface EtcdProcessOptions {
  readonly configuration: Configuration;
  readonly cluster: ClusterConfiguration;
  readonly secret: string;
  readonly log: Logger;
  readonly connect: (endpoints: readonly string[]) => Promise<EtcdAdministration>;
}

export type EtcdState =
  | 'stopped'
  /** It has no data, and it is not clear yet how to begin. */
  | 'waiting'
  | 'running'
  | 'pausing'
  /** It was taken out of the cluster: it does not run again by itself. */
  | 'removed';

const pauseMsMin = 100;
const pauseMsMax = 2_000;
/** One that ran so long has shown that it can. */
const provenMs = 10_000;
const stopMsMax = 5_000;
const askPauseMs = 200;
/** Ends with damaged data before they are set aside. */
const damagedEndsMax = 3;

export class EtcdProcess {
  readonly #options: EtcdProcessOptions;
  readonly #own: MemberAddress;
  readonly #folder: string;
  readonly #mark: EtcdMark;
  readonly #stopping = new AbortController();
  #program: EtcdProgram | undefined;
  #child: ChildProcess | undefined;
  #working: Promise<void> = Promise.resolve();
  #state: EtcdState = 'stopped';
  #toldReason = '';

  constructor(options: EtcdProcessOptions) {
    this.#options = options;
    this.#own = ownAddress(options.cluster);
    this.#folder = etcdFolder(options.configuration.data);
    this.#mark = new EtcdMark(join(options.configuration.data, 'etcd.pid'), this.#folder);
  }

  get state(): EtcdState {
    return this.#state;
  }

  /** Of the running one. */
  get pid(): number | undefined {
    return this.#state === 'running' ? this.#child?.pid : undefined;
  }

  /**
   * Resolves as soon as it is on its way: whether it answers depends on the other members. Rejects with `ProcessStartError` when
   * there is no etcd on this machine.
   */
  async start(): Promise<void> {
    this.#program = await findEtcd(this.#options.configuration.etcdBinary);
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    await this.#mark.endOrphan();
    this.#working = this.#work(this.#program);
  }

  /** Ends it; it hands its leadership on, if it has it. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const cut = setTimeout(() => this.kill(), stopMsMax);
    this.#child?.kill('SIGTERM');
    await this.#working;
    clearTimeout(cut);
  }

  kill(): void {
    this.#stopping.abort();
    this.#child?.kill('SIGKILL');
  }

  async #work(program: EtcdProgram): Promise<void> {
    const { log } = this.#options;
    let pauseMs = pauseMsMin;
    let damagedEnds = 0;
    while (!this.#stopping.signal.aborted) {
      try {
        const beginning = this.#hasData() ? undefined : await this.#untilDecided();
        if (this.#stopping.signal.aborted) break;
        const { livedMs, lines, how } = await this.#run(program, beginning);
        if (this.#stopping.signal.aborted) break;
        if (lines.removed) {
          this.#state = 'removed';
          log.error(
            `this member was taken out of the cluster. To have it in again: skein cluster add on a running member, and ${this.#folder} deleted here`,
          );
          return;
        }
        if (livedMs >= provenMs) pauseMs = pauseMsMin;
        damagedEnds = lines.damaged && livedMs < provenMs ? damagedEnds + 1 : 0;
        log.error({ lastError: lines.lastError }, `etcd ended unasked (${how}); starting it again`);
        if (damagedEnds >= damagedEndsMax && (await this.#othersHaveEverything())) this.#setAside();
      } catch (error) {
        log.error({ err: error }, 'etcd could not be started; trying again');
      }
      this.#state = 'pausing';
      await this.#pause(pauseMs);
      pauseMs = Math.min(pauseMsMax, pauseMs * 2);
    }
    this.#state = 'stopped';
  }

  async #run(
    program: EtcdProgram,
    beginning: EtcdBeginning | undefined,
  ): Promise<{ livedMs: number; lines: EtcdLogLines; how: string }> {
    const { configuration, secret, log } = this.#options;
    const lines = new EtcdLogLines(log.child({ program: 'etcd' }));
    const startedMs = performance.now();
    const child = spawn(
      program.command,
      [
        ...program.commandArguments,
        ...etcdArguments({
          configuration,
          member: this.#own,
          token: clusterToken(secret),
          beginning,
          version: program.version,
        }),
      ],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
        env: etcdEnvironment(process.env),
        // Ctrl-C in a terminal is for the supervisor, which ends etcd last.
        detached: true,
      },
    );
    this.#child = child;
    if (child.pid !== undefined) this.#mark.note(child.pid);
    this.#state = 'running';
    log.debug({ pid: child.pid }, 'etcd is running');
    child.stderr.setEncoding('utf8');
    child.stderr.on('data', (chunk: string) => {
      lines.push(chunk);
      if (lines.serves) this.#forgetRejoining();
    });
    const how = await new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      // Once its last lines have been read, too.
      child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    lines.end();
    this.#child = undefined;
    this.#mark.remove();
    return { livedMs: performance.now() - startedMs, lines, how };
  }

  /** Asks the others until it is clear how to begin. */
  async #untilDecided(): Promise<EtcdBeginning | undefined> {
    const { cluster, secret } = this.#options;
    const { signal } = this.#stopping;
    this.#state = 'waiting';
    // What a start that broke off left: without a log of its own it never took part in anything.
    rmSync(join(this.#folder, 'member'), { recursive: true, force: true });
    const configured = this.#peerUrls();
    const [token, ownPeerUrl] = [clusterToken(secret), this.#urlOf(this.#own)];
    const blankness = { token, peerUrls: [...configured.values()] };
    const announcer = await BlankAnnouncer.listen(this.#own, blankness, cluster.certificates);
    try {
      while (!signal.aborted) {
        const others = [...configured].filter(([name]) => name !== cluster.member);
        const asked = others.map(
          async ([name, url]): Promise<[string, PeerAnswer]> => [
            name,
            await askPeer(url, cluster.certificates),
          ],
        );
        const answers = new Map(await Promise.all(asked));
        const rejoining = existsSync(this.#rejoiningFile);
        const plan = planBeginning({ token, ownPeerUrl, configured, answers, rejoining });
        switch (plan.kind) {
          case 'new':
            this.#options.log.info('etcd begins a new cluster');
            return { state: 'new', members: configured };
          case 'existing':
            this.#options.log.info('etcd joins the cluster');
            return { state: 'existing', members: plan.members };
          case 'rejoin': {
            const members = await this.#rejoin(configured, ownPeerUrl);
            if (members !== undefined) return { state: 'existing', members };
            break;
          }
          case 'wait':
            this.#tell(`etcd waits: ${plan.reason}`);
        }
        await this.#pause(askPauseMs);
      }
      return undefined;
    } finally {
      await announcer.close();
    }
  }

  /** As another member than the one that it has forgotten to be. Undefined: not now, as the others have no quorum, for example. */
  async #rejoin(
    configured: ReadonlyMap<string, string>,
    ownPeerUrl: string,
  ): Promise<ReadonlyMap<string, string> | undefined> {
    const { log, connect } = this.#options;
    let administration: EtcdAdministration | undefined;
    try {
      administration = await connect(this.#othersClientUrls());
      const listed = await administration.members();
      const own = listed.find(({ peerUrls }) => peerUrls.includes(ownPeerUrl));
      // Should this end between the two steps, the next start knows that nobody else took it out.
      writeFileSync(this.#rejoiningFile, '');
      if (own !== undefined) await administration.removeMember(own.id);
      await administration.addMember([ownPeerUrl]);
      const members = namedMembers(await administration.members(), configured);
      log.warn('this member has lost its etcd data, and joins the cluster anew');
      return members;
    } catch (error) {
      this.#tell(
        `etcd waits: this member has lost its etcd data, and cannot join anew yet (${error instanceof Error ? error.message : String(error)})`,
      );
      return undefined;
    } finally {
      administration?.close();
    }
  }

  /** Whether a majority answers without this member, and would take it in again. */
  async #othersHaveEverything(): Promise<boolean> {
    const { connect, log } = this.#options;
    let administration: EtcdAdministration | undefined;
    try {
      administration = await connect(this.#othersClientUrls());
      const listed = await administration.members();
      const ownPeerUrl = this.#urlOf(this.#own);
      return listed.length > 1 && listed.some(({ peerUrls }) => peerUrls.includes(ownPeerUrl));
    } catch (error) {
      log.error(
        { err: error },
        'the data of etcd are damaged, and the other members cannot replace them yet',
      );
      return false;
    } finally {
      administration?.close();
    }
  }

  #othersClientUrls(): readonly string[] {
    const { cluster, configuration } = this.#options;
    return cluster.members
      .filter(({ name }) => name !== cluster.member)
      .map((each) => clientUrlOf(each, configuration.certificates !== undefined));
  }

  /** It is kept for who wants to look at it. */
  #setAside(): void {
    const aside = `${this.#folder}-damaged-${Date.now()}`;
    renameSync(this.#folder, aside);
    mkdirSync(this.#folder, { mode: 0o700 });
    this.#options.log.error(`the data of etcd are damaged; they were moved to ${aside}`);
  }

  #hasData(): boolean {
    try {
      return readdirSync(join(this.#folder, 'member', 'wal')).some((name) => name.endsWith('.wal'));
    } catch {
      return false;
    }
  }

  #peerUrls(): ReadonlyMap<string, string> {
    return new Map(this.#options.cluster.members.map((each) => [each.name, this.#urlOf(each)]));
  }

  #urlOf(member: MemberAddress): string {
    return peerUrlOf(member, this.#options.configuration.certificates !== undefined);
  }

  get #rejoiningFile(): string {
    return join(this.#options.configuration.data, 'etcd-rejoining');
  }

  #forgetRejoining(): void {
    rmSync(this.#rejoiningFile, { force: true });
  }

  #tell(reason: string): void {
    if (reason !== this.#toldReason) this.#options.log.warn(reason);
    this.#toldReason = reason;
  }

  async #pause(ms: number): Promise<void> {
    try {
      await pause(ms, undefined, { signal: this.#stopping.signal });
    } catch {
      // Woken to stop.
    }
  }
}

function ownAddress({ member, members }: ClusterConfiguration): MemberAddress {
  const own = members.find(({ name }) => name === member);
  if (own === undefined) throw new Error(`${member} is not one of the members`);
  return own;
}
