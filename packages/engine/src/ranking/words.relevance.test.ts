import { expect, test } from 'vitest';
import { DEFAULT_TEXT_OPTIONS } from '../schema.ts';
import { claims, type GivenRecords } from '../testing/relevance-claims.ts';

const PHRASES = { advancedSyntax: { exactPhrase: true, excludeWords: true } } as const;

claims('words', (given) => {
  test('words.1 every word must match', () => {
    expect(given({ a: 'red car', b: 'red', c: 'car' }).ids('red car')).toEqual(['a']);
  });

  test('words.2 words may match in different attributes', () => {
    expect(given({ a: { title: 'red', text: 'car' } }).ids('red car')).toEqual(['a']);
  });

  test('words.3 a listed word need not match; records with it come first', () => {
    const index = given({ a: 'red', b: 'red car', c: 'car' });
    expect(index.ids('red car', { optionalWords: ['car'] })).toEqual(['b', 'a']);
    expect(index.hit('a', 'red car', { optionalWords: ['car'] })?.words).toBe(1);
  });

  test('words.4 when all words are optional one is enough, more rank first', () => {
    const index = given({ a: 'red', b: 'red blue car', c: 'car red', d: 'green' });
    expect(index.ids('red blue car', { optionalWords: 'all' })).toEqual(['b', 'c', 'a']);
  });

  test('words.5 of four optional words and thousands of records, more words are needed', () => {
    const records: Record<string, string> = { two: 'one two', three: 'one two three' };
    for (let at = 0; at < 1000; at++) records[`r${at}`] = 'one';
    const index = given(records);
    expect(index.search('one two three four', { optionalWords: 'all' }).hitCount).toBe(2);
    expect(index.search('one two three', { optionalWords: 'all' }).hitCount).toBe(1002);
  });

  test('words.6 lastWords removes words from the end until something matches', () => {
    const index = given({ a: 'red shoes' });
    const found = index.search('red shoes for men', { removeWordsIfNoResults: 'lastWords' });
    expect(found.hits.map((hit) => hit.objectID)).toEqual(['a']);
    expect(found.queryAfterRemoval).toBe('red shoes <em>for</em> <em>men</em>');
  });

  test('words.7 firstWords removes words from the front', () => {
    const found = given({ a: 'red shoes' }).search('cheap red shoes', {
      removeWordsIfNoResults: 'firstWords',
    });
    expect(found.hitCount).toBe(1);
    expect(found.queryAfterRemoval).toBe('<em>cheap</em> red shoes');
  });

  test('words.8 at most five words are removed, and never all', () => {
    const index = given({ a: 'red' });
    const settings = { removeWordsIfNoResults: 'lastWords' } as const;
    expect(index.ids('red b c d e f', settings)).toEqual(['a']);
    expect(index.ids('red b c d e f g', settings)).toEqual([]);
    expect(index.search('blue green', settings)).toMatchObject({ hitCount: 0, queryAfterRemoval: undefined });
  });

  test('words.9 allOptional makes every word optional when nothing matches', () => {
    const index = given({ a: 'red', b: 'red car' });
    expect(index.ids('red car blue', { removeWordsIfNoResults: 'allOptional' })).toEqual(['b', 'a']);
    expect(index.ids('red car', { removeWordsIfNoResults: 'allOptional' })).toEqual(['b']);
  });

  test('words.10 nothing is removed while something matches', () => {
    const found = given({ a: 'red car', b: 'red' }).search('red car', {
      removeWordsIfNoResults: 'lastWords',
    });
    expect(found).toMatchObject({ hitCount: 1, queryAfterRemoval: undefined });
  });

  test('words.11 two words written as one are found, with one typo', () => {
    const index = given({ a: 'notebook', b: 'note book' });
    expect(index.ids('note book')).toEqual(['b', 'a']);
    expect(index.hit('a', 'note book')).toMatchObject({ nbTypos: 1, words: 2 });
  });

  test('words.12 three to five words written as one are found', () => {
    const index = given({ a: 'airforceone', b: 'onetwothreefourfive' });
    expect(index.hit('a', 'air force one')).toMatchObject({ nbTypos: 1, words: 3 });
    expect(index.hit('b', 'one two three four five')).toMatchObject({ nbTypos: 1, words: 5 });
    expect(given({ a: 'abcdef x' }).ids('a b c d e f x')).toEqual([]);
  });

  test('words.13 a word written as two is found, with one typo', () => {
    const index = given({ a: 'note book', b: 'notebook', c: 'note x book' });
    expect(index.ids('notebook')).toEqual(['b', 'a']);
    expect(index.hit('a', 'notebook')).toMatchObject({ nbTypos: 1, words: 1 });
  });

  test('words.14 a word is split where the rarer part is most frequent', () => {
    const index = given({ a: 'no tebook', b: 'note book', c: 'note', d: 'book' });
    expect(index.ids('notebook ')).toEqual(['b']);
  });

  test('words.15 words of fewer than four letters are not split', () => {
    const index = given({ a: 'on e' });
    expect(index.ids('one ')).toEqual([]);
  });

  test('words.16 a part of a split has two letters, or is a digit', () => {
    expect(given({ a: 'ipad 7' }).ids('ipad7 ', { typoTolerance: 'true' })).toEqual(['a']);
    expect(given({ a: 'a round' }).ids('around ', { minWordSizeFor1Typo: 20 })).toEqual([]);
  });

  test('words.17 accents, case and width do not matter', () => {
    const records: GivenRecords = { a: 'CAFÉ', b: 'ｃａｆｅ', c: 'Straße' };
    expect(given(records).ids('cafe')).toEqual(['b', 'a']);
    expect(given(records).ids('STRASSE')).toEqual(['c']);
  });

  test('words.18 the parts of a hyphenated word and the word without hyphen both find it', () => {
    const index = given({ a: 'off-campus' });
    for (const text of ['off', 'campus', 'offcampus', 'off-campus', 'off campus'])
      expect(index.ids(text)).toEqual(['a']);
  });

  test('words.19 camelCase separates in the listed attributes and below them', () => {
    const text = { ...DEFAULT_TEXT_OPTIONS, camelCaseAttributes: ['brand'] };
    const index = given(
      { a: { brand: { name: 'eoPhone' } }, b: { other: 'eoPhone' } },
      { searchable: [], text },
    );
    expect(index.ids('phone')).toEqual(['a']);
    expect(index.ids('eophone', { typoTolerance: 'false' })).toEqual(['b']);
  });
});

claims('phrases and exclusions', (given) => {
  test('phrases.1 words in quotes must follow one another directly', () => {
    const index = given({ a: 'red car', b: 'car red', c: 'red x car', d: 'redd car' });
    expect(index.ids('"red car"', PHRASES)).toEqual(['a']);
  });

  test('phrases.2 a phrase has neither typos nor prefixes', () => {
    expect(given({ a: 'housing', b: 'hoose' }).ids('"house"', PHRASES)).toEqual([]);
  });

  test('phrases.3 other words beside it match as ever', () => {
    expect(given({ a: 'big red cars' }).ids('"big red" ca', PHRASES)).toEqual(['a']);
  });

  test('phrases.4 a phrase does not reach over elements of an array', () => {
    expect(given({ a: { title: ['red', 'car'] } }).ids('"red car"', PHRASES)).toEqual([]);
  });

  test('phrases.5 records with an excluded word are left out', () => {
    const index = given({ a: 'red car', b: 'red', c: 'red cars' });
    expect(index.ids('red -car', PHRASES)).toEqual(['b', 'c']);
  });

  test('phrases.6 exclusion alone keeps everything else', () => {
    expect(given({ a: 'red', b: 'blue' }).ids('-red', PHRASES)).toEqual(['b']);
  });

  test('phrases.7 a phrase can be excluded', () => {
    expect(given({ a: 'red car', b: 'car red' }).ids('-"red car"', PHRASES)).toEqual(['b']);
  });

  test('phrases.8 without the advanced syntax quotes and dashes separate', () => {
    const index = given({ a: 'car red', b: 'red car' });
    expect(index.ids('"red -car"')).toEqual(['b', 'a']);
  });
});
