import type { JsonObject } from '@skein/base';
import { describe, expect, test } from 'vitest';
import { defaultSearchQuery } from '../query/default-query.ts';
import type { HighlightOptions, SearchQuery } from '../query/search-query.ts';
import { DEFAULT_SCHEMA } from '../schema.ts';
import { SegmentedIndex } from '../testing/segmented-index.ts';

const HIGHLIGHT: HighlightOptions = {
  attributesToHighlight: undefined,
  attributesToSnippet: [],
  preTag: '<em>',
  postTag: '</em>',
  snippetEllipsisText: '…',
  restrictArrays: false,
};

/** `_highlightResult` and `_snippetResult` of the first hit for `text`. */
function results(
  record: JsonObject,
  text: string,
  settings: Partial<SearchQuery> = {},
  highlight: Partial<HighlightOptions> = {},
): { highlighted: JsonObject; snippets: JsonObject } {
  const index = new SegmentedIndex({
    ...DEFAULT_SCHEMA,
    searchable: [{ path: 'title', rank: 0, ordered: true }],
  });
  index.put('a', { objectID: 'a', ...record });
  const found = index.view.search({
    ...defaultSearchQuery(text),
    ...settings,
    highlight: { ...HIGHLIGHT, ...highlight },
  });
  const hit = found.hits[0];
  if (hit?.highlightJson === undefined) throw new Error(`${text} found nothing that is highlighted`);
  return {
    highlighted: JSON.parse(hit.highlightJson) as JsonObject,
    snippets: JSON.parse(hit.snippetJson ?? '{}') as JsonObject,
  };
}

function title(value: string | number, text: string, settings: Partial<SearchQuery> = {}): unknown {
  return (results({ title: value }, text, settings).highlighted['title'] as JsonObject)['value'];
}

const PHRASES = { advancedSyntax: { exactPhrase: true, excludeWords: true } };

describe('highlighting', () => {
  test('highlighting.1 of a prefix the part that was typed is marked', () => {
    expect(title('Photograph of a photo', 'photo')).toBe('<em>Photo</em>graph of a <em>photo</em>');
  });

  test('highlighting.2 a word with a typo is marked whole', () => {
    expect(title('my hoose here', 'house ')).toBe('my <em>hoose</em> here');
  });

  test('highlighting.3 of a prefix with a typo the nearest prefix is marked', () => {
    expect(title('Photograph', 'phtogra')).toBe('<em>Photogra</em>ph');
  });

  test('highlighting.4 words before the last are marked whole only', () => {
    expect(title('photo photos red', 'photo red', { typoTolerance: 'false' })).toBe(
      '<em>photo</em> photos <em>red</em>',
    );
  });

  test('highlighting.5 a concatenation is marked whole, a split in its parts', () => {
    expect(title('a notebook', 'note book')).toBe('a <em>notebook</em>');
    expect(title('a note book', 'notebook')).toBe('a <em>note</em> <em>book</em>');
  });

  test('highlighting.6 marks keep the original text: accents, case, ligatures', () => {
    expect(title('Crème BRÛLÉE', 'creme brulee')).toBe('<em>Crème</em> <em>BRÛLÉE</em>');
    expect(title('Großstadt', 'gross')).toBe('<em>Groß</em>stadt');
  });

  test('highlighting.7 the words of a phrase are marked', () => {
    expect(title('big red car', '"red car"', PHRASES)).toBe('big <em>red</em> <em>car</em>');
  });

  test('highlighting.8 excluded words are no matched words', () => {
    const { highlighted } = results({ title: 'big red' }, 'big -car', PHRASES);
    expect(highlighted['title']).toMatchObject({
      value: '<em>big</em> red',
      matchLevel: 'full',
      matchedWords: ['big'],
    });
  });

  test('highlighting.9 matchLevel says whether all, some or none of the words are in the value', () => {
    const record = { title: ['red car', 'red', 'none'] };
    const { highlighted } = results(record, 'red car');
    expect(highlighted['title']).toEqual([
      {
        value: '<em>red</em> <em>car</em>',
        matchLevel: 'full',
        fullyHighlighted: true,
        matchedWords: ['red', 'car'],
      },
      { value: '<em>red</em>', matchLevel: 'partial', fullyHighlighted: true, matchedWords: ['red'] },
      { value: 'none', matchLevel: 'none', matchedWords: [] },
    ]);
  });

  test('highlighting.10 fullyHighlighted is false while something is left unmarked', () => {
    const { highlighted } = results({ title: 'red cars' }, 'red car');
    expect(highlighted['title']).toMatchObject({
      value: '<em>red</em> <em>car</em>s',
      fullyHighlighted: false,
    });
  });

  test('highlighting.11 the record’s shape is mirrored, numbers as texts, booleans and null left out', () => {
    const record = { title: 'red', nested: { list: ['red', 7, true, null], other: false } };
    const { highlighted } = results(record, 'red', {}, { attributesToHighlight: ['*'] });
    expect(highlighted).toMatchObject({
      title: { value: '<em>red</em>' },
      nested: { list: [{ value: '<em>red</em>' }, { value: '7', matchLevel: 'none' }] },
    });
    expect(highlighted['nested']).not.toHaveProperty('other');
  });

  test('highlighting.12 without a query nothing is marked', () => {
    const { highlighted } = results({ title: 'red' }, '');
    expect(highlighted['title']).toEqual({ value: 'red', matchLevel: 'none', matchedWords: [] });
  });

  test('highlighting.13 every occurrence is marked, also those that the ranking did not choose', () => {
    expect(title('red x red', 'red')).toBe('<em>red</em> x <em>red</em>');
  });

  test('highlighting.14 a snippet is the window with most of the words', () => {
    const record = { title: 'one two blue four five six red blue seven eight nine ten' };
    const { snippets } = results(
      record,
      'red blue',
      {},
      { attributesToSnippet: [{ path: 'title', wordCount: 4 }] },
    );
    expect((snippets['title'] as JsonObject)['value']).toBe('…five six <em>red</em> <em>blue</em>…');
    expect((snippets['title'] as JsonObject)['matchLevel']).toBe('full');
  });

  test('highlighting.15 a text shorter than the snippet is not cut', () => {
    const { snippets } = results(
      { title: 'red blue' },
      'red',
      {},
      { attributesToSnippet: [{ path: 'title', wordCount: 4 }] },
    );
    expect((snippets['title'] as JsonObject)['value']).toBe('<em>red</em> blue');
  });

  test('highlighting.16 tags are those asked for', () => {
    const { highlighted } = results({ title: 'red' }, 'red', {}, { preTag: '[', postTag: ']' });
    expect(highlighted['title']).toMatchObject({ value: '[red]' });
  });
});
