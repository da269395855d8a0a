import { query as q } from 'faunadb';
import { beforeEach, describe, expect, test } from 'vitest';
import { nextStep, runStep } from '../jobs/steps.ts';
import { ROOT_SCOPE } from '../schema/schema-rows.ts';
import { newDatabase, ROOT, type TestDatabase } from '../testing/run-fql.ts';

let database: TestDatabase;

beforeEach(() => {
  database = newDatabase();
  database.query(q.CreateCollection({ name: 'events' }));
});

const event = (id: unknown, amount: number): object => ({
  object: { ...(id === undefined ? {} : { id }), data: { object: { amount } } },
});
const insert = (...events: object[]): object => ({ insert_events: 'events', events });
const count = (): unknown => database.value(q.Count(q.Documents(q.Collection('events'))));

describe('InsertEvents', () => {
  test('creates each event, and tells which document it is', () => {
    const answers = database.value(insert(event(undefined, 1), event('7', 2), event('order-1', 3)));
    expect(answers).toMatchObject([
      { status: 'created' },
      { document: '7', status: 'created' },
      { id: 'order-1', status: 'created' },
    ]);
    expect(database.value(q.Get(q.Ref(q.Collection('events'), '7')))['data']).toEqual({ amount: 2 });
    const named = q.Ref(q.Collection('events'), answers[2]!['document'] as string);
    expect(database.value(q.Get(named))['data']).toEqual({ amount: 3 });
  });

  test('an id counts once, in one request, in several, and after its document is gone', () => {
    const first = database.value(insert(event('a', 1), event('a', 2), event(5, 1)));
    expect(first).toMatchObject([{ status: 'created' }, { status: 'duplicate' }, { status: 'created' }]);
    expect(first[1]!['document']).toBe(first[0]!['document']);
    expect(count()).toBe(2);
    database.query(q.Delete(q.Ref(q.Collection('events'), '5')));
    expect(database.value(insert(event('5', 1), event('a', 1)))).toMatchObject([
      { document: '5', status: 'duplicate' },
      { document: first[0]!['document'], status: 'duplicate' },
    ]);
    expect(count()).toBe(1);
  });

  test('events without an id are always new', () => {
    database.query(insert(event(undefined, 1), event(undefined, 1)));
    database.query(insert(event(undefined, 1)));
    expect(count()).toBe(3);
  });

  test('one wrong event leaves nothing of the request', () => {
    const error = database.error(insert(event('a', 1), { object: { data: 1 } }));
    expect(error).toMatchObject({ code: 'validation failed', position: ['events', 1] });
    expect(count()).toBe(0);
    expect(database.value(insert(event('a', 1)))).toMatchObject([{ status: 'created' }]);
  });

  test.each<[unknown, unknown[]]>([
    ['', ['events', 0, 'id']],
    ['x'.repeat(257), ['events', 0, 'id']],
    [-1, ['events', 0, 'id']],
    [1.5, ['events', 0, 'id']],
    [true, ['events', 0, 'id']],
  ])('%j is no id', (id, position) => {
    expect(database.error(insert(event(id, 1)))).toMatchObject({ code: 'invalid argument', position });
  });

  test('what is no object, no collection, or too much is refused', () => {
    expect(database.error({ insert_events: 'events', events: [1] })['position']).toEqual(['events', 0]);
    expect(database.error({ insert_events: 'none', events: [] })['code']).toBe('invalid ref');
    expect(database.error({ insert_events: { collection: 'none' }, events: [] })['code']).toBe('invalid ref');
    const many = Array.from({ length: 10_001 }, () => 1);
    expect(database.error({ insert_events: 'events', events: many })['position']).toEqual(['events']);
  });

  test('who may not create neither creates nor learns what is there', () => {
    database.query(insert(event('a', 1)));
    const nobody = { authentication: { ...ROOT, roles: ['client'] as const } };
    for (const id of ['a', 'b', '7', undefined]) {
      expect(database.error(insert(event(id, 1)), nobody)['code']).toBe('permission denied');
    }
  });

  test('ids go with their collection', () => {
    database.query(insert(...Array.from({ length: 20 }, (_, at) => event(`e${at}`, at))));
    database.query(q.Delete(q.Collection('events')));
    for (;;) {
      database.advance(10_000);
      if (!nextStep(database.store, database.now)) break;
      runStep(database.store, database.now, 7);
    }
    const left = [...database.store.rows(ROOT_SCOPE)].filter(({ key }) =>
      Buffer.from(key).toString('latin1').startsWith('event/'),
    );
    expect(left).toEqual([]);
  });
});
