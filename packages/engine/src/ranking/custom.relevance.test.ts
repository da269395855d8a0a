import { expect, test } from 'vitest';
import { claims } from '../testing/relevance-claims.ts';

const BY_LIKES = { customRanking: [{ path: 'likes', direction: 'desc' }] } as const;

claims('custom', (given) => {
  test('custom.1 equal records are in the order of the custom ranking', () => {
    const index = given(
      { a: { title: 'x', likes: 2 }, b: { title: 'x', likes: 30 }, c: { title: 'x', likes: 4 } },
      BY_LIKES,
    );
    expect(index.ids('x')).toEqual(['b', 'c', 'a']);
    expect(index.ids('')).toEqual(['b', 'c', 'a']);
  });

  test('custom.2 it only breaks ties', () => {
    const index = given({ a: { title: 'blue', likes: 1 }, b: { title: 'x blue', likes: 9 } }, BY_LIKES);
    expect(index.ids('blue')).toEqual(['a', 'b']);
  });

  test('custom.3 records without the attribute come last, in both directions', () => {
    const records = { a: { title: 'x', likes: 1 }, b: { title: 'x' }, c: { title: 'x', likes: 2 } };
    expect(given(records, BY_LIKES).ids('')).toEqual(['c', 'a', 'b']);
    expect(given(records, { customRanking: [{ path: 'likes', direction: 'asc' }] }).ids('')).toEqual([
      'a',
      'c',
      'b',
    ]);
  });

  test('custom.4 a second attribute orders what the first leaves equal', () => {
    const index = given(
      { a: { likes: 1, name: 'z' }, b: { likes: 1, name: 'É' }, c: { likes: 2, name: 'b' } },
      { customRanking: [...BY_LIKES.customRanking, { path: 'name', direction: 'asc' }] },
    );
    expect(index.ids('')).toEqual(['c', 'b', 'a']);
  });

  test('custom.5 numbers come before texts, texts before booleans', () => {
    const index = given(
      { a: { likes: true }, b: { likes: 'b' }, c: { likes: 3 }, d: { likes: 'a' } },
      BY_LIKES,
    );
    expect(index.ids('')).toEqual(['c', 'b', 'd', 'a']);
  });

  test('custom.6 at the very end objectIDs descend', () => {
    expect(given({ '9': 'x', '10': 'x', b: 'x', a: 'x' }).ids('x')).toEqual(['b', 'a', '9', '10']);
  });

  test('custom.7 a sort criterion stands where the ranking puts it', () => {
    const index = given(
      {
        a: { title: 'blue', price: 3 },
        b: { title: 'x blue', price: 1 },
        c: { title: 'blue', price: 2 },
        d: { title: 'blue' },
      },
      { sortAttributes: ['price'] },
    );
    const byPrice = { kind: 'sort', path: 'price', direction: 'asc' } as const;
    expect(index.ids('blue', { ranking: [byPrice, { kind: 'attribute' }] })).toEqual(['b', 'c', 'a', 'd']);
    expect(index.ids('blue', { ranking: [{ kind: 'attribute' }, byPrice] })).toEqual(['c', 'a', 'd', 'b']);
  });

  test('custom.8 criteria count in the order of the ranking setting', () => {
    const index = given({ a: 'red x blue', b: 'x x x red blue' });
    expect(index.ids('red blue')).toEqual(['b', 'a']);
    expect(index.ids('red blue', { ranking: [{ kind: 'attribute' }, { kind: 'proximity' }] })).toEqual([
      'a',
      'b',
    ]);
  });
});
