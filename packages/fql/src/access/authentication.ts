/** Who asks. The proposer puts it into the operation; apply looks the key or token up again at its place in the log. */
import type { DocumentKey, ScopeId } from '../store/document-store.ts';
import type { ObjectValue } from '../values/value.ts';

export type BuiltinRole = 'admin' | 'server' | 'server-readonly' | 'client';

/**
 * `identity`: the roles whose membership takes the identity in, and what every identity may do with its own. `provider`: those roles of
 * the access provider that the claims choose. Both are looked up at the first question of a transaction.
 */
export type GrantedRole = BuiltinRole | { readonly role: string } | 'identity' | 'provider';

export interface Authentication {
  /** The database that the secret opens (a scoped secret may name a child of it). */
  readonly scope: ScopeId;
  readonly principal: /** The server's own root secret. */
    | { readonly kind: 'root' }
    | { readonly kind: 'key'; readonly document: DocumentKey }
    | { readonly kind: 'token'; readonly document: DocumentKey; readonly identity: DocumentKey }
    /** An access provider's JWT, verified. */
    | { readonly kind: 'jwt'; readonly provider: string; readonly claims: ObjectValue };
  /** What is allowed follows from these alone: root without `admin` may no more than its roles. */
  readonly roles: readonly GrantedRole[];
  /** `secret:@doc/coll/id`: a key that acts as this document. */
  readonly actsAs: DocumentKey | undefined;
}

/** The document as which one is logged in. */
export function identityOf({ principal, actsAs }: Authentication): DocumentKey | undefined {
  return actsAs ?? (principal.kind === 'token' ? principal.identity : undefined);
}
