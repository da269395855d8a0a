/** What streams tell: each kind of event with its shape and the order of its members, and who is told what. */
import { query as q } from 'faunadb';
import { describe, expect, test } from 'vitest';
import { authenticate } from '../access/authenticate.ts';
import { newDatabase, ROOT, type TestDatabase, testHost } from '../testing/mod.ts';
import { streamsOf, type TestStream } from '../testing/run-streams.ts';

const DOC = q.Ref(q.Collection('c'), '1');
const REF = '{"@ref":{"id":"1","collection":{"@ref":{"id":"c","collection":{"@ref":{"id":"collections"}}}}}}';
const ALL = ['action', 'document', 'diff', 'prev', 'index'] as const;

function filled(): TestDatabase {
  const database = newDatabase();
  database.value(q.CreateCollection({ name: 'c' }));
  database.value(
    q.CreateIndex({
      name: 'by_color',
      source: q.Collection('c'),
      terms: [{ field: ['data', 'color'] }],
      values: [{ field: ['data', 'n'] }],
    }),
  );
  return database;
}

/** The texts since the last ones, without the start. */
function told(stream: TestStream, from: number): readonly string[] {
  stream.take();
  return stream.texts.slice(from);
}

describe('a stream of a document', () => {
  test('begins at the last transaction, and tells of creation, update and deletion', () => {
    const database = filled();
    const { open } = streamsOf(database);
    const stream = open(DOC, { fields: ALL });
    const start = database.store.lastTime;
    database.value(q.Create(DOC, { data: { a: 1, b: 2 } }));
    const created = database.store.lastTime;
    database.value(q.Update(DOC, { data: { a: 3, b: null, c: { d: [null, 1.0] } } }));
    const updated = database.store.lastTime;
    database.value(q.Delete(DOC));
    const deleted = database.store.lastTime;
    database.value(q.Create(DOC, { data: {} }));
    const again = database.store.lastTime;
    const first = `{"ref":${REF},"ts":${created},"data":{"a":1,"b":2}}`;
    const second = `{"ref":${REF},"ts":${updated},"data":{"a":3,"c":{"d":[null,1]}}}`;
    const bare = (ts: number): string => `{"ref":${REF},"ts":${ts}}`;
    expect(told(stream, 0)).toEqual([
      `{"type":"start","txn":${start},"event":${start}}`,
      `{"type":"version","txn":${created},"event":{"action":"create","document":${first},"diff":${first},"prev":${bare(created)}}}`,
      `{"type":"version","txn":${updated},"event":{"action":"update","document":${second},` +
        `"diff":{"ref":${REF},"ts":${updated},"data":{"a":3,"c":{"d":[null,1]},"b":null}},"prev":${first}}}`,
      `{"type":"version","txn":${deleted},"event":{"action":"delete","document":${second},"diff":${bare(deleted)},"prev":${second}}}`,
      `{"type":"version","txn":${again},"event":{"action":"create","document":{"ref":${REF},"ts":${again},"data":{}},` +
        `"diff":{"ref":${REF},"ts":${again},"data":{}},"prev":${bare(again)}}}`,
    ]);
  });

  test('shows action and document unless asked for others, always in the same order', () => {
    const database = filled();
    const { open } = streamsOf(database);
    const plain = open(DOC);
    const chosen = open(DOC, { fields: ['prev', 'diff'] });
    const none = open(DOC, { fields: ['index'] });
    database.value(q.Create(DOC, { data: { a: 1 } }));
    expect(Object.keys(plain.take()[1]?.['event'] ?? {})).toEqual(['action', 'document']);
    expect(Object.keys(chosen.take()[1]?.['event'] ?? {})).toEqual(['diff', 'prev']);
    expect(none.take()[1]?.['event']).toEqual({});
  });

  test('tells one version of a transaction that writes it several times, and nothing of one that fails', () => {
    const database = filled();
    const { open } = streamsOf(database);
    const stream = open(DOC);
    database.value(q.Do(q.Create(DOC, { data: { a: 1 } }), q.Update(DOC, { data: { a: 2 } })));
    database.query(q.Do(q.Update(DOC, { data: { a: 3 } }), q.Abort('no')));
    const events = stream.take().slice(1);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ event: { action: 'create', document: { data: { a: 2 } } } });
  });

  test('of a version that Get gave is the stream of its document', () => {
    const database = filled();
    database.value(q.Create(DOC, { data: { a: 1 } }));
    const stream = streamsOf(database).open(q.Get(DOC));
    database.value(q.Update(DOC, { data: { a: 2 } }));
    expect(stream.take()[1]).toMatchObject({ type: 'version', event: { action: 'update' } });
  });

  test('tells of rewritten history: what follows another version now, then what is new; what is gone, then what follows', () => {
    const database = filled();
    database.value(q.Create(DOC, { data: { a: 1 } }));
    const created = database.store.lastTime;
    const { open } = streamsOf(database);
    const stream = open(DOC);
    const past = created - 10_000;
    database.value(q.Insert(DOC, past as never, 'create', { data: { z: 0 } }));
    const inserted = database.store.lastTime;
    database.value(q.Remove(DOC, past as never, 'create'));
    const removed = database.store.lastTime;
    const now = `{"ref":${REF},"ts":${created},"data":{"a":1}}`;
    const event = (txn: number, action: string, document: string): string =>
      `{"type":"history_rewrite","txn":${txn},"event":{"action":"${action}","document":${document}}}`;
    expect(told(stream, 1)).toEqual([
      event(inserted, 'update', now),
      event(inserted, 'create', `{"ref":${REF},"ts":${past},"data":{"z":0}}`),
      event(removed, 'create', `{"ref":${REF},"ts":${past}}`),
      event(removed, 'create', now),
    ]);
  });

  test('tells of history as the transaction left it, not of the way there', () => {
    const database = filled();
    database.value(q.Create(DOC, { data: { n: 0 } }));
    const past = database.store.lastTime;
    database.value(q.Update(DOC, { data: { n: 9 } }));
    const stream = streamsOf(database).open(DOC);
    const insert = (n: number): ReturnType<typeof q.Insert> =>
      q.Insert(DOC, past as never, 'create', { data: { n } });
    database.value(q.Do(insert(1), insert(2)));
    database.value(q.Do(q.Remove(DOC, past as never, 'create'), insert(2)));
    database.value(q.Do(insert(3), q.Insert(DOC, (past - 5) as never, 'create', {}), insert(2)));
    database.value(
      q.Do(q.Remove(DOC, past as never, 'create'), q.Remove(DOC, (past - 5) as never, 'create')),
    );
    const events = stream.take().slice(1);
    expect(
      events.map(({ event }) => [
        event['action'],
        event['document']['ts'] - past,
        event['document']['data']?.['n'],
      ]),
    ).toEqual([
      ['update', expect.any(Number), 9],
      ['create', 0, 2],
      ['update', 0, 2],
      ['create', -5, undefined],
      ['create', -5, undefined],
      ['update', 0, undefined],
      ['create', expect.any(Number), 9],
    ]);
  });

  test('of another database names it', () => {
    const database = newDatabase();
    database.value(q.CreateDatabase({ name: 'child' }));
    const key = database.value(q.CreateKey({ role: 'admin', database: q.Database('child') }));
    const inside = authenticate(database.store, key['secret'], testHost);
    if (inside === undefined) throw new Error('the key opens the database');
    database.value(q.CreateCollection({ name: 'c' }), { authentication: inside });
    const stream = streamsOf(database).open(q.Ref(q.Collection('c', q.Database('child')), '1'));
    const seen = streamsOf(database);
    const own = seen.open(DOC, { authentication: inside });
    database.value(q.Create(DOC, { data: {} }), { authentication: inside });
    const ref = stream.take()[1]?.['event']['document']['ref']['@ref'];
    expect(ref?.['collection']['@ref']).toMatchObject({ id: 'c', database: { '@ref': { id: 'child' } } });
    expect(own.take()[1]?.['event']['document']['ref']['@ref']['collection']['@ref']).not.toHaveProperty(
      'database',
    );
  });
});

describe('a stream of a set', () => {
  test('of an index tells what is added and removed, with terms and values', () => {
    const database = filled();
    const { open } = streamsOf(database);
    const red = open(q.Match(q.Index('by_color'), 'red'), { fields: ALL });
    const blue = open(q.Match(q.Index('by_color'), 'blue'));
    database.value(q.Create(DOC, { data: { color: 'red', n: [1, 2] } }));
    const created = database.store.lastTime;
    database.value(q.Update(DOC, { data: { other: 1 } }));
    database.value(q.Update(DOC, { data: { color: ['blue', 'red'], n: [2, 3] } }));
    const moved = database.store.lastTime;
    database.value(q.Delete(DOC));
    const deleted = database.store.lastTime;
    const index = '{"@ref":{"id":"by_color","collection":{"@ref":{"id":"indexes"}}}}';
    const event = (txn: number, action: string, n: number): string =>
      `{"type":"set","txn":${txn},"event":{"action":"${action}","document":{"ref":${REF},"ts":${txn}},` +
      `"index":{"ref":${index},"terms":["red"],"values":[${n}]}}}`;
    expect(told(red, 1)).toEqual([
      event(created, 'add', 1),
      event(created, 'add', 2),
      event(moved, 'remove', 1),
      event(moved, 'add', 3),
      event(deleted, 'remove', 2),
      event(deleted, 'remove', 3),
    ]);
    expect(blue.take().map((each) => [each['txn'], each['event']['action']])).toEqual([
      [expect.anything(), undefined],
      [moved, 'add'],
      [moved, 'add'],
      [deleted, 'remove'],
      [deleted, 'remove'],
    ]);
  });

  test('of a collection tells of documents that begin and end, not of updates', () => {
    const database = filled();
    const stream = streamsOf(database).open(q.Documents(q.Collection('c')), { fields: ALL });
    database.value(q.Create(DOC, { data: {} }));
    const created = database.store.lastTime;
    database.value(q.Update(DOC, { data: { a: 1 } }));
    database.value(q.Delete(DOC));
    const deleted = database.store.lastTime;
    const event = (txn: number, action: string): string =>
      `{"type":"set","txn":${txn},"event":{"action":"${action}","document":{"ref":${REF},"ts":${txn}}}}`;
    expect(told(stream, 1)).toEqual([event(created, 'add'), event(deleted, 'remove')]);
  });

  test('tells of rewritten history what it changes in the present', () => {
    const database = filled();
    const stream = streamsOf(database).open(q.Match(q.Index('by_color'), 'red'));
    database.value(q.Create(DOC, { data: { color: 'red', n: 1 } }));
    const created = database.store.lastTime;
    database.value(q.Insert(DOC, (created - 5) as never, 'create', { data: { color: 'red', n: 4 } }));
    database.value(q.Remove(DOC, created as never, 'create'));
    database.value(q.Remove(DOC, (created - 5) as never, 'create'));
    const events = stream.take().slice(1);
    expect(events.map((each) => each['event']['action'])).toEqual(['add', 'remove', 'add', 'remove']);
  });

  test('of an index that is gone is silent', () => {
    const database = filled();
    const stream = streamsOf(database).open(q.Match(q.Index('by_color'), 'red'));
    database.value(q.Delete(q.Index('by_color')));
    database.value(q.Create(DOC, { data: { color: 'red' } }));
    expect(stream.take()).toHaveLength(1);
  });
});

describe('refused with a reason', () => {
  const refused = (expression: unknown): unknown => {
    try {
      streamsOf(filled()).open(expression);
    } catch (error) {
      return (JSON.parse((error as Error).message) as { readonly errors: readonly unknown[] }).errors;
    }
    return undefined;
  };
  const notStreamable = (type: string): unknown => [
    {
      position: [],
      code: 'invalid argument',
      description: `Expected a Document Ref or Version, or a Set Ref, got ${type}.`,
    },
  ];

  test.each([
    ['x', 'String'],
    [{ object: {} }, 'Object'],
    [[DOC], 'Array'],
    [q.Collection('c'), 'Collection Ref'],
    [q.Collections(), 'Collection Ref'],
    [q.Index('by_color'), 'Index Ref'],
    [q.Ref(q.Tokens(), '1'), 'Ref'],
    [q.Get(q.Collection('c')), 'Object'],
    [q.Union(q.Match(q.Index('by_color'), 'a'), q.Match(q.Index('by_color'), 'b')), 'Set'],
    [q.Documents(q.Collections()), 'Set'],
    [q.Events(DOC), 'Set'],
    [q.Singleton(DOC), 'Set'],
    [q.Paginate(q.Documents(q.Collection('c'))), 'Page'],
  ])('%j: %s', (expression, type) => {
    expect(refused(expression)).toEqual(notStreamable(type));
  });

  test('refs that point nowhere, and documents that are not there to get', () => {
    expect(refused(q.Ref(q.Collection('nope'), '1'))).toEqual([
      { position: [], code: 'invalid ref', description: "Ref refers to undefined collection 'nope'" },
    ]);
    expect(refused(q.Get(DOC))).toMatchObject([{ code: 'instance not found' }]);
  });

  test('expressions that write, reached or not, and functions that do', () => {
    const write = (position: readonly unknown[]): unknown => ({
      position,
      code: 'invalid expression',
      description: 'Call performs a write, which is not allowed in stream requests.',
    });
    expect(refused(q.Create(q.Collection('c'), {}))).toEqual([write([])]);
    expect(refused(q.If(false, q.Delete(DOC), DOC))).toEqual([write(['then'])]);
    const database = filled();
    database.value(q.CreateFunction({ name: 'f', body: q.Query(q.Lambda('_', q.Create(DOC, {}))) }));
    const before = database.store.lastTime;
    expect(() => streamsOf(database).open(q.Call('f'))).toThrow('not allowed in stream requests');
    expect(database.store.lastTime).toBe(before);
  });
});

describe('who may see', () => {
  const keyFor = (database: TestDatabase, privileges: unknown): { key: string; secret: string } => {
    database.value(q.CreateRole({ name: 'r', privileges: privileges as never }));
    const made = database.value(q.CreateKey({ role: q.Role('r') }));
    return { key: made['ref']['@ref']['id'], secret: made['secret'] };
  };
  const as = (database: TestDatabase, secret: string): { authentication: typeof ROOT } => {
    const authentication = authenticate(database.store, secret, testHost);
    if (authentication === undefined) throw new Error('the secret opens nothing');
    return { authentication };
  };
  const ifFoo = q.Query(
    q.Lambda('ref', q.Equals('foo', q.Select(['data', 'field'], q.Get(q.Var('ref')), null as never))),
  );

  test('documents that may be read as they were at each event, however late it is told', () => {
    const database = filled();
    database.value(q.Create(DOC, { data: {} }));
    const { secret } = keyFor(database, [{ resource: q.Collection('c'), actions: { read: ifFoo } }]);
    const streams = streamsOf(database);
    const stream = streams.open(DOC, as(database, secret));
    const set = streams.open(q.Documents(q.Collection('c')), as(database, secret));
    for (const field of ['bar', 'foo', 'bar']) database.value(q.Update(DOC, { data: { field } }));
    for (const field of ['bar', 'foo', 'bar'])
      database.value(q.Create(q.Collection('c'), { data: { field } }));
    expect(stream.take().slice(1)).toMatchObject([{ event: { document: { data: { field: 'foo' } } } }]);
    expect(set.take().slice(1)).toHaveLength(1);
  });

  test('sets of an index with terms that may be read', () => {
    const database = filled();
    const red = q.Query(q.Lambda('terms', q.Equals(q.Var('terms'), ['red'])));
    const { secret } = keyFor(database, [
      { resource: q.Index('by_color'), actions: { unrestricted_read: red } },
    ]);
    const streams = streamsOf(database);
    const [reds, blues] = ['red', 'blue'].map((color) =>
      streams.open(q.Match(q.Index('by_color'), color), as(database, secret)),
    );
    for (const color of ['red', 'blue'])
      database.value(q.Create(q.Collection('c'), { data: { color, n: 1 } }));
    expect(reds?.take()).toHaveLength(2);
    expect(blues?.take()).toHaveLength(1);
  });

  test('history only for who may read it', () => {
    const database = filled();
    database.value(q.Create(DOC, { data: {} }));
    const { secret } = keyFor(database, [{ resource: q.Collection('c'), actions: { read: true } }]);
    const stream = streamsOf(database).open(DOC, as(database, secret));
    database.value(q.Insert(DOC, (database.store.lastTime - 5) as never, 'create', {}));
    database.value(q.Update(DOC, {}));
    expect(stream.take().map((each) => each['type'])).toEqual(['start', 'version']);
  });

  test('a deleted key ends the stream at the next event, and not before', () => {
    const database = filled();
    const { key, secret } = keyFor(database, [{ resource: q.Collection('c'), actions: { read: true } }]);
    const streams = streamsOf(database);
    const stream = streams.open(DOC, as(database, secret));
    database.value(q.Create(DOC, { data: { a: 1 } }));
    database.value(q.Delete(q.Ref(q.Keys(), key)));
    expect(stream.take()).toMatchObject([{ type: 'start' }, { type: 'version' }]);
    expect(stream.finished).toBe(false);
    database.value(q.Update(DOC, {}));
    database.value(q.Update(DOC, {}));
    expect(stream.take()).toEqual([
      {
        type: 'error',
        txn: expect.any(Number),
        event: { code: 'permission denied', description: 'Authorization lost during stream evaluation.' },
      },
    ]);
    expect(stream.finished).toBe(true);
    expect(streams.registry.size).toBe(0);
  });

  test('what came before a key was deleted is told, however late', () => {
    const database = filled();
    const { key, secret } = keyFor(database, [{ resource: q.Collection('c'), actions: { read: true } }]);
    const stream = streamsOf(database).open(DOC, as(database, secret));
    database.value(q.Create(DOC, { data: { a: 1 } }));
    database.value(q.Delete(q.Ref(q.Keys(), key)));
    database.value(q.Update(DOC, {}));
    expect(stream.take().map((each) => each['type'])).toEqual(['start', 'version', 'error']);
  });
});

test('streams begin where they are opened, and closed ones are told nothing', () => {
  const database = filled();
  const streams = streamsOf(database);
  const early = streams.open(DOC);
  database.value(q.Create(DOC, { data: {} }));
  const late = streams.open(DOC);
  const closed = streams.open(DOC);
  closed.close();
  closed.close();
  database.value(q.Update(DOC, {}));
  expect([early, late, closed].map((stream) => stream.take().length)).toEqual([3, 2, 1]);
  early.close();
  late.close();
  expect(streams.registry.size).toBe(0);
});

test('streams that are told too late end with an error, and those that are opened then go on', () => {
  const database = filled();
  const streams = streamsOf(database);
  const late = streams.open(DOC);
  database.value(q.Create(DOC, { data: {} }));
  database.advance(11 * 60 * 1_000_000);
  database.value(q.Update(DOC, {}));
  expect(late.take().slice(1)).toMatchObject([{ type: 'error', event: { code: 'time out' } }]);
  expect(late.finished).toBe(true);
  const fresh = streams.open(DOC);
  database.advance(60 * 60 * 1_000_000);
  database.value(q.Update(DOC, {}));
  expect(fresh.take().map(({ type }) => type)).toEqual(['start', 'version']);
});
