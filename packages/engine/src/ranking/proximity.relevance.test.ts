import { expect, test } from 'vitest';
import { claims } from '../testing/relevance-claims.ts';

claims('proximity', (given) => {
  test('proximity.1 words next to each other are at distance 1, and rank before words further apart', () => {
    const index = given({ a: 'blue red car', b: 'blue x red', c: 'blue x x red' });
    expect(index.search('blue red').hits.map((hit) => [hit.objectID, hit.proximityDistance])).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ]);
  });

  test('proximity.2 the other way round costs one more', () => {
    expect(given({ a: 'red blue' }).hit('a', 'blue red')?.proximityDistance).toBe(2);
  });

  test('proximity.3 distances end at 8, and 8 is the distance between attributes', () => {
    const index = given({ a: 'blue 1 2 3 4 5 6 7 8 9 red', b: { title: 'blue', text: 'red' } });
    expect(index.hit('a', 'blue red')?.proximityDistance).toBe(8);
    expect(index.hit('b', 'blue red')?.proximityDistance).toBe(8);
  });

  test('proximity.4 elements of an array are as far apart as attributes', () => {
    const index = given({ a: { title: ['blue', 'red'] }, b: { title: ['blue red'] } });
    expect(index.hit('a', 'blue red')?.proximityDistance).toBe(8);
    expect(index.hit('b', 'blue red')?.proximityDistance).toBe(1);
  });

  test('proximity.5 the occurrences that are nearest to each other are chosen', () => {
    expect(given({ a: 'blue x x x red x blue red' }).hit('a', 'blue red')?.proximityDistance).toBe(1);
  });

  test('proximity.6 distances of several words add up, neighbour to neighbour in the order of the query', () => {
    expect(given({ a: 'one two x three' }).hit('a', 'one two three')?.proximityDistance).toBe(3);
  });

  test('proximity.7 pairs nearer than minProximity are equal', () => {
    const index = given({ a: 'blue x red', b: 'blue red', c: 'blue x x red' });
    expect(index.ids('blue red', { minProximity: 2 })).toEqual(['b', 'a', 'c']);
    expect(index.hit('b', 'blue red', { minProximity: 2 })?.proximityDistance).toBe(2);
  });

  test('proximity.8 words with more typos than needed do not count', () => {
    const index = given({ a: 'hoose cat x x house' });
    expect(index.hit('a', 'house cat')?.proximityDistance).toBe(4);
  });

  test('proximity.9 one occurrence for two equal words is no neighbourhood', () => {
    const index = given({ a: 'boom', b: 'boom boom' });
    expect(index.hit('a', 'boom boom')?.proximityDistance).toBe(8);
    expect(index.hit('b', 'boom boom')?.proximityDistance).toBe(1);
  });

  test('proximity.10 a concatenation is as near as words can be', () => {
    expect(given({ a: 'airforce one' }).hit('a', 'air force one')?.proximityDistance).toBe(2);
  });

  test('proximity.11 with one word it is 0', () => {
    expect(given({ a: 'blue' }).hit('a', 'blue')?.proximityDistance).toBe(0);
  });

  test('proximity.12 parts of a hyphenated word are neighbours', () => {
    expect(given({ a: 'off-campus' }).hit('a', 'off campus')?.proximityDistance).toBe(1);
  });
});
