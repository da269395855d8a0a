/**
 * Which query words a term of a text matches, and how much of it they mark: the rules of `docs/relevance.md`, section
 * 3, on strings. Highlighting uses it on the few texts of a page; records are found through the dictionary instead.
 *
 * Answers are remembered per term, so one matcher serves all hits of one query.
 */
import { nearestPrefix, typosBetween } from '../text/edit-distance.ts';

/** A word of the query with its rules; excluded words are not among them. At most 32. */
export interface MatchWord {
  readonly term: string;
  readonly prefix: boolean;
  /** 0 … 2: typos that this word forgives. */
  readonly typosMax: number;
}

export interface MatchAlternatives {
  /** Words cut in two, as chosen for this query. */
  readonly splits: readonly { readonly word: number; readonly parts: readonly [string, string] }[];
  /** Words joined, each with the words that it covers. */
  readonly concatenations: readonly { readonly term: string; readonly words: readonly number[] }[];
}

/** What an attribute allows. */
export interface AttributeRules {
  readonly typos: boolean;
  readonly prefixes: boolean;
}

export interface TermMatch {
  /** Bit `n` is set for query word `n`. */
  readonly words: number;
  /** UTF-16 units of the term that are marked, from its start; all of them for a whole word. */
  readonly length: number;
  /** Of the nearest word. */
  readonly typos: number;
}

export class WordMatcher {
  readonly words: readonly MatchWord[];
  readonly #splitParts = new Map<string, number>();
  readonly #concatenations = new Map<string, number>();
  /** Terms seen, by what the attribute allows. */
  readonly #known: readonly Map<string, TermMatch | null>[] = [new Map(), new Map(), new Map(), new Map()];

  constructor(words: readonly MatchWord[], alternatives: MatchAlternatives) {
    this.words = words;
    for (const { word, parts } of alternatives.splits) {
      for (const part of parts) addBits(this.#splitParts, part, 1 << word);
    }
    for (const { term, words: covered } of alternatives.concatenations) {
      for (const word of covered) addBits(this.#concatenations, term, 1 << word);
    }
  }

  match(term: string, rules: AttributeRules): TermMatch | undefined {
    const known = this.#known[(rules.typos ? 1 : 0) + (rules.prefixes ? 2 : 0)]!;
    let found = known.get(term);
    if (found === undefined) known.set(term, (found = this.#match(term, rules) ?? null));
    return found ?? undefined;
  }

  #match(term: string, rules: AttributeRules): TermMatch | undefined {
    let words = 0;
    let length = 0;
    let typos = Number.POSITIVE_INFINITY;
    const join = (bits: number, marked: number, cost: number): void => {
      words |= bits;
      length = Math.max(length, marked);
      typos = Math.min(typos, cost);
    };
    this.words.forEach((word, at) => {
      const found = matchWord(word, term, rules);
      if (found !== undefined) join(1 << at, found.length, found.typos);
    });
    if (rules.typos) {
      const parts = this.#splitParts.get(term);
      if (parts !== undefined) join(parts, term.length, 1);
      const covered = this.#concatenations.get(term);
      if (covered !== undefined) join(covered, term.length, 1);
    }
    return words === 0 ? undefined : { words, length, typos };
  }
}

/** At equal typos the whole word is what was meant, and marked. */
function matchWord(
  word: MatchWord,
  term: string,
  rules: AttributeRules,
): { readonly typos: number; readonly length: number } | undefined {
  const typosMax = rules.typos ? word.typosMax : 0;
  const typos = typosBetween(word.term, term, typosMax);
  const whole = typos <= typosMax ? { typos, length: term.length } : undefined;
  if (!word.prefix || !rules.prefixes || typos === 0) return whole;
  const begun = nearestPrefix(word.term, term, typosMax);
  if (begun === undefined || (whole !== undefined && whole.typos <= begun.typos)) return whole;
  // The nearest prefix may be the empty one, where settings forgive two typos in a single letter.
  return { typos: begun.typos, length: Math.max(1, begun.length) };
}

function addBits(map: Map<string, number>, term: string, bits: number): void {
  map.set(term, (map.get(term) ?? 0) | bits);
}
