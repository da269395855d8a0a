/**
 * Three machines' own etcd, with real etcd:
 *   1. A new cluster begins once all members are there, and not before.
 *   2. An etcd that is killed runs again.
 *   3. One that lost its data joins the others as a new member, with everything in it.
 *   4. One that its supervisor left behind does not keep the next from starting.
 *   5. One that was taken out says so, and stays down.
 *   6. One whose data are damaged sets them aside, and takes everything from the others.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { etcdBinary } from '@skein/testkit';
import { pino } from 'pino';
import { afterEach, expect, onTestFailed, test, vi } from 'vitest';
import { loadConfiguration } from '../configuration.ts';
import { known } from '../testing/known.ts';
import { clusterConfigurationOf } from './cluster-configuration-of.ts';
import { clusterToken, etcdArguments, etcdEnvironment, etcdFolder } from './etcd-arguments.ts';
import { EtcdMark } from './etcd-mark.ts';
import { type EtcdAdministration, EtcdProcess } from './etcd-process.ts';

const until = { timeout: 30_000, interval: 50 };
const secret = 'a secret of a cluster';
const running: EtcdProcess[] = [];
const folders: string[] = [];
const orphans: ChildProcess[] = [];

afterEach(async () => {
  for (const orphan of orphans.splice(0)) orphan.kill('SIGKILL');
  await Promise.all(running.splice(0).map((each) => each.stop()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Of this process alone, so that nobody else has the three ports there. */
let hostCount = 0;
function freeHost(): string {
  hostCount++;
  return `127.${64 + ((process.pid >> 8) % 128)}.${process.pid % 256}.${hostCount}`;
}

interface Machine {
  readonly name: string;
  readonly folder: string;
  readonly clientUrl: string;
  readonly lines: string[];
  start(): EtcdProcess;
  /** An etcd whose supervisor went without a word: nobody looks after it any more. */
  startOrphan(): ChildProcess;
}

function machines(names: readonly string[]): readonly Machine[] {
  const hosts = names.map(freeHost);
  const members = names.map((name, at) => `${name}=${hosts[at]}`).join(',');
  return names.map((name, at) => {
    const folder = mkdtempSync(join(tmpdir(), `skein-etcd-${name}-`));
    folders.push(folder);
    const { configuration } = loadConfiguration({
      args: ['--cluster', '--member', name, '--members', members, '--cluster-insecure', '--data', folder],
      env: { SKEIN_SECRET: secret, HOME: folder },
      cwd: folder,
    });
    const cluster = clusterConfigurationOf(configuration);
    if (cluster === undefined) throw new Error('not a cluster');
    const lines: string[] = [];
    onTestFailed(() => void process.stderr.write(`${name}:\n${lines.join('')}`));
    const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
    return {
      name,
      folder,
      clientUrl: `http://${hosts[at]}:7702`,
      lines,
      start: () => {
        const etcd = new EtcdProcess({ configuration, cluster, secret, log, connect: gateway });
        running.push(etcd);
        return etcd;
      },
      startOrphan: () => {
        const member = cluster.members[at];
        if (member === undefined) throw new Error(`${name} is not a member`);
        const call = {
          configuration,
          member,
          token: clusterToken(secret),
          beginning: undefined,
          version: '3.5.0',
        };
        const orphan = spawn(etcdBinary() ?? '', etcdArguments(call), {
          stdio: 'ignore',
          env: etcdEnvironment(process.env),
        });
        orphans.push(orphan);
        new EtcdMark(join(folder, 'etcd.pid'), etcdFolder(folder)).note(known(orphan.pid));
        return orphan;
      },
    };
  });
}

test.skipIf(etcdBinary() === undefined)(
  '1, 2, 3, 6: a cluster begins with all its members, outlives a kill, a lost disk and a damaged one',
  { timeout: 60_000 },
  async () => {
    const [a, b, c] = machines(['a', 'b', 'c']) as [Machine, Machine, Machine];
    const [etcdA, etcdB] = [a.start(), b.start()];
    await Promise.all([etcdA.start(), etcdB.start()]);
    await vi.waitFor(() => expect(a.lines.join('')).toContain('missing: c (nothing listens there)'), until);
    expect(etcdA.state).toBe('waiting');
    const etcdC = c.start();
    await etcdC.start();
    await put(a, 'kept', 'value');

    const killed = known(etcdB.pid);
    process.kill(killed, 'SIGKILL');
    await vi.waitFor(() => expect(etcdB.pid).not.toBe(killed), until);
    await vi.waitFor(async () => expect(await get(b, 'kept')).toBe('value'), until);

    await etcdC.stop();
    rmSync(c.folder, { recursive: true });
    mkdirSync(c.folder);
    const before = await memberIds(a);
    const etcdAnew = c.start();
    await etcdAnew.start();
    await vi.waitFor(async () => expect(await get(c, 'kept')).toBe('value'), until);
    const after = await memberIds(a);
    expect(after).toHaveLength(3);
    expect(after.filter((id) => before.includes(id))).toHaveLength(2);
    expect(c.lines.join('')).toContain('has lost its etcd data');

    await etcdA.stop();
    damageLog(a);
    await a.start().start();
    await vi.waitFor(async () => expect(await get(a, 'kept')).toBe('value'), until);
    expect(a.lines.join('')).toContain('the data of etcd are damaged; they were moved to');
    expect(await memberIds(b)).toHaveLength(3);
  },
);

test.skipIf(etcdBinary() === undefined)(
  '4, 5: an orphan makes room, and who was taken out stays out',
  { timeout: 60_000 },
  async () => {
    const [a, b] = machines(['a', 'b']) as [Machine, Machine];
    const [etcdA, etcdB] = [a.start(), b.start()];
    await Promise.all([etcdA.start(), etcdB.start()]);
    await put(a, 'kept', 'value');

    await etcdB.stop();
    const orphan = b.startOrphan();
    const ended = once(orphan, 'exit');
    await vi.waitFor(async () => expect(await get(b, 'kept')).toBe('value'), until);
    const next = b.start();
    await next.start();
    await ended;
    await vi.waitFor(async () => expect(await get(b, 'kept')).toBe('value'), until);
    expect(JSON.parse(readFileSync(join(b.folder, 'etcd.pid'), 'utf8'))).toMatchObject({ pid: next.pid });

    const administration = await gateway([a.clientUrl]);
    const listed = await administration.members();
    const id = listed.find(({ name }) => name === 'b')?.id ?? '';
    // Refused until its members have been connected for some seconds.
    await vi.waitFor(() => administration.removeMember(id), until);
    await vi.waitFor(() => expect(next.state).toBe('removed'), until);
    expect(b.lines.join('')).toContain('was taken out of the cluster');
  },
);

/** Some bits of its log turn, in the middle of what is written. */
function damageLog({ folder }: Machine): void {
  const logs = join(folder, 'etcd', 'member', 'wal');
  const file = join(logs, readdirSync(logs).find((name) => name.endsWith('.wal')) ?? '');
  const bytes = readFileSync(file);
  const end = bytes.findLastIndex((byte) => byte !== 0);
  for (let at = end >> 1; at < (end >> 1) + 64; at++) bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

/** etcd over its JSON gateway. */
async function gateway(endpoints: readonly string[]): Promise<EtcdAdministration> {
  const call = (path: string, body: object): Promise<Record<string, unknown>> => ask(endpoints, path, body);
  return {
    members: async () => {
      const { members } = await call('cluster/member/list', {});
      return (members as Record<string, unknown>[]).map((each) => ({
        id: String(each['ID']),
        name: typeof each['name'] === 'string' ? each['name'] : '',
        peerUrls: each['peerURLs'] as string[],
        clientUrls: (each['clientURLs'] ?? []) as string[],
      }));
    },
    addMember: (peerURLs) => call('cluster/member/add', { peerURLs }),
    removeMember: (ID) => call('cluster/member/remove', { ID }),
    close: () => undefined,
  };
}

async function ask(
  endpoints: readonly string[],
  path: string,
  body: object,
): Promise<Record<string, unknown>> {
  let failure: unknown;
  for (const endpoint of endpoints) {
    try {
      const answer = await fetch(`${endpoint}/v3/${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(3_000),
      });
      const content = (await answer.json()) as Record<string, unknown>;
      if (answer.ok) return content;
      failure = new Error(JSON.stringify(content));
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

async function put({ clientUrl }: Machine, key: string, value: string): Promise<void> {
  await vi.waitFor(() => ask([clientUrl], 'kv/put', { key: base64(key), value: base64(value) }), until);
}

async function get({ clientUrl }: Machine, key: string): Promise<string | undefined> {
  const { kvs } = await ask([clientUrl], 'kv/range', { key: base64(key) });
  const [first] = (kvs ?? []) as { value: string }[];
  return first === undefined ? undefined : Buffer.from(first.value, 'base64').toString();
}

async function memberIds(machine: Machine): Promise<readonly string[]> {
  const administration = await gateway([machine.clientUrl]);
  return (await administration.members()).map(({ id }) => id);
}
