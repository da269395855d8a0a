/**
 * Searchable collections on a real server, with the official clients of both sides:
 *   1. What the FQL driver writes in a transaction is found by Algolia's client within a second; what it deletes is gone.
 *   2. Declared, listed, filled and dropped over HTTP; the index takes no other writes.
 *   3. Declarations that cannot be are refused, and change nothing.
 */
import { type RunningSkein, startSkein } from '@skein/testkit';
import { algoliasearch } from 'algoliasearch';
import { Client, Expr, type ExprArg, query as q } from 'faunadb';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Answer, ask, published, save } from './http.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });
const until = { timeout: 30_000, interval: 20 };

let skein: RunningSkein;
let driver: Client;

beforeAll(async () => {
  skein = await startSkein({ env: { SKEIN_QUERY_PROCESSES: '2' } });
  const { hostname, port } = new URL(skein.fqlUrl);
  driver = new Client({
    secret: skein.fqlSecret,
    domain: hostname,
    port: Number(port),
    scheme: 'http',
  });
  await driver.query(q.CreateCollection({ name: 'products' }));
});

afterAll(async () => {
  await driver?.close();
  await skein?.stop();
});

const declare = (index: string, body: object): Promise<Answer> =>
  ask(skein, `PUT /1/searchable-collections/${index}`, { body });

async function ready(index: string): Promise<Answer['json']> {
  return vi.waitFor(async () => {
    const { json } = await ask(skein, `GET /1/searchable-collections/${index}`);
    expect(json?.['state']).toBe('ready');
    return json;
  }, until);
}

async function hitCount(index: string, query: string): Promise<unknown> {
  const { json } = await ask(skein, `POST /1/indexes/${index}/query`, { body: { query } });
  return json?.['nbHits'];
}

/** What the driver has no function for. */
const expression = (fields: object): ExprArg =>
  new (Expr as unknown as new (fields: object) => ExprArg)(fields);

const create = (title: string, more: object = {}): ReturnType<typeof q.Create> =>
  q.Create(q.Collection('products'), { data: { title, ...more } });

test('1: written by one client, found by the other within a second', async () => {
  expect((await declare('shop', { collection: 'products' })).status).toBe(200);
  await ready('shop');
  const search = algoliasearch(skein.applicationId, skein.searchKey, {
    hosts: [{ url: `127.0.0.1:${skein.port}`, accept: 'readWrite', protocol: 'http' }],
  });
  const hits = async (query: string): Promise<readonly { readonly objectID: string }[]> =>
    (await search.searchSingleIndex({ indexName: 'shop', searchParams: { query, typoTolerance: false } }))
      .hits;
  const delaysMs: number[] = [];
  for (let at = 0; at < 10; at++) {
    const title = `lantern number${at}x`;
    const made = await driver.query<{ readonly ref: { readonly id: string } }>(
      q.Do(create('something else'), create(title, { price: at + 0.5, at: q.Now() })),
    );
    const begin = performance.now();
    await vi.waitFor(async () => {
      expect((await hits(title)).map(({ objectID }) => objectID)).toEqual([made.ref.id]);
    }, until);
    delaysMs.push(performance.now() - begin);
  }
  delaysMs.sort((a, b) => a - b);
  console.log(`written → found: median ${delaysMs[5]?.toFixed(0)} ms, longest ${delaysMs[9]?.toFixed(0)} ms`);
  const [found] = await hits('lantern number3x');
  expect(found).toMatchObject({
    title: 'lantern number3x',
    price: 3.5,
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
  });
  const ref = q.Ref(q.Collection('products'), found?.objectID ?? '');
  await driver.query(q.Update(ref, { data: { title: 'sundial' } }));
  await vi.waitFor(async () => expect(await hits('sundial')).toHaveLength(1), until);
  expect(await hits('lantern number3x')).toEqual([]);
  await driver.query(
    expression({
      create_searchable: 'titles',
      source: q.Collection('products'),
      attributes: expression({ object: { name: ['data', 'title'] } }),
    }),
  );
  await ready('titles');
  await vi.waitFor(async () => expect(await hitCount('titles', 'sundial')).toBe(1), until);
  expect(await driver.query(expression({ searchables: null }))).toMatchObject([
    { index: 'shop', source: { id: 'products' }, state: 'ready' },
    { index: 'titles', attributes: { name: ['data', 'title'] } },
  ]);
  await driver.query(expression({ drop_searchable: 'titles', records: 'delete' }));
  await driver.query(q.Delete(ref));
  await vi.waitFor(async () => expect(await hits('sundial')).toEqual([]), until);
});

test('2: over HTTP, with documents that were there before', async () => {
  await driver.query(q.CreateCollection({ name: 'books' }));
  await driver.query(
    q.Foreach(
      Array.from({ length: 2500 }, (_, at) => at),
      q.Lambda('n', q.Create(q.Collection('books'), { data: { name: 'volume', n: q.Var('n'), secret: 1 } })),
    ),
  );
  await driver.query(q.Create(q.Ref(q.Collection('books'), '5'), { data: { name: 'x'.repeat(150_000) } }));
  const declared = await declare('library', {
    collection: 'books',
    attributes: { title: 'data.name', number: ['data', 'n'] },
    settings: { searchableAttributes: ['title'], customRanking: ['asc(number)'] },
  });
  expect(declared.json).toMatchObject({
    indexName: 'library',
    collection: 'books',
    attributes: { title: ['data', 'name'], number: ['data', 'n'] },
  });
  expect(await ready('library')).toMatchObject({
    filledCount: 2501,
    leftOutCount: 1,
    leftOut: [{ objectID: '5' }],
  });
  await vi.waitFor(async () => expect(await hitCount('library', 'volume')).toBe(2500), until);
  const { json } = await ask(skein, 'POST /1/indexes/library/query', { body: { query: '' } });
  expect(json?.['hits']).toMatchObject(
    [{ title: 'volume', number: 0 }, { number: 1 }].concat(
      Array.from({ length: 18 }, (_, at) => ({ number: at + 2 })) as never,
    ),
  );
  expect(JSON.stringify(json)).not.toContain('secret');

  const write = await ask(skein, 'POST /1/indexes/library', { body: { title: 'other' } });
  expect([write.status, write.json?.['message']]).toEqual([
    403,
    'Index library is filled from a collection of documents and takes no other writes',
  ]);
  expect((await ask(skein, 'DELETE /1/indexes/library')).status).toBe(403);
  const requests = ['elsewhere', 'library'].map((indexName) => ({
    action: 'addObject',
    indexName,
    body: { objectID: '1' },
  }));
  const several = await ask(skein, 'POST /1/indexes/*/batch', { body: { requests } });
  expect([several.status, several.json?.['message']]).toEqual([403, write.json?.['message']]);
  const settings = await ask(skein, 'PUT /1/indexes/library/settings', { body: { hitsPerPage: 2 } });
  await published(skein, settings.json?.['taskID']);

  const list = await ask(skein, 'GET /1/searchable-collections');
  expect(list.json).toMatchObject({
    items: expect.arrayContaining([expect.objectContaining({ indexName: 'library' })]) as unknown,
  });
  const dropped = await ask(skein, 'DELETE /1/searchable-collections/library?records=delete');
  expect(dropped.status).toBe(200);
  await vi.waitFor(async () => {
    expect((await ask(skein, 'GET /1/searchable-collections/library')).status).toBe(404);
    expect((await ask(skein, 'POST /1/indexes/library/query', { body: {} })).status).toBe(404);
  }, until);
});

test('3: what cannot be declared is refused', async () => {
  const message = async (index: string, body: object): Promise<unknown> => {
    const { status, json } = await declare(index, body);
    return `${status} ${String(json?.['message'])}`;
  };
  expect(await message('fresh', {})).toBe('400 Missing mandatory attribute collection');
  expect(await message('fresh', { collection: 'none' })).toMatch(/^40[04] .*undefined collection 'none'/);
  expect(await message('fresh', { collection: 'products', attributes: { a: { delete: 1 } } })).toMatch(
    '400 ',
  );
  expect(await message('fresh', { collection: 'products', attributes: { a: 'credentials.x' } })).toMatch(
    "'a': a path expected",
  );
  await save(skein, 'taken', [{ objectID: 'own', title: 'mine' }]);
  expect(await message('taken', { collection: 'products' })).toMatch(
    '400 Index taken has records of its own',
  );
  expect(await hitCount('taken', 'mine')).toBe(1);
  expect((await declare('taken', { collection: 'products', replace: true })).status).toBe(200);
  await ready('taken');
  await vi.waitFor(async () => expect(await hitCount('taken', 'mine')).toBe(0), until);
  for (const line of [
    'PUT /1/searchable-collections/i',
    'DELETE /1/searchable-collections/i',
    'GET /1/searchable-collections',
  ]) {
    const answer = await ask(skein, line, { key: skein.searchKey, body: { collection: 'products' } });
    expect(answer.status, line).toBe(403);
  }
  expect((await ask(skein, 'DELETE /1/searchable-collections/none')).status).toBe(404);
});
