/** From a JWT that the server has verified to who asks. */

import type { Host } from '../evaluate/context.ts';
import { Context } from '../evaluate/evaluation-context.ts';
import { MeteredStore } from '../evaluate/metered-store.ts';
import { Session } from '../evaluate/session.ts';
import { parseJson } from '../json/parse-json.ts';
import type { DocumentReader } from '../store/document-store.ts';
import { isObject, type ObjectValue } from '../values/value.ts';
import { type AccessProvider, ofVerifiedJwt } from './access-providers.ts';
import { databaseExists } from './authenticate.ts';
import type { Authentication } from './authentication.ts';
import { providerRoles } from './members.ts';

/** Predicates look at claims and a few documents. */
const stepsMax = 100_000;

/**
 * Undefined: the claims choose none of the provider's roles, and so open nothing. `payload`: the claims as signed, JSON. `now` in µs. The
 * roles are chosen anew for each transaction; asking here gives the client its answer at once.
 */
export function authenticateJwt(
  reader: DocumentReader,
  provider: AccessProvider,
  payload: Uint8Array,
  { host, now }: { readonly host: Host; readonly now: number },
): Authentication | undefined {
  const claims = claimsOf(payload);
  if (claims === undefined || !databaseExists(reader, provider.scope)) return undefined;
  const authentication = ofVerifiedJwt(provider, claims);
  const session = new Session({
    store: new MeteredStore(reader),
    mayWrite: false,
    host,
    options: { strictTemporal: false, stepsMax },
    // Chance decides nothing about who one is.
    random: { bytes: (count) => new Uint8Array(count) },
    now,
  });
  return providerRoles(new Context(session, authentication)).length === 0 ? undefined : authentication;
}

/** Integers stay exact. */
function claimsOf(payload: Uint8Array): ObjectValue | undefined {
  try {
    const claims = parseJson(payload);
    return isObject(claims) ? claims : undefined;
  } catch {
    return undefined;
  }
}
