/**
 * A real cluster, as its clients and its operator see it:
 *   1. Who wrote through one member reads it from any other that is asked for at least that sequence.
 *   2. Each member tells of all of them.
 *   3. Without a majority searches go on and members stay offered; writes fail clearly, and are taken again when it is back.
 *   4. A member can be taken out, and its name given to a machine that begins with nothing.
 */
import { type RunningCluster, startCluster } from '@skein/testkit';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

vi.setConfig({ testTimeout: 120_000 });
const until = { timeout: 60_000, interval: 100 };

let cluster: RunningCluster;
beforeAll(async () => {
  cluster = await startCluster({ network: 'loopback' });
}, 120_000);
afterAll(async () => {
  await cluster.remove();
});

interface Answered {
  readonly status: number;
  readonly sequence: number;
  readonly json: Record<string, unknown>;
}

async function ask(
  at: number,
  route: string,
  { body, headers = {} }: { readonly body?: object; readonly headers?: Record<string, string> } = {},
): Promise<Answered> {
  const [method = '', path = ''] = route.split(' ');
  const answer = await fetch(`${cluster.members[at]?.url}${path}`, {
    method,
    headers: {
      'x-algolia-application-id': cluster.applicationId,
      'x-algolia-api-key': cluster.adminKey,
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const json = (await answer.json()) as Record<string, unknown>;
  return { status: answer.status, sequence: Number(answer.headers.get('x-skein-sequence')), json };
}

const search = (at: number, headers: Record<string, string> = {}): Promise<Answered> =>
  ask(at, 'POST /1/indexes/things/query', { body: { query: '' }, headers });

async function liveNames(at: number): Promise<readonly unknown[]> {
  const { json } = await ask(at, 'GET /1/cluster');
  return (json['members'] as { name: string; live: boolean }[])
    .filter(({ live }) => live)
    .map(({ name }) => name);
}

test('1: what was written through one member is read from any other', async () => {
  for (const [at, other] of [
    [0, 1],
    [1, 2],
    [2, 0],
  ] as const) {
    const { status, sequence } = await ask(at, `PUT /1/indexes/things/${at}`, { body: { at } });
    expect(status).toBe(200);
    const found = await search(other, { 'x-skein-min-sequence': String(sequence) });
    expect(found.json['nbHits']).toBe(at + 1);
    expect(found.sequence).toBeGreaterThanOrEqual(sequence);
  }
  const far = await search(0, { 'x-skein-min-sequence': '1000000', 'x-skein-wait-ms': '100' });
  expect(far.status).toBe(503);
});

test('2: each member tells of all of them', async () => {
  for (const at of [0, 1, 2]) {
    await vi.waitFor(async () => {
      const { json } = await ask(at, 'GET /1/cluster');
      expect(json).toMatchObject({
        mode: 'cluster',
        member: 'abc'[at],
        state: 'live',
        quorum: true,
        problems: [],
      });
      expect(json['members']).toMatchObject(
        ['a', 'b', 'c'].map((name) => ({ name, live: true, state: 'live' })),
      );
    }, until);
    expect((await ask(at, 'GET /health')).json).toMatchObject({ status: 'available', member: 'abc'[at] });
  }
});

test('3: without a majority searches go on, and writes fail clearly until it is back', async () => {
  cluster.members[1]?.killMachine();
  cluster.members[2]?.killMachine();
  await vi.waitFor(async () => {
    expect((await ask(0, 'GET /health')).json).toMatchObject({ status: 'available', writes: 'waiting' });
  }, until);
  expect((await search(0)).json['nbHits']).toBe(3);
  const refused = await ask(0, 'PUT /1/indexes/things/3', { body: {} });
  expect(refused.status).toBe(503);
  expect((await ask(0, 'GET /health')).status).toBe(200);
  await cluster.startAll();
  await vi.waitFor(async () => {
    expect((await ask(0, 'PUT /1/indexes/things/4', { body: {} })).status).toBe(200);
  }, until);
  for (const at of [0, 1, 2])
    await vi.waitFor(async () => expect(await liveNames(at)).toEqual(['a', 'b', 'c']), until);
});

test('4: a member is taken out, and its name given to a machine that begins with nothing', async () => {
  const [, , c] = cluster.members;
  c?.killMachine();
  await vi.waitFor(async () => expect(await liveNames(0)).toEqual(['a', 'b']), until);
  expect((await ask(0, 'DELETE /1/cluster/members/a')).status).toBe(400);
  await vi.waitFor(async () => expect((await ask(0, 'DELETE /1/cluster/members/c')).status).toBe(200), until);
  await vi.waitFor(async () => {
    const { json } = await ask(1, 'GET /1/cluster');
    expect(json['members']).toMatchObject([{ name: 'a' }, { name: 'b' }]);
  }, until);
  c?.wipe();
  const body = { member: 'c', address: c === undefined ? '' : c.host };
  await vi.waitFor(async () => {
    expect((await ask(1, 'POST /1/cluster/members', { body })).status).toBe(201);
  }, until);
  const { sequence } = await ask(1, 'PUT /1/indexes/things/5', { body: {} });
  await c?.start();
  await vi.waitFor(async () => expect(await liveNames(2)).toEqual(['a', 'b', 'c']), until);
  const found = await search(2, { 'x-skein-min-sequence': String(sequence), 'x-skein-wait-ms': '30000' });
  expect(found.json['nbHits']).toBe((await search(0)).json['nbHits']);
});
