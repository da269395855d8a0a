/** Numbers that access knows: the root database, and the native collections it keeps. */
import { NATIVE_COLLECTION_IDS } from '../schema/schema.ts';
import type { CollectionId, DocumentKey, ScopeId } from '../store/document-store.ts';
import type { NativeCollection } from '../values/ref.ts';

export const ROOT_SCOPE = 0 as ScopeId;

export function nativeCollection(native: NativeCollection): CollectionId {
  return NATIVE_COLLECTION_IDS[native] as CollectionId;
}

/** `keys` for a key's document; undefined for a document of a user's collection. */
export function nativeOfDocument(document: DocumentKey): NativeCollection | undefined {
  return NATIVE_NAMES.get(document.collection);
}

const NATIVE_NAMES: ReadonlyMap<number, NativeCollection> = new Map(
  Object.entries(NATIVE_COLLECTION_IDS).map(([name, id]) => [id, name as NativeCollection]),
);

export function sameDocument(a: DocumentKey | undefined, b: DocumentKey | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a.scope === b.scope && a.collection === b.collection && a.id === b.id;
}
