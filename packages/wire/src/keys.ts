/**
 * API keys: what they may do, where, how long, and what they force into searches. Pure data and decisions; storing, finding and
 * counting belong to the server. Secured keys (made by clients from a key) are in `secured-keys.ts`.
 */
import { isJsonObject, type Json, type JsonObject } from '@skein/base';
import { ApiError } from './api-error.ts';
import { matchesAnyPattern } from './patterns.ts';
import { authoriseRestrictions, parseRestrictions, type Restrictions } from './restrictions.ts';

/** Rights that a key may be given. */
export const ACLS = [
  'addObject',
  'analytics',
  'browse',
  'deleteIndex',
  'deleteObject',
  'editSettings',
  'inference',
  'listIndexes',
  'logs',
  'nluPrediction',
  'nluReadAnswers',
  'nluReadEntity',
  'nluReadIntent',
  'nluReadProject',
  'nluWriteEntity',
  'nluWriteIntent',
  'nluWriteProject',
  'personalization',
  'recommendation',
  'search',
  'seeUnretrievableAttributes',
  'settings',
  'usage',
] as const;
export type Acl = (typeof ACLS)[number] | 'admin';

/** What a client may say about a key. */
export interface ApiKeyFields {
  readonly acl: readonly Acl[];
  readonly description: string;
  /** Patterns; empty: every index. */
  readonly indexes: readonly string[];
  /** 0: no bound. */
  readonly maxHitsPerQuery: number;
  /** 0: no bound. Counting is the server's. */
  readonly maxQueriesPerIPPerHour: number;
  /** URL-encoded parameters forced into every search. */
  readonly queryParameters: string;
  /** Patterns of the Referer header; empty: any. */
  readonly referers: readonly string[];
  /** Seconds from creation; 0: for ever. */
  readonly validity: number;
}

export interface ApiKey extends ApiKeyFields {
  readonly value: string;
  readonly createdAtMs: number;
}

/** All rights, and `admin`: management of keys. */
export const ADMIN_KEY_FIELDS: ApiKeyFields = {
  acl: [...ACLS, 'admin'],
  description: 'Admin API key',
  indexes: [],
  maxHitsPerQuery: 0,
  maxQueriesPerIPPerHour: 0,
  queryParameters: '',
  referers: [],
  validity: 0,
};

export function isAdminKey(key: ApiKeyFields): boolean {
  return key.acl.includes('admin');
}

/** Body of `POST /1/keys` and `PUT /1/keys/{key}`: what is not sent has its default. Throws `ApiError`. */
export function parseApiKeyFields(body: Json): ApiKeyFields {
  if (!isJsonObject(body)) throw new ApiError('body-not-object');
  const acl = body['acl'];
  if (acl === undefined) throw new ApiError('attribute-missing', { name: 'acl' });
  const queryParameters = text(body, 'queryParameters');
  // Refused here, so that no search with this key is.
  parseRestrictions(queryParameters);
  return {
    acl: texts(body, 'acl').map((name) => {
      const known = ACLS.find((right) => right === name);
      if (known === undefined)
        throw new ApiError('parameter-invalid', { name: 'acl', expected: `array of ${ACLS.join(', ')}` });
      return known;
    }),
    description: text(body, 'description'),
    indexes: texts(body, 'indexes'),
    maxHitsPerQuery: count(body, 'maxHitsPerQuery'),
    maxQueriesPerIPPerHour: count(body, 'maxQueriesPerIPPerHour'),
    queryParameters,
    referers: texts(body, 'referers'),
    validity: count(body, 'validity'),
  };
}

function text(body: JsonObject, name: string): string {
  const value = body[name] ?? '';
  if (typeof value !== 'string') throw new ApiError('parameter-invalid', { name, expected: 'string' });
  return value;
}

function texts(body: JsonObject, name: string): readonly string[] {
  const value = body[name] ?? [];
  if (!Array.isArray(value) || !value.every((entry) => typeof entry === 'string')) {
    throw new ApiError('parameter-invalid', { name, expected: 'array of strings' });
  }
  return value as readonly string[];
}

function count(body: JsonObject, name: string): number {
  const value = body[name] ?? 0;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new ApiError('parameter-invalid', { name, expected: 'integer' });
  }
  return value;
}

/** What `GET /1/keys/{key}` and the list show. A key that shows itself without being an admin key hides its description. */
export function apiKeyResponse(
  key: ApiKey,
  options: { readonly description: 'shown' | 'redacted' },
): JsonObject {
  return {
    value: key.value,
    createdAt: key.createdAtMs,
    acl: key.acl.filter((right) => right !== 'admin'),
    description: options.description === 'shown' ? key.description : '<redacted>',
    indexes: key.indexes,
    maxHitsPerQuery: key.maxHitsPerQuery,
    maxQueriesPerIPPerHour: key.maxQueriesPerIPPerHour,
    queryParameters: key.queryParameters,
    referers: key.referers,
    validity: key.validity,
  };
}

export interface AuthorisationRequest {
  /** One of these rights is enough; empty: any valid key. */
  readonly acl: readonly Acl[];
  /** Every index that the request touches. */
  readonly indexes: readonly string[];
  readonly nowMs: number;
  readonly referer: string | undefined;
  /** Address of the client, for keys bound to addresses. */
  readonly sourceIp: string | undefined;
}

/** Undefined when the key may do it; else the error that the client gets. */
export function authorise(key: ApiKey, request: AuthorisationRequest): ApiError | undefined {
  if (isExpired(key, request.nowMs)) return new ApiError('credentials-invalid');
  if (key.referers.length > 0 && !matchesAnyPattern(request.referer ?? '', key.referers)) {
    return new ApiError('referer-not-allowed');
  }
  if (request.acl.length > 0 && !isAdminKey(key) && !request.acl.some((right) => key.acl.includes(right))) {
    return new ApiError('method-not-allowed');
  }
  if (key.indexes.length > 0 && !request.indexes.every((index) => matchesAnyPattern(index, key.indexes))) {
    return new ApiError('index-not-allowed');
  }
  return authoriseRestrictions(restrictionsOf(key), request);
}

const restrictions = new WeakMap<ApiKeyFields, Restrictions>();

/** What the key's `queryParameters` force; remembered for as long as the key object lives. */
export function restrictionsOf(key: ApiKeyFields): Restrictions {
  let found = restrictions.get(key);
  if (found === undefined) {
    found = parseRestrictions(key.queryParameters);
    restrictions.set(key, found);
  }
  return found;
}

export function isExpired(key: ApiKey, nowMs: number): boolean {
  return key.validity > 0 && nowMs >= key.createdAtMs + key.validity * 1000;
}
