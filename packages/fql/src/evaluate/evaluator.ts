/**
 * Expressions to values: a walk over the tree. Arguments are evaluated left to right, each although another failed, and their errors add up;
 * lazy forms decide themselves.
 */
import { assert, unreachable } from '@skein/base';
import type { Cast, Form, LazyCall } from '../forms/form.ts';
import type { Expression, Position } from '../parse/expression.ts';
import { Lambda } from '../values/lambda.ts';
import { typeName } from '../values/type-name.ts';
import { DocumentValue, isArray, type Value } from '../values/value.ts';
import type { EvaluationContext } from './context.ts';
import { bind, type Environment, lookUp } from './environment.ts';
import { Context, stackOverflow } from './evaluation-context.ts';
import { type FqlError, type FqlErrorCode, FqlFault } from './fql-error.ts';
import { FaultCollector } from './gather.ts';
import { EVALUATION_DEPTH_MAX } from './limits.ts';

/** The value of an expression without free variables. Throws `FqlFault`, and `WriteNeeded` where nothing may be written. */
export function evaluate(expression: Expression, context: EvaluationContext): Value {
  return evaluateIn(expression, asContext(context), undefined);
}

export function evaluateIn(
  expression: Expression,
  context: Context,
  environment: Environment | undefined,
): Value {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'variable': {
      const value = lookUp(environment, expression.name);
      assert(value !== undefined, `variable ${expression.name} has a value`);
      return value;
    }
    case 'form':
      return evaluateForm(expression, context, environment);
    case 'lambda':
      return closure(expression, environment);
    case 'array':
    case 'object':
    case 'let':
      return evaluateInside(expression, context, environment);
    default:
      return unreachable(expression);
  }
}

function evaluateInside(
  expression: Extract<Expression, { readonly kind: 'array' | 'object' | 'let' }>,
  context: Context,
  environment: Environment | undefined,
): Value {
  const { session } = context;
  if (session.nesting >= EVALUATION_DEPTH_MAX) throw stackOverflow(expression.position);
  session.nesting++;
  try {
    switch (expression.kind) {
      case 'array':
        return evaluateItems(expression.items, context, environment);
      case 'object':
        return evaluateFields(expression.fields, context, environment);
      default: {
        let inner = environment;
        for (const [name, bound] of expression.bindings) {
          inner = bind(name, evaluateIn(bound, context, inner), inner);
        }
        return evaluateIn(expression.body, context, inner);
      }
    }
  } finally {
    session.nesting--;
  }
}

function evaluateItems(
  items: readonly Expression[],
  context: Context,
  environment: Environment | undefined,
): readonly Value[] {
  const faults = new FaultCollector();
  const values: Value[] = [];
  for (const item of items) {
    try {
      values.push(evaluateIn(item, context, environment));
    } catch (error) {
      faults.add(error);
    }
  }
  faults.throwIfFailed();
  return values;
}

function evaluateFields(
  fields: readonly (readonly [string, Expression])[],
  context: Context,
  environment: Environment | undefined,
): ReadonlyMap<string, Value> {
  const faults = new FaultCollector();
  const values = new Map<string, Value>();
  for (const [name, field] of fields) {
    try {
      values.set(name, evaluateIn(field, context, environment));
    } catch (error) {
      faults.add(error);
    }
  }
  faults.throwIfFailed();
  return values;
}

function closure(
  expression: Extract<Expression, { readonly kind: 'lambda' }>,
  environment: Environment | undefined,
): Lambda {
  const { pattern, body, free, apiVersion } = expression;
  if (free.length === 0) return new Lambda({ pattern, body, apiVersion });
  const captured = new Map<string, Value>();
  for (const name of free) {
    const value = lookUp(environment, name);
    assert(value !== undefined, `variable ${name} has a value`);
    captured.set(name, value);
  }
  return new Lambda({ pattern, body, captured, apiVersion });
}

function evaluateForm(
  expression: Extract<Expression, { readonly kind: 'form' }>,
  context: Context,
  environment: Environment | undefined,
): Value {
  const { form, position } = expression;
  const { session } = context;
  if (session.nesting >= EVALUATION_DEPTH_MAX) throw stackOverflow(position);
  session.nesting++;
  try {
    session.formCount++;
    session.charge(1);
    if (form.name !== 'Call') context.checkEffect(form.effect, position);
    const call = new FormCall(context, position, environment);
    const value =
      form.evaluate === undefined
        ? evaluateLazily(form, expression.arguments, call)
        : form.evaluate(argumentsOf(form, expression.arguments, call), call);
    if (value instanceof DocumentValue && creates(form)) session.created.add(value);
    return value;
  } finally {
    session.nesting--;
  }
}

/** Forms whose result is a document that did not exist before. */
function creates(form: Form): boolean {
  return form.effect === 'write' && form.name.startsWith('Create');
}

function evaluateLazily(form: Form, given: readonly (Expression | undefined)[], call: LazyCall): Value {
  assert(form.lazy !== undefined, `${form.name} has a way to be evaluated`);
  const named: Record<string, Expression | undefined> = {};
  for (const [at, { key }] of form.parameters.entries()) named[key] = given[at];
  return form.lazy(named, call);
}

function argumentsOf(
  form: Form,
  given: readonly (Expression | undefined)[],
  call: FormCall,
): Readonly<Record<string, unknown>> {
  const { parameters } = form;
  const values: Record<string, unknown> = {};
  let faults: FaultCollector | undefined;
  for (let at = 0; at < parameters.length; at++) {
    const parameter = parameters[at];
    const argument = given[at];
    if (parameter === undefined || argument === undefined) continue;
    try {
      const value = call.evaluate(argument);
      values[parameter.key] = castArgument(value, parameter.cast, call, parameter.key);
    } catch (error) {
      faults ??= new FaultCollector();
      faults.add(error);
    }
  }
  faults?.throwIfFailed();
  return values;
}

function castArgument(value: Value, cast: Cast<unknown>, call: FormCall, key: string): unknown {
  if (cast.variadic) return castAll(value, cast, call, key);
  const result = cast.cast(value, call, key);
  if (result !== undefined) return result;
  return call.fail(key, 'invalid argument', mismatch(cast.expected, value));
}

function castAll(value: Value, cast: Cast<unknown>, call: FormCall, key: string): readonly unknown[] {
  if (!isArray(value)) {
    const result = cast.cast(value, call, key);
    if (result !== undefined) return [result];
    return call.fail(key, 'invalid argument', mismatch(cast.expected, value));
  }
  const faults = new FaultCollector();
  const results = value.map((item, at) =>
    faults.try(() => {
      const itemCall = new ItemCall(call, key, at);
      const result = cast.cast(item, itemCall, key);
      if (result !== undefined) return result;
      return call.fail([key, at], 'invalid argument', mismatch(cast.expected, item));
    }),
  );
  faults.throwIfFailed();
  return results;
}

function mismatch(expected: string, value: Value): string {
  return `${expected} expected, ${typeName(value)} provided.`;
}

class FormCall implements LazyCall {
  readonly context: Context;
  readonly position: Position;
  readonly #environment: Environment | undefined;

  constructor(context: Context, position: Position, environment: Environment | undefined) {
    this.context = context;
    this.position = position;
    this.#environment = environment;
  }

  evaluate(expression: Expression, context?: EvaluationContext): Value {
    return evaluateIn(
      expression,
      context === undefined ? this.context : asContext(context),
      this.#environment,
    );
  }

  fail(
    at: string | readonly (string | number)[] | undefined,
    code: FqlErrorCode,
    description: string,
    more: Pick<FqlError, 'failures' | 'cause'> = {},
  ): never {
    const inside = at === undefined ? [] : typeof at === 'string' ? [at] : at;
    throw new FqlFault([{ position: [...this.position, ...inside], code, description, ...more }]);
  }
}

/** One of several values of an argument: what a cast says of it has its ordinal in the position. */
class ItemCall extends FormCall {
  readonly #key: string;
  readonly #at: number;

  constructor(call: FormCall, key: string, at: number) {
    super(call.context, call.position, undefined);
    this.#key = key;
    this.#at = at;
  }

  override fail(
    at: string | readonly (string | number)[] | undefined,
    code: FqlErrorCode,
    description: string,
    more: Pick<FqlError, 'failures' | 'cause'> = {},
  ): never {
    return super.fail(at === this.#key ? [this.#key, this.#at] : at, code, description, more);
  }
}

function asContext(context: EvaluationContext): Context {
  assert(context instanceof Context, 'contexts come from the evaluator');
  return context;
}
