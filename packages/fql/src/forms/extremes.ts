/** `Max` and `Min`, in the order of all values: a string is more than any number. */
import { compareValues } from '../order/compare.ts';
import { iterateSet } from '../sets/iterate.ts';
import { Ref } from '../values/ref.ts';
import { SetRef } from '../values/set-ref.ts';
import { isArray, PageValue, type Value } from '../values/value.ts';
import { iterable, resolved } from './casts.ts';
import { type Call, defineForm, type Form } from './form.ts';
import { chargeOrder } from './value-costs.ts';

type Collection = readonly Value[] | PageValue | SetRef;

/** Of equal values, the later. A page stays a page, of one value. */
function extreme(name: string, key: string, isBetter: (comparison: number) => boolean): Form {
  return defineForm({
    name,
    effect: 'read',
    parameters: { [key]: iterable },
    evaluate: (given, call) => {
      const collection = onlyCollection(given[key] ?? []);
      let best: Value | undefined;
      for (const item of itemsOf(collection, key, call)) {
        if (item instanceof Ref) resolved(item, call, key);
        chargeOrder(item, call);
        if (best === undefined || !isBetter(compareValues(best, item))) best = item;
      }
      if (best === undefined) return call.fail(key, 'invalid argument', 'Non-empty array expected.');
      if (!(collection instanceof PageValue)) return best;
      const { before, after, cursors } = collection;
      return new PageValue([best], { before, after, cursors });
    },
  });
}

function itemsOf(collection: Collection, key: string, call: Call): Iterable<Value> {
  if (collection instanceof SetRef) return iterateSet(collection, call.context, [...call.position, key]);
  const items = collection instanceof PageValue ? collection.data : collection;
  call.context.charge(items.length);
  return items;
}

/** `Max([page])` means the page. */
function onlyCollection(given: Collection): Collection {
  if (!isArray(given) || given.length !== 1) return given;
  const [only] = given;
  const isCollection =
    only instanceof PageValue || only instanceof SetRef || (only !== undefined && isArray(only));
  return isCollection ? onlyCollection(only) : given;
}

export const extremeForms: readonly Form[] = [
  extreme('Max', 'max', (comparison) => comparison > 0),
  extreme('Min', 'min', (comparison) => comparison < 0),
];
