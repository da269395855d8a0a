/** `Create` and its kin. */

import { faultAt } from '../forms/form.ts';
import { newDocumentId } from '../forms/new-id.ts';
import { kindName } from '../schema/kind-name.ts';
import { nextNumber, parentScope } from '../schema/schema-rows.ts';
import { isNamedNative, nativeById } from '../schema/stored-names.ts';
import type { CollectionId, DocumentKey, ScopeId, StoredVersion } from '../store/document-store.ts';
import { DocumentValue, type ObjectValue } from '../values/value.ts';
import { mergeFields } from './merge-fields.ts';
import type { NativeChange } from './native-rules.ts';
import { rulesOf } from './rules-of.ts';
import { lastVersion, writeDocument } from './write-document.ts';
import { checkAccess, nameFailures, namesake, throwFailures, type WriteRequest } from './write-request.ts';

export interface NewDocument {
  readonly scope: ScopeId;
  readonly collection: CollectionId;
  /** Undefined: the server chooses. */
  readonly id: bigint | undefined;
}

/** Databases that only hold databases hold these, too. */
const ALLOWED_IN_CONTAINERS: ReadonlySet<string> = new Set([
  'databases',
  'keys',
  'roles',
  'access_providers',
]);

/** The document as the answer shows it. Throws faults. */
export function createDocument(
  request: WriteRequest,
  wanted: NewDocument,
  params: ObjectValue,
): DocumentValue {
  const { context, position } = request;
  const { scope, collection } = wanted;
  const writer = context.writer(position);
  const rules = rulesOf(collection);
  const merged = mergeFields(rules.defaults, without(params, rules.readOnly));

  const { key, last } = newKey(request, wanted);
  const exists = last !== undefined && last.action !== 'delete';
  checkAccess(request, { action: 'create', document: key, params: merged, withId: wanted.id !== undefined });
  if (exists) throw alreadyExists(request, collection);
  const change: NativeChange = { context, writer, position, key, before: undefined, params };
  checkContainer(change);

  const { fields, failures } = rules.validate(change, merged);
  throwFailures(position, [...failures, ...nameFailures(change, fields)]);
  if (namesake(change, fields) !== undefined) throw alreadyExists(request, collection);
  const { stored, shown } = rules.prepare?.(change, fields) ?? { stored: fields, shown: fields };
  writeDocument(
    { writer, schema: context.schemaOf(scope), time: context.now, position },
    key,
    stored,
    last ?? 'none',
  );
  rules.written?.(change, stored);
  return new DocumentValue(context.schema.refOf(key), context.now, shown);
}

export function without(fields: ObjectValue, names: readonly string[]): ObjectValue {
  if (names.length === 0) return fields;
  return new Map([...fields].filter(([name]) => !names.includes(name)));
}

function newKey(
  { context, position }: WriteRequest,
  { scope, collection, id }: NewDocument,
): { readonly key: DocumentKey; readonly last: StoredVersion | undefined } {
  const writer = context.writer(position);
  if (id !== undefined) {
    const key = { scope, collection, id };
    return { key, last: lastVersion(writer, key) };
  }
  const native = nativeById(collection);
  if (native !== undefined && isNamedNative(native)) {
    return { key: { scope, collection, id: BigInt(nextNumber(writer, scope, native)) }, last: undefined };
  }
  for (;;) {
    const key = { scope, collection, id: newDocumentId(context) };
    // A client may have chosen the same id for one of his; if that is deleted, this one begins a new life.
    if (writer.version(key) === undefined) return { key, last: undefined };
  }
}

function alreadyExists({ position }: WriteRequest, collection: CollectionId): Error {
  return faultAt(position, 'instance already exists', `${kindName(collection)} already exists.`);
}

function checkContainer({ context, writer, key, position }: NativeChange): void {
  const native = nativeById(key.collection);
  if (native === undefined || ALLOWED_IN_CONTAINERS.has(native)) return;
  const parent = parentScope(writer, key.scope);
  if (parent === undefined) return;
  const schema = context.schemaOf(parent);
  const ref = schema.refOf({ scope: parent, collection: DATABASES, id: BigInt(key.scope) });
  if (schema.named('databases', ref.id)?.fields.get('container') !== true) return;
  throw faultAt(position, 'invalid object in container', 'Object is not allowed in a container');
}

const DATABASES = 1 as CollectionId;
