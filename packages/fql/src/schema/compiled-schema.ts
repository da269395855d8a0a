/**
 * The schema of one database as of one version: everything that evaluation asks, in maps. Made by reading all of the schema's documents, so
 * it is kept (`schema-cache.ts`). It knows nothing of other databases.
 *
 * Two passes: names first, as the refs inside of documents are read with them; then collections and indexes. Functions, roles and the rest
 * are decoded when somebody asks.
 */
import { type DeclaredAggregation, NO_REFS, readAggregations } from '../aggregations/aggregation.ts';
import { decodeValue } from '../codec/value-codec.ts';
import type { CollectionId, DocumentKey, DocumentReader, IndexId, ScopeId } from '../store/document-store.ts';
import { Lambda } from '../values/lambda.ts';
import { NATIVE_COLLECTIONS, type NativeCollection, Ref } from '../values/ref.ts';
import { isObject, type ObjectValue, type Value } from '../values/value.ts';
import { bindingsOf, compileIndex } from './compile-index.ts';
import { type CollectionSchema, type IndexSchema, NATIVE_COLLECTION_IDS, type Schema } from './schema.ts';
import { historyFloor } from './schema-rows.ts';
import { COLLECTIONS, documentNumber, droppedRef, isNamedNative, nativeById } from './stored-names.ts';

interface NamedEntry {
  readonly key: DocumentKey;
  readonly ts: number;
  readonly body: Uint8Array;
  fields: ObjectValue | undefined;
}

const NO_AGGREGATIONS: readonly DeclaredAggregation[] = [];

type FunctionSchema = NonNullable<ReturnType<Schema['functionNamed']>>;

/** What users log in with is not for looking back at; the history of the rest of the schema is kept. */
const WITHOUT_HISTORY: ReadonlySet<string> = new Set(['keys', 'tokens', 'credentials']);

export class CompiledSchema {
  readonly scope: ScopeId;
  readonly #named = new Map<string, NamedEntry>();
  /** By native collection and id. */
  readonly #names = new Map<number, Map<bigint, string>>();
  readonly #collections = new Map<string, CollectionSchema>();
  readonly #collectionsById = new Map<CollectionId, CollectionSchema>();
  readonly #collectionRefs = new Map<CollectionId, Ref>();
  readonly #indexes = new Map<string, IndexSchema>();
  readonly #indexesById = new Map<IndexId, IndexSchema>();
  readonly #indexesOn = new Map<CollectionId, readonly IndexSchema[]>();
  readonly #aggregationsOn = new Map<CollectionId, readonly DeclaredAggregation[]>();
  readonly #functions = new Map<string, FunctionSchema>();

  constructor(reader: DocumentReader, scope: ScopeId) {
    this.scope = scope;
    for (const native of NATIVE_COLLECTIONS) {
      if (isNamedNative(native)) this.#readNames(reader, native);
    }
    this.#compileCollections(reader);
    this.#compileIndexes();
    for (const aggregation of readAggregations(reader, scope, NO_REFS)) {
      const { collection } = aggregation;
      this.#aggregationsOn.set(collection, [...this.aggregationsOn(collection), aggregation]);
    }
  }

  get nameCount(): number {
    return this.#named.size;
  }

  /** A user's collection may be called `tokens`: it is the one meant by that name alone. */
  collection(name: string): CollectionSchema | undefined {
    return this.#collections.get(name) ?? NATIVES.get(name);
  }

  collectionById(id: CollectionId): CollectionSchema | undefined {
    return this.#collectionsById.get(id);
  }

  userCollections(): readonly CollectionSchema[] {
    return [...this.#collectionsById.values()].filter(({ native }) => native === undefined);
  }

  /** Native ones, too. */
  allCollections(): readonly CollectionSchema[] {
    return [...this.#collectionsById.values()];
  }

  index(name: string): IndexSchema | undefined {
    return this.#indexes.get(name);
  }

  indexById(id: IndexId): IndexSchema | undefined {
    return this.#indexesById.get(id);
  }

  allIndexes(): readonly IndexSchema[] {
    return [...this.#indexesById.values()];
  }

  /** Also of a collection that was dropped. */
  indexesOn(collection: CollectionId): readonly IndexSchema[] {
    const known = this.#indexesOn.get(collection);
    if (known !== undefined) return known;
    const indexes = this.allIndexes().filter((index) => bindingsOf(index, collection) !== undefined);
    this.#indexesOn.set(collection, indexes);
    return indexes;
  }

  aggregationsOn(collection: CollectionId): readonly DeclaredAggregation[] {
    return this.#aggregationsOn.get(collection) ?? NO_AGGREGATIONS;
  }

  named(
    native: NativeCollection,
    name: string,
  ): { readonly key: DocumentKey; readonly ts: number; readonly fields: ObjectValue } | undefined {
    const entry = this.#named.get(entryName(native, name));
    if (entry === undefined) return undefined;
    entry.fields ??= this.#decode(entry.body);
    return { key: entry.key, ts: entry.ts, fields: entry.fields };
  }

  functionNamed(name: string): FunctionSchema | undefined {
    const known = this.#functions.get(name);
    if (known !== undefined) return known;
    const fields = this.named('functions', name)?.fields;
    const lambda = fields?.get('body');
    if (!(lambda instanceof Lambda)) return undefined;
    const compiled = { lambda, role: fields?.get('role') };
    this.#functions.set(name, compiled);
    return compiled;
  }

  childScope(name: string): ScopeId | undefined {
    const entry = this.#named.get(entryName('databases', name));
    return entry === undefined ? undefined : (Number(entry.key.id) as ScopeId);
  }

  /** The name of a child database. */
  childName(scope: ScopeId): string | undefined {
    return this.#names.get(NATIVE_COLLECTION_IDS.databases)?.get(BigInt(scope));
  }

  /** Of refs without a database. */
  resolve(ref: Ref): DocumentKey | undefined {
    const { scope } = this;
    const { collection } = ref;
    if (collection === undefined) {
      const native = NATIVES.get(ref.id);
      return native === undefined ? undefined : { scope, collection: COLLECTIONS, id: BigInt(native.id) };
    }
    if (collection.collection === undefined) {
      if (isNamedNative(collection.id)) {
        return this.#named.get(`${collection.id}/${ref.id}`)?.key;
      }
      return this.#documentKey(collection.id, 'native', ref.id);
    }
    if (collection.collection.id !== 'collections') return undefined;
    return this.#documentKey(collection.id, 'user', ref.id);
  }

  /** Of keys in this scope. */
  refOf(key: DocumentKey): Ref {
    const native = nativeById(key.collection);
    if (native === undefined) return new Ref(String(key.id), this.#collectionRef(key.collection));
    if (!isNamedNative(native)) return new Ref(String(key.id), new Ref(native));
    if (native === 'collections') {
      const itself = nativeById(Number(key.id));
      if (itself !== undefined) return new Ref(itself);
    }
    const name = this.#names.get(key.collection)?.get(key.id);
    return name === undefined ? droppedRef(key.id, native) : new Ref(name, new Ref(native));
  }

  #documentKey(collectionName: string, kind: 'native' | 'user', id: string): DocumentKey | undefined {
    const collection = (kind === 'user' ? this.#collections : NATIVES).get(collectionName);
    if (collection === undefined) return undefined;
    const number = documentNumber(id);
    return number === undefined ? undefined : { scope: this.scope, collection: collection.id, id: number };
  }

  /** The same object for all documents of a collection: a page of refs makes many. */
  #collectionRef(id: CollectionId): Ref {
    const known = this.#collectionRefs.get(id);
    if (known !== undefined) return known;
    const name = this.#names.get(COLLECTIONS)?.get(BigInt(id));
    const ref = name === undefined ? droppedRef(id, 'collections') : new Ref(name, new Ref('collections'));
    this.#collectionRefs.set(id, ref);
    return ref;
  }

  #decode(body: Uint8Array): ObjectValue {
    const value = decodeValue(body, this);
    return isObject(value) ? value : new Map<string, Value>();
  }

  #readNames(reader: DocumentReader, native: NativeCollection): void {
    const collection = NATIVE_COLLECTION_IDS[native] as CollectionId;
    const names = new Map<bigint, string>();
    this.#names.set(collection, names);
    for (const { id, version } of reader.documents(this.scope, collection)) {
      const fields = decodeValue(version.body, NO_NAMES);
      const name = isObject(fields) ? fields.get('name') : undefined;
      if (typeof name !== 'string') continue;
      names.set(id, name);
      this.#named.set(entryName(native, name), {
        key: { scope: this.scope, collection, id },
        ts: version.ts,
        body: version.body,
        fields: undefined,
      });
    }
  }

  #compileCollections(reader: DocumentReader): void {
    for (const native of NATIVES.values()) this.#collectionsById.set(native.id, native);
    for (const [number, name] of this.#names.get(COLLECTIONS) ?? []) {
      const id = Number(number) as CollectionId;
      const fields = this.named('collections', name)?.fields;
      const collection: CollectionSchema = {
        id,
        name,
        native: undefined,
        historyDays: daysIn(fields, 'history_days'),
        ttlDays: daysIn(fields, 'ttl_days'),
        historyFloor: historyFloor(reader, this.scope, id),
      };
      this.#collections.set(name, collection);
      this.#collectionsById.set(id, collection);
    }
  }

  #compileIndexes(): void {
    for (const [number, name] of this.#names.get(NATIVE_COLLECTION_IDS.indexes) ?? []) {
      const fields = this.named('indexes', name)?.fields;
      if (fields === undefined) continue;
      const index = compileIndex(Number(number) as IndexId, name, fields, this);
      this.#indexes.set(name, index);
      this.#indexesById.set(index.id, index);
    }
  }
}

const NATIVES: ReadonlyMap<string, CollectionSchema> = new Map(
  NATIVE_COLLECTIONS.map((native) => [
    native,
    {
      id: NATIVE_COLLECTION_IDS[native] as CollectionId,
      name: native,
      native,
      historyDays: WITHOUT_HISTORY.has(native) ? 0 : undefined,
      ttlDays: undefined,
    },
  ]),
);

/** For the first pass, in which only names are looked at. */
const NO_NAMES: Pick<Schema, 'resolve' | 'refOf'> = {
  resolve: () => undefined,
  refOf: (key) => new Ref(String(key.id)),
};

function entryName(native: NativeCollection, name: string): string {
  return `${native}/${name}`;
}

/** Absent means for ever. */
function daysIn(fields: ObjectValue | undefined, name: string): number | undefined {
  const days = fields?.get(name);
  return typeof days === 'bigint' ? Number(days) : undefined;
}
