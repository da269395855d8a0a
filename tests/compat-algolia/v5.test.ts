/**
 * The official client of version 5, unmodified:
 *   1. Records: saved, read, changed in part, deleted, in batches and over several indexes.
 *   2. Searches: parameters, several at once, facet values, browsing, limits.
 *   3. Settings round-trip in the type given.
 *   4. Indexes are listed, copied, moved, cleared, deleted, replaced as a whole.
 *   5. Keys: made, read, changed, deleted, restored; secured keys restrict.
 *   6. Mistakes get the documented status and text.
 */
import { type RunningSkein, startSkein } from '@skein/testkit';
import type { Algoliasearch } from 'algoliasearch';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clientV5, PHONE_SETTINGS, PHONES } from './clients.ts';

let skein: RunningSkein;
let client: Algoliasearch;
beforeAll(async () => {
  skein = await startSkein();
  client = clientV5(skein);
  const { taskID } = await client.setSettings({ indexName: 'phones', indexSettings: PHONE_SETTINGS });
  await client.waitForTask({ indexName: 'phones', taskID });
  await client.saveObjects({ indexName: 'phones', objects: PHONES, waitForTasks: true });
}, 120_000);
afterAll(async () => {
  await skein.stop();
});

/** What the answer's hits are called. */
const ids = (result: { hits?: { objectID: string }[] }): string[] =>
  (result.hits ?? []).map(({ objectID }) => objectID);
const searchOne = (indexName: string, searchParams: object) =>
  client.searchSingleIndex({ indexName, searchParams });
/** Status and text as the server said them: the client adds the correlation id. */
const failure = async (asked: Promise<unknown>): Promise<{ status: number; message: string }> =>
  asked.then(
    () => ({ status: 200, message: '' }),
    (error: { status: number; message: string }) => ({
      status: error.status,
      message: error.message.replace(/ \(Correlation-ID: .*\)$/, ''),
    }),
  );

test('1: a record is saved with a made objectID, read, replaced, and deleted', async () => {
  const indexName = 'records-1';
  const saved = await client.saveObject({ indexName, body: { name: 'first' } });
  expect(Object.keys(saved)).toEqual(['createdAt', 'taskID', 'objectID']);
  expect(Date.parse(saved.createdAt)).toBeGreaterThan(1.7e12);
  const objectID = saved.objectID ?? '';
  expect(objectID).toMatch(/^\d+$/);
  await client.waitForTask({ indexName, taskID: saved.taskID });
  expect(await client.getObject({ indexName, objectID })).toEqual({ objectID, name: 'first' });
  const replaced = await client.addOrUpdateObject({ indexName, objectID, body: { name: 'second' } });
  expect(replaced).toEqual({ objectID, taskID: expect.any(Number), updatedAt: expect.any(String) });
  await client.waitForTask({ indexName, taskID: replaced.taskID ?? 0 });
  expect(await client.getObject({ indexName, objectID, attributesToRetrieve: ['name'] })).toEqual({
    objectID,
    name: 'second',
  });
  const deleted = await client.deleteObject({ indexName, objectID });
  expect(Object.keys(deleted).sort()).toEqual(['deletedAt', 'taskID']);
  await client.waitForTask({ indexName, taskID: deleted.taskID });
  expect(await failure(client.getObject({ indexName, objectID }))).toEqual({
    status: 404,
    message: 'ObjectID does not exist',
  });
});

test('1: made objectIDs grow in the order of insertion and sort before letters', async () => {
  const indexName = 'records-2';
  const first = await client.saveObject({ indexName, body: { n: 1 } });
  const batch = await client.batch({
    indexName,
    batchWriteParams: { requests: [2, 3].map((n) => ({ action: 'addObject' as const, body: { n } })) },
  });
  const made = [first.objectID ?? '', ...batch.objectIDs];
  expect([...made].sort()).toEqual(made);
  expect(made.every((id) => id < 'a')).toBe(true);
});

test('1: objectIDs with slashes, spaces, percent signs and other letters work in every place', async () => {
  const indexName = 'odd / näme?%2F';
  const strange = ['a/b', 'c d', 'e%2Ff', 'g?h#i', 'ü+ö', '日本', '.'];
  const [batch] = await client.saveObjects({
    indexName,
    objects: strange.map((objectID) => ({ objectID })),
    waitForTasks: true,
  });
  expect(batch?.objectIDs).toEqual(strange);
  for (const objectID of strange.filter((id) => id !== '.')) {
    expect(await client.getObject({ indexName, objectID })).toEqual({ objectID });
  }
  const { results } = await client.getObjects({
    requests: strange.map((objectID) => ({ indexName, objectID })),
  });
  expect(results).toEqual(strange.map((objectID) => ({ objectID })));
});

test('1: partial updates create, change, and use operators', async () => {
  const indexName = 'records-3';
  await client.saveObjects({
    indexName,
    objects: [{ objectID: 'a', count: 1, tags: ['x'], keep: true }],
    waitForTasks: true,
  });
  const update = (objectID: string, attributesToUpdate: object, createIfNotExists?: boolean) =>
    client.partialUpdateObject({
      indexName,
      objectID,
      attributesToUpdate: attributesToUpdate as Record<string, unknown>,
      ...(createIfNotExists === undefined ? {} : { createIfNotExists }),
    });
  await update('a', {
    count: { _operation: 'Increment', value: 2 },
    tags: { _operation: 'AddUnique', value: 'y' },
  });
  await update('new', { name: 'made' });
  const { taskID } = await update('absent', { name: 'not made' }, false);
  await client.waitForTask({ indexName, taskID: taskID ?? 0 });
  expect(await client.getObject({ indexName, objectID: 'a' })).toEqual({
    objectID: 'a',
    count: 3,
    tags: ['x', 'y'],
    keep: true,
  });
  expect(await client.getObject({ indexName, objectID: 'new' })).toEqual({ objectID: 'new', name: 'made' });
  expect((await failure(client.getObject({ indexName, objectID: 'absent' }))).status).toBe(404);
});

test('1: numeric objectIDs become text; the last of two equal ones wins; missing records are null', async () => {
  const indexName = 'records-4';
  const { taskID, objectIDs } = await client.batch({
    indexName,
    batchWriteParams: {
      requests: [
        { action: 'updateObject', body: { objectID: 7, v: 1 } },
        { action: 'updateObject', body: { objectID: '7', v: 2 } },
      ],
    },
  });
  expect(objectIDs).toEqual(['7', '7']);
  await client.waitForTask({ indexName, taskID });
  const { results, message } = (await client.getObjects({
    requests: [
      { indexName, objectID: '7' },
      { indexName, objectID: 'none' },
    ],
  })) as { results: unknown[]; message?: string };
  expect(results).toEqual([{ objectID: '7', v: 2 }, null]);
  expect(message).toContain('none');
});

test('1: a batch over several indexes has a task in each', async () => {
  const requests = ['multi-a', 'multi-b'].map((indexName) => ({
    action: 'addObject' as const,
    indexName,
    body: { objectID: 'x', from: indexName },
  }));
  const { taskID, objectIDs } = await client.multipleBatch({ requests });
  expect(objectIDs).toEqual(['x', 'x']);
  for (const [indexName, id] of Object.entries(taskID)) {
    await client.waitForTask({ indexName, taskID: id });
    expect(await client.getObject({ indexName, objectID: 'x' })).toEqual({ objectID: 'x', from: indexName });
  }
});

test('1: deleteBy takes away what matches its filters, and refuses to take everything', async () => {
  const indexName = 'records-5';
  await client.setSettings({ indexName, indexSettings: { attributesForFaceting: ['color'] } });
  const objects = [1, 2, 3, 4].map((n) => ({ objectID: String(n), n, color: n % 2 === 0 ? 'red' : 'blue' }));
  await client.saveObjects({ indexName, objects, waitForTasks: true });
  const { taskID } = await client.deleteBy({ indexName, deleteByParams: { filters: 'color:red AND n < 3' } });
  await client.waitForTask({ indexName, taskID });
  expect(ids(await searchOne(indexName, { query: '' })).sort()).toEqual(['1', '3', '4']);
  expect((await failure(client.deleteBy({ indexName, deleteByParams: {} }))).status).toBe(400);
});

test('2: a search answers with every field that clients read', async () => {
  const result = await searchOne('phones', {
    query: 'iphne',
    facets: ['*'],
    getRankingInfo: true,
    clickAnalytics: true,
  });
  expect(ids(result)).toEqual(['2', '1']);
  expect(result).toMatchObject({
    nbHits: 2,
    page: 0,
    nbPages: 1,
    hitsPerPage: 20,
    query: 'iphne',
    params: expect.stringContaining('query=iphne'),
    exhaustiveNbHits: true,
    exhaustiveFacetsCount: true,
    exhaustive: { nbHits: true, typo: true, facetsCount: true },
    index: 'phones',
    indexUsed: 'phones',
    queryID: expect.stringMatching(/^[0-9a-f]{32}$/),
    facets: { brand: { Apple: 2 }, colors: { black: 1, blue: 1, white: 1 }, stock: { false: 1, true: 1 } },
    facets_stats: { price: { min: 799, max: 1099, avg: 949, sum: 1898 } },
    processingTimeMS: expect.any(Number),
  });
  expect(result.hits[0]).toMatchObject({
    objectID: '2',
    _highlightResult: {
      name: {
        value: '<em>iPhone</em> 15 Pro',
        matchLevel: 'full',
        fullyHighlighted: false,
        matchedWords: ['iphne'],
      },
    },
    _rankingInfo: { nbTypos: 1, words: 1 },
  });
});

test('2: filters, facet filters, numeric filters, geo, pagination, offset and fields narrow and shape', async () => {
  expect(ids(await searchOne('phones', { filters: 'brand:Samsung AND price < 500' }))).toEqual(['4']);
  expect(
    ids(await searchOne('phones', { facetFilters: [['colors:blue', 'colors:pink'], 'stock:true'] })),
  ).toEqual(['5', '1', '4']);
  expect(ids(await searchOne('phones', { numericFilters: ['price>=859', 'price<=899'] }))).toEqual([
    '5',
    '3',
  ]);
  expect(ids(await searchOne('phones', { aroundLatLng: '48.85,2.35', aroundRadius: 5000 }))).toEqual([
    '1',
    '2',
  ]);
  expect(ids(await searchOne('phones', { page: 1, hitsPerPage: 2 }))).toEqual(['3', '1']);
  expect(await searchOne('phones', { offset: 3, length: 1 })).toMatchObject({
    hits: [{ objectID: '1' }],
    offset: 3,
    length: 1,
  });
  const fields = await searchOne('phones', {
    responseFields: ['hits'],
    attributesToRetrieve: ['name'],
    attributesToHighlight: [],
  });
  expect(Object.keys(fields)).toEqual(['hits']);
  expect(fields.hits[0]).toEqual({ objectID: '2', name: 'iPhone 15 Pro' });
  expect((await searchOne('phones', { hitsPerPage: 0 })).hits).toEqual([]);
});

test('2: params sent as text are echoed as they were sent, objects are encoded', async () => {
  const sent = { params: 'query=pixel&hitsPerPage=3' };
  expect((await client.searchSingleIndex({ indexName: 'phones', searchParams: sent })).params).toBe(
    sent.params,
  );
  const { params } = await searchOne('phones', { filters: "brand:'Apple' OR brand:Google" });
  expect(params).toBe('filters=brand%3A%27Apple%27+OR+brand%3AGoogle');
});

test('2: several searches in one request, with both strategies and with facet values', async () => {
  const one = { indexName: 'phones', params: 'query=pixel&hitsPerPage=1' };
  const { results } = await client.search({ requests: [{ indexName: 'phones', query: 'galaxy' }, one] });
  expect(results.map((result) => ('nbHits' in result ? result.nbHits : 0))).toEqual([2, 1]);
  const stopped = await client.search({ requests: [one, one], strategy: 'stopIfEnoughMatches' });
  expect(stopped.results.map((result) => ('hits' in result ? result.hits.length : -1))).toEqual([1, 0]);
  const mixed = await client.search({
    requests: [{ type: 'facet', indexName: 'phones', facet: 'brand', facetQuery: 'sam' }],
  });
  expect(mixed.results[0]).toMatchObject({
    facetHits: [{ value: 'Samsung', highlighted: '<em>Sam</em>sung', count: 2 }],
  });
});

test('2: facet values are found with mistakes, and only where the facet is searchable', async () => {
  const found = await client.searchForFacetValues({
    indexName: 'phones',
    facetName: 'brand',
    searchForFacetValuesRequest: { facetQuery: 'samsnug', params: 'filters=price>800' },
  });
  expect(found).toEqual({
    facetHits: [{ value: 'Samsung', highlighted: '<em>Samsung</em>', count: 1 }],
    exhaustiveFacetsCount: true,
    processingTimeMS: expect.any(Number),
  });
  const refused = await failure(client.searchForFacetValues({ indexName: 'phones', facetName: 'colors' }));
  expect(refused.status).toBe(400);
  expect(refused.message).toContain('searchable(colors)');
});

test('2: browsing goes over everything once, and ends without a cursor', async () => {
  const indexName = 'browsed';
  const objects = Array.from({ length: 25 }, (_, n) => ({ objectID: `r${n}`, n }));
  await client.saveObjects({ indexName, objects, waitForTasks: true });
  const seen: string[] = [];
  let pages = 0;
  await client.browseObjects({
    indexName,
    browseParams: { hitsPerPage: 10 },
    aggregator: (page) => {
      pages++;
      seen.push(...ids(page));
    },
  });
  expect(pages).toBe(3);
  expect(seen.sort()).toEqual(objects.map(({ objectID }) => objectID).sort());
  const exact = await client.browse({ indexName, browseParams: { hitsPerPage: 25 } });
  expect(exact.hits).toHaveLength(25);
  expect(exact).not.toHaveProperty('cursor');
});

test('2: past paginationLimitedTo there are no hits, and a message says why', async () => {
  await client.setSettings({ indexName: 'limited', indexSettings: { paginationLimitedTo: 2 } });
  await client.saveObjects({
    indexName: 'limited',
    objects: [1, 2, 3, 4].map((n) => ({ objectID: String(n) })),
    waitForTasks: true,
  });
  const past = (await searchOne('limited', { page: 2, hitsPerPage: 2 })) as {
    message?: string;
    hits: unknown[];
    nbHits?: number;
  };
  expect(past.hits).toEqual([]);
  expect(past.message).toContain('you can only fetch the 2 hits for this query');
  expect(await searchOne('limited', { hitsPerPage: 1 })).toMatchObject({ nbHits: 4, nbPages: 2 });
});

test('3: settings are merged, null resets, values keep the type given', async () => {
  const indexName = 'settings';
  const set = async (indexSettings: object) => {
    const { taskID } = await client.setSettings({ indexName, indexSettings, forwardToReplicas: true });
    await client.waitForTask({ indexName, taskID });
    return client.getSettings({ indexName, getVersion: 2 });
  };
  const first = await set({
    searchableAttributes: ['name', 'unordered(text)'],
    typoTolerance: 'false',
    distinct: true,
    ignorePlurals: ['en'],
  });
  expect(first).toMatchObject({
    searchableAttributes: ['name', 'unordered(text)'],
    typoTolerance: 'false',
    distinct: true,
    ignorePlurals: ['en'],
    attributesForFaceting: null,
    hitsPerPage: 20,
    version: 2,
  });
  const second = await set({ hitsPerPage: 7, searchableAttributes: null });
  expect(second).toMatchObject({ searchableAttributes: null, hitsPerPage: 7, distinct: true });
});

test('4: indexes are listed, copied with and without scope, moved, cleared, and deleted', async () => {
  const wait = async (indexName: string, { taskID }: { taskID: number }) =>
    client.waitForTask({ indexName, taskID });
  const operate = async (
    operation: 'copy' | 'move',
    from: string,
    destination: string,
    scope?: 'settings'[],
  ) =>
    wait(
      from,
      await client.operationIndex({
        indexName: from,
        operationIndexParams: { operation, destination, ...(scope ? { scope } : {}) },
      }),
    );
  await operate('copy', 'phones', 'phones-copy');
  expect((await searchOne('phones-copy', { query: 'pixel' })).nbHits).toBe(1);
  await operate('copy', 'phones', 'phones-settings', ['settings']);
  expect((await searchOne('phones-settings', {})).nbHits).toBe(0);
  expect((await client.getSettings({ indexName: 'phones-settings' })).customRanking).toEqual(['desc(price)']);
  await operate('move', 'phones-copy', 'phones-moved');
  expect(await failure(searchOne('phones-copy', {}))).toEqual({
    status: 404,
    message: 'Index does not exist',
  });
  await wait('phones-moved', await client.clearObjects({ indexName: 'phones-moved' }));
  expect((await searchOne('phones-moved', {})).nbHits).toBe(0);
  const { items } = await client.listIndices();
  expect(items.find(({ name }) => name === 'phones')).toMatchObject({
    entries: 5,
    pendingTask: false,
    numberOfPendingTasks: 0,
  });
  expect(items.map(({ name }) => name)).toContain('phones-moved');
  expect((await client.listIndices({ page: 0, hitsPerPage: 1 })).items).toHaveLength(1);
  await wait('phones-moved', await client.deleteIndex({ indexName: 'phones-moved' }));
  expect(await client.indexExists({ indexName: 'phones-moved' })).toBe(false);
  expect((await client.deleteIndex({ indexName: 'never-was' })).taskID).toEqual(expect.any(Number));
});

test('4: replaceAllObjects swaps all records and keeps the settings', async () => {
  const indexName = 'replaced';
  await client.setSettings({ indexName, indexSettings: { customRanking: ['asc(n)'] } });
  await client.saveObjects({ indexName, objects: [{ objectID: 'old', n: 1 }], waitForTasks: true });
  const objects = Array.from({ length: 12 }, (_, n) => ({ objectID: `n${n}`, n }));
  await client.replaceAllObjects({ indexName, objects, batchSize: 5 });
  const { hits } = await searchOne(indexName, { hitsPerPage: 100 });
  expect(hits.map(({ objectID }) => objectID)).toEqual(objects.map(({ objectID }) => objectID));
  expect((await client.listIndices()).items.filter(({ name }) => name.startsWith('replaced_tmp'))).toEqual(
    [],
  );
});

test('5: keys are made, read, changed, deleted and restored', async () => {
  const apiKey = { acl: ['search' as const], description: 'ours', indexes: ['phones*'], maxHitsPerQuery: 2 };
  const made = await client.addApiKey(apiKey);
  expect(Object.keys(made)).toEqual(['key', 'createdAt']);
  const { key } = made;
  await client.waitForApiKey({ operation: 'add', key });
  expect(await client.getApiKey({ key })).toMatchObject({
    ...apiKey,
    value: key,
    validity: 0,
    createdAt: expect.any(Number),
  });
  const limited = clientV5(skein, key);
  expect((await limited.searchSingleIndex({ indexName: 'phones' })).hits).toHaveLength(2);
  expect(await failure(limited.searchSingleIndex({ indexName: 'browsed' }))).toEqual({
    status: 403,
    message: 'Index not allowed with this API key',
  });
  expect(await failure(limited.clearObjects({ indexName: 'phones' }))).toEqual({
    status: 403,
    message: 'Method not allowed with this API key',
  });
  expect((await limited.getApiKey({ key })).description).toBe('<redacted>');
  await client.updateApiKey({ key, apiKey: { acl: ['search', 'browse'] } });
  await client.waitForApiKey({ operation: 'update', key, apiKey: { acl: ['search', 'browse'] } });
  expect(await client.getApiKey({ key })).toMatchObject({
    acl: ['search', 'browse'],
    description: '',
    indexes: [],
    maxHitsPerQuery: 0,
  });
  expect((await client.listApiKeys()).keys.map(({ value }) => value)).toContain(key);
  await client.deleteApiKey({ key });
  await client.waitForApiKey({ operation: 'delete', key });
  expect(await failure(limited.searchSingleIndex({ indexName: 'phones' }))).toEqual({
    status: 403,
    message: 'Invalid Application-ID or API key',
  });
  expect(await failure(client.getApiKey({ key }))).toEqual({ status: 404, message: 'Key does not exist' });
  await client.restoreApiKey({ key });
  expect((await limited.searchSingleIndex({ indexName: 'phones' })).nbHits).toBe(5);
  expect(await failure(client.restoreApiKey({ key }))).toEqual({
    status: 400,
    message: 'Key already exists',
  });
});

test('5: secured keys force filters, restrict indexes, end in time, and know no way around', async () => {
  const secured = (restrictions: object) =>
    clientV5(skein, client.generateSecuredApiKey({ parentApiKey: skein.searchKey, restrictions }));
  const apple = secured({ filters: 'brand:Apple', restrictIndices: ['phones'] });
  const search = (with_: Algoliasearch, searchParams: object, indexName = 'phones') =>
    with_.searchSingleIndex({ indexName, searchParams });
  expect(ids(await search(apple, { query: '' }))).toEqual(['2', '1']);
  expect(ids(await search(apple, { filters: 'brand:Samsung' }))).toEqual([]);
  expect((await failure(search(apple, {}, 'browsed'))).message).toBe('Index not allowed with this API key');
  expect(await apple.getObject({ indexName: 'phones', objectID: '1' })).toMatchObject({ name: 'iPhone 15' });
  expect((await failure(apple.getObject({ indexName: 'phones', objectID: '3' }))).status).toBe(404);
  const expired = secured({ validUntil: Math.floor(Date.now() / 1000) - 10 });
  expect((await failure(search(expired, {}))).status).toBe(400);
  const forced = secured({ hitsPerPage: 1 });
  expect((await search(forced, { hitsPerPage: 5 })).hits).toHaveLength(1);
  const elsewhere = secured({ restrictSources: '10.0.0.0/8' });
  expect((await failure(search(elsewhere, {}))).status).toBe(403);
  const here = secured({ restrictSources: '127.0.0.0/8' });
  expect((await search(here, {})).nbHits).toBe(5);
  const ofAdmin = clientV5(
    skein,
    client.generateSecuredApiKey({ parentApiKey: skein.adminKey, restrictions: {} }),
  );
  expect((await failure(search(ofAdmin, {}))).status).toBe(403);
  const long = secured({ filters: `brand:Apple OR brand:${'x'.repeat(600)}` });
  expect((await search(long, {})).nbHits).toBe(2);
});

test('6: mistakes get the documented status and text', async () => {
  const cases: readonly [() => Promise<unknown>, number, RegExp][] = [
    [() => searchOne('nowhere', {}), 404, /^Index does not exist$/],
    [() => clientV5(skein, 'wrong-key').listIndices(), 403, /^Invalid Application-ID or API key$/],
    [() => searchOne('phones', { filters: 'price <' }), 400, /^filters: Unexpected token .* at col \d+$/],
    [() => searchOne('phones', { filters: '(brand:a' }), 400, /^filters: /],
    [() => searchOne('phones', { hitsPerPage: 'many' }), 400, /hitsPerPage/],
    [() => searchOne('phones', { noSuchParameter: 1 }), 400, /noSuchParameter/],
    [
      () => client.setSettings({ indexName: 'phones', indexSettings: { noSuchSetting: 1 } as object }),
      400,
      /noSuchSetting/,
    ],
    [() => client.saveObject({ indexName: 'phones', body: { objectID: '', name: 'x' } }), 400, /objectID/],
    [() => client.browse({ indexName: 'phones', browseParams: { cursor: 'nonsense' } }), 400, /cursor/],
    [() => client.customGet({ path: '1/nothing/here' }), 404, /./],
    [() => client.searchRules({ indexName: 'phones' }), 404, /not available yet/],
  ];
  for (const [asked, status, message] of cases) {
    const got = await failure(asked());
    expect(got, String(message)).toEqual({ status, message: expect.stringMatching(message) });
  }
});

test('6: a record that is too large is refused with its place and size, and nothing of its batch is kept', async () => {
  const indexName = 'large';
  const tooLarge = { objectID: 'b', text: 'x'.repeat(100_000) };
  const refused = await failure(client.saveObjects({ indexName, objects: [{ objectID: 'a' }, tooLarge] }));
  expect(refused.status).toBe(400);
  expect(refused.message).toMatch(
    /^Record at the position 1 objectID=b is too big size=100026\/100000 bytes\. Please have a look at/,
  );
  expect(await client.indexExists({ indexName })).toBe(false);
});
