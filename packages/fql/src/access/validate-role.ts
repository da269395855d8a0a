/** Documents of roles: `{name, privileges?, membership?, data?}`; both lists may be single objects. */
import type { EvaluationContext } from '../evaluate/context.ts';
import type { ValidationFailure } from '../evaluate/fql-error.ts';
import type { Position } from '../parse/expression.ts';
import { Ref } from '../values/ref.ts';
import { isCollectionRef } from '../values/type-name.ts';
import { isObject, type ObjectValue, type Value } from '../values/value.ts';
import {
  anObject,
  aPredicate,
  aRef,
  aString,
  asList,
  type CheckedFields,
  checkFields,
  type FieldCheck,
  invalidType,
  keepKeys,
  oneOrMore,
} from './field-checks.ts';
import { ROLE_ACTIONS } from './role-actions.ts';

/** So that evaluating memberships stays bounded. */
export const rolesPerCollectionMax = 64;

export function validateRole(context: EvaluationContext, given: ObjectValue): CheckedFields {
  const privilege = privilegeFields(context);
  const membership = membershipFields(context);
  const checked = checkFields(given, {
    name: { required: true, check: aString },
    privileges: { required: false, check: oneOrMore(objectOf(privilege)) },
    membership: { required: false, check: oneOrMore(objectOf(membership)) },
    data: { required: false, check: anObject },
  });
  const fields = new Map(checked.fields);
  keepIn(fields, 'privileges', (object) => withKnownActions(checkFields(object, privilege).fields));
  keepIn(fields, 'membership', (object) => checkFields(object, membership).fields);
  return { fields, failures: checked.failures };
}

/** The collections that a role names as members' collections. */
export function memberCollections(fields: ObjectValue): readonly Ref[] {
  return asList(fields.get('membership')).flatMap((entry) => {
    const resource = isObject(entry) ? entry.get('resource') : undefined;
    return resource instanceof Ref ? [resource] : [];
  });
}

type FieldChecks = Parameters<typeof checkFields>[1];

function privilegeFields(context: EvaluationContext): FieldChecks {
  return {
    resource: {
      required: true,
      check: aRef(
        () => true,
        (ref) => exists(context, ref),
      ),
    },
    actions: { required: false, check: checkActions },
  };
}

function membershipFields(context: EvaluationContext): FieldChecks {
  return {
    resource: { required: true, check: aRef(isCollectionRef, (ref) => exists(context, ref)) },
    predicate: { required: false, check: aPredicate([1]) },
  };
}

function checkActions(value: Value, field: Position): readonly ValidationFailure[] {
  if (!isObject(value)) return [invalidType(field, value, 'Map')];
  return Object.entries(ROLE_ACTIONS).flatMap(([action, arities]) => {
    const allowed = value.get(action);
    if (allowed === undefined || allowed === null || typeof allowed === 'boolean') return [];
    return aPredicate(arities)(allowed, [...field, action]);
  });
}

function objectOf(checks: FieldChecks): FieldCheck {
  return (value, field) =>
    isObject(value) ? checkFields(value, checks, field).failures : [invalidType(field, value, 'Map')];
}

function keepIn(fields: Map<string, Value>, name: string, keep: (object: ObjectValue) => ObjectValue): void {
  const value = fields.get(name);
  if (value !== undefined) fields.set(name, keepKeys(value, keep));
}

function withKnownActions(privilege: ObjectValue): ObjectValue {
  const actions = privilege.get('actions');
  if (actions === undefined || !isObject(actions)) return privilege;
  const known = [...actions].filter(
    ([action, allowed]) => Object.hasOwn(ROLE_ACTIONS, action) && allowed !== null,
  );
  return new Map(privilege).set('actions', new Map(known));
}

/** Native collections always do. */
function exists(context: EvaluationContext, ref: Ref): boolean {
  return ref.collection === undefined
    ? context.schema.collection(ref.id) !== undefined
    : context.schema.resolve(ref) !== undefined;
}
