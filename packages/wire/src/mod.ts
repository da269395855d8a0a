export { API_ERRORS, ApiError, type ApiErrorCode, renderError } from './api-error.ts';
export {
  parseFacetFilters,
  parseNumericFilters,
  parseOptionalFilters,
  parseTagFilters,
} from './array-filters.ts';
export { encodeBrowseCursor } from './browse-cursor.ts';
export { ENDPOINTS, type Endpoint, endpointOf, type HttpMethod } from './endpoints.ts';
export { allOf, normaliseFilter, renderFilter } from './filter-nodes.ts';
export { parseFilters } from './filters.ts';
export { checkIndexName, indexNameBytesMax } from './index-name.ts';
export { inSourceRange, isSourceRange } from './ip-ranges.ts';
export {
  ACLS,
  type Acl,
  ADMIN_KEY_FIELDS,
  type ApiKey,
  type ApiKeyFields,
  type AuthorisationRequest,
  apiKeyResponse,
  authorise,
  isAdminKey,
  isExpired,
  parseApiKeyFields,
} from './keys.ts';
export {
  filterDepthMax,
  filterTermCountMax,
  forcedParameterBytesMax,
  hitsPerPageMax,
  maxFacetHitsMax,
  maxValuesPerFacetMax,
  objectIDBytesMax,
  objectsPerRequestMax,
  paginationLimitedToMax,
  polygonPointsMax,
  queriesPerRequestMax,
  recordBytesMaxDefault,
  userDataBytesMax,
} from './limits.ts';
export { COUNT_START_MAX, generatedObjectID, ObjectIDMaker, objectIDOf } from './object-ids.ts';
export { OTHER_ENDPOINTS } from './other-endpoints.ts';
export { OWN_ENDPOINTS } from './own-endpoints.ts';
export {
  definitionOf,
  PARAMETERS,
  type ParameterDefinition,
  type ParameterName,
  type ParameterScope,
  type ParameterType,
  SETTING_ALIASES,
} from './parameters.ts';
export { matchesAnyPattern, matchesPattern } from './patterns.ts';
export {
  type BrowseRequest,
  type FacetSearchRequest,
  type MultiQuery,
  type MultiQueryEntry,
  type ObjectRequest,
  parseAttributesToRetrieve,
  parseBrowse,
  parseFacetSearch,
  parseGetObjects,
  parseMultiQuery,
} from './read-requests.ts';
export {
  type ProjectRecord,
  type RecordView,
  type RenderOptions,
  renderBrowse,
  renderFacetHits,
  renderRecord,
  renderResults,
  renderSearch,
  renderUnprocessedSearch,
} from './render.ts';
export { authoriseRestrictions, parseRestrictions, type Restrictions } from './restrictions.ts';
export {
  type ForcedSearch,
  NOTHING_FORCED,
  type Pagination,
  parseSearch,
  type SearchOptions,
  type SearchRequest,
} from './search-request.ts';
export { parseDropRecords, parseSearchable, type SearchableRequest } from './searchable-request.ts';
export {
  encodeSecuredKey,
  findParent,
  forcedSearch,
  type HmacSha256Hex,
  parseSecuredKey,
  type SecuredKey,
  sameText,
} from './secured-keys.ts';
export { mergeSettings, sameSchema, schemaOf, settingsResponse } from './settings.ts';
export {
  BATCH_ACTION_ACL,
  BATCH_ACTIONS,
  type BatchAction,
  checkBatchRights,
  deleteByQuery,
  type IndexedWriteRequest,
  type IndexOperation,
  type OperationScope,
  objectIDsOf,
  parseBatch,
  parseDeleteBy,
  parseIndexOperation,
  parseMultiBatch,
  parsePartialUpdate,
  parsePutObject,
  parseSaveObject,
  type WriteOptions,
  type WriteRequest,
} from './write-requests.ts';
