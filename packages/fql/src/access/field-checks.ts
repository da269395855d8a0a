/** Checks of the fields of a document that is about to be written: what is unknown is dropped, what is wrong becomes a failure. */
import type { ValidationFailure } from '../evaluate/fql-error.ts';
import type { Position } from '../parse/expression.ts';
import { Lambda } from '../values/lambda.ts';
import { Ref } from '../values/ref.ts';
import { Time } from '../values/time.ts';
import { typeName } from '../values/type-name.ts';
import { isArray, isObject, type ObjectValue, type Value } from '../values/value.ts';

export interface CheckedFields {
  /** What is to be stored, in the order given. */
  readonly fields: ObjectValue;
  /** Empty: all is well. */
  readonly failures: readonly ValidationFailure[];
}

/** The failures of one field's value; `field` is its path. */
export type FieldCheck = (value: Value, field: Position) => readonly ValidationFailure[];

/** Fields that are not listed are dropped; null is absent. */
export function checkFields(
  given: ObjectValue,
  checks: Readonly<Record<string, { readonly required: boolean; readonly check: FieldCheck }>>,
  at: Position = [],
): CheckedFields {
  const fields = new Map<string, Value>();
  for (const [name, value] of given) {
    if (value !== null && Object.hasOwn(checks, name)) fields.set(name, value);
  }
  const failures: ValidationFailure[] = [];
  for (const [name, { required, check }] of Object.entries(checks)) {
    const value = fields.get(name);
    if (value === undefined) {
      if (required) failures.push(missing([...at, name]));
      continue;
    }
    // One by one: there may be more than a call has arguments.
    for (const failure of check(value, [...at, name])) failures.push(failure);
  }
  return { fields, failures };
}

export function missing(field: Position): ValidationFailure {
  return { field, code: 'value required', description: 'Required value not found.' };
}

export function invalidType(field: Position, value: Value, expected: string): ValidationFailure {
  return {
    field,
    code: 'invalid type',
    description: `Invalid type ${typeName(value)}, expected type ${expected}.`,
  };
}

export function invalidReference(field: Position): ValidationFailure {
  return { field, code: 'invalid reference', description: 'Cannot read reference.' };
}

export const anObject: FieldCheck = (value, field) =>
  isObject(value) ? [] : [invalidType(field, value, 'Map')];
export const aString: FieldCheck = (value, field) =>
  typeof value === 'string' ? [] : [invalidType(field, value, 'String')];
export const aTime: FieldCheck = (value, field) =>
  value instanceof Time ? [] : [invalidType(field, value, 'Time')];

/** A ref that `isFine` accepts; it says whether the ref leads somewhere. */
export function aRef(isWanted: (ref: Ref) => boolean, isFine: (ref: Ref) => boolean): FieldCheck {
  return (value, field) => {
    if (!(value instanceof Ref) || !isWanted(value)) return [invalidType(field, value, 'Reference')];
    return isFine(value) ? [] : [invalidReference(field)];
  };
}

/** A predicate with one of these numbers of parameters; `_` ignores all of them. */
export function aPredicate(arities: readonly number[]): FieldCheck {
  return (value, field) => {
    if (!(value instanceof Lambda)) return [invalidType(field, value, 'Query')];
    if (value.pattern === '_') return [];
    const arity = typeof value.pattern === 'string' ? 1 : value.pattern.length;
    if (arities.includes(arity)) return [];
    const description = `Found lambda with arity ${arity} expected ${arities[0]}`;
    return [{ field, code: 'invalid arity', description }];
  };
}

/** One or an array of them; an array's failures have the ordinal in their path. */
export function oneOrMore(check: FieldCheck): FieldCheck {
  return (value, field) =>
    isArray(value) ? value.flatMap((item, at) => check(item, [...field, at])) : check(value, field);
}

/** A value or an array of them, as an array. */
export function asList(value: Value | undefined): readonly Value[] {
  if (value === undefined || value === null) return [];
  return isArray(value) ? value : [value];
}

/** Drops unknown keys of an object, or of each object in an array. */
export function keepKeys(value: Value, keep: (object: ObjectValue) => ObjectValue): Value {
  if (isArray(value)) return value.map((item) => (isObject(item) ? keep(item) : item));
  return isObject(value) ? keep(value) : value;
}
