/**
 * Probes of a real cluster, told to a real receiver:
 *   1. A member that dies is told of once, by one of the others, and shown by all.
 *   2. A lost majority is told by the member that finds none.
 *   3. That both are over is told once, by who told of them.
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type RunningCluster, startCluster } from '@skein/testkit';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

vi.setConfig({ testTimeout: 120_000 });
const until = { timeout: 90_000, interval: 100 };

interface Alert {
  readonly member: string;
  readonly changes: readonly { readonly probe: string; readonly state: string; readonly message: string }[];
}

let cluster: RunningCluster;
let receiver: Server;
const alerts: Alert[] = [];
beforeAll(async () => {
  receiver = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      text += chunk;
    });
    request.on('end', () => {
      alerts.push(JSON.parse(text) as Alert);
      response.end();
    });
  });
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  cluster = await startCluster({
    network: 'loopback',
    env: {
      SKEIN_ALERTS: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`,
      // At once critical, as in the first minute nothing else is told.
      SKEIN_PROBE_THRESHOLDS: 'membersCriticalMs=0,membersWarningMs=0,diskWarningPercent=0,diskWarningMib=0',
    },
  });
}, 120_000);
afterAll(async () => {
  await cluster.remove();
  receiver.close();
});

/** `a: members critical`: who told what. */
const told = (probe: string): readonly string[] =>
  alerts.flatMap(({ member, changes }) =>
    changes.filter((each) => each.probe === probe).map(({ state }) => `${member}: ${probe} ${state}`),
  );

async function ask(at: number, path: string): Promise<Record<string, unknown>> {
  const answer = await fetch(`${cluster.members[at]?.url}${path}`, {
    headers: { 'x-algolia-application-id': cluster.applicationId, 'x-algolia-api-key': cluster.adminKey },
  });
  return (await answer.json()) as Record<string, unknown>;
}

test('1: a member that dies is told of once, and shown by all', async () => {
  await vi.waitFor(
    async () => expect(await ask(0, '/1/cluster')).toMatchObject({ problems: [], probes: [] }),
    until,
  );
  cluster.members[2]?.killMachine();
  await vi.waitFor(() => expect(told('members')).toEqual(['a: members critical']), until);
  expect(alerts.flatMap(({ changes }) => changes)).toContainEqual(
    expect.objectContaining({ probe: 'members', message: 'Member c is away.' }),
  );
  await vi.waitFor(async () => {
    const { problems } = await ask(1, '/1/cluster');
    expect(problems).toEqual(expect.arrayContaining(['a: members', 'b: members']));
    expect(await ask(1, '/health')).toMatchObject({ status: 'available', probes: [{ name: 'members' }] });
  }, until);
});

test('2: a lost majority is told by who finds none', async () => {
  cluster.members[1]?.killMachine();
  await vi.waitFor(() => expect(told('quorum')).toContain('a: quorum critical'), until);
  const { writes, probes } = await ask(0, '/health');
  expect(writes).toBe('waiting');
  expect(probes).toContainEqual(expect.objectContaining({ name: 'quorum', state: 'critical' }));
});

test('3: what is well again is told by who told of it', async () => {
  await cluster.startAll();
  await vi.waitFor(() => {
    for (const probe of ['members', 'quorum']) {
      const own = told(probe).filter((each) => each.startsWith('a: '));
      expect(own).toEqual([`a: ${probe} critical`, `a: ${probe} fine`]);
    }
  }, until);
  await vi.waitFor(async () => expect(await ask(1, '/health')).toMatchObject({ probes: [] }), until);
});
