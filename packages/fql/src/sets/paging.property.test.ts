/**
 * Walking a set page by page, while others write:
 *   1. Forward and backward, entries that are there throughout are seen exactly once, in order; none is seen twice.
 *   2. A walk at a fixed time sees what was there at that time, whatever is written since.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newDatabase, type TestDatabase } from '../testing/run-fql.ts';

/** An answer, of which the test knows what it is. */
type Json = { readonly [key: string]: Json } & readonly Json[];

type Write = { readonly id: number; readonly n: number | undefined };

const SETS: Readonly<Record<string, unknown>> = {
  'by number': { match: { index: 'by_n' } },
  documents: { documents: { collection: 'w' } },
  backwards: { reverse: { match: { index: 'by_n' } } },
  union: { union: [{ match: { index: 'by_n' } }, { range: { match: { index: 'by_n' } }, from: 2, to: 5 }] },
  difference: {
    difference: [{ match: { index: 'by_n' } }, { range: { match: { index: 'by_n' } }, from: 2, to: 3 }],
  },
};

function setUp(): TestDatabase {
  const database = newDatabase();
  database.value({ create_collection: { object: { name: 'w' } } });
  database.value({
    create_index: {
      object: {
        name: 'by_n',
        source: { collection: 'w' },
        values: [{ object: { field: ['data', 'n'] } }, { object: { field: ['ref'] } }],
      },
    },
  });
  return database;
}

/** `n` undefined: the document is deleted. */
function apply(database: TestDatabase, documents: Map<number, number>, { id, n }: Write): void {
  const ref = { ref: { collection: 'w' }, id };
  const write = (expression: unknown): void => expect(database.query(expression).wrote).toBe(true);
  if (n === undefined) {
    if (documents.delete(id)) write({ delete: ref });
    return;
  }
  const params = { object: { data: { object: { n } } } };
  write(documents.has(id) ? { update: ref, params } : { create: ref, params });
  documents.set(id, n);
}

const idOf = (item: Json): number => Number((Array.isArray(item) ? item[1] : item)?.['@ref']?.['id']);

const write = fc.record({
  id: fc.integer({ min: 0, max: 25 }),
  n: fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined }),
});
const writes = fc.array(write, { maxLength: 4 });

test('1, 2: what is there throughout is seen exactly once', () => {
  let pageCount = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.keys(SETS)),
      fc.constantFrom('after' as const, 'before' as const),
      fc.integer({ min: 1, max: 6 }),
      fc.array(write, { minLength: 5, maxLength: 25 }),
      fc.array(writes, { minLength: 3, maxLength: 20 }),
      (name, direction, size, first, between) => {
        const database = setUp();
        const documents = new Map<number, number>();
        for (const one of first) apply(database, documents, one);
        const set = SETS[name];
        const startTime = database.now;
        const atStart: Json = database.value({ paginate: set, size: 1000 })['data'];
        const there = new Map(atStart.map((item) => [idOf(item), JSON.stringify(item)]));

        const seen: Json[] = [];
        // Backward from the end: that of a set that is read backwards is at its least value.
        let cursor: unknown = direction === 'after' ? undefined : name === 'backwards' ? 0 : null;
        if (direction === 'before' && name === 'backwards') cursor = -1;
        for (let round = 0; ; round++) {
          const page: Json = database.value({
            paginate: set,
            size,
            ...(cursor === undefined ? {} : { [direction]: cursor }),
          });
          pageCount++;
          const data = [...page['data']!];
          seen.push(...(direction === 'after' ? data : data.toReversed()));
          cursor = page[direction];
          if (cursor === undefined) break;
          for (const one of between[round] ?? []) {
            apply(database, documents, one);
            // What changed in between may be seen or not.
            there.delete(one.id);
          }
        }
        const keys = seen.map((item) => JSON.stringify(item));
        expect(new Set(keys).size).toBe(keys.length);
        const stayed = keys.filter((key, at) => there.get(idOf(seen[at]!)) === key);
        const expected = atStart.filter((item) => there.has(idOf(item))).map((item) => JSON.stringify(item));
        expect(stayed).toEqual(direction === 'after' ? expected : expected.toReversed());
        expect(database.value({ paginate: set, size: 1000, ts: startTime })['data']).toEqual(atStart);
      },
    ),
    { numRuns: Number(process.env['RUNS'] ?? 100) },
  );
  expect(pageCount).toBeGreaterThan(100);
});
