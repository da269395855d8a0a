/**
 * Every endpoint of the search API: what the server routes, which right each needs, and what is not served yet. The server
 * and `docs/compat/algolia.md` both come from this table. Endpoints of the other APIs: `other-endpoints.ts`.
 */
import type { Acl } from './keys.ts';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface Endpoint {
  /** As the official clients call it. */
  readonly operationId: string;
  readonly method: HttpMethod;
  /** `{name}` stands for one percent-encoded part; a part `*` is literal and goes before `{name}` in routing. */
  readonly path: string;
  /** A key needs one of them; empty: any valid key. */
  readonly acl: readonly Acl[];
  readonly status: 'implemented' | 'not yet';
  /** How it differs from Algolia's. */
  readonly note: string | undefined;
  /** Served for old clients, outside of today's specification. */
  readonly legacy: boolean;
}

function endpoint(
  operationId: string,
  route: `${HttpMethod} /${string}`,
  acl: readonly Acl[],
  status: Endpoint['status'],
  note?: string,
): Endpoint {
  const [method, path] = route.split(' ') as [HttpMethod, string];
  return { operationId, method, path, acl, status, note, legacy: false };
}

function legacy(
  operationId: string,
  route: `${HttpMethod} /${string}`,
  acl: readonly Acl[],
  note: string,
): Endpoint {
  return { ...endpoint(operationId, route, acl, 'implemented', note), legacy: true };
}

/** A batch needs a right for each of its actions (`checkBatchRights`); with none of these, nothing of it is allowed. */
const BATCH_RIGHTS: readonly Acl[] = ['addObject', 'deleteObject', 'deleteIndex'];
/** Whoever may start a task may wait for it. */
const WRITE_RIGHTS: readonly Acl[] = ['addObject', 'deleteObject', 'deleteIndex', 'editSettings'];

export const ENDPOINTS: readonly Endpoint[] = [
  endpoint('searchSingleIndex', 'POST /1/indexes/{indexName}/query', ['search'], 'implemented'),
  endpoint(
    'search',
    'POST /1/indexes/*/queries',
    ['search'],
    'implemented',
    'at most 100 queries in one request',
  ),
  endpoint(
    'searchForFacetValues',
    'POST /1/indexes/{indexName}/facets/{facetName}/query',
    ['search'],
    'implemented',
  ),
  endpoint(
    'browse',
    'POST /1/indexes/{indexName}/browse',
    ['browse'],
    'implemented',
    'the `page` of clients older than cursors is not served',
  ),
  endpoint('saveObject', 'POST /1/indexes/{indexName}', ['addObject'], 'implemented'),
  endpoint('deleteIndex', 'DELETE /1/indexes/{indexName}', ['deleteIndex'], 'implemented'),
  endpoint('getObject', 'GET /1/indexes/{indexName}/{objectID}', ['search'], 'implemented'),
  endpoint('addOrUpdateObject', 'PUT /1/indexes/{indexName}/{objectID}', ['addObject'], 'implemented'),
  endpoint('deleteObject', 'DELETE /1/indexes/{indexName}/{objectID}', ['deleteObject'], 'implemented'),
  endpoint('deleteBy', 'POST /1/indexes/{indexName}/deleteByQuery', ['deleteIndex'], 'implemented'),
  endpoint('clearObjects', 'POST /1/indexes/{indexName}/clear', ['deleteIndex'], 'implemented'),
  endpoint(
    'partialUpdateObject',
    'POST /1/indexes/{indexName}/{objectID}/partial',
    ['addObject'],
    'implemented',
  ),
  endpoint('batch', 'POST /1/indexes/{indexName}/batch', BATCH_RIGHTS, 'implemented'),
  endpoint('multipleBatch', 'POST /1/indexes/*/batch', BATCH_RIGHTS, 'implemented'),
  endpoint('getObjects', 'POST /1/indexes/*/objects', ['search'], 'implemented'),
  endpoint('getSettings', 'GET /1/indexes/{indexName}/settings', ['settings'], 'implemented'),
  endpoint(
    'setSettings',
    'PUT /1/indexes/{indexName}/settings',
    ['editSettings'],
    'implemented',
    '`forwardToReplicas` is accepted; there are no replicas yet',
  ),
  endpoint('getSynonym', 'GET /1/indexes/{indexName}/synonyms/{objectID}', ['settings'], 'not yet'),
  endpoint('saveSynonym', 'PUT /1/indexes/{indexName}/synonyms/{objectID}', ['editSettings'], 'not yet'),
  endpoint('deleteSynonym', 'DELETE /1/indexes/{indexName}/synonyms/{objectID}', ['editSettings'], 'not yet'),
  endpoint('saveSynonyms', 'POST /1/indexes/{indexName}/synonyms/batch', ['editSettings'], 'not yet'),
  endpoint('clearSynonyms', 'POST /1/indexes/{indexName}/synonyms/clear', ['editSettings'], 'not yet'),
  endpoint('searchSynonyms', 'POST /1/indexes/{indexName}/synonyms/search', ['settings'], 'not yet'),
  endpoint('listApiKeys', 'GET /1/keys', ['admin'], 'implemented'),
  endpoint('addApiKey', 'POST /1/keys', ['admin'], 'implemented'),
  endpoint('getApiKey', 'GET /1/keys/{key}', ['search'], 'implemented'),
  endpoint('updateApiKey', 'PUT /1/keys/{key}', ['admin'], 'implemented'),
  endpoint('deleteApiKey', 'DELETE /1/keys/{key}', ['admin'], 'implemented'),
  endpoint('restoreApiKey', 'POST /1/keys/{key}/restore', ['admin'], 'implemented'),
  endpoint('getRule', 'GET /1/indexes/{indexName}/rules/{objectID}', ['settings'], 'not yet'),
  endpoint('saveRule', 'PUT /1/indexes/{indexName}/rules/{objectID}', ['editSettings'], 'not yet'),
  endpoint('deleteRule', 'DELETE /1/indexes/{indexName}/rules/{objectID}', ['editSettings'], 'not yet'),
  endpoint('saveRules', 'POST /1/indexes/{indexName}/rules/batch', ['editSettings'], 'not yet'),
  endpoint('clearRules', 'POST /1/indexes/{indexName}/rules/clear', ['editSettings'], 'not yet'),
  endpoint('searchRules', 'POST /1/indexes/{indexName}/rules/search', ['settings'], 'not yet'),
  endpoint(
    'batchDictionaryEntries',
    'POST /1/dictionaries/{dictionaryName}/batch',
    ['editSettings'],
    'not yet',
  ),
  endpoint(
    'searchDictionaryEntries',
    'POST /1/dictionaries/{dictionaryName}/search',
    ['settings'],
    'not yet',
  ),
  endpoint('getDictionarySettings', 'GET /1/dictionaries/*/settings', ['settings'], 'not yet'),
  endpoint('setDictionarySettings', 'PUT /1/dictionaries/*/settings', ['editSettings'], 'not yet'),
  endpoint('getDictionaryLanguages', 'GET /1/dictionaries/*/languages', ['settings'], 'not yet'),
  endpoint('assignUserId', 'POST /1/clusters/mapping', ['admin'], 'not yet'),
  endpoint('listUserIds', 'GET /1/clusters/mapping', ['admin'], 'not yet'),
  endpoint('batchAssignUserIds', 'POST /1/clusters/mapping/batch', ['admin'], 'not yet'),
  endpoint('getTopUserIds', 'GET /1/clusters/mapping/top', ['admin'], 'not yet'),
  endpoint('getUserId', 'GET /1/clusters/mapping/{userID}', ['admin'], 'not yet'),
  endpoint('removeUserId', 'DELETE /1/clusters/mapping/{userID}', ['admin'], 'not yet'),
  endpoint('listClusters', 'GET /1/clusters', ['admin'], 'not yet'),
  endpoint('searchUserIds', 'POST /1/clusters/mapping/search', ['admin'], 'not yet'),
  endpoint('hasPendingMappings', 'GET /1/clusters/mapping/pending', ['admin'], 'not yet'),
  endpoint('getSources', 'GET /1/security/sources', ['admin'], 'not yet'),
  endpoint('replaceSources', 'PUT /1/security/sources', ['admin'], 'not yet'),
  endpoint('appendSource', 'POST /1/security/sources/append', ['admin'], 'not yet'),
  endpoint('deleteSource', 'DELETE /1/security/sources/{source}', ['admin'], 'not yet'),
  endpoint('getLogs', 'GET /1/logs', ['logs'], 'not yet'),
  endpoint(
    'getAppTask',
    'GET /1/task/{taskID}',
    WRITE_RIGHTS,
    'implemented',
    'a key with any of the rights to write may ask',
  ),
  endpoint(
    'getTask',
    'GET /1/indexes/{indexName}/task/{taskID}',
    WRITE_RIGHTS,
    'implemented',
    'a key with any of the rights to write may ask',
  ),
  endpoint(
    'operationIndex',
    'POST /1/indexes/{indexName}/operation',
    ['addObject'],
    'implemented',
    'the scopes `synonyms` and `rules` have nothing to copy yet',
  ),
  endpoint('listIndices', 'GET /1/indexes', ['listIndexes'], 'implemented'),
  legacy('isAlive', 'GET /1/isalive', [], 'needs no key'),
  legacy('searchGet', 'GET /1/indexes/{indexName}', ['search'], 'parameters in the query string'),
  legacy('browseGet', 'GET /1/indexes/{indexName}/browse', ['browse'], 'parameters in the query string'),
];

/** The endpoint of an operation; for routers and tests. */
export function endpointOf(operationId: string): Endpoint | undefined {
  return ENDPOINTS.find((candidate) => candidate.operationId === operationId);
}
