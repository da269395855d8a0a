/**
 * Finds the key that a client shows: an application's own, or a secured key made from one of them.
 *
 * Keys are looked up by a digest under a secret of this process, so that the time of a look-up tells nothing about how close a guess
 * was. What a secured key turned out to be is remembered, also that it is none: finding its parent costs one HMAC per key.
 */
import { createHmac, hash, randomBytes } from 'node:crypto';
import type { ApplicationState, StoredKey } from '@skein/member';
import {
  ADMIN_KEY_FIELDS,
  type ApiKey,
  type ApiKeyFields,
  type ForcedSearch,
  findParent,
  forcedSearch,
  parseRestrictions,
  parseSecuredKey,
  type Restrictions,
} from '@skein/wire';

/** Who asks, once the key is known. */
export interface Holder {
  readonly key: ApiKey;
  /** Undefined: the key itself was shown, not a secured key made from it. */
  readonly restrictions: Restrictions | undefined;
  readonly forced: ForcedSearch;
}

/** Secured keys remembered per application. */
const securedKeyCountMax = 10_000;

const pepper = randomBytes(32).toString('hex');
/** One hash rather than an HMAC, which costs ten times as much: nobody sees the digests, so nobody can extend one. */
const digest = (value: string): string => hash('sha256', pepper + value, 'hex');

const rings = new WeakMap<ApplicationState, KeyRing>();

/** The keys of an application in one state of it. */
export function keyRingOf(application: ApplicationState): KeyRing {
  let ring = rings.get(application);
  if (ring === undefined) {
    ring = new KeyRing(application);
    rings.set(application, ring);
  }
  return ring;
}

export class KeyRing {
  readonly #keys: readonly ApiKey[];
  readonly #byDigest: ReadonlyMap<string, ApiKey>;
  readonly #holders = new Map<string, Holder | undefined>();

  constructor(application: ApplicationState) {
    this.#keys = [...application.keys.values()].map(apiKeyOf);
    this.#byDigest = new Map(this.#keys.map((key) => [digest(key.value), key]));
  }

  get keys(): readonly ApiKey[] {
    return this.#keys;
  }

  /** Undefined: not a key of this application. Throws the `ApiError` of a secured key whose restrictions make no sense. */
  holder(value: string): Holder | undefined {
    const shown = digest(value);
    if (this.#holders.has(shown)) return this.#holders.get(shown);
    const holder = this.#find(value, shown);
    if (this.#holders.size >= securedKeyCountMax) this.#holders.clear();
    this.#holders.set(shown, holder);
    return holder;
  }

  /** The key itself, not one made from it. */
  own(value: string): ApiKey | undefined {
    return this.#byDigest.get(digest(value));
  }

  #find(value: string, shown: string): Holder | undefined {
    const key = this.#byDigest.get(shown);
    if (key !== undefined) return { key, restrictions: undefined, forced: forcedSearch(key) };
    const secured = parseSecuredKey(value);
    const parent = secured && findParent(secured, this.#keys, hmac);
    if (secured === undefined || parent === undefined) return undefined;
    const restrictions = parseRestrictions(secured.parameters);
    return { key: parent, restrictions, forced: forcedSearch(parent, restrictions) };
  }
}

function hmac(key: string, message: string): string {
  return createHmac('sha256', key).update(message).digest('hex');
}

/** A stored definition is what `definitionOf` wrote; a field that an older version did not write has its default. */
export function apiKeyOf(stored: StoredKey): ApiKey {
  const fields: Partial<ApiKeyFields> = stored.definition;
  return {
    ...ADMIN_KEY_FIELDS,
    acl: [],
    description: '',
    ...fields,
    value: stored.value,
    createdAtMs: stored.createdAtMs,
  };
}
