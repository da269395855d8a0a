import { expect, test } from 'vitest';
import { claims } from '../testing/relevance-claims.ts';

claims('typo', (given) => {
  test('typo.1 words of fewer than four letters have no typos', () => {
    const index = given({ a: 'red', b: 'bed', c: 'rod' });
    expect(index.ids('red', { queryType: 'prefixNone' })).toEqual(['a']);
  });

  test('typo.2 from four letters one typo is forgiven: a letter missing, added, wrong or swapped', () => {
    const index = given({ a: 'house', b: 'hose', c: 'houuse', d: 'hoose', e: 'huose', f: 'hooose' });
    const found = index.search('house', { queryType: 'prefixNone' });
    expect(found.hits.map((hit) => [hit.objectID, hit.nbTypos])).toEqual([
      ['a', 0],
      ['e', 1],
      ['d', 1],
      ['c', 1],
      ['b', 1],
    ]);
  });

  test('typo.3 from eight letters two typos are forgiven', () => {
    const index = given({ a: 'michigan', b: 'mihcigna', c: 'mcgan' });
    expect(index.ids('michigan', { queryType: 'prefixNone' })).toEqual(['a', 'b']);
    expect(index.hit('b', 'michigan')?.nbTypos).toBe(2);
  });

  test('typo.4 a typo on the first letter counts double', () => {
    const index = given({ a: 'michigan', b: 'nichigan', c: 'imchigan', d: 'ichigan' });
    for (const objectID of ['b', 'c', 'd']) expect(index.hit(objectID, 'michigan')?.nbTypos).toBe(2);
    expect(given({ a: 'mouse' }).ids('house')).toEqual([]);
  });

  test('typo.5 fewer typos rank before anything that the default ranking looks at later', () => {
    const index = given(
      { a: { title: 'photograph', popularity: 1 }, b: { title: 'photgraph', popularity: 100 } },
      { customRanking: [{ path: 'popularity', direction: 'desc' }] },
    );
    expect(index.ids('photograph')).toEqual(['a', 'b']);
    expect(index.ids('photgraph')).toEqual(['b', 'a']);
  });

  test('typo.6 typos count once per word, with the closest of its occurrences', () => {
    const index = given({ a: 'hose house hoose', b: 'hose hoose' });
    expect(index.hit('a', 'house')?.nbTypos).toBe(0);
    expect(index.hit('b', 'house')?.nbTypos).toBe(1);
  });

  test('typo.7 typos of several words add up', () => {
    expect(given({ a: 'yellow houses' }).hit('a', 'yelow hauses')?.nbTypos).toBe(2);
  });

  test('typo.8 the sizes at which typos begin are settings', () => {
    const index = given({ a: 'red', b: 'rad' });
    expect(index.ids('red', { minWordSizeFor1Typo: 3 })).toEqual(['a', 'b']);
    expect(given({ a: 'house', b: 'hoasy' }).ids('house', { minWordSizeFor2Typos: 5 })).toEqual(['a', 'b']);
  });

  test('typo.17 below the size for one typo there are none, whatever the size for two', () => {
    const settings = { minWordSizeFor1Typo: 10, minWordSizeFor2Typos: 5 };
    expect(given({ a: 'house', b: 'hoose' }).ids('house', settings)).toEqual(['a']);
  });

  test('typo.9 typoTolerance false finds no typos', () => {
    expect(given({ a: 'house', b: 'hoose' }).ids('house', { typoTolerance: 'false' })).toEqual(['a']);
  });

  test('typo.10 typoTolerance min keeps the records with the fewest typos', () => {
    const index = given({ a: 'michigan', b: 'michgan', c: 'mihcigna' });
    expect(index.ids('michigan', { typoTolerance: 'min' })).toEqual(['a']);
    expect(index.ids('michigxn', { typoTolerance: 'min' })).toEqual(['a']);
    expect(index.search('michigan', { typoTolerance: 'min' }).hitCount).toBe(1);
  });

  test('typo.11 typoTolerance strict keeps the two lowest counts', () => {
    const index = given({ a: 'michigan', b: 'michgan', c: 'mihcigna' });
    expect(index.ids('michigan', { typoTolerance: 'strict' })).toEqual(['a', 'b']);
  });

  test('typo.12 min and strict rank by typos first, wherever the criterion stands', () => {
    const index = given(
      { a: { title: 'michigan', rank: 2 }, b: { title: 'michgan', rank: 1 } },
      { customRanking: [{ path: 'rank', direction: 'asc' }] },
    );
    const ranking = [{ kind: 'custom' }, { kind: 'typo' }] as const;
    expect(index.ids('michigan', { ranking })).toEqual(['b', 'a']);
    expect(index.ids('michigan', { ranking, typoTolerance: 'strict' })).toEqual(['a', 'b']);
  });

  test('typo.13 words with digits have no typos when numeric tokens allow none', () => {
    const index = given({ a: '12345', b: '12346' });
    expect(index.ids('12345')).toEqual(['a', 'b']);
    expect(index.ids('12345', { allowTyposOnNumericTokens: false })).toEqual(['a']);
  });

  test('typo.14 listed words have no typos, splits or concatenations', () => {
    const index = given({ a: 'hoose', b: 'hou se', c: 'housecat' });
    const settings = { disableTypoToleranceOnWords: ['House'] };
    expect(index.ids('house ')).toEqual(['b', 'a']);
    expect(index.ids('house ', settings)).toEqual([]);
    expect(index.ids('house cat ')).toEqual(['c']);
    expect(index.ids('house cat ', settings)).toEqual([]);
  });

  test('typo.15 listed attributes answer without typos, others still with', () => {
    const index = given({ a: { title: 'house' }, b: { title: 'hoose' }, c: { text: 'hoose' } });
    expect(index.ids('house', { disableTypoToleranceOnAttributes: ['title'] })).toEqual(['a', 'c']);
  });

  test('typo.16 every record with a typo counts, whatever the page', () => {
    const records = Object.fromEntries(
      Array.from({ length: 60 }, (_, at) => [`r${at}`, at < 30 ? 'house' : 'hoose']),
    );
    const index = given(records);
    expect(index.search('house', { length: 1 }).hitCount).toBe(60);
    expect(index.search('house', { length: 0 }).hitCount).toBe(60);
  });
});
