/**
 * `MoveDatabase`: a child database gets another parent. What it holds stays where it is; its document, and the keys that open it, go into the
 * new parent's scope with their ids.
 */

import { dropPrivatePart, privatePart, putPrivatePart } from '../access/private-rows.ts';
import { excerpt } from '../evaluate/fql-error.ts';
import { faultAt } from '../forms/form.ts';
import { decodeFields } from '../schema/document-fields.ts';
import { NATIVE_COLLECTION_IDS, type Schema } from '../schema/schema.ts';
import { parentScope, setParentScope } from '../schema/schema-rows.ts';
import type { CollectionId, DocumentKey, DocumentReader, ScopeId } from '../store/document-store.ts';
import { Ref } from '../values/ref.ts';
import { DocumentValue } from '../values/value.ts';
import { writeDocument } from './write-document.ts';
import { checkAccess, type WriteRequest } from './write-request.ts';

const KEYS = NATIVE_COLLECTION_IDS.keys as CollectionId;

/** Both are documents of databases. Throws faults. */
export function moveDatabase(request: WriteRequest, source: DocumentKey, target: DocumentKey): DocumentValue {
  const { context, position } = request;
  const { now } = context;
  const schemaOf = (scope: ScopeId): Schema => context.schemaOf(scope);
  const moved = Number(source.id) as ScopeId;
  const into = Number(target.id) as ScopeId;
  const [name, parentName] = [
    schemaOf(source.scope).refOf(source).id,
    schemaOf(target.scope).refOf(target).id,
  ];
  const writer = context.writer(position);
  if (isInside(writer, into, moved)) {
    const reason = 'Cannot move database from ancestor to descendant.';
    const description = `Cannot move database '${excerpt(name)}' into parent '${excerpt(parentName)}': ${reason}`;
    throw faultAt(position, 'move database error', description);
  }
  checkAccess(request, { action: 'schema', native: 'databases', change: 'delete' });
  const document = schemaOf(source.scope).named('databases', name);
  if (document === undefined) throw faultAt(position, 'instance not found', 'Database not found.');
  const existing = schemaOf(into).named('databases', name);
  if (existing !== undefined && existing.key.id !== source.id) {
    throw faultAt(position, 'instance already exists', 'Database already exists.');
  }
  const destination: DocumentKey = { ...source, scope: into };
  if (source.scope === into) {
    return new DocumentValue(context.schema.refOf(destination), document.ts, document.fields);
  }

  const keys = keysOf(request, source);
  const write = (key: DocumentKey, fields: DocumentValue['fields'] | undefined): void =>
    writeDocument({ writer, schema: schemaOf(key.scope), time: now, position }, key, fields);
  write(source, undefined);
  write(destination, document.fields);
  setParentScope(writer, moved, into);
  for (const { key, fields } of keys) {
    const secret = privatePart(writer, key);
    dropPrivatePart(writer, key);
    write(key, undefined);
    const copy = { ...key, scope: into };
    write(copy, fields);
    if (secret !== undefined) putPrivatePart(writer, copy, secret);
  }
  return new DocumentValue(context.schema.refOf(destination), now, document.fields);
}

function keysOf(
  { context }: WriteRequest,
  database: DocumentKey,
): readonly { readonly key: DocumentKey; readonly fields: DocumentValue['fields'] }[] {
  const { store } = context;
  const schema = context.schemaOf(database.scope);
  return [...store.documents(database.scope, KEYS)].flatMap(({ id, version }) => {
    const fields = decodeFields(version.body, schema);
    const opened = fields.get('database');
    if (!(opened instanceof Ref) || schema.resolve(opened)?.id !== database.id) return [];
    return [{ key: { scope: database.scope, collection: KEYS, id }, fields }];
  });
}

/** Whether `scope` is `ancestor` or lies in it. */
function isInside(reader: DocumentReader, scope: ScopeId, ancestor: ScopeId): boolean {
  let at: ScopeId | undefined = scope;
  while (at !== undefined && at !== ancestor) at = parentScope(reader, at);
  return at !== undefined;
}
