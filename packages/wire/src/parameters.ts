/**
 * The one table of search parameters and index settings: all names of Algolia's API, where each may be given, its type, its
 * default, and how Skein's meaning compares. Validation, merging and `docs/compat/algolia.md` are derived from it.
 */
import type { Json } from '@skein/base';
import { hitsPerPageMax, maxFacetHitsMax, maxValuesPerFacetMax, paginationLimitedToMax } from './limits.ts';

/** Q: search time only. S: index setting only. QS: a setting that a search may override. */
export type ParameterScope = 'Q' | 'S' | 'QS';

export type ParameterType =
  | { readonly kind: 'string' | 'boolean' | 'strings' | 'languages' | 'boolean-or-languages' }
  | { readonly kind: 'integer'; readonly min: number; readonly max: number; readonly cut?: 'max' }
  | { readonly kind: 'enum' | 'enums' | 'boolean-or-enum'; readonly values: readonly string[] }
  | { readonly kind: 'distinct' | 'string-or-strings' | 'filters' }
  | { readonly kind: 'radius' | 'precision' | 'numbers' }
  | { readonly kind: 'object' | 'json' };

export interface ParameterDefinition {
  readonly scope: ParameterScope;
  readonly type: ParameterType;
  /** Undefined: absent unless given. */
  readonly default: Json | undefined;
  readonly compat: 'same' | 'differs' | 'not yet';
  /** How it differs, or what already happens; a sentence without its full stop. */
  readonly note?: string;
}

const string = { kind: 'string' } as const;
const boolean = { kind: 'boolean' } as const;
const strings = { kind: 'strings' } as const;
const languages = { kind: 'languages' } as const;
const filters = { kind: 'filters' } as const;
const object = { kind: 'object' } as const;
const UNLIMITED = Number.MAX_SAFE_INTEGER;

function integer(min: number, max = UNLIMITED): ParameterType {
  return { kind: 'integer', min, max };
}

type Options = Pick<ParameterDefinition, 'compat' | 'note'>;
const SAME: Options = { compat: 'same' };
const differs = (note: string): Options => ({ compat: 'differs', note });
const notYet = (note: string): Options => ({ compat: 'not yet', note });
const STORED = notYet('accepted and returned, without effect');
const ACCEPTED = notYet('accepted, without effect');

function define(
  scope: ParameterScope,
  type: ParameterType,
  defaultValue: Json | undefined,
  options: Options = SAME,
): ParameterDefinition {
  return { scope, type, default: defaultValue, ...options };
}

export const RANKING_DEFAULT: readonly string[] = [
  'typo',
  'geo',
  'words',
  'filters',
  'proximity',
  'attribute',
  'exact',
  'custom',
];

export const PARAMETERS = {
  query: define('Q', string, '', differs('a text of more than 512 characters is cut instead of refused')),
  similarQuery: define('Q', string, '', differs('stop words are not removed yet')),
  filters: define(
    'Q',
    string,
    '',
    differs('AND, OR and NOT nest freely, NOT may stand before parentheses, one OR may mix kinds of filters'),
  ),
  facetFilters: define('Q', filters, []),
  optionalFilters: define('Q', filters, []),
  numericFilters: define('Q', filters, [], differs('numbers are compared exactly, not by three decimals')),
  tagFilters: define('Q', filters, []),
  sumOrFiltersScores: define('Q', boolean, false),
  restrictSearchableAttributes: define('Q', strings, []),
  facets: define('Q', strings, []),
  facetingAfterDistinct: define('Q', boolean, false),
  page: define('Q', integer(0), 0),
  offset: define('Q', integer(0), undefined),
  length: define('Q', { ...integer(0), max: hitsPerPageMax, cut: 'max' } as ParameterType, undefined),
  aroundLatLng: define('Q', string, ''),
  aroundLatLngViaIP: define(
    'Q',
    boolean,
    false,
    notYet('accepted, without effect: there is no table of IP addresses'),
  ),
  aroundRadius: define(
    'Q',
    { kind: 'radius' },
    undefined,
    differs('the automatic radius is the smallest of 1 km × 2^k that holds 1,000 matching records'),
  ),
  aroundPrecision: define('Q', { kind: 'precision' }, 10),
  minimumAroundRadius: define('Q', integer(1), undefined),
  insideBoundingBox: define('Q', { kind: 'numbers' }, undefined),
  insidePolygon: define('Q', { kind: 'numbers' }, undefined),
  naturalLanguages: define(
    'Q',
    languages,
    [],
    differs('sets removeWordsIfNoResults=allOptional; plurals and stop words wait for their dictionaries'),
  ),
  ruleContexts: define('Q', strings, [], ACCEPTED),
  personalizationImpact: define('Q', integer(0, 100), 100, ACCEPTED),
  userToken: define('Q', string, undefined, ACCEPTED),
  getRankingInfo: define('Q', boolean, false),
  synonyms: define('Q', boolean, true, ACCEPTED),
  clickAnalytics: define('Q', boolean, false),
  analytics: define('Q', boolean, true, notYet('accepted; nothing is recorded')),
  analyticsTags: define('Q', strings, [], ACCEPTED),
  percentileComputation: define('Q', boolean, true, ACCEPTED),
  enableABTest: define('Q', boolean, true, ACCEPTED),

  attributesToRetrieve: define('QS', strings, ['*']),
  ranking: define(
    'QS',
    strings,
    RANKING_DEFAULT,
    differs(
      'a search may use asc() and desc() only of attributes that the ranking setting of the index names',
    ),
  ),
  relevancyStrictness: define('QS', integer(0, 100), 100, STORED),
  attributesToHighlight: define('QS', strings, null),
  attributesToSnippet: define('QS', strings, []),
  highlightPreTag: define('QS', string, '<em>'),
  highlightPostTag: define('QS', string, '</em>'),
  snippetEllipsisText: define('QS', string, '…'),
  restrictHighlightAndSnippetArrays: define('QS', boolean, false),
  hitsPerPage: define('QS', { ...integer(0), max: hitsPerPageMax, cut: 'max' } as ParameterType, 20, {
    compat: 'differs',
    note: '0 is accepted; more than 1000 is cut to 1000',
  }),
  minWordSizefor1Typo: define('QS', integer(0), 4),
  minWordSizefor2Typos: define('QS', integer(0), 8),
  typoTolerance: define('QS', { kind: 'boolean-or-enum', values: ['min', 'strict'] }, true),
  allowTyposOnNumericTokens: define('QS', boolean, true),
  disableTypoToleranceOnAttributes: define('QS', strings, []),
  ignorePlurals: define('QS', { kind: 'boolean-or-languages' }, false, STORED),
  removeStopWords: define('QS', { kind: 'boolean-or-languages' }, false, STORED),
  queryLanguages: define('QS', languages, [], STORED),
  decompoundQuery: define('QS', boolean, true, STORED),
  enableRules: define('QS', boolean, true, STORED),
  enablePersonalization: define('QS', boolean, false, STORED),
  queryType: define('QS', { kind: 'enum', values: ['prefixLast', 'prefixAll', 'prefixNone'] }, 'prefixLast'),
  removeWordsIfNoResults: define(
    'QS',
    { kind: 'enum', values: ['none', 'lastWords', 'firstWords', 'allOptional'] },
    'none',
  ),
  mode: define('QS', { kind: 'enum', values: ['neuralSearch', 'keywordSearch'] }, 'keywordSearch', {
    compat: 'not yet',
    note: 'neuralSearch is accepted and answered by keyword search',
  }),
  semanticSearch: define('QS', object, undefined, STORED),
  advancedSyntax: define('QS', boolean, false),
  optionalWords: define('QS', { kind: 'string-or-strings' }, []),
  disableExactOnAttributes: define('QS', strings, []),
  exactOnSingleWordQuery: define('QS', { kind: 'enum', values: ['attribute', 'none', 'word'] }, 'attribute'),
  alternativesAsExact: define(
    'QS',
    {
      kind: 'enums',
      values: ['ignorePlurals', 'singleWordSynonym', 'multiWordsSynonym', 'ignoreConjugations'],
    },
    ['ignorePlurals', 'singleWordSynonym'],
    notYet('accepted and returned; the alternatives that it is about do not exist yet'),
  ),
  advancedSyntaxFeatures: define('QS', { kind: 'enums', values: ['exactPhrase', 'excludeWords'] }, [
    'exactPhrase',
    'excludeWords',
  ]),
  distinct: define('QS', { kind: 'distinct' }, false),
  replaceSynonymsInHighlight: define('QS', boolean, false, STORED),
  minProximity: define('QS', integer(1, 7), 1),
  responseFields: define('QS', strings, ['*']),
  maxValuesPerFacet: define(
    'QS',
    { ...integer(0), max: maxValuesPerFacetMax, cut: 'max' } as ParameterType,
    100,
  ),
  sortFacetValuesBy: define('QS', { kind: 'enum', values: ['count', 'alpha'] }, 'count'),
  attributeCriteriaComputedByMinProximity: define('QS', boolean, false),
  renderingContent: define('QS', object, {}),
  enableReRanking: define('QS', boolean, true, STORED),
  reRankingApplyFilter: define('QS', filters, null, STORED),

  attributesForFaceting: define(
    'S',
    strings,
    [],
    differs('values inside an object are facets by their own path (`categories.lvl0`), not by the object’s'),
  ),
  replicas: define('S', strings, [], STORED),
  paginationLimitedTo: define('S', integer(0, paginationLimitedToMax), 1000),
  unretrievableAttributes: define('S', strings, []),
  disableTypoToleranceOnWords: define('S', strings, []),
  attributesToTransliterate: define('S', strings, undefined, STORED),
  camelCaseAttributes: define('S', strings, []),
  decompoundedAttributes: define('S', object, {}, STORED),
  indexLanguages: define(
    'S',
    languages,
    [],
    differs('decides the segmentation of CJK and Thai text, by Unicode’s rules and dictionaries'),
  ),
  disablePrefixOnAttributes: define('S', strings, []),
  allowCompressionOfIntegerArray: define(
    'S',
    boolean,
    false,
    differs('accepted and returned; arrays are never reordered'),
  ),
  numericAttributesForFiltering: define('S', strings, []),
  separatorsToIndex: define('S', string, ''),
  searchableAttributes: define('S', strings, []),
  userData: define('S', { kind: 'json' }, {}),
  customNormalization: define('S', object, undefined),
  attributeForDistinct: define('S', string, undefined),
  maxFacetHits: define('S', integer(1, maxFacetHitsMax), 10),
  keepDiacriticsOnCharacters: define('S', string, ''),
  customRanking: define('S', strings, []),
} as const satisfies Record<string, ParameterDefinition>;

export type ParameterName = keyof typeof PARAMETERS;

export function isParameterName(name: string): name is ParameterName {
  return Object.hasOwn(PARAMETERS, name);
}

export function definitionOf(name: ParameterName): ParameterDefinition {
  return PARAMETERS[name];
}

/** Names that old clients use. */
export const SETTING_ALIASES: Readonly<Record<string, ParameterName>> = {
  attributesToIndex: 'searchableAttributes',
  attributesForFacetting: 'attributesForFaceting',
  numericAttributesToIndex: 'numericAttributesForFiltering',
  slaves: 'replicas',
};
