/** Schemas, records and searches for property tests: small, and made so that every rule is met often. */
import { assert, type Json, type JsonObject } from '@skein/base';
import fc from 'fast-check';
import type { FilterNode } from '../filters/filter-node.ts';
import { DEFAULT_RANKING, defaultSearchQuery } from '../query/default-query.ts';
import type {
  GeoPoint,
  GeoQuery,
  OptionalFilter,
  RankingCriterion,
  SearchQuery,
} from '../query/search-query.ts';
import {
  DEFAULT_TEXT_OPTIONS,
  type FacetAttribute,
  type IndexSchema,
  type SortAttribute,
} from '../schema.ts';
import { arbitraryText, LISTED_WORDS, QUERY_TEXT } from './arbitrary-texts.ts';

/** What happens to an index, in order. */
export type IndexStep =
  | { readonly kind: 'put'; readonly record: JsonObject }
  | { readonly kind: 'delete'; readonly objectID: string }
  | { readonly kind: 'publish' }
  | { readonly kind: 'merge' };

const FACET_PATHS = ['color', 'categories', 'brand.name', 'price', 'stock', '_tags'];
const NUMBER_PATHS = ['price', 'rating', 'sizes'];
const SORT_PATHS = ['price', 'rating', 'title', 'stock'];
const TEXT_PATHS = ['title', 'text', 'brand', 'brand.name', 'notes', 'price'];

const FACET_VALUE = fc.constantFrom('Red', 'red', 'blue', 'Blue ', 'green', 'Éclair', 'x y', '1', 'true');
const NUMBER = fc.oneof(fc.integer({ min: -2, max: 5 }), fc.constantFrom(0.5, 1.5, 100, -0, 2024, 1e21, 7));
const OBJECT_ID = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 25 }).map((id) => `r${id}`) },
  { weight: 1, arbitrary: fc.constantFrom('Z', 'é', '10', '9', 'with space', '🎉', 'photo') },
);
const POINT: fc.Arbitrary<GeoPoint> = fc.oneof(
  fc.record({ lat: fc.integer({ min: -3, max: 3 }), lng: fc.integer({ min: -3, max: 3 }) }),
  fc.constantFrom(
    { lat: 0.001, lng: 0.001 },
    { lat: 0, lng: 179.9 },
    { lat: 1, lng: -179.9 },
    { lat: 89.5, lng: 20 },
  ),
);

export const RECORD: fc.Arbitrary<JsonObject> = fc
  .record(
    {
      objectID: OBJECT_ID,
      title: arbitraryText(),
      text: fc.oneof(arbitraryText(14), fc.array(arbitraryText(4), { maxLength: 4 }), fc.constant(null)),
      brand: fc.record(
        {
          name: fc.oneof(FACET_VALUE, arbitraryText(2)),
          lines: fc.array(arbitraryText(2), { maxLength: 2 }),
        },
        { requiredKeys: [] },
      ),
      notes: fc.array(fc.record({ head: arbitraryText(3), body: arbitraryText(3) }, { requiredKeys: [] }), {
        maxLength: 3,
      }),
      color: fc.oneof(FACET_VALUE, NUMBER, fc.boolean()),
      categories: fc.array(FACET_VALUE, { maxLength: 3 }),
      price: fc.oneof(NUMBER, fc.constant('7'), fc.boolean()),
      rating: NUMBER,
      sizes: fc.array(NUMBER, { maxLength: 3 }),
      stock: fc.boolean(),
      group: fc.constantFrom<Json>('g1', 'g2', 'G2', 3, '3', null),
      _tags: fc.array(FACET_VALUE, { maxLength: 2 }),
      _geoloc: fc.oneof(POINT, fc.array(POINT, { maxLength: 2 })),
    },
    { requiredKeys: ['objectID', 'title'] },
  )
  .map((record) => JSON.parse(JSON.stringify(record)) as JsonObject);

export function objectIDOf(record: JsonObject): string {
  const objectID = record['objectID'];
  assert(typeof objectID === 'string', 'generated records have an objectID');
  return objectID;
}

const SORT_ATTRIBUTE: fc.Arbitrary<SortAttribute> = fc.record({
  path: fc.constantFrom(...SORT_PATHS),
  direction: fc.constantFrom('asc', 'desc'),
});

const FACET_ATTRIBUTES: fc.Arbitrary<FacetAttribute[]> = fc.uniqueArray(
  fc.record({
    path: fc.constantFrom(...FACET_PATHS),
    searchable: fc.boolean(),
    filterOnly: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
    afterDistinct: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
  }),
  { selector: (facet) => facet.path, maxLength: FACET_PATHS.length },
);

export const SCHEMA: fc.Arbitrary<IndexSchema> = fc.record({
  searchable: fc.oneof(
    fc.constant([]),
    fc
      .uniqueArray(
        fc.record({ path: fc.constantFrom(...TEXT_PATHS), ordered: fc.boolean(), joins: fc.boolean() }),
        {
          selector: (attribute) => attribute.path,
          minLength: 1,
          maxLength: 4,
        },
      )
      .map((attributes) => {
        let rank = -1;
        const withTitle = attributes.some(({ path }) => path === 'title' || path === 'text')
          ? attributes
          : [...attributes, { path: 'title', ordered: true, joins: false }];
        return withTitle.map(({ path, ordered, joins }) => {
          if (rank < 0 || !joins) rank++;
          return { path, ordered, rank };
        });
      }),
  ),
  facets: FACET_ATTRIBUTES,
  numericFilterable: fc.oneof(
    { weight: 3, arbitrary: fc.constant(undefined) },
    {
      weight: 1,
      arbitrary: fc.uniqueArray(
        fc.record({ path: fc.constantFrom(...NUMBER_PATHS), equalOnly: fc.boolean() }),
        {
          selector: (attribute) => attribute.path,
          maxLength: 2,
        },
      ),
    },
  ),
  customRanking: fc.uniqueArray(SORT_ATTRIBUTE, { selector: (attribute) => attribute.path, maxLength: 2 }),
  sortAttributes: fc.constant(SORT_PATHS),
  distinctAttribute: fc.constantFrom('group', 'group', undefined, 'color'),
  text: fc.record({
    separatorsToIndex: fc.constantFrom('', '', '+'),
    keepDiacriticsOnCharacters: fc.constantFrom('', '', 'é'),
    customNormalization: fc.constantFrom(new Map<string, string>(), new Map([['ß', 'sz']])),
    camelCaseAttributes: fc.constantFrom<string[]>([], ['title'], ['brand']),
    indexLanguages: fc.constant(DEFAULT_TEXT_OPTIONS.indexLanguages),
  }),
});

/** Records come back under the same objectID often: that makes updates. */
export function arbitrarySteps(countMax: number): fc.Arbitrary<IndexStep[]> {
  return fc.array(
    fc.oneof(
      { weight: 12, arbitrary: RECORD.map((record): IndexStep => ({ kind: 'put', record })) },
      { weight: 2, arbitrary: OBJECT_ID.map((objectID): IndexStep => ({ kind: 'delete', objectID })) },
      { weight: 2, arbitrary: fc.constant<IndexStep>({ kind: 'publish' }) },
      { weight: 1, arbitrary: fc.constant<IndexStep>({ kind: 'merge' }) },
    ),
    { minLength: 1, maxLength: countMax, size: 'max' },
  );
}

const SCORE = fc.constantFrom(0, 0, 1, 2, 5);
const FILTER_LEAF: fc.Arbitrary<FilterNode> = fc.oneof(
  fc.record({
    kind: fc.constant('facet' as const),
    path: fc.constantFrom(...FACET_PATHS, 'objectID'),
    value: fc.oneof(FACET_VALUE, FACET_VALUE, fc.constantFrom('r1', 'r2', '1.5', 'false')),
    score: SCORE,
  }),
  fc.record({
    kind: fc.constant('compare' as const),
    path: fc.constantFrom(...NUMBER_PATHS),
    operator: fc.constantFrom('<', '<=', '=', '!=', '>', '>='),
    value: NUMBER,
    score: SCORE,
  }),
  fc.record({
    kind: fc.constant('range' as const),
    path: fc.constantFrom(...NUMBER_PATHS),
    from: NUMBER,
    to: NUMBER,
    score: SCORE,
  }),
);

export const FILTER: fc.Arbitrary<FilterNode> = fc.letrec<{ node: FilterNode }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    { weight: 3, arbitrary: FILTER_LEAF },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constantFrom('and' as const, 'or' as const, 'or' as const),
        children: fc.array(tie('node'), { maxLength: 3 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('not' as const), child: tie('node') }) },
  ),
})).node;

const OPTIONAL_FILTER: fc.Arbitrary<OptionalFilter> = fc
  .record({ leaf: FILTER_LEAF, negative: fc.boolean(), score: fc.constantFrom(1, 1, 2, 7) })
  .map(({ leaf, negative, score }) => ({ filter: negative ? { kind: 'not', child: leaf } : leaf, score }));

const GEO: fc.Arbitrary<GeoQuery> = fc.record({
  around: fc.oneof({ weight: 4, arbitrary: POINT }, { weight: 1, arbitrary: fc.constant(undefined) }),
  radius: fc.constantFrom<GeoQuery['radius']>('all', 'automatic', 1, 1000, 150_000, 400_000),
  minimumRadius: fc.constantFrom(undefined, 5_000_000),
  precision: fc.constantFrom(
    [{ from: 0, value: 10 }],
    [{ from: 0, value: 200_000 }],
    [
      { from: 0, value: 25 },
      { from: 2000, value: 70_001 },
      { from: 300_000, value: 1_000_000 },
    ],
  ),
  boxes: fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(fc.record({ a: POINT, b: POINT }), { minLength: 1, maxLength: 2 }) },
  ),
  polygons: fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    {
      weight: 1,
      arbitrary: fc.array(fc.array(POINT, { minLength: 3, maxLength: 5 }), { minLength: 1, maxLength: 2 }),
    },
  ),
});

const RANKING: fc.Arbitrary<readonly RankingCriterion[]> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(DEFAULT_RANKING) },
  { weight: 2, arbitrary: fc.shuffledSubarray([...DEFAULT_RANKING]) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(SORT_ATTRIBUTE, fc.shuffledSubarray([...DEFAULT_RANKING]))
      .map(([attribute, rest]) => [{ kind: 'sort' as const, ...attribute }, ...rest]),
  },
);

/** Mostly the default, sometimes something else. */
function rarely<T>(usual: T, otherwise: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: 8, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: otherwise });
}

const SOME_TEXT_PATHS = fc.subarray(TEXT_PATHS, { minLength: 1, maxLength: 3 });
const USUAL = defaultSearchQuery();

export const SEARCH_QUERY: fc.Arbitrary<SearchQuery> = fc.record({
  text: QUERY_TEXT,
  queryType: rarely(USUAL.queryType, fc.constantFrom('prefixAll', 'prefixNone')),
  typoTolerance: fc.constantFrom('true', 'true', 'true', 'true', 'false', 'min', 'strict'),
  minWordSizeFor1Typo: rarely(4, fc.constantFrom(1, 3)),
  minWordSizeFor2Typos: rarely(8, fc.constantFrom(4, 6)),
  allowTyposOnNumericTokens: fc.boolean(),
  disableTypoToleranceOnWords: rarely([], LISTED_WORDS),
  disableTypoToleranceOnAttributes: rarely([], SOME_TEXT_PATHS),
  disablePrefixOnAttributes: rarely([], SOME_TEXT_PATHS),
  disableExactOnAttributes: rarely([], SOME_TEXT_PATHS),
  restrictSearchableAttributes: rarely([], SOME_TEXT_PATHS),
  optionalWords: rarely<SearchQuery['optionalWords']>(
    [],
    fc.oneof(fc.constant('all' as const), LISTED_WORDS),
  ),
  removeWordsIfNoResults: fc.constantFrom('none', 'none', 'lastWords', 'firstWords', 'allOptional'),
  advancedSyntax: fc.record({ exactPhrase: fc.boolean(), excludeWords: fc.boolean() }),
  exactOnSingleWordQuery: fc.constantFrom('attribute', 'none', 'word'),
  minProximity: rarely(1, fc.integer({ min: 2, max: 7 })),
  attributeCriteriaComputedByMinProximity: fc.boolean(),
  ranking: RANKING,
  filter: rarely<FilterNode | undefined>(undefined, FILTER),
  optionalFilters: rarely<SearchQuery['optionalFilters']>(
    [],
    fc.array(fc.array(OPTIONAL_FILTER, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 2 }),
  ),
  sumOrFiltersScores: fc.boolean(),
  geo: rarely<GeoQuery | undefined>(undefined, GEO),
  distinct: fc.constantFrom(0, 0, 0, 1, 2, 3),
  offset: rarely(0, fc.integer({ min: 1, max: 5 })),
  length: fc.constantFrom(0, 1, 2, 5, 20, 1000),
  facets: fc.subarray(FACET_PATHS),
  facetingAfterDistinct: fc.boolean(),
  maxValuesPerFacet: rarely(100, fc.integer({ min: 1, max: 3 })),
  sortFacetValuesBy: fc.constantFrom('count', 'alpha'),
  rankingInfo: fc.constant(true),
  highlight: fc.constant(undefined),
});
