/** Predicates of roles: evaluated at the present, with the identity of the one who asks, free to read and unable to write. */
import type { EvaluationContext } from '../evaluate/context.ts';
import { FqlFault, WriteNeeded } from '../evaluate/fql-error.ts';
import type { Lambda } from '../values/lambda.ts';
import type { Value } from '../values/value.ts';

/** Only `true` is a yes; an evaluation that fails is a no. */
export function holds(context: EvaluationContext, predicate: Lambda, argument: Value): boolean {
  // With the role of a server: a predicate would else ask for the right to look at what decides that right.
  const asServer = { ...context.authentication, roles: ['server'] as const };
  try {
    const inner = context.withTime(undefined).withAuthentication(asServer, 'read');
    return inner.call(predicate, argument, 'read') === true;
  } catch (fault) {
    if (fault instanceof FqlFault || fault instanceof WriteNeeded) return false;
    throw fault;
  }
}

/** Of the lambda's pattern: names in an array, else one. */
export function arityOf(lambda: Lambda): number {
  return typeof lambda.pattern === 'string' ? 1 : lambda.pattern.length;
}
