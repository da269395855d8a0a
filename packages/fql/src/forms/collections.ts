/** Walking through arrays, pages and sets. A page stays a page, with its cursors. */
import type { EvaluationContext } from '../evaluate/context.ts';
import { ITEMS_PER_STEP } from '../evaluate/limits.ts';
import { effectOfExpression } from '../parse/effects.ts';
import { iterateSet } from '../sets/iterate.ts';
import type { Lambda } from '../values/lambda.ts';
import { SetRef } from '../values/set-ref.ts';
import { isArray, PageValue, type Value } from '../values/value.ts';
import { any, array, integer, iterable, lambda, wrongType } from './casts.ts';
import { type Call, defineForm, type Form, variadic } from './form.ts';

type Walkable = readonly Value[] | PageValue | SetRef;

const map = defineForm({
  name: 'Map',
  effect: 'pure',
  parameters: { map: lambda, collection: iterable },
  evaluate: ({ map: each, collection }, call) =>
    mapItems(collection, call, (item) => call.context.call(each, item)),
});

const foreach = defineForm({
  name: 'Foreach',
  effect: 'pure',
  parameters: { foreach: lambda, collection: iterable },
  evaluate: ({ foreach: each, collection }, call) => {
    for (const item of itemsOf(collection, call)) call.context.call(each, item);
    return collection;
  },
});

const filter = defineForm({
  name: 'Filter',
  effect: 'pure',
  parameters: { filter: lambda, collection: iterable },
  evaluate: ({ filter: keeps, collection }, call) => {
    if (collection instanceof SetRef) {
      checkReads(keeps, 'filter', call);
      return new SetRef({ type: 'filter', filter: keeps, set: collection });
    }
    const items = itemsOf(collection, call);
    const kept = items.map((item, ordinal) => {
      const keep = call.context.call(keeps, item);
      return typeof keep === 'boolean' ? keep : wrongType(call, [ordinal], ['Boolean'], keep);
    });
    const isKept = (_: Value, ordinal: number): boolean => kept[ordinal] === true;
    if (isArray(collection)) return items.filter(isKept);
    return new PageValue(items.filter(isKept), {
      before: collection.before,
      after: collection.after,
      cursors: collection.cursors?.filter(isKept),
    });
  },
});

/** Lambdas in sets are evaluated whenever the set is read, so they may not write. */
export function checkReads(body: Lambda, key: string, call: Call): void {
  if (effectOfExpression(body.body) !== 'write') return;
  call.fail(
    key,
    'invalid argument',
    'Invalid lambda. Lambda in this context may not write or call a user function.',
  );
}

const reduce = defineForm({
  name: 'Reduce',
  effect: 'read',
  parameters: { reduce: lambda, initial: any, collection: iterable },
  evaluate: ({ reduce: step, initial, collection }, call) => {
    let sum = initial;
    for (const item of iterate(collection, call.context)) sum = call.context.call(step, [sum, item]);
    if (!(collection instanceof PageValue)) return sum;
    const { before, after, cursors } = collection;
    return new PageValue([sum], { before, after, cursors });
  },
});

const take = defineForm({
  name: 'Take',
  effect: 'pure',
  parameters: { take: integer, collection: any },
  evaluate: ({ take: given, collection }, call) => {
    const count = int32(given);
    const items = itemsOf(collection, call);
    const first = items.slice(0, Math.max(count, 0));
    call.context.charge(Math.ceil(first.length / ITEMS_PER_STEP));
    if (!(collection instanceof PageValue)) return first;
    const { before, after, cursors } = collection;
    return new PageValue(first, {
      before,
      after: count < 0 ? before : (cursors?.[count] ?? after),
      cursors: cursors?.slice(0, Math.max(count, 0)),
    });
  },
});

const drop = defineForm({
  name: 'Drop',
  effect: 'pure',
  parameters: { drop: integer, collection: any },
  evaluate: ({ drop: given, collection }, call) => {
    const count = int32(given);
    const items = itemsOf(collection, call);
    const rest = items.slice(Math.max(count, 0));
    call.context.charge(Math.ceil(rest.length / ITEMS_PER_STEP));
    if (!(collection instanceof PageValue)) return rest;
    const { before, after, cursors } = collection;
    return new PageValue(rest, {
      before: count < 0 ? before : (cursors?.[count] ?? after),
      after,
      cursors: cursors?.slice(Math.max(count, 0)),
    });
  },
});

const prepend = defineForm({
  name: 'Prepend',
  effect: 'pure',
  parameters: { prepend: variadic(any), collection: array },
  evaluate: ({ prepend: items, collection }, call) => joined(items, collection, call),
});

const append = defineForm({
  name: 'Append',
  effect: 'pure',
  parameters: { append: variadic(any), collection: array },
  evaluate: ({ append: items, collection }, call) => joined(collection, items, call),
});

function joined(first: readonly Value[], last: readonly Value[], call: Call): readonly Value[] {
  call.context.charge(Math.ceil((first.length + last.length) / ITEMS_PER_STEP));
  return [...first, ...last];
}

const isEmpty = defineForm({
  name: 'IsEmpty',
  effect: 'read',
  parameters: { is_empty: iterable },
  evaluate: ({ is_empty: collection }, call) => holdsNothing(collection, call.context),
});

const isNonEmpty = defineForm({
  name: 'IsNonEmpty',
  effect: 'read',
  parameters: { is_nonempty: iterable },
  evaluate: ({ is_nonempty: collection }, call) => !holdsNothing(collection, call.context),
});

function holdsNothing(collection: Walkable, context: EvaluationContext): boolean {
  for (const _ of iterate(collection, context)) return false;
  return true;
}

export const collectionForms: readonly Form[] = [
  map,
  foreach,
  filter,
  reduce,
  take,
  drop,
  prepend,
  append,
  isEmpty,
  isNonEmpty,
];

function mapItems(collection: Walkable, call: Call, each: (item: Value) => Value): Value {
  const items = itemsOf(collection, call).map(each);
  call.context.extentOf(items);
  if (!(collection instanceof PageValue)) return items;
  const { before, after, cursors } = collection;
  return new PageValue(items, { before, after, cursors });
}

/** The items of an array or page; sets have to be paginated first. */
function itemsOf(collection: Value, call: Call): readonly Value[] {
  if (isArray(collection)) return collection;
  if (collection instanceof PageValue) return collection.data;
  return wrongType(call, 'collection', ['Array or Page'], collection);
}

function iterate(collection: Walkable, context: EvaluationContext): Iterable<Value> {
  if (collection instanceof SetRef) return iterateSet(collection, context);
  return isArray(collection) ? collection : collection.data;
}

function int32(integerGiven: bigint): number {
  return Number(BigInt.asIntN(32, integerGiven));
}
