/**
 * Text → tokens, claim by claim (docs/relevance.md, section 1).
 */
import { expect, test } from 'vitest';
import { DEFAULT_TEXT_OPTIONS, type TextOptions } from '../schema.ts';
import { type TokeniseFlags, Tokeniser } from './tokenise.ts';

interface Case extends Partial<TokeniseFlags> {
  readonly options?: Partial<TextOptions>;
}

function tokens(text: string, { options, camelCase = false, compounds = true }: Case = {}) {
  const list = new Tokeniser({ ...DEFAULT_TEXT_OPTIONS, ...options }).tokenise(text, {
    camelCase,
    compounds,
  });
  return Array.from({ length: list.count }, (_, at) => ({
    term: list.terms[at]!,
    position: list.positions[at]!,
    slice: text.slice(list.starts[at], list.ends[at]),
  }));
}

function terms(text: string, given: Case = {}): string[] {
  return tokens(text, given).map((token) => token.term);
}

test('words are runs of letters and numbers in lower case, everything else separates', () => {
  expect(terms('The quick, brown fox_jumps (over) 13 lazy-dogs!')).toEqual(
    'the quick brown fox jumps over 13 lazy lazydogs dogs'.split(' '),
  );
  expect(terms('')).toEqual([]);
  expect(terms(' … !?')).toEqual([]);
});

test('an apostrophe separates, straight or typographic', () => {
  expect(terms("Schindler's")).toEqual(['schindler', 's']);
  expect(terms('l’été')).toEqual(['l', 'ete']);
});

test('positions count tokens from 0, offsets point into the original text', () => {
  expect(tokens('Ab  çÇ x')).toEqual([
    { term: 'ab', position: 0, slice: 'Ab' },
    { term: 'cc', position: 1, slice: 'çÇ' },
    { term: 'x', position: 2, slice: 'x' },
  ]);
});

test('width: full-width letters and half-width kana become ordinary ones', () => {
  expect(terms('ＡＢＣ１２３')).toEqual(['abc123']);
  expect(terms('ｶﾞｲﾄﾞ')).toEqual(terms('ガイド'));
});

test('ligatures and superscripts are written out', () => {
  expect(terms('ﬁsh eﬃcient m² H₂O')).toEqual(['fish', 'efficient', 'm2', 'h2o']);
});

test('letters that do not decompose are folded', () => {
  expect(terms('Straße STRAẞE Ærøskøbing œuvre Łódź đak Þór Guðrún Ħal')).toEqual(
    'strasse strasse aeroskobing oeuvre lodz dak thor gudrun hal'.split(' '),
  );
});

test('Turkish i with and without dot are one letter', () => {
  expect(terms('İstanbul ISTANBUL ıstanbul istanbul')).toEqual(Array(4).fill('istanbul'));
});

test('Vietnamese loses tone and vowel marks, composed or not', () => {
  expect(terms('Phở Việt Nam')).toEqual(['pho', 'viet', 'nam']);
  expect(tokens('Phở Việt Nam'.normalize('NFD'))[1]).toEqual({
    term: 'viet',
    position: 1,
    slice: 'Việt'.normalize('NFD'),
  });
});

test('Greek loses accents, final sigma is sigma', () => {
  expect(terms('Οδυσσεύς ΟΔΥΣΣΕΥΣ')).toEqual(['οδυσσευσ', 'οδυσσευσ']);
});

test('Cyrillic ё is е', () => {
  expect(terms('Ёлка елка')).toEqual(['елка', 'елка']);
});

test('Arabic loses tashkeel, hamza seats and tatweel', () => {
  expect(terms('مُحَمَّد محمد أحمد احمد كـــتاب')).toEqual(['محمد', 'محمد', 'احمد', 'احمد', 'كتاب']);
});

test('Hebrew loses niqqud', () => {
  expect(terms('שָׁלוֹם')).toEqual(['שלום']);
});

test('Hindi keeps its vowel signs', () => {
  expect(terms('हिन्दी किताब')).toEqual(['हिन्दी', 'किताब']);
});

test('Korean words are cut at spaces and stay syllables', () => {
  expect(terms('서울 특별시에서')).toEqual(['서울', '특별시에서']);
  expect(terms('서울'.normalize('NFD'))).toEqual(['서울']);
});

test('an emoji is one token, with skin tone, joiners, or as a flag', () => {
  expect(terms('I❤️NY')).toEqual(['i', '❤', 'ny']);
  expect(tokens('👩🏽‍🚀🇩🇪🇫🇷 👨‍👩‍👧‍👦ok').map((token) => token.slice)).toEqual([
    '👩🏽‍🚀',
    '🇩🇪',
    '🇫🇷',
    '👨‍👩‍👧‍👦',
    'ok',
  ]);
  expect(terms('🏴󠁧󠁢󠁥󠁮󠁧󠁿')).toHaveLength(1);
  expect(terms('1️⃣')).toEqual(['1']);
});

test('trade marks and arrows separate', () => {
  expect(terms('Skein™ A↔B ©2020®')).toEqual(['skein', 'a', 'b', '2020']);
});

test('Chinese, Japanese and Thai are cut into words', () => {
  expect(terms('我喜欢北京')).toEqual(['我', '喜欢', '北京']);
  expect(terms('東京へ行く')).toEqual(['東京', 'へ', '行く']);
  expect(terms('สวัสดีครับ')).toEqual(['สวัสดี', 'ครับ']);
  expect(terms('iPhone手机2024年')).toEqual(['iphone', '手机', '2024', '年']);
});

test('segmented words know where they stand', () => {
  expect(tokens('a 我喜欢').map((token) => token.slice)).toEqual(['a', '我', '喜欢']);
});

test('hyphen compounds add the concatenation at the position of the first part', () => {
  expect(tokens('an off-campus flat')).toEqual([
    { term: 'an', position: 0, slice: 'an' },
    { term: 'off', position: 1, slice: 'off' },
    { term: 'offcampus', position: 1, slice: 'off-campus' },
    { term: 'campus', position: 2, slice: 'campus' },
    { term: 'flat', position: 3, slice: 'flat' },
  ]);
  expect(terms('mother-in-law')).toEqual(['mother', 'in', 'law']);
  expect(terms('one-two-six')).toEqual(['one', 'onetwosix', 'two', 'six']);
  expect(terms('off- campus off--campus')).toEqual(['off', 'campus', 'off', 'campus']);
  expect(terms('off-campus', { compounds: false })).toEqual(['off', 'campus']);
});

test('single letters joined by full stops are one token', () => {
  expect(tokens('the D.N.A. of U.S. law')).toEqual([
    { term: 'the', position: 0, slice: 'the' },
    { term: 'dna', position: 1, slice: 'D.N.A' },
    { term: 'of', position: 2, slice: 'of' },
    { term: 'us', position: 3, slice: 'U.S' },
    { term: 'law', position: 4, slice: 'law' },
  ]);
  expect(terms('J.R.R.Tolkien')).toEqual(['jrr', 'tolkien']);
  expect(terms('А.С.Пушкин')).toEqual(['ас', 'пушкин']);
  expect(terms('a..b')).toEqual(['a', 'b']);
});

test('digits joined by full stops are two numbers', () => {
  expect(terms('3.5 1.2.3')).toEqual(['3', '5', '1', '2', '3']);
});

test('fractions do not stick to the number before', () => {
  expect(terms('3½')).toEqual(['3', '1', '2']);
});

test('separatorsToIndex are tokens of their own', () => {
  const options = { separatorsToIndex: '+#' };
  expect(terms('C++ C#', { options })).toEqual(['c', '+', '+', 'c', '#']);
  expect(terms('C＋', { options })).toEqual(['c', '+']);
  expect(terms('C++ C#')).toEqual(['c', 'c']);
});

test('camelCase separates only where it is asked for', () => {
  expect(terms('onClick HTMLParser ÉtéDernier', { camelCase: true })).toEqual([
    'on',
    'click',
    'htmlparser',
    'ete',
    'dernier',
  ]);
  expect(terms('onClick')).toEqual(['onclick']);
});

test('keepDiacriticsOnCharacters keeps the marks of those letters, in both cases, composed or not', () => {
  const options = { keepDiacriticsOnCharacters: 'øé' };
  expect(terms('Øl Élan elán', { options })).toEqual(['øl', 'élan', 'elan']);
  expect(terms('e\u0301lan', { options })).toEqual(['élan']);
});

test('customNormalization replaces before everything else', () => {
  const options = {
    customNormalization: new Map([
      ['ä', 'ae'],
      ['&', 'and'],
    ]),
  };
  expect(terms('Mädchen MÄDCHEN a\u0308 AT&T ö', { options })).toEqual([
    'maedchen',
    'maedchen',
    'ae',
    'atandt',
    'o',
  ]);
});

test('invisible characters inside a word do not separate', () => {
  expect(tokens('co\u00ADoperate')).toEqual([{ term: 'cooperate', position: 0, slice: 'co\u00ADoperate' }]);
  expect(terms('a\u200Bb')).toEqual(['a', 'b']);
});

test('terms are cut at 64 units, and not inside a character', () => {
  expect(terms('x'.repeat(100))).toEqual(['x'.repeat(64)]);
  expect(tokens('x'.repeat(100))[0]!.slice).toHaveLength(100);
  expect(terms(`x${'𝒳'.repeat(40)}`)).toEqual(['x'.repeat(41)]);
  expect(terms(`x${'𐐨'.repeat(40)}`)).toEqual([`x${'𐐨'.repeat(31)}`]);
});

test('normalise folds and keeps separators', () => {
  expect(new Tokeniser(DEFAULT_TEXT_OPTIONS).normalise('Café  Noir!')).toBe('cafe  noir!');
});
