/** Requests that read and are more than one search: multi-query, facet values, browse, several records by identifier. */
import { isJsonObject, type Json, type JsonObject } from '@skein/base';
import type { FacetSearchQuery } from '@skein/engine';
import { ApiError } from './api-error.ts';
import { decodeBrowseCursor } from './browse-cursor.ts';
import { checkIndexName } from './index-name.ts';
import { objectsPerRequestMax, queriesPerRequestMax } from './limits.ts';
import { objectIDOf } from './object-ids.ts';
import { checkType, checkValue } from './parameter-values.ts';
import { definitionOf } from './parameters.ts';
import { readParameters } from './request-parameters.ts';
import { type SearchOptions, type SearchRequest, searchRequestOf } from './search-request.ts';
import { schemaOf } from './settings.ts';

export interface MultiQuery {
  readonly strategy: 'none' | 'stopIfEnoughMatches';
  readonly requests: readonly MultiQueryEntry[];
}

/** Parsed further by `parseSearch` or `parseFacetSearch` with the settings of its index. */
export interface MultiQueryEntry {
  readonly indexName: string;
  readonly kind: 'search' | 'facet';
  /** Empty for a search. */
  readonly facetName: string;
  /** The entry without the fields above. */
  readonly body: JsonObject;
}

/** Several searches in one request (`…/queries`). */
export function parseMultiQuery(body: JsonObject): MultiQuery {
  const strategy = body['strategy'] ?? 'none';
  if (strategy !== 'none' && strategy !== 'stopIfEnoughMatches') {
    throw new ApiError('parameter-invalid', { name: 'strategy', expected: '"none", "stopIfEnoughMatches"' });
  }
  const requests = requestsOf(body, queriesPerRequestMax);
  return {
    strategy,
    requests: requests.map((entry) => {
      const { indexName, type, facet, ...rest } = entry;
      const kind = type ?? 'default';
      if (kind !== 'default' && kind !== 'facet') {
        throw new ApiError('parameter-invalid', { name: 'type', expected: '"default", "facet"' });
      }
      if (kind === 'facet' && typeof facet !== 'string')
        throw new ApiError('attribute-missing', { name: 'facet' });
      return {
        indexName: checkIndexName(indexName),
        kind: kind === 'facet' ? 'facet' : 'search',
        facetName: kind === 'facet' ? (facet as string) : '',
        // Old clients leave these fields in ordinary searches, where they mean nothing.
        body: kind === 'facet' ? rest : without(rest, ['facetQuery', 'maxFacetHits', 'strategy']),
      };
    }),
  };
}

function without(object: JsonObject, names: readonly string[]): JsonObject {
  if (!names.some((name) => Object.hasOwn(object, name))) return object;
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

function requestsOf(body: JsonObject, countMax: number): readonly JsonObject[] {
  const requests = body['requests'];
  if (requests === undefined) throw new ApiError('attribute-missing', { name: 'requests' });
  if (!Array.isArray(requests) || !requests.every(isJsonObject)) {
    throw new ApiError('parameter-invalid', { name: 'requests', expected: 'array of objects' });
  }
  if (requests.length > countMax) {
    throw new ApiError('batch-too-large', { name: 'requests', count: requests.length, countMax });
  }
  return requests as readonly JsonObject[];
}

export interface FacetSearchRequest {
  readonly query: FacetSearchQuery;
  readonly search: SearchRequest;
}

const FACET_SEARCH_NAMES: ReadonlySet<string> = new Set(['facetQuery', 'maxFacetHits']);

/** `POST /1/indexes/{index}/facets/{facet}/query`. The facet must be `searchable(…)`. */
export function parseFacetSearch(
  options: SearchOptions & { readonly facetName: string },
): FacetSearchRequest {
  const { facetName, settings } = options;
  const declared = schemaOf(settings).facets.find(({ path }) => path === facetName);
  if (declared?.searchable !== true) throw new ApiError('facet-not-searchable', { facet: facetName });
  const parameters = readParameters(options.body, FACET_SEARCH_NAMES);
  const search = searchRequestOf(parameters, options, 'search');
  const text = checkType(
    'facetQuery',
    { kind: 'string' },
    parameters.extras.get('facetQuery') ?? '',
    'search',
  );
  const countMax = checkValue(
    'maxFacetHits',
    parameters.extras.get('maxFacetHits') ??
      settings['maxFacetHits'] ??
      definitionOf('maxFacetHits').default!,
    'search',
  );
  return {
    search,
    query: {
      path: facetName,
      text: text as string,
      valueCountMax: countMax as number,
      search: { ...search.query, offset: 0, length: 0, facets: [], highlight: undefined, rankingInfo: false },
      preTag: search.query.highlight?.preTag ?? '<em>',
      postTag: search.query.highlight?.postTag ?? '</em>',
    },
  };
}

export interface BrowseRequest {
  /** The engine's cursor; undefined: from the start. */
  readonly cursor: string | undefined;
  readonly search: SearchRequest;
  /** The parameters that the next page's cursor carries on: see `encodeBrowseCursor`. */
  readonly parameters: JsonObject;
}

const BROWSE_NAMES: ReadonlySet<string> = new Set(['cursor']);

/** `POST` and `GET /1/indexes/{index}/browse`. A cursor replaces all other parameters. */
export function parseBrowse(options: SearchOptions): BrowseRequest {
  let parameters = readParameters(options.body, BROWSE_NAMES);
  let cursor: string | undefined;
  const given = parameters.extras.get('cursor');
  if (given !== undefined && given !== null && given !== '') {
    const decoded = typeof given === 'string' ? decodeBrowseCursor(given) : undefined;
    if (decoded === undefined) throw new ApiError('cursor-invalid');
    cursor = decoded.cursor;
    parameters = readParameters(decoded.parameters);
  }
  return {
    cursor,
    search: searchRequestOf(parameters, options, 'browse'),
    parameters: Object.fromEntries(parameters.values),
  };
}

export interface ObjectRequest {
  readonly indexName: string;
  readonly objectID: string;
  readonly attributesToRetrieve: readonly string[];
}

/** Several records by identifier (`…/objects`). */
export function parseGetObjects(body: JsonObject): readonly ObjectRequest[] {
  return requestsOf(body, objectsPerRequestMax).map((entry, position) => ({
    indexName: checkIndexName(entry['indexName']),
    objectID: objectIDOf(entry['objectID'], position),
    attributesToRetrieve: parseAttributesToRetrieve(entry['attributesToRetrieve']),
  }));
}

/** The list, or the comma text of a query string; `['*']` when absent. */
export function parseAttributesToRetrieve(value: Json | undefined): readonly string[] {
  if (value === undefined || value === null || value === '') return ['*'];
  return checkValue('attributesToRetrieve', value, 'search') as readonly string[];
}
