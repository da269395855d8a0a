/** API keys: made, shown, changed, deleted and restored by whoever holds an admin key. Admin keys themselves are not managed here. */
import { randomBytes } from 'node:crypto';
import type { Json, JsonObject } from '@skein/base';
import type { Operation } from '@skein/member';
import {
  ApiError,
  type ApiKey,
  type ApiKeyFields,
  apiKeyResponse,
  isAdminKey,
  isExpired,
  parseApiKeyFields,
  parseRestrictions,
} from '@skein/wire';
import { type ApiResponse, json, param } from '../http/api-request.ts';
import type { ApiContext, Call } from './endpoint-handler.ts';
import { keyRingOf } from './key-ring.ts';

export function listApiKeys(call: Call): ApiResponse {
  const keys = keyRingOf(call.application).keys.filter(
    (key) => !isAdminKey(key) && !isExpired(key, call.nowMs),
  );
  return json({ keys: keys.map((key) => apiKeyResponse(key, { description: 'shown' })) });
}

/** An admin key shows any key; any other key only itself. */
export function getApiKey(call: Call): ApiResponse {
  const value = param(call.request, 'key');
  if (call.isAdmin) return json(apiKeyResponse(existing(call, value), { description: 'shown' }));
  if (!call.keyIsOwn || keyRingOf(call.application).own(value) !== call.key) {
    throw new ApiError('method-not-allowed');
  }
  return json(apiKeyResponse(call.key, { description: 'redacted' }));
}

export async function addApiKey(call: Call, context: ApiContext): Promise<ApiResponse> {
  const fields = checkedFields(call.json());
  const key = randomBytes(16).toString('hex');
  await propose(call, context, {
    kind: 'saveKey',
    ...sealed(call, context, key),
    definition: definitionOf(fields),
  });
  return json({ key, createdAt: timestamp(call) });
}

export async function updateApiKey(call: Call, context: ApiContext): Promise<ApiResponse> {
  const key = changeable(call);
  const definition = definitionOf(checkedFields(call.json()));
  await propose(call, context, { kind: 'saveKey', ...sealed(call, context, key), definition });
  return json({ key, updatedAt: timestamp(call) });
}

export async function deleteApiKey(call: Call, context: ApiContext): Promise<ApiResponse> {
  const key = changeable(call);
  await propose(call, context, { kind: 'deleteKey', ...sealed(call, context, key) });
  return json({ deletedAt: timestamp(call) });
}

export async function restoreApiKey(call: Call, context: ApiContext): Promise<ApiResponse> {
  const key = param(call.request, 'key');
  if (keyRingOf(call.application).own(key) !== undefined) throw new ApiError('key-exists');
  if (!call.application.deletedKeys.has(key)) throw new ApiError('key-not-found');
  await propose(call, context, { kind: 'restoreKey', ...sealed(call, context, key) });
  return json({ key, createdAt: timestamp(call) });
}

/** What is stored of a key; `apiKeyOf` reads it. */
export function definitionOf(fields: ApiKeyFields): JsonObject {
  const { acl, description, indexes, maxHitsPerQuery, maxQueriesPerIPPerHour } = fields;
  const { queryParameters, referers, validity } = fields;
  return {
    acl,
    description,
    indexes,
    maxHitsPerQuery,
    maxQueriesPerIPPerHour,
    queryParameters,
    referers,
    validity,
  };
}

/** Forced parameters are read at every search: a key whose parameters can't be is not accepted. */
function checkedFields(body: Json): ApiKeyFields {
  const fields = parseApiKeyFields(body);
  parseRestrictions(fields.queryParameters);
  return fields;
}

function existing(call: Call, value: string): ApiKey {
  const key = keyRingOf(call.application).own(value);
  if (key === undefined || isExpired(key, call.nowMs)) throw new ApiError('key-not-found');
  return key;
}

/** The key of the path; admin keys come from the server's configuration and stay as they are. */
function changeable(call: Call): string {
  const key = existing(call, param(call.request, 'key'));
  if (isAdminKey(key)) throw new ApiError('method-not-allowed');
  return key.value;
}

function sealed(call: Call, context: ApiContext, value: string): { readonly sealedKey: string } {
  return { sealedKey: context.vault.seal(call.application.id, value) };
}

/** Answered once every process knows: whoever deletes a key can rely on it. */
async function propose(call: Call, context: ApiContext, operation: Operation): Promise<void> {
  const { sequence } = await context.member.propose(call.application.id, operation, 'visible');
  call.sequence = sequence;
}

function timestamp(call: Call): string {
  return new Date(call.nowMs).toISOString();
}
