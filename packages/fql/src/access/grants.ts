/** What is allowed without any role: an identity's own documents, and what schema objects open to everyone in their `permissions`. */
import type { EvaluationContext } from '../evaluate/context.ts';
import type { DocumentKey } from '../store/document-store.ts';
import { type NativeCollection, Ref } from '../values/ref.ts';
import { isObject } from '../values/value.ts';
import type { AccessRequest, RoleQuestion } from './access.ts';
import { identityOf } from './authentication.ts';
import { privatePart } from './private-rows.ts';
import { resourceOf, resourceOfDocument } from './role-table.ts';
import { nativeOfDocument, sameDocument } from './scopes.ts';

/** An identity can read itself, its credentials and its tokens, and can end its tokens. */
export function isOwnOfIdentity(context: EvaluationContext, request: AccessRequest): boolean {
  if (request.action !== 'read' && request.action !== 'delete') return false;
  const identity = identityOf(context.authentication);
  if (identity === undefined || !context.authentication.roles.includes('identity')) return false;
  const { document, action } = request;
  if (action === 'read' && sameDocument(document, identity)) return true;
  const native = nativeOfDocument(document);
  const isOpen = native === 'tokens' || (native === 'credentials' && action === 'read');
  return isOpen && sameDocument(privatePart(context.store, document)?.instance, identity);
}

/**
 * The older way to open things, on collections, indexes and functions: `permissions: {read: 'public', write: <ref>}`. A ref names the
 * one identity, or the collection of all the identities, that may.
 */
export function isPublic(context: EvaluationContext, { resource, action }: RoleQuestion): boolean {
  const [kind, ...name] = resource.split('/');
  const native = NAMED.find((candidate) => candidate === kind);
  if (native === undefined || name.length === 0) return false;
  const permissions = context.schema.named(native, name.join('/'))?.fields.get('permissions');
  const granted = permissions !== undefined && isObject(permissions) ? permissions.get(action) : undefined;
  if (granted === 'public') return true;
  const identity = identityOf(context.authentication);
  return granted instanceof Ref && identity !== undefined && isOrHolds(context, granted, identity);
}

const NAMED: readonly NativeCollection[] = ['collections', 'indexes', 'functions'];

function isOrHolds(context: EvaluationContext, granted: Ref, identity: DocumentKey): boolean {
  return (
    resourceOf(granted) === resourceOfDocument(context.schema, identity) ||
    sameDocument(context.schema.resolve(granted), identity)
  );
}
