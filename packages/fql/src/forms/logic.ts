/** Comparison and logic. */
import { extentOf } from '../evaluate/value-size.ts';
import { compareValues, equalValues } from '../order/compare.ts';
import type { Value } from '../values/value.ts';
import { expressionsOf, required } from './basic.ts';
import { any, boolean, someOf, wrongType } from './casts.ts';
import { type Call, defineForm, defineLazyForm, type Form, variadic } from './form.ts';

const values = variadic(any);

const SIZE_PER_STEP = 64;

function comparison(name: string, key: string, holds: (a: Value, b: Value) => boolean): Form {
  return defineForm({
    name,
    effect: 'pure',
    parameters: { [key]: values },
    evaluate: (given, call) => {
      const [first, ...others] = someOf(given[key] ?? [], call, key);
      let previous = first;
      for (const next of others) {
        chargeFor(previous, call);
        if (!holds(previous, next)) return false;
        previous = next;
      }
      return true;
    },
  });
}

/** Comparing takes as long as the smaller one is large. */
function chargeFor(value: Value, call: Call): void {
  if (typeof value !== 'object' || value === null) return;
  const charge = (steps: number): void => call.context.charge(steps);
  charge(Math.floor(extentOf(value, charge).size / SIZE_PER_STEP));
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
  comparison('Equals', 'equals', equalValues),
  comparison('LT', 'lt', (a, b) => compareValues(a, b) < 0),
  comparison('LTE', 'lte', (a, b) => compareValues(a, b) <= 0),
  comparison('GT', 'gt', (a, b) => compareValues(a, b) > 0),
  comparison('GTE', 'gte', (a, b) => compareValues(a, b) >= 0),
  junction('And', 'and', false),
  junction('Or', 'or', true),
  not,
];
