/**
 * Reading:
 *   1. `Get` gives a document, now or at a time, by ref or as the first of a set; what is not there is `instance not found` at the form.
 *   2. `Exists` never fails for what is not there.
 *   3. A page's size, cursors and what comes back of them are as documented.
 *   4. Cursors that are none, and times that are too long ago, are refused.
 *   5. Who may not read a document does not see it in sets.
 */
import { beforeEach, describe, expect, test } from 'vitest';
import { type Json, newDatabase, ROOT, type TestDatabase } from '../testing/run-fql.ts';

const widgets = { collection: 'widgets' };
const ref = (id: number): unknown => ({ ref: widgets, id });
const byN = { match: { index: 'by_n' } };
const refJson = (id: number | string): unknown => ({
  '@ref': {
    id: String(id),
    collection: { '@ref': { id: 'widgets', collection: { '@ref': { id: 'collections' } } } },
  },
});

let database: TestDatabase;
const query = (expression: unknown): Json => database.value(expression);
const errorOf = (expression: unknown): Json => database.error(expression);

beforeEach(() => {
  database = newDatabase();
  query({ create_collection: { object: { name: 'widgets' } } });
  query({
    create_index: {
      object: {
        name: 'by_n',
        source: widgets,
        values: [{ object: { field: ['data', 'n'] } }, { object: { field: ['data', 's'] } }],
      },
    },
  });
  for (const id of [1, 2, 3, 4, 5]) {
    query({ create: ref(id), params: { object: { data: { object: { n: id * 10, s: `s${id}` } } } } });
  }
});

describe('1: Get', () => {
  test('gives the document, and the first one of a set', () => {
    expect(query({ get: ref(2) })).toMatchObject({ ref: refJson(2), data: { n: 20, s: 's2' } });
    expect(query({ get: byN })['ref']).toEqual(refJson(1));
    expect(query({ get: { reverse: byN } })['ref']).toEqual(refJson(5));
    expect(query({ get: { collections: null } })['name']).toBe('widgets');
    expect(query({ get: { events: ref(3) } })['ref']).toEqual(refJson(3));
  });

  test('gives what was there at a time', () => {
    const before = database.now;
    query({ update: ref(2), params: { object: { data: { object: { n: 21 } } } } });
    expect(query({ get: ref(2), ts: before })['data']).toMatchObject({ n: 20 });
    expect(query({ at: before, expr: { get: ref(2) } })['data']).toMatchObject({ n: 20 });
    expect(query({ get: ref(2), ts: { time: 'now' } })['data']).toMatchObject({ n: 21 });
  });

  test('tells what is missing, at the form', () => {
    expect(errorOf({ get: ref(9) })).toEqual({
      position: [],
      code: 'instance not found',
      description: 'Document not found.',
    });
    expect(errorOf([0, { get: { range: byN, from: 100, to: 200 } }])).toEqual({
      position: [1],
      code: 'instance not found',
      description: 'Set not found.',
    });
    expect(database.query({ get: ref(9) }).status).toBe(404);
  });

  test('refuses refs that point nowhere, and what is no ref', () => {
    expect(errorOf({ get: { collection: 'foofoo' } })).toEqual({
      position: ['get'],
      code: 'invalid ref',
      description: "Ref refers to undefined collection 'foofoo'",
    });
    expect(errorOf({ get: { ref: { collection: 'foofoo' }, id: 1 } })).toMatchObject({
      position: ['get'],
      code: 'invalid ref',
    });
    expect(errorOf({ get: 4 })).toMatchObject({
      position: ['get'],
      code: 'invalid argument',
      description: 'Ref or Set expected, Integer provided.',
    });
    expect(errorOf({ get: ref(1), ts: ['blah'] })).toMatchObject({
      position: ['ts'],
      description: 'Time expected, Array provided.',
    });
  });
});

test('1: First and Last give one element, of arrays, sets and events', () => {
  expect(query({ first: [3, 4] })).toBe(3);
  expect(query({ last: [3, 4] })).toBe(4);
  expect(query({ first: byN })).toEqual([10, 's1']);
  expect(query({ last: byN })).toEqual([50, 's5']);
  expect(query({ last: { reverse: byN } })).toEqual([10, 's1']);
  expect(query({ last: { reverse: { documents: widgets } } })).toEqual(refJson(1));
  expect(query({ last: { events: byN } })).toMatchObject({ action: 'add', data: [50, 's5'] });
  expect(errorOf({ first: [] })).toMatchObject({
    position: ['first'],
    description: 'Non-empty array expected.',
  });
  expect(errorOf({ last: { range: byN, from: 60, to: 70 } })).toEqual({
    position: ['last'],
    code: 'invalid argument',
    description: 'Non-empty set expected.',
  });
});

describe('2: Exists', () => {
  test('answers yes or no', () => {
    expect(query({ exists: ref(1) })).toBe(true);
    expect(query({ exists: ref(9) })).toBe(false);
    expect(query({ exists: { collection: 'foofoo' } })).toBe(false);
    expect(query({ exists: { ref: { collection: 'foofoo' }, id: 1 } })).toBe(false);
    expect(query({ exists: { index: 'foofoo' } })).toBe(false);
    expect(query({ exists: byN })).toBe(true);
    expect(query({ exists: { range: byN, from: 100, to: 200 } })).toBe(false);
    expect(query({ exists: { collections: null } })).toBe(true);
    expect(query({ exists: { roles: null } })).toBe(false);
    expect(query({ exists: ref(1), ts: { time_subtract: { now: null }, offset: 10, unit: 'seconds' } })).toBe(
      false,
    );
  });

  test('refuses what is no ref', () => {
    expect(errorOf({ exists: 4 })).toEqual({
      position: ['exists'],
      code: 'invalid argument',
      description: 'Ref or Set expected, Integer provided.',
    });
  });
});

describe('3: Paginate', () => {
  const cursor = (id: number): unknown => [id * 10, `s${id}`, refJson(id)];
  const item = (id: number): unknown => [id * 10, `s${id}`];

  test('shows the first page, and where the next one begins', () => {
    expect(query({ paginate: byN, size: 2 })).toEqual({ after: cursor(3), data: [item(1), item(2)] });
    expect(query({ paginate: byN, size: 5 })).toEqual({ data: [1, 2, 3, 4, 5].map(item) });
  });

  test('gives a cursor back as an array of what was given', () => {
    expect(query({ paginate: byN, size: 2, after: 20 })).toEqual({
      before: [20],
      after: cursor(4),
      data: [item(2), item(3)],
    });
    expect(query({ paginate: byN, after: [30, 's3'] })).toEqual({
      before: [30, 's3'],
      data: [item(3), item(4), item(5)],
    });
    expect(query({ paginate: byN, size: 1, before: 30 })).toEqual({
      before: cursor(2),
      after: [30],
      data: [item(2)],
    });
    expect(query({ paginate: byN, after: 10 })).toMatchObject({ before: [10] });
    expect(query({ paginate: byN, before: [10] })).toEqual({ after: [10], data: [] });
  });

  test('null is the end, a number the beginning of documents', () => {
    expect(query({ paginate: byN, size: 2, before: null })).toEqual({
      before: cursor(4),
      after: [null],
      data: [item(4), item(5)],
    });
    expect(query({ paginate: byN, after: null })).toEqual({ before: [null], data: [] });
    expect(query({ paginate: byN, before: 0 })).toEqual({ after: [0], data: [] });
    expect(query({ paginate: byN, size: 1, after: 0 })['data']).toEqual([item(1)]);
    const documents = { documents: widgets };
    expect(query({ paginate: documents, size: 1, before: null })['data']).toEqual([refJson(5)]);
    expect(query({ paginate: documents, after: null })['data']).toEqual([]);
    expect(query({ paginate: documents, before: 0 })['data']).toEqual([]);
    expect(query({ paginate: documents, size: 1, after: 0 })['data']).toEqual([refJson(1)]);
  });

  test('a cursor names an exact place with all values and a ref', () => {
    expect(query({ paginate: byN, size: 1, after: [20, 's2', ref(2)] })['data']).toEqual([item(2)]);
    expect(query({ paginate: byN, size: 1, after: [20, 's2', ref(3)] })['data']).toEqual([item(3)]);
    expect(query({ paginate: { documents: widgets }, size: 1, after: ref(3) })).toEqual({
      before: [refJson(3)],
      after: [refJson(4)],
      data: [refJson(3)],
    });
  });

  test('size 0 gives the cursor back on both sides; larger ones are cut', () => {
    expect(query({ paginate: byN, size: 0, after: 20 })).toEqual({ before: [20], after: [20], data: [] });
    expect(query({ paginate: byN, size: 0 })).toEqual({ data: [] });
    expect(query({ paginate: byN, size: -3, after: 20 })).toEqual({ before: [20], data: [] });
    expect(query({ paginate: byN, size: 1e9 })['data']).toHaveLength(5);
  });

  test('takes a cursor as an object', () => {
    expect(query({ paginate: byN, size: 1, cursor: { object: { after: 20 } } })).toEqual(
      query({ paginate: byN, size: 1, after: 20 }),
    );
    expect(query({ paginate: byN, size: 1, cursor: { object: { before: [20] } } })).toEqual(
      query({ paginate: byN, size: 1, before: 20 }),
    );
    expect(query({ paginate: byN, size: 1, cursor: null })).toEqual(query({ paginate: byN, size: 1 }));
  });

  test('a document is a page of itself; native collections list what they hold', () => {
    expect(query({ paginate: ref(1) })).toEqual({ data: [refJson(1)] });
    expect(query({ paginate: { singleton: ref(9) } })).toEqual({ data: [] });
    expect(query({ paginate: { collections: null } })['data']).toEqual([
      { '@ref': { id: 'widgets', collection: { '@ref': { id: 'collections' } } } },
    ]);
    expect(query({ paginate: { indexes: null } })['data']).toHaveLength(1);
    expect(query({ paginate: { databases: null } })['data']).toEqual([]);
  });

  test('says where elements come from', () => {
    const other = { range: byN, from: 20, to: 30 };
    expect(query({ paginate: { union: [byN, other] }, size: 1, sources: true })['data']).toEqual([
      {
        value: item(1),
        sources: [
          { '@set': { match: { '@ref': { id: 'by_n', collection: { '@ref': { id: 'indexes' } } } } } },
        ],
      },
    ]);
    expect(query({ paginate: { collections: null }, sources: true })['data']).toMatchObject([
      { sources: [{ '@ref': { id: 'collections' } }] },
    ]);
  });

  test('shows events, of documents and of sets', () => {
    const created = query({ get: ref(1) })['ts'];
    query({ delete: ref(1) });
    const deleted = database.now;
    expect(query({ paginate: ref(1), events: true })).toEqual({
      data: [
        { ts: created, action: 'create', document: refJson(1), data: { n: 10, s: 's1' } },
        { ts: deleted, action: 'delete', document: refJson(1), data: null },
      ],
    });
    expect(query({ paginate: ref(1), events: true, before: 123456789 })).toEqual({
      after: { ts: 123456789, action: 'add' },
      data: [],
    });
    expect(query({ paginate: ref(1), events: true, size: 1 })['after']).toEqual({
      ts: deleted,
      action: 'delete',
      document: refJson(1),
    });
    expect(query({ paginate: byN, events: true, size: 1 })['data']).toEqual([
      { ts: created, action: 'add', document: refJson(1), data: [10, 's1'] },
    ]);
    expect(query({ paginate: byN, events: true, before: { date: '2100-01-01' } })['data']).toHaveLength(6);
  });
});

describe('4: what is refused', () => {
  test('cursors', () => {
    const nowhere = { collection: 'foofoo' };
    expect(errorOf({ paginate: byN, after: nowhere })).toMatchObject({
      position: ['after'],
      code: 'invalid ref',
    });
    expect(errorOf({ paginate: byN, before: [1, 'a', nowhere] })).toMatchObject({ position: ['before'] });
    const description =
      "Invalid cursor object. Expected an object with either 'before' or 'after' key in it.";
    for (const cursor of [1, { object: {} }, { object: { after: 1, before: 2 } }, { object: { x: 1 } }]) {
      expect(errorOf({ paginate: byN, cursor })).toEqual({
        position: ['cursor'],
        code: 'invalid argument',
        description,
      });
    }
    expect(errorOf({ paginate: byN, cursor: { object: { after: nowhere } } })).toMatchObject({
      position: ['cursor', 'after'],
    });
    expect(errorOf({ paginate: byN, size: 'a' })).toMatchObject({ position: ['size'] });
  });

  test('cursors of events', () => {
    const events = { events: byN };
    expect(errorOf({ paginate: events, after: 'a' })).toEqual({
      position: ['after'],
      code: 'invalid argument',
      description: 'Object, Integer, Time, or Date expected, String provided.',
    });
    expect(errorOf({ paginate: events, after: { object: { ts: 1, x: 2 } } })).toMatchObject({
      position: ['after'],
      description: 'Cannot create event cursor with keys ts, x',
    });
    expect(errorOf({ paginate: events, after: { object: { ts: 'a' } } })).toMatchObject({
      position: ['after', 'ts'],
    });
    expect(errorOf({ paginate: events, after: { object: { ts: 1, action: 'x' } } })).toMatchObject({
      position: ['after', 'action'],
    });
  });

  test('moments that are no longer kept', () => {
    const long = { time: '2000-01-01T00:00:00Z' };
    for (const read of [
      { get: ref(1) },
      { exists: ref(1) },
      { paginate: byN },
      { paginate: { documents: widgets } },
    ]) {
      expect(errorOf({ ...read, ts: long })).toMatchObject({
        code: 'invalid argument',
        description: expect.stringMatching(
          /^Requested timestamp 2000-01-01T00:00:00Z less than minimum allowed timestamp 2023-11-14T21:58:20\.\d+Z\.$/,
        ),
      });
    }
  });

  test('sets without a history', () => {
    expect(errorOf({ paginate: { events: { range: byN, from: 1, to: 2 } } })).toEqual({
      position: [],
      code: 'invalid argument',
      description: 'Set does not support events history.',
    });
    expect(errorOf({ paginate: { events: { events: byN } } })).toMatchObject({ position: ['paginate'] });
  });
});

test('5: who may not read', () => {
  const nobody = { ...ROOT, principal: { kind: 'root' }, roles: ['client'] } as const;
  const authentication = {
    ...nobody,
    principal: { kind: 'key', document: { scope: 0, collection: 7, id: 1n } },
  } as unknown as typeof ROOT;
  const denied = (expression: unknown): Json => database.error(expression, { authentication });
  expect(denied({ get: ref(1) })).toEqual({
    position: [],
    code: 'permission denied',
    description: 'Insufficient privileges to perform the action.',
  });
  expect(denied({ paginate: byN })).toMatchObject({ position: ['paginate'], code: 'permission denied' });
  expect(denied({ get: byN })).toMatchObject({ position: ['get'], code: 'permission denied' });
  expect(denied({ exists: byN })).toMatchObject({ position: ['exists'], code: 'permission denied' });
  expect(denied({ count: byN })).toMatchObject({ position: ['count'], code: 'permission denied' });
  expect(denied({ paginate: ref(1), events: true })).toMatchObject({ code: 'permission denied' });
  expect(database.value({ exists: ref(1) }, { authentication })).toBe(false);
  expect(database.value({ paginate: { documents: widgets } }, { authentication })).toEqual({ data: [] });
});
