/**
 * Whatever is sent:
 *   1. Every answer is JSON with a status below 500; nothing changes, no process ends.
 *   2. Limits hold at their edge and past it.
 *   3. Keys are asked before anything else; a key's rights are those that the endpoint needs.
 *   4. What old clients and browsers send works: queries by GET, credentials in the address, any content type, gzip.
 */
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { type RunningSkein, startSkein } from '@skein/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Answer, ask, indexNames, published, save } from './http.ts';

vi.setConfig({ testTimeout: 120_000 });

let skein: RunningSkein;
beforeAll(async () => {
  skein = await startSkein({
    env: {
      SKEIN_QUERY_PROCESSES: '1',
      SKEIN_BODY_BYTES_MAX: '200000',
      SKEIN_RECORD_BYTES_MAX: '10000',
      SKEIN_REQUEST_TIMEOUT_MS: '3000',
    },
  });
  await save(skein, 'kept', [{ objectID: '1', name: 'kept as it is' }]);
}, 120_000);
afterAll(async () => {
  await skein.stop();
});

const INDEX_PATHS = [
  'POST /1/indexes/kept/query',
  'POST /1/indexes/kept/browse',
  'POST /1/indexes/kept/facets/name/query',
  'POST /1/indexes/*/queries',
  'POST /1/indexes/*/objects',
  'POST /1/indexes/kept/deleteByQuery',
  'POST /1/indexes/other/batch',
  'POST /1/indexes/*/batch',
  'PUT /1/indexes/other/settings',
  'POST /1/indexes/other',
  'PUT /1/indexes/other/x',
  'POST /1/indexes/other/x/partial',
  'POST /1/indexes/other/operation',
  'POST /1/keys',
];

function expectDocumented({ status, json, text }: Answer): void {
  expect(status, text).toBeLessThan(500);
  if (status >= 400) expect(json).toMatchObject({ message: expect.any(String), status });
}

async function expectUnharmed(): Promise<void> {
  const { json } = await ask(skein, 'GET /1/indexes/kept/1');
  expect(json).toEqual({ objectID: '1', name: 'kept as it is' });
  expect(skein.output()).not.toContain('ended unasked');
}

test('1: any JSON sent to any endpoint gets a documented answer', async () => {
  const names = fc.constantFrom(
    ...[
      'query',
      'filters',
      'facetFilters',
      'numericFilters',
      'optionalFilters',
      'aroundLatLng',
      'insidePolygon',
      'hitsPerPage',
      'page',
    ],
    ...[
      'params',
      'requests',
      'strategy',
      'indexName',
      'action',
      'body',
      'objectID',
      'cursor',
      'acl',
      'scope',
      'destination',
      'operation',
    ],
    ...[
      'searchableAttributes',
      'ranking',
      'customRanking',
      'distinct',
      'typoTolerance',
      'facetQuery',
      '__proto__',
      'constructor',
      '_geoloc',
    ],
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.oneof(
        fc.string(),
        fc.integer(),
        fc.double(),
        fc.boolean(),
        fc.constant(null),
        fc.constantFrom('a:b', 'a < 1', '*', '-1'),
      ),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.array(fc.tuple(names, tie('value')), { maxLength: 4 }).map((pairs) => Object.fromEntries(pairs)),
    ),
  }));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...INDEX_PATHS), value, async (line, body) => {
      expectDocumented(await ask(skein, line, { body: JSON.stringify(body) ?? '' }));
    }),
    { numRuns: 400 },
  );
  await expectUnharmed();
});

test('1: any bytes sent to any endpoint get a documented answer', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...INDEX_PATHS),
      fc.uint8Array({ maxLength: 40 }),
      async (line, bytes) => {
        expectDocumented(await ask(skein, line, { body: Buffer.from(bytes) }));
      },
    ),
  );
  await expectUnharmed();
});

test('1: any path and any method get a documented answer', async () => {
  const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS');
  const part = fc.oneof(
    fc.webSegment(),
    fc.constantFrom('1', '2', 'indexes', '*', 'keys', 'task', '%00', '%2F', '..', '', '%F0%9F%A6%8A'),
  );
  await fc.assert(
    fc.asyncProperty(
      method,
      fc.array(part, { maxLength: 6 }),
      fc.webQueryParameters(),
      async (verb, parts, query) => {
        expectDocumented(await ask(skein, `${verb} /${parts.join('/')}?${query}`));
      },
    ),
    { numRuns: 300 },
  );
  const { status } = await ask(skein, 'GET /1/isalive', { key: '' });
  expect(status).toBe(200);
});

test('1: a record of deep nesting is refused before it reaches the builder', async () => {
  const nested = (depth: number) => `{"objectID":"deep","a":${'['.repeat(depth)}${']'.repeat(depth)}}`;
  const refused = await ask(skein, 'PUT /1/indexes/deep/deep', { body: nested(4_000) });
  expect(refused.status).toBe(400);
  const { status, json } = await ask(skein, 'PUT /1/indexes/deep/deep', { body: nested(60) });
  expect(status).toBe(200);
  await published(skein, json?.['taskID']);
  expect((await ask(skein, 'POST /1/indexes/deep/query', { body: {} })).json?.['nbHits']).toBe(1);
});

test('2: a record of the largest size is kept, one byte more refuses its whole batch', async () => {
  const record = (bytes: number) => ({
    objectID: 'x',
    text: 'y'.repeat(bytes - '{"objectID":"x","text":""}'.length),
  });
  const batch = (bytes: number) =>
    ask(skein, 'POST /1/indexes/sized/batch', {
      body: {
        requests: [
          { action: 'addObject', body: { objectID: 'small' } },
          { action: 'addObject', body: record(bytes) },
        ],
      },
    });
  const tooLarge = await batch(10_001);
  expect(tooLarge.json).toMatchObject({
    status: 400,
    position: 1,
    objectID: 'x',
    message: expect.stringContaining('size=10001/10000'),
  });
  expect((await ask(skein, 'GET /1/indexes/sized/small')).status).toBe(404);
  expect((await batch(10_000)).status).toBe(200);
});

test('2: a body past the limit is refused, packed or not, and small ones go on', async () => {
  const body = Buffer.alloc(200_001, ' ');
  expect((await ask(skein, 'POST /1/indexes/kept/query', { body })).status).toBe(413);
  const packed = { body: gzipSync(body), headers: { 'content-encoding': 'gzip' } };
  expect((await ask(skein, 'POST /1/indexes/kept/query', packed)).status).toBe(413);
  expect((await ask(skein, 'POST /1/indexes/kept/query', { body: body.subarray(1) })).status).toBe(200);
});

test('2: numbers past their limits are refused or cut as documented', async () => {
  const search = (body: object) => ask(skein, 'POST /1/indexes/kept/query', { body });
  expect((await search({ hitsPerPage: 1000 })).status).toBe(200);
  for (const body of [
    { hitsPerPage: -1 },
    { page: -1 },
    { offset: -1, length: 1 },
    { hitsPerPage: 1.5 },
    { hitsPerPage: 1e300 },
  ]) {
    expectDocumented(await search(body));
  }
  expect((await search({ page: 999_999 })).json).toMatchObject({
    hits: [],
    message: expect.stringContaining('1000 hits'),
  });
  const queries = Array.from({ length: 101 }, () => ({ indexName: 'kept' }));
  expect((await ask(skein, 'POST /1/indexes/*/queries', { body: { requests: queries } })).status).toBe(400);
  const objectID = 'x'.repeat(513);
  expect((await ask(skein, `PUT /1/indexes/kept/${objectID}`, { body: {} })).status).toBe(400);
  expect((await ask(skein, `POST /1/indexes/${'i'.repeat(257)}/query`, { body: {} })).status).toBe(400);
  expect((await ask(skein, 'GET /1/task/abc')).status).toBe(400);
  expect((await ask(skein, 'GET /1/task/999999999')).json).toEqual({
    status: 'notPublished',
    pendingTask: true,
  });
});

test('2: slow and vanishing clients hold nobody up', async () => {
  const head = 'POST /1/indexes/kept/query HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n';
  const sockets = Array.from({ length: 50 }, (_, at) => {
    const socket = connect(skein.port, '127.0.0.1').on('error', () => undefined);
    socket.write(at % 2 === 0 ? head : head.slice(0, 20));
    return socket;
  });
  sockets.slice(0, 10).forEach((socket) => socket.resetAndDestroy());
  expect((await ask(skein, 'POST /1/indexes/kept/query', { body: {} })).status).toBe(200);
  const closed = sockets
    .slice(10)
    .map((socket) => new Promise((resolve) => socket.resume().once('close', resolve)));
  await Promise.all(closed);
  await expectUnharmed();
});

test('3: without a valid key nothing is told or done, on any endpoint', async () => {
  const lines = [
    ...INDEX_PATHS,
    'GET /1/indexes',
    'GET /1/indexes/kept/1',
    'GET /1/indexes/kept/settings',
    'DELETE /1/indexes/kept',
    'GET /1/keys',
    'GET /1/task/1',
    'GET /1/logs',
  ];
  for (const line of lines) {
    for (const asked of [
      { key: '' },
      { key: 'wrong-key-entirely' },
      { application: 'NOSUCHAPP' },
      { application: '../../etc' },
    ]) {
      const { json } = await ask(skein, line, { ...asked, body: { requests: [] } });
      expect(json, line).toEqual({ message: 'Invalid Application-ID or API key', status: 403 });
    }
  }
  await expectUnharmed();
});

test('3: a key does what its rights say, and nothing else', async () => {
  const batchOf = (action: string) => ({ requests: [{ action, body: { objectID: 'r' } }] });
  const tries: readonly [right: string, line: string, body: object | undefined][] = [
    ['search', 'POST /1/indexes/rights/query', {}],
    ['search', 'GET /1/indexes/rights/1', undefined],
    ['browse', 'POST /1/indexes/rights/browse', {}],
    ['settings', 'GET /1/indexes/rights/settings', undefined],
    ['editSettings', 'PUT /1/indexes/rights/settings', {}],
    ['listIndexes', 'GET /1/indexes', undefined],
    ['addObject', 'PUT /1/indexes/rights/2', {}],
    ['addObject', 'POST /1/indexes/rights/batch', batchOf('addObject')],
    ['deleteObject', 'POST /1/indexes/rights/batch', batchOf('deleteObject')],
    ['deleteObject', 'DELETE /1/indexes/rights/none', undefined],
    ['deleteIndex', 'POST /1/indexes/rights/clear', {}],
    ['deleteIndex', 'DELETE /1/indexes/rights', undefined],
  ];
  await save(skein, 'rights', [{ objectID: '1' }]);
  const rights = [...new Set(tries.map(([right]) => right))];
  const keys = await Promise.all(
    rights.map(async (right) =>
      String((await ask(skein, 'POST /1/keys', { body: { acl: [right] } })).json?.['key']),
    ),
  );
  for (const [needed, line, body] of tries) {
    for (const [at, right] of rights.entries()) {
      if (right === needed) continue;
      const { status, text } = await ask(skein, line, {
        key: keys[at]!,
        ...(body === undefined ? {} : { body }),
      });
      expect(status, `${right} on ${line}: ${text}`).toBe(
        line.endsWith('/batch') && ['addObject', 'deleteObject', 'deleteIndex'].includes(right) ? 400 : 403,
      );
    }
    const { status, text } = await ask(skein, line, {
      key: keys[rights.indexOf(needed)]!,
      ...(body === undefined ? {} : { body }),
    });
    expect(status, `${needed} on ${line}: ${text}`).toBe(200);
  }
  for (const key of keys) expect((await ask(skein, 'GET /1/keys', { key })).status).toBe(403);
});

test('3: a key bound to indexes reaches no other one, in no way', async () => {
  await save(skein, 'mine-1', [{ objectID: '1' }]);
  const acl = ['search', 'browse', 'addObject', 'deleteIndex', 'settings', 'listIndexes'];
  const { json } = await ask(skein, 'POST /1/keys', { body: { acl, indexes: ['mine-*'] } });
  const key = String(json?.['key']);
  expect((await ask(skein, 'POST /1/indexes/mine-1/query', { key, body: {} })).status).toBe(200);
  const refused: readonly [string, object | undefined][] = [
    ['POST /1/indexes/kept/query', {}],
    ['GET /1/indexes/kept?query=', undefined],
    ['POST /1/indexes/*/queries', { requests: [{ indexName: 'mine-1' }, { indexName: 'kept' }] }],
    ['POST /1/indexes/*/objects', { requests: [{ indexName: 'kept', objectID: '1' }] }],
    ['POST /1/indexes/*/batch', { requests: [{ action: 'clear', indexName: 'kept' }] }],
    ['POST /1/indexes/mine-1/operation', { operation: 'copy', destination: 'kept' }],
    ['POST /1/indexes/kept/operation', { operation: 'copy', destination: 'mine-1' }],
    ['POST /1/indexes/mine-1/operation', { operation: 'move', destination: 'yours' }],
    ['DELETE /1/indexes/kept', undefined],
  ];
  for (const [line, body] of refused) {
    const answer = await ask(skein, line, { key, ...(body === undefined ? {} : { body }) });
    expect(answer.json, line).toEqual({ message: 'Index not allowed with this API key', status: 403 });
  }
  expect(await indexNames(skein, { key })).toEqual(['mine-1']);
  await expectUnharmed();
});

test('4: queries by GET, credentials in the address in any case, any content type, and packed bodies work', async () => {
  const inAddress = `X-ALGOLIA-application-id=${skein.applicationId}&x-Algolia-API-Key=${skein.searchKey}`;
  const got = await ask(skein, `GET /1/indexes/kept?query=kept&hitsPerPage=1&${inAddress}`, { key: '' });
  expect(got.json).toMatchObject({ nbHits: 1, query: 'kept', params: 'query=kept&hitsPerPage=1' });
  expect(got.text).not.toContain(skein.searchKey);
  const { json: page } = await ask(skein, 'GET /1/indexes/kept/browse?hitsPerPage=1');
  expect(page).toMatchObject({ nbHits: 1, hits: [{ objectID: '1' }] });
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'nonsense']) {
    const headers = { 'content-type': type };
    expect(
      (await ask(skein, 'POST /1/indexes/kept/query', { headers, body: { query: 'kept' } })).json?.['nbHits'],
    ).toBe(1);
  }
  const packed = { body: gzipSync('{"query":"kept"}'), headers: { 'content-encoding': 'gzip' } };
  expect((await ask(skein, 'POST /1/indexes/kept/query', packed)).json?.['nbHits']).toBe(1);
  const answer = await ask(skein, 'POST /1/indexes/nowhere/query', {
    body: {},
    headers: { 'request-id': 'mine' },
  });
  expect(answer.headers['correlation-id']).toMatch(/mine$/);
  expect(answer.headers['access-control-allow-origin']).toBe('*');
});
