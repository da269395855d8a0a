/** Events of an intersection, a difference, a union, a join: what changed from one moment to the next, by looking at every moment. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newDatabase } from '../testing/run-fql.ts';

const byA = { match: { index: 'by_a' }, terms: 1 };
const byB = { match: { index: 'by_b' }, terms: 1 };
/** Those without values: then an element is a document, and all that can change is whether it is there. */
const SETS: readonly unknown[] = [
  { intersection: [byA, byB] },
  { difference: [byA, byB] },
  { difference: [{ documents: { collection: 'w' } }, byB] },
  { intersection: [{ distinct: byA }, { documents: { collection: 'w' } }] },
  { difference: [byA, { intersection: [byA, byB] }] },
];

const bit = fc.constantFrom(0, 1);
const steps = fc.array(
  fc.record({
    id: fc.integer({ min: 0, max: 3 }),
    data: fc.option(fc.record({ a: bit, b: bit }), { nil: undefined }),
  }),
  { maxLength: 15, size: 'max' },
);

test('events of sets made of others are the differences between moments', () => {
  let eventCount = 0;
  fc.assert(
    fc.property(steps, (given) => {
      const database = newDatabase();
      database.value({ create_collection: { object: { name: 'w' } } });
      for (const field of ['a', 'b']) {
        const terms = [{ object: { field: ['data', field] } }];
        const source = { collection: 'w' };
        database.value({ create_index: { object: { name: `by_${field}`, source, terms } } });
      }
      const times = [database.now];
      const existing = new Set<number>();
      for (const { id, data } of given) {
        const ref = { ref: { collection: 'w' }, id };
        const exists = existing.has(id);
        if (data === undefined) {
          if (!existing.delete(id)) continue;
          database.query({ delete: ref });
        } else {
          existing.add(id);
          const params = { object: { data: { object: data } } };
          database.query({ [exists ? 'update' : 'create']: ref, params });
        }
        times.push(database.now);
      }
      for (const set of SETS) {
        const expected: unknown[] = [];
        let before: readonly string[] = [];
        for (const ts of times) {
          const page: { readonly data: readonly unknown[] } = database.value({
            paginate: set,
            ts,
            size: 100,
          });
          const now = page.data.map((ref) => JSON.stringify(ref));
          for (const ref of now) {
            if (!before.includes(ref)) expected.push({ ts, action: 'add', document: JSON.parse(ref) });
          }
          for (const ref of before) {
            if (!now.includes(ref)) expected.push({ ts, action: 'remove', document: JSON.parse(ref) });
          }
          before = now;
        }
        eventCount += expected.length;
        expect(database.value({ paginate: { events: set }, size: 1000 })).toEqual({ data: expected });
      }
    }),
    { numRuns: Number(process.env['RUNS'] ?? 60) },
  );
  expect(eventCount).toBeGreaterThan(200);
});

test('a join has the events of its targets while their sources are there', () => {
  const database = newDatabase();
  for (const name of ['follows', 'posts']) database.value({ create_collection: { object: { name } } });
  const field = (...path: string[]): unknown => ({ object: { field: path } });
  database.value({
    create_index: {
      object: {
        name: 'followed',
        source: { collection: 'follows' },
        terms: [field('data', 'who')],
        values: [field('data', 'whom')],
      },
    },
  });
  database.value({
    create_index: {
      object: { name: 'by_author', source: { collection: 'posts' }, terms: [field('data', 'author')] },
    },
  });
  const post = (id: number, author: string): number => {
    const params = { object: { data: { object: { author } } } };
    database.value({ create: { ref: { collection: 'posts' }, id }, params });
    return database.now;
  };
  post(1, 'bob');
  const follow = { ref: { collection: 'follows' }, id: 1 };
  const params = { object: { data: { object: { who: 'ann', whom: 'bob' } } } };
  database.value({ create: follow, params });
  const second = post(2, 'bob');
  post(3, 'carl');
  database.value({ delete: follow });
  post(4, 'bob');
  const source = { match: { index: 'followed' }, terms: 'ann' };
  const event = {
    ts: second,
    action: 'add',
    document: {
      '@ref': {
        id: '2',
        collection: { '@ref': { id: 'posts', collection: { '@ref': { id: 'collections' } } } },
      },
    },
  };
  const lambda = { lambda: 'x', expr: { match: { index: 'by_author' }, terms: { var: 'x' } } };
  for (const target of [{ index: 'by_author' }, lambda]) {
    expect(database.value({ paginate: { events: { join: source, with: target } } })).toEqual({
      data: [event],
    });
  }
});
