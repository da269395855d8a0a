/** Whether the one who asks may do something: role by role, predicate by predicate. */
import { unreachable } from '@skein/base';
import type { EvaluationContext } from '../evaluate/context.ts';
import { USER_COLLECTION_ID_MIN } from '../schema/schema.ts';
import type { DocumentKey } from '../store/document-store.ts';
import type { Lambda } from '../values/lambda.ts';
import type { NativeCollection } from '../values/ref.ts';
import { Time } from '../values/time.ts';
import type { DocumentValue, ObjectValue, Value } from '../values/value.ts';
import { type BuiltinQuestion, builtinAllows } from './builtin-roles.ts';
import { isOwnOfIdentity, isPublic } from './grants.ts';
import { rolesOf } from './members.ts';
import { arityOf, holds } from './predicate.ts';
import type { RoleAction } from './role-actions.ts';
import { type Resource, resourceOfDocument, roleTable } from './role-table.ts';
import { nativeOfDocument } from './scopes.ts';

export type AccessRequest =
  | { readonly action: 'read' | 'history_read'; readonly document: DocumentKey }
  /** `params`: what the new document will hold. `withId`: the client chose the id. */
  | {
      readonly action: 'create';
      readonly document: DocumentKey;
      readonly params: ObjectValue;
      readonly withId: boolean;
    }
  | {
      readonly action: 'write';
      readonly document: DocumentKey;
      readonly before: DocumentValue;
      readonly after: ObjectValue;
    }
  | { readonly action: 'delete'; readonly document: DocumentKey }
  | {
      readonly action: 'history_write';
      readonly document: DocumentKey;
      readonly ts: number;
      readonly version: 'create' | 'update' | 'delete';
      readonly params: ObjectValue | undefined;
    }
  /** Reading a set of an index with these terms. */
  | { readonly action: 'match'; readonly index: string; readonly terms: readonly Value[] }
  /** Listing the documents of a collection. */
  | { readonly action: 'list'; readonly collection: DocumentKey['collection'] }
  | { readonly action: 'call'; readonly function: string; readonly argument: Value }
  /** Reading or changing schema: collections, indexes, keys … */
  | {
      readonly action: 'schema';
      readonly native: NativeCollection;
      readonly change: 'read' | 'create' | 'write' | 'delete';
    };

type SetRequest = Extract<AccessRequest, { readonly action: 'match' | 'list' }>;

/** A question to a role: one action on one resource, and what its predicate is told. */
export interface RoleQuestion {
  readonly resource: Resource;
  readonly action: RoleAction;
  /** `plain`: only a plain yes counts; `any`: a predicate counts as one, as the documents are asked about one by one later. */
  readonly argument: ((predicate: Lambda) => Value) | 'plain' | 'any';
}

/** A `match` or `list` that is allowed shows only entries whose documents may be read, unless it `readsUnrestricted`. */
export function isAllowed(context: EvaluationContext, request: AccessRequest): boolean {
  const builtin = builtinQuestion(context, request);
  const roles = rolesOf(context);
  for (const role of roles) {
    if (typeof role === 'string' && builtinAllows(role, builtin)) return true;
  }
  if (builtin.below) return false;
  // Each inner list is one way to be allowed: all of it must be.
  const ways = roleQuestions(context, request);
  for (const role of roles) {
    if (typeof role === 'string') continue;
    if (ways.some((way) => way.every((question) => roleAllows(context, role.role, question)))) return true;
  }
  return (
    isOwnOfIdentity(context, request) ||
    ways.some((way) => way.every((question) => isPublic(context, question)))
  );
}

/** Whether a set's entries are shown whether or not their documents may be read. */
export function readsUnrestricted(context: EvaluationContext, request: SetRequest): boolean {
  const questions = setQuestions(context, request, 'unrestricted_read');
  return rolesOf(context).some((role) => {
    if (role === 'admin') return true;
    // Entries of documents that servers may not read can only come from indexes on native collections.
    if (typeof role === 'string') return role !== 'client' && !isOnNativeCollections(context, request);
    return questions.some((question) => roleAllows(context, role.role, question));
  });
}

function roleAllows(context: EvaluationContext, role: string, question: RoleQuestion): boolean {
  const { resource, action, argument } = question;
  const policies = roleTable(context).policies(role, resource, action);
  if (policies.includes(true)) return true;
  if (typeof argument === 'string') return argument === 'any' && policies.length > 0;
  return policies.some((policy) => policy !== true && holds(context, policy, argument(policy)));
}

function builtinQuestion(context: EvaluationContext, request: AccessRequest): BuiltinQuestion {
  switch (request.action) {
    case 'read':
    case 'history_read':
    case 'create':
    case 'write':
    case 'delete':
    case 'history_write': {
      const { document, action } = request;
      const verb = action === 'read' || action === 'history_read' ? 'read' : 'write';
      return { verb, native: nativeOfDocument(document), below: document.scope !== context.scope };
    }
    case 'match':
      return { verb: 'read', native: undefined, below: false };
    case 'list': {
      const native = nativeOfDocument({ scope: context.scope, collection: request.collection, id: 0n });
      return { verb: 'read', native, below: false };
    }
    case 'call':
      return { verb: 'call', native: undefined, below: false };
    case 'schema':
      return { verb: request.change === 'read' ? 'read' : 'write', native: request.native, below: false };
    default:
      return unreachable(request);
  }
}

function roleQuestions(
  context: EvaluationContext,
  request: AccessRequest,
): readonly (readonly RoleQuestion[])[] {
  if (request.action === 'match' || request.action === 'list') {
    return [
      ...setQuestions(context, request, 'unrestricted_read'),
      ...setQuestions(context, request, 'read'),
    ].map((question) => [question]);
  }
  if (request.action === 'call') {
    const argument = (): Value => request.argument;
    return [[{ resource: `functions/${request.function}`, action: 'call', argument }]];
  }
  if (request.action === 'schema') {
    // No document to tell a predicate about; what is listed is asked about one by one later.
    const argument = request.change === 'read' ? 'any' : 'plain';
    return [[{ resource: request.native, action: request.change, argument }]];
  }
  const { schema } = context;
  const resource = resourceOfDocument(schema, request.document);
  if (resource === undefined) return [];
  const ask = (action: RoleAction, argument: (predicate: Lambda) => Value): RoleQuestion => ({
    resource,
    action,
    argument,
  });
  const ref = schema.refOf(request.document);
  switch (request.action) {
    case 'read':
    case 'history_read':
    case 'delete':
      return [[ask(request.action, () => ref)]];
    case 'write': {
      const { before, after } = request;
      const argument = (predicate: Lambda): Value =>
        arityOf(predicate) === 3 ? [before.fields, after, ref] : [before.fields, after];
      return [[ask('write', argument)]];
    }
    case 'create': {
      const create = ask('create', () => request.params);
      if (!request.withId) return [[create]];
      // Who may create and write history could have made it so, too.
      const withId = (predicate: Lambda): Value =>
        arityOf(predicate) === 1 ? request.params : [request.params, ref];
      const at = new Time(BigInt(context.now) * 1000n);
      const inThePast = ask('history_write', () => [ref, at, 'create', request.params]);
      return [[ask('create_with_id', withId)], [create, inThePast]];
    }
    case 'history_write': {
      const at = new Time(BigInt(request.ts) * 1000n);
      const params = request.params ?? new Map<string, Value>();
      return [[ask('history_write', () => [ref, at, request.version, params])]];
    }
    default:
      return unreachable(request);
  }
}

function setQuestions(
  context: EvaluationContext,
  request: SetRequest,
  action: 'read' | 'unrestricted_read',
): readonly RoleQuestion[] {
  if (request.action === 'match') {
    return [{ resource: `indexes/${request.index}`, action, argument: () => request.terms }];
  }
  const document = { scope: context.scope, collection: request.collection, id: 0n };
  const resource = resourceOfDocument(context.schema, document);
  if (resource === undefined) return [];
  // Whoever may read some of a collection may list what he may read.
  return [{ resource, action, argument: action === 'read' ? 'any' : () => null }];
}

function isOnNativeCollections(context: EvaluationContext, request: SetRequest): boolean {
  if (request.action === 'list') return request.collection < USER_COLLECTION_ID_MIN;
  const sources = context.schema.index(request.index)?.sources ?? [];
  return sources.some(({ collection }) => collection < USER_COLLECTION_ID_MIN);
}
