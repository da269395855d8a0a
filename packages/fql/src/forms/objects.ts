/** Objects, paths into values, and from objects to arrays and back. */
import { FaultCollector } from '../evaluate/gather.ts';
import { ITEMS_PER_STEP } from '../evaluate/limits.ts';
import { sameValue } from '../order/compare.ts';
import { setContains } from '../sets/iterate.ts';
import { Lambda } from '../values/lambda.ts';
import { Ref } from '../values/ref.ts';
import { SetRef } from '../values/set-ref.ts';
import {
  DocumentValue,
  isArray,
  isObject,
  type ObjectValue,
  PageValue,
  type Value,
} from '../values/value.ts';
import { required } from './basic.ts';
import { any, boolean, lambda, path, string, typeName, wrongType } from './casts.ts';
import { type Call, defineForm, defineLazyForm, type Form, type LazyCall, optional } from './form.ts';
import { documentFields, type Path, valueAt, valuesAt } from './paths.ts';
import { chargeWalk } from './value-costs.ts';

/** `default` is evaluated only when there is nothing. */
function selection(name: string, key: string, all: 'argument' | 'always'): Form {
  return defineLazyForm({
    name,
    effect: 'pure',
    keys: all === 'argument' ? [key, 'from', 'all?', 'default?'] : [key, 'from', 'default?'],
    evaluate: (argument, call) => {
      const faults = new FaultCollector();
      const steps = faults.try(() => pathOf(call.evaluate(required(argument[key])), key, call));
      const from = faults.try(() => call.evaluate(required(argument['from'])));
      const isAll = faults.try(() => all === 'always' || flagOf(argument['all'], call));
      faults.throwIfFailed();
      if (steps === undefined || from === undefined) return null;
      if (isAll === true) {
        return valuesAt(from, steps, (itemCount) =>
          call.context.charge(Math.ceil(itemCount / ITEMS_PER_STEP)),
        );
      }
      const found = valueAt(from, steps);
      if (found !== undefined) return found;
      if (argument['default'] !== undefined) return call.goOn(argument['default']);
      return call.fail('from', 'value not found', `Value not found at path [${steps.join()}].`);
    },
  });
}

function pathOf(value: Value, key: string, call: Call): Path {
  if (isArray(value)) chargeWalk(value, call);
  return path.cast(value, call, key) ?? wrongType(call, key, ['String', 'Integer'], value);
}

function flagOf(expression: Parameters<LazyCall['evaluate']>[0] | undefined, call: LazyCall): boolean {
  if (expression === undefined) return false;
  const value = call.evaluate(expression);
  return boolean.cast(value, call, 'all') ?? wrongType(call, 'all', ['Boolean'], value);
}

function pathTest(name: string, key: string): Form {
  return defineForm({
    name,
    effect: 'pure',
    parameters: { [key]: path, in: any },
    evaluate: (given, call) => {
      const steps = given[key] as Path;
      call.context.charge(Math.floor(steps.length / ITEMS_PER_STEP));
      return valueAt(given['in'] as Value, steps) !== undefined;
    },
  });
}

const containsField = defineForm({
  name: 'ContainsField',
  effect: 'pure',
  parameters: { contains_field: string, in: any },
  evaluate: ({ contains_field: field, in: container }, call) =>
    isArray(container)
      ? wrongType(call, 'in', ['Object'], container)
      : valueAt(container, [field]) !== undefined,
});

const containsValueForm = defineForm({
  name: 'ContainsValue',
  effect: 'read',
  parameters: { contains_value: any, in: any },
  evaluate: ({ contains_value: value, in: container }, call) => {
    const is = (other: Value): boolean => sameValue(other, value);
    if (!(container instanceof SetRef)) chargeWalk(container, call);
    if (container instanceof SetRef) return setContains(container, value, call.context, call.position);
    if (container instanceof Ref) {
      const { id, collection, database } = container;
      return (
        is(id) || (collection !== undefined && is(collection)) || (database !== undefined && is(database))
      );
    }
    if (container instanceof DocumentValue) return [...documentFields(container).values()].some(is);
    if (container instanceof PageValue) {
      const { data, before, after } = container;
      return is(data) || (before !== undefined && is(before)) || (after !== undefined && is(after));
    }
    if (isArray(container)) return container.some(is);
    if (isObject(container)) return [...container.values()].some(is);
    if (container instanceof Lambda) return false;
    return call.fail('in', 'invalid argument', 'Object, Array, Page, Set, or Ref expected, Scalar provided.');
  },
});

const merge = defineForm({
  name: 'Merge',
  effect: 'pure',
  parameters: { merge: any, with: any, lambda: optional(lambda) },
  evaluate: ({ merge: left, with: right, lambda: decide }, call) => {
    const faults = new FaultCollector();
    const base = faults.try(() => fieldsOf(left, ['merge'], call));
    const others = isArray(right)
      ? right.map((object, at) => faults.try(() => fieldsOf(object, ['with', at], call)))
      : [faults.try(() => fieldsOf(right, ['with'], call))];
    faults.throwIfFailed();
    call.context.charge(base?.size ?? 0);
    const merged = new Map(base);
    for (const other of others) {
      call.context.charge(other?.size ?? 0);
      for (const [key, value] of other ?? []) {
        const kept =
          decide === undefined ? value : call.context.call(decide, [key, merged.get(key) ?? null, value]);
        if (kept === null) merged.delete(key);
        else merged.set(key, kept);
      }
    }
    return merged;
  },
});

function fieldsOf(value: Value, at: readonly (string | number)[], call: Call): ObjectValue {
  if (value instanceof DocumentValue) return documentFields(value);
  return isObject(value) ? value : wrongType(call, at, ['Object'], value);
}

const toObject = defineForm({
  name: 'ToObject',
  effect: 'pure',
  parameters: { to_object: any },
  evaluate: ({ to_object: value }, call) => {
    if (value instanceof DocumentValue) return documentFields(value);
    if (isObject(value)) return value;
    if (!isArray(value)) return noCast(value, 'Object', 'to_object', call);
    call.context.charge(value.length);
    const faults = new FaultCollector();
    const fields = new Map<string, Value>();
    for (const [at, entry] of value.entries()) {
      faults.try(() => {
        const [key, field, ...more] = isArray(entry) ? entry : [];
        if (typeof key !== 'string' || field === undefined || more.length > 0) {
          return wrongType(call, ['to_object', at], ['Field/Value'], entry);
        }
        if (!fields.has(key)) fields.set(key, field);
        return undefined;
      });
    }
    faults.throwIfFailed();
    return fields;
  },
});

const toArray = defineForm({
  name: 'ToArray',
  effect: 'pure',
  parameters: { to_array: any },
  evaluate: ({ to_array: value }, call) => {
    if (isArray(value)) return value;
    const fields = value instanceof DocumentValue ? documentFields(value) : value;
    if (!isObject(fields)) return noCast(value, 'Array', 'to_array', call);
    call.context.charge(fields.size);
    return Array.from(fields, ([key, field]) => [key, field]);
  },
});

function noCast(value: Value, type: string, key: string, call: Call): never {
  return call.fail(key, 'invalid argument', `Cannot cast ${typeName(value)} to ${type}.`);
}

export const objectForms: readonly Form[] = [
  selection('Select', 'select', 'argument'),
  selection('SelectAll', 'select_all', 'always'),
  selection('SelectAsIndex', 'select_as_index', 'always'),
  pathTest('Contains', 'contains'),
  pathTest('ContainsPath', 'contains_path'),
  containsField,
  containsValueForm,
  merge,
  toObject,
  toArray,
];
