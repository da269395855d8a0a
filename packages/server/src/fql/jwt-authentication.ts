/** Whom an access provider's JWT stands for: finds the provider in the documents, has the signature checked, asks which roles the claims give. */
import { type Authentication, authenticateJwt, findAccessProvider } from '@skein/fql';
import { type Member, nodeHost } from '@skein/member';
import type { Logger } from 'pino';
import { KeySetCache } from './key-set-cache.ts';
import { verifyJwt } from './verify-jwt.ts';

/** The function gives undefined for a JWT that nobody vouches for; why goes to the log only. */
export function jwtAuthentication(options: {
  readonly documents: Pick<Member['documents'], 'read'>;
  readonly application: string;
  readonly log: Logger;
  readonly keySets?: KeySetCache | undefined;
  readonly nowMs?: (() => number) | undefined;
}): (token: string) => Promise<Authentication | undefined> {
  const { documents, application, log, keySets = new KeySetCache(), nowMs = Date.now } = options;
  return async (token) => {
    // Keys may have to be fetched: no snapshot is held meanwhile.
    const verdict = await verifyJwt(token, {
      find: (claims) => documents.read(application, (reader) => findAccessProvider(reader, claims)),
      keySets,
      nowMs,
    });
    if (verdict.kind === 'refused') {
      log.debug({ reason: verdict.reason }, 'a JWT was refused');
      return undefined;
    }
    const { issuer, payload } = verdict;
    const authentication = await documents.read(application, (reader) =>
      authenticateJwt(reader, issuer, payload, { host: nodeHost, now: nowMs() * 1000 }),
    );
    if (authentication === undefined) log.debug({ provider: issuer.name }, 'a JWT has no role');
    return authentication;
  };
}
