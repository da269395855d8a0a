/** Entries outlive their collection until background work has removed them; nobody may see them. */
import type { EvaluationContext } from '../evaluate/context.ts';
import type { CollectionId, ScopeId } from '../store/document-store.ts';

export function liveCollections(
  context: EvaluationContext,
  scope: ScopeId,
): (collection: CollectionId) => boolean {
  const known = new Map<CollectionId, boolean>();
  return (collection) => {
    let isLive = known.get(collection);
    if (isLive === undefined) {
      isLive = context.schemaOf(scope).collectionById(collection) !== undefined;
      known.set(collection, isLive);
    }
    return isLive;
  };
}
