/** Cursors, terms and bounds are what clients send: whatever they are, the answer is a page or a documented error. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newDatabase } from '../testing/run-fql.ts';

const database = newDatabase();
database.value({ create_collection: { object: { name: 'w' } } });
const field = (...path: string[]): unknown => ({ object: { field: path } });
const index = (name: string, parts: Record<string, unknown>): void => {
  database.value({ create_index: { object: { name, source: { collection: 'w' }, ...parts } } });
};
index('plain', {});
index('values', { values: [field('data', 'n'), field('ts')] });
index('terms', { terms: [field('data', 'n')], values: [field('data', 'n'), field('ref')] });
for (const n of [1, 2.5, 'a', null]) {
  database.value({ create: { collection: 'w' }, params: { object: { data: { object: { n } } } } });
}

const scalar = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, 0, 1, -1, 2.5, 1e300, 'a', '', { '@bytes': 'AQID' }),
  fc.constantFrom<unknown>(
    { time: 'now' },
    { date: '2020-01-01' },
    { collection: 'w' },
    { collection: 'nope' },
    { ref: { collection: 'w' }, id: 1 },
    { collections: null },
    { documents: { collection: 'w' } },
    { match: { index: 'values' } },
  ),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string({ maxLength: 4 }),
);
const keys = fc.constantFrom(
  'ts',
  'action',
  'document',
  'instance',
  'resource',
  'data',
  'values',
  'after',
  'x',
);
const value = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.constantFrom<unknown>('create', 'add', 'remove', 'update'),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(keys, tie('any'), { maxKeys: 4 }).map((object) => ({ object })),
  ),
})).any;

const set = fc.oneof(
  fc.constantFrom<unknown>(
    { match: { index: 'plain' } },
    { match: { index: 'values' } },
    { documents: { collection: 'w' } },
    { collections: null },
    { ref: { collection: 'w' }, id: 1 },
    { reverse: { match: { index: 'values' } } },
    { reverse: { match: { index: 'plain' } } },
    { events: { match: { index: 'values' } } },
    { events: { documents: { collection: 'w' } } },
    { union: [{ match: { index: 'plain' } }, { match: { index: 'values' } }] },
    { join: { match: { index: 'values' } }, with: { index: 'terms' } },
  ),
  value.map((terms) => ({ match: { index: 'terms' }, terms })),
  fc.tuple(value, value).map(([from, to]) => ({ range: { match: { index: 'values' } }, from, to })),
  value,
);

test('every cursor gives a page or an error', () => {
  let pageCount = 0;
  let errorCount = 0;
  fc.assert(
    fc.property(
      set,
      fc.constantFrom('after', 'before', 'cursor'),
      value,
      fc.integer({ min: -1, max: 5 }),
      fc.boolean(),
      (paginate, key, cursor, size, events) => {
        const answer = database.query({ paginate, [key]: cursor, size, events, sources: !events });
        if (answer.status === 200) pageCount++;
        else {
          errorCount++;
          expect([400, 404]).toContain(answer.status);
          for (const error of answer.json['errors'] as readonly { readonly code: string }[]) {
            expect(['invalid argument', 'invalid ref', 'invalid expression', 'instance not found']).toContain(
              error.code,
            );
          }
        }
      },
    ),
    { numRuns: Number(process.env['RUNS'] ?? 400) },
  );
  expect(pageCount).toBeGreaterThan(50);
  expect(errorCount).toBeGreaterThan(50);
});
