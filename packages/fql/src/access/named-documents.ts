/** Roles and access providers of a database, read one by one: there are few of them, and writing them is rare. */
import type { EvaluationContext } from '../evaluate/context.ts';
import { readDocument } from '../schema/document-fields.ts';
import type { DocumentKey } from '../store/document-store.ts';
import { type Ref, sameRef } from '../values/ref.ts';
import type { ObjectValue } from '../values/value.ts';
import { nativeCollection } from './scopes.ts';
import { memberCollections } from './validate-role.ts';

/** Roles other than `except` that name the collection as one of their members. */
export function countMemberRoles(context: EvaluationContext, collection: Ref, except: DocumentKey): number {
  let count = 0;
  for (const fields of others(context, 'roles', except)) {
    if (memberCollections(fields).some((member) => sameRef(member, collection))) count++;
  }
  return count;
}

/** Whether an access provider other than `except` has this issuer. */
export function hasIssuer(context: EvaluationContext, issuer: string, except: DocumentKey): boolean {
  return others(context, 'access_providers', except).some((fields) => fields.get('issuer') === issuer);
}

function others(
  context: EvaluationContext,
  native: 'roles' | 'access_providers',
  except: DocumentKey,
): readonly ObjectValue[] {
  const { store, scope } = context;
  const collection = nativeCollection(native);
  const ids = [...store.documents(scope, collection)].map(({ id }) => id).filter((id) => id !== except.id);
  return ids.flatMap((id) => readDocument(context, { scope, collection, id })?.fields ?? []);
}
