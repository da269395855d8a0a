/**
 * Which words of the query a record matches, singly or joined, and the numbers of its criteria: `docs/relevance.md`
 * §4. Part of the plain engine; every rule is written out, nothing is pruned.
 */
import type { SearchQuery } from '../query/search-query.ts';
import type { PlainAttribute } from './plain-text.ts';
import {
  concatenationOccurrences,
  type Occurrence,
  type PlainWord,
  phraseOccurrences,
  wordOccurrences,
} from './plain-words.ts';

/** One word, or several that a concatenation covers at once. */
export interface CoverUnit {
  readonly wordCount: number;
  readonly typos: number;
  /** The counting occurrences that are looked at. */
  readonly occurrences: readonly Occurrence[];
}

export interface Cover {
  readonly units: readonly CoverUnit[];
  readonly matched: number;
  readonly typos: number;
  readonly single: number;
}

export interface TextCriteria {
  readonly typo: number;
  readonly words: number;
  readonly exact: number;
  readonly proximity: number;
  readonly attribute: number;
}

export const NO_TEXT_CRITERIA: TextCriteria = { typo: 0, words: 0, exact: 0, proximity: 0, attribute: 0 };

const OCCURRENCES_LOOKED_AT_MAX = 32;
const DISTANCE_MAX = 8;
const POSITION_COUNTED_MAX = 999;
const RANK_STEP = 1000;
const EXACT_WORD_LENGTH_MIN = 3;

/** The best cover; undefined when a required word is left out of every one. */
export function chooseCover(
  words: readonly PlainWord[],
  attributes: readonly PlainAttribute[],
  query: SearchQuery,
): Cover | undefined {
  const singles = singleUnits(words, attributes, query);
  const joined = (from: number, to: number): CoverUnit | undefined => {
    const covered = words.slice(from, to);
    if (covered.length < 2 || covered.some((word) => word.whole || word.phrase !== undefined))
      return undefined;
    const term = covered.map((word) => word.term).join('');
    return countingUnit(covered.length, concatenationOccurrences(term, attributes, query));
  };
  const joinsAll = words.length >= 3 && words.length <= 5;

  // From right to left; options in order of preference, replaced only by a better one.
  const best: (Cover | undefined)[] = new Array<Cover | undefined>(words.length + 1).fill(undefined);
  best[words.length] = { units: [], matched: 0, typos: 0, single: 0 };
  for (let at = words.length - 1; at >= 0; at--) {
    const options = [
      extended(singles[at], best[at + 1]),
      extended(at + 2 <= words.length ? joined(at, at + 2) : undefined, best[at + 2]),
      extended(at === 0 && joinsAll ? joined(0, words.length) : undefined, best[words.length]),
      words[at]!.optional ? best[at + 1] : undefined,
    ];
    for (const option of options) {
      const known = best[at];
      if (option !== undefined && (known === undefined || isBetter(option, known))) best[at] = option;
    }
  }
  return best[0];
}

export function textCriteria(
  cover: Cover,
  words: readonly PlainWord[],
  attributes: readonly PlainAttribute[],
  query: SearchQuery,
): TextCriteria {
  if (words.length === 0) return NO_TEXT_CRITERIA;
  const near = nearest(cover, attributes, query.minProximity);
  const places = query.ranking.map((criterion) => criterion.kind);
  const attributeFirst =
    places.includes('attribute') &&
    (!places.includes('proximity') || places.indexOf('attribute') < places.indexOf('proximity'));
  const byProximity = query.attributeCriteriaComputedByMinProximity || !attributeFirst;
  return {
    typo: cover.typos,
    words: words.length - cover.matched,
    exact: exactCriterion(cover, words, query),
    proximity: cover.matched < 2 ? 0 : near.distance,
    attribute: byProximity
      ? near.attribute
      : Math.min(...cover.units.flatMap((unit) => unit.occurrences.map((found) => place(found, attributes)))),
  };
}

function singleUnits(
  words: readonly PlainWord[],
  attributes: readonly PlainAttribute[],
  query: SearchQuery,
): (CoverUnit | undefined)[] {
  const inPhrases = new Map<number, Occurrence[][]>();
  for (const { phrase } of words) {
    if (phrase === undefined || inPhrases.has(phrase)) continue;
    const terms = words.filter((word) => word.phrase === phrase).map((word) => word.term);
    inPhrases.set(phrase, phraseOccurrences(terms, attributes, query));
  }
  return words.map((word, at) => {
    if (word.phrase === undefined) return countingUnit(1, wordOccurrences(word, attributes, query));
    const first = words.findIndex((other) => other.phrase === word.phrase);
    return countingUnit(1, inPhrases.get(word.phrase)![at - first]!);
  });
}

/** Keeps the occurrences with the fewest typos, one for each position, the first of them. */
function countingUnit(wordCount: number, occurrences: readonly Occurrence[]): CoverUnit | undefined {
  if (occurrences.length === 0) return undefined;
  const fewest = Math.min(...occurrences.map((found) => found.typos));
  const counting: Occurrence[] = [];
  for (const found of occurrences) {
    if (found.typos !== fewest) continue;
    const last = counting.at(-1);
    if (last?.attribute === found.attribute && last.position === found.position) {
      counting[counting.length - 1] = {
        ...found,
        exact: last.exact || found.exact,
        wholeValue: last.wholeValue || found.wholeValue,
        fromSplit: last.fromSplit && found.fromSplit,
      };
    } else counting.push(found);
  }
  return { wordCount, typos: fewest, occurrences: counting.slice(0, OCCURRENCES_LOOKED_AT_MAX) };
}

function extended(unit: CoverUnit | undefined, rest: Cover | undefined): Cover | undefined {
  if (unit === undefined || rest === undefined) return undefined;
  return {
    units: [unit, ...rest.units],
    matched: unit.wordCount + rest.matched,
    typos: unit.typos + rest.typos,
    single: (unit.wordCount === 1 ? 1 : 0) + rest.single,
  };
}

function isBetter(a: Cover, b: Cover): boolean {
  if (a.matched !== b.matched) return a.matched > b.matched;
  if (a.typos !== b.typos) return a.typos < b.typos;
  return a.single > b.single;
}

function exactCriterion(cover: Cover, words: readonly PlainWord[], query: SearchQuery): number {
  const exactUnits = cover.units.filter(
    (unit) => unit.wordCount === 1 && unit.occurrences.some((found) => found.exact),
  );
  if (words.length > 1) return words.length - exactUnits.length;
  switch (query.exactOnSingleWordQuery) {
    case 'none':
      return 0;
    case 'word':
      return exactUnits.length === 1 && Array.from(words[0]!.term).length >= EXACT_WORD_LENGTH_MIN ? 0 : 1;
    case 'attribute':
      return exactUnits.some((unit) => unit.occurrences.some((found) => found.wholeValue)) ? 0 : 1;
  }
}

/** The smallest sum of distances, and the best place among the occurrences of the choices that give it. */
function nearest(
  cover: Cover,
  attributes: readonly PlainAttribute[],
  minProximity: number,
): { distance: number; attribute: number } {
  interface Choice {
    readonly distance: number;
    readonly attribute: number;
    readonly last: Occurrence | undefined;
  }
  const compare = (a: Choice, b: Choice): number => a.distance - b.distance || a.attribute - b.attribute;
  let choices: Choice[] = [{ distance: 0, attribute: Number.POSITIVE_INFINITY, last: undefined }];
  for (const unit of cover.units) {
    const inside = (unit.wordCount - 1) * Math.max(1, minProximity);
    choices = unit.occurrences.map((found) => {
      const reached = choices.map((choice) => ({
        distance:
          choice.distance +
          inside +
          (choice.last === undefined ? 0 : distance(choice.last, found, minProximity)),
        attribute: Math.min(choice.attribute, place(found, attributes)),
        last: found,
      }));
      return reached.sort(compare)[0]!;
    });
  }
  const { distance: total, attribute } = choices.sort(compare)[0]!;
  return { distance: total, attribute: attribute === Number.POSITIVE_INFINITY ? 0 : attribute };
}

function distance(from: Occurrence, to: Occurrence, minProximity: number): number {
  let apart = DISTANCE_MAX;
  if (from.attribute === to.attribute) {
    if (to.position > from.position) apart = to.position - from.position;
    else if (to.position < from.position) apart = from.position - to.position + 1;
  }
  return Math.max(Math.min(apart, DISTANCE_MAX), minProximity);
}

function place(found: Occurrence, attributes: readonly PlainAttribute[]): number {
  const { rank, ordered } = attributes[found.attribute]!;
  return rank * RANK_STEP + (ordered ? Math.min(found.position, POSITION_COUNTED_MAX) : 0);
}
