/** Documents of keys: `{role, database?, priority?, ttl?, data?}`. */
import type { EvaluationContext } from '../evaluate/context.ts';
import type { ValidationFailure } from '../evaluate/fql-error.ts';
import type { Position } from '../parse/expression.ts';
import type { Schema } from '../schema/schema.ts';
import type { ScopeId } from '../store/document-store.ts';
import { Ref } from '../values/ref.ts';
import { nativeOf } from '../values/type-name.ts';
import { isArray, type ObjectValue, type Value } from '../values/value.ts';
import {
  anObject,
  aRef,
  aTime,
  type CheckedFields,
  checkFields,
  invalidReference,
  invalidType,
} from './field-checks.ts';
import { BUILTIN_ROLES } from './role-actions.ts';

const PRIORITY_MIN = 1n;
const PRIORITY_MAX = 500n;

export function validateKey(context: EvaluationContext, given: ObjectValue): CheckedFields {
  const resolves = (ref: Ref): boolean => context.schema.resolve(ref) !== undefined;
  // A key's roles are those of the database that it opens.
  const database = given.get('database');
  const key = database instanceof Ref ? context.schema.resolve(database) : undefined;
  const opened = key === undefined ? context.schema : context.schemaOf(Number(key.id) as ScopeId);
  return checkFields(given, {
    role: { required: true, check: (value, field) => checkRoleIn([opened, context.schema], value, field) },
    database: { required: false, check: aRef((ref) => nativeOf(ref) === 'databases', resolves) },
    priority: { required: false, check: checkPriority },
    ttl: { required: false, check: aTime },
    data: { required: false, check: anObject },
  });
}

/** The `role` of a user function, which is of the same type. */
export function checkRole(
  context: EvaluationContext,
  value: Value,
  field: Position,
): readonly ValidationFailure[] {
  return checkRoleIn([context.schema], value, field);
}

/** Roles may be those of any of the schemas. */
function checkRoleIn(
  schemas: readonly Schema[],
  value: Value,
  field: Position,
): readonly ValidationFailure[] {
  if (typeof value === 'string' && isBuiltin(value)) return [];
  const roles = isArray(value) ? value : [value];
  return roles.flatMap((role) => checkUserRole(schemas, role, field, isArray(value)));
}

function checkUserRole(
  schemas: readonly Schema[],
  role: Value,
  field: Position,
  inArray: boolean,
): readonly ValidationFailure[] {
  if (role instanceof Ref && nativeOf(role) === 'roles') {
    return schemas.some((schema) => schema.resolve(role) !== undefined) ? [] : [invalidReference(field)];
  }
  if (typeof role !== 'string' || (inArray && isBuiltin(role))) return [invalidType(field, role, 'Role')];
  if (schemas.some((schema) => schema.named('roles', role) !== undefined)) return [];
  return [{ field, code: 'validation failed', description: `Role name \`${role}\` does not exist.` }];
}

function checkPriority(value: Value, field: Position): readonly ValidationFailure[] {
  if (typeof value !== 'bigint') return [invalidType(field, value, 'Integer')];
  if (value >= PRIORITY_MIN && value <= PRIORITY_MAX) return [];
  const description = `Value ${value} is not in expected range ${PRIORITY_MIN} to ${PRIORITY_MAX}.`;
  return [{ field, code: 'bounds error', description }];
}

function isBuiltin(name: string): boolean {
  return BUILTIN_ROLES.some((builtin) => builtin === name);
}
