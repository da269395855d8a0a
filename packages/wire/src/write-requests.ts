/**
 * Requests that write: checked, and turned into plain structures that map one to one onto operations. Nothing here decides
 * about time or chance: generated identifiers come from the caller.
 */
import { isJsonObject, type Json, type JsonObject, utf8Encode } from '@skein/base';
import type { SearchQuery } from '@skein/engine';
import { ApiError } from './api-error.ts';
import { checkIndexName } from './index-name.ts';
import { recordBytesMaxDefault } from './limits.ts';
import { objectIDOf } from './object-ids.ts';
import type { ParameterName } from './parameters.ts';
import { readParameters } from './request-parameters.ts';
import { searchRequestOf } from './search-request.ts';

export const BATCH_ACTIONS = [
  'addObject',
  'updateObject',
  'partialUpdateObject',
  'partialUpdateObjectNoCreate',
  'deleteObject',
  'delete',
  'clear',
] as const;
export type BatchAction = (typeof BATCH_ACTIONS)[number];

/** `body` holds `objectID` as text wherever there is a body; actions on the whole index have neither. */
export type WriteRequest =
  | {
      readonly action: 'addObject' | 'updateObject' | 'partialUpdateObject' | 'partialUpdateObjectNoCreate';
      readonly objectID: string;
      readonly body: JsonObject;
    }
  | { readonly action: 'deleteObject'; readonly objectID: string }
  | { readonly action: 'delete' | 'clear' };

export interface WriteOptions {
  /** For records that come without one. */
  readonly makeObjectID: () => string;
  /** Bytes of a record's JSON in UTF-8. */
  readonly recordBytesMax?: number | undefined;
}

/** Which right each action needs. */
export const BATCH_ACTION_ACL: Readonly<Record<BatchAction, string>> = {
  addObject: 'addObject',
  updateObject: 'addObject',
  partialUpdateObject: 'addObject',
  partialUpdateObjectNoCreate: 'addObject',
  deleteObject: 'deleteObject',
  delete: 'deleteIndex',
  clear: 'deleteIndex',
};

/** `POST /1/indexes/{index}/batch`: all requests or, at the first mistake, none. */
export function parseBatch(body: JsonObject, options: WriteOptions): readonly WriteRequest[] {
  return requestsOf(body).map((request, position) => parseBatchEntry(request, position, options));
}

export interface IndexedWriteRequest {
  readonly indexName: string;
  readonly request: WriteRequest;
}

/** The batch over several indexes. */
export function parseMultiBatch(body: JsonObject, options: WriteOptions): readonly IndexedWriteRequest[] {
  return requestsOf(body).map((request, position) => ({
    indexName: checkIndexName(request['indexName']),
    request: parseBatchEntry(request, position, options),
  }));
}

/** `objectIDs` of the answer: one for each request that names a record, in order. */
export function objectIDsOf(requests: readonly WriteRequest[]): readonly string[] {
  const ids: string[] = [];
  for (const request of requests) if ('objectID' in request) ids.push(request.objectID);
  return ids;
}

function requestsOf(body: JsonObject): readonly JsonObject[] {
  const requests = body['requests'];
  if (requests === undefined) throw new ApiError('attribute-missing', { name: 'requests' });
  if (!Array.isArray(requests))
    throw new ApiError('parameter-invalid', { name: 'requests', expected: 'array of objects' });
  (requests as readonly Json[]).forEach((request, position) => {
    if (!isJsonObject(request)) throw new ApiError('record-invalid', { position });
  });
  return requests as readonly JsonObject[];
}

function parseBatchEntry(request: JsonObject, position: number, options: WriteOptions): WriteRequest {
  const action = request['action'];
  if (action === undefined) throw new ApiError('attribute-missing', { name: 'action', position });
  switch (action) {
    case 'delete':
    case 'clear':
      return { action };
    case 'deleteObject': {
      const body = request['body'];
      return { action, objectID: objectIDOf(isJsonObject(body) ? body['objectID'] : undefined, position) };
    }
    case 'addObject':
    case 'updateObject':
    case 'partialUpdateObject':
    case 'partialUpdateObjectNoCreate': {
      const body = request['body'];
      if (body === undefined) throw new ApiError('attribute-missing', { name: 'body', position });
      if (!isJsonObject(body)) throw new ApiError('record-invalid', { position });
      const made = action === 'addObject' && body['objectID'] === undefined;
      const objectID = made ? options.makeObjectID() : objectIDOf(body['objectID'], position);
      return recordRequest(action, objectID, body, position, options);
    }
    default:
      throw new ApiError('action-unknown', { action: JSON.stringify(action), position });
  }
}

type RecordAction = Extract<WriteRequest, { body: JsonObject }>['action'];

function recordRequest(
  action: RecordAction,
  objectID: string,
  body: JsonObject,
  position: number,
  options: WriteOptions,
): WriteRequest {
  const record = body['objectID'] === objectID ? body : { ...body, objectID };
  const bytesMax = options.recordBytesMax ?? recordBytesMaxDefault;
  const bytes = recordBytes(record, bytesMax);
  if (bytes > bytesMax) throw new ApiError('record-too-large', { position, objectID, bytes, bytesMax });
  return { action, objectID, body: record };
}

/**
 * Undefined when the rights cover every action; else the error for the first that they do not. `rights` holds `admin` for
 * admin keys.
 */
export function checkBatchRights(
  requests: readonly WriteRequest[],
  rights: readonly string[],
): ApiError | undefined {
  if (rights.includes('admin')) return undefined;
  const refused = requests.findIndex(({ action }) => !rights.includes(BATCH_ACTION_ACL[action]));
  if (refused === -1) return undefined;
  // Where the request stands in the body, counted as clients write it: without spaces.
  const before = requests.slice(0, refused + 1).map((request) => JSON.stringify(request).length + 1);
  const column = '{"requests":['.length + before.reduce((sum, length) => sum + length, 0);
  return new ApiError('batch-rights', { line: 1, column });
}

/** Bytes of the record's JSON; exact where it matters: a text of a third of the bound cannot exceed it. */
function recordBytes(record: JsonObject, bytesMax: number): number {
  const json = JSON.stringify(record);
  return json.length * 3 <= bytesMax ? json.length : utf8Encode(json).length;
}

/** `POST /1/indexes/{index}`: adds a record; its identifier is made unless the record has one. */
export function parseSaveObject(body: Json, options: WriteOptions): WriteRequest {
  if (!isJsonObject(body)) throw new ApiError('body-not-object');
  const objectID = body['objectID'] === undefined ? options.makeObjectID() : objectIDOf(body['objectID'], 0);
  return recordRequest('addObject', objectID, body, 0, options);
}

/** `PUT /1/indexes/{index}/{objectID}`: the identifier of the path counts, whatever the body says. */
export function parsePutObject(
  objectID: string,
  body: Json,
  options: Omit<WriteOptions, 'makeObjectID'>,
): WriteRequest {
  if (!isJsonObject(body)) throw new ApiError('body-not-object');
  return recordRequest('updateObject', objectIDOf(objectID, 0), body, 0, {
    ...options,
    makeObjectID: () => objectID,
  });
}

/** `POST /1/indexes/{index}/{objectID}/partial`. `createIfNotExists`: as in the query string; absent means true. */
export function parsePartialUpdate(
  objectID: string,
  body: Json,
  createIfNotExists: string | undefined,
  options: Omit<WriteOptions, 'makeObjectID'>,
): WriteRequest {
  if (!isJsonObject(body)) throw new ApiError('body-not-object');
  const create = createIfNotExists === undefined || !['false', '0'].includes(createIfNotExists.toLowerCase());
  return recordRequest(
    create ? 'partialUpdateObject' : 'partialUpdateObjectNoCreate',
    objectIDOf(objectID, 0),
    body,
    0,
    { ...options, makeObjectID: () => objectID },
  );
}

const DELETE_BY_NAMES: readonly ParameterName[] = [
  'filters',
  'facetFilters',
  'numericFilters',
  'tagFilters',
  'aroundLatLng',
  'aroundRadius',
  'insideBoundingBox',
  'insidePolygon',
];

/**
 * `POST /1/indexes/{index}/deleteByQuery`: the parameters that select, checked, as plain JSON for the operation. Refuses a query
 * text and the absence of any condition, so that a mistake does not empty an index.
 */
export function parseDeleteBy(body: JsonObject): JsonObject {
  const { values } = readParameters(body);
  const query = values.get('query');
  if (query !== undefined && query !== '') throw new ApiError('delete-by-query');
  const parameters: Record<string, Json> = {};
  for (const name of DELETE_BY_NAMES) {
    const value = values.get(name);
    if (value !== undefined) parameters[name] = value;
  }
  const search = deleteByQuery(parameters, {});
  if (search.filter === undefined && search.geo === undefined) throw new ApiError('delete-by-empty');
  return parameters;
}

/** The search whose matching records an accepted `deleteBy` removes. */
export function deleteByQuery(parameters: JsonObject, settings: JsonObject): SearchQuery {
  return searchRequestOf(readParameters(parameters), { settings }, 'browse').query;
}

const OPERATION_SCOPES = ['settings', 'synonyms', 'rules'] as const;
export type OperationScope = (typeof OPERATION_SCOPES)[number];

export interface IndexOperation {
  readonly operation: 'copy' | 'move';
  readonly source: string;
  readonly destination: string;
  /** Undefined: everything, records included. */
  readonly scope: readonly OperationScope[] | undefined;
}

/** `POST /1/indexes/{index}/operation`. */
export function parseIndexOperation(source: string, body: JsonObject): IndexOperation {
  const { operation, destination, scope } = body;
  if (operation !== 'copy' && operation !== 'move') {
    throw new ApiError('parameter-invalid', { name: 'operation', expected: '"copy", "move"' });
  }
  if (destination === undefined) throw new ApiError('attribute-missing', { name: 'destination' });
  const target = checkIndexName(destination);
  if (target === source) throw new ApiError('same-index');
  return { operation, source, destination: target, scope: operation === 'move' ? undefined : scopeOf(scope) };
}

function scopeOf(scope: Json | undefined): readonly OperationScope[] | undefined {
  if (scope === undefined || scope === null) return undefined;
  const list: readonly Json[] = Array.isArray(scope) ? (scope as readonly Json[]) : [scope];
  const scopes = list.map((entry) => {
    const found = OPERATION_SCOPES.find((known) => known === entry);
    if (found === undefined) {
      throw new ApiError('parameter-invalid', {
        name: 'scope',
        expected: 'array of "settings", "synonyms", "rules"',
      });
    }
    return found;
  });
  // An empty list means what no list means.
  return scopes.length === 0 ? undefined : [...new Set(scopes)];
}
