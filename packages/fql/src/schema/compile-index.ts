/** From an index's document to what the indexer and sets work with. */

import type { CollectionId, DocumentKey, IndexId, ScopeId } from '../store/document-store.ts';
import { Lambda } from '../values/lambda.ts';
import { Ref } from '../values/ref.ts';
import { isArray, isObject, type ObjectValue, type Value } from '../values/value.ts';
import { type IndexField, type IndexSchema, USER_COLLECTION_ID_MIN } from './schema.ts';
import { COLLECTIONS, resolveDropped } from './stored-names.ts';

type Bindings = ReadonlyMap<string, Lambda>;

export interface IndexSource {
  /** `_`: every user collection. */
  readonly collections: readonly Ref[] | '_';
  readonly bindings: Bindings;
}

/** The document was checked when it was written. */
export function compileIndex(
  id: IndexId,
  name: string,
  fields: ObjectValue,
  names: { resolve(ref: Ref): DocumentKey | undefined },
): IndexSchema {
  const own = new Map<CollectionId, Bindings>();
  let wildcard: Bindings | undefined;
  for (const { collections, bindings } of sourcesOf(fields.get('source'))) {
    if (collections === '_') wildcard = bindings;
    else {
      for (const ref of collections) {
        const collection = collectionOf(ref, names);
        if (collection !== undefined) own.set(collection, bindings);
      }
    }
  }
  return {
    id,
    name,
    sources:
      wildcard === undefined
        ? [...own].map(([collection, bindings]) => ({ collection, bindings }))
        : undefined,
    wildcardBindings: wildcard,
    ownBindings: own,
    terms: indexFieldsOf(fields.get('terms')),
    values: indexFieldsOf(fields.get('values')),
    unique: fields.get('unique') === true,
    serialized: fields.get('serialized') !== false,
    active: fields.get('active') === true,
  };
}

/** Undefined: the collection is no source of the index. */
export function bindingsOf(index: IndexSchema, collection: CollectionId): Bindings | undefined {
  if (index.sources === undefined) {
    const own = index.ownBindings?.get(collection);
    return own ?? (collection >= USER_COLLECTION_ID_MIN ? (index.wildcardBindings ?? NONE) : undefined);
  }
  return index.sources.find((source) => source.collection === collection)?.bindings;
}

const NONE: Bindings = new Map();

/** A collection, `"_"`, an object with bindings, or an array of these. */
export function sourcesOf(source: Value | undefined): readonly IndexSource[] {
  return listOf(source).flatMap((item) => {
    if (!isObject(item)) return sourceOf(item, NONE);
    const bindings = new Map<string, Lambda>();
    const given = item.get('fields');
    if (given !== undefined && isObject(given)) {
      for (const [name, binding] of given) if (binding instanceof Lambda) bindings.set(name, binding);
    }
    return sourceOf(item.get('collection') ?? item.get('class'), bindings);
  });
}

function sourceOf(collections: Value | undefined, bindings: Bindings): readonly IndexSource[] {
  if (collections === '_') return [{ collections, bindings }];
  const refs = listOf(collections).filter((item) => item instanceof Ref);
  return refs.length === 0 ? [] : [{ collections: refs, bindings }];
}

function indexFieldsOf(given: Value | undefined): readonly IndexField[] {
  return listOf(given).flatMap((field): IndexField[] => {
    if (!isObject(field)) return [];
    const from = fromOf(field);
    if (from === undefined) return [];
    return [
      {
        from,
        reverse: field.get('reverse') === true,
        casefold: field.get('transform') === 'casefold',
        multiValued: field.get('mva') !== false,
      },
    ];
  });
}

function fromOf(field: ObjectValue): IndexField['from'] | undefined {
  const binding = field.get('binding');
  if (typeof binding === 'string') return { kind: 'binding', name: binding };
  const path = listOf(field.get('field')).flatMap((step): (string | number)[] => {
    if (typeof step === 'bigint') return [Number(step)];
    return typeof step === 'string' ? [step] : [];
  });
  return path.length === 0 ? undefined : { kind: 'path', path };
}

/** Many fields of schema documents take one thing or an array of them. */
export function listOf(value: Value | undefined): readonly Value[] {
  if (value === undefined || value === null) return [];
  return isArray(value) ? value : [value];
}

function collectionOf(
  ref: Ref,
  names: { resolve(ref: Ref): DocumentKey | undefined },
): CollectionId | undefined {
  // Dropped collections count: their entries are found through the index when they are cleaned away.
  const key = names.resolve(ref) ?? resolveDropped(0 as ScopeId, ref);
  return key?.collection === COLLECTIONS ? (Number(key.id) as CollectionId) : undefined;
}
