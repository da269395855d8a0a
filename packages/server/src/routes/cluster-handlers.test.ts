/**
 * The cluster's endpoints:
 *   1. Only an admin key sees or changes the cluster.
 *   2. A machine that is alone says so.
 *   3. The builder is asked at most a few times a second; while it is away, what it said last is answered, marked as old.
 *   4. Members are added by name and address, and removed by name; what is neither is refused before anybody is asked.
 */
import { createProjection } from '@skein/engine';
import { KeyVault } from '@skein/member';
import { ApiError } from '@skein/wire';
import { expect, test } from 'vitest';
import type { ApiRequest } from '../http/api-request.ts';
import { Router } from '../http/router.ts';
import { STAND_IN_ADMIN_KEY, STAND_IN_SEARCH_KEY, StandInMember } from '../testing/stand-in-member.ts';
import { apiRoutes } from './api-routes.ts';

const described = {
  member: 'a',
  state: 'live',
  quorum: true,
  head: 9,
  journaled: 9,
  published: 9,
  registered: { a: { address: '10.0.0.1:7701' } },
  live: { a: { published: 9, address: '10.0.0.1:7701' } },
  peers: {},
  log: {},
  etcd: {},
};

function server(): {
  readonly member: StandInMember;
  readonly clock: { nowMs: number };
  readonly ask: (
    route: string,
    asked?: { readonly key?: string; readonly body?: object },
  ) => Promise<{ readonly status: number; readonly json: unknown }>;
} {
  const member = new StandInMember();
  const clock = { nowMs: 1_000 };
  const router = new Router(
    apiRoutes({
      member,
      vault: new KeyVault('a secret of the test'),
      nowMs: () => clock.nowMs,
      makeObjectID: () => '1',
      recordBytesMax: 1_000,
      project: createProjection,
      serverName: 'test',
    }),
  );
  return {
    member,
    clock,
    ask: async (route, { key = STAND_IN_ADMIN_KEY, body } = {}) => {
      const [method = '', address = ''] = route.split(' ');
      const [path = '', query = ''] = address.split('?');
      const match = router.find(method, path);
      if (match.kind !== 'found') throw new Error(`no route ${route}`);
      const request: ApiRequest = {
        method,
        params: match.params,
        query: new URLSearchParams(query),
        headers: { 'x-algolia-application-id': 'APP', 'x-algolia-api-key': key },
        body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
        clientAddress: '127.0.0.1',
        startedAtMs: 0,
      };
      const answer = await match.route.handler(request);
      return { status: answer.status, json: JSON.parse(String(answer.body)) };
    },
  };
}

test('1: a key that is no admin key sees and changes nothing', async () => {
  const { ask, member } = server();
  const routes = ['GET /1/cluster', 'POST /1/cluster/members', 'DELETE /1/cluster/members/b'];
  for (const route of routes) {
    await expect(ask(route, { key: STAND_IN_SEARCH_KEY }), route).rejects.toMatchObject({ status: 403 });
  }
  expect([member.describedCount, member.changes]).toEqual([0, []]);
});

test('2: a machine that is alone says so', async () => {
  const { ask, member } = server();
  member.progress = { ...member.progress, published: 5 };
  expect((await ask('GET /1/cluster')).json).toEqual({
    mode: 'local',
    sequence: 5,
    probes: [],
  });
});

test('3: the builder is asked now and then, and what it said last outlives it', async () => {
  const { ask, member, clock } = server();
  member.described = described;
  const first = await ask('GET /1/cluster');
  expect(first.json).toMatchObject({ mode: 'cluster', member: 'a', sequence: 9, problems: [] });
  expect((await ask('GET /1/cluster')).json).toEqual(first.json);
  expect(member.describedCount).toBe(1);
  clock.nowMs += 200;
  member.builderConnected = false;
  const old = await ask('GET /1/cluster');
  expect(old.json).toMatchObject({ sequence: 9, stale: true, asOf: '1970-01-01T00:00:01.000Z' });
  const unknown = server();
  unknown.member.builderConnected = false;
  await expect(unknown.ask('GET /1/cluster')).rejects.toMatchObject({ status: 503 });
});

test('4: members come and go by name', async () => {
  const { ask, member } = server();
  const added = await ask('POST /1/cluster/members', { body: { member: 'd', address: '10.0.0.4' } });
  expect([added.status, added.json]).toEqual([
    201,
    { member: 'd', address: '10.0.0.4:7701', addedAt: '1970-01-01T00:00:01.000Z' },
  ]);
  await ask('DELETE /1/cluster/members/d');
  await ask('DELETE /1/cluster/members/e?force=true');
  expect(member.changes).toEqual([
    { kind: 'add', member: 'd', address: '10.0.0.4:7701' },
    { kind: 'remove', member: 'd', force: false },
    { kind: 'remove', member: 'e', force: true },
  ]);
  const bad = [
    {},
    { member: 'D', address: 'x' },
    { member: 'd', address: 'x:99999' },
    { member: 1, address: 'x' },
  ];
  for (const body of bad) {
    await expect(ask('POST /1/cluster/members', { body })).rejects.toMatchObject({ status: 400 });
  }
  await expect(ask('DELETE /1/cluster/members/D')).rejects.toMatchObject({ status: 400 });
  await expect(ask('DELETE /1/cluster/members/d?force=x')).rejects.toMatchObject({ status: 400 });
  expect(member.changes).toHaveLength(3);
  member.refusal = new ApiError('cluster-refused', { message: 'not now' });
  await expect(ask('DELETE /1/cluster/members/d')).rejects.toMatchObject({ status: 400, message: 'not now' });
});
