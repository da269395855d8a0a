import { expect, test } from 'vitest';
import type { FilterNode } from '../filters/filter-node.ts';
import { DEFAULT_SCHEMA, type IndexSchema } from '../schema.ts';
import { distinctValueOf, facetValues, filterScore, matchesFilter, sortValueOf } from './plain-filter.ts';
import { geoPoints, plainAutomaticRadius } from './plain-geo.ts';

const schema: IndexSchema = {
  ...DEFAULT_SCHEMA,
  facets: [{ path: 'brand', searchable: false, filterOnly: false, afterDistinct: false }],
};
const facet = (path: string, value: string, score = 0): FilterNode => ({ kind: 'facet', path, value, score });
const record = { objectID: '1', brand: [' Foo ', 'foo', true, 3], price: [1, 5], other: 'x', _tags: 'Red' };
const matches = (filter: FilterNode) => matchesFilter(record, '1', filter, schema);

test('facet values are trimmed, compared without case, and only of declared attributes', () => {
  expect(facetValues(record, 'brand')).toEqual(['Foo', 'true', '3']);
  expect(matches(facet('brand', 'FOO '))).toBe(true);
  expect(matches(facet('other', 'x'))).toBe(false);
  expect(matches(facet('_tags', 'red'))).toBe(true);
  expect(matches(facet('objectID', '1'))).toBe(true);
});

test('a record with several numbers matches when any one does', () => {
  const compare = (operator: '=' | '!=' | '<', value: number) =>
    matches({ kind: 'compare', path: 'price', operator, value, score: 0 });
  expect([compare('=', 5), compare('!=', 5), compare('<', 1)]).toEqual([true, true, false]);
  expect(matches({ kind: 'compare', path: 'missing', operator: '!=', value: 5, score: 0 })).toBe(false);
});

test('scores: the best of a group, or their sum; groups add up', () => {
  const query = {
    filter: { kind: 'or', children: [facet('brand', 'foo', 2), facet('brand', '3', 5)] } as const,
    optionalFilters: [[{ filter: facet('_tags', 'red'), score: 1 }]],
  };
  expect(filterScore(record, '1', { ...query, sumOrFiltersScores: false }, schema)).toBe(6);
  expect(filterScore(record, '1', { ...query, sumOrFiltersScores: true }, schema)).toBe(8);
});

test('of arrays the first element sorts and groups', () => {
  const lower = (text: string) => text.toLowerCase();
  expect(sortValueOf({ a: [{ b: ['X', 'y'] }] }, 'a.b', lower)).toBe('x');
  expect(sortValueOf({ a: { b: {} } }, 'a.b', lower)).toBe(undefined);
  expect(distinctValueOf({ a: [2, 1] }, 'a')).toBe('2');
});

test('points in strings or off the globe are no points', () => {
  const _geoloc = [{ lat: 1, lng: 2 }, { lat: '1', lng: 2 }, { lat: 91, lng: 0 }, null, 3];
  expect(geoPoints({ _geoloc })).toEqual([{ lat: 1, lng: 2 }]);
  expect(geoPoints({ _geoloc: { lat: -90, lng: 180 } })).toHaveLength(1);
});

test('the automatic radius doubles until a thousand records are inside', () => {
  expect(plainAutomaticRadius([], undefined)).toBe(20_037_508);
  expect(plainAutomaticRadius(new Array(1000).fill(1500), undefined)).toBe(2000);
  expect(plainAutomaticRadius(new Array(1000).fill(1500), 5000)).toBe(5000);
});
