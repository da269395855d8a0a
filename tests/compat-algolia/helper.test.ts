/** algoliasearch-helper and InstantSearch without a browser: the queries that they make, and what they read from the answers. */
import { createRequire } from 'node:module';
import { type RunningSkein, startSkein } from '@skein/testkit';
import { liteClient } from 'algoliasearch/lite';
import algoliasearchHelper, { type SearchResults } from 'algoliasearch-helper';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { clientV5, PHONE_SETTINGS, PHONES } from './clients.ts';

/** As far as this test uses them; the package has no types for its CommonJS part. */
type Connectors = Record<
  `connect${'Configure' | 'Hits' | 'Pagination' | 'RefinementList' | 'SearchBox'}`,
  Connector
>;
type Connector = (render?: (state: never) => void) => (parameters: object) => never;

// What plain Node code gets when it requires the package.
const require = createRequire(import.meta.url);
const instantsearch = (require('instantsearch.js') as { default: typeof import('instantsearch.js').default })
  .default;
const { connectConfigure, connectHits, connectPagination, connectRefinementList, connectSearchBox } =
  require('instantsearch.js/cjs/connectors/index.js') as Connectors;

let skein: RunningSkein;
beforeAll(async () => {
  skein = await startSkein();
  const client = clientV5(skein);
  await client.setSettings({ indexName: 'phones', indexSettings: PHONE_SETTINGS });
  await client.saveObjects({ indexName: 'phones', objects: PHONES, waitForTasks: true });
}, 120_000);
afterAll(async () => {
  await skein.stop();
});

/** The client that search pages use, with the key that may only search. */
const searchClient = () =>
  liteClient(skein.applicationId, skein.searchKey, {
    hosts: [{ url: '127.0.0.1', port: skein.port, protocol: 'http', accept: 'readWrite' }],
  });

test('the helper refines disjunctive and numeric facets, and counts what a further choice would give', async () => {
  const helper = algoliasearchHelper(searchClient(), 'phones', {
    disjunctiveFacets: ['brand', 'price'],
    facets: ['stock'],
    hitsPerPage: 10,
  });
  const next = () =>
    new Promise<SearchResults>((resolve, reject) => {
      helper.once('result', ({ results }) => resolve(results));
      helper.once('error', ({ error }) => reject(error));
      helper.search();
    });
  helper.addDisjunctiveFacetRefinement('brand', 'Apple').addNumericRefinement('price', '<', 1000);
  const results = await next();
  expect(results.hits.map(({ objectID }) => objectID)).toEqual(['1']);
  expect(results.getFacetValues('brand', { sortBy: ['name:asc'] })).toMatchObject([
    { name: 'Apple', count: 1, isRefined: true },
    { name: 'Google', count: 1, isRefined: false },
    { name: 'Samsung', count: 2, isRefined: false },
  ]);
  expect(results.getFacetStats('price')).toMatchObject({ min: 799, max: 1099 });
  const { facetHits } = await helper.searchForFacetValues('brand', 'goo', 5);
  expect(facetHits).toMatchObject([{ value: 'Google', isRefined: false }]);
});

test('InstantSearch types, refines and turns pages', async () => {
  const search = instantsearch({ indexName: 'phones', searchClient: searchClient() });
  const seen = { hits: [] as string[], brands: [] as string[], pages: 0 };
  let type = (_query: string): void => undefined;
  let refine = (_brand: string): void => undefined;
  let turn = (_page: number): void => undefined;
  search.addWidgets([
    connectSearchBox((state: { refine: (query: string) => void }) => {
      type = state.refine;
    })({}),
    connectHits((state: { items: { objectID: string }[] }) => {
      seen.hits = state.items.map(({ objectID }) => objectID);
    })({}),
    connectRefinementList(
      (state: { items: { label: string; count: number }[]; refine: (value: string) => void }) => {
        seen.brands = state.items.map(({ label, count }) => `${label} ${count}`);
        refine = state.refine;
      },
    )({ attribute: 'brand', sortBy: ['name:asc'] }),
    connectPagination((state: { nbPages: number; refine: (page: number) => void }) => {
      seen.pages = state.nbPages;
      turn = state.refine;
    })({}),
    connectConfigure()({ searchParameters: { hitsPerPage: 2 } }),
  ]);
  search.start();
  const until = { timeout: 10_000, interval: 10 };
  await vi.waitFor(
    () => expect(seen).toEqual({ hits: ['2', '5'], brands: ['Apple 2', 'Google 1', 'Samsung 2'], pages: 3 }),
    until,
  );
  turn(2);
  await vi.waitFor(() => expect(seen.hits).toEqual(['4']), until);
  refine('Samsung');
  await vi.waitFor(() => expect(seen.hits).toEqual(['3', '4']), until);
  type('a5');
  await vi.waitFor(() => expect(seen).toMatchObject({ hits: ['4'], brands: ['Samsung 1'] }), until);
  search.dispose();
});
