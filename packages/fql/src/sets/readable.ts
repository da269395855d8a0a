/** Who may read which set, and which of its elements. */
import { isAllowed, readsUnrestricted } from '../access/access.ts';
import { nativeOfDocument } from '../access/scopes.ts';
import type { EvaluationContext } from '../evaluate/context.ts';
import type { CollectionId, DocumentKey, ScopeId } from '../store/document-store.ts';
import type { Value } from '../values/value.ts';
import type { IndexTarget } from './targets.ts';

/** `all`: every element; `some`: those whose documents may be read; `none`: the set is forbidden. */
export type Readable = 'all' | 'some' | 'none';

export function readableIndex(
  context: EvaluationContext,
  { index, key }: IndexTarget,
  terms: readonly Value[],
): Readable {
  // Questions about sets are about the database that is asked. Who may read below it may read all of it.
  if (key.scope !== context.scope)
    return isAllowed(context, { action: 'read', document: key }) ? 'all' : 'none';
  const request = { action: 'match', index: index.name, terms } as const;
  if (readsUnrestricted(context, request)) return 'all';
  return isAllowed(context, request) ? 'some' : 'none';
}

export function readableCollection(
  context: EvaluationContext,
  scope: ScopeId,
  collection: CollectionId,
): Readable {
  if (scope !== context.scope) {
    return isAllowed(context, { action: 'read', document: { scope, collection, id: 0n } }) ? 'all' : 'none';
  }
  const native = nativeOfDocument({ scope, collection, id: 0n });
  if (native !== undefined) {
    return isAllowed(context, { action: 'schema', native, change: 'read' }) ? 'some' : 'none';
  }
  return readsUnrestricted(context, { action: 'list', collection }) ? 'all' : 'some';
}

/** A document as a set of one, and its history. */
export function readableDocument(context: EvaluationContext, document: DocumentKey): Readable {
  return isAllowed(context, { action: 'history_read', document }) ? 'all' : 'none';
}

export function mayRead(context: EvaluationContext, document: DocumentKey): boolean {
  return isAllowed(context, { action: 'read', document });
}
