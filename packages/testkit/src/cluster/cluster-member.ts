/** One member of a cluster under test: a server that comes and goes on one data folder, at one address. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { FaultControl, type FaultEnvironment } from '../faults/faults.ts';
import { losePower } from '../faults/power-loss.ts';
import { type RunningSkein, type SkeinProcesses, startSkein } from '../skein-server.ts';
import { etcdMetric } from './etcd-metrics.ts';
import { LimitedDisk } from './limited-disk.ts';
import { isEnding, MEMBER_MARK, memberProcesses } from './member-processes.ts';

export type MemberProcess = keyof SkeinProcesses;

export interface ClusterMemberOptions {
  readonly name: string;
  /** Its place among the members. */
  readonly at: number;
  readonly host: string;
  readonly folder: string;
  readonly within: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly faults: FaultEnvironment;
}

export const HTTP_PORT = 7700;
export const FQL_PORT = 8443;
/** Three members and their etcds start at once, on machines that may be busy with other tests. */
const START_MS_MAX = 90_000;
const NO_PROCESSES: SkeinProcesses = { supervisor: 0, builder: 0, query: [], etcd: 0 };

export class ClusterMember {
  readonly name: string;
  readonly at: number;
  readonly host: string;
  /** The same after each start. */
  readonly url: string;
  readonly fqlUrl: string;
  readonly fqlSecret: string;
  readonly folder: string;
  readonly control: FaultControl;
  /** Where the machine allows it. */
  disk: LimitedDisk | undefined;
  readonly #options: ClusterMemberOptions;
  #server: RunningSkein | undefined;
  /** Of servers before. */
  #written = '';
  #paused: readonly number[] = [];

  constructor(options: ClusterMemberOptions) {
    this.#options = options;
    this.name = options.name;
    this.at = options.at;
    this.host = options.host;
    this.url = `http://${options.host}:${HTTP_PORT}`;
    this.fqlUrl = `http://${options.host}:${FQL_PORT}`;
    this.fqlSecret = options.env['SKEIN_FQL_SECRET'] ?? '';
    this.folder = options.folder;
    mkdirSync(this.dataFolder, { recursive: true });
    this.control = new FaultControl(join(this.folder, 'faults.json'));
  }

  get dataFolder(): string {
    return join(this.folder, 'data');
  }

  /** For clients of FQL. */
  get address(): { readonly fqlUrl: string; readonly fqlSecret: string } {
    return { fqlUrl: this.fqlUrl, fqlSecret: this.fqlSecret };
  }

  /** Undefined while it is down, and until it has said that it serves. */
  get running(): RunningSkein | undefined {
    return this.#server;
  }

  async limitDisk(mebibytes: number): Promise<void> {
    this.disk = await LimitedDisk.mount(this.dataFolder, join(this.folder, 'disk.img'), mebibytes);
  }

  /** Resolves when it serves; a new cluster does when most of its members run. */
  async start(env: Readonly<Record<string, string>> = {}): Promise<void> {
    this.#server = await startSkein({
      folder: this.folder,
      within: this.#options.within,
      startMsMax: START_MS_MAX,
      env: {
        ...this.#options.env,
        SKEIN_HOST: this.host,
        SKEIN_PORT: String(HTTP_PORT),
        SKEIN_FQL_HOST: this.host,
        SKEIN_FQL_PORT: String(FQL_PORT),
        [MEMBER_MARK]: this.folder,
        ...this.control.environment(this.#options.faults),
        ...env,
      },
    });
  }

  /** As an operator would. */
  async stop(): Promise<void> {
    this.resume();
    await this.#end();
    this.killMachine();
  }

  processes(): SkeinProcesses {
    return this.#server?.processes() ?? NO_PROCESSES;
  }

  /** Undefined when its etcd does not answer. */
  etcdMetric(name: string): Promise<number | undefined> {
    return etcdMetric(this.host, this.#options.env['SKEIN_CERTIFICATES'], name);
  }

  /** Every process of it that lives, also those whose supervisor is gone. */
  allProcesses(): readonly number[] {
    return Array.from(memberProcesses(), ([pid, folder]) => (folder === this.folder ? pid : 0)).filter(
      (pid) => pid > 0,
    );
  }

  /** Every process but the supervisor and etcd is to be replaced; `isReplaced` tells when. */
  reload(): { readonly isReplaced: () => boolean } {
    const before = this.processes();
    if (before.supervisor > 0) signal(before.supervisor, 'SIGHUP');
    return {
      isReplaced: () => {
        const { builder, query } = this.processes();
        const known = [before.builder, ...before.query];
        return builder > 0 && query.length > 0 && ![builder, ...query].some((pid) => known.includes(pid));
      },
    };
  }

  /** Sends `SIGKILL`; whether there was anything to kill. With the supervisor its processes end, after a moment. */
  kill(which: MemberProcess): boolean {
    const pids = this.#pidsOf(which);
    for (const pid of pids) signal(pid, 'SIGKILL');
    return pids.length > 0;
  }

  /** All of its processes in an instant. */
  killMachine(): void {
    // Those first that could start others.
    const { supervisor } = this.processes();
    if (supervisor > 0) signal(supervisor, 'SIGKILL');
    let victims = this.allProcesses();
    while (victims.length > 0) {
      for (const pid of victims) signal(pid, 'SIGKILL');
      victims = this.allProcesses().filter((pid) => !isEnding(pid));
    }
    this.#paused = [];
    this.#forgetServer();
  }

  /** `killMachine`, and the disk is left with what was synced. */
  async losePower(random: () => number): Promise<void> {
    this.killMachine();
    await this.untilGone();
    losePower({ dataFolder: this.dataFolder, control: this.control, random });
  }

  /** Nothing ends, nothing goes on; whether there was anything to stop. */
  pause(which: MemberProcess | 'machine'): boolean {
    const pids = which === 'machine' ? this.allProcesses() : this.#pidsOf(which);
    for (const pid of pids) signal(pid, 'SIGSTOP');
    this.#paused = [...this.#paused, ...pids];
    return pids.length > 0;
  }

  resume(): void {
    for (const pid of this.#paused) signal(pid, 'SIGCONT');
    this.#paused = [];
  }

  /** A machine with another disk; it must be down. */
  wipe(): void {
    for (const name of readdirSync(this.dataFolder)) {
      if (name !== 'lost+found') rmSync(join(this.dataFolder, name), { recursive: true, force: true });
    }
  }

  /** After a kill: resolves when no process of it is left. */
  async untilGone(): Promise<void> {
    while (this.allProcesses().some((pid) => !isEnding(pid)))
      await new Promise((resolve) => setTimeout(resolve, 10));
  }

  /** Everything that its servers have written. */
  output(): string {
    return this.#written + (this.#server?.output() ?? '');
  }

  async remove(): Promise<void> {
    this.killMachine();
    await this.untilGone();
    await this.disk?.unmount();
  }

  #pidsOf(which: MemberProcess): readonly number[] {
    const found = this.processes()[which];
    return (typeof found === 'number' ? [found] : found).filter((pid) => pid > 0);
  }

  async #end(): Promise<void> {
    await this.#server?.stop({ data: 'keep' });
    this.#forgetServer();
  }

  #forgetServer(): void {
    this.#written = this.output();
    this.#server = undefined;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has just ended by itself.
  }
}
