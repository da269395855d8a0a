/**
 * Secured keys: made by a client's backend from a search key, without asking the server.
 *
 *   base64( hex(HMAC-SHA-256(parent key, parameters)) + parameters )        parameters: URL-encoded
 *
 * They carry restrictions that the server enforces. The parent is not named in them: the caller tries the application's keys
 * and remembers. HMAC comes as an argument: "anywhere" packages have no cryptography.
 */
import { isJsonObject, type Json, type JsonObject, utf8Encode } from '@skein/base';
import { ApiError } from './api-error.ts';
import { base64Decode, base64Encode } from './base64.ts';
import { type ApiKey, comesFrom, isAdminKey, listOfText } from './keys.ts';
import { forcedParameterBytesMax } from './limits.ts';
import { checkValue } from './parameter-values.ts';
import { definitionOf, isParameterName, type ParameterName } from './parameters.ts';
import { matchesAnyPattern } from './patterns.ts';
import { parseQueryString } from './query-string.ts';
import { type ForcedSearch, filtersIn } from './search-request.ts';

/** Lower-case hexadecimal of HMAC-SHA-256. */
export type HmacSha256Hex = (key: string, message: string) => string;

export interface SecuredKey {
  readonly signature: string;
  /** URL-encoded. */
  readonly parameters: string;
}

const SIGNATURE = /^[0-9a-f]{64}/;

/** The two parts of a secured key; undefined for a text that cannot be one. Says nothing about its validity. */
export function parseSecuredKey(value: string): SecuredKey | undefined {
  // Shorter than an encoded signature alone: saves decoding of ordinary keys.
  if (value.length < 84) return undefined;
  const decoded = base64Decode(value);
  if (decoded === undefined || !SIGNATURE.test(decoded)) return undefined;
  return { signature: decoded.slice(0, 64), parameters: decoded.slice(64) };
}

/** The key that the secured key was made from. Admin keys are not among possible parents. */
export function findParent(
  secured: SecuredKey,
  keys: Iterable<ApiKey>,
  hmac: HmacSha256Hex,
): ApiKey | undefined {
  let parent: ApiKey | undefined;
  for (const key of keys) {
    if (!isAdminKey(key) && sameText(hmac(key.value, secured.parameters), secured.signature)) parent ??= key;
  }
  return parent;
}

/** Takes the same time wherever the texts differ. */
export function sameText(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let at = 0; at < a.length; at++)
    difference |= a.charCodeAt(at) ^ b.charCodeAt(at % Math.max(1, b.length));
  return difference === 0;
}

/** As the official clients write it: names sorted, lists joined by commas. */
export function encodeSecuredKey(
  parentKey: string,
  parameters: JsonObject | string,
  hmac: HmacSha256Hex,
): string {
  const text = typeof parameters === 'string' ? parameters : securedParameters(parameters);
  return base64Encode(hmac(parentKey, text) + text);
}

function securedParameters(parameters: JsonObject): string {
  const flat: Record<string, Json | undefined> = { ...parameters };
  if (isJsonObject(flat['searchParams'])) {
    Object.assign(flat, flat['searchParams']);
    delete flat['searchParams'];
  }
  return Object.keys(flat)
    .sort()
    .filter((name) => flat[name] !== undefined)
    .map((name) => {
      const value = flat[name]!;
      const list = Array.isArray(value) && value.every((entry) => typeof entry === 'string');
      const plain = list
        ? (value as readonly string[]).join(',')
        : typeof value === 'object'
          ? JSON.stringify(value)
          : String(value);
      return `${encodeURIComponent(name)}=${encodeURIComponent(plain)}`;
    })
    .join('&');
}

export interface Restrictions {
  /** Unix time in milliseconds; undefined: none besides the parent's. */
  readonly validUntilMs: number | undefined;
  /** Patterns; undefined: none besides the parent's. */
  readonly indexes: readonly string[] | undefined;
  /** CIDR ranges. */
  readonly sources: readonly string[] | undefined;
  readonly userToken: string | undefined;
  readonly search: ForcedSearch;
}

const RESTRICTION_NAMES: ReadonlySet<string> = new Set([
  'validUntil',
  'restrictIndices',
  'restrictSources',
  'referers',
]);
const FILTER_NAMES: ReadonlySet<string> = new Set([
  'filters',
  'facetFilters',
  'numericFilters',
  'tagFilters',
]);

/**
 * What URL-encoded parameters (a secured key's, or a key's `queryParameters`) force. An unknown name is an error and not
 * ignored: a misspelt restriction must not open more than was meant.
 */
export function parseRestrictions(text: string): Restrictions {
  const given = parseQueryString(text);
  const parameters = new Map<ParameterName, Json>();
  const filters = new Map<ParameterName, Json>();
  for (const [name, value] of given) {
    if (RESTRICTION_NAMES.has(name)) continue;
    if (!isParameterName(name) || definitionOf(name).scope === 'S')
      throw new ApiError('parameter-unknown', { name });
    if (!FILTER_NAMES.has(name) && utf8Encode(value).length > forcedParameterBytesMax) {
      throw new ApiError('parameter-invalid', {
        name,
        expected: `string shorter than ${forcedParameterBytesMax} bytes`,
      });
    }
    (FILTER_NAMES.has(name) ? filters : parameters).set(name, checkValue(name, value, 'search'));
  }
  const filter = filtersIn(filters);
  const userToken = parameters.get('userToken');
  return {
    validUntilMs: validUntilOf(given.get('validUntil')),
    indexes: listIn(given, 'restrictIndices'),
    sources: listIn(given, 'restrictSources'),
    userToken: typeof userToken === 'string' ? userToken : undefined,
    search: {
      parameters,
      filters: filter === undefined ? [] : [filter],
      maxHitsPerQuery: 0,
      seeUnretrievable: false,
    },
  };
}

function validUntilOf(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (!/^\d{1,12}(\.\d*)?$/.test(text)) {
    throw new ApiError('parameter-invalid', { name: 'validUntil', expected: 'integer' });
  }
  return Math.floor(Number(text)) * 1000;
}

function listIn(given: ReadonlyMap<string, string>, name: string): readonly string[] | undefined {
  const value = given.get(name);
  return value === undefined || value === '' ? undefined : listOfText(value);
}

/** Undefined when the secured key allows it (its parent is asked with `authorise`); else the error. */
export function authoriseRestrictions(
  restrictions: Restrictions,
  request: {
    readonly indexes: readonly string[];
    readonly nowMs: number;
    readonly sourceIp: string | undefined;
  },
): ApiError | undefined {
  if (restrictions.validUntilMs !== undefined && request.nowMs >= restrictions.validUntilMs) {
    return new ApiError('secured-key-expired');
  }
  const { sources, indexes } = restrictions;
  if (sources !== undefined && !comesFrom(request.sourceIp, sources))
    return new ApiError('source-not-allowed');
  if (indexes !== undefined && !request.indexes.every((index) => matchesAnyPattern(index, indexes))) {
    return new ApiError('index-not-allowed');
  }
  return undefined;
}

/** Everything that a key, or a secured key with its parent, forces into a search. The parent's word is the last. */
export function forcedSearch(key: ApiKey, secured?: Restrictions): ForcedSearch {
  const own = parseRestrictions(key.queryParameters).search;
  return {
    parameters: new Map([...(secured?.search.parameters ?? []), ...own.parameters]),
    filters: [...own.filters, ...(secured?.search.filters ?? [])],
    maxHitsPerQuery: key.maxHitsPerQuery,
    seeUnretrievable: key.acl.includes('seeUnretrievableAttributes'),
  };
}
