/**
 * Highlighting on any record, any query: nothing throws, tags only add, levels and words are what the plain rules say.
 */
import type { Json, JsonObject } from '@skein/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_TEXT_OPTIONS } from '../schema.ts';
import { typos } from '../testing/edit-distance.ts';
import { Tokeniser } from '../text/tokenise.ts';
import { Highlighter } from './highlight.ts';
import { type MatchWord, WordMatcher } from './word-matcher.ts';

const tokeniser = new Tokeniser(DEFAULT_TEXT_OPTIONS);
const PRE = '\uE000';
const POST = '\uE001';
const runs = { numRuns: Number(process.env['RUNS'] ?? 300) };

const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'ß', 'é'), minLength: 1, maxLength: 6 });
const textPart = fc.oneof(
  letters,
  fc.constantFrom(
    ' ',
    '-',
    '.',
    ' ',
    'abc-bab',
    'a.b.',
    'ﬁ',
    '½',
    'ह',
    'ि',
    '日本',
    '😀',
    '\u0301',
    '서',
    '\u1109\u1165',
  ),
  fc.string({ unit: 'binary', maxLength: 2 }),
);
const text = fc
  .array(textPart, { maxLength: 12 })
  .map((parts) => parts.join('').replaceAll(/[\uE000\uE001]/g, ''));
const term = fc.oneof(
  letters.map((word) => tokeniser.normalise(word)),
  fc.constantFrom('abcbab', 'ab', 'fi', 'ह', '日', '1', '서', 'हि'),
);
const word: fc.Arbitrary<MatchWord> = fc.record({
  term,
  prefix: fc.boolean(),
  typosMax: fc.integer({ min: 0, max: 2 }),
});
const matcher = fc
  .record({ words: fc.array(word, { maxLength: 4 }), split: fc.tuple(term, term), joined: term })
  .map(({ words, split, joined }) => ({
    words,
    matcher: new WordMatcher(words, {
      splits: words.length > 0 ? [{ word: 0, parts: split }] : [],
      concatenations: words.length > 1 ? [{ term: joined, words: [0, 1] }] : [],
    }),
    split,
    joined,
  }));
const { record } = fc.letrec<{ record: JsonObject; value: Json }>((tie) => ({
  record: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'objectID'), tie('value'), {
    maxKeys: 3,
    noNullPrototype: true,
  }),
  value: fc.oneof(
    { depthSize: 'small' },
    fc.oneof(text, fc.double(), fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('record'),
  ),
}));

function highlighterOf(given: WordMatcher, wordCount = 3): Highlighter {
  return new Highlighter({
    highlight: {
      attributesToHighlight: ['*', 'objectID'],
      attributesToSnippet: [
        { path: '*', wordCount },
        { path: 'objectID', wordCount },
      ],
      preTag: PRE,
      postTag: POST,
      snippetEllipsisText: '',
      restrictArrays: false,
    },
    tokeniser,
    matcher: given,
    searchableAttributes: [],
    camelCaseAttributes: ['b'],
    disableTypoToleranceOnAttributes: ['c'],
    disablePrefixOnAttributes: ['a.b'],
  });
}

const strip = (marked: string): string => marked.replaceAll(PRE, '').replaceAll(POST, '');

/** What highlighting leaves of a record when the tags are taken out: texts, numbers as texts. */
function plainMirror(value: Json | undefined): unknown {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) {
    return (value as readonly Json[]).flatMap((element) => {
      const mirrored = plainMirror(element);
      if (mirrored !== undefined) return [mirrored];
      return typeof element === 'object' && element !== null ? [{}] : [];
    });
  }
  const members = Object.entries(value).flatMap(([name, inner]) => {
    const mirrored = plainMirror(inner as Json);
    return mirrored === undefined ? [] : [[name, mirrored] as const];
  });
  return members.length === 0 ? undefined : Object.fromEntries(members);
}

/** Leaves `{ value, … }` replaced by their value without tags. */
function withoutTags(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTags);
  if (typeof value !== 'object' || value === null) return value;
  const { value: text, matchLevel } = value as { value?: unknown; matchLevel?: unknown };
  if (typeof text === 'string' && typeof matchLevel === 'string') return strip(text);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutTags(inner)]));
}

test('without its tags a highlighted record is the record', () => {
  fc.assert(
    fc.property(record, matcher, (given, { matcher: words }) => {
      const highlighted = JSON.parse(highlighterOf(words).highlight(given)!) as unknown;
      expect(withoutTags(highlighted)).toEqual(plainMirror(given) ?? {});
    }),
    runs,
  );
});

test('without its tags a snippet is a part of the text with at most that many tokens', () => {
  fc.assert(
    fc.property(text, matcher, fc.integer({ min: 1, max: 4 }), (given, { matcher: words }, wordCount) => {
      const { a } = JSON.parse(highlighterOf(words, wordCount).snippet({ a: given })!) as {
        a: { value: string };
      };
      expect(given).toContain(strip(a.value));
      expect(a.value.split(PRE).length).toBe(a.value.split(POST).length);
    }),
    runs,
  );
});

test('matchedWords are the words with an alternative among the tokens', () => {
  fc.assert(
    fc.property(text, matcher, (given, { words, matcher: found, split, joined }) => {
      const { z } = JSON.parse(highlighterOf(found).highlight({ z: given })!) as {
        z: { value: string; matchLevel: string; matchedWords: string[]; fullyHighlighted?: boolean };
      };
      const tokens = tokeniser.tokenise(given, { camelCase: false, compounds: true });
      const terms = tokens.terms.slice(0, tokens.count);
      const matches = ({ term: typed, prefix, typosMax }: MatchWord, ordinal: number): boolean =>
        terms.some(
          (each) =>
            typos(typed, each, false) <= typosMax ||
            (prefix &&
              Array.from(each).some((_, at) => typos(typed, each.slice(0, at + 1), false) <= typosMax)) ||
            (ordinal === 0 && split.includes(each)) ||
            (ordinal < 2 && words.length > 1 && each === joined),
        );
      const expected = words.map(matches);
      expect(z.matchedWords).toEqual([
        ...new Set(words.filter((_, at) => expected[at]).map((each) => each.term)),
      ]);
      const level = !expected.includes(true) ? 'none' : expected.includes(false) ? 'partial' : 'full';
      expect(z.matchLevel).toBe(level);
      expect(z.value.includes(PRE)).toBe(level !== 'none');
      expect('fullyHighlighted' in z).toBe(level !== 'none');
    }),
    runs,
  );
});

test('the part of a record that is looked at gives what the whole record gives', () => {
  const path = fc.constantFrom('a', 'b', 'c', 'a.b', 'b.*', 'objectID', 'none', '__proto__');
  const paths = fc.array(fc.oneof({ weight: 6, arbitrary: path }, fc.constant('*')), { maxLength: 3 });
  fc.assert(
    fc.property(
      matcher,
      paths,
      paths,
      fc.array(record, { maxLength: 4 }),
      fc.boolean(),
      (given, highlighted, cut, records, restrictArrays) => {
        const highlighter = (): Highlighter =>
          new Highlighter({
            highlight: {
              attributesToHighlight: highlighted,
              attributesToSnippet: cut.map((each) => ({ path: each, wordCount: 3 })),
              preTag: PRE,
              postTag: POST,
              snippetEllipsisText: '',
              restrictArrays,
            },
            tokeniser,
            matcher: given.matcher,
            searchableAttributes: [],
            camelCaseAttributes: ['b'],
            disableTypoToleranceOnAttributes: ['c'],
            disablePrefixOnAttributes: ['a.b'],
          });
        const shared = highlighter();
        for (const each of records) {
          const json = JSON.stringify(each);
          const whole = JSON.parse(json) as JsonObject;
          const part = shared.partOf(json);
          expect(shared.highlight(part)).toBe(highlighter().highlight(whole));
          expect(shared.snippet(part)).toBe(highlighter().snippet(whole));
        }
      },
    ),
    runs,
  );
});

test('a text that comes again is marked as it was, and counts as matched in arrays of its own', () => {
  const options = {
    attributesToHighlight: ['list', 'other'],
    attributesToSnippet: [],
    preTag: PRE,
    postTag: POST,
    snippetEllipsisText: '',
  };
  const texts = fc.array(fc.oneof(letters, fc.constantFrom('ab', 'ba')), { maxLength: 6 });
  fc.assert(
    fc.property(matcher, texts, (given, list) => {
      const highlighter = (restrictArrays: boolean): Highlighter =>
        new Highlighter({
          highlight: { ...options, restrictArrays },
          tokeniser,
          matcher: given.matcher,
          searchableAttributes: [],
          camelCaseAttributes: [],
          disableTypoToleranceOnAttributes: [],
          disablePrefixOnAttributes: [],
        });
      const alone = (text: string): { readonly matchLevel: string } =>
        (
          JSON.parse(highlighter(false).highlight({ list: text })!) as {
            list: { readonly matchLevel: string };
          }
        ).list;
      const matching = list.map(alone).filter(({ matchLevel }) => matchLevel !== 'none');
      const json = highlighter(true).highlight({ list, other: list });
      expect(JSON.parse(json!)).toEqual({ list: matching, other: matching });
    }),
    runs,
  );
});
