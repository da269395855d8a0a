/** Endpoints that change an index. Each becomes one operation; the answer's `taskID` is its place in the log. */
import type { JsonObject } from '@skein/base';
import type { Operation } from '@skein/member';
import {
  ApiError,
  checkBatchRights,
  mergeSettings,
  objectIDOf,
  objectIDsOf,
  parseBatch,
  parseDeleteBy,
  parseIndexOperation,
  parseMultiBatch,
  parsePartialUpdate,
  parsePutObject,
  parseSaveObject,
  settingsResponse,
  type WriteRequest,
} from '@skein/wire';
import { type ApiResponse, json, param } from '../http/api-request.ts';
import type { ApiContext, Call } from './endpoint-handler.ts';

export async function saveObject(call: Call, context: ApiContext): Promise<ApiResponse> {
  const request = parseSaveObject(call.json(), writeOptions(context));
  const taskID = await write(call, context, request);
  return json({ createdAt: timestamp(call), taskID, objectID: objectIDsOf([request])[0] }, 201);
}

export async function addOrUpdateObject(call: Call, context: ApiContext): Promise<ApiResponse> {
  const objectID = param(call.request, 'objectID');
  const taskID = await write(call, context, parsePutObject(objectID, call.json(), writeOptions(context)));
  return json({ updatedAt: timestamp(call), taskID, objectID });
}

export async function partialUpdateObject(call: Call, context: ApiContext): Promise<ApiResponse> {
  const objectID = param(call.request, 'objectID');
  const create = call.request.query.get('createIfNotExists') ?? undefined;
  const request = parsePartialUpdate(objectID, call.json(), create, writeOptions(context));
  const taskID = await write(call, context, request);
  return json({ updatedAt: timestamp(call), taskID, objectID });
}

export async function deleteObject(call: Call, context: ApiContext): Promise<ApiResponse> {
  const objectID = objectIDOf(param(call.request, 'objectID'), 0);
  const taskID = await write(call, context, { action: 'deleteObject', objectID });
  return json({ deletedAt: timestamp(call), taskID });
}

export async function batch(call: Call, context: ApiContext): Promise<ApiResponse> {
  const requests = parseBatch(call.body(), writeOptions(context));
  checkRights(call, requests);
  const taskID = await propose(call, context, { kind: 'batch', index: call.indexName, requests });
  return json({ taskID, objectIDs: objectIDsOf(requests) });
}

export async function multipleBatch(call: Call, context: ApiContext): Promise<ApiResponse> {
  const entries = parseMultiBatch(call.body(), writeOptions(context));
  const indexes = [...new Set(entries.map(({ indexName }) => indexName))];
  const requests = entries.map(({ request }) => request);
  call.allow(indexes);
  checkRights(call, requests);
  const taskID = await propose(call, context, {
    kind: 'multiBatch',
    requests: entries.map(({ indexName, request }) => ({ ...request, index: indexName })),
  });
  const taskIDs = Object.fromEntries(indexes.map((index) => [index, taskID]));
  return json({ taskID: taskIDs, objectIDs: objectIDsOf(requests) });
}

export async function clearObjects(call: Call, context: ApiContext): Promise<ApiResponse> {
  const taskID = await propose(call, context, { kind: 'clearIndex', index: call.indexName });
  return json({ updatedAt: timestamp(call), taskID });
}

export async function deleteIndex(call: Call, context: ApiContext): Promise<ApiResponse> {
  const taskID = await propose(call, context, { kind: 'deleteIndex', index: call.indexName });
  return json({ deletedAt: timestamp(call), taskID });
}

export async function deleteBy(call: Call, context: ApiContext): Promise<ApiResponse> {
  const params = parseDeleteBy(call.body());
  const taskID = await propose(call, context, { kind: 'deleteBy', index: call.indexName, params });
  return json({ updatedAt: timestamp(call), taskID });
}

export function getSettings(call: Call): ApiResponse | Promise<ApiResponse> {
  return call.whenAtHand([call.indexName], () => {
    const { settings } = call.open(call.indexName);
    return json(settingsResponse(settings, call.request.query.get('getVersion') === '2' ? 2 : 1));
  });
}

export async function setSettings(call: Call, context: ApiContext): Promise<ApiResponse> {
  const index = call.indexName;
  const settings: JsonObject = call.body();
  // Only checks: what the operation meets when it is applied may be another state, and the patch is merged there.
  mergeSettings({}, settings);
  const taskID = await propose(call, context, { kind: 'setSettings', index, settings });
  return json({ updatedAt: timestamp(call), taskID });
}

export async function operationIndex(call: Call, context: ApiContext): Promise<ApiResponse> {
  const { operation, source, destination, scope } = parseIndexOperation(call.indexName, call.body());
  call.allow([destination]);
  // Moving takes the source away, which a key that may only add must not do.
  if (operation === 'move') call.allow([source], ['deleteIndex']);
  const kind = operation === 'copy' ? ('copyIndex' as const) : ('moveIndex' as const);
  const taskID = await propose(call, context, { kind, index: source, destination, scope });
  return json({ updatedAt: timestamp(call), taskID });
}

export async function getTask(call: Call, context: ApiContext): Promise<ApiResponse> {
  const text = param(call.request, 'taskID');
  const taskID = Number(text);
  if (!/^-?\d{1,16}$/.test(text) || !Number.isSafeInteger(taskID)) {
    throw new ApiError('parameter-invalid', { name: 'taskID', expected: 'integer' });
  }
  const published = await context.member.isPublished(call.application.id, taskID);
  return json({ status: published ? 'published' : 'notPublished', pendingTask: !published });
}

/** Lists know only indexes that the key may touch. Without `page`, everything. */
export async function listIndices(call: Call, context: ApiContext): Promise<ApiResponse> {
  const page = count(call, 'page');
  const hitsPerPage = Math.min(1000, Math.max(1, count(call, 'hitsPerPage') ?? 100));
  const found = await context.member.listIndexes(call.application.id);
  const all = found
    .filter(({ name }) => call.mayTouch(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((index) => ({
      name: index.name,
      createdAt: new Date(index.createdAtMs).toISOString(),
      updatedAt: new Date(index.updatedAtMs).toISOString(),
      entries: index.recordCount,
      dataSize: index.fileBytes,
      fileSize: index.fileBytes,
      lastBuildTimeS: index.lastBuildTimeS,
      numberOfPendingTasks: index.pendingTaskCount,
      pendingTask: index.pendingTaskCount > 0,
    }));
  const items = page === undefined ? all : all.slice(page * hitsPerPage, (page + 1) * hitsPerPage);
  return json({ items, nbPages: page === undefined ? 1 : Math.ceil(all.length / hitsPerPage) });
}

function count(call: Call, name: string): number | undefined {
  const text = call.request.query.get(name);
  if (text === null || text === '') return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new ApiError('parameter-invalid', { name, expected: 'integer' });
  return Number(text);
}

function write(call: Call, context: ApiContext, request: WriteRequest): Promise<number> {
  return propose(call, context, { kind: 'batch', index: call.indexName, requests: [request] });
}

async function propose(call: Call, context: ApiContext, operation: Operation): Promise<number> {
  const { sequence } = await context.member.propose(call.application.id, operation, 'durable');
  call.sequence = sequence;
  return sequence;
}

function writeOptions(context: ApiContext): { makeObjectID: () => string; recordBytesMax: number } {
  return { makeObjectID: context.makeObjectID, recordBytesMax: context.recordBytesMax };
}

function checkRights(call: Call, requests: readonly WriteRequest[]): void {
  const refused = checkBatchRights(requests, call.key.acl);
  if (refused !== undefined) throw refused;
}

function timestamp(call: Call): string {
  return new Date(call.nowMs).toISOString();
}
