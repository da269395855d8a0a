/**
 * Access providers: who issues JWTs that count here. Whether a JWT is really theirs is found out by the server (signatures take keys, and
 * keys take a fetch); this is what it needs to know, and what follows.
 */
import { decodeFields } from '../schema/document-fields.ts';
import { schemaFor } from '../schema/schema-cache.ts';
import type { DocumentReader, ScopeId } from '../store/document-store.ts';
import { isArray, isObject, type ObjectValue, type Value } from '../values/value.ts';
import { audienceId } from './audience.ts';
import type { Authentication } from './authentication.ts';
import { scopeOfAudience } from './private-rows.ts';
import { nativeCollection } from './scopes.ts';

export interface AccessProvider {
  readonly scope: ScopeId;
  readonly name: string;
  readonly issuer: string;
  readonly audience: string;
  /** Where the public keys are; undefined when only `jwks` counts. */
  readonly jwksUri: string | undefined;
  /** Public keys given in the document itself: `{keys: […]}`, JSON. */
  readonly jwks: { readonly keys: readonly Readonly<Record<string, unknown>>[] } | undefined;
}

/** Clocks differ. */
export const clockToleranceSeconds = 30;

/** By the claims `iss` and `aud` of a JWT that nobody has verified yet. Exactly one audience has to be a database's. */
export function findAccessProvider(
  reader: DocumentReader,
  claims: { readonly issuer: string; readonly audiences: readonly string[] },
): AccessProvider | undefined {
  const ids = claims.audiences.flatMap((audience) => audienceId(audience) ?? []);
  const [id] = ids;
  if (id === undefined || ids.length > 1) return undefined;
  const scope = scopeOfAudience(reader, id);
  if (scope === undefined) return undefined;
  return providersOf(reader, scope).find(({ issuer }) => issuer === claims.issuer);
}

/** Who asks, after the server has verified the JWT. Roles are looked up when something is asked (`members.ts`). */
export function ofVerifiedJwt(provider: AccessProvider, claims: ObjectValue): Authentication {
  return {
    scope: provider.scope,
    principal: { kind: 'jwt', provider: provider.name, claims },
    roles: ['provider'],
    actsAs: undefined,
  };
}

/** At apply: the provider has neither gone nor become another, and the JWT has not ended. `now` in µs. */
export function isProviderStill(
  reader: DocumentReader,
  scope: ScopeId,
  principal: Extract<Authentication['principal'], { readonly kind: 'jwt' }>,
  now: number,
): boolean {
  const fields = schemaFor(reader, scope).named('access_providers', principal.provider)?.fields;
  if (fields === undefined || fields.get('issuer') !== principal.claims.get('iss')) return false;
  const expires = principal.claims.get('exp');
  if (typeof expires !== 'bigint' && typeof expires !== 'number') return false;
  return Number(expires) + clockToleranceSeconds > now / 1e6;
}

function providersOf(reader: DocumentReader, scope: ScopeId): readonly AccessProvider[] {
  const schema = schemaFor(reader, scope);
  const bodies = [...reader.documents(scope, nativeCollection('access_providers'))].map(
    ({ version }) => version.body,
  );
  return bodies.flatMap((body): readonly AccessProvider[] => {
    const fields = decodeFields(body, schema);
    const text = (name: string): string | undefined => {
      const value = fields.get(name);
      return typeof value === 'string' ? value : undefined;
    };
    const [name, issuer, audience] = [text('name'), text('issuer'), text('audience')];
    if (name === undefined || issuer === undefined || audience === undefined) return [];
    return [{ scope, name, issuer, audience, jwksUri: text('jwks_uri'), jwks: jwksOf(fields.get('jwks')) }];
  });
}

function jwksOf(value: Value | undefined): AccessProvider['jwks'] {
  const keys = value !== undefined && isObject(value) ? value.get('keys') : undefined;
  if (keys === undefined || !isArray(keys)) return undefined;
  return {
    keys: keys.flatMap((key): readonly Readonly<Record<string, unknown>>[] =>
      isObject(key) ? [Object.fromEntries(plainEntries(key))] : [],
    ),
  };
}

function plainEntries(object: ObjectValue): readonly (readonly [string, unknown])[] {
  return [...object].map(([name, value]) => [name, plain(value)]);
}

function plain(value: Value): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (isArray(value)) return value.map(plain);
  return isObject(value) ? Object.fromEntries(plainEntries(value)) : value;
}
