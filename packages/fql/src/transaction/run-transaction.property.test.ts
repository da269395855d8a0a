/** Whatever is sent, the answer is a document or a list of errors, and errors change nothing. */
import { utf8Encode } from '@skein/base';
import fc from 'fast-check';
import { query as q } from 'faunadb';
import { expect, test } from 'vitest';
import type { FqlError } from '../evaluate/fql-error.ts';
import { allForms } from '../forms/table.ts';
import { newDatabase, type TestDatabase } from '../testing/mod.ts';

const STATUSES = [200, 201, 400, 401, 403, 404];
const options = { stepsMax: 20_000 };

function filledDatabase(): TestDatabase {
  const database = newDatabase();
  database.value(q.CreateCollection({ name: 'c' }));
  database.value(q.CreateIndex({ name: 'i', source: q.Collection('c'), values: [{ field: ['data', 'n'] }] }));
  database.value(q.CreateFunction({ name: 'f', body: q.Query(q.Lambda('x', [q.Var('x')])) }));
  for (let n = 0; n < 5; n++) database.value(q.Create(q.Ref(q.Collection('c'), `${n}`), { data: { n } }));
  return database;
}

const database = filledDatabase();
const seen = { succeeded: 0, failed: 0, wrote: 0 };

function check(request: Uint8Array): void {
  const before = database.store.lastTime;
  const { status, json, body, wrote } = database.query(request, { options });
  expect(STATUSES).toContain(status);
  expect(Object.keys(json)).toEqual([status < 300 ? 'resource' : 'errors']);
  if (status < 300) seen.succeeded++;
  else {
    seen.failed++;
    const { errors } = JSON.parse(body) as { readonly errors: readonly FqlError[] };
    expect(errors.length).toBeGreaterThan(0);
    expect(wrote).toBe(false);
    for (const { position, code, description } of errors) {
      expect([Array.isArray(position), typeof code, typeof description]).toEqual([true, 'string', 'string']);
    }
  }
  if (wrote) seen.wrote++;
  else expect(database.store.lastTime).toBe(before);
}

const names = fc.constantFrom('c', 'i', 'f', 'x', '1', 'admin', 'NFC', 'day', 'create', '2020-01-01', '%s');
const scalar = fc.oneof(
  names,
  fc.constantFrom(null, true, false, 0, 1, -1, 2, 1.5, 2 ** 53),
  fc.string({ maxLength: 4 }),
  fc.constantFrom(
    { '@ts': '2020-01-01T00:00:00Z' },
    { '@date': '2020-01-01' },
    { '@bytes': 'AQID' },
    { '@ref': 'collections/c/1' },
    { '@ref': 'collections/nope/1' },
    { '@ref': 'tokens/self' },
    { '@ref': { id: 'collections' } },
    { '@ref': { id: 'i', collection: { '@ref': { id: 'indexes' } } } },
    { '@set': { match: { '@ref': 'indexes/i' } } },
    { '@query': { lambda: 'x', expr: { var: 'x' } } },
    { collection: 'c' },
    { documents: { collection: 'c' } },
    { paginate: { match: { index: 'i' } } },
    { get: { '@ref': 'collections/c/1' } },
  ),
);

const document = { '@ref': 'collections/c/1' };
/** Something that fits, by what a cast expects. */
const FITTING: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  Integer: fc.integer({ min: -3, max: 100 }),
  Number: fc.oneof(fc.integer({ min: -3, max: 100 }), fc.constant(1.5)),
  String: names,
  Boolean: fc.boolean(),
  Null: fc.constant(null),
  Ref: fc.constantFrom(document, { collection: 'c' }, { ref: { collection: 'c' }, id: '9' }),
  'Ref or Set': fc.constantFrom(document, { documents: { collection: 'c' } }, { match: { index: 'i' } }),
  Set: fc.constantFrom({ documents: { collection: 'c' } }, { match: { index: 'i' } }),
  Identifier: fc.constantFrom('f', 'i', 'c', { collection: 'c' }, { index: 'i' }, document),
  'Array, Set, or Page': fc.constantFrom(
    [1, 2],
    { paginate: { match: { index: 'i' } } },
    { match: { index: 'i' } },
  ),
  Array: fc.constantFrom([], [1, 'a']),
  Time: fc.constantFrom({ now: null }, 1_700_000_000_000_000),
  Temporal: fc.constantFrom({ now: null }, { '@date': '2020-01-01' }),
  Object: fc
    .tuple(names, fc.oneof(names, fc.constant({ collection: 'c' })), fc.nat({ max: 9 }))
    .map(([name, source, n]) => ({ object: { name, source, data: { object: { n } } } })),
};

const writeForms = allForms().filter(({ effect }) => effect === 'write');

/** Calls of every function, with arguments that are sometimes of the right type. */
const { expression } = fc.letrec<{ expression: unknown; lambda: unknown }>((tie) => ({
  lambda: fc
    .tuple(fc.constantFrom('x', '_', ['x'], ['x', 'y']), tie('expression'))
    .map(([lambda, expr]) => ({ lambda, expr })),
  expression: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    { weight: 2, arbitrary: scalar },
    { weight: 1, arbitrary: fc.array(tie('expression'), { maxLength: 3 }) },
    {
      weight: 1,
      arbitrary: fc.dictionary(names, tie('expression'), { maxKeys: 3 }).map((object) => ({ object })),
    },
    {
      weight: 1,
      arbitrary: tie('expression').map((bound) => ({
        let: { x: bound, y: 1 },
        in: [{ var: 'x' }, { var: 'y' }],
      })),
    },
    {
      weight: 8,
      arbitrary: fc.oneof(fc.constantFrom(...allForms()), fc.constantFrom(...writeForms)).chain((form) =>
        fc
          .tuple(
            ...form.parameters.map(({ cast }) => {
              const fitting = FITTING[cast.expected] ?? tie('expression');
              const any = fc.oneof(
                { weight: 3, arbitrary: fitting },
                { weight: 1, arbitrary: tie('expression') },
              );
              const value = cast.expected === 'Lambda' ? tie('lambda') : any;
              return cast.optional === true ? fc.option(value, { nil: undefined }) : value;
            }),
          )
          .map((given) => Object.fromEntries(form.parameters.map(({ key }, at) => [key, given[at]]))),
      ),
    },
  ),
}));

test('arbitrary calls', () => {
  fc.assert(
    fc.property(expression, (request) => {
      check(utf8Encode(JSON.stringify(request)));
    }),
    { numRuns: 1000 },
  );
  expect(Math.min(seen.succeeded, seen.failed, seen.wrote)).toBeGreaterThan(0);
});

test('arbitrary JSON, and arbitrary bytes', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.json().map(utf8Encode), fc.string().map(utf8Encode), fc.uint8Array({ maxLength: 30 })),
      check,
    ),
    { numRuns: 300 },
  );
});
