/** Who asks. The proposer puts it into the operation; apply looks the key or token up again at its place in the log. */
import type { DocumentKey, ScopeId } from '../store/document-store.ts';
import type { ObjectValue } from '../values/value.ts';

export type BuiltinRole = 'admin' | 'server' | 'server-readonly' | 'client';

export interface Authentication {
  /** The database that the secret opens (a scoped secret may name a child of it). */
  readonly scope: ScopeId;
  readonly principal: /** The server's own root secret. */
    | { readonly kind: 'root' }
    | { readonly kind: 'key'; readonly document: DocumentKey }
    | { readonly kind: 'token'; readonly document: DocumentKey; readonly identity: DocumentKey }
    /** An access provider's JWT, verified; `roles` are those of the provider that the claims chose. */
    | {
        readonly kind: 'jwt';
        readonly provider: string;
        readonly claims: ObjectValue;
        readonly roles: readonly string[];
        readonly identity: DocumentKey | undefined;
      };
  /** `admin`, `server` … or names of roles of `scope`. */
  readonly roles: readonly (BuiltinRole | { readonly role: string })[];
  /** `secret:@doc/coll/id`: a key that acts as this document. */
  readonly actsAs: DocumentKey | undefined;
}
