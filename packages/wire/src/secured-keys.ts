/**
 * Secured keys: made by a client's backend from a search key, without asking the server.
 *
 *   base64( hex(HMAC-SHA-256(parent key, parameters)) + parameters )        parameters: URL-encoded
 *
 * They carry restrictions that the server enforces (`restrictions.ts`). The parent is not named in them: the caller tries the application's keys
 * and remembers. HMAC comes as an argument: "anywhere" packages have no cryptography.
 */
import { isJsonObject, type Json, type JsonObject } from '@skein/base';
import { base64Decode, base64Encode } from './base64.ts';
import { type ApiKey, isAdminKey, restrictionsOf } from './keys.ts';
import type { Restrictions } from './restrictions.ts';
import type { ForcedSearch } from './search-request.ts';

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

/** Everything that a key, or a secured key with its parent, forces into a search. The parent's word is the last. */
export function forcedSearch(key: ApiKey, secured?: Restrictions): ForcedSearch {
  const own = restrictionsOf(key).search;
  return {
    parameters: new Map([...(secured?.search.parameters ?? []), ...own.parameters]),
    filters: [...own.filters, ...(secured?.search.filters ?? [])],
    maxHitsPerQuery: key.maxHitsPerQuery,
    seeUnretrievable: key.acl.includes('seeUnretrievableAttributes'),
  };
}
