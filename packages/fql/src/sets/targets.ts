/** What the refs inside of sets point to. */
import type { EvaluationContext } from '../evaluate/context.ts';
import { FqlFault } from '../evaluate/fql-error.ts';
import { unresolvedRef } from '../forms/casts.ts';
import { faultAt } from '../forms/form.ts';
import type { Position } from '../parse/expression.ts';
import { type IndexSchema, NATIVE_COLLECTION_IDS } from '../schema/schema.ts';
import type { CollectionId, DocumentKey, IndexId, ScopeId } from '../store/document-store.ts';
import type { Ref } from '../values/ref.ts';
import { isArray, type Value } from '../values/value.ts';

export function documentTarget(context: EvaluationContext, ref: Ref, position: Position): DocumentKey {
  const key = context.schema.resolve(ref);
  if (key !== undefined) return key;
  const error = unresolvedRef(ref, (given) => context.schema.resolve(given) !== undefined);
  throw new FqlFault([{ position, ...error }]);
}

export function collectionTarget(
  context: EvaluationContext,
  ref: Ref,
  position: Position,
): { readonly scope: ScopeId; readonly collection: CollectionId } {
  const { scope, id } = documentTarget(context, ref, position);
  return { scope, collection: Number(id) as CollectionId };
}

export interface IndexTarget {
  readonly scope: ScopeId;
  readonly index: IndexSchema;
  /** Of the index. */
  readonly key: DocumentKey;
}

/** Throws `invalid ref`, and `instance not found` for an index that is still being built. */
export function indexTarget(context: EvaluationContext, ref: Ref, position: Position): IndexTarget {
  const key = documentTarget(context, ref, position);
  const index =
    key.collection === NATIVE_COLLECTION_IDS.indexes
      ? context.schemaOf(key.scope).indexById(Number(key.id) as IndexId)
      : undefined;
  if (index === undefined) throw faultAt(position, 'instance not found', 'Index not found.');
  if (!index.active) {
    throw faultAt(position, 'instance not found', `Index '${index.name}' is not active.`);
  }
  return { scope: key.scope, index, key };
}

/** `Match`'s terms: none, one, or an array of them. */
export function termList(terms: Value | undefined): readonly Value[] {
  if (terms === undefined) return [];
  return isArray(terms) ? terms : [terms];
}

/** The one form of each: `undefined`, a value that is no array, an array. */
export function termValue(terms: readonly Value[]): Value | undefined {
  const [only, ...others] = terms;
  if (only === undefined) return undefined;
  return others.length === 0 && !isArray(only) ? only : terms;
}
