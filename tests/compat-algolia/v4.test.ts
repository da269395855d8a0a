/**
 * The official client of version 4, unmodified: it sends other content types, keys in bodies, and older forms of parameters.
 */
import { type RunningSkein, startSkein } from '@skein/testkit';
import type { SearchClient } from 'algoliasearch-v4';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clientV4, PHONE_SETTINGS, PHONES } from './clients.ts';

let skein: RunningSkein;
let client: SearchClient;
beforeAll(async () => {
  skein = await startSkein();
  client = clientV4(skein);
  const index = client.initIndex('phones');
  await index.setSettings(PHONE_SETTINGS).wait();
  await index.saveObjects(PHONES).wait();
}, 120_000);
afterAll(async () => {
  await skein.stop();
});

test('records are saved, found, changed in part and deleted', async () => {
  const index = client.initIndex('v4 records');
  const { objectIDs } = await index
    .saveObjects([{ name: 'one' }, { name: 'two' }], { autoGenerateObjectIDIfNotExist: true })
    .wait();
  expect(objectIDs).toHaveLength(2);
  const [first = '', second = ''] = objectIDs;
  expect(await index.getObject(first)).toEqual({ objectID: first, name: 'one' });
  await index.partialUpdateObject({ objectID: first, size: { _operation: 'IncrementSet', value: 3 } }).wait();
  expect(await index.getObject(first)).toEqual({ objectID: first, name: 'one', size: 3 });
  await index.deleteObject(second).wait();
  expect((await index.getObjects([first, second])).results).toEqual([
    { objectID: first, name: 'one', size: 3 },
    null,
  ]);
  expect((await index.findObject<{ name: string }>(({ name }) => name === 'one')).object.objectID).toBe(
    first,
  );
  await index.deleteBy({ filters: 'size = 3' }).wait();
  expect((await index.search('')).nbHits).toBe(0);
});

test('searches, several searches, facet values and browsing answer', async () => {
  const index = client.initIndex('phones');
  const found = await index.search('galxy', { facets: ['brand'], hitsPerPage: 1 });
  expect(found).toMatchObject({
    nbHits: 2,
    nbPages: 2,
    facets: { brand: { Samsung: 2 } },
    hits: [{ objectID: '3' }],
  });
  const { results } = await client.multipleQueries([
    { indexName: 'phones', query: 'pixel' },
    { indexName: 'phones', query: '', params: { facetFilters: ['brand:Apple'] } },
  ]);
  expect(results.map((result) => ('nbHits' in result ? result.nbHits : -1))).toEqual([1, 2]);
  expect((await index.searchForFacetValues('brand', 'goo')).facetHits).toEqual([
    { value: 'Google', highlighted: '<em>Goo</em>gle', count: 1 },
  ]);
  const seen: string[] = [];
  await index.browseObjects({
    batch: (hits) => seen.push(...hits.map(({ objectID }) => objectID)),
    hitsPerPage: 2,
  });
  expect(seen.sort()).toEqual(['1', '2', '3', '4', '5']);
});

test('settings are answered as version 2, and round-trip', async () => {
  const index = client.initIndex('v4 settings');
  await index.setSettings({ typoTolerance: 'min', removeStopWords: ['fr'] }).wait();
  expect(await index.getSettings()).toMatchObject({
    typoTolerance: 'min',
    removeStopWords: ['fr'],
    version: 2,
  });
});

test('indexes are copied, moved, replaced and deleted', async () => {
  await client.copyIndex('phones', 'v4 copy').wait();
  await client.moveIndex('v4 copy', 'v4 moved').wait();
  const moved = client.initIndex('v4 moved');
  expect((await moved.search('')).nbHits).toBe(5);
  expect(await client.initIndex('v4 copy').exists()).toBe(false);
  await moved.replaceAllObjects([{ objectID: 'only' }], { safe: true });
  expect((await moved.search('')).hits.map(({ objectID }) => objectID)).toEqual(['only']);
  await moved.delete().wait();
  expect(await moved.exists()).toBe(false);
});

test('keys are waited for, and secured keys made by this client restrict', async () => {
  const { key } = await client.addApiKey(['search'], { description: 'v4' }).wait();
  expect(await client.getApiKey(key)).toMatchObject({ acl: ['search'], description: 'v4' });
  await client.updateApiKey(key, { acl: ['search', 'listIndexes'] }).wait();
  await client.deleteApiKey(key).wait();
  await client.restoreApiKey(key).wait();
  const secured = client.generateSecuredApiKey(key, {
    filters: 'brand:Apple',
    restrictIndices: ['phones'],
    validUntil: 4_102_444_800,
  });
  expect((await clientV4(skein, secured).initIndex('phones').search('')).nbHits).toBe(2);
  expect(client.getSecuredApiKeyRemainingValidity(secured)).toBeGreaterThan(0);
});

test('a very long secured key, which this client sends in the body, works for one search and for several', async () => {
  const filters = PHONES.map(({ objectID }) => `objectID:${objectID}`).join(' OR ');
  const long = client.generateSecuredApiKey(skein.searchKey, {
    filters: `${filters} OR ${'objectID:none OR '.repeat(40)}objectID:x`,
  });
  expect(long.length).toBeGreaterThan(500);
  const limited = clientV4(skein, long);
  expect((await limited.initIndex('phones').search('')).nbHits).toBe(5);
  expect((await limited.search([{ indexName: 'phones', query: 'pixel' }])).results[0]).toMatchObject({
    nbHits: 1,
  });
});

test('mistakes are told as they are', async () => {
  await expect(client.initIndex('nowhere').search('')).rejects.toMatchObject({
    status: 404,
    message: 'Index does not exist',
  });
  await expect(clientV4(skein, 'wrong').initIndex('phones').search('')).rejects.toMatchObject({
    status: 403,
    message: 'Invalid Application-ID or API key',
  });
});
