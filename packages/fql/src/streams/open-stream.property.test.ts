/** Whatever is sent: a stream, or the errors of a query. Nothing is ever written. */
import { utf8Encode } from '@skein/base';
import fc from 'fast-check';
import { query as q } from 'faunadb';
import { expect, test } from 'vitest';
import { newDatabase, ROOT } from '../testing/mod.ts';
import { openStream } from './open-stream.ts';

const database = newDatabase();
database.value(q.CreateCollection({ name: 'c' }));
database.value(q.CreateIndex({ name: 'i', source: q.Collection('c'), terms: [{ field: ['data', 'n'] }] }));
database.value(q.Create(q.Ref(q.Collection('c'), '1'), {}));
database.value(
  q.CreateFunction({ name: 'f', body: q.Query(q.Lambda('x', q.Create(q.Collection('c'), q.Var('x')))) }),
);

const part = fc.oneof(
  fc.constantFrom<unknown>(
    { '@ref': 'collections/c/1' },
    { collection: 'c' },
    { documents: { collection: 'c' } },
    { match: { index: 'i' }, terms: 1 },
    { match: { index: 'i' }, terms: [] },
    { get: { '@ref': 'collections/c/1' } },
    { create: { collection: 'c' } },
    { call: 'f', arguments: {} },
    { now: null },
    { '@ref': 'collections/nope/1' },
  ),
  fc.jsonValue({ maxDepth: 3 }),
);
const { expression } = fc.letrec<{ expression: unknown }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    part,
    fc.record({ if: fc.boolean(), then: tie('expression'), else: tie('expression') }),
    fc.record({ let: fc.record({ x: tie('expression') }), in: fc.constant({ var: 'x' }) }),
    fc.record({ do: fc.array(tie('expression'), { maxLength: 2 }) }),
    fc.record({ singleton: tie('expression') }),
    fc.record({ at: fc.nat({ max: 1e9 }), expr: tie('expression') }),
  ),
}));

const reached = { open: 0, refused: 0 };

test('arbitrary requests', () => {
  const body = fc.oneof(
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }) },
    { weight: 9, arbitrary: expression.map((each) => utf8Encode(JSON.stringify(each))) },
  );
  fc.assert(fc.property(body, check), { numRuns: 500 });
  expect(reached.open).toBeGreaterThan(20);
  expect(reached.refused).toBeGreaterThan(20);
});

function check(body: Uint8Array): void {
  const { store, host } = database;
  const before = store.lastTime;
  const opened = openStream(store, {
    body,
    authentication: ROOT,
    time: before,
    seed: new Uint8Array(16),
    host,
    options: { strictTemporal: false, stepsMax: 10_000 },
  });
  reached[opened.kind]++;
  expect(store.lastTime).toBe(before);
  if (opened.kind === 'open') return;
  expect([400, 403, 404]).toContain(opened.result.status);
  const { errors } = JSON.parse(opened.result.body) as { readonly errors: readonly unknown[] };
  expect(errors.length).toBeGreaterThan(0);
}
