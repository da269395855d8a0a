import type { RankingCriterion, SearchQuery } from './search-query.ts';

/** Algolia's default ranking formula. */
export const DEFAULT_RANKING: readonly RankingCriterion[] = [
  { kind: 'typo' },
  { kind: 'geo' },
  { kind: 'words' },
  { kind: 'filters' },
  { kind: 'proximity' },
  { kind: 'attribute' },
  { kind: 'exact' },
  { kind: 'custom' },
];

/** A search for `text` with every setting at Algolia's default, and no facets, highlighting or ranking info. */
export function defaultSearchQuery(text = ''): SearchQuery {
  return {
    text,
    queryType: 'prefixLast',
    typoTolerance: 'true',
    minWordSizeFor1Typo: 4,
    minWordSizeFor2Typos: 8,
    allowTyposOnNumericTokens: true,
    disableTypoToleranceOnWords: [],
    disableTypoToleranceOnAttributes: [],
    disablePrefixOnAttributes: [],
    disableExactOnAttributes: [],
    restrictSearchableAttributes: [],
    optionalWords: [],
    removeWordsIfNoResults: 'none',
    advancedSyntax: { exactPhrase: false, excludeWords: false },
    exactOnSingleWordQuery: 'attribute',
    minProximity: 1,
    attributeCriteriaComputedByMinProximity: false,
    ranking: DEFAULT_RANKING,
    filter: undefined,
    optionalFilters: [],
    sumOrFiltersScores: false,
    geo: undefined,
    distinct: 0,
    offset: 0,
    length: 20,
    facets: [],
    facetingAfterDistinct: false,
    maxValuesPerFacet: 100,
    sortFacetValuesBy: 'count',
    rankingInfo: false,
    highlight: undefined,
  };
}
