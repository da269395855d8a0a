/**
 * Sets, described:
 *   1. A set is shown as it was made, and what is shown can be sent back.
 *   2. What does not fit together is refused, with the place.
 *   3. Union counts by the most, intersection by the least; `Distinct` leaves one of each.
 *   4. Arrays and pages can be treated like sets, keeping order and repeats.
 *   5. Documents of a dropped collection, and sets of an index that is gone, are not seen.
 */
import { beforeEach, describe, expect, test } from 'vitest';
import { type Json, newDatabase, type TestDatabase } from '../testing/run-fql.ts';

const widgets = { collection: 'widgets' };
const ref = (id: number): unknown => ({ ref: widgets, id });
const named = (name: string, native: string): unknown => ({
  '@ref': { id: name, collection: { '@ref': { id: native } } },
});
const match = (index: string, terms?: unknown): unknown =>
  terms === undefined ? { match: { index } } : { match: { index }, terms };

let database: TestDatabase;
const query = (expression: unknown): Json => database.value(expression);
const errorOf = (expression: unknown): Json => database.error(expression);

beforeEach(() => {
  database = newDatabase();
  query({ create_collection: { object: { name: 'widgets' } } });
  const index = (name: string, parts: Record<string, unknown>): Json =>
    query({ create_index: { object: { name, source: widgets, ...parts } } });
  const field = (...path: string[]): unknown => ({ object: { field: path } });
  index('all', {});
  index('by_k', { terms: [field('data', 'k')] });
  index('n_of_k', { terms: [field('data', 'k')], values: [field('data', 'n')] });
  index('n_down', { values: [{ object: { field: ['data', 'n'], reverse: true } }] });
  index('by_pair', { terms: [field('data', 'k'), field('data', 'n')] });
  for (const [at, n] of [1, 2, 2, 3, 3, 3].entries()) {
    query({ create: ref(at), params: { object: { data: { object: { k: 'a', n } } } } });
  }
  for (const [at, n] of [1, 2, 2, 2, 3, 3].entries()) {
    query({ create: ref(10 + at), params: { object: { data: { object: { k: 'b', n } } } } });
  }
});

describe('1: how sets are shown', () => {
  const byK = { '@set': { match: named('n_of_k', 'indexes'), terms: 'a' } };

  test.each([
    [match('all'), { '@set': { match: named('all', 'indexes') } }],
    [match('all', []), { '@set': { match: named('all', 'indexes') } }],
    [match('n_of_k', 'a'), byK],
    [match('n_of_k', ['a']), byK],
    [{ match: 'n_of_k', terms: 'a' }, byK],
    [{ match: 'a', index: { index: 'n_of_k' } }, byK],
    [match('by_pair', ['a', 1]), { '@set': { match: named('by_pair', 'indexes'), terms: ['a', 1] } }],
    [{ documents: widgets }, { '@set': { documents: named('widgets', 'collections') } }],
    [{ union: match('n_of_k', 'a') }, { '@set': { union: byK } }],
    [
      { intersection: [match('n_of_k', 'a'), match('n_of_k', 'a')] },
      { '@set': { intersection: [byK, byK] } },
    ],
    [{ distinct: match('n_of_k', 'a') }, { '@set': { distinct: byK } }],
    [{ reverse: match('n_of_k', 'a') }, { '@set': { reverse: byK } }],
    [{ range: match('n_of_k', 'a'), from: 3, to: [6] }, { '@set': { range: byK, from: 3, to: 6 } }],
    [{ events: match('n_of_k', 'a') }, { '@set': { events: byK['@set'] } }],
    [
      { join: match('n_of_k', 'a'), with: { index: 'by_k' } },
      { '@set': { join: byK, with: named('by_k', 'indexes') } },
    ],
    [{ collections: null }, { '@ref': { id: 'collections' } }],
  ])('%j', (expression, shown) => {
    expect(query(expression)).toEqual(shown);
    expect(query(shown)).toEqual(shown);
    expect(query({ equals: [expression, shown] })).toBe(true);
    expect(query({ paginate: shown })).toEqual(query({ paginate: expression }));
  });
});

describe('2: what is refused', () => {
  const incompatible = { code: 'invalid argument', description: 'Sets are not compatible.' };

  test('sets that are sorted differently, or of which one has events', () => {
    expect(errorOf({ union: [match('n_of_k', 'a'), match('n_down')] })).toEqual({
      position: ['union'],
      ...incompatible,
    });
    expect(errorOf({ paginate: { union: [{ events: ref(1) }, { singleton: ref(1) }] } })).toEqual({
      position: ['paginate', 'union'],
      ...incompatible,
    });
  });

  test('sets among arrays, pages, nothing', () => {
    expect(errorOf({ union: [[1, 2], { events: ref(1) }] })).toEqual({
      position: ['union'],
      code: 'invalid argument',
      description: 'Arguments cannot be of different types, expected Set or Array.',
    });
    expect(errorOf({ union: [{ paginate: match('all') }] })).toMatchObject({
      position: ['union', 0],
      description: 'Set or Array expected, Page provided.',
    });
    expect(errorOf({ difference: [] })).toMatchObject({
      position: ['difference'],
      description: 'Non-empty array expected.',
    });
    expect(errorOf({ distinct: 1 })).toMatchObject({
      position: ['distinct'],
      description: 'Array, Set, or Page expected, Integer provided.',
    });
  });

  test('indexes that are not there, and refs to nowhere', () => {
    expect(errorOf({ match: 'nope' })).toEqual({
      position: ['index'],
      code: 'invalid ref',
      description: "Ref refers to undefined index 'nope'",
    });
    expect(errorOf(match('nope'))).toMatchObject({ position: ['match'], code: 'invalid ref' });
    expect(errorOf({ documents: { collection: 'nope' } })).toMatchObject({ position: ['documents'] });
    expect(errorOf({ documents: { index: 'all' } })).toMatchObject({
      description: 'Collection Ref expected, Index Ref provided.',
    });
    const range = { range: { collections: null }, from: { collection: 'foo' }, to: { collection: 'bar' } };
    expect(database.query({ paginate: range }).json['errors']).toMatchObject([
      { position: ['paginate', 'from'], description: "Ref refers to undefined collection 'foo'" },
      { position: ['paginate', 'to'], description: "Ref refers to undefined collection 'bar'" },
    ]);
  });

  test('joins with what is no pure lambda and no index', () => {
    const set = match('n_of_k', 'a');
    const position = ['paginate', 'with'];
    const join = (target: unknown): Json => errorOf({ paginate: { join: set, with: target } });
    expect(join(widgets)).toMatchObject({
      position,
      description: 'Lambda or Index Ref expected, Collection Ref provided.',
    });
    expect(join({ index: 'nope' })).toMatchObject({ position, code: 'invalid ref' });
    expect(join({ lambda: 'x', expr: { get: widgets } })).toEqual({
      position,
      code: 'invalid argument',
      description: 'Invalid lambda. Lambda in this context may not read, write, or call a user function.',
    });
    expect(join({ lambda: 'x', expr: { var: 'x' } })).toMatchObject({
      position,
      description: 'Set expected, Integer provided.',
    });
  });

  test('filters that say neither yes nor no', () => {
    const filter = { filter: { lambda: 'x', expr: { var: 'x' } }, collection: match('n_of_k', 'a') };
    expect(errorOf({ paginate: filter })).toMatchObject({
      position: ['paginate', 'filter'],
      description: 'Boolean expected, Integer provided.',
    });
  });
});

test('3: union counts by the most, intersection by the least', () => {
  const a = match('n_of_k', 'a');
  const b = match('n_of_k', 'b');
  const data = (set: unknown): Json => query({ paginate: set })['data']!;
  expect(data({ union: [a, b] })).toEqual([1, 2, 2, 2, 3, 3, 3]);
  expect(data({ intersection: [a, b] })).toEqual([1, 2, 2, 3, 3]);
  expect(data({ difference: [a, { range: b, from: 2, to: 2 }] })).toEqual([1, 3, 3, 3]);
  expect(data({ distinct: { union: [a, b] } })).toEqual([1, 2, 3]);
  expect(data({ intersection: [{ reverse: a }, { reverse: b }] })).toEqual([3, 3, 2, 2, 1]);
  expect(data(match('by_pair', ['a', 3]))).toHaveLength(3);
  expect(data(match('by_pair', ['a']))).toEqual([]);
  expect(data(match('all', 'a'))).toEqual([]);
});

test('3: a join of the same target twice has its elements once', () => {
  const joined = {
    join: match('n_of_k', 'a'),
    with: { lambda: 'n', expr: match('by_pair', ['b', { var: 'n' }]) },
  };
  expect(query({ count: joined })).toBe(6);
  expect(query({ count: { join: { documents: widgets }, with: { index: 'by_k' } } })).toBe(0);
});

describe('4: arrays and pages', () => {
  test.each([
    [{ union: [[1, 2]] }, [1, 2]],
    [
      {
        union: [
          [2, 1],
          [2, 1],
        ],
      },
      [2, 1],
    ],
    [
      {
        union: [
          [2, 2],
          [2, 2, 2],
        ],
      },
      [2, 2, 2],
    ],
    [
      {
        union: [
          [3, 2, 2, 1],
          [6, 5, 9, 1],
        ],
      },
      [3, 2, 2, 1, 6, 5, 9],
    ],
    [
      {
        union: [
          [1, 2],
          [1, 2, 3, 4],
          [5, 6],
        ],
      },
      [1, 2, 3, 4, 5, 6],
    ],
    [
      {
        union: [
          [1, 2, 2, 3, 3, 3],
          [1, 2, 2, 2, 3, 3],
        ],
      },
      [1, 2, 2, 2, 3, 3, 3],
    ],
    [
      {
        intersection: [
          [1, 2, 2, 3, 3, 3],
          [1, 2, 2, 2, 3, 3],
        ],
      },
      [1, 2, 2, 3, 3],
    ],
    [
      {
        difference: [
          [1, 2, 2, 3],
          [2, 3, 4],
        ],
      },
      [1, 2],
    ],
    [{ distinct: [3, 1, 3, 'a', 1, 'a'] }, [3, 1, 'a']],
    [{ reverse: [1, 2, 3] }, [3, 2, 1]],
    [{ reverse: { paginate: match('n_of_k', 'a'), size: 3 } }, undefined],
  ])('%j', (expression, expected) => {
    if (expected !== undefined) expect(query(expression)).toEqual(expected);
    else expect(query(expression)).toMatchObject({ data: [2, 2, 1], after: [3, {}] });
  });

  test('a page without repeats keeps its cursors', () => {
    expect(query({ distinct: { paginate: match('n_of_k', 'a'), size: 3, after: 2 } })).toMatchObject({
      before: [2],
      after: [3, {}],
      data: [2, 3],
    });
  });
});

test('5: what is dropped is not seen', () => {
  query({ create_collection: { object: { name: 'gadgets' } } });
  query({ create_index: { object: { name: 'both', source: [widgets, { collection: 'gadgets' }] } } });
  query({ create: { ref: { collection: 'gadgets' }, id: 1 } });
  expect(query({ count: match('both') })).toBe(13);
  query({ delete: { collection: 'gadgets' } });
  expect(query({ count: match('both') })).toBe(12);
  const set = query(match('by_k', 'a'));
  query({ delete: { index: 'by_k' } });
  expect(errorOf({ paginate: set })).toMatchObject({ code: 'invalid ref' });
});
