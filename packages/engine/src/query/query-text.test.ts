/**
 * Query text → words (docs/relevance.md, section 2).
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_TEXT_OPTIONS } from '../schema.ts';
import { Tokeniser } from '../text/tokenise.ts';
import {
  parseQueryText,
  QUERY_WORD_COUNT_MAX,
  type QueryText,
  type QueryTextOptions,
  type QueryWord,
  removalSteps,
  renderParsedQuery,
  renderQueryAfterRemoval,
  resolveOptional,
} from './query-text.ts';

const tokeniser = new Tokeniser(DEFAULT_TEXT_OPTIONS);
const ADVANCED = { exactPhrase: true, excludeWords: true };
const PLAIN = { exactPhrase: false, excludeWords: false };

function parse(text: string, given: Partial<QueryTextOptions> = {}): QueryText {
  return parseQueryText(text, { tokeniser, queryType: 'prefixLast', advancedSyntax: ADVANCED, ...given });
}

/** `foo` a word, `foo*` a prefix, `0:foo` a phrase's word. */
function show(word: QueryWord): string {
  return `${word.phrase === undefined ? '' : `${word.phrase}:`}${word.term}${word.prefix ? '*' : ''}`;
}

function words(text: string, given: Partial<QueryTextOptions> = {}): string[] {
  return parse(text, given).words.map(show);
}

function excluded(text: string, given: Partial<QueryTextOptions> = {}): string[][] {
  return parse(text, given).excluded.map((group) => group.map(show));
}

test('the last word is the prefix word only if nothing follows it', () => {
  expect(words('New Yo')).toEqual(['new', 'yo*']);
  expect(words('New Yo ')).toEqual(['new', 'yo']);
  expect(words('yo!')).toEqual(['yo']);
  expect(words('new yo', { queryType: 'prefixAll' })).toEqual(['new*', 'yo*']);
  expect(words('new yo', { queryType: 'prefixNone' })).toEqual(['new', 'yo']);
});

test('hyphen compounds give only their parts', () => {
  expect(words('off-campus')).toEqual(['off', 'campus*']);
});

test('words know where they stand and how long they are', () => {
  expect(parse(' Straße 𐐨').words).toMatchObject([
    { term: 'strasse', length: 7, start: 1, end: 7 },
    { term: '𐐨', length: 1, start: 8, end: 10 },
  ]);
});

test('quotes make phrases, whose words are never prefixes', () => {
  expect(words('a "New York" "b" c')).toEqual(['a', '0:new', '0:york', '1:b', 'c*']);
  expect(words('"new york"')).toEqual(['0:new', '0:york']);
  expect(words('"new york"', { advancedSyntax: PLAIN })).toEqual(['new', 'york']);
  expect(words('"" a')).toEqual(['a*']);
});

test('a quote that is never closed only separates', () => {
  expect(words('a "new yo')).toEqual(['a', 'new', 'yo*']);
});

test('a minus before a word excludes it', () => {
  expect(words('lamp -desk')).toEqual(['lamp']);
  expect(excluded('lamp -desk')).toEqual([['desk']]);
  expect(excluded('-"desk lamp" x -off-campus')).toEqual([
    ['0:desk', '0:lamp'],
    ['off', 'campus'],
  ]);
  expect(words('lamp -desk', { advancedSyntax: PLAIN })).toEqual(['lamp', 'desk*']);
  expect(excluded('-"desk lamp"', { advancedSyntax: { exactPhrase: false, excludeWords: true } })).toEqual(
    [],
  );
});

test('a minus inside a word or by itself excludes nothing', () => {
  expect(parse('off-campus - x -').excluded).toEqual([]);
});

test('the first 32 words count, the first 512 characters are read', () => {
  const many = Array.from({ length: 40 }, (_, at) => `w${at}`).join(' ');
  expect(words(many)).toHaveLength(QUERY_WORD_COUNT_MAX);
  expect(words(many).at(-1)).toBe('w31');
  expect(parse(`${' '.repeat(510)}abcdef`).words).toMatchObject([{ term: 'ab', prefix: true }]);
});

test('optional words are compared after normalisation, entries may hold several', () => {
  expect(resolveOptional(parse('the big café').words, ['THE', 'Cafe bar'], tokeniser)).toEqual([
    true,
    false,
    true,
  ]);
  expect(resolveOptional(parse('a b').words, 'all', tokeniser)).toEqual([true, true]);
});

test('removal takes the last or the first words, at most five, never all', () => {
  const removed = (count: number, mode: 'lastWords' | 'firstWords') =>
    removalSteps(count, mode).map((step) => (step.kind === 'remove' ? [step.first, step.end] : step.kind));
  expect(removed(3, 'lastWords')).toEqual([
    [2, 3],
    [1, 3],
  ]);
  expect(removed(3, 'firstWords')).toEqual([
    [0, 1],
    [0, 2],
  ]);
  expect(removed(9, 'lastWords')).toHaveLength(5);
  expect(removalSteps(1, 'lastWords')).toEqual([]);
  expect(removalSteps(2, 'allOptional')).toEqual([{ kind: 'allOptional' }]);
  expect(removalSteps(2, 'none')).toEqual([]);
});

test('queryAfterRemoval marks the removed words in the text as typed', () => {
  expect(renderQueryAfterRemoval(parse('Red lamp, zzz'), (word) => word === 2)).toBe(
    'Red lamp, <em>zzz</em>',
  );
});

test('parsedQuery shows the words as searched', () => {
  expect(renderParsedQuery(parse('Café "New York" -X'))).toBe('cafe "new york" -x');
});

test('any text parses', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.constantFrom('"', '-', ' ', 'foo', '-foo', 'é', '日本', '😀')).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, (typed) => {
      const query = parse(typed);
      for (const word of [...query.words, ...query.excluded.flat()]) {
        expect(tokeniser.normalise(query.text.slice(word.start, word.end))).toContain(word.term[0]);
      }
      expect(renderQueryAfterRemoval(query, () => true).replaceAll(/<\/?em>/g, '')).toBe(
        query.text.replaceAll(/<\/?em>/g, ''),
      );
    }),
  );
});
