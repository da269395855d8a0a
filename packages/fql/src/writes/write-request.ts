/** What creating, updating and deleting have in common: who asks, checks of params, and the errors. */
import type { AccessRequest } from '../access/access.ts';
import { isAllowed } from '../access/access.ts';
import type { EvaluationContext } from '../evaluate/context.ts';
import type { ValidationFailure } from '../evaluate/fql-error.ts';
import { faultAt } from '../forms/form.ts';
import type { Position } from '../parse/expression.ts';
import { isNamedNative, nativeById } from '../schema/stored-names.ts';
import type { DocumentKey } from '../store/document-store.ts';
import { Ref } from '../values/ref.ts';
import { isArray, isObject, type ObjectValue, type Value } from '../values/value.ts';
import type { NativeChange } from './native-rules.ts';
import { aName } from './rules/names.ts';

export interface WriteRequest {
  readonly context: EvaluationContext;
  /** Of faults. */
  readonly position: Position;
  /** `none`: the server itself asks. */
  readonly check: 'access' | 'none';
}

export function checkAccess(request: WriteRequest, access: AccessRequest): void {
  if (request.check === 'none' || isAllowed(request.context, access)) return;
  throw faultAt(request.position, 'permission denied', 'Insufficient privileges to perform the action.');
}

export function throwFailures(position: Position, failures: readonly ValidationFailure[]): void {
  if (failures.length === 0) return;
  throw faultAt(position, 'validation failed', 'document data is not valid.', {
    failures: failures.map((failure) => ({ ...failure, field: failure.field.map(String) })),
  });
}

/** Refs in what a client wants stored: they have to exist, in this database. `position` is the form's. */
export function checkRefs(context: EvaluationContext, params: ObjectValue, position: Position): void {
  const failures: ValidationFailure[] = [];
  collectBadRefs(context, params, [...position], failures);
  throwFailures(position, failures);
}

/** What is wrong with the name of a named document, when it has one. */
export function nameFailures(change: NativeChange, fields: ObjectValue): readonly ValidationFailure[] {
  const native = nativeById(change.key.collection);
  const name = fields.get('name');
  if (native === undefined || !isNamedNative(native) || typeof name !== 'string') return [];
  return aName(name, ['name']);
}

/** The document that already has the name of `fields`. */
export function namesake(change: NativeChange, fields: ObjectValue): DocumentKey | undefined {
  const native = nativeById(change.key.collection);
  const name = fields.get('name');
  if (native === undefined || !isNamedNative(native) || typeof name !== 'string') return undefined;
  const other = change.context.schemaOf(change.key.scope).named(native, name)?.key;
  return other === undefined || other.id === change.key.id ? undefined : other;
}

function collectBadRefs(
  context: EvaluationContext,
  value: Value,
  /** Where it stands; changed on the way, and put back. */
  field: (string | number)[],
  failures: ValidationFailure[],
): void {
  if (typeof value !== 'object' || value === null) return;
  if (value instanceof Ref) {
    const description = refProblem(context, value);
    if (description !== undefined) {
      failures.push({ field: [...field], code: 'invalid reference', description });
    }
  } else if (isArray(value)) {
    for (let at = 0; at < value.length; at++) {
      field.push(at);
      collectBadRefs(context, value[at]!, field, failures);
      field.pop();
    }
  } else if (isObject(value)) {
    for (const [name, item] of value) {
      field.push(name);
      collectBadRefs(context, item, field, failures);
      field.pop();
    }
  }
}

function refProblem(context: EvaluationContext, ref: Ref): string | undefined {
  const isScoped = ref.database !== undefined || ref.collection?.database !== undefined;
  if (context.schema.resolve(ref) === undefined) return 'Cannot read reference.';
  return isScoped ? 'Reference cannot be scoped.' : undefined;
}
