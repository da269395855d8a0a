/** The schema of one database, as evaluation reads it: compiled once, kept until a schema document changes. */
import type { DeclaredAggregation } from '../aggregations/aggregation.ts';
import type { CollectionId, DocumentKey, IndexId, ScopeId } from '../store/document-store.ts';
import type { Lambda } from '../values/lambda.ts';
import type { NativeCollection, Ref } from '../values/ref.ts';
import type { ObjectValue, Value } from '../values/value.ts';

/** Numbers of the native collections, in stored bytes: never changed. */
export const NATIVE_COLLECTION_IDS: Readonly<Record<NativeCollection, number>> = {
  databases: 1,
  collections: 2,
  indexes: 3,
  functions: 4,
  roles: 5,
  access_providers: 6,
  keys: 7,
  tokens: 8,
  credentials: 9,
};
export const USER_COLLECTION_ID_MIN = 1024;

export interface CollectionSchema {
  readonly id: CollectionId;
  readonly name: string;
  /** Undefined for a user's collection. */
  readonly native: NativeCollection | undefined;
  /** Undefined: history is kept for ever. */
  readonly historyDays: number | undefined;
  readonly ttlDays: number | undefined;
  /** µs: what was before it may be gone, however long history is kept now. Absent: 0. */
  readonly historyFloor?: number | undefined;
}

export interface IndexField {
  /** Path in the document (`['data', 'name']`), or the lambda that computes it. */
  readonly from:
    | { readonly kind: 'path'; readonly path: readonly (string | number)[] }
    | { readonly kind: 'binding'; readonly name: string };
  readonly reverse: boolean;
  readonly casefold: boolean;
  /** An array gives an entry for each of its elements; false: one entry that holds the array. Absent: true. */
  readonly multiValued?: boolean | undefined;
}

export interface IndexSchema {
  readonly id: IndexId;
  readonly name: string;
  /** Undefined: every user collection (`"_"`). */
  readonly sources:
    | readonly { readonly collection: CollectionId; readonly bindings: ReadonlyMap<string, Lambda> }[]
    | undefined;
  /** For a source of every user collection (`"_"`): the bindings of those that `ownBindings` does not name. Absent: none. */
  readonly wildcardBindings?: ReadonlyMap<string, Lambda> | undefined;
  readonly ownBindings?: ReadonlyMap<CollectionId, ReadonlyMap<string, Lambda>> | undefined;
  readonly terms: readonly IndexField[];
  readonly values: readonly IndexField[];
  readonly unique: boolean;
  readonly serialized: boolean;
  /** False while it is being built in the background. */
  readonly active: boolean;
}

export interface Schema {
  readonly scope: ScopeId;
  /** Documents of the schema: what reading it all again takes. */
  readonly nameCount: number;
  /** Undefined: no such collection. Native ones are known by their names, too. */
  collection(name: string): CollectionSchema | undefined;
  collectionById(id: CollectionId): CollectionSchema | undefined;
  index(name: string): IndexSchema | undefined;
  indexById(id: IndexId): IndexSchema | undefined;
  indexesOn(collection: CollectionId): readonly IndexSchema[];
  /** Aggregations whose events are documents of this collection. */
  aggregationsOn(collection: CollectionId): readonly DeclaredAggregation[];
  /** The document of a named schema object; its fields hold what was declared. */
  named(
    native: NativeCollection,
    name: string,
  ): { readonly key: DocumentKey; readonly ts: number; readonly fields: ObjectValue } | undefined;
  /** A user function's body, compiled; undefined when there is none. */
  functionNamed(name: string): { readonly lambda: Lambda; readonly role: Value | undefined } | undefined;
  /** The scope of a child database by name. */
  childScope(name: string): ScopeId | undefined;

  /**
   * Where a ref points: undefined when its collection (or database) does not exist, or its id is not one. A named schema document gives its
   * document's key.
   */
  resolve(ref: Ref): DocumentKey | undefined;
  /** The ref of a document, by the names of today. */
  refOf(key: DocumentKey): Ref;
}
