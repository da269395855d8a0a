/**
 * What a query asks of the dictionary, the same for every segment: words with the typos they may have, which of them
 * form phrases, and which may be written together.
 *
 * Rules: `docs/relevance.md`, sections 2 and 3.
 */
import type { QueryText, QueryWord } from './query-text.ts';
import type { SearchQuery } from './search-query.ts';

export interface PlannedWord {
  readonly term: string;
  readonly prefix: boolean;
  readonly editsMax: 0 | 1 | 2;
  readonly optional: boolean;
  /** Whether it belongs to a phrase of several words. */
  readonly inPhrase: boolean;
  readonly splittable: boolean;
}

/** Neighbouring words written as one: two, or all. */
export interface Concatenation {
  readonly term: string;
  readonly first: number;
  readonly span: number;
}

export interface PlannedQuery {
  readonly words: readonly PlannedWord[];
  readonly phrases: readonly { readonly first: number; readonly count: number }[];
  readonly concatenations: readonly Concatenation[];
  /** Terms of excluded words and phrases. */
  readonly excluded: readonly (readonly string[])[];
  readonly anyOptional: boolean;
  readonly allOptional: boolean;
}

const SPLIT_LENGTH_MIN = 4;
const JOINED_WORD_COUNT_MAX = 5;

export function planQuery(
  text: QueryText,
  optional: readonly boolean[],
  query: SearchQuery,
  normalise: (text: string) => string,
): PlannedQuery {
  const fixed = new Set(query.disableTypoToleranceOnWords.map(normalise));
  const tolerant = query.typoTolerance !== 'false';
  const words = text.words.map((word, place): PlannedWord => {
    const inPhrase = word.phrase !== undefined && phraseLength(text.words, word.phrase) > 1;
    return {
      term: word.term,
      prefix: word.prefix,
      editsMax: word.phrase === undefined && tolerant && !fixed.has(word.term) ? editsOf(word, query) : 0,
      optional: optional[place]!,
      inPhrase,
      splittable:
        tolerant && word.phrase === undefined && !fixed.has(word.term) && word.length >= SPLIT_LENGTH_MIN,
    };
  });
  const joinable = text.words.map((word) => tolerant && word.phrase === undefined && !fixed.has(word.term));
  const concatenations: Concatenation[] = [];
  for (let first = 0; first + 1 < words.length; first++) {
    if (!joinable[first]! || !joinable[first + 1]!) continue;
    concatenations.push({ term: words[first]!.term + words[first + 1]!.term, first, span: 2 });
  }
  if (words.length >= 3 && words.length <= JOINED_WORD_COUNT_MAX && joinable.every(Boolean)) {
    concatenations.push({ term: words.map((word) => word.term).join(''), first: 0, span: words.length });
  }
  return {
    words,
    phrases: phrasesOf(text.words),
    concatenations,
    excluded: text.excluded.map((entry) => entry.map((word) => word.term)),
    anyOptional: words.some((word) => word.optional),
    allOptional: words.length > 0 && words.every((word) => word.optional),
  };
}

/** The query without some of its words; the rest keep their rules and move up. */
export function withoutWords(text: QueryText, first: number, end: number): QueryText {
  return { ...text, words: text.words.filter((_, place) => place < first || place >= end) };
}

function editsOf(word: QueryWord, query: SearchQuery): 0 | 1 | 2 {
  if (!query.allowTyposOnNumericTokens && DIGIT.test(word.term)) return 0;
  if (word.length < query.minWordSizeFor1Typo) return 0;
  return word.length < query.minWordSizeFor2Typos ? 1 : 2;
}

const DIGIT = /\p{Nd}/u;

function phraseLength(words: readonly QueryWord[], phrase: number): number {
  return words.reduce((count, word) => count + (word.phrase === phrase ? 1 : 0), 0);
}

function phrasesOf(words: readonly QueryWord[]): PlannedQuery['phrases'] {
  const phrases: { first: number; count: number }[] = [];
  for (let place = 0; place < words.length; ) {
    const { phrase } = words[place]!;
    const count = phrase === undefined ? 1 : phraseLength(words, phrase);
    if (count > 1) phrases.push({ first: place, count });
    place += count;
  }
  return phrases;
}
