/**
 * The schema of a database, current as of the reader. Compiled ones are kept by their version, which stands for their whole content
 * (`schema-rows.ts`): so one cache serves all stores and snapshots, and what an undone transaction wrote is never met again. A transaction
 * costs one read of a row.
 */
import { assert } from '@skein/base';
import { MeteredStore } from '../evaluate/metered-store.ts';
import type { CollectionId, DocumentKey, DocumentReader, IndexId, ScopeId } from '../store/document-store.ts';
import { type NativeCollection, Ref } from '../values/ref.ts';
import { bytesKey } from '../writes/bytes-key.ts';
import { CompiledSchema } from './compiled-schema.ts';
import type { Schema } from './schema.ts';
import { parentScope, schemaVersion } from './schema-rows.ts';

/** Most databases of a server are idle; those in use stay. */
const compiledMax = 512;
const compiled = new Map<string, CompiledSchema>();
/** Of all kept schemas together: a transaction can make hundreds of versions of a large one. */
const keptNamesMax = 100_000;
let keptNames = 0;

/** Ask again after a change of the schema: what is returned stays what it was. */
export function schemaFor(reader: DocumentReader, scope: ScopeId): Schema {
  return new BoundSchema(reader, compiledFor(reader, scope));
}

/** For background work and checks: lists that evaluation never needs. */
export function compiledFor(reader: DocumentReader, scope: ScopeId): CompiledSchema {
  const version = schemaVersion(reader, scope);
  const key = version === undefined ? `${scope}` : bytesKey(version);
  let schema = compiled.get(key);
  // Used last stands last.
  if (schema !== undefined) {
    if (compiled.size > compiledMax / 2 || keptNames > keptNamesMax / 2) {
      compiled.delete(key);
      compiled.set(key, schema);
    }
    return schema;
  }
  // What is read here depends on what this process has read before, so it must not count.
  schema = new CompiledSchema(uncounted(reader), scope);
  keptNames += schema.nameCount;
  for (const [oldest, { nameCount }] of compiled) {
    if (compiled.size < compiledMax && keptNames <= keptNamesMax) break;
    compiled.delete(oldest);
    keptNames -= nameCount;
  }
  compiled.set(key, schema);
  return schema;
}

function uncounted(reader: DocumentReader): DocumentReader {
  return reader instanceof MeteredStore ? reader.uncounted : reader;
}

/** Adds to a compiled schema what lies in other databases. */
class BoundSchema implements Schema {
  readonly #reader: DocumentReader;
  readonly #compiled: CompiledSchema;

  constructor(reader: DocumentReader, schema: CompiledSchema) {
    this.#reader = reader;
    this.#compiled = schema;
  }

  get scope(): ScopeId {
    return this.#compiled.scope;
  }

  get nameCount(): number {
    return this.#compiled.nameCount;
  }

  collection(name: string): ReturnType<Schema['collection']> {
    return this.#compiled.collection(name);
  }

  collectionById(id: CollectionId): ReturnType<Schema['collectionById']> {
    return this.#compiled.collectionById(id);
  }

  index(name: string): ReturnType<Schema['index']> {
    return this.#compiled.index(name);
  }

  indexById(id: IndexId): ReturnType<Schema['indexById']> {
    return this.#compiled.indexById(id);
  }

  indexesOn(collection: CollectionId): ReturnType<Schema['indexesOn']> {
    return this.#compiled.indexesOn(collection);
  }

  aggregationsOn(collection: CollectionId): ReturnType<Schema['aggregationsOn']> {
    return this.#compiled.aggregationsOn(collection);
  }

  named(native: NativeCollection, name: string): ReturnType<Schema['named']> {
    return this.#compiled.named(native, name);
  }

  functionNamed(name: string): ReturnType<Schema['functionNamed']> {
    return this.#compiled.functionNamed(name);
  }

  childScope(name: string): ScopeId | undefined {
    return this.#compiled.childScope(name);
  }

  resolve(ref: Ref): DocumentKey | undefined {
    const database = ref.database ?? ref.collection?.database;
    if (database === undefined) return this.#compiled.resolve(ref);
    const scope = this.#scopeOf(database);
    if (scope === undefined) return undefined;
    return compiledFor(this.#reader, scope).resolve(new Ref(ref.id, ref.collection));
  }

  refOf(key: DocumentKey): Ref {
    if (key.scope === this.scope) return this.#compiled.refOf(key);
    const inside = compiledFor(this.#reader, key.scope).refOf(key);
    const database = this.#databaseRef(key.scope);
    return database === undefined ? inside : withDatabase(inside, database);
  }

  #scopeOf(database: Ref): ScopeId | undefined {
    if (database.collection?.id !== 'databases') return undefined;
    const outer = database.database ?? database.collection.database;
    const scope = outer === undefined ? this.scope : this.#scopeOf(outer);
    return scope === undefined ? undefined : compiledFor(this.#reader, scope).childScope(database.id);
  }

  /** The way from this database down to a descendant; undefined when it is none. */
  #databaseRef(scope: ScopeId): Ref | undefined {
    const parent = parentScope(this.#reader, scope);
    if (parent === undefined) return undefined;
    assert(parent !== scope, 'no database is inside itself');
    const name = compiledFor(this.#reader, parent).childName(scope);
    if (name === undefined) return undefined;
    const outer = parent === this.scope ? undefined : this.#databaseRef(parent);
    if (outer === undefined && parent !== this.scope) return undefined;
    return new Ref(name, new Ref('databases'), outer);
  }
}

/** On the wire the database stands beside the native collection's members, and on the collection of documents. */
function withDatabase(ref: Ref, database: Ref): Ref {
  if (ref.collection?.collection !== undefined) {
    return new Ref(ref.id, new Ref(ref.collection.id, ref.collection.collection, database));
  }
  return new Ref(ref.id, ref.collection, database);
}
