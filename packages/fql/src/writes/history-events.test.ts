/** Rewriting history with `Insert` and `Remove`. That indexes follow is told by `writes.property.test.ts`. */
import { query as q } from 'faunadb';
import { beforeEach, expect, test } from 'vitest';
import { newDatabase, type TestDatabase } from '../testing/run-fql.ts';

let database: TestDatabase;

interface Loose extends Iterable<Loose> {
  readonly [key: string]: Loose;
}
const value = (expression: unknown): Loose => database.value(expression);
const error = (expression: unknown): Loose => database.error(expression);

const thing = q.Ref(q.Collection('things'), 1);

beforeEach(() => {
  database = newDatabase();
  value(q.CreateCollection({ name: 'things', history_days: 10_000_000 }));
});

test('an inserted event is told as history tells it', () => {
  const ts = database.now - 1_000_000;
  expect(value(q.Insert(thing, ts, 'update', { data: { a: 1 } }))).toMatchObject({
    ts,
    action: 'create',
    data: { a: 1 },
  });
  const later = q.ToTime(q.Epoch(ts + 5, 'microseconds'));
  expect(value(q.Insert(thing, later, 'create', { data: { a: 1, b: 2 } }))).toMatchObject({
    ts: ts + 5,
    action: 'update',
    data: { b: 2 },
  });
  expect(value(q.Insert(thing, ts + 9, 'delete', {}))).toMatchObject({
    ts: ts + 9,
    action: 'delete',
    data: null,
  });
  expect(value(q.At(ts + 6, q.Get(thing)))['data']).toEqual({ a: 1, b: 2 });
  expect(error(q.Get(thing))['code']).toBe('instance not found');
});

test('what comes between changes what follows it into an update', () => {
  const ts = database.now - 1_000_000;
  value(q.Insert(thing, ts + 5, 'create', { data: { a: 1 } }));
  value(q.Insert(thing, ts, 'create', { data: { a: 1 } }));
  const actions = (): Loose =>
    value(q.Map(q.Paginate(q.Events(thing)), q.Lambda('e', q.Select('action', q.Var('e')))))['data']!;
  expect(actions()).toEqual(['create', 'update']);
  value(q.Remove(thing, ts, 'create'));
  expect(actions()).toEqual(['create']);
});

test('removing needs the right kind of event, and gives null either way', () => {
  const ts = database.now - 1_000_000;
  value(q.Insert(thing, ts, 'create', { data: { a: 1 } }));
  expect(value(q.Remove(thing, ts, 'delete'))).toBeNull();
  expect(value(q.Remove(thing, ts + 1, 'create'))).toBeNull();
  expect(value(q.Exists(thing))).toBe(true);
  expect(value(q.Remove(thing, ts, 'update'))).toBeNull();
  expect(value(q.Exists(thing))).toBe(false);
  expect(value(q.Paginate(q.Events(thing)))['data']).toEqual([]);
});

test('the future, and times before 1970, are no times to write', () => {
  const code = 'invalid write time';
  expect(error(q.Insert(thing, q.TimeAdd(q.Now(), 1, 'second'), 'create', {}))).toMatchObject({
    position: [],
    code,
  });
  expect(error(q.Insert(thing, -1, 'create', {}))).toMatchObject({ code });
  expect(value(q.Insert(thing, q.Now(), 'create', {}))['action']).toBe('create');
});

test('history of the schema is not rewritten, that of keys only by inserting', () => {
  value(q.CreateIndex({ name: 'i', source: q.Collection('things') }));
  value(q.CreateDatabase({ name: 'd' }));
  for (const ref of [q.Index('i'), q.Collection('things'), q.Database('d'), q.Collections(), q.Keys()]) {
    expect(error(q.Insert(ref, 1, 'create', {}))).toMatchObject({
      position: [],
      code: 'invalid argument',
      description: 'Cannot insert event for specified ref.',
    });
    expect(error(q.Remove(ref, 1, 'create'))['description']).toBe('Cannot remove event for specified ref.');
  }
  const key = q.Ref(q.Keys(), 1);
  expect(value(q.Insert(key, 1, 'create', { role: 'server' }))['action']).toBe('create');
  expect(error(q.Remove(key, 1, 'create'))['code']).toBe('invalid argument');
});

test('what is inserted is checked like what is created, and has no password', () => {
  expect(error(q.Insert(thing, 1, 'create', { data: 1 }))['failures']).toMatchObject([{ field: ['data'] }]);
  expect(error(q.Insert(thing, 1, 'create', { data: { a: q.Collection('nothing') } }))['code']).toBe(
    'validation failed',
  );
  value(q.Insert(thing, 1, 'create', { data: {}, credentials: { password: 'secret' } }));
  expect(value(q.Paginate(q.Credentials()))['data']).toEqual([]);
  expect(value(q.Identify(thing, 'secret'))).toBe(false);
});

test('an action is create, update or delete', () => {
  expect(error(q.Insert(thing, 1, 'add', {}))).toMatchObject({
    position: ['action'],
    code: 'invalid argument',
  });
});
