import { expect, test } from 'vitest';
import { claims, type GivenRecords } from '../testing/relevance-claims.ts';

const RECORDS: GivenRecords = {
  a: { title: 'shirt', model: 'm1' },
  b: { title: 'x shirt', model: 'm1' },
  c: { title: 'x x shirt', model: 'm2' },
  d: { title: 'x x x shirt', model: 'm1' },
  e: { title: 'x x x x shirt' },
  f: { title: 'x x x x x shirt' },
};
const SCHEMA = { distinctAttribute: 'model' };

claims('distinct', (given) => {
  test('distinct.1 of each group the best record stays, at its own place', () => {
    expect(given(RECORDS, SCHEMA).ids('shirt', { distinct: 1 })).toEqual(['a', 'c', 'e', 'f']);
  });

  test('distinct.2 up to so many of each group stay', () => {
    expect(given(RECORDS, SCHEMA).ids('shirt', { distinct: 2 })).toEqual(['a', 'b', 'c', 'e', 'f']);
    expect(given(RECORDS, SCHEMA).ids('shirt', { distinct: 3 })).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  test('distinct.3 the number of hits is the number of groups', () => {
    for (const distinct of [1, 2, 3])
      expect(given(RECORDS, SCHEMA).search('shirt', { distinct }).hitCount).toBe(4);
    expect(given(RECORDS, SCHEMA).search('shirt', { distinct: 0 }).hitCount).toBe(6);
  });

  test('distinct.4 records without a value are groups of their own', () => {
    expect(given(RECORDS, SCHEMA).ids('shirt', { distinct: 1 })).toContain('f');
  });

  test('distinct.5 each hit says its place inside its group', () => {
    const { hits } = given(RECORDS, SCHEMA).search('shirt', { distinct: 2 });
    expect(hits.map((hit) => hit.distinctSequence)).toEqual([0, 1, 0, 0, 0]);
  });

  test('distinct.8 a hit’s place inside its group counts the pages before', () => {
    const { hits } = given(RECORDS, SCHEMA).search('shirt', { distinct: 2, offset: 1 });
    expect(hits.map((hit) => hit.distinctSequence)).toEqual([1, 0, 0, 0]);
  });

  test('distinct.6 pages are pages of what stays', () => {
    expect(given(RECORDS, SCHEMA).ids('shirt', { distinct: 1, offset: 1, length: 2 })).toEqual(['c', 'e']);
  });

  test('distinct.7 without an attribute for it, or switched off, nothing is grouped', () => {
    expect(given(RECORDS).search('shirt', { distinct: 1 }).hitCount).toBe(6);
    expect(given(RECORDS, SCHEMA).ids('shirt')).toHaveLength(6);
  });
});
