/** One value of many: over an array, a page (which stays a page, of that one value), or a whole set. */
import { iterateSet } from '../sets/iterate.ts';
import { SetRef } from '../values/set-ref.ts';
import { isArray, PageValue, type Value } from '../values/value.ts';
import { iterable, wrongType } from './casts.ts';
import { type Call, defineForm, type Form } from './form.ts';

/** `fold` walks through all items and throws for those that do not fit. */
function aggregate(name: string, key: string, fold: (items: Iterable<Value>, call: Call) => Value): Form {
  return defineForm({
    name,
    effect: 'read',
    parameters: { [key]: iterable },
    evaluate: (values, call) => {
      const collection = values[key] ?? [];
      const { context } = call;
      if (collection instanceof SetRef) {
        return fold(iterateSet(collection, context, [...call.position, key]), call);
      }
      const items = isArray(collection) ? collection : collection.data;
      context.charge(items.length);
      const result = fold(items, call);
      if (!(collection instanceof PageValue)) return result;
      const { before, after, cursors } = collection;
      return new PageValue([result], { before, after, cursors });
    },
  });
}

function count(items: Iterable<Value>): Value {
  let itemCount = 0n;
  for (const _ of items) itemCount++;
  return itemCount;
}

/** Integers wrap at 64 bits; from the first double on it is a double. */
function total(
  items: Iterable<Value>,
  key: string,
  call: Call,
): { readonly sum: bigint | number; readonly itemCount: number } {
  let sum: bigint | number = 0n;
  let itemCount = 0;
  for (const item of items) {
    if (typeof item !== 'bigint' && typeof item !== 'number') return wrongType(call, key, ['Number'], item);
    sum =
      typeof sum === 'bigint' && typeof item === 'bigint'
        ? BigInt.asIntN(64, sum + item)
        : Number(sum) + Number(item);
    itemCount++;
  }
  return { sum, itemCount };
}

function mean(items: Iterable<Value>, call: Call): Value {
  const { sum, itemCount } = total(items, 'mean', call);
  if (itemCount === 0) return call.fail('mean', 'invalid argument', 'Non-empty array expected.');
  return Number(sum) / itemCount;
}

/** Walks on after the answer is known: an item that is no boolean is wrong anywhere. */
function whether(items: Iterable<Value>, key: 'any' | 'all', call: Call): boolean {
  let result = key === 'all';
  for (const item of items) {
    if (typeof item !== 'boolean') return wrongType(call, key, ['Boolean'], item);
    result = key === 'all' ? result && item : result || item;
  }
  return result;
}

export const aggregateForms: readonly Form[] = [
  aggregate('Count', 'count', count),
  aggregate('Sum', 'sum', (items, call) => total(items, 'sum', call).sum),
  aggregate('Mean', 'mean', mean),
  aggregate('Any', 'any', (items, call) => whether(items, 'any', call)),
  aggregate('All', 'all', (items, call) => whether(items, 'all', call)),
];
