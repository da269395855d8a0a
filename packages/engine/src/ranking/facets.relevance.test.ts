import { expect, test } from 'vitest';
import type { FacetAttribute } from '../schema.ts';
import { claims, type GivenRecords } from '../testing/relevance-claims.ts';

const facet = (path: string, settings: Partial<FacetAttribute> = {}): FacetAttribute => ({
  path,
  searchable: true,
  filterOnly: false,
  afterDistinct: false,
  ...settings,
});

const RECORDS: GivenRecords = {
  a: { title: 'one', color: 'Red', price: 1, tags: ['x', 'y', 'x'], group: 'g' },
  b: { title: 'one two', color: 'red', price: 3, tags: 'y', group: 'g' },
  c: { title: 'two', color: 'Blue', price: [2, 6], group: 'h' },
};
const SCHEMA = {
  facets: [facet('color'), facet('tags'), facet('price'), facet('group', { filterOnly: true })],
};

claims('facets', (given) => {
  test('facets.1 each value counts the matching records that hold it', () => {
    const [tags] = given(RECORDS, SCHEMA).search('', { facets: ['tags'] }).facets;
    expect(tags?.values).toEqual([
      { value: 'y', count: 2 },
      { value: 'x', count: 1 },
    ]);
  });

  test('facets.2 values that differ in case are one value', () => {
    const [color] = given(RECORDS, SCHEMA).search('one', { facets: ['color'] }).facets;
    expect(color?.values.map(({ value, count }) => [value.toLowerCase(), count])).toEqual([['red', 2]]);
  });

  test('facets.3 counts follow the query and the filters, never the page', () => {
    const index = given(RECORDS, SCHEMA);
    for (const length of [0, 1, 20]) {
      const [tags] = index.search('two', { facets: ['tags'], length }).facets;
      expect(tags?.values).toEqual([{ value: 'y', count: 1 }]);
    }
  });

  test('facets.4 most frequent first, then by value; or by value alone', () => {
    const index = given({ a: { c: ['b', 'a'] }, b: { c: ['c'] }, d: { c: ['c'] } }, { facets: [facet('c')] });
    const values = (sortFacetValuesBy: 'count' | 'alpha', maxValuesPerFacet: number) =>
      index
        .search('', { facets: ['c'], sortFacetValuesBy, maxValuesPerFacet })
        .facets[0]?.values.map((v) => v.value);
    expect(values('count', 100)).toEqual(['c', 'a', 'b']);
    expect(values('alpha', 100)).toEqual(['a', 'b', 'c']);
    expect(values('count', 1)).toEqual(['c']);
  });

  test('facets.5 numbers have statistics over all their values', () => {
    const [price] = given(RECORDS, SCHEMA).search('', { facets: ['price'] }).facets;
    expect(price?.stats).toEqual({ min: 1, max: 6, avg: 3, sum: 12 });
    expect(price?.values).toHaveLength(4);
    const [color] = given(RECORDS, SCHEMA).search('', { facets: ['color'] }).facets;
    expect(color?.stats).toBeUndefined();
  });

  test('facets.6 attributes that are for filters only are not counted', () => {
    expect(given(RECORDS, SCHEMA).search('', { facets: ['group', 'title'] }).facets).toEqual([]);
  });

  test('facets.7 counted before distinct, or after it where asked', () => {
    const index = given(RECORDS, {
      facets: [facet('color'), facet('tags', { afterDistinct: true })],
      distinctAttribute: 'group',
    });
    const counts = (settings: object) =>
      index
        .search('', { facets: ['color', 'tags'], distinct: 1, ...settings })
        .facets.map(({ path, values }) => [path, values.reduce((sum, { count }) => sum + count, 0)]);
    expect(counts({})).toEqual([
      ['color', 3],
      ['tags', 1],
    ]);
    expect(counts({ facetingAfterDistinct: true })).toEqual([
      ['color', 2],
      ['tags', 1],
    ]);
  });

  test('facets.8 facet search finds values by prefix and with typos', () => {
    const index = given(
      {
        a: { brand: 'Samsung Galaxy' },
        b: { brand: 'Samsung Galaxy' },
        c: { brand: 'Sony' },
        d: { brand: 'Apple' },
      },
      { facets: [facet('brand')] },
    );
    expect(index.facetValues('brand', 'gal')).toEqual(['Samsung Galaxy 2']);
    expect(index.facetValues('brand', 's')).toEqual(['Samsung Galaxy 2', 'Sony 1']);
    expect(index.facetValues('brand', 'samsng')).toEqual(['Samsung Galaxy 2']);
    expect(index.facetValues('brand', 'galaxy sam')).toEqual(['Samsung Galaxy 2']);
    expect(index.facetValues('brand', '')).toEqual(['Samsung Galaxy 2', 'Apple 1', 'Sony 1']);
    expect(index.facetValues('brand', 'galaxy sony')).toEqual([]);
  });

  test('facets.9 facet search counts the records that match the search', () => {
    const index = given(
      { a: { title: 'x', brand: 'Sony' }, b: { title: 'y', brand: 'Sony' } },
      { facets: [facet('brand')] },
    );
    expect(index.facetValues('brand', 'son', { text: 'x' })).toEqual(['Sony 1']);
    expect(index.facetValues('brand', 'son', { text: 'z' })).toEqual([]);
  });
});
