/** Control: what decides itself which of its parts are evaluated, and calls. `Let`, `Var`, `Object` and `Lambda` are syntax, and stand in the parser. */

import { isAllowed } from '../access/access.ts';
import { rolesOfValue } from '../access/role-value.ts';
import { FqlFault } from '../evaluate/fql-error.ts';
import type { Expression } from '../parse/expression.ts';
import { schemaRef } from '../values/ref.ts';
import { Time } from '../values/time.ts';
import type { Value } from '../values/value.ts';
import {
  any,
  boolean,
  lambda,
  string,
  stringOrFunctionRef,
  timestamp,
  unresolvedRef,
  wrongType,
} from './casts.ts';
import { type Call, defineForm, defineLazyForm, type Form, type LazyCall, optional } from './form.ts';

const abort = defineForm({
  name: 'Abort',
  effect: 'pure',
  parameters: { abort: string },
  evaluate: ({ abort: message }, call) => call.fail(undefined, 'transaction aborted', message),
});

const at = defineLazyForm({
  name: 'At',
  effect: 'pure',
  keys: ['at', 'expr'],
  evaluate: ({ at: moment, expr }, call) => {
    const given = call.evaluate(required(moment));
    const time = timestamp.cast(given, call, 'at') ?? wrongType(call, 'at', ['Time'], given);
    return call.goOn(required(expr), contextAt(call, time));
  },
});

/** The time of the transaction itself means the present, in which may be written; a later one changes nothing. */
function contextAt(call: LazyCall, time: Time): Call['context'] {
  const { context } = call;
  const micros = Number(time.nanoseconds / 1000n - (time.nanoseconds % 1000n < 0n ? 1n : 0n));
  if (micros === context.now) return context.withTime(undefined);
  return micros > context.now ? context : context.withTime(micros);
}

const ifForm = defineLazyForm({
  name: 'If',
  effect: 'pure',
  keys: ['if', 'then', 'else'],
  evaluate: (argument, call) => {
    const condition = call.evaluate(required(argument['if']));
    const isTrue = boolean.cast(condition, call, 'if') ?? wrongType(call, 'if', ['Boolean'], condition);
    return call.goOn(required(isTrue ? argument['then'] : argument['else']));
  },
});

const doForm = defineLazyForm({
  name: 'Do',
  effect: 'pure',
  keys: ['do'],
  evaluate: (argument, call) => {
    const expressions = expressionsOf(required(argument['do']));
    for (const expression of expressions.slice(0, -1)) call.evaluate(expression);
    return call.goOn(required(expressions.at(-1)));
  },
});

const query = defineForm({
  name: 'Query',
  effect: 'pure',
  parameters: { query: lambda },
  evaluate: ({ query: value }) => value,
});

const callForm = defineForm({
  name: 'Call',
  effect: 'write',
  parameters: { call: stringOrFunctionRef, arguments: optional(any) },
  evaluate: (given, call) => {
    const { context } = call;
    const ref = typeof given.call === 'string' ? schemaRef('functions', given.call) : given.call;
    const found = context.schema.functionNamed(ref.id);
    if (found === undefined) {
      const { code, description } = unresolvedRef(ref, () => false);
      return call.fail('call', code, description);
    }
    const argument = given.arguments ?? [];
    if (!isAllowed(context, { action: 'call', function: ref.id, argument })) {
      return call.fail(undefined, 'permission denied', 'Insufficient privileges to perform the action.');
    }
    const { authentication } = context;
    const inside =
      found.role === undefined
        ? context
        : context.withAuthentication({ ...authentication, roles: rolesOfValue(found.role) });
    try {
      return inside.call(found.lambda, argument);
    } catch (error) {
      return failWithCause(call, error);
    }
  },
});

const ENDS_ALL: ReadonlySet<string> = new Set(['stack overflow', 'resources exceeded']);

/** What goes wrong in a function is the cause of a `call error`; only what ends the whole request is told as it is. */
function failWithCause(call: Call, error: unknown): never {
  if (!(error instanceof FqlFault)) throw error;
  const [first, ...others] = error.errors;
  if (first !== undefined && others.length === 0 && ENDS_ALL.has(first.code)) throw error;
  return call.fail(undefined, 'call error', 'Calling the function resulted in an error.', {
    cause: error.errors,
  });
}

export const basicForms: readonly Form[] = [abort, at, ifForm, doForm, query, callForm];

/** Of a lazy form's argument that is not optional. */
export function required(expression: Expression | undefined): Expression {
  if (expression === undefined) throw new TypeError('the parser gives every argument that is required');
  return expression;
}

/** The expressions of an argument that is written as a list, or as a single one. */
export function expressionsOf(argument: Expression): readonly Expression[] {
  if (argument.kind === 'array') return argument.items;
  if (argument.kind !== 'literal' || !Array.isArray(argument.value)) return [argument];
  return (argument.value as readonly Value[]).map((value, ordinal) => ({
    kind: 'literal',
    position: [...argument.position, ordinal],
    value,
  }));
}
