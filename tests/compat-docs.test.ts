/**
 * `docs/compat/algolia.md` is true:
 *   1. It is what the tables say.
 *   2. It names every endpoint and every parameter of Algolia's specification (the lists below).
 *   3. What it calls "same" or "differs" has an effect, what it calls "not yet" has none.
 */
import { readFileSync } from 'node:fs';
import {
  definitionOf,
  ENDPOINTS,
  mergeSettings,
  OTHER_ENDPOINTS,
  PARAMETERS,
  type ParameterName,
  parseFacetSearch,
  parseSearch,
  schemaOf,
} from '@skein/wire';
import { expect, test } from 'vitest';
import { compatPage } from '../tools/compat-page.ts';

const words = (text: string) => text.trim().split(/\s+/);

const PARAMETERS_OF_SPECIFICATION = {
  Q: words(`
    query similarQuery filters facetFilters optionalFilters numericFilters tagFilters sumOrFiltersScores
    restrictSearchableAttributes facets facetingAfterDistinct page offset length aroundLatLng
    aroundLatLngViaIP aroundRadius aroundPrecision minimumAroundRadius insideBoundingBox insidePolygon
    naturalLanguages ruleContexts personalizationImpact userToken getRankingInfo synonyms clickAnalytics
    analytics analyticsTags percentileComputation enableABTest
  `),
  QS: words(`
    attributesToRetrieve ranking relevancyStrictness attributesToHighlight attributesToSnippet
    highlightPreTag highlightPostTag snippetEllipsisText restrictHighlightAndSnippetArrays hitsPerPage
    minWordSizefor1Typo minWordSizefor2Typos typoTolerance allowTyposOnNumericTokens
    disableTypoToleranceOnAttributes ignorePlurals removeStopWords queryLanguages decompoundQuery
    enableRules enablePersonalization queryType removeWordsIfNoResults mode semanticSearch advancedSyntax
    optionalWords disableExactOnAttributes exactOnSingleWordQuery alternativesAsExact advancedSyntaxFeatures
    distinct replaceSynonymsInHighlight minProximity responseFields maxValuesPerFacet sortFacetValuesBy
    attributeCriteriaComputedByMinProximity renderingContent enableReRanking reRankingApplyFilter
  `),
  S: words(`
    attributesForFaceting replicas paginationLimitedTo unretrievableAttributes disableTypoToleranceOnWords
    attributesToTransliterate camelCaseAttributes decompoundedAttributes indexLanguages
    disablePrefixOnAttributes allowCompressionOfIntegerArray numericAttributesForFiltering separatorsToIndex
    searchableAttributes userData customNormalization attributeForDistinct maxFacetHits
    keepDiacriticsOnCharacters customRanking
  `),
};

const ENDPOINTS_OF_SPECIFICATION: Readonly<Record<string, readonly string[]>> = {
  search: [
    'POST /1/indexes/{indexName}/query',
    'POST /1/indexes/*/queries',
    'POST /1/indexes/{indexName}/facets/{facetName}/query',
    'POST /1/indexes/{indexName}/browse',
    'POST /1/indexes/{indexName}',
    'DELETE /1/indexes/{indexName}',
    'GET /1/indexes/{indexName}/{objectID}',
    'PUT /1/indexes/{indexName}/{objectID}',
    'DELETE /1/indexes/{indexName}/{objectID}',
    'POST /1/indexes/{indexName}/deleteByQuery',
    'POST /1/indexes/{indexName}/clear',
    'POST /1/indexes/{indexName}/{objectID}/partial',
    'POST /1/indexes/{indexName}/batch',
    'POST /1/indexes/*/batch',
    'POST /1/indexes/*/objects',
    'GET /1/indexes/{indexName}/settings',
    'PUT /1/indexes/{indexName}/settings',
    'GET /1/indexes/{indexName}/synonyms/{objectID}',
    'PUT /1/indexes/{indexName}/synonyms/{objectID}',
    'DELETE /1/indexes/{indexName}/synonyms/{objectID}',
    'POST /1/indexes/{indexName}/synonyms/batch',
    'POST /1/indexes/{indexName}/synonyms/clear',
    'POST /1/indexes/{indexName}/synonyms/search',
    'GET /1/keys',
    'POST /1/keys',
    'GET /1/keys/{key}',
    'PUT /1/keys/{key}',
    'DELETE /1/keys/{key}',
    'POST /1/keys/{key}/restore',
    'GET /1/indexes/{indexName}/rules/{objectID}',
    'PUT /1/indexes/{indexName}/rules/{objectID}',
    'DELETE /1/indexes/{indexName}/rules/{objectID}',
    'POST /1/indexes/{indexName}/rules/batch',
    'POST /1/indexes/{indexName}/rules/clear',
    'POST /1/indexes/{indexName}/rules/search',
    'POST /1/dictionaries/{dictionaryName}/batch',
    'POST /1/dictionaries/{dictionaryName}/search',
    'GET /1/dictionaries/*/settings',
    'PUT /1/dictionaries/*/settings',
    'GET /1/dictionaries/*/languages',
    'POST /1/clusters/mapping',
    'GET /1/clusters/mapping',
    'POST /1/clusters/mapping/batch',
    'GET /1/clusters/mapping/top',
    'GET /1/clusters/mapping/{userID}',
    'DELETE /1/clusters/mapping/{userID}',
    'GET /1/clusters',
    'POST /1/clusters/mapping/search',
    'GET /1/clusters/mapping/pending',
    'GET /1/security/sources',
    'PUT /1/security/sources',
    'POST /1/security/sources/append',
    'DELETE /1/security/sources/{source}',
    'GET /1/logs',
    'GET /1/task/{taskID}',
    'GET /1/indexes/{indexName}/task/{taskID}',
    'POST /1/indexes/{indexName}/operation',
    'GET /1/indexes',
  ],
  insights: ['POST /1/events', 'DELETE /1/usertokens/{userToken}'],
  personalization: [
    'GET /1/profiles/personalization/{userToken}',
    'DELETE /1/profiles/{userToken}',
    'GET /1/strategies/personalization',
    'POST /1/strategies/personalization',
  ],
  'query-suggestions': [
    'GET /1/configs',
    'POST /1/configs',
    'GET /1/configs/{indexName}',
    'PUT /1/configs/{indexName}',
    'DELETE /1/configs/{indexName}',
    'GET /1/configs/{indexName}/status',
    'GET /1/logs/{indexName}',
  ],
  analytics: [
    'GET /2/searches',
    'GET /2/searches/count',
    'GET /2/searches/noResults',
    'GET /2/searches/noClicks',
    'GET /2/searches/noResultRate',
    'GET /2/searches/noClickRate',
    'GET /2/hits',
    'GET /2/users/count',
    'GET /2/filters',
    'GET /2/filters/{attribute}',
    'GET /2/filters/noResults',
    'GET /2/countries',
    'GET /2/clicks/averageClickPosition',
    'GET /2/clicks/positions',
    'GET /2/clicks/clickThroughRate',
    'GET /2/conversions/conversionRate',
    'GET /2/conversions/addToCartRate',
    'GET /2/conversions/purchaseRate',
    'GET /2/conversions/revenue',
    'GET /2/status',
    'GET /3/patterns/fields',
    'POST /3/patterns/timeseries',
    'POST /3/patterns/scalar',
    'POST /3/patterns/table',
    'POST /3/patterns/distribution',
  ],
  recommend: [
    'POST /1/indexes/*/recommendations',
    'GET /1/indexes/{indexName}/{model}/recommend/rules/{objectID}',
    'DELETE /1/indexes/{indexName}/{model}/recommend/rules/{objectID}',
    'GET /1/indexes/{indexName}/{model}/task/{taskID}',
    'POST /1/indexes/{indexName}/{model}/recommend/rules/search',
    'POST /1/indexes/{indexName}/{model}/recommend/rules/batch',
  ],
  abtesting: [
    'POST /2/abtests',
    'GET /2/abtests',
    'GET /2/abtests/{id}',
    'DELETE /2/abtests/{id}',
    'POST /2/abtests/{id}/stop',
    'POST /2/abtests/estimate',
  ],
  'abtesting-v3': [
    'POST /3/abtests',
    'GET /3/abtests',
    'GET /3/abtests/{id}',
    'DELETE /3/abtests/{id}',
    'POST /3/abtests/{id}/stop',
    'POST /3/abtests/estimate',
    'GET /3/abtests/{id}/timeseries',
  ],
  composition: [
    'POST /1/compositions/{compositionID}/run',
    'POST /1/compositions/{compositionID}/facets/{facetName}/query',
    'GET /1/compositions',
    'GET /1/compositions/{compositionID}',
    'PUT /1/compositions/{compositionID}',
    'DELETE /1/compositions/{compositionID}',
    'POST /1/compositions/*/batch',
    'POST /1/compositions/{compositionID}/sortingStrategy',
    'GET /1/compositions/{compositionID}/rules/{objectID}',
    'PUT /1/compositions/{compositionID}/rules/{objectID}',
    'DELETE /1/compositions/{compositionID}/rules/{objectID}',
    'POST /1/compositions/{compositionID}/rules/batch',
    'POST /1/compositions/{compositionID}/rules/search',
    'GET /1/compositions/{compositionID}/task/{taskID}',
  ],
  monitoring: [
    'GET /1/status',
    'GET /1/status/{clusters}',
    'GET /1/incidents',
    'GET /1/incidents/{clusters}',
    'GET /1/inventory/servers',
    'GET /1/latency/{clusters}',
    'GET /1/indexing/{clusters}',
    'GET /1/reachability/{clusters}/probes',
    'GET /1/infrastructure/{metric}/period/{period}',
  ],
  'advanced-personalization': [
    'GET /2/config',
    'PUT /2/config',
    'GET /2/users',
    'GET /2/users/{userID}',
    'DELETE /2/users/{userID}',
    'GET /2/realtime/users/{userToken}',
    'POST /2/realtime/users/{userToken}/compute',
  ],
};

test('1: the page is what the tables say (write it anew: npm run compat)', () => {
  const page = readFileSync(new URL('../docs/compat/algolia.md', import.meta.url), 'utf8');
  expect(page).toBe(compatPage());
});

test('2: every parameter is in the table, in its place', () => {
  for (const [scope, names] of Object.entries(PARAMETERS_OF_SPECIFICATION)) {
    const found = Object.keys(PARAMETERS).filter(
      (name) => definitionOf(name as ParameterName).scope === scope,
    );
    expect(new Set(found)).toEqual(new Set(names));
  }
  expect(Object.keys(PARAMETERS)).toHaveLength(93);
});

test('2: every endpoint is in the table', () => {
  const { search, ...others } = ENDPOINTS_OF_SPECIFICATION;
  const routes = ENDPOINTS.filter(({ legacy }) => !legacy).map(({ method, path }) => `${method} ${path}`);
  expect(new Set(routes)).toEqual(new Set(search));
  const withoutOperation = (endpoint: string) => endpoint.split(' ').slice(0, 2).join(' ');
  const listed = Object.entries(OTHER_ENDPOINTS).map(([api, list]) => [api, list.map(withoutOperation)]);
  expect(Object.fromEntries(listed)).toEqual(others);
});

/** For every parameter a value that is not its default, and what else has to be said for it to matter. */
const SAMPLES: Readonly<
  Record<string, { readonly value: unknown; readonly beside?: Record<string, unknown> }>
> = {
  query: { value: 'x' },
  similarQuery: { value: 'x' },
  filters: { value: 'a:1' },
  facetFilters: { value: ['a:1'] },
  optionalFilters: { value: ['a:1'] },
  numericFilters: { value: ['a>1'] },
  tagFilters: { value: ['a'] },
  sumOrFiltersScores: { value: true },
  restrictSearchableAttributes: { value: ['a'] },
  facets: { value: ['a'] },
  facetingAfterDistinct: { value: true },
  page: { value: 1 },
  offset: { value: 1 },
  length: { value: 1, beside: { offset: 0 } },
  aroundLatLng: { value: '1,2' },
  aroundLatLngViaIP: { value: true },
  aroundRadius: { value: 5, beside: { aroundLatLng: '1,2' } },
  aroundPrecision: { value: 5, beside: { aroundLatLng: '1,2' } },
  minimumAroundRadius: { value: 5, beside: { aroundLatLng: '1,2' } },
  insideBoundingBox: { value: [[1, 2, 3, 4]] },
  insidePolygon: { value: [[1, 2, 3, 4, 5, 6]] },
  naturalLanguages: { value: ['en'] },
  ruleContexts: { value: ['x'] },
  personalizationImpact: { value: 5 },
  userToken: { value: 'x' },
  getRankingInfo: { value: true },
  synonyms: { value: false },
  clickAnalytics: { value: true },
  analytics: { value: false },
  analyticsTags: { value: ['x'] },
  percentileComputation: { value: false },
  enableABTest: { value: false },
  attributesToRetrieve: { value: ['a'] },
  ranking: { value: ['words'] },
  relevancyStrictness: { value: 5 },
  attributesToHighlight: { value: ['a'] },
  attributesToSnippet: { value: ['a:3'] },
  highlightPreTag: { value: 'x' },
  highlightPostTag: { value: 'x' },
  snippetEllipsisText: { value: 'x' },
  restrictHighlightAndSnippetArrays: { value: true },
  hitsPerPage: { value: 3 },
  minWordSizefor1Typo: { value: 3 },
  minWordSizefor2Typos: { value: 3 },
  typoTolerance: { value: 'min' },
  allowTyposOnNumericTokens: { value: false },
  disableTypoToleranceOnAttributes: { value: ['a'] },
  ignorePlurals: { value: true },
  removeStopWords: { value: true },
  queryLanguages: { value: ['en'] },
  decompoundQuery: { value: false },
  enableRules: { value: false },
  enablePersonalization: { value: true },
  queryType: { value: 'prefixAll' },
  removeWordsIfNoResults: { value: 'lastWords' },
  mode: { value: 'neuralSearch' },
  semanticSearch: { value: { eventSources: ['a'] } },
  advancedSyntax: { value: true },
  optionalWords: { value: ['a'] },
  disableExactOnAttributes: { value: ['a'] },
  exactOnSingleWordQuery: { value: 'word' },
  alternativesAsExact: { value: [] },
  advancedSyntaxFeatures: { value: ['exactPhrase'], beside: { advancedSyntax: true } },
  distinct: { value: true },
  replaceSynonymsInHighlight: { value: true },
  minProximity: { value: 3 },
  responseFields: { value: ['hits'] },
  maxValuesPerFacet: { value: 3 },
  sortFacetValuesBy: { value: 'alpha' },
  attributeCriteriaComputedByMinProximity: { value: true },
  renderingContent: { value: { redirect: { url: 'https://example.org' } } },
  enableReRanking: { value: false },
  reRankingApplyFilter: { value: ['a:1'] },
  attributesForFaceting: { value: ['b'] },
  replicas: { value: ['b'] },
  paginationLimitedTo: { value: 5 },
  unretrievableAttributes: { value: ['a'] },
  disableTypoToleranceOnWords: { value: ['a'] },
  attributesToTransliterate: { value: ['a'] },
  camelCaseAttributes: { value: ['a'] },
  decompoundedAttributes: { value: { de: ['a'] } },
  indexLanguages: { value: ['ja'] },
  disablePrefixOnAttributes: { value: ['a'] },
  allowCompressionOfIntegerArray: { value: true },
  numericAttributesForFiltering: { value: ['a'] },
  separatorsToIndex: { value: '+' },
  searchableAttributes: { value: ['a'] },
  userData: { value: { a: 1 } },
  customNormalization: { value: { default: { ä: 'ae' } } },
  attributeForDistinct: { value: 'a' },
  maxFacetHits: { value: 3 },
  keepDiacriticsOnCharacters: { value: 'ø' },
  customRanking: { value: ['asc(a)'] },
};

type Body = Parameters<typeof parseSearch>[0]['body'];

/** All that a search and its settings come to, without the echo of what was sent. */
function effect(body: Body, changed: Body): string {
  const settings = mergeSettings({ attributesForFaceting: ['searchable(a)'] }, changed);
  const { echo: _echo, ...request } = parseSearch({ body, settings });
  const facet = mergeSettings(settings, { attributesForFaceting: ['searchable(a)'] });
  const { valueCountMax } = parseFacetSearch({ body: {}, settings: facet, facetName: 'a' }).query;
  const { text, ...schema } = schemaOf(settings);
  return JSON.stringify([
    { ...request, responseFields: request.responseFields === undefined ? null : [...request.responseFields] },
    valueCountMax,
    schema,
    { ...text, customNormalization: [...text.customNormalization] },
  ]);
}

/** Known to the answer's renderer or recorded in the request, but nothing acts on them yet. */
const CARRIED = new Set(['userToken', 'analytics', 'analyticsTags']);
/** Accepted and stored; that they change nothing is their meaning here. */
const WITHOUT_EFFECT = new Set(['allowCompressionOfIntegerArray']);

test.each(Object.keys(PARAMETERS) as ParameterName[])('3: %s does what the page says', (name) => {
  const { scope, compat } = definitionOf(name);
  const { value, beside = {} } = SAMPLES[name]!;
  const given = { ...beside, [name]: value } as Body;
  const acts = compat !== 'not yet' && !WITHOUT_EFFECT.has(name);
  if (scope !== 'S') {
    expect(effect(given, {}) !== effect(beside as Body, {})).toBe(acts || CARRIED.has(name));
  }
  if (scope !== 'Q') {
    expect(effect({}, given) !== effect({}, beside as Body)).toBe(acts);
  }
});
