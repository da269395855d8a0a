/** Arithmetic. Integers wrap at 64 bits; an integer and a double make a double. */
import { renderDouble } from '../json/render-scalar.ts';
import { integerOf, wrap } from '../libraries/int64.ts';
import { roundDouble, roundInteger, truncateDouble, truncateInteger } from '../libraries/rounding.ts';
import type { Value } from '../values/value.ts';
import { integer, number, someOf } from './casts.ts';
import { type Call, defineForm, type Form, optional, variadic } from './form.ts';

type FqlNumber = bigint | number;

/** "X must be Y", about a number, at the form itself. */
export function outOfBounds(call: Call, given: FqlNumber, predicate: string): never {
  const text = typeof given === 'bigint' ? given.toString() : renderDouble(given);
  return call.fail(undefined, 'invalid argument', `${text} must be ${predicate}`);
}

interface Operation {
  readonly integers: (a: bigint, b: bigint) => bigint;
  readonly doubles: (a: number, b: number) => number;
}

/** One number after the other, from left to right. */
function fold(
  name: string,
  key: string,
  operation: Operation,
  check?: (b: FqlNumber, call: Call) => void,
): Form {
  return defineForm({
    name,
    effect: 'pure',
    parameters: { [key]: variadic(number) },
    evaluate: (given, call) => {
      const [first, ...others] = someOf(given[key] ?? [], call, key);
      let result = first;
      for (const next of others) {
        check?.(next, call);
        result =
          typeof result === 'bigint' && typeof next === 'bigint'
            ? wrap(operation.integers(result, next))
            : operation.doubles(Number(result), Number(next));
      }
      return result;
    },
  });
}

function refuseZero(divisor: FqlNumber, call: Call): void {
  if (Number(divisor) === 0) call.fail(undefined, 'invalid argument', 'Illegal division by zero.');
}

/** Doubles take part with their whole parts. */
function bitwise(name: string, key: string, integers: Operation['integers']): Form {
  return fold(name, key, {
    integers,
    doubles: (a, b) => Number(integers(integerOf(a), integerOf(b))),
  });
}

function onNumber(
  name: string,
  key: string,
  integers: (a: bigint) => Value,
  doubles: (a: number) => Value,
): Form {
  return defineForm({
    name,
    effect: 'pure',
    parameters: { [key]: number },
    evaluate: (given) => {
      const value = given[key] ?? 0n;
      return typeof value === 'bigint' ? integers(value) : doubles(value);
    },
  });
}

const PRECISION_DEFAULT = 2n;

const round = defineForm({
  name: 'Round',
  effect: 'pure',
  parameters: { round: number, precision: optional(integer) },
  evaluate: ({ round: value, precision }) => {
    if (typeof value === 'number') return roundDouble(value, precision ?? PRECISION_DEFAULT);
    return roundInteger(value, precision ?? PRECISION_DEFAULT);
  },
});

const trunc = defineForm({
  name: 'Trunc',
  effect: 'pure',
  parameters: { trunc: number, precision: optional(integer) },
  evaluate: ({ trunc: value, precision }) => {
    if (typeof value === 'number') return truncateDouble(value, precision ?? PRECISION_DEFAULT);
    return truncateInteger(value, precision ?? PRECISION_DEFAULT);
  },
});

const sqrt = defineForm({
  name: 'Sqrt',
  effect: 'pure',
  parameters: { sqrt: number },
  evaluate: ({ sqrt: value }, call) =>
    Number(value) >= 0 ? Math.sqrt(Number(value)) : outOfBounds(call, value, 'positive'),
});

export const mathForms: readonly Form[] = [
  onNumber(
    'Abs',
    'abs',
    (a) => wrap(a < 0n ? -a : a),
    (a) => Math.abs(a),
  ),
  fold('Add', 'add', { integers: (a, b) => a + b, doubles: (a, b) => a + b }),
  fold('Subtract', 'subtract', { integers: (a, b) => a - b, doubles: (a, b) => a - b }),
  fold('Multiply', 'multiply', { integers: (a, b) => a * b, doubles: (a, b) => a * b }),
  fold('Divide', 'divide', { integers: (a, b) => a / b, doubles: (a, b) => a / b }, refuseZero),
  fold('Modulo', 'modulo', { integers: (a, b) => a % b, doubles: (a, b) => a % b }, refuseZero),
  bitwise('BitAnd', 'bitand', (a, b) => a & b),
  bitwise('BitOr', 'bitor', (a, b) => a | b),
  bitwise('BitXor', 'bitxor', (a, b) => a ^ b),
  onNumber(
    'BitNot',
    'bitnot',
    (a) => ~a,
    (a) => ~integerOf(a),
  ),
  onNumber(
    'Ceil',
    'ceil',
    (a) => a,
    (a) => Math.ceil(a),
  ),
  onNumber(
    'Floor',
    'floor',
    (a) => a,
    (a) => Math.floor(a),
  ),
  // Of doubles, zero and NaN count as positive.
  onNumber(
    'Sign',
    'sign',
    (a) => (a === 0n ? 0n : a < 0n ? -1n : 1n),
    (a) => (a < 0 ? -1n : 1n),
  ),
  round,
  trunc,
  sqrt,
];
