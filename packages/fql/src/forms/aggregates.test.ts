/**
 * Aggregates:
 *   1. Over arrays, pages and whole sets; a page stays a page.
 *   2. What does not fit is an error at the function.
 */
import { beforeAll, expect, test } from 'vitest';
import { newDatabase } from '../testing/run-fql.ts';

const database = newDatabase();
const numbers = { match: { index: 'numbers' } };

beforeAll(() => {
  database.value({ create_collection: { object: { name: 'w' } } });
  database.value({
    create_index: {
      object: {
        name: 'numbers',
        source: { collection: 'w' },
        values: [{ object: { field: ['data', 'n'] } }],
      },
    },
  });
  const create = {
    create: { collection: 'w' },
    params: { object: { data: { object: { n: { var: 'n' } } } } },
  };
  const all = Array.from({ length: 300 }, (_, at) => at + 1);
  database.value({ foreach: { lambda: 'n', expr: create }, collection: all });
});

test.each([
  [{ count: [1, 'a', null] }, '3'],
  [{ count: [] }, '0'],
  [{ count: numbers }, '300'],
  [{ count: { documents: { collection: 'w' } } }, '300'],
  [{ count: { collections: null } }, '1'],
  [{ sum: [1, 2, 3] }, '6'],
  [{ sum: [1, 2.5] }, '3.5'],
  [{ sum: [] }, '0'],
  [{ sum: numbers }, '45150'],
  [{ mean: numbers }, '150.5'],
  [{ mean: [1, 2] }, '1.5'],
  [{ mean: [2, 2] }, '2.0'],
  [{ any: [false, true] }, 'true'],
  [{ any: [] }, 'false'],
  [{ all: [true, false] }, 'false'],
  [{ all: [] }, 'true'],
  [
    {
      reduce: { lambda: ['a', 'b'], expr: { add: [{ var: 'a' }, { var: 'b' }] } },
      initial: 0,
      collection: numbers,
    },
    '45150',
  ],
  [{ is_empty: numbers }, 'false'],
  [{ contains_value: 300, in: numbers }, 'true'],
  [{ contains_value: 301, in: numbers }, 'false'],
])('1: %j is %s', (expression, expected) => {
  expect(database.query(expression).body).toBe(`{"resource":${expected}}`);
});

test('1: integers wrap at 64 bits', () => {
  const body = new TextEncoder().encode('{"sum":[9223372036854775807,1]}');
  expect(database.query(body).body).toBe('{"resource":-9223372036854775808}');
});

test('1: a page stays a page', () => {
  expect(database.value({ sum: { paginate: numbers, size: 2, after: 5 } })).toMatchObject({
    before: [5],
    after: [7, {}],
    data: [11],
  });
  expect(database.value({ count: { paginate: numbers, size: 2 } })['data']).toEqual([2]);
});

test.each([
  [{ count: 1 }, ['count'], 'Array, Set, or Page expected, Integer provided.'],
  [{ sum: [1, 'a'] }, ['sum'], 'Number expected, String provided.'],
  [{ mean: [] }, ['mean'], 'Non-empty array expected.'],
  [{ mean: [true] }, ['mean'], 'Number expected, Boolean provided.'],
  [{ any: [true, 1] }, ['any'], 'Boolean expected, Integer provided.'],
  [{ all: [null] }, ['all'], 'Boolean expected, Null provided.'],
])('2: %j fails', (expression, position, description) => {
  expect(database.error(expression)).toEqual({ position, code: 'invalid argument', description });
});
