/** Functions that write: documents of users and of the schema, and what they were in the past. */
import { readDocument } from '../schema/document-fields.ts';
import { kindName } from '../schema/kind-name.ts';
import { NATIVE_COLLECTION_IDS, USER_COLLECTION_ID_MIN } from '../schema/schema.ts';
import { COLLECTIONS } from '../schema/stored-names.ts';
import type { CollectionId, DocumentKey } from '../store/document-store.ts';
import type { NativeCollection, Ref } from '../values/ref.ts';
import type { DocumentValue, ObjectValue } from '../values/value.ts';
import { createDocument } from '../writes/create-document.ts';
import { deleteDocument } from '../writes/delete-document.ts';
import { insertEvent, removeEvent } from '../writes/history-events.ts';
import { moveDatabase } from '../writes/move-database.ts';
import { updateDocument } from '../writes/update-document.ts';
import { checkRefs, type WriteRequest } from '../writes/write-request.ts';
import { databaseRef, documentAction, object, ref, stringOrRef, timestamp, unresolvedRef } from './casts.ts';
import { type Call, defineForm, type Form, optional } from './form.ts';

const NONE: ObjectValue = new Map();

const create = defineForm({
  name: 'Create',
  effect: 'write',
  parameters: { create: stringOrRef, params: optional(object) },
  evaluate: ({ create: where, params = NONE }, call) => {
    checkRefs(call.context, params, call.position);
    const { scope, collection, id } = newDocument(where, call);
    return createDocument(request(call, 'create'), { scope, collection, id }, params);
  },
});

/** `CreateCollection` and its kin: `Create` in a native collection. */
function creates(name: string, key: string, native: NativeCollection): Form {
  return defineForm({
    name,
    effect: 'write',
    parameters: { [key]: object },
    evaluate: (values, call) => {
      const params = values[key] ?? NONE;
      checkRefs(call.context, params, call.position);
      const collection = NATIVE_COLLECTION_IDS[native] as CollectionId;
      return createDocument(
        request(call, key),
        { scope: call.context.scope, collection, id: undefined },
        params,
      );
    },
  });
}

const update = defineForm({
  name: 'Update',
  effect: 'write',
  parameters: { update: ref, params: optional(object) },
  evaluate: ({ update: what, params = NONE }, call) => {
    checkRefs(call.context, params, call.position);
    const { key, before } = existing(what, call, 'update');
    return updateDocument(request(call), key, before, params, 'update');
  },
});

const replace = defineForm({
  name: 'Replace',
  effect: 'write',
  parameters: { replace: ref, params: optional(object) },
  evaluate: ({ replace: what, params = NONE }, call) => {
    checkRefs(call.context, params, call.position);
    const { key, before } = existing(what, call, 'replace');
    return updateDocument(request(call), key, before, params, 'replace');
  },
});

const remove = defineForm({
  name: 'Delete',
  effect: 'write',
  parameters: { delete: ref },
  evaluate: ({ delete: what }, call) => {
    const { key, before } = existing(what, call, 'delete');
    deleteDocument(request(call), key, before);
    return before;
  },
});

const insertVersion = defineForm({
  name: 'Insert',
  effect: 'write',
  parameters: { insert: ref, ts: timestamp, action: documentAction, params: optional(object) },
  evaluate: ({ insert: what, ts, action, params = NONE }, call) => {
    const { context } = call;
    const micros = Number(ts.nanoseconds / 1000n);
    if (micros > context.now || micros < 0) {
      return call.fail(undefined, 'invalid write time', 'Cannot write outside of snapshot time.');
    }
    const key = ownKey(what, call, 'insert');
    checkRefs(context, params, call.position);
    const isKey = key.collection === NATIVE_COLLECTION_IDS.keys;
    if (key.collection < USER_COLLECTION_ID_MIN && !isKey) {
      return call.fail(undefined, 'invalid argument', 'Cannot insert event for specified ref.');
    }
    return insertEvent(request(call), key, { ts: micros, action, params });
  },
});

const removeVersion = defineForm({
  name: 'Remove',
  effect: 'write',
  parameters: { remove: ref, ts: timestamp, action: documentAction },
  evaluate: ({ remove: what, ts, action }, call) => {
    const key = ownKey(what, call, 'remove');
    if (key.collection < USER_COLLECTION_ID_MIN) {
      return call.fail(undefined, 'invalid argument', 'Cannot remove event for specified ref.');
    }
    removeEvent(request(call), key, { ts: Number(ts.nanoseconds / 1000n), action });
    return null;
  },
});

const move = defineForm({
  name: 'MoveDatabase',
  effect: 'write',
  parameters: { move_database: databaseRef, to: databaseRef },
  evaluate: ({ move_database: what, to }, call) => {
    const { schema } = call.context;
    const [source, target] = [schema.resolve(what), schema.resolve(to)];
    if (source === undefined || target === undefined)
      return call.fail(undefined, 'invalid ref', 'Invalid ref.');
    return moveDatabase(request(call), source, target);
  },
});

export const writeForms: readonly Form[] = [
  create,
  creates('CreateCollection', 'create_collection', 'collections'),
  creates('CreateClass', 'create_class', 'collections'),
  creates('CreateIndex', 'create_index', 'indexes'),
  creates('CreateFunction', 'create_function', 'functions'),
  creates('CreateDatabase', 'create_database', 'databases'),
  creates('CreateKey', 'create_key', 'keys'),
  creates('CreateRole', 'create_role', 'roles'),
  creates('CreateAccessProvider', 'create_access_provider', 'access_providers'),
  update,
  replace,
  remove,
  insertVersion,
  removeVersion,
  move,
];

/** Faults have the position of the form, or of one of its arguments. */
function request(call: Call, argument?: string): WriteRequest {
  const { context, position } = call;
  return { context, position: argument === undefined ? position : [...position, argument], check: 'access' };
}

/** A collection, by name or ref, or the ref of a document that is to be. */
function newDocument(
  where: string | Ref,
  call: Call,
): {
  readonly scope: DocumentKey['scope'];
  readonly collection: CollectionId;
  readonly id: bigint | undefined;
} {
  const { schema, scope } = call.context;
  if (typeof where === 'string') {
    const collection = schema.collection(where);
    if (collection === undefined || collection.native !== undefined) {
      return call.fail('create', 'invalid ref', `Ref refers to undefined collection '${where}'`);
    }
    return { scope, collection: collection.id, id: undefined };
  }
  const key = ownKey(where, call, 'create');
  return key.collection === COLLECTIONS
    ? { scope, collection: Number(key.id) as CollectionId, id: undefined }
    : { scope, collection: key.collection, id: key.id };
}

/** Where a ref points, which has to be in this database. */
function ownKey(what: Ref, call: Call, argument: string): DocumentKey {
  const { schema, scope } = call.context;
  const key = schema.resolve(what);
  if (key === undefined) {
    const { code, description } = unresolvedRef(what, (given) => schema.resolve(given) !== undefined);
    return call.fail(argument, code, description);
  }
  if (key.scope !== scope) return call.fail(argument, 'invalid argument', 'Cannot write a scoped ref.');
  return key;
}

function existing(
  what: Ref,
  call: Call,
  verb: 'update' | 'replace' | 'delete',
): { readonly key: DocumentKey; readonly before: DocumentValue } {
  const key = ownKey(what, call, verb);
  if (key.collection === COLLECTIONS && key.id < USER_COLLECTION_ID_MIN) {
    const doing = verb === 'delete' ? 'delete' : 'update';
    return call.fail(verb, 'invalid argument', `Cannot ${doing} a schema meta collection.`);
  }
  // Before it reads: a write at another time is an error whatever is there.
  call.context.writer(call.position);
  const before = readDocument(call.context, key);
  if (before === undefined) {
    const at = verb === 'delete' ? undefined : verb;
    return call.fail(at, 'instance not found', `${kindName(key.collection)} not found.`);
  }
  return { key, before };
}
