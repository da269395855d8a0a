import { expect, test } from 'vitest';
import { claims } from '../testing/relevance-claims.ts';

claims('exact', (given) => {
  test('exact.1 of several words, each that is found whole counts', () => {
    const index = given({ a: 'red cars', b: 'red car' });
    expect(index.ids('red car')).toEqual(['b', 'a']);
    expect(index.hit('a', 'red car')?.nbExactWords).toBe(1);
    expect(index.hit('b', 'red car')?.nbExactWords).toBe(2);
  });

  test('exact.2 one word is exact when it is the whole attribute', () => {
    const index = given({ a: 'red', b: 'red x' });
    expect(index.hit('a', 'red')?.nbExactWords).toBe(1);
    expect(index.hit('b', 'red')?.nbExactWords).toBe(0);
    expect(index.ids('red')).toEqual(['a', 'b']);
  });

  test('exact.3 an element of an array is a whole attribute', () => {
    expect(given({ a: { title: ['x y', 'red'] } }).hit('a', 'red')?.nbExactWords).toBe(1);
  });

  test('exact.4 with word, one word found whole is exact anywhere, from three letters', () => {
    const index = given({ a: 'red x', b: 'ab x', c: 'redder' });
    const settings = { exactOnSingleWordQuery: 'word' } as const;
    expect(index.hit('a', 'red', settings)?.nbExactWords).toBe(1);
    expect(index.hit('c', 'red', settings)?.nbExactWords).toBe(0);
    expect(index.hit('b', 'ab', settings)?.nbExactWords).toBe(0);
  });

  test('exact.5 with none, one word does not distinguish', () => {
    const index = given({ a: 'red', b: 'redder' });
    expect(index.ids('red', { exactOnSingleWordQuery: 'none' })).toEqual(['b', 'a']);
  });

  test('exact.6 listed attributes are never exact', () => {
    const index = given({ a: { title: 'red car' }, b: { text: 'red car' } });
    const settings = { disableExactOnAttributes: ['title'] };
    expect(index.hit('a', 'red car', settings)?.nbExactWords).toBe(0);
    expect(index.hit('b', 'red car', settings)?.nbExactWords).toBe(2);
  });

  test('exact.7 words with typos, splits and concatenations are not exact', () => {
    expect(given({ a: 'hoose x' }).hit('a', 'house x')?.nbExactWords).toBe(1);
    expect(given({ a: 'note book x' }).hit('a', 'notebook x')?.nbExactWords).toBe(1);
    expect(given({ a: 'notebook x' }).hit('a', 'note book x')?.nbExactWords).toBe(1);
  });
});
