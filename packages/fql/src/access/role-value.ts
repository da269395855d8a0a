/** The `role` of keys and functions: a name, a ref, or an array of them. */
import { Ref } from '../values/ref.ts';
import type { Value } from '../values/value.ts';
import type { GrantedRole } from './authentication.ts';
import { asList } from './field-checks.ts';
import { BUILTIN_ROLES } from './role-actions.ts';

/** What is no role grants nothing. */
export function rolesOfValue(value: Value | undefined): readonly GrantedRole[] {
  return asList(value).flatMap((role): readonly GrantedRole[] => {
    if (role instanceof Ref) return [{ role: role.id }];
    if (typeof role !== 'string') return [];
    const builtin = BUILTIN_ROLES.find((name) => name === role);
    return [builtin ?? { role }];
  });
}
