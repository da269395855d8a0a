/**
 * The roles of a database, compiled: who is a member, and what they allow. Made once per schema, which is new whenever a role or
 * something that roles name changes.
 */
import type { EvaluationContext } from '../evaluate/context.ts';
import type { CompiledSchema } from '../schema/compiled-schema.ts';
import { readDocument } from '../schema/document-fields.ts';
import type { Schema } from '../schema/schema.ts';
import { compiledFor } from '../schema/schema-cache.ts';
import type { DocumentKey } from '../store/document-store.ts';
import { Lambda } from '../values/lambda.ts';
import { NATIVE_COLLECTIONS, Ref } from '../values/ref.ts';
import { isObject, type ObjectValue } from '../values/value.ts';
import { asList } from './field-checks.ts';
import { ROLE_ACTIONS, type RoleAction } from './role-actions.ts';
import { nativeCollection } from './scopes.ts';

/** What privileges speak of: `collections/spells`, `indexes/by_name`, `functions/f`, or a native collection: `keys`. */
export type Resource = string;
/** A yes, or who knows. */
export type Policy = true | Lambda;

export interface RoleTable {
  /** By the collection of the members. */
  readonly memberships: ReadonlyMap<
    Resource,
    readonly { readonly role: string; readonly predicate: Lambda | undefined }[]
  >;
  policies(role: string, resource: Resource, action: RoleAction): readonly Policy[];
}

const tables = new WeakMap<CompiledSchema, RoleTable>();
/** By the schema that a transaction holds in hand: finding the compiled one takes a read, and each document of a page asks. */
const tablesInHand = new WeakMap<Schema, RoleTable>();

export function roleTable(context: EvaluationContext): RoleTable {
  const inHand = tablesInHand.get(context.schema);
  if (inHand !== undefined) return inHand;
  const compiled = compiledFor(context.store, context.scope);
  const table = tables.get(compiled) ?? compile(roleDocuments(context));
  tables.set(compiled, table);
  tablesInHand.set(context.schema, table);
  return table;
}

export function resourceOf(ref: Ref): Resource | undefined {
  if (ref.database !== undefined || ref.collection?.database !== undefined) return undefined;
  return ref.collection === undefined ? ref.id : `${ref.collection.id}/${ref.id}`;
}

/** Of a document: its collection. */
export function resourceOfDocument(schema: Schema, document: DocumentKey): Resource | undefined {
  const collection = schema.collectionById(document.collection);
  if (collection === undefined) return undefined;
  return collection.native ?? `collections/${collection.name}`;
}

function roleDocuments(
  context: EvaluationContext,
): readonly (readonly [name: string, fields: ObjectValue])[] {
  const { store, scope } = context;
  const collection = nativeCollection('roles');
  const ids = [...store.documents(scope, collection)].map(({ id }) => id);
  return ids.flatMap((id): readonly (readonly [string, ObjectValue])[] => {
    const fields = readDocument(context.withTime(undefined), { scope, collection, id })?.fields;
    const name = fields?.get('name');
    return fields === undefined || typeof name !== 'string' ? [] : [[name, fields]];
  });
}

function compile(roles: readonly (readonly [string, ObjectValue])[]): RoleTable {
  const memberships = new Map<
    Resource,
    { readonly role: string; readonly predicate: Lambda | undefined }[]
  >();
  const policies = new Map<string, Policy[]>();
  for (const [role, fields] of roles) {
    for (const { resource, entry } of resources(fields, 'membership')) {
      const predicate = entry.get('predicate');
      // A predicate that is none takes nobody in.
      if (predicate !== undefined && !(predicate instanceof Lambda)) continue;
      const members = memberships.get(resource) ?? [];
      memberships.set(resource, [...members, { role, predicate }]);
    }
    for (const { resource, entry } of resources(fields, 'privileges')) {
      for (const [action, policy] of allowedActions(entry)) {
        const key = policyKey(role, resource, action);
        policies.set(key, [...(policies.get(key) ?? []), policy]);
      }
    }
  }
  return {
    memberships,
    policies: (role, resource, action) => policies.get(policyKey(role, resource, action)) ?? [],
  };
}

function resources(
  fields: ObjectValue,
  list: 'membership' | 'privileges',
): readonly { readonly resource: Resource; readonly entry: ObjectValue }[] {
  return asList(fields.get(list)).flatMap((entry) => {
    if (!isObject(entry)) return [];
    const ref = entry.get('resource');
    const resource = ref instanceof Ref ? resourceOf(ref) : undefined;
    return resource === undefined || !isKnown(resource) ? [] : [{ resource, entry }];
  });
}

function isKnown(resource: Resource): boolean {
  return (
    NATIVE_COLLECTIONS.some((native) => native === resource) ||
    /^(?:collections|indexes|functions)\//.test(resource)
  );
}

function allowedActions(privilege: ObjectValue): readonly (readonly [RoleAction, Policy])[] {
  const actions = privilege.get('actions');
  if (actions === undefined || !isObject(actions)) return [];
  return (Object.keys(ROLE_ACTIONS) as RoleAction[]).flatMap(
    (action): readonly (readonly [RoleAction, Policy])[] => {
      const policy = actions.get(action);
      return policy === true || policy instanceof Lambda ? [[action, policy]] : [];
    },
  );
}

/** Names have no line breaks. */
function policyKey(role: string, resource: Resource, action: RoleAction): string {
  return `${role}\n${resource}\n${action}`;
}
