/** Comparison and logic. */
import { compareValues, equalValues } from '../order/compare.ts';
import type { Value } from '../values/value.ts';
import { expressionsOf, required } from './basic.ts';
import { any, boolean, someOf, wrongType } from './casts.ts';
import { type Call, defineForm, defineLazyForm, type Form, variadic } from './form.ts';
import { chargeOrder, chargeWalk } from './value-costs.ts';

const values = variadic(any);

function comparison(
  name: string,
  key: string,
  holds: (a: Value, b: Value) => boolean,
  pay: (smaller: Value, call: Call) => void = chargeOrder,
): Form {
  return defineForm({
    name,
    effect: 'pure',
    parameters: { [key]: values },
    evaluate: (given, call) => {
      const [first, ...others] = someOf(given[key] ?? [], call, key);
      let previous = first;
      for (const next of others) {
        // Comparing takes as long as the smaller one is large.
        pay(previous, call);
        if (!holds(previous, next)) return false;
        previous = next;
      }
      return true;
    },
  });
}

/** Stops at the first that decides. */
function junction(name: string, key: string, decides: boolean): Form {
  return defineLazyForm({
    name,
    effect: 'pure',
    keys: [key],
    evaluate: (argument, call) => {
      for (const [at, expression] of expressionsOf(required(argument[key])).entries()) {
        const value = call.evaluate(expression);
        if (typeof value !== 'boolean') return wrongType(call, [key, at], ['Boolean'], value);
        if (value === decides) return decides;
      }
      return !decides;
    },
  });
}

const not = defineForm({
  name: 'Not',
  effect: 'pure',
  parameters: { not: boolean },
  evaluate: (given) => !given.not,
});

export const logicForms: readonly Form[] = [
  comparison('Equals', 'equals', equalValues, chargeWalk),
  comparison('LT', 'lt', (a, b) => compareValues(a, b) < 0),
  comparison('LTE', 'lte', (a, b) => compareValues(a, b) <= 0),
  comparison('GT', 'gt', (a, b) => compareValues(a, b) > 0),
  comparison('GTE', 'gte', (a, b) => compareValues(a, b) >= 0),
  junction('And', 'and', false),
  junction('Or', 'or', true),
  not,
];
