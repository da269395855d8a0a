/**
 * What random cases got to. A comparison that never met a split proves nothing about splits: the test says at its end
 * which situations must have come up, and fails when one did not.
 */
import { expect } from 'vitest';
import type { SearchQuery } from '../query/search-query.ts';
import type { PlainResult } from './plain-engine.ts';

export const SEARCH_SITUATIONS = [
  'a typo in a hit',
  'two typos in a hit',
  'a prefix',
  'a split',
  'a concatenation',
  'a phrase in a hit',
  'an exact word',
  'an optional word missing',
  'words removed',
  'several hits of several words',
  'a filter that keeps some',
  'filter scores that differ',
  'facet values',
  'facet statistics',
  'geo distances',
  'an automatic radius',
  'a group of several records',
  'a later page',
  'no hit',
  'a tie that objectID decides',
] as const;

export class Reached {
  readonly #counts = new Map<string, number>();

  saw(situation: string, happened = true): void {
    if (happened) this.#counts.set(situation, (this.#counts.get(situation) ?? 0) + 1);
  }

  sawSearch(query: SearchQuery, result: PlainResult): void {
    const { hits, words } = result;
    const units = hits.flatMap((hit) => hit.cover.units);
    const single = units.filter(
      (unit) => unit.wordCount === 1 && unit.occurrences.some((found) => !found.fromSplit),
    );
    this.saw(
      'a typo in a hit',
      single.some((unit) => unit.typos === 1),
    );
    this.saw(
      'two typos in a hit',
      single.some((unit) => unit.typos === 2),
    );
    this.saw(
      'a prefix',
      words.some((word) => word.prefix) &&
        single.some((unit) => unit.typos === 0 && !unit.occurrences.some((found) => found.exact)),
    );
    this.saw(
      'a split',
      units.some((unit) => unit.occurrences.some((found) => found.fromSplit)),
    );
    this.saw(
      'a concatenation',
      units.some((unit) => unit.wordCount > 1),
    );
    this.saw('a phrase in a hit', hits.length > 0 && words.some((word) => word.phrase !== undefined));
    this.saw(
      'an exact word',
      units.some((unit) => unit.occurrences.some((found) => found.exact)),
    );
    this.saw(
      'an optional word missing',
      hits.some((hit) => hit.criteria.words > 0),
    );
    this.saw('words removed', result.queryAfterRemoval !== undefined);
    this.saw('several hits of several words', hits.length > 1 && words.length > 1);
    this.saw('a filter that keeps some', query.filter !== undefined && result.matching.length > 0);
    this.saw('filter scores that differ', new Set(hits.map((hit) => hit.criteria.filters)).size > 1);
    this.saw(
      'facet values',
      result.facets.some((facet) => facet.values.length > 1),
    );
    this.saw(
      'facet statistics',
      result.facets.some((facet) => facet.stats !== undefined),
    );
    this.saw(
      'geo distances',
      hits.some((hit) => (hit.criteria.geo?.bucket ?? 0) > 0),
    );
    this.saw('an automatic radius', result.automaticRadius !== undefined);
    this.saw(
      'a group of several records',
      hits.some((hit) => (hit.distinctSequence ?? 0) > 0) || result.matching.length > result.hitCount,
    );
    this.saw('a later page', query.offset > 0 && hits.length > 0);
    this.saw('no hit', result.hitCount === 0);
    this.saw(
      'a tie that objectID decides',
      new Set(hits.map((hit) => JSON.stringify(hit.criteria))).size < hits.length,
    );
  }

  expectAll(situations: readonly string[]): void {
    const missed = situations.filter((situation) => !this.#counts.has(situation));
    expect(missed, 'situations that no random case met').toEqual([]);
  }
}
