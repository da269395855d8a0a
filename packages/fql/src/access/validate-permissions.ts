/** The older way to open collections, indexes and functions: `permissions: {read: 'public', call: <ref>}`. */
import type { ValidationFailure } from '../evaluate/fql-error.ts';
import type { Position } from '../parse/expression.ts';
import { Ref } from '../values/ref.ts';
import { isObject, type Value } from '../values/value.ts';
import { invalidType } from './field-checks.ts';
import { ROLE_ACTIONS } from './role-actions.ts';

/** Whether refs lead anywhere is asked when someone comes with them. */
export function aPermissions(value: Value, field: Position): readonly ValidationFailure[] {
  if (!isObject(value)) return [invalidType(field, value, 'Map')];
  return [...value].flatMap(([action, granted]): readonly ValidationFailure[] => {
    const at = [...field, action];
    if (!Object.hasOwn(ROLE_ACTIONS, action)) {
      return [{ field: at, code: 'field not allowed', description: 'Field not allowed.' }];
    }
    const isFine = granted === 'public' || granted === null || granted instanceof Ref;
    return isFine ? [] : [invalidType(at, granted, 'Permission')];
  });
}
