/**
 * A function of the language, as a table row: its keys on the wire, its effect, and what it does with arguments that are evaluated and cast.
 * Forms that decide themselves what is evaluated (`If`, `Do`, `And`, `At` …) have `lazy` in the place of `evaluate`.
 *
 *   export const timeAdd = defineForm({
 *     name: 'TimeAdd',
 *     effect: 'pure',
 *     parameters: { time_add: temporal, offset: integer, unit: string },
 *     evaluate: ({ time_add, offset, unit }, call) => …,
 *   });
 *
 * The first parameter's key names the form on the wire; the set of keys decides which form an object is.
 */
import type { EvaluationContext } from '../evaluate/context.ts';
import { type FqlError, type FqlErrorCode, FqlFault } from '../evaluate/fql-error.ts';
import type { Expression, Position } from '../parse/expression.ts';
import type { Value } from '../values/value.ts';

export type Effect = 'pure' | 'read' | 'write';

/** Turns an evaluated argument into what the form works with. `expected` stands in "X expected, Y provided." */
export interface Cast<T> {
  readonly expected: string;
  /** Undefined: the value is of another type. Throws a fault for what it can say more exactly. */
  readonly cast: (value: Value, call: Call, key: string) => T | undefined;
  /** The key may be absent: then the form gets undefined. */
  readonly optional?: true;
  /** One value or an array of them: each is cast, with its ordinal in the position of its error. */
  readonly variadic?: true;
}

/** What a form knows of the place where it stands. */
export interface Call {
  readonly context: EvaluationContext;
  readonly position: Position;
  /** Throws a fault at an argument (`key`), deeper inside it (array), or at the form itself (undefined). */
  fail(
    at: string | readonly (string | number)[] | undefined,
    code: FqlErrorCode,
    description: string,
    more?: Pick<FqlError, 'failures' | 'cause'>,
  ): never;
}

export interface LazyCall extends Call {
  evaluate(expression: Expression, context?: EvaluationContext): Value;
  /** For the form's result: this expression's value, evaluated when the form has returned, so that it takes no stack. */
  goOn(expression: Expression, context?: EvaluationContext): Continuation;
}

/** What a lazy form leaves to be evaluated in its place. */
export class Continuation {
  readonly expression: Expression;
  readonly context: EvaluationContext;

  constructor(expression: Expression, context: EvaluationContext) {
    this.expression = expression;
    this.context = context;
  }
}

export interface Form {
  /** As the driver calls it: `TimeAdd`. */
  readonly name: string;
  readonly effect: Effect;
  readonly parameters: readonly { readonly key: string; readonly cast: Cast<unknown> }[];
  readonly evaluate: ((values: Readonly<Record<string, unknown>>, call: Call) => Value) | undefined;
  readonly lazy:
    | ((argument: Readonly<Record<string, Expression | undefined>>, call: LazyCall) => Value | Continuation)
    | undefined;
}

type CastValues<P extends Readonly<Record<string, Cast<unknown>>>> = {
  readonly [K in keyof P]: P[K] extends { readonly cast: (...given: never[]) => infer T | undefined }
    ? P[K] extends { readonly variadic: true }
      ? readonly T[]
      : P[K] extends { readonly optional: true }
        ? T | undefined
        : T
    : never;
};

export function defineForm<const P extends Readonly<Record<string, Cast<unknown>>>>(definition: {
  readonly name: string;
  readonly effect: Effect;
  readonly parameters: P;
  readonly evaluate: (values: CastValues<P>, call: Call) => Value;
}): Form {
  return {
    name: definition.name,
    effect: definition.effect,
    parameters: Object.entries(definition.parameters).map(([key, cast]) => ({ key, cast })),
    evaluate: definition.evaluate as Form['evaluate'],
    lazy: undefined,
  };
}

/** `keys`: those ending in `?` are optional. */
export function defineLazyForm(definition: {
  readonly name: string;
  readonly effect: Effect;
  readonly keys: readonly string[];
  readonly evaluate: (
    argument: Readonly<Record<string, Expression | undefined>>,
    call: LazyCall,
  ) => Value | Continuation;
}): Form {
  const unread: Cast<unknown> = { expected: 'Value', cast: (value) => value };
  return {
    name: definition.name,
    effect: definition.effect,
    parameters: definition.keys.map((key) =>
      key.endsWith('?')
        ? { key: key.slice(0, -1), cast: { ...unread, optional: true } }
        : { key, cast: unread },
    ),
    evaluate: undefined,
    lazy: definition.evaluate,
  };
}

export function optional<T>(cast: Cast<T>): Cast<T> & { readonly optional: true } {
  return { ...cast, optional: true };
}

export function variadic<T>(cast: Cast<T>): Cast<T> & { readonly variadic: true } {
  return { ...cast, variadic: true };
}

export function faultAt(
  position: Position,
  code: FqlErrorCode,
  description: string,
  more: Pick<FqlError, 'failures' | 'cause'> = {},
): FqlFault {
  return new FqlFault([{ position, code, description, ...more }]);
}
