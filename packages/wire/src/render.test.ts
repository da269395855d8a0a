/**
 * Answers:
 *   1. Fields, their order and values.
 *   2. Records are spliced in as they are; what is projected or hidden goes through the engine's projection.
 *   3. responseFields drops fields, but never the message, the cursor, and what getRankingInfo asks for.
 *   4. Past the pagination limit.
 *   5. Browse, facet search, several results.
 */
import type { JsonObject } from '@skein/base';
import type { SearchHit, SearchResult } from '@skein/engine';
import { expect, test } from 'vitest';
import {
  type ProjectRecord,
  renderBrowse,
  renderFacetHits,
  renderRecord,
  renderResults,
  renderSearch,
  renderUnprocessedSearch,
} from './render.ts';
import { parseSearch } from './search-request.ts';

/** Enough of a projection: top-level names. */
const project: ProjectRecord = (attributesToRetrieve, unretrievable) => (json) => {
  const wanted = attributesToRetrieve ?? ['*'];
  const keep = (name: string) => name === 'objectID' || wanted.includes('*') || wanted.includes(name);
  const record = Object.entries(JSON.parse(json) as Record<string, unknown>);
  return JSON.stringify(
    Object.fromEntries(record.filter(([name]) => keep(name) && !unretrievable.includes(name))),
  );
};
const never: ProjectRecord = () => {
  throw new Error('nothing had to be projected');
};

function hit(fields: Partial<SearchHit> = {}): SearchHit {
  return {
    recordJson: '{"objectID":"1","name":"Lamp","secret":5}',
    highlightJson: undefined,
    snippetJson: undefined,
    rankingInfo: undefined,
    distinctSequence: undefined,
    ...fields,
  };
}

function result(fields: Partial<SearchResult> = {}): SearchResult {
  return {
    hits: [hit()],
    hitCount: 1,
    facets: [],
    queryAfterRemoval: undefined,
    parsedQuery: 'lamp',
    automaticRadius: undefined,
    ...fields,
  };
}

function render(
  body: JsonObject,
  found: SearchResult,
  settings: JsonObject = {},
  used: ProjectRecord = project,
) {
  const text = renderSearch(found, {
    request: parseSearch({ body, settings }),
    index: 'products',
    processingTimeMs: 0.4,
    project: used,
    queryID: '0123456789abcdef0123456789abcdef',
    serverUsed: 'here',
  });
  return JSON.parse(text) as Record<string, unknown>;
}

test('1: a plain answer', () => {
  const answer = render({ query: 'lamp', hitsPerPage: 10 }, result({ hitCount: 31 }), {}, never);
  expect(Object.keys(answer)).toEqual([
    'hits',
    'nbHits',
    'page',
    'nbPages',
    'hitsPerPage',
    'exhaustiveNbHits',
    'exhaustiveTypo',
    'exhaustive',
    'query',
    'params',
    'index',
    'renderingContent',
    'processingTimeMS',
    'processingTimingsMS',
    'serverTimeMS',
  ]);
  expect(answer).toMatchObject({
    hits: [{ objectID: '1', name: 'Lamp', secret: 5 }],
    nbHits: 31,
    page: 0,
    nbPages: 4,
    hitsPerPage: 10,
    exhaustive: { nbHits: true, typo: true },
    query: 'lamp',
    params: 'query=lamp&hitsPerPage=10',
    index: 'products',
    renderingContent: {},
    processingTimeMS: 1,
  });
});

test('1: pages end at paginationLimitedTo; hitsPerPage 0 has no pages', () => {
  expect(render({}, result({ hitCount: 10_000 }))).toMatchObject({ nbHits: 10_000, nbPages: 50 });
  expect(render({ hitsPerPage: 0 }, result({ hits: [], hitCount: 7 }))).toMatchObject({
    nbHits: 7,
    nbPages: 0,
    hitsPerPage: 0,
  });
});

test('1: offset and length replace the page', () => {
  const answer = render({ offset: 5, length: 2 }, result());
  expect(answer).toMatchObject({ offset: 5, length: 2 });
  for (const name of ['page', 'nbPages', 'hitsPerPage']) expect(answer).not.toHaveProperty(name);
});

test('1: facets, their statistics, and no empty ones', () => {
  const facets = [
    {
      path: 'brand',
      values: [
        { value: 'A "x"', count: 2 },
        { value: 'B', count: 1 },
      ],
      stats: undefined,
    },
    { path: 'price', values: [{ value: '3', count: 1 }], stats: { min: 3, max: 3, avg: 3, sum: 3 } },
    { path: 'none', values: [], stats: undefined },
  ];
  const settings = { attributesForFaceting: ['brand', 'price', 'none'] };
  expect(render({ facets: ['*'] }, result({ facets }), settings)).toMatchObject({
    facets: { brand: { 'A "x"': 2, B: 1 }, price: { 3: 1 } },
    facets_stats: { price: { min: 3, max: 3, avg: 3, sum: 3 } },
    exhaustiveFacetsCount: true,
    exhaustive: { facetsCount: true, nbHits: true, typo: true },
  });
  expect(render({ facets: ['*'] }, result({ facets }), settings)['facets']).not.toHaveProperty('none');
  expect(render({}, result(), settings)).not.toHaveProperty('facets');
});

test('1: what only some searches answer', () => {
  const rankingInfo = {
    nbTypos: 0,
    firstMatchedWord: 0,
    proximityDistance: 0,
    userScore: 1,
    geoDistance: 4,
    geoPrecision: 1,
    nbExactWords: 1,
    words: 1,
    filters: 0,
    matchedGeoLocation: { lat: 1, lng: 2, distance: 4 },
  };
  const answer = render(
    { getRankingInfo: true, clickAnalytics: true, aroundLatLng: '1,2', typoTolerance: false },
    result({
      hits: [hit({ rankingInfo, distinctSequence: 0 })],
      queryAfterRemoval: 'a <em>b</em>',
      automaticRadius: 1000,
    }),
    { userData: { a: 1 } },
  );
  expect(answer).toMatchObject({
    hits: [{ _rankingInfo: rankingInfo, _distinctSeqID: 0 }],
    queryID: '0123456789abcdef0123456789abcdef',
    queryAfterRemoval: 'a <em>b</em>',
    aroundLatLng: '1,2',
    automaticRadius: '1000',
    userData: { a: 1 },
    serverUsed: 'here',
    indexUsed: 'products',
    parsedQuery: 'lamp',
    timeoutCounts: false,
    timeoutHits: false,
    exhaustive: { nbHits: true },
  });
  expect(answer).not.toHaveProperty('exhaustiveTypo');
  expect(render({}, result())).not.toHaveProperty('queryID');
});

test('2: highlights and snippets follow the record', () => {
  const found = result({
    hits: [
      hit({ highlightJson: '{"name":{"value":"x"}}', snippetJson: '{"name":{"value":"y"}}' }),
      hit({ recordJson: '{}', highlightJson: '{}' }),
    ],
  });
  expect(render({}, found, {}, never)['hits']).toEqual([
    {
      objectID: '1',
      name: 'Lamp',
      secret: 5,
      _snippetResult: { name: { value: 'y' } },
      _highlightResult: { name: { value: 'x' } },
    },
    { _highlightResult: {} },
  ]);
});

test('2: hidden attributes are in no part of a hit', () => {
  const hits = [hit({ highlightJson: '{"name":{},"secret":{}}', snippetJson: '{"secret":{}}' })];
  expect(render({}, result({ hits }), { unretrievableAttributes: ['secret'] })['hits']).toEqual([
    { objectID: '1', name: 'Lamp', _snippetResult: {}, _highlightResult: { name: {} } },
  ]);
  expect(render({ attributesToRetrieve: ['secret'] }, result())['hits']).toEqual([
    { objectID: '1', secret: 5 },
  ]);
});

test('3: responseFields', () => {
  expect(Object.keys(render({ responseFields: ['nbHits', 'query'] }, result()))).toEqual(['nbHits', 'query']);
  expect(Object.keys(render({ responseFields: ['hits'], getRankingInfo: true }, result()))).toEqual([
    'hits',
    'serverUsed',
    'indexUsed',
    'parsedQuery',
    'timeoutCounts',
    'timeoutHits',
  ]);
});

test('4: past the limit there are no hits, and a message says why', () => {
  const answer = render(
    { page: 50, responseFields: ['hits', 'nbHits'] },
    result({ hits: [], hitCount: 10_000 }),
  );
  expect(answer).toEqual({
    hits: [],
    nbHits: 0,
    message:
      'you can only fetch the 1000 hits for this query. You can extend the number of hits returned via the paginationLimitedTo index parameter or use the browse method. You can read our FAQ for more details about browsing: https://www.algolia.com/doc/faq/index-configuration/how-can-i-retrieve-all-the-records-in-my-index',
  });
});

test('5: a page of browse', () => {
  const request = parseSearch({ body: { attributesToRetrieve: ['name'] }, settings: {} });
  const page = { records: ['{"objectID":"1","name":"a","x":1}'], hitCount: 41, cursor: 'next' };
  expect(JSON.parse(renderBrowse(page, { request, index: 'i', processingTimeMs: 2, project }))).toMatchObject(
    {
      cursor: 'next',
      hits: [{ objectID: '1', name: 'a' }],
      nbHits: 41,
      page: 0,
      nbPages: 3,
      hitsPerPage: 20,
      processingTimeMS: 2,
    },
  );
  expect(
    JSON.parse(
      renderBrowse({ ...page, cursor: undefined }, { request, index: 'i', processingTimeMs: 2, project }),
    ),
  ).not.toHaveProperty('cursor');
});

test('5: facet values, single records, several results, skipped searches', () => {
  expect(JSON.parse(renderFacetHits([{ value: 'A', highlighted: '<em>A</em>', count: 3 }], 1.6))).toEqual({
    facetHits: [{ value: 'A', highlighted: '<em>A</em>', count: 3 }],
    exhaustiveFacetsCount: true,
    processingTimeMS: 2,
  });
  expect(renderRecord('{"a":1}', { attributesToRetrieve: ['*'], unretrievableAttributes: [] }, never)).toBe(
    '{"a":1}',
  );
  expect(renderResults(['{"a":1}', 'null'], 'm')).toBe('{"results":[{"a":1},null],"message":"m"}');
  const request = parseSearch({ body: { query: 'x' }, settings: {} });
  expect(JSON.parse(renderUnprocessedSearch({ request, index: 'i', processingTimeMs: 0 }))).toMatchObject({
    hits: [],
    nbHits: 0,
    processed: false,
    query: 'x',
    index: 'i',
  });
});
