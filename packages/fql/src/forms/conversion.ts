/** One type into another. `Cannot cast X to Y.` where there is no way. */
import { integerOf } from '../libraries/int64.ts';
import { parseNumber } from '../libraries/parse-number.ts';
import { trimControls } from '../libraries/whitespace.ts';
import type { Value } from '../values/value.ts';
import { any, typeName } from './casts.ts';
import { type Call, defineForm, type Form } from './form.ts';
import { textOf } from './text-of.ts';
import { chargeWalk } from './value-costs.ts';

export function cannotCast(call: Call, at: string | undefined, value: Value, type: string): never {
  return call.fail(at, 'invalid argument', `Cannot cast ${typeName(value)} to ${type}.`);
}

/** Undefined: no number, and no text that begins with one. */
function numberOf(value: Value, call: Call): bigint | number | undefined {
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  chargeWalk(value, call);
  return parseNumber(trimControls(value));
}

const toString = defineForm({
  name: 'ToString',
  effect: 'pure',
  parameters: { to_string: any },
  evaluate: ({ to_string: value }, call) => textOf(value) ?? cannotCast(call, undefined, value, 'String'),
});

const toNumber = defineForm({
  name: 'ToNumber',
  effect: 'pure',
  parameters: { to_number: any },
  evaluate: ({ to_number: value }, call) =>
    numberOf(value, call) ?? cannotCast(call, undefined, value, 'Number'),
});

const toDouble = defineForm({
  name: 'ToDouble',
  effect: 'pure',
  parameters: { to_double: any },
  evaluate: ({ to_double: value }, call) =>
    Number(numberOf(value, call) ?? cannotCast(call, 'to_double', value, 'Double')),
});

/** Doubles lose their fraction, and end at the bounds of integers. */
const toInteger = defineForm({
  name: 'ToInteger',
  effect: 'pure',
  parameters: { to_integer: any },
  evaluate: ({ to_integer: value }, call) => {
    const found = numberOf(value, call) ?? cannotCast(call, 'to_integer', value, 'Integer');
    return typeof found === 'bigint' ? found : integerOf(found);
  },
});

export const conversionForms: readonly Form[] = [toString, toNumber, toDouble, toInteger];
