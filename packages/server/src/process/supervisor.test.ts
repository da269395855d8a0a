import { Agent, get } from 'node:http';
import { connect } from 'node:http2';
import { fileURLToPath } from 'node:url';
import { Client } from 'faunadb';
import { pino } from 'pino';
import { afterEach, expect, test, vi } from 'vitest';
import { loadConfiguration } from '../configuration.ts';
import { known } from '../testing/known.ts';
import { STAND_IN_SECRET } from '../testing/stand-in-fql.ts';
import { Supervisor } from './supervisor.ts';

// Every test starts real processes, which takes seconds on a busy machine.
vi.setConfig({ testTimeout: 90_000 });

const running: Supervisor[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((supervisor) => supervisor.stop()));
});

const builderEntry = fileURLToPath(new URL('../testing/stand-in-builder.ts', import.meta.url));
const queryEntry = fileURLToPath(new URL('../testing/stand-in-query.ts', import.meta.url));

async function start(queryProcesses: number, socketPath = 'none', cluster = false) {
  const loaded = loadConfiguration({
    args: ['--port', '0', '--fql-port', '0'],
    env: {},
    cwd: '/',
  });
  const configuration = { ...loaded.configuration, cluster };
  const supervisor = new Supervisor({
    builderEntry,
    queryEntry,
    queryProcesses,
    settings: {
      configuration,
      secret: 'x',
      socketPath,
      applicationId: 'A',
      pageKey: undefined,
      fqlSecret: undefined,
    },
    drainMs: 10_000,
    standbyDelayMs: 50,
    log: pino({ level: 'silent' }),
  });
  running.push(supervisor);
  await supervisor.startBuilder();
  const { http, fql = 0 } = await supervisor.startQueryProcesses();
  return { supervisor, port: http, fql };
}

function ask(port: number, agent?: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = get({ port, host: '127.0.0.1', path: '/pid', agent: agent ?? false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve((JSON.parse(text) as { pid: number }).pid));
      response.on('error', reject);
    });
    request.on('error', reject);
  });
}

const until = { timeout: 60_000, interval: 20 };

test('all query processes answer on one port', async () => {
  const { supervisor, port } = await start(2);
  const answered = new Set<number>();
  await vi.waitFor(async () => {
    answered.add(await ask(port));
    expect(answered.size).toBe(2);
  }, until);
  expect(answered).toEqual(new Set(supervisor.processIds.query));
});

test('a reload replaces every process and loses no request, on new connections and on kept ones', async () => {
  const { supervisor, port } = await start(2);
  const before = supervisor.processIds;
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  let stop = false;
  let count = 0;
  const pids = new Set<number>();
  const loops = [undefined, undefined, undefined, agent, agent, agent].map(async (through) => {
    while (!stop) {
      pids.add(await ask(port, through));
      count++;
    }
  });
  for (let round = 0; round < 2; round++) {
    await supervisor.reload();
    const soFar = count;
    await vi.waitFor(() => expect(count).toBeGreaterThan(soFar + 50), until);
  }
  stop = true;
  await Promise.all(loops);
  agent.destroy();
  const after = supervisor.processIds;
  expect(after.query).toHaveLength(2);
  expect(after.query.filter((pid) => before.query.includes(pid))).toEqual([]);
  expect(after.builder).not.toBe(before.builder);
  expect(pids.size).toBeGreaterThanOrEqual(4);
});

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('in a cluster a builder that has loaded waits for the one that works to end', async () => {
  const { supervisor } = await start(1, 'none', true);
  const standby = (): number | undefined => supervisor.processIds.standby;
  await vi.waitFor(() => expect(standby()).toBeDefined(), until);
  const first = standby()!;
  process.kill(supervisor.processIds.builder!, 'SIGKILL');
  await vi.waitFor(() => expect(supervisor.processIds.builder).toBe(first), until);
  await vi.waitFor(() => expect(standby()).toBeDefined(), until);
  const second = standby()!;
  // What is replaced at a reload may be of an earlier program.
  await supervisor.reload();
  expect(supervisor.processIds.builder).not.toBe(second);
  await vi.waitFor(() => expect(isAlive(second)).toBe(false), until);
  await vi.waitFor(() => expect(standby()).toBeDefined(), until);
  const third = standby()!;
  process.kill(third, 'SIGKILL');
  await vi.waitFor(() => expect(standby()).toBeUndefined(), until);
  process.kill(supervisor.processIds.builder!, 'SIGKILL');
  await vi.waitFor(() => expect(standby()).toBeDefined(), until);
  const fourth = standby()!;
  await supervisor.stop();
  await vi.waitFor(() => expect(isAlive(fourth)).toBe(false), until);
});

/** Its loops stop with it, and give what went wrong. */
function fqlLoad(port: number, loopCount: number) {
  const client = new Client({ secret: STAND_IN_SECRET, domain: '127.0.0.1', scheme: 'http', port });
  const pids = new Set<unknown>();
  const failures: unknown[] = [];
  let count = 0;
  let stopped = false;
  const loops = Array.from({ length: loopCount }, async () => {
    while (!stopped) {
      await client.query('anything').then(
        (pid) => pids.add(pid),
        (error: unknown) => failures.push(error),
      );
      count++;
    }
  });
  return {
    pids,
    failures,
    count: () => count,
    stop: async () => {
      stopped = true;
      await Promise.all(loops);
      await client.close();
    },
  };
}

test('a reload loses no FQL request of drivers that are busy, and of connections that are new', async () => {
  const { supervisor, fql } = await start(2);
  const loads = [fqlLoad(fql, 1), fqlLoad(fql, 16)];
  let stopped = false;
  const failures: unknown[] = [];
  const fresh = async (): Promise<void> => {
    while (!stopped) {
      const session = connect(`http://127.0.0.1:${fql}`);
      const stream = session.request({ ':path': '/ping' });
      await new Promise<void>((resolve) => {
        for (const each of [session, stream]) each.on('error', (error) => failures.push(error));
        stream.on('close', resolve);
        stream.resume();
      });
      session.close();
    }
  };
  const freshLoop = fresh();
  for (let round = 0; round < 2; round++) {
    await supervisor.reload();
    const soFar = loads.map(({ count }) => count());
    await vi.waitFor(() => {
      for (const [at, { count }] of loads.entries()) expect(count()).toBeGreaterThan((soFar[at] ?? 0) + 50);
    }, until);
  }
  stopped = true;
  await freshLoop;
  for (const load of loads) await load.stop();
  expect([...failures, ...loads.flatMap((load) => load.failures)]).toEqual([]);
  // The drivers moved on to the processes that took over.
  for (const { pids } of loads) expect(pids.size).toBeGreaterThanOrEqual(3);
});

test('a killed query process comes back; the others answer meanwhile', async () => {
  const { supervisor, port } = await start(2);
  const [victim = -1, other] = supervisor.processIds.query;
  process.kill(victim, 'SIGKILL');
  await vi.waitFor(() => expect(supervisor.processIds.query).toEqual([other]), until);
  expect(await ask(port)).toBe(other);
  await vi.waitFor(() => expect(supervisor.processIds.query).toHaveLength(2), until);
  expect(supervisor.processIds.query).not.toContain(victim);
});

test('with one query process, clients that come while it is away wait for its successor', async () => {
  const { supervisor, port } = await start(1);
  const victim = known(supervisor.processIds.query[0]);
  process.kill(victim, 'SIGKILL');
  await vi.waitFor(() => expect(supervisor.processIds.query).toEqual([]), until);
  expect(await ask(port)).not.toBe(victim);
});

test('a killed builder comes back', async () => {
  const { supervisor } = await start(1);
  const victim = known(supervisor.processIds.builder);
  process.kill(victim, 'SIGKILL');
  await vi.waitFor(() => expect(supervisor.processIds.builder).not.toBe(victim), until);
});

test('metrics of all processes are collected', async () => {
  const { supervisor } = await start(2);
  const snapshots = await supervisor.collectMetrics();
  expect(snapshots.flat()).toHaveLength(2);
});

test('a process that says why it cannot start fails the start with its words', async () => {
  await expect(start(1, 'fail')).rejects.toThrow('builder: cannot build today');
});
