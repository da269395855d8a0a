/**
 * A search as Algolia's clients send it → what the engine runs (`SearchQuery`) and what the answer needs to be rendered.
 *
 * Where a value comes from, first found wins: parameters forced by the API key · the request · the index's settings · the
 * default. Filters are the exception: the key's and the request's all have to hold.
 */
import type { Json, JsonObject } from '@skein/base';
import type { FilterNode, HighlightOptions, IndexSchema, RankingCriterion, SearchQuery } from '@skein/engine';
import { ApiError } from './api-error.ts';
import {
  parseFacetFilters,
  parseNumericFilters,
  parseOptionalFilters,
  parseTagFilters,
} from './array-filters.ts';
import { allOf } from './filter-nodes.ts';
import { parseFilters } from './filters.ts';
import { geoQueryOf } from './geo-parameters.ts';
import { browseHitsPerPageDefault } from './limits.ts';
import { checkValue } from './parameter-values.ts';
import { definitionOf, PARAMETERS, type ParameterName } from './parameters.ts';
import { type RequestParameters, readParameters } from './request-parameters.ts';
import { schemaOf, sortOf } from './settings.ts';

/** What an API key adds to every search made with it (`keys.ts` makes it). */
export interface ForcedSearch {
  /** Checked values that the request cannot change; never any of the filters below. */
  readonly parameters: ReadonlyMap<ParameterName, Json>;
  /** All of them hold besides the request's own. */
  readonly filters: readonly FilterNode[];
  /** 0: no bound of the key. */
  readonly maxHitsPerQuery: number;
  /** Whether `unretrievableAttributes` are shown all the same. */
  readonly seeUnretrievable: boolean;
}

export const NOTHING_FORCED: ForcedSearch = {
  parameters: new Map(),
  filters: [],
  maxHitsPerQuery: 0,
  seeUnretrievable: false,
};

export type Pagination =
  | { readonly kind: 'page'; readonly page: number; readonly hitsPerPage: number }
  | { readonly kind: 'offset'; readonly offset: number; readonly length: number };

export interface SearchRequest {
  readonly query: SearchQuery;
  /** `query` of the answer. */
  readonly queryText: string;
  /** `params` of the answer. */
  readonly echo: string;
  readonly pagination: Pagination;
  readonly paginationLimitedTo: number;
  /** The page lies beyond `paginationLimitedTo`: nothing is searched, the answer says why it is empty. */
  readonly pastPaginationLimit: boolean;
  readonly attributesToRetrieve: readonly string[];
  readonly unretrievableAttributes: readonly string[];
  /** Undefined: all fields. */
  readonly responseFields: ReadonlySet<string> | undefined;
  readonly clickAnalytics: boolean;
  readonly getRankingInfo: boolean;
  readonly analytics: boolean;
  readonly analyticsTags: readonly string[];
  readonly userToken: string | undefined;
  readonly aroundLatLng: string;
  readonly renderingContent: Json;
  /** Undefined: never set. */
  readonly userData: Json | undefined;
  readonly typoTolerance: boolean;
}

export interface SearchOptions {
  /** Parameters by name, `params` as URL-encoded text, or both. */
  readonly body: JsonObject;
  readonly settings: JsonObject;
  readonly forced?: ForcedSearch | undefined;
}

/** `POST /1/indexes/{index}/query` and one entry of a multi-query. Throws `ApiError`. */
export function parseSearch(options: SearchOptions, extraNames?: ReadonlySet<string>): SearchRequest {
  return searchRequestOf(readParameters(options.body, extraNames), options, 'search');
}

/** The same of parameters already read. `'browse'`: every record, in index order, without highlights. */
export function searchRequestOf(
  request: RequestParameters,
  options: Omit<SearchOptions, 'body'>,
  purpose: 'search' | 'browse',
): SearchRequest {
  const { settings, forced = NOTHING_FORCED } = options;
  const base = settingValues(settings);
  const schema = schemaOf(settings);
  const { values } = request;
  const value = (name: ParameterName): Json | undefined =>
    forced.parameters.get(name) ?? values.get(name) ?? base.get(name);
  const flag = (name: ParameterName) => value(name) === true;
  const text = (name: ParameterName) => value(name) as string;
  const number = (name: ParameterName) => value(name) as number;
  const strings = (name: ParameterName) => value(name) as readonly string[];

  const similar = text('similarQuery');
  const isSimilar = similar !== '';
  const typoTolerance = String(value('typoTolerance') as boolean | string) as SearchQuery['typoTolerance'];
  const unretrievable = forced.seeUnretrievable ? [] : strings('unretrievableAttributes');

  let hitsPerPage = purpose === 'browse' ? browseHitsPerPage(forced, values) : number('hitsPerPage');
  if (forced.maxHitsPerQuery > 0) hitsPerPage = Math.min(hitsPerPage, forced.maxHitsPerQuery);
  const offsetGiven = purpose === 'browse' ? undefined : (value('offset') as number | undefined);
  const pagination: Pagination =
    offsetGiven === undefined
      ? { kind: 'page', page: purpose === 'browse' ? 0 : number('page'), hitsPerPage }
      : { kind: 'offset', offset: offsetGiven, length: lengthOf(value('length'), hitsPerPage, forced) };
  const first = pagination.kind === 'page' ? pagination.page * pagination.hitsPerPage : pagination.offset;
  const wanted = pagination.kind === 'page' ? pagination.hitsPerPage : pagination.length;
  const limit = number('paginationLimitedTo');
  const past = purpose === 'search' && first > 0 && first >= limit;
  const advanced = flag('advancedSyntax');
  const features = strings('advancedSyntaxFeatures');
  const natural = strings('naturalLanguages').length > 0;
  const givenRemoval =
    forced.parameters.get('removeWordsIfNoResults') ?? values.get('removeWordsIfNoResults');
  const rankingInfo = purpose === 'search' && flag('getRankingInfo');
  const fields = strings('responseFields');

  const query: SearchQuery = {
    text: isSimilar ? similar : text('query'),
    queryType: isSimilar ? 'prefixNone' : (value('queryType') as SearchQuery['queryType']),
    typoTolerance,
    minWordSizeFor1Typo: number('minWordSizefor1Typo'),
    minWordSizeFor2Typos: number('minWordSizefor2Typos'),
    allowTyposOnNumericTokens: flag('allowTyposOnNumericTokens'),
    disableTypoToleranceOnWords: strings('disableTypoToleranceOnWords'),
    disableTypoToleranceOnAttributes: strings('disableTypoToleranceOnAttributes'),
    disablePrefixOnAttributes: strings('disablePrefixOnAttributes'),
    disableExactOnAttributes: strings('disableExactOnAttributes'),
    restrictSearchableAttributes: strings('restrictSearchableAttributes'),
    optionalWords: isSimilar ? 'all' : optionalWordsOf(value('optionalWords')!),
    removeWordsIfNoResults:
      natural && givenRemoval === undefined
        ? 'allOptional'
        : (value('removeWordsIfNoResults') as SearchQuery['removeWordsIfNoResults']),
    advancedSyntax: {
      exactPhrase: advanced && features.includes('exactPhrase'),
      excludeWords: advanced && features.includes('excludeWords'),
    },
    exactOnSingleWordQuery: value('exactOnSingleWordQuery') as SearchQuery['exactOnSingleWordQuery'],
    minProximity: number('minProximity'),
    attributeCriteriaComputedByMinProximity: flag('attributeCriteriaComputedByMinProximity'),
    ranking: rankingOf(strings('ranking'), sortableIn(schema), isSimilar),
    filter: filterOf(values, forced),
    optionalFilters: parseOptionalFilters(value('optionalFilters')!),
    sumOrFiltersScores: flag('sumOrFiltersScores'),
    geo: geoQueryOf({
      aroundLatLng: text('aroundLatLng'),
      aroundRadius: value('aroundRadius'),
      aroundPrecision: value('aroundPrecision')!,
      minimumAroundRadius: value('minimumAroundRadius') as number | undefined,
      insideBoundingBox: value('insideBoundingBox'),
      insidePolygon: value('insidePolygon'),
    }),
    distinct: purpose === 'browse' ? 0 : Number(value('distinct')),
    offset: past ? 0 : first,
    length: past ? 0 : purpose === 'browse' ? wanted : Math.max(0, Math.min(wanted, limit - first)),
    facets: purpose === 'browse' ? [] : facetsOf(strings('facets'), schema.facets),
    facetingAfterDistinct: flag('facetingAfterDistinct'),
    maxValuesPerFacet: number('maxValuesPerFacet'),
    sortFacetValuesBy: value('sortFacetValuesBy') as SearchQuery['sortFacetValuesBy'],
    rankingInfo,
    highlight: purpose === 'browse' ? undefined : highlightOf(value, unretrievable),
  };

  return {
    query,
    queryText: isSimilar ? similar : text('query'),
    echo: request.echo,
    pagination,
    paginationLimitedTo: limit,
    pastPaginationLimit: past,
    attributesToRetrieve: strings('attributesToRetrieve'),
    unretrievableAttributes: unretrievable,
    responseFields: fields.includes('*') ? undefined : new Set(fields),
    clickAnalytics: purpose === 'search' && flag('clickAnalytics'),
    getRankingInfo: rankingInfo,
    analytics: flag('analytics'),
    analyticsTags: strings('analyticsTags'),
    userToken: value('userToken') as string | undefined,
    aroundLatLng: text('aroundLatLng'),
    renderingContent: value('renderingContent')!,
    userData: settings['userData'],
    typoTolerance: typoTolerance !== 'false',
  };
}

const normalised = new WeakMap<JsonObject, ReadonlyMap<ParameterName, Json>>();

/** Every parameter's value when a request says nothing: the setting in its own type, else the default. */
function settingValues(settings: JsonObject): ReadonlyMap<ParameterName, Json> {
  const known = normalised.get(settings);
  if (known !== undefined) return known;
  const values = new Map<ParameterName, Json>();
  for (const name of Object.keys(PARAMETERS) as ParameterName[]) {
    const definition = definitionOf(name);
    const set = definition.scope === 'Q' ? undefined : settings[name];
    const value =
      set === undefined || set === null ? definition.default : checkedOr(name, set, definition.default);
    if (value !== undefined && value !== null) values.set(name, value);
  }
  normalised.set(settings, values);
  return values;
}

/** Stored settings were checked when they were set; an older version's that no longer fit act as if unset. */
function checkedOr(name: ParameterName, value: Json, otherwise: Json | undefined): Json | undefined {
  try {
    return checkValue(name, value, 'search');
  } catch (error) {
    if (error instanceof ApiError) return otherwise;
    throw error;
  }
}

/** Browse has a page size of its own: the setting of the index is for people who search. */
function browseHitsPerPage(forced: ForcedSearch, values: ReadonlyMap<ParameterName, Json>): number {
  const given = (forced.parameters.get('hitsPerPage') ?? values.get('hitsPerPage')) as number | undefined;
  return given === undefined || given === 0 ? browseHitsPerPageDefault : given;
}

function lengthOf(given: Json | undefined, hitsPerPage: number, forced: ForcedSearch): number {
  const length = typeof given === 'number' ? given : hitsPerPage;
  return forced.maxHitsPerQuery > 0 ? Math.min(length, forced.maxHitsPerQuery) : length;
}

function optionalWordsOf(value: Json): readonly string[] {
  if (typeof value !== 'string') return value as readonly string[];
  return value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

type NamedCriterion = Exclude<RankingCriterion['kind'], 'sort'>;
const CRITERIA: ReadonlySet<string> = new Set<NamedCriterion>([
  'typo',
  'geo',
  'words',
  'filters',
  'proximity',
  'attribute',
  'exact',
  'custom',
]);

/** Sorts need a column, which the index has for the attributes of its own `ranking` and `customRanking`. */
function sortableIn(schema: IndexSchema): readonly string[] {
  return [...schema.sortAttributes, ...schema.customRanking.map(({ path }) => path)];
}

/** Sorts by other attributes are left out. Similar queries rank by words first. */
function rankingOf(
  entries: readonly string[],
  sortable: readonly string[],
  wordsFirst: boolean,
): readonly RankingCriterion[] {
  const criteria: RankingCriterion[] = wordsFirst ? [{ kind: 'words' }] : [];
  for (const entry of entries) {
    const sort = sortOf(entry);
    if (sort !== undefined) {
      if (sortable.includes(sort.path)) criteria.push({ kind: 'sort', ...sort });
    } else if (CRITERIA.has(entry)) {
      if (!criteria.some((criterion) => criterion.kind === entry))
        criteria.push({ kind: entry as NamedCriterion });
    } else {
      throw new ApiError('parameter-invalid', { name: 'ranking', expected: 'array of criteria' });
    }
  }
  return criteria;
}

/** The request's filters and the key's: all hold. */
function filterOf(values: ReadonlyMap<ParameterName, Json>, forced: ForcedSearch): FilterNode | undefined {
  return allOf([filtersIn(values), ...forced.filters]);
}

/** The four filter parameters as one condition. */
export function filtersIn(values: ReadonlyMap<ParameterName, Json>): FilterNode | undefined {
  const facet = values.get('facetFilters');
  const numeric = values.get('numericFilters');
  const tag = values.get('tagFilters');
  return allOf([
    parseFilters((values.get('filters') as string | undefined) ?? ''),
    facet === undefined ? undefined : parseFacetFilters(facet),
    numeric === undefined ? undefined : parseNumericFilters(numeric),
    tag === undefined ? undefined : parseTagFilters(tag),
  ]);
}

/** Facets that the index does not declare, or declares for filters only, are left out without an error. */
function facetsOf(
  wanted: readonly string[],
  declared: readonly { readonly path: string; readonly filterOnly: boolean }[],
): readonly string[] {
  if (wanted.length === 0) return wanted;
  const countable = declared.filter((facet) => !facet.filterOnly).map((facet) => facet.path);
  if (wanted.includes('*')) return countable;
  const within = (path: string) => countable.some((facet) => path === facet || path.startsWith(`${facet}.`));
  return [...new Set(wanted.map((entry) => entry.trim()))].filter(within);
}

function highlightOf(
  value: (name: ParameterName) => Json | undefined,
  unretrievable: readonly string[],
): HighlightOptions | undefined {
  const attributes = value('attributesToHighlight') as readonly string[] | undefined;
  const snippets = (value('attributesToSnippet') as readonly string[]).map(snippetOf);
  if (attributes?.length === 0 && snippets.length === 0) return undefined;
  const visible = (path: string) => !unretrievable.includes(path);
  return {
    attributesToHighlight: attributes?.filter(visible),
    attributesToSnippet: snippets.filter(({ path }) => visible(path)),
    preTag: value('highlightPreTag') as string,
    postTag: value('highlightPostTag') as string,
    snippetEllipsisText: value('snippetEllipsisText') as string,
    restrictArrays: value('restrictHighlightAndSnippetArrays') === true,
  };
}

const SNIPPET_WORDS_DEFAULT = 10;

/** `attribute:words`; without a number, ten words. */
function snippetOf(entry: string): { readonly path: string; readonly wordCount: number } {
  const colon = entry.lastIndexOf(':');
  const words = colon === -1 ? '' : entry.slice(colon + 1).trim();
  if (!/^\d{1,6}$/.test(words)) return { path: entry.trim(), wordCount: SNIPPET_WORDS_DEFAULT };
  return { path: entry.slice(0, colon).trim(), wordCount: Math.max(1, Number(words)) };
}
