/** Paths into values, and objects put together and taken apart. */
import { query as q } from 'faunadb';
import { beforeAll, describe, expect, test } from 'vitest';
import { newDatabase } from '../testing/mod.ts';

const { value, error } = newDatabase();
const ref = q.Ref(q.Collection('things'), '1');
const refJson = {
  '@ref': {
    id: '1',
    collection: { '@ref': { id: 'things', collection: { '@ref': { id: 'collections' } } } },
  },
};
const nested = { a: [{ b: 1 }, { b: [2, 3] }, { c: 4 }], n: null };

beforeAll(() => {
  value(q.CreateCollection({ name: 'things' }));
  value(q.Create(ref, { data: { x: 1, list: ['p', 'q'] } }));
});

describe('Select', () => {
  test('keys, places, and the parts of documents, refs and pages', () => {
    expect(value(q.Select(['a', 0, 'b'], nested))).toBe(1);
    expect(value(q.Select([], 5))).toBe(5);
    expect(value(q.Select(['data', 'list', 1], q.Get(ref)))).toBe('q');
    expect(value(q.Select('ref', q.Get(ref)))).toEqual(refJson);
    expect(value(q.Select(['ref', 'id'], q.Get(ref)))).toBe('1');
    expect(value(q.Select(['ref', 'collection', 'id'], q.Get(ref)))).toBe('things');
    expect(value(q.Select('ts', q.Get(ref)))).toBeTypeOf('number');
    expect(value(q.Select(['data', 0], q.Paginate(q.Documents(q.Collection('things')))))).toEqual(refJson);
    expect(value(q.Select(0, q.Paginate(q.Documents(q.Collection('things')))))).toEqual(refJson);
  });

  test('a null that is there is found; nothing is an error, or the default', () => {
    expect(value(q.Select('n', nested, 'default'))).toBeNull();
    expect(value(q.Select(['a', 9], nested, 'default'))).toBe('default');
    expect(value(q.Select('n', nested, q.Abort('not evaluated')))).toBeNull();
    expect(error(q.Select(['a', 9, 'x'], nested))).toEqual({
      position: ['from'],
      code: 'value not found',
      description: 'Value not found at path [a,9,x].',
    });
    expect(error(q.Select(['a', true as never], nested))).toEqual({
      position: ['select', 1],
      code: 'invalid argument',
      description: 'String or Integer expected, Boolean provided.',
    });
    expect(error({ select: true, from: 1 })).toMatchObject({ position: ['select'] });
    expect(value(q.Select('data', ref, 'a ref is not read through'))).toBe('a ref is not read through');
  });

  test('the errors of path and container add up', () => {
    expect(error([q.Select(q.Abort('a') as never, q.Abort('b'))])).toMatchObject({ position: [0, 'select'] });
  });

  test('all: arrays on the way stand for their items', () => {
    expect(
      value({ select_all: ['a', 'b'], from: { object: { a: nested.a.map((object) => ({ object })) } } }),
    ).toEqual([1, 2, 3]);
    expect(value({ select: ['a'], from: { object: { a: [[1], [2, 3]] } }, all: true })).toEqual([1, 2, 3]);
    expect(value({ select_all: 'nothing', from: { object: {} } })).toEqual([]);
  });
});

describe('Contains…', () => {
  test('paths, fields and values', () => {
    expect(value(q.ContainsPath(['a', 1, 'b', 0], nested))).toBe(true);
    expect(value(q.ContainsPath(['a', 7], nested))).toBe(false);
    expect(value({ contains: 'x', in: { object: { x: null } } })).toBe(true);
    expect(value(q.ContainsField('data', q.Get(ref)))).toBe(true);
    expect(error(q.ContainsField('x', [1] as never))).toEqual({
      position: ['in'],
      code: 'invalid argument',
      description: 'Object expected, Array provided.',
    });
    expect(value(q.ContainsValue(2, [1, 2]))).toBe(true);
    expect(value(q.ContainsValue({ b: 1 }, nested.a))).toBe(true);
    expect(value(q.ContainsValue(null, nested))).toBe(true);
    expect(value(q.ContainsValue('1', ref))).toBe(true);
    expect(value(q.ContainsValue(q.Collection('things'), ref))).toBe(true);
    expect(value(q.ContainsValue({ x: 1, list: ['p', 'q'] }, q.Get(ref)))).toBe(true);
    expect(value(q.ContainsValue(ref, q.Documents(q.Collection('things'))))).toBe(true);
    expect(error(q.ContainsValue(1, 'text' as never))).toEqual({
      position: ['in'],
      code: 'invalid argument',
      description: 'Object, Array, Page, Set, or Ref expected, Scalar provided.',
    });
  });
});

describe('Merge', () => {
  test('the right one wins, null removes, several merge in their order', () => {
    expect(value(q.Merge({ a: 1, b: 2 }, { b: 3, c: 4 }))).toEqual({ a: 1, b: 3, c: 4 });
    expect(value(q.Merge({ a: 1 }, [{ a: null }, { b: 1 }, { b: 2 }]))).toEqual({ b: 2 });
    expect(value(q.Select('data', q.Merge(q.Get(ref), { data: 1 })))).toBe(1);
  });

  test('a lambda decides, key by key', () => {
    const decide = q.Lambda(['key', 'a', 'b'], [q.Var('key'), q.Var('a'), q.Var('b')]);
    expect(value(q.Merge({ a: 1 }, { a: 2, b: 3 }, decide))).toEqual({ a: ['a', 1, 2], b: ['b', null, 3] });
    expect(value(q.Merge({ a: 1 }, { a: 2 }, q.Lambda('_', null as never)))).toEqual({});
  });

  test('whatever is no object is told by its place', () => {
    expect(error(q.Merge(1 as never, {}))).toEqual({
      position: ['merge'],
      code: 'invalid argument',
      description: 'Object expected, Integer provided.',
    });
    expect(error(q.Merge({}, [{}, 1] as never))).toMatchObject({ position: ['with', 1] });
    expect(error(q.Merge({}, 'x' as never))).toMatchObject({ position: ['with'] });
  });
});

describe('ToObject and ToArray', () => {
  test('are each other’s inverse', () => {
    expect(
      value(
        q.ToObject([
          ['a', 1],
          ['b', [2]],
        ]),
      ),
    ).toEqual({ a: 1, b: [2] });
    expect(value(q.ToArray({ a: 1, b: [2] }))).toEqual([
      ['a', 1],
      ['b', [2]],
    ]);
    expect(value(q.ToArray([1]))).toEqual([1]);
    expect(value(q.ToObject({ a: 1 } as never))).toEqual({ a: 1 });
    expect(value(q.Select([0, 0], q.ToArray(q.Get(ref))))).toBe('ref');
  });

  test('what is none', () => {
    expect(error(q.ToObject([['a', 1], ['b']] as never))).toEqual({
      position: ['to_object', 1],
      code: 'invalid argument',
      description: 'Field/Value expected, Array provided.',
    });
    expect(error(q.ToObject('x' as never))).toEqual({
      position: ['to_object'],
      code: 'invalid argument',
      description: 'Cannot cast String to Object.',
    });
    expect(error(q.ToArray(1 as never))['description']).toBe('Cannot cast Integer to Array.');
  });
});
