/**
 * One request from its bytes to its answer:
 *   1. The status is that of the weightiest error; 201 is for documents that did not exist before.
 *   2. A transaction is kept as a whole, or not at all.
 *   3. A read that turns out to write says so, and has changed nothing.
 *   4. The same request, time, seed and store give the same answer.
 *   5. What would take too long, too much memory or too much of the log ends with a documented error.
 */
import { utf8Encode } from '@skein/base';
import { query as q } from 'faunadb';
import { describe, expect, test } from 'vitest';
import type { FqlError } from '../evaluate/fql-error.ts';
import { MemoryStore, newDatabase, ROOT, testHost } from '../testing/mod.ts';
import { renderErrors, statusOf } from './render-errors.ts';
import { effectOf, runRead, runWrite } from './run-transaction.ts';
import type { TransactionRequest } from './transaction.ts';

function request(expression: unknown, more: Partial<TransactionRequest> = {}): TransactionRequest {
  return {
    body: utf8Encode(JSON.stringify(expression)),
    authentication: ROOT,
    time: 1_000_000,
    seed: new Uint8Array(16),
    host: testHost,
    options: { strictTemporal: false, stepsMax: 1_000_000 },
    ...more,
  };
}

function withCollection(): ReturnType<typeof newDatabase> {
  const database = newDatabase();
  database.value(q.CreateCollection({ name: 'w' }));
  return database;
}

const create = q.Create(q.Collection('w'), { data: { n: 1 } });

describe('status', () => {
  test('1: 201 for a document that the request made, and only then', () => {
    const { query } = withCollection();
    expect(query(create).status).toBe(201);
    expect(query(q.CreateCollection({ name: 'other' })).status).toBe(201);
    expect(query(q.Let({ made: create }, q.Var('made'))).status).toBe(201);
    expect(query(q.Do(create, create)).status).toBe(201);
    expect(query([create]).status).toBe(200);
    expect(query(q.Let({ made: create }, q.Get(q.Select('ref', q.Var('made'))))).status).toBe(200);
    expect(query(q.Let({ made: create }, q.Update(q.Select('ref', q.Var('made')), {}))).status).toBe(200);
  });

  test('1: parse errors weigh more than invalid arguments, those more than denied permissions, those more than the rest', () => {
    const of = (...codes: FqlError['code'][]): number =>
      statusOf(codes.map((code) => ({ position: [], code, description: '' })));
    expect(of('instance not found')).toBe(404);
    expect(of('value not found', 'transaction aborted')).toBe(404);
    expect(of('transaction aborted', 'value not found')).toBe(400);
    expect(of('value not found', 'permission denied')).toBe(403);
    expect(of('permission denied', 'invalid argument')).toBe(400);
    expect(of('schema not found')).toBe(404);
    expect(of('unauthorized')).toBe(401);
    expect(of('contended transaction')).toBe(409);
  });

  test('1: a missing document is a 404 with the position of the call', () => {
    const answer = withCollection().query([q.Get(q.Ref(q.Collection('w'), '1'))]);
    expect(answer).toMatchObject({ status: 404, wrote: false });
    expect(answer.json['errors'][0]).toMatchObject({ position: [0], code: 'instance not found' });
  });
});

test('errors are written with their failures and causes, and without empty ones', () => {
  const inner: FqlError = {
    position: ['expr', 0],
    code: 'invalid argument',
    description: 'a "quoted" one',
    failures: [],
  };
  const outer: FqlError = {
    position: [],
    code: 'call error',
    description: 'outer',
    failures: [{ field: ['data', 'x'], code: 'value required', description: 'Required value not found.' }],
    cause: [inner],
  };
  expect(renderErrors([outer])).toBe(
    '{"errors":[{"position":[],"code":"call error","description":"outer",' +
      '"failures":[{"field":["data","x"],"code":"value required","description":"Required value not found."}],' +
      '"cause":[{"position":["expr",0],"code":"invalid argument","description":"a \\"quoted\\" one"}]}]}',
  );
});

describe('writing', () => {
  test('2: an error anywhere undoes everything', () => {
    const { query, value, store } = withCollection();
    const before = store.lastTime;
    expect(query([create, q.Abort('no')])).toMatchObject({
      status: 400,
      wrote: false,
      costs: { writeOps: 0, bytesWritten: 0 },
    });
    expect(store.lastTime).toBe(before);
    expect(value(q.Count(q.Documents(q.Collection('w'))))).toBe(0);
  });

  test('2: a transaction sees what it wrote, with one time for all', () => {
    const { value, now } = withCollection();
    const times = value(
      q.Let({ a: create, b: create }, [q.Select('ts', q.Var('a')), q.Select('ts', q.Var('b')), q.Now()]),
    );
    expect(times[0]).toBe(times[1]);
    expect(times[0]).toBeGreaterThan(now);
    expect(value(q.Do(create, q.Count(q.Documents(q.Collection('w')))))).toBe(3);
  });

  test('2: a collection made in a transaction is there in it, and gone when it fails', () => {
    const { query, value } = newDatabase();
    const both = [q.CreateCollection({ name: 'fresh' }), q.Exists(q.Collection('fresh'))];
    expect(query([...both, q.Abort('no')]).status).toBe(400);
    expect(value(q.Exists(q.Collection('fresh')))).toBe(false);
    expect(value(both)[1]).toBe(true);
  });

  test('3: what a function writes makes a read a write', () => {
    const { store, value } = withCollection();
    value(q.CreateFunction({ name: 'f', body: q.Query(q.Lambda('_', create)) }));
    const before = store.lastTime;
    expect(runRead(store, request(q.Call('f'), { time: before + 1 }))).toBe('write-needed');
    expect(runRead(store, request(create, { time: before + 1 }))).toBe('write-needed');
    expect(store.lastTime).toBe(before);
    expect(runWrite(store, request(q.Call('f'), { time: before + 1 }))).toMatchObject({
      status: 201,
      wrote: true,
    });
    expect(store.lastTime).toBe(before + 1);
  });

  test('a write that only reads leaves the store’s time alone', () => {
    const { store } = withCollection();
    const before = store.lastTime;
    expect(runWrite(store, request(q.Now(), { time: before + 1 }))).toMatchObject({
      status: 200,
      wrote: false,
    });
    expect(store.lastTime).toBe(before);
  });

  test('4: members that evaluate the same requests hold the same and answer the same', () => {
    const requests = [
      q.CreateCollection({ name: 'w' }),
      create,
      q.CreateIndex({
        name: 'i',
        source: q.Collection('w'),
        unique: true,
        terms: [{ field: ['data', 'n'] }],
      }),
      create,
      [q.NewId(), q.NewId(), q.Now()],
      q.CreateKey({ role: 'admin' }),
      q.Map(q.Paginate(q.Match(q.Index('i'), 1)), q.Lambda('r', q.Get(q.Var('r')))),
    ];
    const run = (): string[] => {
      const store = new MemoryStore();
      return requests.map((expression, at) => {
        const seed = new Uint8Array(16).fill(at);
        const { status, body } = runWrite(store, request(expression, { time: 1_000_000 + at, seed }));
        return `${status} ${body}`;
      });
    };
    const answers = run();
    expect(run()).toEqual(answers);
    expect(answers.map((answer) => answer.slice(0, 3))).toEqual([
      '201',
      '201',
      '201',
      '400',
      '200',
      '201',
      '200',
    ]);
  });
});

test('what a request may do is told without running it', () => {
  const effect = (expression: unknown): string => effectOf(utf8Encode(JSON.stringify(expression)));
  expect(effect(q.Add(1, 2))).toBe('pure');
  expect(effect(q.Get(q.Ref(q.Collection('w'), '1')))).toBe('read');
  expect(effect(q.If(true, 1, [create]))).toBe('write');
  expect(effect(q.Map([1], q.Lambda('_', create)))).toBe('write');
  expect(effect(q.Call('f'))).toBe('read');
  expect(effect({ nonsense: 1 })).toBe('pure');
});

test('costs count what was read and written', () => {
  const { query, value } = withCollection();
  const made = query(create);
  expect(made.costs.writeOps).toBeGreaterThan(0);
  expect(made.costs.bytesWritten).toBeGreaterThan(0);
  expect(value(q.Add(1, 2))).toBe(3);
  const read = query(q.Get(q.Ref(q.Collection('w'), made.json['resource']['ref']['@ref']['id'])));
  expect(read.costs).toMatchObject({ computeOps: 1, writeOps: 0 });
  expect(read.costs.readOps).toBeGreaterThan(0);
  expect(query(Array.from({ length: 200 }, () => q.Add(1, 1))).costs.computeOps).toBe(4);
});

describe('bounds', () => {
  const doubled = (levels: number, twice: (x: unknown) => unknown, start: unknown): unknown =>
    q.Let(
      [
        { x0: start },
        ...Array.from({ length: levels }, (_, at) => ({ [`x${at + 1}`]: twice(q.Var(`x${at}`)) })),
      ] as never,
      q.Var(`x${levels}`),
    );

  test('5: steps', () => {
    const { error } = newDatabase();
    const hundred = Array.from({ length: 100 }, (_, at) => at);
    const loop = (depth: number): unknown =>
      depth === 0 ? 1 : q.Map(hundred, q.Lambda('_', loop(depth - 1) as never));
    expect(error(loop(5), { options: { stepsMax: 10_000 } })).toMatchObject({ code: 'resources exceeded' });
  });

  test('5: a short expression for an endless value', () => {
    const { error, query } = newDatabase();
    const endless = [
      doubled(70, (x) => [x, x], 'text'),
      doubled(70, (x) => ({ object: { a: x, b: x } }), 1),
      doubled(70, (x) => q.Map([1, 1], q.Lambda('_', x as never)), 1),
      doubled(70, (x) => q.Merge({ a: x } as never, { b: x } as never), {}),
    ];
    for (const expression of endless) expect(error(expression)).toMatchObject({ code: 'resources exceeded' });
    const [a, b] = [doubled(16, (x) => [x, x], 1), doubled(16, (x) => [x, x], 1)];
    expect(query(q.Equals(a as never, b as never)).json).toEqual({ resource: true });
  });

  test('5: values and sets without end inside each other', () => {
    const { error } = newDatabase();
    const items = Array.from({ length: 5000 }, (_, at) => at);
    const wrapped = (wrap: unknown, start: unknown): unknown =>
      q.Reduce(q.Lambda(['all', '_'], wrap as never), start as never, items);
    expect(error(wrapped([q.Var('all')], []))).toMatchObject({ description: 'Value exceeds nesting limit.' });
    expect(error(wrapped(q.Distinct(q.Var('all')), q.Documents(q.Collections())))).toMatchObject({
      code: 'stack overflow',
    });
    expect(error(wrapped(q.Query(q.Lambda('x', [q.Var('x'), q.Var('all')])), 1))).toMatchObject({
      code: 'invalid argument',
    });
  });

  test('5: an object that grows by one field, and is copied each time', () => {
    const { error } = newDatabase();
    const field = q.ToObject([[q.ToString(q.Var('n')), q.Var('n')]] as never);
    const grown = q.Reduce(
      q.Lambda(['all', 'n'], q.Merge(q.Var('all'), field)),
      {},
      Array.from({ length: 5000 }, (_, at) => at),
    );
    expect(error(grown, { options: { stepsMax: 1_000_000 } })).toMatchObject({ code: 'resources exceeded' });
  });

  test('5: 16 MiB a transaction', () => {
    const { error, value } = withCollection();
    const text = 'x'.repeat(1_000_000);
    const writes = (count: number): unknown =>
      q.Let(
        { text },
        q.Foreach(
          Array.from({ length: count }, (_, n) => n),
          q.Lambda('_', q.Create(q.Collection('w'), { data: { text: q.Var('text') } })),
        ),
      );
    expect(error(writes(17))).toMatchObject({ code: 'resources exceeded' });
    expect(value(q.Count(q.Documents(q.Collection('w'))))).toBe(0);
    expect(value(q.Do(writes(3) as never, q.Count(q.Documents(q.Collection('w')))))).toBe(3);
  });

  test('5: thousands of bindings, each looked up', () => {
    const { error } = newDatabase();
    const names = Array.from({ length: 5000 }, (_, at) => `x${at}`);
    const lookUps = names.map(() => q.Var('x0'));
    const expression = q.Let(names.map((name) => ({ [name]: 1 })) as never, lookUps);
    expect(error(expression, { options: { stepsMax: 100_000 } })).toMatchObject({
      code: 'resources exceeded',
    });
  });
});
