/** Whether the one who asks may do something: role by role, predicate by predicate. */
import type { EvaluationContext } from '../evaluate/context.ts';
import type { DocumentKey } from '../store/document-store.ts';
import type { NativeCollection } from '../values/ref.ts';
import type { DocumentValue, ObjectValue, Value } from '../values/value.ts';

export type AccessRequest =
  | { readonly action: 'read' | 'history_read'; readonly document: DocumentKey }
  /** `params`: what the new document will hold. `withId`: the client chose the id. */
  | {
      readonly action: 'create';
      readonly document: DocumentKey;
      readonly params: ObjectValue;
      readonly withId: boolean;
    }
  | {
      readonly action: 'write';
      readonly document: DocumentKey;
      readonly before: DocumentValue;
      readonly after: ObjectValue;
    }
  | { readonly action: 'delete'; readonly document: DocumentKey }
  | {
      readonly action: 'history_write';
      readonly document: DocumentKey;
      readonly ts: number;
      readonly version: 'create' | 'update' | 'delete';
      readonly params: ObjectValue | undefined;
    }
  /** Reading a set of an index with these terms. */
  | { readonly action: 'match'; readonly index: string; readonly terms: readonly Value[] }
  /** Listing the documents of a collection. */
  | { readonly action: 'list'; readonly collection: DocumentKey['collection'] }
  | { readonly action: 'call'; readonly function: string; readonly argument: Value }
  /** Reading or changing schema: collections, indexes, keys … */
  | {
      readonly action: 'schema';
      readonly native: NativeCollection;
      readonly change: 'read' | 'create' | 'write' | 'delete';
    };

export function isAllowed(context: EvaluationContext, request: AccessRequest): boolean {
  const { authentication } = context;
  void request;
  return authentication.principal.kind === 'root' || authentication.roles.includes('admin');
}
