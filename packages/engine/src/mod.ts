export { type Directory, FileMissingError, LOAD_ALIGNMENT_BYTES, type LoadTarget } from './directory.ts';
export type { CompareOperator, FilterNode } from './filters/filter-node.ts';
export { digestIndex } from './index-digest.ts';
export { IndexWriter } from './index-writer.ts';
export { isSameSchema, type Manifest, readManifest, type SegmentEntry } from './manifest/manifest.ts';
export { CursorError } from './query/browse-cursor.ts';
export { DEFAULT_RANKING, defaultSearchQuery } from './query/default-query.ts';
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
export { rebuildIndex } from './rebuild.ts';
export { createProjection, type Projection } from './results/retrieve.ts';
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
export { type MergedSegment, type MergeOptions, type MergePlan, runMerge } from './segment/merge.ts';
export { Tokeniser } from './text/tokenise.ts';
export { type BrowseResult, View } from './view.ts';
