import { expect, test } from 'vitest';
import { figuresOf } from './measure-figures.ts';

test('half of the values are at most p50, and p99 leaves out one of a hundred', () => {
  const hundred = Array.from({ length: 100 }, (_, at) => 100 - at);
  expect(figuresOf(hundred)).toEqual({ count: 100, p50: 50, p99: 99, max: 100 });
  expect(figuresOf([3, 1])).toEqual({ count: 2, p50: 1, p99: 3, max: 3 });
  expect(figuresOf([])).toEqual({ count: 0, p50: 0, p99: 0, max: 0 });
});
