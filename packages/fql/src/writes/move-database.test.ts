import { query as q } from 'faunadb';
import { beforeEach, expect, test } from 'vitest';
import { authenticate } from '../access/authenticate.ts';
import type { ScopeId } from '../store/document-store.ts';
import { newDatabase, type QueryOptions, ROOT, type TestDatabase } from '../testing/run-fql.ts';

let database: TestDatabase;

interface Loose extends Iterable<Loose> {
  readonly [key: string]: Loose;
}
const value = (expression: unknown, options?: QueryOptions): Loose => database.value(expression, options);
const error = (expression: unknown): Loose => database.error(expression);
const inside = (scope: number): QueryOptions => ({ authentication: { ...ROOT, scope: scope as ScopeId } });

/** Scopes: one 1, two 2, inner (in one) 3. */
beforeEach(() => {
  database = newDatabase();
  value(q.CreateDatabase({ name: 'one', data: { a: 1 } }));
  value(q.CreateDatabase({ name: 'two' }));
  value(q.CreateDatabase({ name: 'inner' }), inside(1));
  value(q.CreateCollection({ name: 'things' }), inside(3));
  value(q.Create(q.Ref(q.Collection('things'), 1), { data: { a: 1 } }), inside(3));
});

const children = (scope: number): unknown[] =>
  Array.from(
    value(q.Map(q.Paginate(q.Databases()), q.Lambda('d', q.Select('id', q.Var('d')))), inside(scope))[
      'data'
    ]!,
  );

test('a database moves with what it holds', () => {
  const before = value(q.Get(q.Database('one')));
  const moved = value(q.MoveDatabase(q.Database('one'), q.Database('two')));
  expect(moved).toMatchObject({ name: 'one', data: { a: 1 }, global_id: before['global_id'] });
  expect([children(0), children(2), children(1)]).toEqual([['two'], ['one'], ['inner']]);
  const path = q.Database('inner', q.Database('one', q.Database('two')));
  expect(value(q.Exists(q.Ref(q.Collection('things', path), 1)))).toBe(true);
  expect(value(q.Get(q.Ref(q.Collection('things'), 1)), inside(3))['data']).toEqual({ a: 1 });
});

test('a database moves up to an ancestor', () => {
  value(q.MoveDatabase(q.Database('inner', q.Database('one')), q.Database('two')));
  expect([children(1), children(2)]).toEqual([[], ['inner']]);
});

test('keys move along, and their secrets stay good', () => {
  const secret = value(q.CreateKey({ role: 'server', database: q.Database('one') }))[
    'secret'
  ] as unknown as string;
  value(q.MoveDatabase(q.Database('one'), q.Database('two')));
  expect(value(q.Paginate(q.Keys()))['data']).toEqual([]);
  expect(value(q.Paginate(q.Keys()), inside(2))['data']).toHaveLength(1);
  expect(authenticate(database.store, secret, database.host)?.scope).toBe(1);
});

test('a database is not moved into itself or what it holds, nor where its name is taken', () => {
  const reason = 'Cannot move database from ancestor to descendant.';
  expect(error(q.MoveDatabase(q.Database('one'), q.Database('one')))).toEqual({
    position: [],
    code: 'move database error',
    description: `Cannot move database 'one' into parent 'one': ${reason}`,
  });
  expect(
    error(q.MoveDatabase(q.Database('one'), q.Database('inner', q.Database('one'))))['description'],
  ).toBe(`Cannot move database 'one' into parent 'inner': ${reason}`);
  value(q.CreateDatabase({ name: 'one' }), inside(2));
  expect(error(q.MoveDatabase(q.Database('one'), q.Database('two')))).toEqual({
    position: [],
    code: 'instance already exists',
    description: 'Database already exists.',
  });
});

test('databases that do not exist are told by their argument', () => {
  expect(error(q.MoveDatabase(q.Database('none'), q.Database('two')))).toMatchObject({
    position: ['move_database'],
    code: 'invalid ref',
    description: "Ref refers to undefined database 'none'",
  });
  expect(error(q.MoveDatabase(q.Database('one'), q.Database('none')))).toMatchObject({ position: ['to'] });
});

test('a container holds databases, and keys and roles, but no data', () => {
  value(q.CreateDatabase({ name: 'box', container: true }));
  value(q.CreateDatabase({ name: 'a' }), inside(4));
  value(q.CreateRole({ name: 'r' }), inside(4));
  const { json } = database.query(q.CreateCollection({ name: 'c' }), inside(4));
  expect(json).toMatchObject({ errors: [{ code: 'invalid object in container' }] });
  value(q.CreateCollection({ name: 'c' }), inside(2));
  expect(error(q.Update(q.Database('two'), { container: true }))['failures']).toMatchObject([
    { field: ['container'], code: 'container candidate contains data' },
  ]);
});
