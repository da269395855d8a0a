/** What variables stand for at a place: a chain of bindings, the innermost first. */

import type { Position } from '../parse/expression.ts';
import type { Lambda } from '../values/lambda.ts';
import { isArray, type Value } from '../values/value.ts';
import { FqlFault } from './fql-error.ts';

export interface Environment {
  readonly name: string;
  readonly value: Value;
  readonly outer: Environment | undefined;
}

export function bind(name: string, value: Value, outer: Environment | undefined): Environment {
  return { name, value, outer };
}

/** The lambda's own place: what its body's position begins with. */
export function positionOf(lambda: Lambda): Position {
  return lambda.body.position.slice(0, -1);
}

/** What a lambda's body sees: what it closed over, and its argument. A pattern of one name in an array also takes a value that is no array. */
export function environmentOf(lambda: Lambda, argument: Value): Environment | undefined {
  let environment: Environment | undefined;
  for (const [name, value] of lambda.captured) environment = bind(name, value, environment);
  const { pattern } = lambda;
  if (typeof pattern === 'string') {
    return pattern === '_' ? environment : bind(pattern, argument, environment);
  }
  const values = isArray(argument) ? argument : [argument];
  if (values.length !== pattern.length) {
    throw new FqlFault([
      {
        position: [...positionOf(lambda), 'lambda'],
        code: 'invalid argument',
        description: `Lambda expects an array with ${pattern.length} elements. Array contains ${values.length}.`,
      },
    ]);
  }
  for (const [at, name] of pattern.entries()) {
    if (name !== '_') environment = bind(name, values[at] ?? null, environment);
  }
  return environment;
}
