export { type Directory, FileMissingError, LOAD_ALIGNMENT_BYTES, type LoadTarget } from './directory.ts';
export type { CompareOperator, FilterNode } from './filters/filter-node.ts';
export type {
  FacetResult,
  FacetSearchHit,
  FacetSearchQuery,
  FacetValueCount,
  GeoPoint,
  GeoQuery,
  HighlightOptions,
  OptionalFilter,
  RankingCriterion,
  RankingInfo,
  SearchHit,
  SearchQuery,
  SearchResult,
} from './query/search-query.ts';
export {
  DEFAULT_SCHEMA,
  DEFAULT_TEXT_OPTIONS,
  type FacetAttribute,
  type IndexSchema,
  type NumericAttribute,
  type SearchableAttribute,
  type SortAttribute,
  type TextOptions,
} from './schema.ts';
