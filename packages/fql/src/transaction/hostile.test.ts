/**
 * Requests that are made to do harm:
 *   1. Limits hold at their edge and past it.
 *   2. What grows or repeats without end is stopped by the count of steps, of characters or of calls, with the documented error.
 *   3. Errors stay small, however much text is in what they are about.
 *   4. What a request costs does not depend on what ran before.
 *
 * Bounds in time are not measured here: a step that costs too little shows itself in a test that does not end.
 */
import { utf8Encode } from '@skein/base';
import { type ExprArg, query as q } from 'faunadb';
import { beforeEach, expect, test } from 'vitest';
import { type Answer, newDatabase, type TestDatabase } from '../testing/mod.ts';
import { effectOf } from './run-transaction.ts';

let database: TestDatabase;
beforeEach(() => {
  database = newDatabase();
  database.value(q.CreateCollection({ name: 'c' }));
});

const options = { stepsMax: 2_000_000 };

function outcome(expression: unknown): string {
  return told(database.query(expression, { options }));
}

function told({ status, json, body }: Answer): string {
  return status < 300 ? 'fine' : (json['errors']?.[0]?.['code'] ?? body);
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at);

/** `count` times 1,024 characters. */
function text(doublings: number, of = 'a'): ExprArg {
  let text: ExprArg = q.Repeat(of, 1024);
  for (let at = 0; at < doublings; at++) text = q.Let({ s: text }, q.Concat([q.Var('s'), q.Var('s')]));
  return text;
}

function list(doublings: number, of: ExprArg): ExprArg {
  let list: ExprArg = of;
  for (let at = 0; at < doublings; at++) list = q.Let({ d: list }, q.Append(q.Var('d'), q.Var('d')));
  return list;
}

/** Two million times. */
function again(bound: Record<string, ExprArg>, expression: ExprArg): ExprArg {
  const inner = q.Foreach(q.Var('all'), q.Lambda('_', expression));
  return q.Let({ all: numbers(1500), ...bound }, q.Foreach(numbers(1500), q.Lambda('_', inner)));
}

function wire(depth: number, open: string, close: string): Uint8Array {
  return utf8Encode(`${open.repeat(depth)}1${close.repeat(depth)}`);
}

test('1: JSON of a thousand levels is read, one more is refused', () => {
  expect(outcome(wire(1000, '[', ']'))).toBe('fine');
  expect(database.query(wire(1001, '[', ']')).json['errors'][0]).toMatchObject({
    code: 'invalid expression',
    description: 'Request body JSON exceeds nesting limit.',
  });
});

test('1: a value of a thousand levels is shown and stored, one more is refused', () => {
  const nested = (levels: number): ExprArg =>
    q.Reduce(q.Lambda(['inner', '_'], [q.Var('inner')]), [], numbers(levels - 1));
  expect(outcome(nested(1000))).toBe('fine');
  expect(outcome(nested(1002))).toBe('invalid argument');
  expect(outcome(q.Create(q.Collection('c'), { data: { nested: nested(900) } }))).toBe('fine');
  expect(outcome(q.Equals(nested(900), nested(900)))).toBe('fine');
  expect(outcome(q.LT(nested(900), nested(900)))).toBe('fine');
});

test('1: text of 16 MiB is made, more is refused', () => {
  const read = { options: { stepsMax: 10_000_000 } };
  expect(told(database.query(q.Length(text(14)), read))).toBe('fine');
  const longer = q.Let({ s: text(14) }, q.Length(q.Concat([q.Var('s'), 'a'])));
  expect(database.error(longer, read)['description']).toBe('string length must be <= 16777216');
  const grown = q.Let({ s: text(11) }, q.Length(q.ReplaceStr(q.Var('s'), 'a', 'bcdefghij')));
  expect(told(database.query(grown, read))).toBe('invalid argument');
});

test('1: a version of 8 MiB is written, a larger one is refused', () => {
  const body = (characters: number): ExprArg =>
    q.Select('ts', q.Create(q.Collection('c'), { data: { a: 'x'.repeat(characters) } }));
  expect(outcome(body(8 * 1024 * 1024 - 100))).toBe('fine');
  expect(outcome(body(8 * 1024 * 1024))).toBe('resources exceeded');
});

test('1: a transaction writes 16 MiB, not more', () => {
  const create = q.Select('ts', q.Create(q.Collection('c'), { data: { a: q.Var('a') } }));
  const twice = (characters: number): ExprArg => q.Let({ a: 'x'.repeat(characters) }, q.Do(create, create));
  const write = { options: { stepsMax: 10_000_000 } };
  expect(told(database.query(twice(8 * 1024 * 1024 - 200), write))).toBe('fine');
  expect(
    database.error(q.Do(twice(8 * 1024 * 1024 - 200), create === undefined ? 0 : twice(200)), write),
  ).toMatchObject({ code: 'resources exceeded', description: expect.stringContaining('16777216 bytes') });
});

test('1: a document has 16,384 entries in an index, not one more', () => {
  database.value(
    q.CreateIndex({
      name: 'product',
      source: q.Collection('c'),
      values: [{ field: ['data', 'a'] }, { field: ['data', 'b'] }],
    }),
  );
  const create = (a: number, b: number): ExprArg =>
    q.Select('ts', q.Create(q.Collection('c'), { data: { a: numbers(a), b: numbers(b) } }));
  expect(outcome(create(128, 128))).toBe('fine');
  expect(outcome(create(128, 129))).toBe('resources exceeded');
});

test('1: two hundred calls inside each other, not one more', () => {
  const body = q.Query(
    q.Lambda('n', q.If(q.LTE(q.Var('n'), 1), 0, q.Call('down', q.Subtract(q.Var('n'), 1)))),
  );
  database.value(q.CreateFunction({ name: 'down', body }));
  expect(outcome(q.Call('down', 200))).toBe('fine');
  expect(outcome(q.Call('down', 201))).toBe('stack overflow');
});

test('2: functions that call each other without end', () => {
  const calls = (name: string): ExprArg => q.Query(q.Lambda('x', q.Call(name, [[q.Var('x'), q.Var('x')]])));
  database.value(q.CreateFunction({ name: 'one', body: q.Query(q.Lambda('x', 1)) }));
  database.value(q.CreateFunction({ name: 'two', body: calls('one') }));
  database.value(q.Update(q.Function('one'), { body: calls('two') }));
  expect(outcome(q.Call('one', 1))).toMatch(/^(stack overflow|resources exceeded)$/);
});

test.each<[string, () => ExprArg]>([
  [
    'a value that shares its parts two to the sixtieth time',
    () => {
      let shared: ExprArg = [1];
      for (let at = 0; at < 60; at++) shared = q.Let({ s: shared }, [q.Var('s'), q.Var('s')]);
      return shared;
    },
  ],
  ['an array that doubles', () => list(40, [1])],
  [
    'an array that grows by one',
    () => q.Reduce(q.Lambda(['sum', 'x'], q.Append(q.Var('x'), q.Var('sum'))), [], list(8, numbers(64))),
  ],
  [
    'a set that doubles',
    () =>
      q.Count(
        q.Reduce(
          q.Lambda(['set', '_'], q.Union(q.Var('set'), q.Var('set'))),
          q.Documents(q.Collection('c')),
          numbers(40),
        ),
      ),
  ],
  ['long names of refs', () => again({ r: q.Collection(text(12)) }, q.Equals([q.Var('r')], [q.Var('r')]))],
  [
    'lambdas with long bodies',
    () =>
      q.Let(
        { f: q.Query(q.Lambda('_', 'y'.repeat(1_000_000))) },
        numbers(1000).map(() => q.Var('f')),
      ),
  ],
  [
    'hundreds of long texts',
    () =>
      q.Let(
        {
          t: text(13),
          ...Object.fromEntries(
            numbers(200).map((at) => [`t${at}`, q.ReplaceStr(q.Var('t'), 'aa', `${at}`)]),
          ),
        },
        1,
      ),
  ],
  [
    'looking for a value in a long array',
    () => again({ l: list(10, numbers(64)) }, q.ContainsValue(-1, q.Var('l'))),
  ],
  ['adding a long array', () => again({ l: list(10, numbers(64)) }, q.Add(q.Var('l')))],
  [
    'joining empty texts',
    () =>
      again(
        {
          l: list(
            10,
            numbers(64).map(() => ''),
          ),
        },
        q.Concat(q.Var('l')),
      ),
  ],
  ['comparing long texts', () => again({ t: text(10, 'é') }, q.LT(q.Var('t'), q.Concat([q.Var('t'), 'b'])))],
  ['distinct long texts', () => again({ t: text(6) }, q.Distinct([q.Var('t'), q.Var('t')]))],
  ['numbers of a million digits', () => again({ t: text(10, '1') }, q.ToNumber(q.Var('t')))],
  [
    'text that is almost found everywhere',
    () =>
      again({ t: text(13), f: q.Concat([text(10), 'b', text(10)]) }, q.ContainsStr(q.Var('t'), q.Var('f'))),
  ],
  ['a path through a long array', () => again({ l: list(10, numbers(64)) }, q.SelectAll(['a'], q.Var('l')))],
  [
    'a pattern that goes back and forth',
    () => again({ t: q.Concat([text(2), 'b']) }, q.ContainsStrRegex(q.Var('t'), '(a|aa)+$')),
  ],
  ['a format of a million spaces', () => again({}, q.Format('%1000000d', 1))],
  [
    'a term of a megabyte',
    () =>
      q.Let(
        { i: q.CreateIndex({ name: 'i', source: q.Collection('c'), terms: [{ field: ['data', 'a'] }] }) },
        again({ t: text(10, 'é') }, q.Exists(q.Match(q.Index('i'), q.Var('t')))),
      ),
  ],
  [
    'sets inside a filter',
    () => {
      const none = q.Filter(q.Documents(q.Collection('c')), q.Lambda('_', false));
      return again({}, q.Count(none));
    },
  ],
  [
    'schema without end',
    () => q.Foreach(numbers(3000), q.Lambda('n', q.CreateCollection({ name: q.Format('c%d', q.Var('n')) }))),
  ],
])(
  '2: %s',
  (_, expression) => {
    const before = database.store.lastTime;
    expect(outcome(expression())).toBe('resources exceeded');
    expect(database.store.lastTime).toBe(before);
  },
  60_000,
);

test('2: documents without end', () => {
  const before = database.store.lastTime;
  const created = database.query(again({}, q.Create(q.Collection('c'), { data: { a: 1 } })), {
    options: { stepsMax: 100_000 },
  });
  expect(told(created)).toBe('resources exceeded');
  expect(database.store.lastTime).toBe(before);
});

test('2: a lambda of an index that takes long gives null, and its steps are the transaction’s', () => {
  const slow = q.Query(
    q.Lambda(
      'd',
      q.Select([0, 0], q.Map(numbers(1000), q.Lambda('_', q.Map(numbers(1000), q.Lambda('x', q.Var('x')))))),
    ),
  );
  database.value(
    q.CreateIndex({
      name: 'slow',
      source: { collection: q.Collection('c'), fields: { slow } },
      values: [{ binding: 'slow' }, { field: ['ref'] }],
    }),
  );
  const create = q.Create(q.Collection('c'), { data: {} });
  database.value(create);
  expect(database.value(q.Paginate(q.Match(q.Index('slow'))))['data'][0][0]).toBe(null);
  expect(told(database.query(create, { options: { stepsMax: 9_000 } }))).toBe('resources exceeded');
});

test('3: a hundred errors about a long text are a short answer', () => {
  const wrongs: readonly ExprArg[] = [
    q.Abort(q.Var('t')),
    q.Date(q.Var('t')),
    q.Get(q.Ref(q.Collection(q.Var('t')), '1')),
    q.ContainsStrRegex('a', q.Concat(['(', q.Var('t')])),
    q.Select([q.Var('t')], {}),
  ];
  for (const wrong of wrongs) {
    const { status, body } = database.query(
      q.Let(
        { t: text(9) },
        numbers(150).map(() => wrong),
      ),
      { options },
    );
    expect(status).toBeGreaterThanOrEqual(400);
    expect(body.length).toBeLessThan(2_000_000);
  }
});

test('3: a long name in the place of each error is not told again and again', () => {
  const name = 'n'.repeat(500_000);
  const { body } = database.query({ object: { [name]: numbers(100).map(() => ({ abort: 'no' })) } });
  expect(JSON.parse(body)).toMatchObject({ errors: expect.any(Array) });
  expect(body.length).toBeLessThan(3_000_000);
});

test('3: causes of causes of causes are bounded', () => {
  const many = (expression: ExprArg): ExprArg => numbers(100).map(() => expression);
  database.value(q.CreateFunction({ name: 'f', body: q.Query(q.Lambda('_', many(q.Abort('no')))) }));
  database.value(q.CreateFunction({ name: 'g', body: q.Query(q.Lambda('_', many(q.Call('f', 1)))) }));
  const { body } = database.query(many(q.Call('g', 1)), { options });
  expect(JSON.parse(body)).toMatchObject({ errors: expect.any(Array) });
  expect(body.length).toBeLessThan(2_000_000);
});

test('4: the same request takes the same steps, whatever was asked before', () => {
  database.value(
    q.CreateFunction({
      name: 'f',
      body: q.Query(q.Lambda('_', q.Equals([numbers(5000), 1], [numbers(5000), 2]))),
    }),
  );
  const request = q.Do(q.Call('f', 1), q.Exists(q.Match(q.Index('i'), [1, 2])));
  database.value(q.CreateIndex({ name: 'i', source: q.Collection('c'), terms: [{ field: ['data', 'a'] }] }));
  const least = (): number => {
    let low = 0;
    let high = 100_000;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (told(database.query(request, { options: { stepsMax: middle } })) === 'fine') high = middle;
      else low = middle + 1;
    }
    return low;
  };
  const first = least();
  expect(first).toBeGreaterThan(100);
  expect(first).toBeLessThan(100_000);
  expect(least()).toBe(first);
});

test('1: a request of hundreds of thousands of calls is looked through and evaluated', () => {
  const calls = utf8Encode(`[${'{"now":null},'.repeat(300_000)}1]`);
  expect(effectOf(calls)).toBe('pure');
  expect(outcome(calls)).toBe('fine');
  const filter = utf8Encode(
    `{"filter":{"lambda":"x","expr":[${'{"now":null},'.repeat(200_000)}1]},"collection":{"documents":{"collection":"c"}}}`,
  );
  expect(outcome(filter)).toBe('fine');
});
