/**
 * `partialUpdateObject`: first-level attributes are replaced, or changed by an operator
 * `{"_operation": "Increment", "value": 1}`. Pure and total: whatever arrives gives the same result on every member.
 */
import { isJsonObject, type Json, type JsonObject } from '@skein/base';

export const PARTIAL_OPERATORS = [
  'Increment',
  'Decrement',
  'Add',
  'Remove',
  'AddUnique',
  'IncrementFrom',
  'IncrementSet',
] as const;
export type PartialOperator = (typeof PARTIAL_OPERATORS)[number];

/**
 * The record after the update; undefined when the update is to be ignored as a whole (`IncrementFrom` from another value, `IncrementSet`
 * to a value that is not greater). `existing` is undefined when the record is made by this update.
 */
export function applyPartialUpdate(
  existing: JsonObject | undefined,
  patch: JsonObject,
): JsonObject | undefined {
  const attributes = new Map<string, Json | undefined>(Object.entries(existing ?? {}));
  for (const [name, change] of Object.entries(patch)) {
    const operation = readOperator(change);
    if (operation === undefined) {
      attributes.set(name, change);
      continue;
    }
    const outcome = operate(operation.operator, attributes.get(name), operation.value);
    if (outcome.kind === 'ignoreUpdate') return undefined;
    if (outcome.kind === 'set') attributes.set(name, outcome.value);
  }
  // Not by assignment: an attribute may be called `__proto__`.
  return Object.fromEntries(attributes);
}

type Outcome =
  | { readonly kind: 'set'; readonly value: Json }
  /** The operator does not fit the attribute's value: the attribute stays as it is. */
  | { readonly kind: 'keep' }
  | { readonly kind: 'ignoreUpdate' };

const KEEP: Outcome = { kind: 'keep' };

function operate(operator: PartialOperator, current: Json | undefined, value: Json | undefined): Outcome {
  const number = typeof current === 'number' ? current : 0;
  switch (operator) {
    case 'Increment':
      return typeof value === 'number' ? { kind: 'set', value: number + value } : KEEP;
    case 'Decrement':
      return typeof value === 'number' ? { kind: 'set', value: number - value } : KEEP;
    case 'IncrementFrom':
      return value === number ? { kind: 'set', value: number + 1 } : { kind: 'ignoreUpdate' };
    case 'IncrementSet':
      return typeof value === 'number' && value > number ? { kind: 'set', value } : { kind: 'ignoreUpdate' };
    case 'Add':
      return isElement(value) ? { kind: 'set', value: [...elements(current), value] } : KEEP;
    case 'AddUnique': {
      if (!isElement(value)) return KEEP;
      const present = elements(current);
      return { kind: 'set', value: present.includes(value) ? present : [...present, value] };
    }
    case 'Remove':
      return Array.isArray(current)
        ? { kind: 'set', value: elements(current).filter((element) => element !== value) }
        : KEEP;
  }
}

function readOperator(
  change: Json | undefined,
): { operator: PartialOperator; value: Json | undefined } | undefined {
  if (!isJsonObject(change)) return undefined;
  const operator = PARTIAL_OPERATORS.find((known) => known === change['_operation']);
  return operator === undefined ? undefined : { operator, value: change['value'] };
}

function isElement(value: Json | undefined): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

/** A missing attribute is an empty array, a single value an array of one. */
function elements(current: Json | undefined): readonly Json[] {
  if (current === undefined || current === null) return [];
  return Array.isArray(current) ? current : [current];
}
