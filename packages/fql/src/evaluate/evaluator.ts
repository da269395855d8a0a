/**
 * Expressions to values: a walk over the tree. Arguments are evaluated left to right, each although another failed, and their errors add up;
 * lazy forms decide themselves.
 */
import { AssertionError, assert, unreachable } from '@skein/base';
import { type Cast, Continuation, type Form, type LazyCall } from '../forms/form.ts';
import { allows } from '../parse/effects.ts';
import type { Expression, Position } from '../parse/expression.ts';
import { Lambda } from '../values/lambda.ts';
import { SetRef } from '../values/set-ref.ts';
import { typeName } from '../values/type-name.ts';
import { DocumentValue, isArray, type Value } from '../values/value.ts';
import type { EvaluationContext } from './context.ts';
import { bind, type Environment } from './environment.ts';
import { Context, stackOverflow } from './evaluation-context.ts';
import { type FqlError, type FqlErrorCode, FqlFault } from './fql-error.ts';
import { FaultCollector } from './gather.ts';
import { EVALUATION_DEPTH_MAX, ITEMS_PER_STEP, LEVELS_PER_SET } from './limits.ts';
import type { Session } from './session.ts';

const BINDINGS_PER_STEP = 16;
const STEPS_PER_FAULT = 64;

/** The value of an expression without free variables. Throws `FqlFault`, and `WriteNeeded` where nothing may be written. */
export function evaluate(expression: Expression, context: EvaluationContext): Value {
  return evaluateIn(expression, asContext(context), undefined);
}

/**
 * Counts how deep it is in `session.nesting`, which is only put back where a result is given: whoever catches a fault puts it back, too (the
 * loops over arguments, `FormCall.evaluate` and `Context.call` do).
 */
export function evaluateIn(
  expression: Expression,
  context: Context,
  environment: Environment | undefined,
): Value {
  let here = context;
  let scope = environment;
  // What a `let`, or a form that chose among its parts, ends with is evaluated in its place: it takes no stack.
  for (let node = expression; ; ) {
    switch (node.kind) {
      case 'literal':
        return node.value;
      case 'variable':
        return valueOf(node.name, here, scope);
      case 'lambda':
        return closure(node, here, scope);
      case 'array':
        return evaluateItems(node, here, scope);
      case 'object':
        return evaluateFields(node, here, scope);
      case 'let':
        scope = bindAll(node, here, scope);
        node = node.body;
        break;
      case 'form': {
        if (node.form.lazy === undefined) return evaluateForm(node, here, scope);
        const result = evaluateLazily(node, node.form.lazy, here, scope);
        if (!(result instanceof Continuation)) return result;
        node = result.expression;
        here = asContext(result.context);
        break;
      }
      default:
        return unreachable(node);
    }
  }
}

type Node<K extends Expression['kind']> = Extract<Expression, { readonly kind: K }>;

function evaluateForm(
  expression: Node<'form'>,
  context: Context,
  environment: Environment | undefined,
): Value {
  const { form } = expression;
  const call = enter(expression, context, environment);
  const { session } = context;
  const depth = session.nesting;
  const values: Record<string, unknown> = {};
  let setLevels = 0;
  let faults: FaultCollector | undefined;
  for (let at = 0; at < expression.arguments.length; at++) {
    const argument = expression.arguments[at];
    if (argument === undefined) continue;
    try {
      const value = evaluateIn(argument, context, environment);
      if (value instanceof SetRef) setLevels += levelsOf(value, session);
      cast(value, form, at, call, values);
    } catch (error) {
      session.nesting = depth;
      faults = collect(faults, error, session);
    }
  }
  faults?.throwIfFailed();
  assert(form.evaluate !== undefined, `${form.name} has a way to be evaluated`);
  session.nesting += setLevels;
  if (session.nesting > EVALUATION_DEPTH_MAX) throw stackOverflow(expression.position);
  const value = form.evaluate(values, call);
  session.nesting = depth - 1;
  if (value instanceof DocumentValue && creates(form)) session.created.add(value);
  return value;
}

function enter(expression: Node<'form'>, context: Context, environment: Environment | undefined): FormCall {
  const { session } = context;
  const { form } = expression;
  descend(expression, context);
  session.formCount++;
  session.charge(1);
  if (!allows(context.effect, form.effect) && form.name !== 'Call') {
    throw context.effectFault(form.effect, expression.position);
  }
  return new FormCall(context, expression, environment);
}

/** Whoever reads a set goes through all sets that it is made of. */
function levelsOf(set: SetRef, session: Session): number {
  return session.extentOf(set).depth * LEVELS_PER_SET;
}

function descend(expression: Expression, { session }: Context): void {
  if (session.nesting >= EVALUATION_DEPTH_MAX) throw stackOverflow(expression.position);
  session.nesting++;
}

/** Going on after a fault costs much more than an evaluation that succeeds. Throws when there are no steps left for that. */
function collect(faults: FaultCollector | undefined, error: unknown, session: Session): FaultCollector {
  session.charge(STEPS_PER_FAULT);
  const collector = faults ?? new FaultCollector();
  collector.add(error);
  return collector;
}

function evaluateLazily(
  expression: Node<'form'>,
  evaluateForm: NonNullable<Form['lazy']>,
  context: Context,
  environment: Environment | undefined,
): Value | Continuation {
  const call = enter(expression, context, environment);
  const named: Record<string, Expression | undefined> = {};
  for (const [at, { key }] of expression.form.parameters.entries()) named[key] = expression.arguments[at];
  const result = evaluateForm(named, call);
  context.session.nesting--;
  return result;
}

/** Forms whose result is a document that did not exist before. */
function creates(form: Form): boolean {
  return form.effect === 'write' && (form.name.startsWith('Create') || form.name === 'Login');
}

function evaluateItems(
  expression: Node<'array'>,
  context: Context,
  environment: Environment | undefined,
): readonly Value[] {
  const { items } = expression;
  const { session } = context;
  descend(expression, context);
  const depth = session.nesting;
  session.charge(items.length);
  let faults: FaultCollector | undefined;
  const values: Value[] = [];
  for (const item of items) {
    try {
      values.push(evaluateIn(item, context, environment));
    } catch (error) {
      session.nesting = depth;
      faults = collect(faults, error, session);
    }
  }
  faults?.throwIfFailed();
  session.nesting = depth - 1;
  return session.checkSize(values);
}

function evaluateFields(
  expression: Node<'object'>,
  context: Context,
  environment: Environment | undefined,
): ReadonlyMap<string, Value> {
  const { fields } = expression;
  const { session } = context;
  descend(expression, context);
  const depth = session.nesting;
  session.charge(fields.length);
  let faults: FaultCollector | undefined;
  const values = new Map<string, Value>();
  for (const [name, field] of fields) {
    try {
      values.set(name, evaluateIn(field, context, environment));
    } catch (error) {
      session.nesting = depth;
      faults = collect(faults, error, session);
    }
  }
  faults?.throwIfFailed();
  session.nesting = depth - 1;
  return session.checkSize(values);
}

function bindAll(
  expression: Node<'let'>,
  context: Context,
  environment: Environment | undefined,
): Environment | undefined {
  descend(expression, context);
  context.session.charge(expression.bindings.length);
  let inner = environment;
  for (const [name, bound] of expression.bindings) {
    inner = bind(name, evaluateIn(bound, context, inner), inner);
  }
  context.session.nesting--;
  return inner;
}

function closure(
  expression: Extract<Expression, { readonly kind: 'lambda' }>,
  context: Context,
  environment: Environment | undefined,
): Lambda {
  const { pattern, body, free, apiVersion } = expression;
  if (free.length === 0) return new Lambda({ pattern, body, apiVersion });
  const captured = new Map<string, Value>();
  for (const name of free) captured.set(name, valueOf(name, context, environment));
  return new Lambda({ pattern, body, captured, apiVersion });
}

/** Bindings are looked through one by one: a place with thousands of them costs more than one step. */
function valueOf(name: string, context: Context, environment: Environment | undefined): Value {
  let boundCount = 1;
  for (let scope = environment; scope !== undefined; scope = scope.outer) {
    if (scope.name === name) {
      if (boundCount >= BINDINGS_PER_STEP) context.session.charge(Math.floor(boundCount / BINDINGS_PER_STEP));
      return scope.value;
    }
    boundCount++;
  }
  throw new AssertionError(`variable ${name} has a value`);
}

function cast(value: Value, form: Form, at: number, call: FormCall, values: Record<string, unknown>): void {
  const parameter = form.parameters[at];
  if (parameter === undefined) return;
  const { key, cast: wanted } = parameter;
  if (wanted.variadic === true) {
    values[key] = castAll(value, wanted, call, key);
    return;
  }
  const result = wanted.cast(value, call, key);
  if (result === undefined) call.fail(key, 'invalid argument', mismatch(wanted.expected, value));
  values[key] = result;
}

function castAll(value: Value, wanted: Cast<unknown>, call: FormCall, key: string): readonly unknown[] {
  if (!isArray(value)) {
    const result = wanted.cast(value, call, key);
    if (result !== undefined) return [result];
    return call.fail(key, 'invalid argument', mismatch(wanted.expected, value));
  }
  let faults: FaultCollector | undefined;
  const results: unknown[] = [];
  const { session } = call.context;
  session.charge(Math.floor(value.length / ITEMS_PER_STEP));
  const itemCall = new ItemCall(call, key);
  for (const item of value) {
    try {
      const result = wanted.cast(item, itemCall, key);
      if (result === undefined) itemCall.fail(key, 'invalid argument', mismatch(wanted.expected, item));
      results.push(result);
    } catch (error) {
      faults = collect(faults, error, session);
    }
    itemCall.at++;
  }
  faults?.throwIfFailed();
  return results;
}

function mismatch(expected: string, value: Value): string {
  return `${expected} expected, ${typeName(value)} provided.`;
}

class FormCall implements LazyCall {
  readonly context: Context;
  readonly expression: Expression;
  readonly #environment: Environment | undefined;

  constructor(context: Context, expression: Expression, environment: Environment | undefined) {
    this.context = context;
    this.expression = expression;
    this.#environment = environment;
  }

  get position(): Position {
    return this.expression.position;
  }

  evaluate(expression: Expression, context?: EvaluationContext): Value {
    const { session } = this.context;
    const depth = session.nesting;
    try {
      return evaluateIn(
        expression,
        context === undefined ? this.context : asContext(context),
        this.#environment,
      );
    } finally {
      session.nesting = depth;
    }
  }

  goOn(expression: Expression, context: EvaluationContext = this.context): Continuation {
    return new Continuation(expression, context);
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

/** For one after the other of an argument's values: what a cast says of it has its ordinal in the position. */
class ItemCall extends FormCall {
  at = 0;
  readonly #key: string;

  constructor(call: FormCall, key: string) {
    super(call.context, call.expression, undefined);
    this.#key = key;
  }

  override fail(
    at: string | readonly (string | number)[] | undefined,
    code: FqlErrorCode,
    description: string,
    more: Pick<FqlError, 'failures' | 'cause'> = {},
  ): never {
    return super.fail(at === this.#key ? [this.#key, this.at] : at, code, description, more);
  }
}

function asContext(context: EvaluationContext): Context {
  assert(context instanceof Context, 'contexts come from the evaluator');
  return context;
}
