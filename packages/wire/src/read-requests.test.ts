import { expect, test } from 'vitest';
import { encodeBrowseCursor } from './browse-cursor.ts';
import { parseBrowse, parseFacetSearch, parseGetObjects, parseMultiQuery } from './read-requests.ts';

test('a multi-query names its indexes, kinds and strategy', () => {
  const parsed = parseMultiQuery({
    strategy: 'stopIfEnoughMatches',
    requests: [
      { indexName: 'a', query: 'x', params: 'page=1' },
      { indexName: 'b', type: 'facet', facet: 'brand', facetQuery: 'ap', maxFacetHits: 3 },
    ],
  });
  expect(parsed).toEqual({
    strategy: 'stopIfEnoughMatches',
    requests: [
      { indexName: 'a', kind: 'search', facetName: '', body: { query: 'x', params: 'page=1' } },
      { indexName: 'b', kind: 'facet', facetName: 'brand', body: { facetQuery: 'ap', maxFacetHits: 3 } },
    ],
  });
  expect(parseMultiQuery({ requests: [] })).toEqual({ strategy: 'none', requests: [] });
});

test('a multi-query that is none is refused', () => {
  expect(() => parseMultiQuery({})).toThrow('Missing mandatory attribute requests');
  expect(() => parseMultiQuery({ requests: [1] })).toThrow('Invalid value for "requests" parameter');
  expect(() => parseMultiQuery({ requests: [{ query: 'x' }] })).toThrow('indexName is not valid');
  expect(() => parseMultiQuery({ requests: [], strategy: 'fast' })).toThrow(
    'Invalid value for "strategy" parameter',
  );
  expect(() => parseMultiQuery({ requests: [{ indexName: 'a', type: 'facet' }] })).toThrow(
    'Missing mandatory attribute facet',
  );
  expect(() =>
    parseMultiQuery({ requests: Array.from({ length: 101 }, () => ({ indexName: 'a' })) }),
  ).toThrow('Too many requests: 101');
});

const settings = { attributesForFaceting: ['searchable(brand)', 'colour'], maxFacetHits: 7 };

test('a facet search searches values of a searchable facet among matching records', () => {
  const request = parseFacetSearch({
    facetName: 'brand',
    body: { facetQuery: 'app', params: 'query=phone&filters=colour%3Ared' },
    settings,
  });
  expect(request.query).toMatchObject({ path: 'brand', text: 'app', valueCountMax: 7, preTag: '<em>' });
  expect(request.query.search).toMatchObject({
    text: 'phone',
    length: 0,
    filter: { path: 'colour', value: 'red' },
  });
});

test('a facet search needs searchable(), and at most 100 values', () => {
  expect(() => parseFacetSearch({ facetName: 'colour', body: {}, settings })).toThrow(
    'Cannot search in `colour` attribute, you need to add `searchable(colour)` to attributesForFaceting.',
  );
  for (const maxFacetHits of [0, 101, 'x']) {
    expect(() => parseFacetSearch({ facetName: 'brand', body: { maxFacetHits }, settings })).toThrow(
      'Invalid value for "maxFacetHits" parameter, expected integer between 1 and 100',
    );
  }
});

test('browse has a page of 1000, no highlights, no grouping', () => {
  const { cursor, search } = parseBrowse({
    body: { query: 'x', distinct: true },
    settings: { hitsPerPage: 5 },
  });
  expect(cursor).toBeUndefined();
  expect(search.query).toMatchObject({
    text: 'x',
    offset: 0,
    length: 1000,
    distinct: 0,
    highlight: undefined,
  });
  expect(parseBrowse({ body: { hitsPerPage: 10 }, settings: {} }).search.query.length).toBe(10);
});

test('a cursor carries the first request’s parameters and replaces all others', () => {
  const first = parseBrowse({
    body: { filters: 'a:1', hitsPerPage: 10, params: 'attributesToRetrieve=name&x-algolia-api-key=k' },
    settings: {},
  });
  const text = encodeBrowseCursor('engine-place', first.parameters);
  expect(text).not.toContain('k=');
  for (const body of [
    { cursor: text },
    { cursor: text, filters: 'b:2', hitsPerPage: 3 },
    { params: `cursor=${encodeURIComponent(text)}` },
  ]) {
    const next = parseBrowse({ body, settings: {} });
    expect(next.cursor).toBe('engine-place');
    expect(next.search.query).toEqual(first.search.query);
    expect(next.search.attributesToRetrieve).toEqual(['name']);
  }
  expect(JSON.stringify(first.parameters)).not.toContain('x-algolia');
});

test('a text that is no cursor is refused; an empty one is the start', () => {
  for (const cursor of ['x', 'AAAA', encodeBrowseCursor('a', {}).slice(0, -4), 5]) {
    expect(() => parseBrowse({ body: { cursor }, settings: {} })).toThrow(
      'Invalid value for "cursor" parameter',
    );
  }
  expect(parseBrowse({ body: { cursor: '' }, settings: {} }).cursor).toBeUndefined();
  expect(() => parseBrowse({ body: { nope: 1 }, settings: {} })).toThrow('Unknown parameter: nope');
});

test('records by identifier', () => {
  expect(
    parseGetObjects({
      requests: [
        { indexName: 'a', objectID: 5 },
        { indexName: 'b', objectID: 'x', attributesToRetrieve: ['n'] },
      ],
    }),
  ).toEqual([
    { indexName: 'a', objectID: '5', attributesToRetrieve: ['*'] },
    { indexName: 'b', objectID: 'x', attributesToRetrieve: ['n'] },
  ]);
  expect(() => parseGetObjects({ requests: [{ indexName: 'a' }] })).toThrow(
    'Missing mandatory attribute objectID',
  );
});
