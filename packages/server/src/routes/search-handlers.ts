/** Endpoints that read: search in its forms, facet values, browse, records by identifier. */
import { randomBytes } from 'node:crypto';
import type { Json, JsonObject } from '@skein/base';
import { CursorError, type SearchResult } from '@skein/engine';
import {
  ApiError,
  allOf,
  encodeBrowseCursor,
  objectIDOf,
  parseAttributesToRetrieve,
  parseBrowse,
  parseFacetSearch,
  parseGetObjects,
  parseMultiQuery,
  parseSearch,
  type RenderOptions,
  renderBrowse,
  renderFacetHits,
  renderRecord,
  renderResults,
  renderSearch,
  renderUnprocessedSearch,
  type SearchRequest,
} from '@skein/wire';
import { type ApiResponse, jsonText, param } from '../http/api-request.ts';
import { parametersOf } from '../http/credentials.ts';
import type { ApiContext, Call } from './endpoint-handler.ts';
import type { ReadableIndex } from './member-port.ts';

type Answer = ApiResponse | Promise<ApiResponse>;

const NO_RESULT: SearchResult = {
  hits: [],
  hitCount: 0,
  facets: [],
  queryAfterRemoval: undefined,
  parsedQuery: '',
  automaticRadius: undefined,
};

export function searchSingleIndex(call: Call, context: ApiContext): Answer {
  return ofIndex(call, () =>
    jsonText(searched(call, context, call.indexName, call.body(), call.request.startedAtMs).text),
  );
}

/** `GET /1/indexes/{indexName}?query=…` of old clients. */
export function searchGet(call: Call, context: ApiContext): Answer {
  return ofIndex(call, () =>
    jsonText(searched(call, context, call.indexName, queryBody(call), call.request.startedAtMs).text),
  );
}

/** Several searches in one request. They run one after the other, so each one's time is its own. */
export function search(call: Call, context: ApiContext): Answer {
  const { strategy, requests } = parseMultiQuery(call.body());
  const indexNames = requests.map(({ indexName }) => indexName);
  call.allow(indexNames);
  return call.whenAtHand(indexNames, () => {
    const results: string[] = [];
    let enough = false;
    for (const entry of requests) {
      const startedAtMs = performance.now();
      if (enough && entry.kind === 'search') {
        const request = searchRequest(call, call.open(entry.indexName), entry.body);
        results.push(renderUnprocessedSearch(renderOptions(context, entry.indexName, request, startedAtMs)));
      } else if (entry.kind === 'facet') {
        results.push(facetValues(call, entry.indexName, entry.facetName, entry.body, startedAtMs));
      } else {
        const { text, filledPage } = searched(call, context, entry.indexName, entry.body, startedAtMs);
        results.push(text);
        enough = strategy === 'stopIfEnoughMatches' && filledPage;
      }
    }
    return jsonText(renderResults(results));
  });
}

export function searchForFacetValues(call: Call): Answer {
  const facet = param(call.request, 'facetName');
  return ofIndex(call, () =>
    jsonText(facetValues(call, call.indexName, facet, call.body(), call.request.startedAtMs)),
  );
}

export function browse(call: Call, context: ApiContext): Answer {
  return ofIndex(call, () => browsed(call, context, call.body()));
}

export function browseGet(call: Call, context: ApiContext): Answer {
  return ofIndex(call, () => browsed(call, context, queryBody(call)));
}

export function getObject(call: Call, context: ApiContext): Answer {
  const objectID = objectIDOf(param(call.request, 'objectID'), 0);
  return ofIndex(call, () => {
    const index = call.open(call.indexName);
    const record = visibleRecord(call, index, objectID);
    if (record === undefined) throw new ApiError('object-not-found');
    const wanted = call.request.query.get('attributesToRetrieve') ?? undefined;
    return jsonText(shown(call, context, index, record, parseAttributesToRetrieve(wanted)));
  });
}

export function getObjects(call: Call, context: ApiContext): Answer {
  const requests = parseGetObjects(call.body());
  const indexNames = requests.map(({ indexName }) => indexName);
  call.allow(indexNames);
  return call.whenAtHand(indexNames, () => {
    let message: string | undefined;
    const results = requests.map(({ indexName, objectID, attributesToRetrieve }) => {
      const index = call.open(indexName);
      const record = visibleRecord(call, index, objectID);
      if (record !== undefined) return shown(call, context, index, record, attributesToRetrieve);
      message ??= `ObjectID ${objectID} does not exist.`;
      return 'null';
    });
    return jsonText(renderResults(results, message));
  });
}

/** The answer once the index of the path is at hand. */
function ofIndex(call: Call, answer: () => ApiResponse): Answer {
  return call.whenAtHand([call.indexName], answer);
}

function searched(
  call: Call,
  context: ApiContext,
  indexName: string,
  body: JsonObject,
  startedAtMs: number,
): { readonly text: string; readonly filledPage: boolean } {
  const index = call.open(indexName);
  const request = searchRequest(call, index, body);
  const result = request.pastPaginationLimit ? NO_RESULT : index.view.search(request.query);
  const wanted =
    request.pagination.kind === 'page' ? request.pagination.hitsPerPage : request.pagination.length;
  return {
    text: renderSearch(result, renderOptions(context, indexName, request, startedAtMs)),
    filledPage: result.hitCount >= wanted,
  };
}

function searchRequest(call: Call, index: ReadableIndex, body: JsonObject): SearchRequest {
  return parseSearch({ body, settings: index.settings, forced: call.forced });
}

function renderOptions(
  context: ApiContext,
  index: string,
  request: SearchRequest,
  startedAtMs: number,
): RenderOptions {
  return {
    request,
    index,
    project: context.project,
    serverUsed: context.serverName,
    queryID: request.clickAnalytics ? randomBytes(16).toString('hex') : undefined,
    processingTimeMs: performance.now() - startedAtMs,
  };
}

function facetValues(
  call: Call,
  indexName: string,
  facetName: string,
  body: JsonObject,
  startedAtMs: number,
): string {
  const index = call.open(indexName);
  const { query } = parseFacetSearch({ body, settings: index.settings, forced: call.forced, facetName });
  const hits = index.view.searchFacetValues(query);
  return renderFacetHits(hits, performance.now() - startedAtMs);
}

function browsed(call: Call, context: ApiContext, body: JsonObject): ApiResponse {
  const { indexName } = call;
  const index = call.open(indexName);
  const {
    cursor,
    search: request,
    parameters,
  } = parseBrowse({ body, settings: index.settings, forced: call.forced });
  const page = pageOf(index, request, cursor);
  const next = page.cursor === undefined ? undefined : encodeBrowseCursor(page.cursor, parameters);
  const options = renderOptions(context, indexName, request, call.request.startedAtMs);
  return jsonText(renderBrowse({ ...page, cursor: next }, options));
}

function pageOf(
  index: ReadableIndex,
  request: SearchRequest,
  cursor: string | undefined,
): ReturnType<ReadableIndex['view']['browse']> {
  try {
    return index.view.browse(request.query, cursor, request.query.length);
  } catch (error) {
    if (error instanceof CursorError) throw new ApiError('cursor-invalid');
    throw error;
  }
}

/** The record, unless the key's filters hide it: a key made for one user's records must not fetch another's by name. */
function visibleRecord(call: Call, index: ReadableIndex, objectID: string): string | undefined {
  const record = index.view.get(objectID);
  if (record === undefined || call.forced.filters.length === 0) return record;
  const named = { kind: 'facet' as const, path: 'objectID', value: objectID, score: 0 };
  const everything = parseSearch({
    body: { hitsPerPage: 1000, attributesToHighlight: [] },
    settings: index.settings,
  });
  const { hits } = index.view.search({
    ...everything.query,
    filter: allOf([...call.forced.filters, named]),
    distinct: 0,
    offset: 0,
    length: 1000,
  });
  // The comparison of facet values ignores case, so that others of nearly the same name may be among the hits.
  return hits.some(({ recordJson }) => recordJson === record) ? record : undefined;
}

function shown(
  call: Call,
  context: ApiContext,
  index: ReadableIndex,
  recordJson: string,
  attributesToRetrieve: readonly string[],
): string {
  const { unretrievableAttributes } = parseSearch({
    body: {},
    settings: index.settings,
    forced: call.forced,
  });
  return renderRecord(recordJson, { attributesToRetrieve, unretrievableAttributes }, context.project);
}

/** The query string as the body that newer clients would send. */
function queryBody(call: Call): JsonObject {
  const parameters = parametersOf(call.request.query);
  const cursor = parameters.get('cursor');
  parameters.delete('cursor');
  const body: Record<string, Json> = { params: parameters.toString() };
  if (cursor !== null) body['cursor'] = cursor;
  return body;
}
