import { expect, test } from 'vitest';
import { claims } from '../testing/relevance-claims.ts';

const BOTH_EQUAL = [
  { path: 'title', rank: 0, ordered: true },
  { path: 'text', rank: 0, ordered: true },
];

claims('attribute', (given) => {
  test('attribute.1 a more important attribute ranks first', () => {
    const index = given({ a: { text: 'blue' }, b: { title: 'x x x blue' } });
    expect(index.ids('blue')).toEqual(['b', 'a']);
  });

  test('attribute.2 inside an ordered attribute an earlier word ranks first', () => {
    const index = given({ a: 'x blue', b: 'x x blue', c: 'blue x' });
    expect(index.ids('blue')).toEqual(['c', 'a', 'b']);
  });

  test('attribute.3 inside an unordered attribute the place does not matter', () => {
    const index = given(
      { a: 'blue x', b: 'x blue' },
      { searchable: [{ path: 'title', rank: 0, ordered: false }] },
    );
    expect(index.ids('blue')).toEqual(['b', 'a']);
    expect(index.hit('b', 'blue')?.firstMatchedWord).toBe(0);
  });

  test('attribute.4 attributes of one comma list are equal', () => {
    const index = given({ a: { title: 'blue x' }, b: { text: 'blue x' } }, { searchable: BOTH_EQUAL });
    expect(index.ids('blue')).toEqual(['b', 'a']);
  });

  test('attribute.5 the number is 1000 for each rank plus the position', () => {
    const index = given({ a: { title: 'x', text: 'x x blue' } });
    expect(index.hit('a', 'blue')?.firstMatchedWord).toBe(1002);
  });

  test('attribute.6 without searchableAttributes every attribute is searched, all equally', () => {
    const index = given(
      { a: { x: 'blue' }, b: { y: { z: ['1', 'blue'] } }, blue: { x: 'red' } },
      { searchable: [] },
    );
    expect(index.ids('blue')).toEqual(['b', 'a']);
    expect(index.hit('b', 'blue')?.firstMatchedWord).toBe(0);
  });

  test('attribute.7 attributes that are not listed are not searched', () => {
    expect(given({ a: { other: 'blue' } }).ids('blue')).toEqual([]);
  });

  test('attribute.8 restrictSearchableAttributes leaves the others out', () => {
    const index = given({ a: { title: 'blue' }, b: { text: 'blue' } });
    expect(index.ids('blue', { restrictSearchableAttributes: ['text'] })).toEqual(['b']);
  });

  test('attribute.9 after proximity, the nearest occurrences count', () => {
    const index = given({ a: 'blue x x x red blue red' });
    expect(index.hit('a', 'blue red')?.firstMatchedWord).toBe(5);
  });

  test('attribute.10 before proximity, the best occurrence counts', () => {
    const index = given({ a: 'blue x x x red blue red' });
    const ranking = [{ kind: 'attribute' }, { kind: 'proximity' }] as const;
    expect(index.hit('a', 'blue red', { ranking })?.firstMatchedWord).toBe(0);
    const byProximity = { ranking, attributeCriteriaComputedByMinProximity: true };
    expect(index.hit('a', 'blue red', byProximity)?.firstMatchedWord).toBe(5);
  });

  test('attribute.11 an object takes in everything below it', () => {
    const index = given(
      { a: { brand: { name: 'Blue', made: [{ place: 'Red' }] } } },
      { searchable: [{ path: 'brand', rank: 0, ordered: true }] },
    );
    expect(index.ids('blue red')).toEqual(['a']);
  });

  test('attribute.12 numbers are words, booleans are not', () => {
    const index = given({ a: { title: 42, text: true } });
    expect(index.ids('42')).toEqual(['a']);
    expect(index.ids('true')).toEqual([]);
  });
});
