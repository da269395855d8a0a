/**
 * A search as the engine understands it: every name resolved, every default filled in, every string parsed. `wire`
 * makes it from Algolia's parameters and the index's settings. What the fields mean exactly: `docs/relevance.md`.
 */
import type { FilterNode } from '../filters/filter-node.ts';
import type { SortAttribute } from '../schema.ts';

export interface SearchQuery {
  /** The text typed, as typed (a trailing space matters: the last word is then complete). At most 512 characters are read. */
  readonly text: string;
  readonly queryType: 'prefixLast' | 'prefixAll' | 'prefixNone';
  readonly typoTolerance: 'true' | 'false' | 'min' | 'strict';
  readonly minWordSizeFor1Typo: number;
  readonly minWordSizeFor2Typos: number;
  readonly allowTyposOnNumericTokens: boolean;
  readonly disableTypoToleranceOnWords: readonly string[];
  readonly disableTypoToleranceOnAttributes: readonly string[];
  readonly disablePrefixOnAttributes: readonly string[];
  readonly disableExactOnAttributes: readonly string[];
  /** Empty: all of the index's searchable attributes. */
  readonly restrictSearchableAttributes: readonly string[];
  /** `'all'` (similarQuery, allOptional) or words; each entry may hold several words. */
  readonly optionalWords: 'all' | readonly string[];
  readonly removeWordsIfNoResults: 'none' | 'lastWords' | 'firstWords' | 'allOptional';
  readonly advancedSyntax: { readonly exactPhrase: boolean; readonly excludeWords: boolean };
  readonly exactOnSingleWordQuery: 'attribute' | 'none' | 'word';
  /** 1 … 7. */
  readonly minProximity: number;
  readonly attributeCriteriaComputedByMinProximity: boolean;
  readonly ranking: readonly RankingCriterion[];

  /** Undefined: every record. */
  readonly filter: FilterNode | undefined;
  /** AND of ORs: each group adds the score of its best (or of all, see `sumOrFiltersScores`) matching member. */
  readonly optionalFilters: readonly (readonly OptionalFilter[])[];
  readonly sumOrFiltersScores: boolean;

  readonly geo: GeoQuery | undefined;

  /** 0: off; 1 … 4: so many hits of one group at most. Ignored while the schema has no distinctAttribute. */
  readonly distinct: number;

  /** Rank of the first hit wanted, and how many hits. */
  readonly offset: number;
  readonly length: number;

  readonly facets: readonly string[];
  readonly facetingAfterDistinct: boolean;
  readonly maxValuesPerFacet: number;
  readonly sortFacetValuesBy: 'count' | 'alpha';

  readonly rankingInfo: boolean;
  readonly highlight: HighlightOptions | undefined;
}

export type RankingCriterion =
  | { readonly kind: 'typo' | 'geo' | 'words' | 'filters' | 'proximity' | 'attribute' | 'exact' | 'custom' }
  | ({ readonly kind: 'sort' } & SortAttribute);

export interface OptionalFilter {
  readonly filter: FilterNode;
  /** 0 … 65535; negative filters demote. */
  readonly score: number;
}

export interface GeoPoint {
  readonly lat: number;
  readonly lng: number;
}

export interface GeoQuery {
  /** Centre that distances are measured from; undefined: boxes and polygons only filter. */
  readonly around: GeoPoint | undefined;
  /** Metres; `'automatic'`: grown until enough records are inside; `'all'`: no filter. */
  readonly radius: number | 'automatic' | 'all';
  readonly minimumRadius: number | undefined;
  /** Distances in `[from, next from)` are equal when `floor(distance / value)` is. Ascending, first `from` is 0. */
  readonly precision: readonly { readonly from: number; readonly value: number }[];
  /** OR of boxes. */
  readonly boxes: readonly { readonly a: GeoPoint; readonly b: GeoPoint }[];
  /** OR of polygons. */
  readonly polygons: readonly (readonly GeoPoint[])[];
}

export interface HighlightOptions {
  /** Undefined: the searchable attributes; `['*']`: all. */
  readonly attributesToHighlight: readonly string[] | undefined;
  readonly attributesToSnippet: readonly { readonly path: string; readonly wordCount: number }[];
  readonly preTag: string;
  readonly postTag: string;
  readonly snippetEllipsisText: string;
  readonly restrictArrays: boolean;
}

export interface SearchResult {
  readonly hits: readonly SearchHit[];
  /** Exact: matching records, or groups while `distinct` is on. */
  readonly hitCount: number;
  readonly facets: readonly FacetResult[];
  /** Set when words were removed because nothing matched: the query with removed words in `<em>`. */
  readonly queryAfterRemoval: string | undefined;
  /** The query after normalisation, as `parsedQuery` shows it. */
  readonly parsedQuery: string;
  /** Metres, when the automatic radius was used. */
  readonly automaticRadius: number | undefined;
}

export interface SearchHit {
  /** The record's JSON text, an object, as it was saved (with `objectID`). */
  readonly recordJson: string;
  /** JSON text of `_highlightResult`, `_snippetResult`; undefined where not asked for. */
  readonly highlightJson: string | undefined;
  readonly snippetJson: string | undefined;
  readonly rankingInfo: RankingInfo | undefined;
  /** Place inside its group while `distinct` is on. */
  readonly distinctSequence: number | undefined;
}

/** Names and meanings of the wire's `_rankingInfo`. */
export interface RankingInfo {
  readonly nbTypos: number;
  readonly firstMatchedWord: number;
  readonly proximityDistance: number;
  readonly userScore: number;
  readonly geoDistance: number;
  readonly geoPrecision: number;
  readonly nbExactWords: number;
  readonly words: number;
  readonly filters: number;
  readonly matchedGeoLocation:
    | { readonly lat: number; readonly lng: number; readonly distance: number }
    | undefined;
}

export interface FacetResult {
  readonly path: string;
  /** Sorted as asked, at most `maxValuesPerFacet`. */
  readonly values: readonly FacetValueCount[];
  /** Of the matching records' numeric values; undefined where there is none. */
  readonly stats:
    | { readonly min: number; readonly max: number; readonly avg: number; readonly sum: number }
    | undefined;
}

export interface FacetValueCount {
  readonly value: string;
  readonly count: number;
}

export interface FacetSearchQuery {
  readonly path: string;
  readonly text: string;
  readonly valueCountMax: number;
  /** The search whose matching records are counted; its page is ignored. */
  readonly search: SearchQuery;
  readonly preTag: string;
  readonly postTag: string;
}

export interface FacetSearchHit extends FacetValueCount {
  readonly highlighted: string;
}
