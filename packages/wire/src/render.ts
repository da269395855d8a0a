/**
 * Results → the JSON text of answers. Records are spliced in as the text they were saved as; only a record that is shown in part
 * is read. Fields stand in Algolia's order.
 */
import type { Json } from '@skein/base';
import type { FacetResult, FacetSearchHit, SearchHit, SearchResult } from '@skein/engine';
import type { SearchRequest } from './search-request.ts';

/**
 * The engine's `createProjection`: made once per answer, turns a record's JSON into what is shown of it. Passed in, so that
 * this package needs nothing of the engine but its types.
 */
export type ProjectRecord = (
  attributesToRetrieve: readonly string[] | undefined,
  unretrievableAttributes: readonly string[],
) => (recordJson: string) => string;

export interface RenderOptions {
  readonly request: SearchRequest;
  readonly index: string;
  readonly processingTimeMs: number;
  readonly project: ProjectRecord;
  /** 32 hexadecimal digits; shown when the request asked for click analytics. */
  readonly queryID?: string | undefined;
  /** Name of the machine, shown with `getRankingInfo`. */
  readonly serverUsed?: string | undefined;
}

/** Answer of a search. */
export function renderSearch(result: SearchResult, options: RenderOptions): string {
  const { request } = options;
  const { pagination, pastPaginationLimit: past, responseFields: fields } = request;
  const wants = (field: string) => fields === undefined || fields.has(field);
  const hitCount = past ? 0 : result.hitCount;
  const out: string[] = [];
  if (wants('hits')) out.push(`"hits":[${past ? '' : renderHits(result.hits, options)}]`);
  if (wants('nbHits')) out.push(`"nbHits":${hitCount}`);
  if (pagination.kind === 'offset') {
    if (wants('offset')) out.push(`"offset":${pagination.offset}`);
    if (wants('length')) out.push(`"length":${pagination.length}`);
  } else {
    if (wants('page')) out.push(`"page":${pagination.page}`);
    if (wants('nbPages')) {
      out.push(
        `"nbPages":${pageCount(Math.min(hitCount, request.paginationLimitedTo), pagination.hitsPerPage)}`,
      );
    }
    if (wants('hitsPerPage')) out.push(`"hitsPerPage":${pagination.hitsPerPage}`);
  }
  const faceted = request.query.facets.length > 0;
  if (faceted && wants('facets')) out.push(`"facets":${past ? '{}' : renderFacets(result.facets)}`);
  const stats = faceted && !past && wants('facets_stats') ? renderFacetStats(result.facets) : '';
  if (stats !== '') out.push(`"facets_stats":${stats}`);
  if (faceted && wants('exhaustiveFacetsCount')) out.push('"exhaustiveFacetsCount":true');
  if (wants('exhaustiveNbHits')) out.push('"exhaustiveNbHits":true');
  if (request.typoTolerance && wants('exhaustiveTypo')) out.push('"exhaustiveTypo":true');
  if (wants('exhaustive')) {
    const counts = faceted ? '"facetsCount":true,' : '';
    out.push(`"exhaustive":{${counts}"nbHits":true${request.typoTolerance ? ',"typo":true' : ''}}`);
  }
  if (past) out.push(`"message":${JSON.stringify(paginationMessage(request.paginationLimitedTo))}`);
  if (request.userData !== undefined && wants('userData')) out.push(`"userData":${jsonOf(request.userData)}`);
  pushQuery(out, options);
  if (result.queryAfterRemoval !== undefined && wants('queryAfterRemoval')) {
    out.push(`"queryAfterRemoval":${JSON.stringify(result.queryAfterRemoval)}`);
  }
  if (request.clickAnalytics && options.queryID !== undefined && wants('queryID')) {
    out.push(`"queryID":${JSON.stringify(options.queryID)}`);
  }
  if (request.aroundLatLng !== '' && wants('aroundLatLng')) {
    out.push(`"aroundLatLng":${JSON.stringify(request.aroundLatLng)}`);
  }
  if (result.automaticRadius !== undefined && wants('automaticRadius')) {
    // A text, as Algolia's specification says.
    out.push(`"automaticRadius":"${Math.round(result.automaticRadius)}"`);
  }
  if (request.getRankingInfo) {
    if (options.serverUsed !== undefined) out.push(`"serverUsed":${JSON.stringify(options.serverUsed)}`);
    out.push(
      `"indexUsed":${JSON.stringify(options.index)}`,
      `"parsedQuery":${JSON.stringify(result.parsedQuery)}`,
    );
    out.push('"timeoutCounts":false', '"timeoutHits":false');
  }
  pushTimes(out, options);
  return `{${out.join(',')}}`;
}

/** A search of a multi-query that was not run because an earlier one had enough hits. */
export function renderUnprocessedSearch(options: Omit<RenderOptions, 'project'>): string {
  const { request } = options;
  const { pagination } = request;
  const place =
    pagination.kind === 'offset'
      ? `"offset":${pagination.offset},"length":${pagination.length}`
      : `"page":${pagination.page},"nbPages":0,"hitsPerPage":${pagination.hitsPerPage}`;
  const out = ['"hits":[]', '"nbHits":0', place, '"exhaustiveNbHits":true', '"processed":false'];
  pushQuery(out, options);
  pushTimes(out, options);
  return `{${out.join(',')}}`;
}

/** Answer of one page of browse. `cursor`: for the next page (`encodeBrowseCursor`); undefined at the end. */
export function renderBrowse(
  page: {
    readonly records: readonly string[];
    readonly hitCount: number;
    readonly cursor: string | undefined;
  },
  options: RenderOptions,
): string {
  const { request } = options;
  const { responseFields: fields, pagination } = request;
  const wants = (field: string) => fields === undefined || fields.has(field);
  const hitsPerPage = pagination.kind === 'page' ? pagination.hitsPerPage : pagination.length;
  const out: string[] = [];
  if (page.cursor !== undefined) out.push(`"cursor":${JSON.stringify(page.cursor)}`);
  if (wants('hits')) {
    const shown = projectionOf(request, options.project);
    out.push(`"hits":[${(shown === undefined ? page.records : page.records.map(shown)).join(',')}]`);
  }
  if (wants('nbHits')) out.push(`"nbHits":${page.hitCount}`);
  if (wants('page')) out.push('"page":0');
  if (wants('nbPages')) out.push(`"nbPages":${pageCount(page.hitCount, hitsPerPage)}`);
  if (wants('hitsPerPage')) out.push(`"hitsPerPage":${hitsPerPage}`);
  if (wants('exhaustiveNbHits')) out.push('"exhaustiveNbHits":true');
  pushQuery(out, options);
  pushTimes(out, options);
  return `{${out.join(',')}}`;
}

/** Answer of a search in facet values. */
export function renderFacetHits(hits: readonly FacetSearchHit[], processingTimeMs: number): string {
  const rendered = hits.map(({ value, highlighted, count }) => JSON.stringify({ value, highlighted, count }));
  return `{"facetHits":[${rendered.join(',')}],"exhaustiveFacetsCount":true,"processingTimeMS":${milliseconds(processingTimeMs)}}`;
}

export interface RecordView {
  readonly attributesToRetrieve: readonly string[];
  readonly unretrievableAttributes: readonly string[];
}

/** One record as `GET /1/indexes/{index}/{objectID}` and multi-get show it. */
export function renderRecord(recordJson: string, view: RecordView, project: ProjectRecord): string {
  return projectionOf(view, project)?.(recordJson) ?? recordJson;
}

/** Answers of a multi-query or multi-get in one. */
export function renderResults(results: readonly string[], message?: string): string {
  return `{"results":[${results.join(',')}]${message === undefined ? '' : `,"message":${JSON.stringify(message)}`}}`;
}

/** Undefined where records are shown whole. */
function projectionOf(
  view: RecordView,
  project: ProjectRecord,
): ((recordJson: string) => string) | undefined {
  const { attributesToRetrieve: wanted, unretrievableAttributes: hidden } = view;
  if (hidden.length === 0 && wanted.length === 1 && wanted[0] === '*') return undefined;
  return project(wanted, hidden);
}

function renderHits(hits: readonly SearchHit[], options: RenderOptions): string {
  const { request, project } = options;
  const whole = projectionOf(request, project);
  const hidden = request.unretrievableAttributes;
  // Highlights have the record's shape, so that what is never shown is taken out of them in the same way.
  const visible = hidden.length === 0 ? (json: string) => json : project(['*'], hidden);
  let out = '';
  for (const hit of hits) {
    const record = whole === undefined ? hit.recordJson : whole(hit.recordJson);
    let extra = '';
    if (hit.snippetJson !== undefined) extra += `,"_snippetResult":${visible(hit.snippetJson)}`;
    if (hit.highlightJson !== undefined) extra += `,"_highlightResult":${visible(hit.highlightJson)}`;
    if (hit.rankingInfo !== undefined) extra += `,"_rankingInfo":${JSON.stringify(hit.rankingInfo)}`;
    if (hit.distinctSequence !== undefined) extra += `,"_distinctSeqID":${hit.distinctSequence}`;
    if (out !== '') out += ',';
    out += extra === '' ? record : `${record.slice(0, -1)}${record.length > 2 ? extra : extra.slice(1)}}`;
  }
  return out;
}

/** Facets without a value are left out, as Algolia does. */
function renderFacets(facets: readonly FacetResult[]): string {
  const out: string[] = [];
  for (const { path, values } of facets) {
    if (values.length === 0) continue;
    const counts = values.map(({ value, count }) => `${JSON.stringify(value)}:${count}`);
    out.push(`${JSON.stringify(path)}:{${counts.join(',')}}`);
  }
  return `{${out.join(',')}}`;
}

/** Empty where no facet has numbers. */
function renderFacetStats(facets: readonly FacetResult[]): string {
  const out: string[] = [];
  for (const { path, stats } of facets) {
    if (stats === undefined) continue;
    const { min, max, avg, sum } = stats;
    out.push(`${JSON.stringify(path)}:${JSON.stringify({ min, max, avg, sum })}`);
  }
  return out.length === 0 ? '' : `{${out.join(',')}}`;
}

function pushQuery(out: string[], options: Omit<RenderOptions, 'project'>): void {
  const { request } = options;
  const wants = (field: string) => request.responseFields === undefined || request.responseFields.has(field);
  if (wants('query')) out.push(`"query":${JSON.stringify(request.queryText)}`);
  if (wants('params')) out.push(`"params":${JSON.stringify(request.echo)}`);
  if (wants('index')) out.push(`"index":${JSON.stringify(options.index)}`);
  if (wants('renderingContent')) out.push(`"renderingContent":${jsonOf(request.renderingContent)}`);
}

function pushTimes(out: string[], options: Omit<RenderOptions, 'project'>): void {
  const { responseFields: fields } = options.request;
  const time = milliseconds(options.processingTimeMs);
  if (fields === undefined || fields.has('processingTimeMS')) out.push(`"processingTimeMS":${time}`);
  if (fields === undefined || fields.has('processingTimingsMS'))
    out.push(`"processingTimingsMS":{"total":${time}}`);
  if (fields === undefined || fields.has('serverTimeMS')) out.push(`"serverTimeMS":${time}`);
}

/** Whole milliseconds; an answer in less than one took one, as Algolia counts. */
function milliseconds(time: number): number {
  return Math.max(1, Math.round(time));
}

function pageCount(hitCount: number, hitsPerPage: number): number {
  return hitsPerPage === 0 ? 0 : Math.ceil(hitCount / hitsPerPage);
}

function jsonOf(value: Json): string {
  return JSON.stringify(value);
}

function paginationMessage(limit: number): string {
  return (
    `you can only fetch the ${limit} hits for this query. You can extend the number of hits returned via the ` +
    'paginationLimitedTo index parameter or use the browse method. You can read our FAQ for more details about browsing: ' +
    'https://www.algolia.com/doc/faq/index-configuration/how-can-i-retrieve-all-the-records-in-my-index'
  );
}
