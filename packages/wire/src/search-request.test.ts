/**
 * Searches as clients send them:
 *   1. Parameters come as an object, as URL-encoded text, or both; the echo follows.
 *   2. Request over settings over defaults; an API key over all of them; filters of all add up.
 *   3. Pagination, its limits and its message.
 *   4. Mistakes get Algolia's words.
 *   5. Geo parameters in every form.
 */
import type { JsonObject } from '@skein/base';
import { defaultSearchQuery } from '@skein/engine';
import { describe, expect, test } from 'vitest';
import { NOTHING_FORCED, parseSearch, type SearchRequest } from './search-request.ts';
import { mergeSettings } from './settings.ts';

function parse(body: JsonObject, settings: JsonObject = {}): SearchRequest {
  return parseSearch({ body, settings: mergeSettings({}, settings) });
}

test('1: an object is echoed form-encoded, a text as it was sent', () => {
  expect(parse({}).echo).toBe('');
  expect(parse({ filters: "editor:'visual studio' OR editor:neovim" }).echo).toBe(
    'filters=editor%3A%27visual+studio%27+OR+editor%3Aneovim',
  );
  expect(parse({ query: 'é*', facets: ['a', 'b'], page: 1, analytics: false }).echo).toBe(
    'query=%C3%A9*&facets=%5B%22a%22%2C%22b%22%5D&page=1&analytics=false',
  );
  expect(parse({ params: 'query=a%20b&hitsPerPage=3' }).echo).toBe('query=a%20b&hitsPerPage=3');
  expect(parse({ params: 'query=a', page: 2 }).echo).toBe('query=a&page=2');
});

test('1: credentials in the text are never echoed', () => {
  const request = parse({
    params: 'query=a&X-Algolia-API-Key=secret&x-algolia-application-id=APP',
    apiKey: 'secret',
  });
  expect(request.echo).toBe('query=a');
  expect(request.queryText).toBe('a');
});

test('1: text carries every type', () => {
  const request = parse(
    {
      params:
        'query=hello+world&page=1&hitsPerPage=7&facets=a,b&facetFilters=%5B%22a%3A1%22%2C%5B%22b%3A2%22%5D%5D&getRankingInfo=1' +
        '&attributesToRetrieve=name%2Cbrand&typoTolerance=min&distinct=true&aroundLatLng=1.5,2&minProximity=3&advancedSyntax=true',
    },
    { attributesForFaceting: ['a', 'b', 'filterOnly(c)'] },
  );
  expect(request.query).toMatchObject({
    text: 'hello world',
    offset: 7,
    length: 7,
    facets: ['a', 'b'],
    filter: { kind: 'and' },
    typoTolerance: 'min',
    distinct: 1,
    minProximity: 3,
    rankingInfo: true,
    advancedSyntax: { exactPhrase: true, excludeWords: true },
    geo: { around: { lat: 1.5, lng: 2 }, radius: 'automatic' },
  });
  expect(request.attributesToRetrieve).toEqual(['name', 'brand']);
});

test('1: broken percent signs stand for themselves', () => {
  expect(parse({ params: 'query=100%&page=0' }).queryText).toBe('100%');
  expect(parse({ params: 'query=%E4%zz%C3%A9' }).queryText).toBe('%E4%zzé');
});

test('2: the request wins over settings, settings over defaults', () => {
  const settings = {
    hitsPerPage: 5,
    typoTolerance: 'false',
    queryType: 'prefixAll',
    distinct: 2,
    responseFields: ['hits'],
  };
  const request = parse({ queryType: 'prefixNone' }, settings);
  expect(request.query).toMatchObject({
    length: 5,
    typoTolerance: 'false',
    queryType: 'prefixNone',
    distinct: 2,
    minProximity: 1,
  });
  expect(request.responseFields).toEqual(new Set(['hits']));
  expect(parse({ responseFields: ['*'] }, settings).responseFields).toBeUndefined();
  expect(parse({ hitsPerPage: null }, settings).query.length).toBe(5);
});

test('2: what a key forces cannot be changed, and its filters hold besides the request’s', () => {
  const request = parseSearch({
    body: { filters: 'a:1', hitsPerPage: 100, userToken: 'me' },
    settings: {},
    forced: {
      ...NOTHING_FORCED,
      parameters: new Map([['userToken', 'forced']]),
      filters: [{ kind: 'facet', path: 'b', value: '2', score: 0 }],
      maxHitsPerQuery: 10,
    },
  });
  expect(request.userToken).toBe('forced');
  expect(request.query.length).toBe(10);
  expect(request.query.filter).toMatchObject({ kind: 'and', children: [{ path: 'a' }, { path: 'b' }] });
});

test('2: what is never shown is not highlighted, unless the key may see it', () => {
  const settings = {
    unretrievableAttributes: ['secret'],
    attributesToHighlight: ['name', 'secret'],
    attributesToSnippet: ['secret:5'],
  };
  expect(parse({}, settings).query.highlight).toMatchObject({
    attributesToHighlight: ['name'],
    attributesToSnippet: [],
  });
  const seen = parseSearch({ body: {}, settings, forced: { ...NOTHING_FORCED, seeUnretrievable: true } });
  expect(seen.unretrievableAttributes).toEqual([]);
  expect(seen.query.highlight).toMatchObject({ attributesToHighlight: ['name', 'secret'] });
});

test('2: a request that says nothing is the engine’s default search, highlighted', () => {
  const { highlight, ...query } = parse({ query: 'x' }).query;
  const { highlight: _none, ...expected } = defaultSearchQuery('x');
  expect(query).toEqual(expected);
  expect(highlight).toEqual({
    attributesToHighlight: undefined,
    attributesToSnippet: [],
    preTag: '<em>',
    postTag: '</em>',
    snippetEllipsisText: '…',
    restrictArrays: false,
  });
});

test('2: similarQuery searches for any of the words, words first', () => {
  const { query } = parse({ similarQuery: 'red lamp' });
  expect(query).toMatchObject({ text: 'red lamp', queryType: 'prefixNone', optionalWords: 'all' });
  expect(query.ranking.map(({ kind }) => kind)).toEqual([
    'words',
    'typo',
    'geo',
    'filters',
    'proximity',
    'attribute',
    'exact',
    'custom',
  ]);
});

test('2: sorts at search time need a column that the index has', () => {
  const settings = { ranking: ['desc(price)', 'typo'] };
  expect(parse({ ranking: ['asc(price)', 'asc(other)', 'custom'] }, settings).query.ranking).toEqual([
    { kind: 'sort', path: 'price', direction: 'asc' },
    { kind: 'custom' },
  ]);
});

test('2: facets asked for are those that may be counted', () => {
  const settings = { attributesForFaceting: ['a', 'searchable(b.c)', 'filterOnly(d)', 'cat'] };
  expect(parse({ facets: ['*'] }, settings).query.facets).toEqual(['a', 'b.c', 'cat']);
  expect(parse({ facets: ['d', 'x', 'b.c', 'cat.lvl0', 'b.c'] }, settings).query.facets).toEqual([
    'b.c',
    'cat.lvl0',
  ]);
  expect(parse({ facets: '*' }, settings).query.facets).toEqual(['a', 'b.c', 'cat']);
});

test('2: snippets have a number of words, ten by default', () => {
  expect(
    parse({ attributesToSnippet: ['a', 'b:3', '*:20', 'odd:name'] }).query.highlight?.attributesToSnippet,
  ).toEqual([
    { path: 'a', wordCount: 10 },
    { path: 'b', wordCount: 3 },
    { path: '*', wordCount: 20 },
    { path: 'odd:name', wordCount: 10 },
  ]);
  expect(parse({ attributesToHighlight: [] }).query.highlight).toBeUndefined();
  expect(
    parse({ attributesToHighlight: [], attributesToSnippet: ['a'] }).query.highlight?.attributesToHighlight,
  ).toEqual([]);
});

test('3: pages, offsets, and hitsPerPage 0', () => {
  expect(parse({ page: 3 }).query).toMatchObject({ offset: 60, length: 20 });
  expect(parse({ hitsPerPage: 0 }).query).toMatchObject({ offset: 0, length: 0 });
  expect(parse({ hitsPerPage: 5000 }).pagination).toEqual({ kind: 'page', page: 0, hitsPerPage: 1000 });
  expect(parse({ offset: 7, length: 3, page: 9 })).toMatchObject({
    pagination: { kind: 'offset', offset: 7, length: 3 },
    query: { offset: 7, length: 3 },
  });
  expect(parse({ length: 3 }).pagination).toEqual({ kind: 'page', page: 0, hitsPerPage: 20 });
});

test('3: the last reachable page is cut, the next one is past the limit', () => {
  const settings = { paginationLimitedTo: 50 };
  expect(parse({ page: 2 }, settings)).toMatchObject({
    pastPaginationLimit: false,
    query: { offset: 40, length: 10 },
  });
  expect(parse({ page: 3 }, settings)).toMatchObject({ pastPaginationLimit: true, query: { length: 0 } });
  expect(parse({ offset: 50, length: 5 }, settings).pastPaginationLimit).toBe(true);
  expect(parse({ offset: 49, length: 5 }, settings).query).toMatchObject({ offset: 49, length: 1 });
});

describe('4: mistakes', () => {
  test.each<[JsonObject, string]>([
    [{ customRanking: ['desc(a)'] }, 'Unknown parameter: customRanking'],
    [{ nope: 1 }, 'Unknown parameter: nope'],
    [{ constructor: 1 }, 'Unknown parameter: constructor'],
    [{ params: 'nope=1' }, 'Unknown parameter: nope'],
    [{ params: 3 }, 'Invalid value for "params" parameter, expected string'],
    [
      { hitsPerPage: -1 },
      'Value too small for "hitsPerPage" parameter, expected integer between 0 and 9223372036854775807',
    ],
    [{ page: 'two' }, 'Invalid value for "page" parameter, expected integer'],
    [{ page: 1.5 }, 'Invalid value for "page" parameter, expected integer'],
    [{ query: ['a'] }, 'Invalid value for "query" parameter, expected string'],
    [{ getRankingInfo: 'maybe' }, 'Invalid value for "getRankingInfo" parameter, expected boolean'],
    [{ facets: [1] }, 'Invalid value for "facets" parameter, expected array of strings'],
    [{ minProximity: 8 }, 'Invalid value for "minProximity" parameter, expected integer between 1 and 7'],
    [
      { typoTolerance: 'loose' },
      'Invalid value for "typoTolerance" parameter, expected boolean or "min", "strict"',
    ],
    [{ filters: 'a AND' }, 'filters: Unexpected token end of filter expected filter at col 5'],
    [{ numericFilters: ['status=open'] }, 'Invalid syntax for numeric condition:status=open'],
    [{ facetFilters: 'x' }, 'facetFilters: invalid condition x, expected attribute:value'],
    [
      { aroundLatLng: '91,0' },
      'Invalid value for "aroundLatLng" parameter, expected latitudes between -90 and 90',
    ],
    [{ aroundLatLng: 'here' }, 'Invalid value for "aroundLatLng" parameter, expected "latitude,longitude"'],
    [
      { insideBoundingBox: [[1, 2, 3]] },
      'Invalid value for "insideBoundingBox" parameter, expected four numbers for each box',
    ],
    [
      { insidePolygon: [[1, 2, 3, 4]] },
      'Invalid value for "insidePolygon" parameter, expected latitude and longitude of 3 to',
    ],
    [{ aroundPrecision: [{ from: 'x' }] }, 'Invalid value for "aroundPrecision" parameter'],
    [{ aroundRadius: 0 }, 'Value too small for "aroundRadius" parameter'],
    [{ ranking: ['nearness'] }, 'Invalid value for "ranking" parameter'],
  ])('%j', (body, message) => {
    expect(() => parse(body)).toThrow(message);
  });
});

test('5: the circle', () => {
  expect(parse({ aroundLatLng: ' 48.8 , -2.3 ', aroundRadius: 'all' }).query.geo).toMatchObject({
    around: { lat: 48.8, lng: -2.3 },
    radius: 'all',
  });
  expect(parse({ aroundLatLng: '0,0', aroundRadius: 500, minimumAroundRadius: 9 }).query.geo).toMatchObject({
    radius: 500,
    minimumRadius: undefined,
  });
  expect(parse({ aroundLatLng: '0,0', minimumAroundRadius: 9 }).query.geo).toMatchObject({
    radius: 'automatic',
    minimumRadius: 9,
  });
  expect(parse({ aroundLatLngViaIP: true }).query.geo).toBeUndefined();
  expect(
    parse({
      aroundLatLng: '0,0',
      aroundPrecision: [
        { from: 2000, value: 1000 },
        { from: 500, value: 50 },
      ],
    }).query.geo?.precision,
  ).toEqual([
    { from: 0, value: 1 },
    { from: 500, value: 50 },
    { from: 2000, value: 1000 },
  ]);
  expect(parse({ params: 'aroundLatLng=0,0&aroundPrecision=25' }).query.geo?.precision).toEqual([
    { from: 0, value: 25 },
  ]);
});

test('5: boxes and polygons, nested, flat and as text; they replace the circle', () => {
  const box = [{ a: { lat: 47.3, lng: 4.9 }, b: { lat: 47.2, lng: 5.3 } }];
  for (const insideBoundingBox of [
    [[47.3, 4.9, 47.2, 5.3]],
    [47.3, 4.9, 47.2, 5.3],
    '47.3,4.9,47.2,5.3',
    '[[47.3,4.9,47.2,5.3]]',
    ['47.3,4.9,47.2,5.3'],
  ]) {
    expect(parse({ insideBoundingBox, aroundLatLng: '0,0' }).query.geo).toMatchObject({
      around: undefined,
      boxes: box,
      polygons: [],
    });
  }
  expect(parse({ insideBoundingBox: '1,1,2,2,3,3,4,4' }).query.geo?.boxes).toHaveLength(2);
  expect(
    parse({
      insidePolygon: [
        [0, 0, 0, 1, 1, 1],
        [5, 5, 5, 6, 6, 6, 6, 5],
      ],
    }).query.geo?.polygons.map((points) => points.length),
  ).toEqual([3, 4]);
  expect(parse({ insideBoundingBox: null, insidePolygon: '' }).query.geo).toBeUndefined();
});
