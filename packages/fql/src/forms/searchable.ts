/**
 * Searchable collections, which Fauna did not have: a search index that follows a collection of the root database.
 *
 *   {create_searchable: "products", source: <collection>, attributes: {title: ["data", "title"]}}
 *   {drop_searchable: "products", records: "keep" | "delete"}
 *   {searchables: null}
 */
import { isAllowed } from '../access/access.ts';
import { rolesOf } from '../access/members.ts';
import type { CollectionSchema } from '../schema/schema.ts';
import { ROOT_SCOPE } from '../schema/schema-rows.ts';
import {
  attributesValue,
  indexNameProblem,
  readAttributes,
  SEARCHABLE_COUNT_MAX,
  type SearchableCollection,
} from '../searchable/declaration.ts';
import {
  forgetSearchable,
  saveSearchable,
  searchableCollections,
  searchableNamed,
} from '../searchable/searchable-rows.ts';
import { type Ref, collectionRef as refToCollection } from '../values/ref.ts';
import { isCollectionRef } from '../values/type-name.ts';
import type { ObjectValue, Value } from '../values/value.ts';
import { boolean, nullValue, object, string, stringOrRef } from './casts.ts';
import { type Call, defineForm, type Form, optional } from './form.ts';

const createSearchable = defineForm({
  name: 'CreateSearchable',
  effect: 'write',
  parameters: {
    create_searchable: string,
    source: stringOrRef,
    attributes: optional(object),
    /** Empties and fills the index, also when nothing of the declaration changed. */
    refill: optional(boolean),
  },
  evaluate: ({ create_searchable: index, source, attributes: given, refill }, call) => {
    check(call, 'write');
    const problem = indexNameProblem(index);
    if (problem !== undefined)
      return call.fail('create_searchable', 'invalid argument', `'${index}' ${problem}.`);
    const read = given === undefined ? { attributes: undefined } : readAttributes(given);
    if ('problem' in read) return call.fail('attributes', 'invalid argument', `${read.problem}.`);
    const { context, position } = call;
    const collection = sourceOf(source, call).id;
    const existing = searchableNamed(context.store, index);
    const declared: SearchableCollection = {
      index,
      collection,
      attributes: read.attributes,
      state: 'waiting',
      fillFrom: 0n,
      filledCount: 0,
      declaredTs: context.now,
    };
    if (
      existing !== undefined &&
      refill !== true &&
      existing.state !== 'dropping' &&
      isSame(existing, declared)
    ) {
      return valueOf(existing, call);
    }
    if (existing === undefined && searchableCollections(context.store).length >= SEARCHABLE_COUNT_MAX) {
      return call.fail(
        undefined,
        'resources exceeded',
        `An application has at most ${SEARCHABLE_COUNT_MAX} searchable collections.`,
      );
    }
    saveSearchable(context.writer(position), declared);
    return valueOf(declared, call);
  },
});

const dropSearchable = defineForm({
  name: 'DropSearchable',
  effect: 'write',
  /** `records`: `keep` (the default) leaves the index as it is, open to be written to; `delete` deletes it. */
  parameters: { drop_searchable: string, records: optional(string) },
  evaluate: ({ drop_searchable: index, records = 'keep' }, call) => {
    check(call, 'write');
    const { context, position } = call;
    const existing = searchableNamed(context.store, index);
    if (existing === undefined) {
      return call.fail(
        'drop_searchable',
        'instance not found',
        `'${index}' is not filled from a collection.`,
      );
    }
    if (records !== 'keep' && records !== 'delete') {
      return call.fail('records', 'invalid argument', "'keep' or 'delete' expected.");
    }
    const writer = context.writer(position);
    if (records === 'keep') forgetSearchable(writer, index);
    else saveSearchable(writer, { ...existing, state: 'dropping' });
    return valueOf(existing, call);
  },
});

const searchables = defineForm({
  name: 'Searchables',
  effect: 'read',
  parameters: { searchables: nullValue },
  evaluate: (_, call) => {
    check(call, 'read');
    return searchableCollections(call.context.store).map((each) => valueOf(each, call));
  },
});

export const searchableForms: readonly Form[] = [createSearchable, dropSearchable, searchables];

/**
 * Search indexes belong to the application, and declaring one loses the records that it had: that takes an admin. Whoever may read the schema
 * may read of them.
 */
function check(call: Call, change: 'read' | 'write'): void {
  const { context } = call;
  const allowed =
    change === 'read'
      ? isAllowed(context, { action: 'schema', native: 'indexes', change })
      : rolesOf(context).includes('admin');
  if (!allowed) call.fail(undefined, 'permission denied', 'Insufficient privileges to perform the action.');
  if (call.context.scope !== ROOT_SCOPE) {
    call.fail(undefined, 'invalid expression', 'Only collections of the root database are searchable.');
  }
}

function sourceOf(source: string | Ref, call: Call): CollectionSchema {
  const isNamed = typeof source === 'string' || isCollectionRef(source);
  const name = typeof source === 'string' ? source : source.id;
  const isOwn =
    typeof source === 'string' ||
    (source.database === undefined && source.collection?.database === undefined);
  const found = isNamed && isOwn ? call.context.schema.collection(name) : undefined;
  if (found === undefined || found.native !== undefined) {
    return call.fail('source', 'invalid ref', `Ref refers to undefined collection '${name}'`);
  }
  return found;
}

function isSame(a: SearchableCollection, b: SearchableCollection): boolean {
  const text = ({ attributes }: SearchableCollection): string => JSON.stringify([...(attributes ?? ['all'])]);
  return a.collection === b.collection && text(a) === text(b);
}

function valueOf(searchable: SearchableCollection, call: Call): ObjectValue {
  const { index, collection, attributes, state, filledCount, declaredTs } = searchable;
  const name = call.context.schema.collectionById(collection)?.name;
  return new Map<string, Value>([
    ['index', index],
    ['source', name === undefined ? null : refToCollection(name)],
    ['attributes', attributesValue(attributes)],
    ['state', state],
    ['filled', BigInt(filledCount)],
    ['ts', BigInt(declaredTs)],
  ]);
}
