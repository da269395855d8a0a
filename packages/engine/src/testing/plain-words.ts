/**
 * Where a query word occurs in a record: the table of alternatives of `docs/relevance.md` §3, row by row, over
 * every token. Part of the plain engine.
 */
import type { SearchQuery } from '../query/search-query.ts';
import { typos } from './edit-distance.ts';
import { isAtOrBelow, type PlainAttribute, type PlainToken } from './plain-text.ts';

export interface PlainWord {
  readonly term: string;
  readonly prefix: boolean;
  /** Words of one phrase share its number. */
  readonly phrase: number | undefined;
  readonly optional: boolean;
  readonly typosAllowed: number;
  /** Neither concatenated nor split. */
  readonly whole: boolean;
  readonly split: readonly [string, string] | undefined;
  /** Typos to each term met so far, as a whole word and as a prefix: the same terms come again and again. */
  readonly distances: { readonly whole: Map<string, number>; readonly prefix: Map<string, number> };
}

export interface Occurrence {
  /** Ordinal of the attribute in the record. */
  readonly attribute: number;
  readonly position: number;
  readonly typos: number;
  readonly exact: boolean;
  /** Exact, and the only token of its value. */
  readonly wholeValue: boolean;
  readonly fromSplit: boolean;
}

/** Occurrences of a word that is in no phrase, in record order, whatever their typos. */
export function wordOccurrences(
  word: PlainWord,
  attributes: readonly PlainAttribute[],
  query: SearchQuery,
): Occurrence[] {
  const found: Occurrence[] = [];
  for (const [at, attribute] of attributes.entries()) {
    if (!isSearched(attribute, query)) continue;
    const prefix = word.prefix && !isIn(attribute, query.disablePrefixOnAttributes);
    const typosAllowed = isIn(attribute, query.disableTypoToleranceOnAttributes) ? 0 : word.typosAllowed;
    for (const token of attribute.tokens) {
      const distance = distanceTo(word, token.term, prefix, typosAllowed);
      if (distance === undefined) continue;
      const exact = token.term === word.term && !isIn(attribute, query.disableExactOnAttributes);
      found.push({
        attribute: at,
        position: token.position,
        typos: distance,
        exact,
        wholeValue: exact && token.alone,
        fromSplit: false,
      });
    }
    if (word.split !== undefined && !isIn(attribute, query.disableTypoToleranceOnAttributes)) {
      const [first, second] = word.split;
      for (const position of sequencePositions([first, second], attribute.tokens)) {
        found.push({ attribute: at, position, typos: 1, exact: false, wholeValue: false, fromSplit: true });
      }
    }
  }
  return inRecordOrder(found);
}

/** Occurrences of each word of a phrase: those that stand in a whole occurrence of the phrase. */
export function phraseOccurrences(
  terms: readonly string[],
  attributes: readonly PlainAttribute[],
  query: SearchQuery,
): Occurrence[][] {
  const found: Occurrence[][] = terms.map(() => []);
  for (const [at, attribute] of attributes.entries()) {
    if (!isSearched(attribute, query)) continue;
    for (const position of sequencePositions(terms, attribute.tokens)) {
      for (const [k, term] of terms.entries()) {
        const token = attribute.tokens.find(
          (other) => other.position === position + k && other.term === term,
        );
        const exact = !isIn(attribute, query.disableExactOnAttributes);
        found[k]!.push({
          attribute: at,
          position: position + k,
          typos: 0,
          exact,
          wholeValue: exact && token !== undefined && token.alone,
          fromSplit: false,
        });
      }
    }
  }
  return found;
}

/** Occurrences of several words written as one. */
export function concatenationOccurrences(
  term: string,
  attributes: readonly PlainAttribute[],
  query: SearchQuery,
): Occurrence[] {
  const found: Occurrence[] = [];
  for (const [at, attribute] of attributes.entries()) {
    if (!isSearched(attribute, query) || isIn(attribute, query.disableTypoToleranceOnAttributes)) continue;
    for (const token of attribute.tokens) {
      if (token.term !== term) continue;
      found.push({
        attribute: at,
        position: token.position,
        typos: 1,
        exact: false,
        wholeValue: false,
        fromSplit: false,
      });
    }
  }
  return found;
}

/** Where `terms` follow one another directly in one attribute: the positions of the first. */
export function sequencePositions(terms: readonly string[], tokens: readonly PlainToken[]): number[] {
  const starts = tokens.filter((token) => token.term === terms[0]).map((token) => token.position);
  return starts.filter((start) =>
    terms.every((term, k) => tokens.some((token) => token.term === term && token.position === start + k)),
  );
}

export function typosAllowed(term: string, query: SearchQuery): number {
  if (query.typoTolerance === 'false') return 0;
  if (!query.allowTyposOnNumericTokens && /\p{Nd}/u.test(term)) return 0;
  const length = Array.from(term).length;
  if (length < query.minWordSizeFor1Typo) return 0;
  return length < query.minWordSizeFor2Typos ? 1 : 2;
}

/** The two words that `term` is taken apart into: the cut whose rarer half is the most frequent; the earliest of equals. */
export function chooseSplit(
  term: string,
  recordCountOf: (term: string) => number,
): readonly [string, string] | undefined {
  const characters = Array.from(term);
  if (characters.length < 4) return undefined;
  let chosen: readonly [string, string] | undefined;
  let chosenCount = 0;
  for (let cut = 1; cut < characters.length; cut++) {
    const halves = [characters.slice(0, cut), characters.slice(cut)];
    if (!halves.every((half) => half.length >= 2 || /^\p{N}$/u.test(half[0]!))) continue;
    const [first, second] = [halves[0]!.join(''), halves[1]!.join('')];
    const count = Math.min(recordCountOf(first), recordCountOf(second));
    if (count > chosenCount) {
      chosen = [first, second];
      chosenCount = count;
    }
  }
  return chosen;
}

function distanceTo(word: PlainWord, term: string, prefix: boolean, allowed: number): number | undefined {
  if (term === word.term) return 0;
  if (prefix && term.startsWith(word.term)) return 0;
  if (allowed === 0) return undefined;
  const known = prefix ? word.distances.prefix : word.distances.whole;
  let distance = known.get(term);
  if (distance === undefined) known.set(term, (distance = typos(word.term, term, prefix)));
  return distance <= allowed ? distance : undefined;
}

function isSearched(attribute: PlainAttribute, query: SearchQuery): boolean {
  return (
    query.restrictSearchableAttributes.length === 0 || isIn(attribute, query.restrictSearchableAttributes)
  );
}

function isIn(attribute: PlainAttribute, settings: readonly string[]): boolean {
  return settings.some((setting) => isAtOrBelow(attribute.path, setting));
}

function inRecordOrder(occurrences: Occurrence[]): Occurrence[] {
  return occurrences.sort((a, b) => a.attribute - b.attribute || a.position - b.position);
}
