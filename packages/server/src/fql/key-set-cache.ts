/**
 * Public keys of JWT issuers, fetched from where access providers say, and kept for a while.
 *
 *   younger than `freshMs`     used as they are
 *   older                      fetched again; while that fails they serve on until `staleMs`
 *   a key that is not there    fetched again at once (issuers change keys), but never more often than every `pauseMs`
 *
 * An address is an administrator's word: answers are bounded in size and time, redirects are refused, and what is fetched is never shown.
 */
import type { JSONWebKeySet } from 'jose';

export interface KeySetCacheOptions {
  readonly nowMs?: (() => number) | undefined;
  readonly freshMs?: number | undefined;
  readonly staleMs?: number | undefined;
  readonly pauseMs?: number | undefined;
  readonly timeoutMs?: number | undefined;
  readonly bytesMax?: number | undefined;
  /** Addresses that are remembered; the one used longest ago makes room. */
  readonly addressesMax?: number | undefined;
}

/** Keys that one issuer may publish; each may be tried for a JWT that names none. */
export const keysMax = 64;

interface Entry {
  keys: JSONWebKeySet | undefined;
  /** When `keys` came. */
  fetchedMs: number;
  /** When fetching was last begun. */
  triedMs: number;
  underway: Promise<void> | undefined;
}

export class KeySetCache {
  readonly #options: { readonly [K in keyof KeySetCacheOptions]-?: NonNullable<KeySetCacheOptions[K]> };
  readonly #entries = new Map<string, Entry>();

  constructor(options: KeySetCacheOptions = {}) {
    this.#options = {
      nowMs: options.nowMs ?? Date.now,
      freshMs: options.freshMs ?? 600_000,
      staleMs: options.staleMs ?? 24 * 3_600_000,
      pauseMs: options.pauseMs ?? 10_000,
      timeoutMs: options.timeoutMs ?? 5_000,
      bytesMax: options.bytesMax ?? 256 * 1024,
      addressesMax: options.addressesMax ?? 256,
    };
  }

  /** Undefined: none could be had. `renew`: a key was missing from what `keys` gave before. */
  async keys(
    uri: string,
    { renew = false }: { readonly renew?: boolean } = {},
  ): Promise<JSONWebKeySet | undefined> {
    const { nowMs, freshMs, staleMs, pauseMs } = this.#options;
    const entry = this.#entry(uri);
    const isFresh = entry.keys !== undefined && nowMs() - entry.fetchedMs < freshMs;
    if (!isFresh || renew) {
      if (entry.underway === undefined && nowMs() - entry.triedMs >= pauseMs) {
        entry.triedMs = nowMs();
        entry.underway = this.#renew(uri, entry);
      }
      await entry.underway;
    }
    return nowMs() - entry.fetchedMs < staleMs ? entry.keys : undefined;
  }

  async #renew(uri: string, entry: Entry): Promise<void> {
    try {
      entry.keys = await this.#fetch(uri);
      entry.fetchedMs = this.#options.nowMs();
    } catch {
      // An issuer that cannot be reached, or that says nonsense: what was fetched before goes on serving.
    } finally {
      entry.underway = undefined;
    }
  }

  async #fetch(uri: string): Promise<JSONWebKeySet> {
    assertFetchable(uri);
    const { timeoutMs, bytesMax } = this.#options;
    const response = await fetch(uri, {
      redirect: 'error',
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.status !== 200 || response.body === null) {
      await response.body?.cancel();
      throw new Error(`the issuer's keys: status ${response.status}`);
    }
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of response.body) {
      bytes += chunk.length;
      // Leaving the loop closes the connection.
      if (bytes > bytesMax) throw new Error(`the issuer's keys: more than ${bytesMax} bytes`);
      chunks.push(chunk);
    }
    return asKeySet(JSON.parse(Buffer.concat(chunks).toString('utf8')));
  }

  #entry(uri: string): Entry {
    const known = this.#entries.get(uri) ?? {
      keys: undefined,
      fetchedMs: Number.NEGATIVE_INFINITY,
      triedMs: Number.NEGATIVE_INFINITY,
      underway: undefined,
    };
    // Used last stands last.
    this.#entries.delete(uri);
    this.#entries.set(uri, known);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#options.addressesMax) break;
      this.#entries.delete(oldest);
    }
    return known;
  }
}

/** Documents are checked when they are written; this holds whatever they say. */
function assertFetchable(uri: string): void {
  const { protocol, hostname, username, password } = new URL(uri);
  const isLoopback = hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname);
  const isSafe = protocol === 'https:' || (protocol === 'http:' && isLoopback);
  if (!isSafe || username !== '' || password !== '')
    throw new Error("the issuer's keys: expected an https address");
}

export function asKeySet(json: unknown): JSONWebKeySet {
  if (typeof json !== 'object' || json === null || !('keys' in json) || !Array.isArray(json.keys)) {
    throw new Error("the issuer's keys: expected {keys: […]}");
  }
  const keys: readonly unknown[] = json.keys;
  if (keys.length > keysMax) throw new Error(`the issuer's keys: more than ${keysMax}`);
  return { keys: keys.filter(isKey) };
}

function isKey(key: unknown): key is JSONWebKeySet['keys'][number] {
  return typeof key === 'object' && key !== null && 'kty' in key && typeof key.kty === 'string';
}
