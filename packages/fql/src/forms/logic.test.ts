/** Comparison and logic: chains hold between neighbours; And and Or stop at the first that decides. */

import fc from 'fast-check';
import { query as q } from 'faunadb';
import { expect, test } from 'vitest';
import { newDatabase } from '../testing/mod.ts';

const { value, error } = newDatabase();

test('Equals: numbers by their value, everything else by type and content', () => {
  expect(value(q.Equals(1, q.ToDouble(1), 1))).toBe(true);
  expect(value(q.Equals(1, '1'))).toBe(false);
  expect(value(q.Equals({ a: 1, b: [2] }, { b: [2], a: 1 }))).toBe(true);
  expect(value(q.Equals(null, null))).toBe(true);
  expect(value(q.Equals([1], [q.ToDouble(1)]))).toBe(false);
  expect(value({ equals: 5 })).toBe(true);
  expect(error({ equals: [] })).toEqual({
    position: ['equals'],
    code: 'invalid argument',
    description: 'Non-empty array expected.',
  });
});

test('LT, LTE, GT and GTE hold when they hold between all neighbours', () => {
  const numbers = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 5 });
  const every = (list: number[], holds: (a: number, b: number) => boolean): boolean =>
    list.slice(1).every((next, at) => holds(list[at] ?? 0, next));
  fc.assert(
    fc.property(numbers, (list) => {
      expect(value(q.LT(...list))).toBe(every(list, (a, b) => a < b));
      expect(value(q.LTE(...list))).toBe(every(list, (a, b) => a <= b));
      expect(value(q.GT(...list))).toBe(every(list, (a, b) => a > b));
      expect(value(q.GTE(...list))).toBe(every(list, (a, b) => a >= b));
      expect(value(q.Equals(...list))).toBe(every(list, (a, b) => a === b));
    }),
  );
});

test('And and Or stop at the first that decides', () => {
  expect(value(q.And(true, false, q.Abort('no')))).toBe(false);
  expect(value(q.Or(false, true, q.Abort('no')))).toBe(true);
  expect(value(q.And(true, true))).toBe(true);
  expect(value(q.Or(false, false))).toBe(false);
  expect(value({ and: true })).toBe(true);
  expect(error(q.And(true, 1))).toEqual({
    position: ['and', 1],
    code: 'invalid argument',
    description: 'Boolean expected, Integer provided.',
  });
  expect(error({ or: null })).toMatchObject({
    position: ['or', 0],
    description: 'Boolean expected, Null provided.',
  });
});

test('Not', () => {
  expect(value(q.Not(true))).toBe(false);
  expect(error({ not: 'true' })).toMatchObject({
    position: ['not'],
    description: 'Boolean expected, String provided.',
  });
});
