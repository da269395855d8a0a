/**
 * A real server for tests: `skein serve` in processes of its own, on a free port, with a temporary data folder and known
 * credentials.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface StartSkeinOptions {
  /** `SKEIN_…` settings beside those that are always set; an empty text takes one of these away. */
  readonly env?: Readonly<Record<string, string>>;
  /** A folder that an earlier server was stopped on (`stop({ data: 'keep' })`); temporary by default. */
  readonly folder?: string | undefined;
  /** A command that runs what follows it elsewhere, in another network for example. It must become what it runs. */
  readonly within?: readonly string[] | undefined;
  /** A minute unless told. */
  readonly startMsMax?: number | undefined;
}

export interface SkeinProcesses {
  readonly supervisor: number;
  readonly builder: number;
  readonly query: readonly number[];
  /** Of a member of a cluster that runs its own. */
  readonly etcd: number;
}

export interface RunningSkein {
  /** Without a slash at its end. */
  readonly url: string;
  readonly port: number;
  readonly applicationId: string;
  readonly adminKey: string;
  readonly searchKey: string;
  /** Where FQL drivers connect; empty where FQL is off. */
  readonly fqlUrl: string;
  /** The documents' root secret. */
  readonly fqlSecret: string;
  /** Holds `data` and `home`. */
  readonly folder: string;
  readonly dataFolder: string;
  /** Ids of the processes that run at the moment; 0 for one that does not. */
  processes(): SkeinProcesses;
  /** Sends `SIGKILL`, and gives the ids of those that were hit. */
  kill(which: 'supervisor' | 'builder' | 'query'): readonly number[];
  /** Resolves when every process was replaced. */
  reload(): Promise<void>;
  /** Everything written so far, to both outputs. */
  output(): string;
  /** Resolves with the exit code. */
  stop(options?: {
    readonly data?: 'keep' | 'remove';
    readonly signals?: readonly NodeJS.Signals[];
  }): Promise<number | null>;
}

const launcher = fileURLToPath(new URL('../../cli/bin/skein.js', import.meta.url));
const pinnedNode = fileURLToPath(new URL('../../../node_modules/node/bin/node', import.meta.url));
/** Several processes start, on machines that may be busy with other tests. */
const startMsMax = 60_000;

/** Rejects with the server's output when it does not come up. */
export async function startSkein(options: StartSkeinOptions = {}): Promise<RunningSkein> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'skein-test-'));
  const dataFolder = join(folder, 'data');
  const given: Record<string, string> = {
    SKEIN_PORT: '0',
    SKEIN_DATA: dataFolder,
    SKEIN_APPLICATION_ID: 'TESTAPP',
    SKEIN_ADMIN_KEY: randomBytes(16).toString('hex'),
    SKEIN_SEARCH_KEY: randomBytes(16).toString('hex'),
    SKEIN_FQL_PORT: '0',
    SKEIN_FQL_SECRET: randomBytes(16).toString('hex'),
    SKEIN_DEMO: '0',
    ...options.env,
  };
  const env = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('SKEIN_'));
  // What a killed server leaves in its temporary folder goes with this one.
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary, { recursive: true });
  // Compiled code is kept where the next server finds it, too: that halves a start.
  const compileCache = process.env['NODE_COMPILE_CACHE'] ?? join(tmpdir(), 'node-compile-cache');
  const [command, ...words] = [...(options.within ?? []), pinnedNode, launcher, 'serve'];
  const child = spawn(command, words, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...Object.fromEntries(inherited),
      HOME: join(folder, 'home'),
      TMPDIR: temporary,
      NODE_COMPILE_CACHE: compileCache,
      XDG_CONFIG_HOME: '',
      ...env,
    },
  });
  let output = '';
  const waiting = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      for (const look of waiting) look();
    });
  }
  /** Resolves with the first match in what is written from `from` on. */
  const written = (pattern: RegExp, from = 0): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const fail = (reason: string): void => {
        finish();
        reject(new Error(`the server ${reason}; it wrote:\n${output}`));
      };
      const ended = (): void => fail('ended');
      const timer = setTimeout(() => fail('took too long'), options.startMsMax ?? startMsMax);
      const finish = (): void => {
        clearTimeout(timer);
        waiting.delete(look);
        child.off('exit', ended);
      };
      const look = (): void => {
        const match = pattern.exec(output.slice(from));
        if (match === null) return;
        finish();
        resolve(match);
      };
      waiting.add(look);
      child.once('exit', ended);
      if (child.exitCode !== null) ended();
      else look();
    });

  let url: string;
  try {
    url = (await written(/Skein serves on (http:\S+)[\s\S]*Ctrl-C/))[1] ?? '';
  } catch (error) {
    child.kill('SIGKILL');
    if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  const printed = (name: string): string => new RegExp(`${name}\\s+(\\S+)`).exec(output)?.[1] ?? '';
  return {
    url,
    port: Number(new URL(url).port),
    applicationId: env['SKEIN_APPLICATION_ID'] ?? printed('application id'),
    adminKey: env['SKEIN_ADMIN_KEY'] ?? printed('admin key'),
    searchKey: env['SKEIN_SEARCH_KEY'] ?? printed('search key'),
    fqlUrl: /FQL drivers connect to (\S+)/.exec(output)?.[1] ?? '',
    fqlSecret: env['SKEIN_FQL_SECRET'] ?? printed('fql secret'),
    folder,
    dataFolder,
    processes: () => processesOf(child, dataFolder),
    kill(which) {
      const { supervisor, builder, query } = processesOf(child, dataFolder);
      const victims = which === 'query' ? query : [which === 'builder' ? builder : supervisor];
      for (const pid of victims) if (pid > 0) process.kill(pid, 'SIGKILL');
      return victims;
    },
    async reload() {
      const from = output.length;
      child.kill('SIGHUP');
      await written(/"msg":"reloaded"/, from);
    },
    output: () => output,
    async stop({ data = 'remove', signals = ['SIGTERM'] as const } = {}) {
      if (child.exitCode === null && child.signalCode === null) {
        const exit = once(child, 'exit');
        for (const signal of signals) child.kill(signal);
        await exit;
      }
      if (data === 'remove') rmSync(folder, { recursive: true, force: true });
      return child.exitCode;
    },
  };
}

/** Reads what the server notes in its data folder and, for the rest, what Linux knows of its children. */
function processesOf(child: ChildProcess, dataFolder: string): SkeinProcesses {
  const supervisor = child.exitCode === null && child.signalCode === null ? (child.pid ?? 0) : 0;
  let builder = 0;
  try {
    const mark = JSON.parse(readFileSync(join(dataFolder, 'skein.pid'), 'utf8')) as {
      builder?: { pid?: number };
    };
    builder = mark.builder?.pid ?? 0;
  } catch {
    // Not written yet, or taken away at the end.
  }
  const children = supervisor === 0 ? [] : childrenOf(supervisor);
  // Something small may stand between the supervisor and its etcd.
  const etcd = [...children, ...children.flatMap(childrenOf)].find((pid) => nameOf(pid) === 'etcd');
  return {
    supervisor,
    builder: children.includes(builder) ? builder : 0,
    query: children.filter((pid) => pid !== builder && commandOf(pid).includes('query-main')),
    etcd: etcd ?? 0,
  };
}

/** Empty for a process that has ended. */
function nameOf(pid: number): string {
  return readIfThere(`/proc/${pid}/comm`).trim();
}

function commandOf(pid: number): string {
  return readIfThere(`/proc/${pid}/cmdline`);
}

function childrenOf(pid: number): number[] {
  return readIfThere(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
