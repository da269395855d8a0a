/**
 * What a document gives to a field of an index: the values at its path, or of its binding.
 *
 * Arrays give one value for each element, also those inside of arrays and on the way (`data.tags.name` over an array of tags); a field that is
 * not multi-valued gives the array itself. Objects, sets and lambdas cannot be indexed: they give null, as does what is missing.
 */
import { casefold } from '../libraries/casefold.ts';
import type { IndexField } from '../schema/schema.ts';
import { Lambda } from '../values/lambda.ts';
import { Ref } from '../values/ref.ts';
import { SetRef } from '../values/set-ref.ts';
import { DocumentValue, isArray, isObject, PageValue, type Value } from '../values/value.ts';

/** At least one. Equal ones may repeat. */
export function fieldValues(
  field: IndexField,
  document: DocumentValue,
  /** The value of a binding; undefined when its lambda failed. */
  bound: (name: string) => Value | undefined,
): readonly Value[] {
  const found =
    field.from.kind === 'path'
      ? pathValues(field, field.from.path, document)
      : bindingValues(bound(field.from.name));
  return found.length === 0 ? NULL : found;
}

const NULL: readonly Value[] = [null];

function pathValues(
  field: IndexField,
  path: readonly (string | number)[],
  document: DocumentValue,
): readonly Value[] {
  const found: Value[] = [];
  if (field.multiValued === false) {
    const value = valueAt(document, path);
    if (value !== undefined) found.push(isIndexable(value) || isArray(value) ? value : null);
  } else collect(document, path, 0, found);
  if (!field.casefold) return found;
  // One value that is no text leaves nothing of the others, either.
  return found.every((value) => typeof value === 'string') ? found.map(casefold) : NULL;
}

function bindingValues(value: Value | undefined): readonly Value[] {
  if (value === undefined) return NULL;
  if (isArray(value)) return value.map((item) => (isIndexable(item) ? item : null));
  return isIndexable(value) ? [value] : NULL;
}

function collect(value: Value, path: readonly (string | number)[], at: number, found: Value[]): void {
  const step = path[at];
  if (step === undefined) flatten(value, found);
  else if (isArray(value) && typeof step === 'string') {
    for (const item of value) collect(item, path, at, found);
  } else {
    const inner = member(value, step);
    if (inner !== undefined) collect(inner, path, at + 1, found);
  }
}

function flatten(value: Value, found: Value[]): void {
  if (isArray(value)) for (const item of value) flatten(item, found);
  else found.push(isIndexable(value) ? value : null);
}

function valueAt(value: Value, path: readonly (string | number)[]): Value | undefined {
  let current: Value | undefined = value;
  for (const step of path) {
    if (current === undefined) return undefined;
    current = member(current, step);
  }
  return current;
}

function member(value: Value, step: string | number): Value | undefined {
  if (isArray(value)) return typeof step === 'number' ? value[step] : undefined;
  if (typeof step === 'number') return undefined;
  if (isObject(value)) return value.get(step);
  if (value instanceof DocumentValue) {
    if (step === 'ref') return value.ref;
    if (step === 'ts') return BigInt(value.ts);
    if (step === 'class' || step === 'collection') return value.ref.collection;
    return value.fields.get(step);
  }
  if (value instanceof Ref) {
    if (step === 'id') return value.id;
    if (step === 'class' || step === 'collection') return value.collection;
    if (step === 'database') return value.database;
  }
  return undefined;
}

function isIndexable(value: Value): boolean {
  return !(
    isArray(value) ||
    isObject(value) ||
    value instanceof DocumentValue ||
    value instanceof PageValue ||
    value instanceof SetRef ||
    value instanceof Lambda
  );
}
