/**
 * Highlighting and snippets, claim by claim (docs/relevance.md, section 9), in the shapes that Algolia answers.
 */
import type { JsonObject } from '@skein/base';
import { expect, test } from 'vitest';
import type { HighlightOptions } from '../query/search-query.ts';
import { DEFAULT_TEXT_OPTIONS } from '../schema.ts';
import { Tokeniser } from '../text/tokenise.ts';
import { Highlighter, type HighlighterOptions, highlightText } from './highlight.ts';
import { type MatchAlternatives, type MatchWord, WordMatcher } from './word-matcher.ts';

const tokeniser = new Tokeniser(DEFAULT_TEXT_OPTIONS);

/** `lamp` a word, `lamp*` a prefix, `lamp~1` a word that forgives one typo. */
function queryWord(written: string): MatchWord {
  const [term, typosMax] = written.replace('*', '').split('~');
  return { term: term!, prefix: written.includes('*'), typosMax: Number(typosMax ?? 0) };
}

function matcherOf(query: string, alternatives: Partial<MatchAlternatives> = {}): WordMatcher {
  const words = query.split(' ').filter((word) => word !== '');
  return new WordMatcher(words.map(queryWord), { splits: [], concatenations: [], ...alternatives });
}

interface Given extends Partial<HighlightOptions>, Partial<MatchAlternatives> {
  readonly searchable?: readonly string[];
  readonly disable?: Partial<HighlighterOptions>;
}

function highlighter(query: string, given: Given): Highlighter {
  const { searchable = [], disable = {}, splits = [], concatenations = [], ...highlight } = given;
  return new Highlighter({
    highlight: {
      attributesToHighlight: undefined,
      attributesToSnippet: [],
      preTag: '<em>',
      postTag: '</em>',
      snippetEllipsisText: '…',
      restrictArrays: false,
      ...highlight,
    },
    tokeniser,
    matcher: matcherOf(query, { splits, concatenations }),
    searchableAttributes: searchable,
    camelCaseAttributes: [],
    disableTypoToleranceOnAttributes: [],
    disablePrefixOnAttributes: [],
    ...disable,
  });
}

function highlight(query: string, record: JsonObject, given: Given = {}): unknown {
  const json = highlighter(query, given).highlight(record);
  return json === undefined ? undefined : JSON.parse(json);
}

/** The marked value of one text. */
function value(query: string, text: string, given: Given = {}): string {
  return (highlight(query, { text }, given) as { text: { value: string } }).text.value;
}

function snippet(query: string, text: string, wordCount: number, given: Given = {}): unknown {
  const json = highlighter(query, { attributesToSnippet: [{ path: 'text', wordCount }], ...given }).snippet({
    text,
  });
  return (JSON.parse(json!) as { text: unknown }).text;
}

test('a leaf has value, matchLevel, fullyHighlighted and matchedWords, in this order', () => {
  expect(highlighter('lamp desk', {}).highlight({ name: 'Desk lamp', other: 'Lamp "2"', none: 'x' })).toBe(
    '{"name":{"value":"<em>Desk</em> <em>lamp</em>","matchLevel":"full","fullyHighlighted":true,"matchedWords":["lamp","desk"]},' +
      '"other":{"value":"<em>Lamp</em> \\"2\\"","matchLevel":"partial","fullyHighlighted":false,"matchedWords":["lamp"]},' +
      '"none":{"value":"x","matchLevel":"none","matchedWords":[]}}',
  );
});

test('without query words nothing matches', () => {
  expect(highlight('', { name: 'x' })).toEqual({
    name: { value: 'x', matchLevel: 'none', matchedWords: [] },
  });
});

test('of a prefix alternative the part typed is marked', () => {
  expect(value('lam*', 'Lamps, lam')).toBe('<em>Lam</em>ps, <em>lam</em>');
  expect(value('étu*', 'Etudiant ÉTUDE')).toBe('Etudiant ÉTUDE');
  expect(value('etu*', 'Etudiant ÉTUDE')).toBe('<em>Etu</em>diant <em>ÉTU</em>DE');
});

test('of a prefix with typos the shortest prefix with the fewest is marked', () => {
  expect(value('telev*~1', 'Telvision')).toBe('<em>Telv</em>ision');
  expect(value('lamb*~1', 'lamp lamppost')).toBe('<em>lamp</em> <em>lam</em>ppost');
});

test('a word with typos is marked entirely', () => {
  expect(value('lomp~1', 'a lamp')).toBe('a <em>lamp</em>');
  expect(value('lomp', 'a lamp')).toBe('a lamp');
});

test('marks end after whole characters of the original text', () => {
  expect(value('stras*', 'Straße')).toBe('<em>Straß</em>e');
  expect(value('f*', 'ﬁsh')).toBe('<em>ﬁ</em>sh');
  expect(value('vie*', 'Việt'.normalize('NFD'))).toBe(`<em>${'Việ'.normalize('NFD')}</em>t`);
  expect(value('हि*', 'हिन्दी')).toBe('<em>हि</em>न्दी');
  expect(value('ह*', 'हिन्दी')).toBe('<em>हि</em>न्दी');
  expect(value('서*', '서울'.normalize('NFD'))).toBe(
    `<em>${'서'.normalize('NFD')}</em>${'울'.normalize('NFD')}`,
  );
  expect(value('dn*', 'D.N.A.')).toBe('<em>D.N</em>.A.');
});

test('a hyphen compound is marked as one unless its parts are marked as far', () => {
  expect(value('offcampus', 'an off-campus flat')).toBe('an <em>off-campus</em> flat');
  expect(value('offcam*', 'an off-campus flat')).toBe('an <em>off-cam</em>pus flat');
  const joined = { concatenations: [{ term: 'offcampus', words: [0, 1] }] };
  expect(value('off campus', 'an off-campus flat', joined)).toBe('an <em>off</em>-<em>campus</em> flat');
  expect(highlight('offcampus', { a: 'off-campus' })).toMatchObject({ a: { fullyHighlighted: true } });
});

test('neighbouring words keep tags of their own', () => {
  expect(value('new york', 'New York')).toBe('<em>New</em> <em>York</em>');
});

test('split parts and concatenations are marked and count for their words', () => {
  const splits = [{ word: 0, parts: ['on', 'click'] as const }];
  expect(highlight('onclick', { a: 'on click' }, { splits })).toEqual({
    a: {
      value: '<em>on</em> <em>click</em>',
      matchLevel: 'full',
      fullyHighlighted: true,
      matchedWords: ['onclick'],
    },
  });
  const concatenations = [{ term: 'newyork', words: [0, 1] }];
  expect(highlight('new york', { a: 'NewYork city' }, { concatenations })).toMatchObject({
    a: { value: '<em>NewYork</em> city', matchLevel: 'full', matchedWords: ['new', 'york'] },
  });
});

test('HTML in values is not escaped', () => {
  expect(value('b', '<b>b</b>')).toBe('<<em>b</em>><em>b</em></<em>b</em>>');
});

test('objects and arrays are mirrored, numbers are text, booleans and null are left out', () => {
  const record = {
    objectID: 'lamp',
    _tags: ['lamp'],
    a: { b: ['lamp', 'x', 1993, true], c: null, d: [{ e: true }, { e: 'y' }] },
    f: false,
  };
  const none = { matchLevel: 'none', matchedWords: [] };
  expect(highlight('lamp', record)).toEqual({
    a: {
      b: [
        { value: '<em>lamp</em>', matchLevel: 'full', fullyHighlighted: true, matchedWords: ['lamp'] },
        { value: 'x', ...none },
        { value: '1993', ...none },
      ],
      d: [{}, { e: { value: 'y', ...none } }],
    },
  });
});

test('restrictArrays keeps the elements that match', () => {
  const record = { a: ['x', 'lamp'], b: [{ c: 'y', d: 'lamp' }, { c: 'y' }], e: 'x', f: ['x'] };
  expect(highlight('lamp', record, { restrictArrays: true })).toMatchObject({
    a: [{ value: '<em>lamp</em>' }],
    b: [{ c: { value: 'y' }, d: { value: '<em>lamp</em>' } }],
    e: { value: 'x' },
    f: [],
  });
});

test('the searchable attributes are highlighted unless others are named', () => {
  const record = { objectID: 'o', a: 'x', b: { c: 'x', d: 'x' }, e: 'x' };
  const leaf = { value: 'x', matchLevel: 'none', matchedWords: [] };
  expect(highlight('', record, { searchable: ['b.c', 'a'] })).toEqual({ a: leaf, b: { c: leaf } });
  expect(highlight('', record, { attributesToHighlight: ['*'], searchable: ['a'] })).toEqual({
    a: leaf,
    b: { c: leaf, d: leaf },
    e: leaf,
  });
  expect(highlight('', record, { attributesToHighlight: ['b', 'objectID'] })).toMatchObject({
    b: { d: leaf },
    objectID: {},
  });
  expect(highlight('', record, { attributesToHighlight: ['b.*'] })).toEqual({ b: { c: leaf, d: leaf } });
  expect(highlight('', record, { attributesToHighlight: [] })).toBeUndefined();
  expect(highlight('', record, { attributesToHighlight: ['zzz'] })).toEqual({});
});

test('attributes without typos or prefixes mark by their rules', () => {
  const record = { a: 'lamps', b: { c: 'lamps' } };
  const rules = (disable: Partial<HighlighterOptions>) => highlight('lomp~1 lam*', record, { disable });
  expect(rules({ disablePrefixOnAttributes: ['b'] })).toMatchObject({
    a: { value: '<em>lam</em>ps' },
    b: { c: { value: 'lamps' } },
  });
  expect(
    highlight('lomps~1', record, { disable: { disableTypoToleranceOnAttributes: ['b.c'] } }),
  ).toMatchObject({
    a: { value: '<em>lamps</em>' },
    b: { c: { value: 'lamps' } },
  });
});

test('camelCase attributes mark parts of words', () => {
  const disable = { camelCaseAttributes: ['text'] };
  expect(value('click', 'onClick')).toBe('onClick');
  expect(value('click', 'onClick', { disable })).toBe('on<em>Click</em>');
});

test('a snippet is the window with the most distinct words, then the most marks, then the earliest', () => {
  const text = 'aa bb cc lamp dd lamp lamp ee desk lamp ff gg.';
  expect(snippet('lamp desk', text, 2)).toEqual({
    value: '…<em>desk</em> <em>lamp</em>…',
    matchLevel: 'full',
  });
  expect(snippet('lamp', text, 3)).toMatchObject({ value: '…<em>lamp</em> dd <em>lamp</em>…' });
  expect(snippet('lamp', text, 4)).toEqual({
    value: '…<em>lamp</em> dd <em>lamp</em> <em>lamp</em>…',
    matchLevel: 'full',
  });
  expect(snippet('zzz', text, 2)).toEqual({ value: 'aa bb…', matchLevel: 'none' });
  expect(snippet('', text, 2)).toEqual({ value: 'aa bb…', matchLevel: 'none' });
  expect(snippet('gg', text, 2)).toEqual({ value: '…ff <em>gg</em>.', matchLevel: 'full' });
});

test('a text that fits is not cut', () => {
  expect(snippet('', '(aa, bb)', 2)).toEqual({ value: '(aa, bb)', matchLevel: 'none' });
  expect(snippet('', 'off-campus flat', 3)).toMatchObject({ value: 'off-campus flat' });
});

test('the ellipsis and the tags are as asked for', () => {
  const given = { snippetEllipsisText: '[more]', preTag: '__', postTag: '//' };
  expect(snippet('bb', 'aa bb cc', 1, given)).toEqual({ value: '[more]__bb//[more]', matchLevel: 'full' });
});

test('no attributes to cut: no snippets', () => {
  expect(highlighter('a', {}).snippet({ text: 'a' })).toBeUndefined();
});

test('a hostile depth does not overflow', () => {
  const deep = JSON.parse(`{"a":${'['.repeat(50_000)}"x"${']'.repeat(50_000)},"b":"x"}`) as JsonObject;
  expect(highlight('x', deep)).toMatchObject({ b: { value: '<em>x</em>' } });
});

test('one text is marked by itself', () => {
  expect(
    highlightText('Red lamps', { tokeniser, matcher: matcherOf('lam*'), preTag: '[', postTag: ']' }),
  ).toBe('Red [lam]ps');
});
