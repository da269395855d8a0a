/**
 * Whether a JWT is what it says: issued for a database here by an access provider of it, and in time. What it may do is then FQL's to say.
 *
 * Only signatures with public keys count: `none` and shared secrets (HS256 …) are refused whatever the keys are.
 */
import {
  createLocalJWKSet,
  decodeJwt,
  errors,
  type FlattenedJWSInput,
  type JSONWebKeySet,
  type JWTHeaderParameters,
  type JWTVerifyOptions,
  jwtVerify,
} from 'jose';
import { asKeySet, type KeySetCache, keysMax } from './key-set-cache.ts';

/** What has to be known of an access provider. */
export interface JwtIssuer {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUri: string | undefined;
  readonly jwks: { readonly keys: readonly Readonly<Record<string, unknown>>[] } | undefined;
}

export type JwtVerdict<Issuer> =
  /** `payload`: the claims, JSON as signed. */
  | { readonly kind: 'verified'; readonly issuer: Issuer; readonly payload: Uint8Array }
  /** `reason` is for the log, never for the client. */
  | { readonly kind: 'refused'; readonly reason: string };

export interface JwtCheck<Issuer> {
  /** The access provider that the unverified claims name. */
  readonly find: (claims: {
    readonly issuer: string;
    readonly audiences: readonly string[];
  }) => Issuer | undefined | Promise<Issuer | undefined>;
  readonly keySets: KeySetCache;
  readonly nowMs?: (() => number) | undefined;
}

const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
/** Clocks differ. */
const toleranceSeconds = 30;
/** Request headers end before. */
const charactersMax = 16 * 1024;

/** Never throws for what a client can send; only what `find` throws. */
export async function verifyJwt<Issuer extends JwtIssuer>(
  token: string,
  check: JwtCheck<Issuer>,
): Promise<JwtVerdict<Issuer>> {
  const claims = token.length > charactersMax ? undefined : unverifiedClaims(token);
  if (claims === undefined) return refused('it names no issuer or audience');
  const issuer = await check.find(claims);
  if (issuer === undefined) return refused('no access provider for its issuer and audience');
  try {
    if (!(await hasValidSignature(token, issuer, check))) return refused('its key is not known');
    return { kind: 'verified', issuer, payload: Buffer.from(token.split('.')[1] ?? '', 'base64url') };
  } catch (error) {
    // Keys and JWTs come from outside: whatever a library makes of nonsense in them is a no.
    return refused(error instanceof Error ? error.message : 'malformed');
  }
}

function unverifiedClaims(
  token: string,
): { readonly issuer: string; readonly audiences: readonly string[] } | undefined {
  try {
    const { iss, aud } = decodeJwt(token);
    const audiences = (typeof aud === 'string' ? [aud] : Array.isArray(aud) ? aud : []).filter(isString);
    return typeof iss !== 'string' || audiences.length === 0 ? undefined : { issuer: iss, audiences };
  } catch {
    return undefined;
  }
}

/** False: no key fits. Throws when one does and the claims are not as they have to be. */
async function hasValidSignature(
  token: string,
  issuer: JwtIssuer,
  { keySets, nowMs }: Pick<JwtCheck<JwtIssuer>, 'keySets' | 'nowMs'>,
): Promise<boolean> {
  const options: JWTVerifyOptions = {
    issuer: issuer.issuer,
    audience: issuer.audience,
    algorithms: ALGORITHMS,
    clockTolerance: toleranceSeconds,
    requiredClaims: ['exp'],
    ...(nowMs === undefined ? {} : { currentDate: new Date(nowMs()) }),
  };
  if (issuer.jwks !== undefined && (await fits(token, inline(issuer.jwks), options))) return true;
  if (issuer.jwksUri === undefined) return false;
  const keys = await keySets.keys(issuer.jwksUri);
  if (keys !== undefined && (await fits(token, keys, options))) return true;
  const renewed = await keySets.keys(issuer.jwksUri, { renew: true });
  return renewed !== undefined && renewed !== keys && (await fits(token, renewed, options));
}

/** False: none of the keys is this JWT's. */
async function fits(token: string, keys: JSONWebKeySet, options: JWTVerifyOptions): Promise<boolean> {
  const choose = createLocalJWKSet(keys);
  try {
    await jwtVerify(token, choose, options);
    return true;
  } catch (error) {
    if (error instanceof errors.JWKSMultipleMatchingKeys) return fitsOneOf(token, error, options);
    // A wrong signature under a known name: the issuer may have a new key under the old name.
    if (error instanceof errors.JWKSNoMatchingKey) return false;
    if (error instanceof errors.JWSSignatureVerificationFailed) return false;
    throw error;
  }
}

/** A JWT that names no key: each that could be is tried. */
async function fitsOneOf(
  token: string,
  candidates: errors.JWKSMultipleMatchingKeys,
  options: JWTVerifyOptions,
): Promise<boolean> {
  let triedCount = 0;
  for await (const key of candidates) {
    if (++triedCount > keysMax) break;
    try {
      await jwtVerify(token, (_header: JWTHeaderParameters, _token: FlattenedJWSInput) => key, options);
      return true;
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
    }
  }
  return false;
}

function inline(jwks: NonNullable<JwtIssuer['jwks']>): JSONWebKeySet {
  return asKeySet({ keys: [...jwks.keys] });
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function refused(reason: string): { readonly kind: 'refused'; readonly reason: string } {
  return { kind: 'refused', reason };
}
