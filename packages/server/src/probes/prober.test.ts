/**
 * The prober over real processes:
 *   1. Processes that are killed are noticed, told to every process, also to those that start later, and counted in the metrics.
 *   2. A builder that hangs is noticed, and so is that it goes on.
 *   3. What is not fine reaches a receiver once, also when another process goes on telling it.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { loadConfiguration } from '../configuration.ts';
import { Supervisor } from '../process/supervisor.ts';
import { AlertInbox } from '../testing/alert-inbox.ts';
import { known } from '../testing/known.ts';
import { proberOptionsOf } from './probe-sources.ts';
import { Prober, type ProberOptions } from './prober.ts';

vi.setConfig({ testTimeout: 90_000 });

const log = pino({ level: 'silent' });
const builderEntry = fileURLToPath(new URL('../testing/stand-in-builder.ts', import.meta.url));
const queryEntry = fileURLToPath(new URL('../testing/stand-in-query.ts', import.meta.url));
const until = { timeout: 60_000, interval: 50 };

let folder: string;
const cleanUp: (() => unknown)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-prober-'));
  cleanUp.push(() => rmSync(folder, { recursive: true }));
});
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

function proberWith(args: readonly string[], more: Partial<ProberOptions> = {}): Prober {
  const { configuration } = loadConfiguration({ args: ['--data', folder, ...args], env: {}, cwd: '/' });
  const prober = new Prober({
    ...proberOptionsOf({ configuration, cluster: undefined, secret: 'x', log }),
    diskRoom: async () => ({ freeBytes: 1e12, bytes: 2e12 }),
    ...more,
  });
  cleanUp.push(() => prober.stop());
  return prober;
}

async function supervise(
  prober: Prober,
): Promise<{ readonly supervisor: Supervisor; readonly port: number }> {
  const { configuration } = loadConfiguration({
    args: ['--port', '0', '--fql-port', '0'],
    env: {},
    cwd: '/',
  });
  const supervisor = new Supervisor({
    builderEntry,
    queryEntry,
    queryProcesses: 1,
    settings: {
      configuration,
      secret: 'x',
      socketPath: 'none',
      applicationId: 'A',
      pageKey: undefined,
      fqlSecret: undefined,
    },
    drainMs: 10_000,
    log,
    probes: prober,
  });
  cleanUp.push(() => supervisor.stop());
  prober.start(supervisor);
  await supervisor.startBuilder();
  const { http: port } = await supervisor.startQueryProcesses();
  return { supervisor, port };
}

const names = (prober: Prober): readonly string[] =>
  prober.reports.map(({ name, state }) => `${name} ${state}`);

test('1: processes that are killed are noticed, and every process is told', async () => {
  const prober = proberWith([]);
  const { supervisor, port } = await supervise(prober);
  const told = async (): Promise<unknown> => (await fetch(`http://127.0.0.1:${port}/pid`)).json();
  expect(await told()).toMatchObject({ probes: [] });
  for (let round = 0; round < 3; round++) {
    const before = known(supervisor.processIds.builder);
    process.kill(before, 'SIGKILL');
    await vi.waitFor(() => expect(supervisor.processIds.builder).not.toBe(before), until);
  }
  await vi.waitFor(() => expect(names(prober)).toEqual(['crashes warning']), until);
  const [report] = prober.reports;
  expect(report?.message).toBe('Processes ended unasked 3 times within ten minutes: builder.');
  await vi.waitFor(async () => expect(await told()).toMatchObject({ probes: [report] }), until);
  const query = known(supervisor.processIds.query[0]);
  process.kill(query, 'SIGKILL');
  await vi.waitFor(
    async () => expect(await told()).toMatchObject({ probes: [{ name: 'crashes', since: report?.since }] }),
    until,
  );
  // A probe is counted from its first look on.
  await vi.waitFor(async () => {
    const metrics = (await supervisor.collectMetrics()).flat();
    expect(metrics).toContainEqual(
      expect.objectContaining({
        name: 'skein_probe_state',
        values: expect.arrayContaining([
          { value: 1, labels: { probe: 'crashes' } },
          { value: 0, labels: { probe: 'disk' } },
        ]),
      }),
    );
  }, until);
});

test('2: a builder that hangs is noticed', async () => {
  const prober = proberWith(['--probe-thresholds', 'indexingWarningMs=1']);
  const { supervisor } = await supervise(prober);
  const builder = known(supervisor.processIds.builder);
  process.kill(builder, 'SIGSTOP');
  cleanUp.push(() => process.kill(builder, 'SIGCONT'));
  await vi.waitFor(() => expect(names(prober)).toEqual(['indexing-slow warning']), until);
  expect(prober.reports[0]?.message).toMatch(/^The builder has not answered for \d+ s: writes wait\.$/);
});

test('3: receivers are told once, also when another process goes on', async () => {
  const inbox = await AlertInbox.open();
  cleanUp.push(() => inbox.close());
  const idle = {
    processIds: { builder: undefined, etcd: undefined },
    builderRuns: false,
    askBuilder: () => undefined,
    tellProbes: () => undefined,
  };
  const inLoop = (): Prober => {
    const prober = proberWith(['--alerts', `${inbox.url}/x`]);
    prober.start(idle);
    for (let count = 0; count < 5; count++) prober.ended('builder');
    return prober;
  };
  const first = inLoop();
  await vi.waitFor(
    () => expect(inbox.bodies).toMatchObject([{ state: 'critical', changes: [{ probe: 'crashes' }] }]),
    until,
  );
  const file = join(folder, 'alerts.json');
  const kept = (): unknown => Object.values(JSON.parse(readFileSync(file, 'utf8')) as object);
  await vi.waitFor(() => expect(kept()).toEqual([{ crashes: 'critical' }]), until);
  first.stop();
  const second = inLoop();
  await vi.waitFor(() => expect(names(second)).toEqual(['crashes critical']), until);
  // The same again, and something new: only that is told.
  const third = proberWith(['--alerts', `${inbox.url}/x`], {
    member: { folder: join(folder, 'absent'), own: { name: 'a', host: '127.0.0.1', port: 1 } },
  });
  second.stop();
  third.start(idle);
  for (let count = 0; count < 5; count++) third.ended('builder');
  await vi.waitFor(
    () =>
      expect(inbox.bodies.slice(1)).toMatchObject([{ changes: [{ probe: 'certificates', before: 'fine' }] }]),
    until,
  );
  third.stop();
  writeFileSync(file, '{"half');
  expect(() => proberWith(['--alerts', `${inbox.url}/x`])).not.toThrow();
});
