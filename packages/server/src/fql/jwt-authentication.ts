/** Whom an access provider's JWT stands for: finds the provider in the documents, has the signature checked, takes the claims over. */
import { type Authentication, findAccessProvider, isObject, ofVerifiedJwt, parseJson } from '@skein/fql';
import type { Member } from '@skein/member';
import type { Logger } from 'pino';
import { KeySetCache } from './key-set-cache.ts';
import { verifyJwt } from './verify-jwt.ts';

/** The function gives undefined for a JWT that nobody vouches for; why goes to the log only. */
export function jwtAuthentication(options: {
  readonly documents: Pick<Member['documents'], 'snapshot'>;
  readonly application: string;
  readonly log: Logger;
}): (token: string) => Promise<Authentication | undefined> {
  const { documents, application, log } = options;
  const keySets = new KeySetCache();
  return async (token) => {
    const snapshot = await documents.snapshot(application);
    try {
      const verdict = await verifyJwt(token, {
        find: (claims) => findAccessProvider(snapshot.reader, claims),
        keySets,
      });
      if (verdict.kind === 'refused') {
        log.debug({ reason: verdict.reason }, 'a JWT was refused');
        return undefined;
      }
      const claims = parseJson(verdict.payload);
      // Such claims would not have been verified.
      if (!isObject(claims)) return undefined;
      return ofVerifiedJwt(verdict.issuer, claims);
    } finally {
      snapshot.release();
    }
  };
}
