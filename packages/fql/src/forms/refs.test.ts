/**
 * Refs:
 *   1. They are made of names, whether or not there is such a thing, and shown in one form.
 *   2. What cannot be a ref is refused.
 *   3. They reach into child databases.
 *   4. New ids are distinct, and creation goes by them.
 */
import { describe, expect, test } from 'vitest';
import { newDatabase } from '../testing/run-fql.ts';

const database = newDatabase();
database.value({ create_collection: { object: { name: 'w' } } });
database.value({ create_database: { object: { name: 'child' } } });
const native = (id: string): unknown => ({ '@ref': { id } });
const named = (id: string, collection: string): unknown => ({
  '@ref': { id, collection: native(collection) },
});

describe('1: shown in one form', () => {
  test.each([
    [{ ref: { collection: 'w' }, id: '1' }, { '@ref': { id: '1', collection: named('w', 'collections') } }],
    [{ ref: { collection: 'w' }, id: 7 }, { '@ref': { id: '7', collection: named('w', 'collections') } }],
    [{ ref: { class: 'nope' }, id: 1 }, { '@ref': { id: '1', collection: named('nope', 'collections') } }],
    [{ ref: { keys: null }, id: '5' }, named('5', 'keys')],
    [{ database: 'd' }, named('d', 'databases')],
    [{ index: 'i' }, named('i', 'indexes')],
    [{ collection: 'c' }, named('c', 'collections')],
    [{ class: 'c' }, named('c', 'collections')],
    [{ function: 'f' }, named('f', 'functions')],
    [{ role: 'r' }, named('r', 'roles')],
    [{ access_provider: 'p' }, named('p', 'access_providers')],
    [{ databases: null }, native('databases')],
    [{ indexes: null }, native('indexes')],
    [{ collections: null }, native('collections')],
    [{ classes: null }, native('collections')],
    [{ functions: null }, native('functions')],
    [{ roles: null }, native('roles')],
    [{ access_providers: null }, native('access_providers')],
    [{ keys: null }, native('keys')],
    [{ tokens: null }, native('tokens')],
    [{ credentials: null }, native('credentials')],
    [{ '@bytes': 'AQID' }, { '@bytes': 'AQID' }],
  ])('%j', (expression, shown) => {
    expect(database.value(expression)).toEqual(shown);
    expect(database.value(shown)).toEqual(shown);
  });

  test('ids beyond 2^53 stay exact', () => {
    const body = new TextEncoder().encode(
      '{"select":"id","from":{"ref":{"collection":"w"},"id":9223372036854775807}}',
    );
    expect(database.query(body).body).toBe('{"resource":"9223372036854775807"}');
  });
});

describe('2: refused', () => {
  test.each([
    [{ ref: 1, id: 1 }, ['ref'], 'Collection Ref expected, Integer provided.'],
    [{ ref: { index: 'i' }, id: 1 }, ['ref'], 'Collection Ref expected, Index Ref provided.'],
    [
      { ref: { collections: null }, id: 1 },
      ['ref'],
      'Regular Class Ref expected, Schema Class Ref provided.',
    ],
    [
      { ref: { collection: 'w' }, id: 'a' },
      ['id'],
      "Number or numeric String expected, non-numeric 'a' provided.",
    ],
    [{ ref: { collection: 'w' }, id: null }, ['id'], 'String or Number expected, Null provided.'],
    [
      { ref: { collection: 'w' }, id: '99999999999999999999' },
      ['id'],
      "The id provided is too large: '99999999999999999999'",
    ],
    [{ index: 1 }, ['index'], 'String expected, Integer provided.'],
    [{ index: 'i', scope: 1 }, ['scope'], 'Database Ref expected, Integer provided.'],
    [{ indexes: 1 }, ['indexes'], 'Database Ref or Null expected, Integer provided.'],
    [{ new_id: 1 }, ['new_id'], 'Null expected, Integer provided.'],
  ])('%j', (expression, position, description) => {
    expect(database.error(expression)).toEqual({ position, code: 'invalid argument', description });
  });

  test('a database that is not there', () => {
    expect(database.error({ collections: { database: 'nope' } })).toMatchObject({
      position: ['collections'],
      code: 'invalid ref',
    });
  });
});

test('3: refs into a child database', () => {
  const child = { database: 'child' };
  const shown = named('child', 'databases');
  expect(database.value({ collection: 'c', scope: child })).toEqual({
    '@ref': { id: 'c', collection: native('collections'), database: shown },
  });
  expect(database.value({ collections: child })).toEqual({ '@ref': { id: 'collections', database: shown } });
  expect(database.value({ paginate: { collections: child } })).toEqual({ data: [] });
  expect(database.value({ exists: { collection: 'c', scope: child } })).toBe(false);
});

test('4: new ids', () => {
  const ids: readonly string[] = database.value([
    { new_id: null },
    { new_id: null },
    { next_id: null },
    { new_id: null },
  ]);
  expect(ids.map((id) => /^\d{18}$/.test(id))).toEqual([true, true, true, true]);
  expect(ids.toSorted((a, b) => Number(BigInt(a) - BigInt(b)))).toEqual(ids);
  expect(new Set(ids).size).toBe(4);
  const create = { create: { collection: 'w' } };
  const created = database.value(Array.from({ length: 20 }, () => ({ select: ['ref', 'id'], from: create })));
  const listed = database.value({
    map: { lambda: 'x', expr: { select: 'id', from: { var: 'x' } } },
    collection: { paginate: { documents: { collection: 'w' } } },
  });
  expect(listed['data']).toEqual(created);
});
