/** Real etcd for tests: on free ports of the loopback, with temporary data. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** PEM texts. One certificate serves clients, other members and as the client's own. */
export interface EtcdCertificates {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

export interface StartEtcdOptions {
  /** 1 by default. */
  readonly members?: 1 | 3 | undefined;
  /** TLS on all lines, with certificates asked of clients; must be good for 127.0.0.1. Plain without it. */
  readonly certificates?: EtcdCertificates | undefined;
  /** Beside those that are always given; later ones win. */
  readonly flags?: readonly string[] | undefined;
}

export interface EtcdMember {
  readonly name: string;
  readonly endpoint: string;
  /** Of the process that runs, or of the last one that did. */
  readonly pid: number;
  /** Resolves when the process is gone, for signals that end it. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again on its data, killing the process that runs; resolves when it serves clients (which needs a majority). */
  restart(): Promise<void>;
}

export interface RunningEtcd {
  readonly endpoints: readonly string[];
  readonly members: readonly EtcdMember[];
  /** The member that a majority follows; waits for an election. Rejects when there is none for long. */
  leader(): Promise<EtcdMember>;
  stop(): Promise<void>;
}

/** Machines that run tests are busy. */
const readyMsMax = 30_000;
const startTriesMax = 5;
const outputCharactersMax = 8000;

/** As the package of the system installs it. */
const installed = 'etcd';
let binary: string | undefined | null = null;

/** Undefined where etcd is not installed: tests that need it are skipped. Throws on CI, where nothing may be skipped. */
export function etcdBinary(): string | undefined {
  if (binary === null) {
    const { status } = spawnSync(installed, ['--version'], { stdio: 'ignore', env: plainEnvironment() });
    binary = status === 0 ? installed : undefined;
  }
  if (binary === undefined && process.env['CI'] === 'true') {
    throw new Error('etcd is not installed; see tools/system-packages');
  }
  return binary;
}

/** Rejects with what etcd wrote when it does not come up. */
export async function startEtcd(options: StartEtcdOptions = {}): Promise<RunningEtcd> {
  for (let tries = 1; ; tries++) {
    const cluster = new EtcdCluster(options, await freePorts(2 * (options.members ?? 1)));
    try {
      await cluster.start();
      return cluster;
    } catch (error) {
      await cluster.stop();
      const isClash = error instanceof Error && error.message.includes('address already in use');
      if (!isClash || tries === startTriesMax) throw error;
    }
  }
}

class EtcdCluster implements RunningEtcd {
  readonly members: readonly EtcdProcess[];
  readonly #folder = mkdtempSync(join(tmpdir(), 'skein-etcd-'));
  readonly #killAll = (): void => {
    for (const member of this.members) member.killNow();
  };

  constructor({ members: count = 1, certificates, flags = [] }: StartEtcdOptions, ports: readonly number[]) {
    const binaryPath = etcdBinary();
    if (binaryPath === undefined) throw new Error('etcd is not installed');
    const scheme = certificates === undefined ? 'http' : 'https';
    const names = Array.from({ length: count }, (_, at) => `m${at + 1}`);
    const peerUrl = (at: number): string => `${scheme}://127.0.0.1:${ports[count + at]!}`;
    const security = certificates === undefined ? [] : this.#certificateFlags(certificates);
    this.members = names.map((name, at) => {
      const endpoint = `${scheme}://127.0.0.1:${ports[at]!}`;
      const given = [
        ...['--name', name, '--data-dir', join(this.#folder, name)],
        ...['--listen-client-urls', endpoint, '--advertise-client-urls', endpoint],
        ...['--listen-peer-urls', peerUrl(at), '--initial-advertise-peer-urls', peerUrl(at)],
        ...['--initial-cluster', names.map((each, ordinal) => `${each}=${peerUrl(ordinal)}`).join(',')],
        ...['--initial-cluster-state', 'new', '--initial-cluster-token', this.#folder],
        ...['--heartbeat-interval', '50', '--election-timeout', '500', '--pre-vote=true'],
        ...['--snapshot-count', '10000', '--quota-backend-bytes', `${2 ** 30}`],
        ...['--logger', 'zap', '--log-level', 'warn'],
        ...security,
        ...flags,
      ];
      return new EtcdProcess(binaryPath, name, endpoint, given, certificates);
    });
    process.once('exit', this.#killAll);
  }

  get endpoints(): readonly string[] {
    return this.members.map(({ endpoint }) => endpoint);
  }

  async start(): Promise<void> {
    for (const member of this.members) member.spawn();
    await Promise.all(this.members.map((member) => member.ready()));
  }

  async leader(): Promise<EtcdMember> {
    const until = Date.now() + readyMsMax;
    while (Date.now() < until) {
      const votes = new Map<string, number>();
      const ids = new Map<string, EtcdProcess>();
      await Promise.all(
        this.members.map(async (member) => {
          const { id, leader } = (await member.status()) ?? {};
          if (id === undefined || leader === undefined) return;
          ids.set(id, member);
          votes.set(leader, (votes.get(leader) ?? 0) + 1);
        }),
      );
      for (const [id, count] of votes) {
        const member = ids.get(id);
        if (member !== undefined && count > this.members.length / 2) return member;
      }
      await sleep(20);
    }
    throw new Error(`etcd has no leader; it wrote:\n${this.members.map(({ output }) => output).join('\n')}`);
  }

  async stop(): Promise<void> {
    await Promise.all(this.members.map((member) => member.kill('SIGKILL')));
    process.off('exit', this.#killAll);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #certificateFlags({ ca, certificate, key }: EtcdCertificates): readonly string[] {
    const file = (name: string, text: string): string => {
      const path = join(this.#folder, name);
      writeFileSync(path, text, { mode: 0o600 });
      return path;
    };
    const [caFile, certificateFile, keyFile] = [
      file('ca.pem', ca),
      file('certificate.pem', certificate),
      file('key.pem', key),
    ];
    return ['', 'peer-'].flatMap((who) => [
      ...[`--${who}cert-file`, certificateFile, `--${who}key-file`, keyFile],
      ...[`--${who}trusted-ca-file`, caFile, `--${who}client-cert-auth`],
    ]);
  }
}

class EtcdProcess implements EtcdMember {
  readonly name: string;
  readonly endpoint: string;
  readonly #binary: string;
  readonly #flags: readonly string[];
  readonly #certificates: EtcdCertificates | undefined;
  #child: ChildProcess | undefined;
  #output = '';

  constructor(
    binaryPath: string,
    name: string,
    endpoint: string,
    flags: readonly string[],
    certificates: EtcdCertificates | undefined,
  ) {
    this.#binary = binaryPath;
    this.name = name;
    this.endpoint = endpoint;
    this.#flags = flags;
    this.#certificates = certificates;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get output(): string {
    return `${this.name}: ${this.#output}`;
  }

  spawn(): void {
    const child = spawn(this.#binary, this.#flags, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: plainEnvironment(),
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        this.#output = (this.#output + chunk.toString()).slice(-outputCharactersMax);
      });
    }
    this.#child = child;
  }

  /** Resolves when it answers as part of a majority. */
  async ready(): Promise<void> {
    const until = Date.now() + readyMsMax;
    while (this.#runs && Date.now() < until) {
      const health = await this.#ask('GET', '/health', 5000);
      if (health?.['health'] === 'true') return;
      await sleep(20);
    }
    // The reason may still be on its way through the pipe.
    if (!this.#runs) await sleep(100);
    throw new Error(`etcd did not come up; it wrote:\n${this.output}`);
  }

  async status(): Promise<{ readonly id: string; readonly leader: string } | undefined> {
    const answer = await this.#ask('POST', '/v3/maintenance/status', 500);
    const [header, leader] = [answer?.['header'], answer?.['leader']];
    if (typeof leader !== 'string' || typeof header !== 'object' || header === null) return undefined;
    return 'member_id' in header && typeof header.member_id === 'string'
      ? { id: header.member_id, leader }
      : undefined;
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined || !this.#runs) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await ended;
  }

  async restart(): Promise<void> {
    await this.kill('SIGKILL');
    this.spawn();
    await this.ready();
  }

  killNow(): void {
    if (this.#runs) this.#child?.kill('SIGKILL');
  }

  get #runs(): boolean {
    const child = this.#child;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** Undefined: no answer, or none that makes sense. */
  #ask(method: string, path: string, timeoutMs: number): Promise<Record<string, unknown> | undefined> {
    return new Promise((resolve) => {
      const options = { method, signal: AbortSignal.timeout(timeoutMs), agent: false } as const;
      const tls = this.#certificates;
      const url = new URL(path, this.endpoint);
      const outgoing =
        tls === undefined
          ? plainRequest(url, options)
          : secureRequest(url, { ...options, ca: tls.ca, cert: tls.certificate, key: tls.key });
      outgoing.on('error', () => resolve(undefined));
      outgoing.on('response', (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => {
          text += chunk;
        });
        answer.on('error', () => resolve(undefined));
        answer.on('end', () => resolve(objectIn(text)));
      });
      outgoing.end(method === 'POST' ? '{}' : '');
    });
  }
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    // Cut off in the middle.
    return undefined;
  }
}

/** Settings of etcd in the environment would win over ours. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('ETCD_'));
  // etcd 3.4 starts on other processors only when told so.
  const told = process.arch === 'x64' ? {} : { ETCD_UNSUPPORTED_ARCH: process.arch };
  return { ...Object.fromEntries(kept), ...told };
}

/**
 * Below the range that outgoing connections take theirs from: so a member that was killed finds its ports free when it is started again.
 */
async function freePorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = 12_000 + Math.floor(Math.random() * 20_000);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
