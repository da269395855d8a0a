/**
 * The text of a query → the words to search for (`docs/relevance.md`, section 2).
 *
 * With the advanced syntax `"…"` makes a phrase and `-word`, at the start or after a space, excludes; `-"…"` excludes a
 * phrase, and so does an excluded word that separators cut in pieces (`-off-campus`). A quote that is never closed only
 * separates, so that results stay while a phrase is being typed.
 */
import type { Tokeniser } from '../text/tokenise.ts';
import type { SearchQuery } from './search-query.ts';

export interface QueryText {
  /** What was read of the text; offsets of words point into it. */
  readonly text: string;
  /** In order; a word's place in the query is its place here. At most `QUERY_WORD_COUNT_MAX`. */
  readonly words: readonly QueryWord[];
  /** Each entry: the words of a phrase, mostly just one. */
  readonly excluded: readonly (readonly QueryWord[])[];
}

export interface QueryWord {
  /** Normalised. */
  readonly term: string;
  /** Whether terms that begin with it match too. */
  readonly prefix: boolean;
  /** Words with the same number form a phrase. */
  readonly phrase: number | undefined;
  /** Code points of `term`. */
  readonly length: number;
  /** UTF-16 units in `QueryText.text`. */
  readonly start: number;
  readonly end: number;
}

export interface QueryTextOptions {
  readonly tokeniser: Tokeniser;
  readonly queryType: SearchQuery['queryType'];
  readonly advancedSyntax: SearchQuery['advancedSyntax'];
}

/** UTF-16 units of a query that are read: what Algolia documents. */
const QUERY_LENGTH_MAX = 512;
/** More words than anybody types; bounds the work of one query. */
export const QUERY_WORD_COUNT_MAX = 32;

/** Never throws. */
export function parseQueryText(typed: string, options: QueryTextOptions): QueryText {
  const text = cutQuery(typed);
  const words: QueryWord[] = [];
  const excluded: QueryWord[][] = [];
  let phraseNext = 0;
  for (const part of splitSyntax(text, options.advancedSyntax)) {
    const slice = text.slice(part.start, part.end);
    const tokens = options.tokeniser.tokenise(slice, { camelCase: false, compounds: false });
    if (tokens.count === 0) continue;
    const phrase = part.phrase ? phraseNext++ : undefined;
    const made: QueryWord[] = [];
    for (let at = 0; at < tokens.count; at++) {
      const term = tokens.terms[at]!;
      const start = part.start + tokens.starts[at]!;
      const end = part.start + tokens.ends[at]!;
      const prefix = !part.phrase && !part.excluded && isPrefix(options.queryType, end === text.length);
      made.push({ term, prefix, phrase, length: characterCount(term), start, end });
    }
    if (part.excluded) excluded.push(made);
    else words.push(...made.slice(0, QUERY_WORD_COUNT_MAX - words.length));
  }
  return { text, words, excluded };
}

function isPrefix(queryType: SearchQuery['queryType'], endsText: boolean): boolean {
  return queryType === 'prefixAll' || (queryType === 'prefixLast' && endsText);
}

interface SyntaxPart {
  readonly start: number;
  readonly end: number;
  readonly phrase: boolean;
  readonly excluded: boolean;
}

function splitSyntax(text: string, syntax: SearchQuery['advancedSyntax']): SyntaxPart[] {
  const parts: SyntaxPart[] = [];
  let plainStart = 0;
  let at = 0;
  const special = (part: SyntaxPart, next: number): void => {
    parts.push({ start: plainStart, end: at, phrase: false, excluded: false }, part);
    at = plainStart = next;
  };
  while (at < text.length) {
    const excludes = syntax.excludeWords && text[at] === '-' && (at === 0 || SPACE.test(text[at - 1]!));
    const start = excludes ? at + 1 : at;
    const quoteEnd = syntax.exactPhrase && text[start] === '"' ? text.indexOf('"', start + 1) : -1;
    if (quoteEnd !== -1) {
      special({ start: start + 1, end: quoteEnd, phrase: true, excluded: excludes }, quoteEnd + 1);
    } else if (excludes && start < text.length && !BREAK.test(text[start]!)) {
      const length = text.slice(start).search(BREAK);
      const end = length === -1 ? text.length : start + length;
      special({ start, end, phrase: false, excluded: true }, end);
    } else at++;
  }
  parts.push({ start: plainStart, end: text.length, phrase: false, excluded: false });
  return parts;
}

const SPACE = /\s/;
const BREAK = /[\s"]/;

function cutQuery(text: string): string {
  if (text.length <= QUERY_LENGTH_MAX) return text;
  const last = text.charCodeAt(QUERY_LENGTH_MAX - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? QUERY_LENGTH_MAX - 1 : QUERY_LENGTH_MAX);
}

function characterCount(term: string): number {
  let count = 0;
  for (const _ of term) count++;
  return count;
}

/** For each word, whether it need not match. */
export function resolveOptional(
  words: readonly QueryWord[],
  optionalWords: SearchQuery['optionalWords'],
  tokeniser: Tokeniser,
): boolean[] {
  if (optionalWords === 'all') return words.map(() => true);
  const terms = new Set<string>();
  for (const entry of optionalWords) {
    const tokens = tokeniser.tokenise(entry, { camelCase: false, compounds: false });
    for (let at = 0; at < tokens.count; at++) terms.add(tokens.terms[at]!);
  }
  return words.map((word) => terms.has(word.term));
}

export type RemovalStep =
  /** The words from `first` to before `end` are left out of the query. */
  | { readonly kind: 'remove'; readonly first: number; readonly end: number }
  | { readonly kind: 'allOptional' };

/** Words that `removeWordsIfNoResults` takes away at most. */
const REMOVED_COUNT_MAX = 5;

/** What to try one after the other while nothing matches; never all words are removed. */
export function removalSteps(wordCount: number, mode: SearchQuery['removeWordsIfNoResults']): RemovalStep[] {
  if (mode === 'none' || wordCount < 2) return [];
  if (mode === 'allOptional') return [{ kind: 'allOptional' }];
  return Array.from({ length: Math.min(REMOVED_COUNT_MAX, wordCount - 1) }, (_, at) =>
    mode === 'lastWords'
      ? { kind: 'remove', first: wordCount - 1 - at, end: wordCount }
      : { kind: 'remove', first: 0, end: at + 1 },
  );
}

/** The query as typed, with the words that `isRemoved` says in `<em>`. */
export function renderQueryAfterRemoval(query: QueryText, isRemoved: (word: number) => boolean): string {
  let out = '';
  let copied = 0;
  query.words.forEach(({ start, end }, at) => {
    if (!isRemoved(at)) return;
    out += `${query.text.slice(copied, start)}<em>${query.text.slice(start, end)}</em>`;
    copied = end;
  });
  return out + query.text.slice(copied);
}

/** The words as they are searched for: `parsedQuery` in answers. */
export function renderParsedQuery(query: QueryText): string {
  const parts: string[] = [];
  query.words.forEach((word, at) => {
    const opens = word.phrase !== undefined && query.words[at - 1]?.phrase !== word.phrase;
    const closes = word.phrase !== undefined && query.words[at + 1]?.phrase !== word.phrase;
    parts.push(`${opens ? '"' : ''}${word.term}${closes ? '"' : ''}`);
  });
  for (const words of query.excluded) {
    const terms = words.map((word) => word.term).join(' ');
    parts.push(words.length > 1 ? `-"${terms}"` : `-${terms}`);
  }
  return parts.join(' ');
}
