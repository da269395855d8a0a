/** Which roles someone has in this transaction: those of the secret, those of the identity by membership, those that a JWT's claims choose. */
import type { EvaluationContext } from '../evaluate/context.ts';
import type { DocumentReader } from '../store/document-store.ts';
import { Lambda } from '../values/lambda.ts';
import { isObject } from '../values/value.ts';
import { type Authentication, type BuiltinRole, identityOf } from './authentication.ts';
import { asList } from './field-checks.ts';
import { holds } from './predicate.ts';
import { resourceOfDocument, roleTable } from './role-table.ts';
import { rolesOfValue } from './role-value.ts';

export type Role = BuiltinRole | { readonly role: string };

interface Remembered {
  /** Each transaction has one of its own. */
  readonly store: DocumentReader;
  readonly roles: readonly Role[];
}
const remembered = new WeakMap<Authentication, Remembered>();

/** Looked up once in a transaction, before its first effect: what it writes does not change who it is. */
export function rolesOf(context: EvaluationContext): readonly Role[] {
  const { authentication, store } = context;
  if (areRoles(authentication.roles)) return authentication.roles;
  const known = remembered.get(authentication);
  if (known?.store === store) return known.roles;
  const roles = authentication.roles.flatMap((granted): readonly Role[] => {
    if (granted === 'identity') return memberRoles(context);
    if (granted === 'provider') return providerRoles(context);
    return [granted];
  });
  remembered.set(authentication, { store, roles });
  return roles;
}

/** Most are: nothing to look up. */
function areRoles(roles: Authentication['roles']): roles is readonly Role[] {
  return !roles.includes('identity') && !roles.includes('provider');
}

function memberRoles(context: EvaluationContext): readonly Role[] {
  const identity = identityOf(context.authentication);
  if (identity === undefined) return [];
  const resource = resourceOfDocument(context.schema, identity);
  const memberships = resource === undefined ? [] : (roleTable(context).memberships.get(resource) ?? []);
  const ref = context.schema.refOf(identity);
  return memberships
    .filter(({ predicate }) => predicate === undefined || holds(context, predicate, ref))
    .map(({ role }) => ({ role }));
}

/** Of the access provider, asked now: one that is gone gives nothing. */
export function providerRoles(context: EvaluationContext): readonly Role[] {
  const { principal } = context.authentication;
  if (principal.kind !== 'jwt') return [];
  const provider = context.schema.named('access_providers', principal.provider);
  return asList(provider?.fields.get('roles')).flatMap((entry): readonly Role[] => {
    const predicate = isObject(entry) ? entry.get('predicate') : undefined;
    const roles = rolesOfValue(isObject(entry) ? entry.get('role') : entry).filter(isUserRole);
    if (predicate === undefined) return isObject(entry) ? [] : roles;
    return predicate instanceof Lambda && holds(context, predicate, principal.claims) ? roles : [];
  });
}

function isUserRole(role: Authentication['roles'][number]): role is { readonly role: string } {
  return typeof role === 'object';
}
