import { describe, expect, test } from 'vitest';
import { typos } from './edit-distance.ts';

describe('whole words', () => {
  test.each([
    ['same', 'same', 0],
    ['michael', 'micheal', 1], // transposed
    ['hose', 'house', 1], // inserted
    ['house', 'hose', 1], // deleted
    ['house', 'horse', 1], // substituted
    ['house', 'hrose', 2],
    ['ca', 'abc', 4], // no substring is edited twice
    ['abc', 'acdb', 3],
  ])('%s and %s are %i typos apart', (query, term, expected) => {
    expect(typos(query, term, false)).toBe(expected);
    expect(typos(term, query, false)).toBe(expected);
  });
});

describe('an edit of the first letter counts two', () => {
  test.each([
    ['house', 'mouse', 2], // substituted
    ['house', 'ouse', 2], // deleted
    ['house', 'ahouse', 2], // inserted before
    ['house', 'ohuse', 2], // transposed with the second
    ['aab', 'ab', 1], // deleting the second a does not touch the first
    ['ab', 'aab', 1],
    ['house', 'mousd', 3],
  ])('%s and %s are %i typos apart', (query, term, expected) => {
    expect(typos(query, term, false)).toBe(expected);
  });
});

describe('prefixes', () => {
  test.each([
    ['hou', 'house', 0],
    ['huo', 'house', 1],
    ['hoe', 'house', 1],
    ['houze', 'house', 1],
    ['housex', 'house', 1],
    ['mou', 'house', 2],
    ['x', 'house', 2],
    ['', 'house', 0],
  ])('%j against the prefixes of %j is %i typos', (query, term, expected) => {
    expect(typos(query, term, true)).toBe(expected);
  });
});
