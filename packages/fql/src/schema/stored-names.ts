/**
 * Names for the codec of stored values, in which refs are numbers. A ref to something that was dropped since keeps its number: it is read as a
 * name that nothing can have (`#1024`), and written back as the same number.
 */
import type { CollectionId, DocumentKey, ScopeId } from '../store/document-store.ts';
import { NATIVE_COLLECTIONS, type NativeCollection, Ref } from '../values/ref.ts';
import { INTEGER_MAX } from '../values/value.ts';
import { NATIVE_COLLECTION_IDS, type Schema } from './schema.ts';

export type StoredNames = Pick<Schema, 'resolve' | 'refOf'>;

export const COLLECTIONS = NATIVE_COLLECTION_IDS.collections as CollectionId;
/** Their documents have names; those of `keys`, `tokens` and `credentials` have ids only. */
const NAMED: ReadonlySet<string> = new Set([
  'databases',
  'collections',
  'indexes',
  'functions',
  'roles',
  'access_providers',
]);

export function isNamedNative(native: string): boolean {
  return NAMED.has(native);
}

export function nativeById(id: number): NativeCollection | undefined {
  return NATIVE_COLLECTIONS[id - 1];
}

export function storedNames(schema: Schema): StoredNames {
  return {
    refOf: (key) => schema.refOf(key),
    resolve: (ref) => schema.resolve(ref) ?? resolveDropped(schema.scope, ref),
  };
}

export function droppedRef(id: bigint | number, native: NativeCollection): Ref {
  return new Ref(`#${id}`, new Ref(native));
}

/** What a name like `#1024` stands for. */
export function resolveDropped(scope: ScopeId, ref: Ref): DocumentKey | undefined {
  const { collection } = ref;
  if (collection === undefined) return undefined;
  if (collection.collection === undefined) {
    const id = droppedNumber(ref.id);
    const native = NATIVE_COLLECTIONS.find((name) => name === collection.id);
    if (id === undefined || native === undefined) return undefined;
    return { scope, collection: NATIVE_COLLECTION_IDS[native] as CollectionId, id };
  }
  const number = droppedNumber(collection.id);
  const id = documentNumber(ref.id);
  if (number === undefined || id === undefined) return undefined;
  return { scope, collection: Number(number) as CollectionId, id };
}

function droppedNumber(name: string): bigint | undefined {
  return name.startsWith('#') ? documentNumber(name.slice(1)) : undefined;
}

/** The number of a document id; undefined for what is none. */
export function documentNumber(id: string): bigint | undefined {
  if (id.length > 19 || !/^\d+$/.test(id)) return undefined;
  const number = BigInt(id);
  return number <= INTEGER_MAX ? number : undefined;
}
