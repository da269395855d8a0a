/**
 * Arrays, pages and sets:
 *   1. A page stays a page, and keeps its cursors.
 *   2. Sets are walked through only by what reads all of one.
 */

import fc from 'fast-check';
import { query as q } from 'faunadb';
import { beforeAll, describe, expect, test } from 'vitest';
import { newDatabase } from '../testing/mod.ts';

const { value, error, query } = newDatabase();
const numbers = q.Match(q.Index('numbers'));
const item = q.Lambda('x', q.Add(q.Var('x'), 1));

beforeAll(() => {
  value(q.CreateCollection({ name: 'numbers' }));
  value(
    q.CreateIndex({ name: 'numbers', source: q.Collection('numbers'), values: [{ field: ['data', 'n'] }] }),
  );
  for (let n = 1; n <= 5; n++) value(q.Create(q.Ref(q.Collection('numbers'), `${n}`), { data: { n } }));
});

describe('arrays', () => {
  test('against JavaScript’s own', () => {
    const array = fc.array(fc.integer({ min: -9, max: 9 }), { maxLength: 6 });
    const count = fc.integer({ min: -2, max: 8 });
    fc.assert(
      fc.property(array, array, count, (list, other, n) => {
        expect(value(q.Map(list, item))).toEqual(list.map((x) => x + 1));
        expect(value(q.Foreach(list, item))).toEqual(list);
        expect(value(q.Filter(list, q.Lambda('x', q.GT(q.Var('x'), n))))).toEqual(list.filter((x) => x > n));
        expect(
          value(q.Reduce(q.Lambda(['a', 'x'], q.Append([q.Var('x')], q.Var('a'))), other, list)),
        ).toEqual([...other, ...list]);
        expect(value(q.Take(n, list))).toEqual(list.slice(0, Math.max(n, 0)));
        expect(value(q.Drop(n, list))).toEqual(list.slice(Math.max(n, 0)));
        expect(value(q.Prepend(other, list))).toEqual([...other, ...list]);
        expect(value(q.Append(other, list))).toEqual([...list, ...other]);
        expect(value(q.IsEmpty(list))).toBe(list.length === 0);
        expect(value(q.IsNonEmpty(list))).toBe(list.length > 0);
      }),
      { numRuns: 30 },
    );
  });

  test('a single value is appended as one item', () => {
    expect(value(q.Append(3, [1]))).toEqual([1, 3]);
    expect(value(q.Prepend(3, [1]))).toEqual([3, 1]);
  });
});

describe('pages', () => {
  const page = q.Paginate(numbers, { size: 3, after: 2 });
  const cursor = (n: number): unknown => [n, { '@ref': { id: `${n}`, collection: expect.anything() } }];

  test('1: Map, Filter, Foreach and Reduce keep the cursors', () => {
    expect(value(page)).toEqual({ before: [2], after: cursor(5), data: [2, 3, 4] });
    expect(value(q.Map(page, item))).toEqual({ before: [2], after: cursor(5), data: [3, 4, 5] });
    expect(value(q.Filter(page, q.Lambda('x', q.GT(q.Var('x'), 9))))).toEqual({
      before: [2],
      after: cursor(5),
      data: [],
    });
    expect(value(q.Foreach(page, item))).toEqual(value(page));
    expect(value(q.Reduce(q.Lambda(['a', 'x'], q.Add(q.Var('a'), q.Var('x'))), 0, page))).toEqual({
      before: [2],
      after: cursor(5),
      data: [9],
    });
  });

  test('1: Take and Drop move the cursor to where they cut, whatever Map made of the items', () => {
    expect(value(q.Take(2, q.Map(page, item)))).toEqual({ before: [2], after: cursor(4), data: [3, 4] });
    expect(value(q.Take(9, page))).toEqual(value(page));
    expect(value(q.Drop(1, page))).toEqual({ before: cursor(3), after: cursor(5), data: [3, 4] });
    expect(value(q.Drop(9, page))).toEqual({ before: cursor(5), after: cursor(5), data: [] });
    const odd = q.Filter(page, q.Lambda('x', q.Not(q.Equals(q.Var('x'), 3))));
    expect(value(q.Take(1, odd))).toEqual({ before: [2], after: cursor(4), data: [2] });
  });

  test('IsEmpty and IsNonEmpty look at the page', () => {
    expect(value(q.IsEmpty(page))).toBe(false);
    expect(value(q.IsNonEmpty(q.Drop(9, page)))).toBe(false);
  });
});

describe('sets', () => {
  test('2: Reduce, IsEmpty and IsNonEmpty read a set', () => {
    expect(value(q.Reduce(q.Lambda(['a', 'x'], q.Add(q.Var('a'), q.Var('x'))), 0, numbers))).toBe(15);
    expect(value(q.IsEmpty(numbers))).toBe(false);
    expect(value(q.IsNonEmpty(numbers))).toBe(true);
  });

  test('2: Filter of a set is a set, and its lambda may not write or call', () => {
    const odd = q.Filter(numbers, q.Lambda('x', q.Equals(q.Modulo(q.Var('x'), 2), 1)));
    expect(value(q.Paginate(odd))['data']).toEqual([1, 3, 5]);
    for (const body of [q.Delete(q.Ref(q.Collection('numbers'), '1')), q.Call('f')]) {
      expect(error(q.Filter(numbers, q.Lambda('x', body)))).toEqual({
        position: ['filter'],
        code: 'invalid argument',
        description: 'Invalid lambda. Lambda in this context may not write or call a user function.',
      });
    }
  });

  test('2: Map, Foreach, Take and Drop want arrays or pages', () => {
    for (const expression of [
      q.Map(numbers, item),
      q.Foreach(numbers, item),
      q.Take(1, numbers),
      q.Drop(1, numbers),
    ]) {
      expect(error(expression)).toEqual({
        position: ['collection'],
        code: 'invalid argument',
        description: 'Array or Page expected, Set provided.',
      });
    }
  });
});

test('the results of Filter’s lambda are told by their place', () => {
  expect(error(q.Filter([1, 2], q.Lambda('x', q.If(q.Equals(q.Var('x'), 1), true, 'no'))))).toEqual({
    position: [1],
    code: 'invalid argument',
    description: 'Boolean expected, String provided.',
  });
});

test('Foreach may write, and gives back what it walked through', () => {
  value(q.CreateCollection({ name: 'made' }));
  const each = q.Lambda('n', q.Create(q.Collection('made'), { data: { n: q.Var('n') } }));
  expect(query(q.Foreach([1, 2, 3], each))).toMatchObject({
    status: 200,
    json: { resource: [1, 2, 3] },
    wrote: true,
  });
  expect(value(q.Count(q.Documents(q.Collection('made'))))).toBe(3);
});
