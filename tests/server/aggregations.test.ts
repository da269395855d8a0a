/**
 * Aggregations and batches of events on the search port of a real server:
 *   1. Declared, filled, read and dropped over HTTP; a driver reads the same by `Call`.
 *   2. Rights: what each kind of key may do.
 *   3. Bad input gets a 4xx with a reason.
 *   4. Values of every kind, and data that looks like a call, are kept as they are.
 *   5. Schedules run by themselves, and survive a restart; a builder that is killed at any moment loses and doubles nothing.
 */
import { type RunningSkein, startSkein } from '@skein/testkit';
import { Client, query as q } from 'faunadb';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Answer, ask } from './http.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });
const until = { timeout: 60_000, interval: 20 };

let skein: RunningSkein;
let client: Client;

function driver({ fqlUrl, fqlSecret }: RunningSkein): Client {
  const { hostname, port } = new URL(fqlUrl);
  return new Client({ secret: fqlSecret, domain: hostname, port: Number(port), scheme: 'http' });
}

beforeAll(async () => {
  skein = await startSkein({ env: { SKEIN_QUERY_PROCESSES: '1' } });
  client = driver(skein);
  for (const name of ['events', 'others', 'User']) await client.query(q.CreateCollection({ name }));
});
afterAll(async () => {
  await client.close();
  await skein.stop();
});

const usage = {
  source: 'events',
  key: 'data.user',
  measures: { bytes: { sum: 'data.bytes' }, uploads: { count: true } },
  schedule: { onDemand: true },
};

function insert(collection: string, documents: readonly object[]): Promise<Answer> {
  return ask(skein, `POST /1/collections/${collection}/documents`, { body: { documents } });
}

async function current(name: string): Promise<void> {
  await vi.waitFor(async () => {
    const { json } = await ask(skein, `GET /1/aggregations/${name}`);
    expect(json).toMatchObject({ state: 'current', running: false });
  }, until);
}

async function latest(name: string, key: unknown): Promise<Answer['json']> {
  return (await ask(skein, `POST /1/aggregations/${name}/latest`, { body: { key } })).json;
}

test('1: declared, filled, read and dropped over HTTP, and read by a driver', async () => {
  const declared = await ask(skein, 'PUT /1/aggregations/usage', { body: usage });
  expect(declared.json).toMatchObject({ name: 'usage', key: ['data', 'user'], running: true });
  expect(declared.status).toBe(200);
  await current('usage');
  const documents = Array.from({ length: 100 }, (_, at) => ({
    id: `upload-${at}`,
    data: { user: `u${at % 4}`, bytes: at },
  }));
  const first = await insert('events', documents);
  expect(first.json?.['documents']).toMatchObject(documents.map(({ id }) => ({ id, status: 'created' })));
  const again = await insert('events', [...documents.slice(0, 3), { data: { user: 'u0', bytes: 0.5 } }]);
  expect(again.json?.['documents']).toMatchObject([
    ...Array.from({ length: 3 }, () => ({ status: 'duplicate' })),
    { status: 'created' },
  ]);
  const u0 = { key: 'u0', state: 'current', events: 26, measures: { bytes: 1200.5, uploads: 26 } };
  expect(await latest('usage', 'u0')).toMatchObject({ ...u0, ts: again.json?.['ts'] });
  expect(await client.query(q.Call('usage_latest', 'u0'))).toMatchObject(u0);
  await ask(skein, 'POST /1/aggregations/usage/run');
  await current('usage');
  expect(await latest('usage', 'u0')).toMatchObject(u0);
  const page = await ask(skein, 'POST /1/aggregations/usage/snapshots', { body: { size: 3 } });
  expect(page.json?.['data']).toMatchObject([{ key: 'u0' }, { key: 'u1' }, { key: 'u2' }]);
  const rest = await ask(skein, 'POST /1/aggregations/usage/snapshots', {
    body: { after: page.json?.['after'] },
  });
  expect(rest.json?.['data']).toMatchObject([{ key: 'u3', events: 25 }]);
  const verified = await ask(skein, 'POST /1/aggregations/usage/verify');
  expect(verified.json).toMatchObject({ equal: true, keys: 4, events: 101, differences: [] });
  expect((await ask(skein, 'POST /1/aggregations/usage/rebuild')).json).toMatchObject({ state: 'building' });
  await current('usage');
  expect(await latest('usage', 'u0')).toMatchObject(u0);
  expect((await ask(skein, 'GET /1/aggregations')).json).toMatchObject({ aggregations: [{ name: 'usage' }] });
  expect((await ask(skein, 'DELETE /1/aggregations/usage')).status).toBe(200);
  expect((await ask(skein, 'GET /1/aggregations/usage')).status).toBe(404);
  expect(await client.query(q.Exists(q.Function('usage_latest')))).toBe(false);
});

test('2: what each kind of key may do', async () => {
  const keyWith = async (fields: object): Promise<string> =>
    String((await ask(skein, 'POST /1/keys', { body: fields })).json?.['key']);
  await ask(skein, 'PUT /1/aggregations/rights', { body: usage });
  const lines = {
    read: 'POST /1/aggregations/rights/latest',
    show: 'GET /1/aggregations/rights',
    change: 'PUT /1/aggregations/rights',
    insert: 'POST /1/collections/others/documents',
  };
  const bodies: Readonly<Record<string, object>> = {
    read: { key: 'a' },
    change: usage,
    insert: { documents: [{ data: {} }] },
  };
  const may = async (key: string): Promise<readonly string[]> => {
    const allowed: string[] = [];
    for (const [name, line] of Object.entries(lines)) {
      const body = bodies[name];
      const { status } = await ask(skein, line, { key, ...(body === undefined ? {} : { body }) });
      expect([200, 403]).toContain(status);
      if (status === 200) allowed.push(name);
    }
    return allowed;
  };
  expect(await may(skein.adminKey)).toEqual(['read', 'show', 'change', 'insert']);
  expect(await may(skein.searchKey)).toEqual([]);
  expect(await may(await keyWith({ acl: ['browse'] }))).toEqual(['read']);
  expect(await may(await keyWith({ acl: ['settings'] }))).toEqual(['show']);
  expect(await may(await keyWith({ acl: ['editSettings'] }))).toEqual(['change']);
  expect(await may(await keyWith({ acl: ['addObject'] }))).toEqual(['insert']);
  const bound = await keyWith({
    acl: ['browse', 'settings', 'editSettings', 'addObject'],
    indexes: ['shop'],
  });
  expect(await may(bound)).toEqual([]);
  expect((await ask(skein, 'GET /1/aggregations', { key: '' })).status).toBe(403);
});

test('3: bad input gets a reason', async () => {
  const refused: readonly [string, object | string | undefined, number, RegExp][] = [
    ['PUT /1/aggregations/bad', { ...usage, source: 'none' }, 400, /source: there is no collection 'none'/],
    ['PUT /1/aggregations/bad', { ...usage, delete: 1 }, 400, /delete: not a field/],
    ['PUT /1/aggregations/a%20b', usage, 400, /name: a letter/],
    ['PUT /1/aggregations/bad', '[]', 400, /expected a JSON object/],
    ['PUT /1/aggregations/bad', '{', 400, /Invalid JSON/],
    ['PUT /1/aggregations/bad', `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`, 400, /Invalid JSON/],
    ['GET /1/aggregations/none', undefined, 404, /'none' not found/],
    ['POST /1/aggregations/none/verify', undefined, 404, /'none' not found/],
    ['POST /1/aggregations/none/latest', { key: 1 }, 404, /'none' not found/],
    ['POST /1/aggregations/none/latest', {}, 400, /key/],
    ['POST /1/aggregations/none/latest', { key: 1, at: 2 }, 400, /at/],
    ['POST /1/collections/none/documents', { documents: [] }, 404, /'none'/],
    ['POST /1/collections/events/documents', { documents: {} }, 400, /documents/],
    ['POST /1/collections/events/documents', { documents: [1] }, 400, /Object expected/],
    ['POST /1/collections/events/documents', { documents: [{ data: 1 }] }, 400, /data/],
    ['POST /1/collections/events/documents', { documents: [{ data: { a: { '@ref': 1 } } }] }, 400, /./],
    ['POST /1/collections/events/documents', { documents: [{ data: { a: { '@x': 1 } } }] }, 400, /./],
  ];
  for (const [line, body, status, message] of refused) {
    const answer = await ask(skein, line, body === undefined ? {} : { body });
    expect([line, answer.status, answer.text]).toEqual([line, status, expect.stringMatching(message)]);
  }
});

test('4: values that JSON has no form for are kept exactly, and no data is a call', async () => {
  const text =
    '{"documents":[{"id":77,"data":{"long":9007199254740993,"double":1.0,"tiny":5e-324,' +
    '"time":{"@ts":"2024-01-01T00:00:00Z"},"user":{"@ref":{"id":"1","collection":{"@ref":{"id":"User","collection":{"@ref":{"id":"collections"}}}}}},' +
    '"delete":{"delete":{"collection":"events"}},"many":{"@a":1,"b":[{"var":"x"}]}}}]}';
  expect((await ask(skein, 'POST /1/collections/others/documents', { body: text })).status).toBe(200);
  const response = await fetch(skein.fqlUrl, {
    method: 'POST',
    headers: { authorization: `Bearer ${skein.fqlSecret}` },
    body: JSON.stringify({ select: 'data', from: { get: { ref: { collection: 'others' }, id: '77' } } }),
  });
  const shown = await response.text();
  for (const part of [
    '"long":9007199254740993',
    '"double":1.0',
    '"tiny":4.9E-324',
    '"time":{"@ts":"2024-01-01T00:00:00Z"}',
    '"delete":{"delete":{"collection":"events"}}',
  ])
    expect(shown).toContain(part);
});

test('5: schedules run by themselves, through a restart and a builder that is killed again and again', async () => {
  for (const [name, schedule] of [
    ['often', { intervalMs: 200 }],
    ['seconds', { cron: '* * * * * *' }],
  ] as const) {
    const body = {
      ...usage,
      source: 'others',
      schedule,
      writeBack: { collection: 'User', field: `data.${name}` },
    };
    expect((await ask(skein, `PUT /1/aggregations/${name}`, { body })).status).toBe(200);
  }
  await client.query(
    q.Do(...[0, 1, 2].map((id) => q.Create(q.Ref(q.Collection('User'), String(100 + id)), { data: {} }))),
  );
  let sent = 0;
  let stopped = false;
  const known = new Map<string, object>();
  const insertAll = async (): Promise<void> => {
    while (!stopped) {
      const documents = Array.from({ length: 50 }, () => {
        const id = `e${sent++}`;
        return { id, data: { user: String(100 + (sent % 3)), bytes: sent } };
      });
      // What was not answered is sent again: the ids make it safe.
      for (;;) {
        const answer = await insert('others', documents).catch(() => undefined);
        if (answer?.status === 200) break;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      for (const each of documents) known.set(each.id, each.data);
    }
  };
  const inserting = insertAll();
  for (let kills = 0; kills < 4; kills++) {
    const before = known.size;
    await vi.waitFor(() => expect(known.size).toBeGreaterThan(before + 200), until);
    skein.kill('builder');
  }
  stopped = true;
  await inserting;
  await client.close();
  const { folder, adminKey, searchKey, fqlSecret } = skein;
  await skein.stop({ data: 'keep' });
  skein = await startSkein({
    folder,
    env: { SKEIN_ADMIN_KEY: adminKey, SKEIN_SEARCH_KEY: searchKey, SKEIN_FQL_SECRET: fqlSecret },
  });
  client = driver(skein);
  for (const name of ['often', 'seconds']) {
    await vi.waitFor(async () => {
      const { json } = await ask(skein, `GET /1/aggregations/${name}`);
      expect(json).toMatchObject({ state: 'current', waitingEvents: 0 });
      expect(json?.['runs']).toBeGreaterThan(1);
    }, until);
    const { json } = await ask(skein, `POST /1/aggregations/${name}/verify`);
    expect(json).toMatchObject({ equal: true, differences: [] });
    let total = 0;
    for (const user of ['100', '101', '102']) total += (await latest(name, user))?.['events'] as number;
    expect(total).toBe(known.size);
    await vi.waitFor(async () => {
      const user: unknown = await client.query(q.Select('data', q.Get(q.Ref(q.Collection('User'), '100'))));
      const state = await latest(name, '100');
      expect(user).toMatchObject({ [name]: state?.['measures'] });
    }, until);
  }
});
