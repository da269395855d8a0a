/** Creating, updating, replacing and deleting documents of users' collections. */
import fc from 'fast-check';
import { type Expr, query as q } from 'faunadb';
import { beforeEach, expect, test } from 'vitest';
import type { ScopeId } from '../store/document-store.ts';
import { newDatabase, type QueryOptions, ROOT, type TestDatabase } from '../testing/run-fql.ts';

let database: TestDatabase;

/** What answers are looked into as. */
interface Loose extends Iterable<Loose> {
  readonly [key: string]: Loose;
}
const value = (expression: unknown, options?: QueryOptions): Loose => database.value(expression, options);
const error = (expression: unknown): Loose => database.error(expression);

const things = q.Collection('things');
const thing = (id: number | string): Expr => q.Ref(things, id);

beforeEach(() => {
  database = newDatabase();
  value(q.CreateCollection({ name: 'things' }));
});

test('a created document has its ref, the time of its transaction, and its data without nulls', () => {
  const { status, body } = database.query(
    q.Create(thing(1), { data: { a: null, b: { c: null }, d: [null] } }),
  );
  expect(status).toBe(201);
  expect(JSON.parse(body)).toEqual({
    resource: {
      ref: {
        '@ref': {
          id: '1',
          collection: { '@ref': { id: 'things', collection: { '@ref': { id: 'collections' } } } },
        },
      },
      ts: database.now,
      data: { b: {}, d: [null] },
    },
  });
});

test('a document may be without data, and other fields are dropped', () => {
  expect(Object.keys(value(q.Create(thing(1), { colour: 'red' })))).toEqual(['ref', 'ts']);
  expect(Object.keys(value(q.Create(things)))).toEqual(['ref', 'ts']);
});

test('a collection may be given by its name', () => {
  expect(database.query(q.Create('things', { data: {} })).status).toBe(201);
  expect(error(q.Create('nothing', { data: {} }))).toEqual({
    position: ['create'],
    code: 'invalid ref',
    description: "Ref refers to undefined collection 'nothing'",
  });
  expect(error(q.Create('keys', {}))['code']).toBe('invalid ref');
});

test('ids are exact beyond 2^53, and none is given twice', () => {
  value(q.Create(thing('9223372036854775807'), { data: { a: 1 } }));
  expect(database.query(q.Get(thing('9223372036854775807'))).body).toContain('"9223372036854775807"');
  const refs = value(q.Map([1, 2, 3], q.Lambda('_', q.Select(['ref', 'id'], q.Create(things)))));
  expect(new Set(refs).size).toBe(3);
});

test('an id that is taken is an error; after a deletion it is free', () => {
  value(q.Create(thing(1)));
  expect(error(q.Create(thing(1)))).toEqual({
    position: ['create'],
    code: 'instance already exists',
    description: 'Document already exists.',
  });
  value(q.Delete(thing(1)));
  expect(database.query(q.Create(thing(1))).status).toBe(201);
});

test('update merges deeply and null deletes; replace keeps nothing', () => {
  value(q.Create(thing(1), { data: { a: { b: 1, c: 2 }, d: [1, 2] } }));
  expect(value(q.Update(thing(1), { data: { a: { b: null, e: 3 }, d: [3] } }))['data']).toEqual({
    a: { c: 2, e: 3 },
    d: [3],
  });
  expect(value(q.Replace(thing(1), { data: { z: 1 } }))['data']).toEqual({ z: 1 });
  expect(value(q.Update(thing(1), { data: null }))['data']).toBeUndefined();
});

test('delete gives the last version; what is not there is not found', () => {
  value(q.Create(thing(1), { data: { a: 1 } }));
  const created = database.now;
  expect(value(q.Delete(thing(1)))).toMatchObject({ ts: created, data: { a: 1 } });
  const description = 'Document not found.';
  expect(error(q.Delete(thing(1)))).toEqual({
    position: [],
    code: 'instance not found',
    description,
  });
  expect(error(q.Update(thing(1), {}))).toMatchObject({
    position: ['update'],
    code: 'instance not found',
  });
  expect(error(q.Replace(thing(1), {}))).toMatchObject({ position: ['replace'], description });
  expect(database.query(q.Delete(thing(1))).status).toBe(404);
});

test('all documents of a transaction have its time, and it sees what it wrote', () => {
  const [first, second, read] = value(
    q.Let({ one: q.Create(thing(1), { data: { a: 1 } }) }, [
      q.Var('one'),
      q.Create(thing(2)),
      q.Get(thing(1)),
    ]),
  );
  expect([first!['ts'], second!['ts'], read!['ts']]).toEqual([database.now, database.now, database.now]);
  expect(read!['data']).toEqual({ a: 1 });
});

test('what is wrong with fields is told with their paths', () => {
  const failuresOf = (params: object): unknown => error(q.Create(things, params))['failures'];
  expect(failuresOf({ data: 1, ttl: 'soon' })).toMatchObject([
    { field: ['data'], code: 'invalid type' },
    { field: ['ttl'], code: 'invalid type' },
  ]);
  expect(failuresOf({ data: { a: [q.Collection('nothing')] } })).toEqual([
    { field: ['data', 'a', '0'], code: 'invalid reference', description: 'Cannot read reference.' },
  ]);
  expect(failuresOf({ credentials: 'secret' })).toMatchObject([
    { field: ['credentials'], code: 'invalid type' },
  ]);
});

test('refs into other databases are neither written to nor stored', () => {
  value(q.CreateDatabase({ name: 'child' }));
  const inside = { authentication: { ...ROOT, scope: 1 as ScopeId } };
  value(q.CreateCollection({ name: 'inner' }), inside);
  value(q.Create(q.Ref(q.Collection('inner'), 1)), inside);
  const inner = q.Collection('inner', q.Database('child'));
  const scoped = { code: 'invalid argument', description: 'Cannot write a scoped ref.' };
  expect(error(q.Create(inner))).toEqual({ position: ['create'], ...scoped });
  for (const [verb, expression] of [
    ['update', q.Update(q.Ref(inner, 1), {})],
    ['replace', q.Replace(q.Ref(inner, 1), {})],
    ['delete', q.Delete(q.Ref(inner, 1))],
    ['insert', q.Insert(q.Ref(inner, 1), 1, 'create', {})],
    ['remove', q.Remove(q.Ref(inner, 1), 1, 'create')],
  ] as const) {
    expect(error(expression)).toEqual({ position: [verb], ...scoped });
  }
  expect(error(q.Create(things, { data: { a: q.Ref(inner, 1) } }))['failures']).toEqual([
    { field: ['data', 'a'], code: 'invalid reference', description: 'Reference cannot be scoped.' },
  ]);
});

test('a past moment cannot be written', () => {
  expect(error(q.At(1, q.Create(things)))['code']).toBe('invalid write time');
});

test('schemas that everybody has cannot be written', () => {
  expect(error(q.Update(q.Collections(), {}))).toMatchObject({ code: 'invalid argument' });
});

test('ttl_days of the collection give an end to documents without one', () => {
  value(q.CreateCollection({ name: 'brief', ttl_days: 1 }));
  const day = 86_400_000_000;
  expect(value(q.ToMicros(q.Select('ttl', q.Create(q.Collection('brief')))))).toBe(database.now + day);
  const own = { ttl: q.Epoch(5, 'seconds') };
  expect(value(q.ToMicros(q.Select('ttl', q.Create(q.Collection('brief'), own))))).toBe(5_000_000);
});

test('a document of more than 8 MiB is refused, and nothing is written', () => {
  const text = 'x'.repeat(1 << 20);
  const data = Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`k${at}`, text]));
  expect(error(q.Create(thing(1), { data }))['code']).toBe('resources exceeded');
  expect(value(q.Exists(thing(1)))).toBe(false);
});

test('a document with too many entries in an index is refused', () => {
  const many = Array.from({ length: 200 }, (_, at) => at);
  const terms = [{ field: ['data', 'a'] }, { field: ['data', 'b'] }];
  value(q.CreateIndex({ name: 'pairs', source: things, terms }));
  expect(error(q.Create(thing(1), { data: { a: many, b: many } }))['code']).toBe('resources exceeded');
  expect(value(q.Exists(thing(1)))).toBe(false);
});

test('a document with too many entries that was there before the index is left out of it, and can be changed', () => {
  const many = Array.from({ length: 200 }, (_, at) => at);
  value(q.Create(thing(1), { data: { a: many, b: many } }));
  const terms = [{ field: ['data', 'a'] }, { field: ['data', 'b'] }];
  value(q.CreateIndex({ name: 'pairs', source: things, terms }));
  expect(error(q.Insert(thing(2), 1, 'create', { data: { a: many, b: many } }))['code']).toBe(
    'resources exceeded',
  );
  expect(error(q.Update(thing(1), { data: { c: 1 } }))['code']).toBe('resources exceeded');
  value(q.Update(thing(1), { data: { a: 1, b: 1 } }));
  expect(value(q.Paginate(q.Match(q.Index('pairs'), 1, 1)))['data']).toHaveLength(1);
  value(q.Create(thing(3), { data: {} }));
  value(q.Delete(thing(1)));
});

test('terms and values that are too large for a key are left out of the index', () => {
  const field = ['data', 'text'];
  value(q.CreateIndex({ name: 'by_text', source: things, terms: [{ field }] }));
  value(q.CreateIndex({ name: 'sorted', source: things, values: [{ field }] }));
  const text = 'x'.repeat(70_000);
  value(q.Create(thing(1), { data: { text } }));
  expect(value(q.Paginate(q.Match(q.Index('by_text'), text)))['data']).toEqual([]);
  expect(value(q.Paginate(q.Match(q.Index('sorted'))))['data']).toEqual([]);
  value(q.Delete(thing(1)));
});

test('whatever is to be stored gives a document or a documented error', () => {
  const params = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value), wrapObjects) as unknown),
      fc.constantFrom<unknown>(
        q.Collection('things'),
        q.Ref(things, 1),
        q.Now(),
        q.Query(q.Lambda('x', q.Var('x'))),
      ),
      fc
        .dictionary(
          fc.constantFrom('data', 'ttl', 'credentials', 'password', 'a', 'name', '@x'),
          tie('value'),
        )
        .map((fields) => ({
          object: fields,
        })),
    ),
  })).value;
  fc.assert(
    fc.property(params, fc.constantFrom('create', 'update', 'replace', 'insert'), (given, verb) => {
      const extra = verb === 'insert' ? { ts: 1, action: 'create' } : {};
      const { status, json } = database.query({
        [verb]: verb === 'create' ? things : thing(1),
        ...extra,
        params: given,
      });
      expect([200, 201, 400, 404]).toContain(status);
      for (const { code } of (json['errors'] ?? []) as { code: string }[]) {
        expect([
          'invalid argument',
          'validation failed',
          'instance not found',
          'invalid expression',
        ]).toContain(code);
      }
    }),
  );
});

function wrapObjects(this: unknown, _key: string, value: unknown): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { object: value } : value;
}
