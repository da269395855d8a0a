import { expect, test } from 'vitest';
import type { FilterNode } from '../filters/filter-node.ts';
import { claims, type GivenRecords } from '../testing/relevance-claims.ts';

const RECORDS: GivenRecords = {
  a: { title: 'x', color: 'Red', price: 10, sizes: [1, 5], _tags: ['new'] },
  b: { title: 'x', color: ['blue', 'red'], price: 20, nested: { stock: true } },
  c: { title: 'x', color: 'green', price: 30.5, sizes: [3] },
};

function facetAttribute(path: string) {
  return { path, searchable: false, filterOnly: false, afterDistinct: false };
}
const SCHEMA = { facets: [facetAttribute('color'), facetAttribute('nested.stock'), facetAttribute('price')] };

const color = (value: string, score = 0): FilterNode => ({ kind: 'facet', path: 'color', value, score });
const price = (operator: '<' | '<=' | '=' | '!=' | '>' | '>=', value: number): FilterNode => ({
  kind: 'compare',
  path: 'price',
  operator,
  value,
  score: 0,
});

claims('filters', (given) => {
  test('filters.1 a facet filter keeps the records with the value, whatever its case', () => {
    expect(given(RECORDS, SCHEMA).ids('', { filter: color('RED') })).toEqual(['b', 'a']);
  });

  test('filters.2 diacritics distinguish facet values', () => {
    expect(given({ a: { color: 'rosé' } }, SCHEMA).ids('', { filter: color('rose') })).toEqual([]);
  });

  test('filters.3 an attribute that is not declared for faceting matches nothing', () => {
    const filter: FilterNode = { kind: 'facet', path: 'title', value: 'x', score: 0 };
    expect(given(RECORDS, SCHEMA).ids('', { filter })).toEqual([]);
    expect(given(RECORDS, SCHEMA).ids('', { filter: { kind: 'not', child: filter } })).toEqual([
      'c',
      'b',
      'a',
    ]);
  });

  test('filters.4 objectID and _tags need no declaration', () => {
    const index = given(RECORDS, SCHEMA);
    expect(index.ids('', { filter: { kind: 'facet', path: 'objectID', value: 'b', score: 0 } })).toEqual([
      'b',
    ]);
    expect(index.ids('', { filter: { kind: 'facet', path: '_tags', value: 'new', score: 0 } })).toEqual([
      'a',
    ]);
  });

  test('filters.5 booleans and numbers are facet values too', () => {
    const index = given(RECORDS, SCHEMA);
    expect(
      index.ids('', { filter: { kind: 'facet', path: 'nested.stock', value: 'true', score: 0 } }),
    ).toEqual(['b']);
    expect(index.ids('', { filter: { kind: 'facet', path: 'price', value: '30.5', score: 0 } })).toEqual([
      'c',
    ]);
  });

  test('filters.6 numbers compare as numbers', () => {
    const index = given(RECORDS, SCHEMA);
    expect(index.ids('', { filter: price('<', 20) })).toEqual(['a']);
    expect(index.ids('', { filter: price('<=', 20) })).toEqual(['b', 'a']);
    expect(index.ids('', { filter: price('=', 30.5) })).toEqual(['c']);
    expect(index.ids('', { filter: price('!=', 10) })).toEqual(['c', 'b']);
    expect(index.ids('', { filter: price('>', 10) })).toEqual(['c', 'b']);
    expect(index.ids('', { filter: price('>=', 30.5) })).toEqual(['c']);
  });

  test('filters.7 of several numbers any may match', () => {
    const filter: FilterNode = { kind: 'compare', path: 'sizes', operator: '>', value: 4, score: 0 };
    expect(given(RECORDS, SCHEMA).ids('', { filter })).toEqual(['a']);
  });

  test('filters.8 a range includes both ends', () => {
    const filter: FilterNode = { kind: 'range', path: 'price', from: 10, to: 20, score: 0 };
    expect(given(RECORDS, SCHEMA).ids('', { filter })).toEqual(['b', 'a']);
  });

  test('filters.9 and, or and not nest to any depth', () => {
    const index = given(RECORDS, SCHEMA);
    const nested: FilterNode = {
      kind: 'or',
      children: [
        { kind: 'and', children: [color('red'), { kind: 'not', child: price('<', 15) }] },
        { kind: 'not', child: { kind: 'or', children: [color('red'), color('blue')] } },
      ],
    };
    expect(index.ids('', { filter: nested })).toEqual(['c', 'b']);
    expect(index.ids('', { filter: { kind: 'and', children: [] } })).toEqual(['c', 'b', 'a']);
    expect(index.ids('', { filter: { kind: 'or', children: [] } })).toEqual([]);
  });

  test('filters.10 only listed numeric attributes can be filtered, equalOnly ones by = and != alone', () => {
    const index = given(RECORDS, { ...SCHEMA, numericFilterable: [{ path: 'price', equalOnly: true }] });
    expect(index.ids('', { filter: price('=', 10) })).toEqual(['a']);
    expect(index.ids('', { filter: price('<', 50) })).toEqual([]);
    expect(
      index.ids('', { filter: { kind: 'compare', path: 'sizes', operator: '=', value: 3, score: 0 } }),
    ).toEqual([]);
  });

  test('filters.11 optional filters only rank', () => {
    const index = given(RECORDS, SCHEMA);
    const optionalFilters = [[{ filter: color('green'), score: 1 }]];
    expect(index.ids('x', { optionalFilters })).toEqual(['c', 'b', 'a']);
    expect(index.ids('x', { optionalFilters: [[{ filter: color('red'), score: 1 }]] })).toEqual([
      'b',
      'a',
      'c',
    ]);
    expect(index.hit('c', 'x', { optionalFilters })?.filters).toBe(1);
  });

  test('filters.12 of alternatives the best score counts, or the sum', () => {
    const index = given(RECORDS, SCHEMA);
    const optionalFilters = [
      [
        { filter: color('red'), score: 2 },
        { filter: color('blue'), score: 3 },
      ],
      [{ filter: price('>', 15), score: 10 }],
    ];
    expect(index.hit('b', '', { optionalFilters })?.filters).toBe(13);
    expect(index.hit('b', '', { optionalFilters, sumOrFiltersScores: true })?.filters).toBe(15);
  });

  test('filters.13 a negative optional filter ranks the others first', () => {
    const optionalFilters = [[{ filter: { kind: 'not', child: color('red') } as const, score: 1 }]];
    expect(given(RECORDS, SCHEMA).ids('', { optionalFilters })).toEqual(['c', 'b', 'a']);
    const records: GivenRecords = { a: { title: 'x', color: 'blue' }, z: { title: 'x', color: 'red' } };
    expect(given(records, SCHEMA).ids('', { optionalFilters })).toEqual(['a', 'z']);
  });

  test('filters.14 scores inside filters rank what they keep', () => {
    const filter: FilterNode = { kind: 'or', children: [color('red', 1), color('green', 5)] };
    expect(given(RECORDS, SCHEMA).ids('', { filter })).toEqual(['c', 'b', 'a']);
    expect(given(RECORDS, SCHEMA).hit('c', '', { filter })?.filters).toBe(5);
  });
});
