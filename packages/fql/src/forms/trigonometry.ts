/** Angles, exponents and logarithms: always doubles. */
import { hypotenuse } from '../libraries/hypotenuse.ts';
import { number } from './casts.ts';
import { type Call, defineForm, type Form, optional } from './form.ts';
import { outOfBounds } from './math.ts';

interface Domain {
  readonly has: (a: number) => boolean;
  readonly predicate: string;
}

const UNIT_INTERVAL: Domain = { has: (a) => a >= -1 && a <= 1, predicate: 'between -1 and 1 inclusive' };
const POSITIVE: Domain = { has: (a) => a > 0, predicate: 'greater than 0' };

function ofDouble(name: string, key: string, compute: (a: number) => number, domain?: Domain): Form {
  return defineForm({
    name,
    effect: 'pure',
    parameters: { [key]: number },
    evaluate: (given, call: Call) => {
      const value = given[key] ?? 0n;
      if (domain !== undefined && !domain.has(Number(value))) {
        return outOfBounds(call, value, domain.predicate);
      }
      return compute(Number(value));
    },
  });
}

/** Without `b`, both sides are the same. */
const hypot = defineForm({
  name: 'Hypot',
  effect: 'pure',
  parameters: { hypot: number, b: optional(number) },
  evaluate: ({ hypot: a, b }) => hypotenuse(Number(a), Number(b ?? a)),
});

const EXPONENT_DEFAULT = 2;

const pow = defineForm({
  name: 'Pow',
  effect: 'pure',
  parameters: { pow: number, exp: optional(number) },
  evaluate: ({ pow: base, exp }) => Number(base) ** Number(exp ?? EXPONENT_DEFAULT),
});

const DEGREES_PER_RADIAN = 180 / Math.PI;
const RADIANS_PER_DEGREE = Math.PI / 180;

export const trigonometryForms: readonly Form[] = [
  ofDouble('Acos', 'acos', Math.acos, UNIT_INTERVAL),
  ofDouble('Asin', 'asin', Math.asin, UNIT_INTERVAL),
  ofDouble('Atan', 'atan', Math.atan),
  ofDouble('Cos', 'cos', Math.cos),
  ofDouble('Cosh', 'cosh', Math.cosh),
  ofDouble('Degrees', 'degrees', (a) => a * DEGREES_PER_RADIAN),
  ofDouble('Exp', 'exp', Math.exp),
  ofDouble('Ln', 'ln', Math.log, POSITIVE),
  ofDouble('Log', 'log', Math.log10, POSITIVE),
  ofDouble('Radians', 'radians', (a) => a * RADIANS_PER_DEGREE),
  ofDouble('Sin', 'sin', Math.sin),
  ofDouble('Sinh', 'sinh', Math.sinh),
  ofDouble('Tan', 'tan', Math.tan),
  ofDouble('Tanh', 'tanh', Math.tanh),
  hypot,
  pow,
];
