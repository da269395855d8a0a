/** What evaluating an expression may do at most, told from its forms alone. */
import type { Effect } from '../forms/form.ts';
import type { Expression } from './expression.ts';
import { partsOf } from './nodes.ts';

const RANK: Readonly<Record<Effect, number>> = { pure: 0, read: 1, write: 2 };

export function maxEffect(a: Effect, b: Effect): Effect {
  return RANK[a] >= RANK[b] ? a : b;
}

export function allows(limit: Effect, effect: Effect): boolean {
  return RANK[effect] <= RANK[limit];
}

/**
 * The strongest effect inside an expression, bodies of lambdas included. A call of a user function may do anything; `calls` says what to count
 * it as.
 */
export function effectOfExpression(
  expression: Expression,
  options: { readonly calls: Effect } = { calls: 'write' },
): Effect {
  let effect: Effect = 'pure';
  const rest: Expression[] = [expression];
  for (let next = rest.pop(); next !== undefined && effect !== 'write'; next = rest.pop()) {
    if (next.kind === 'form') {
      effect = maxEffect(effect, next.form.name === 'Call' ? options.calls : next.form.effect);
    }
    // One by one: a request may have more parts than a call has arguments.
    for (const part of partsOf(next)) rest.push(part);
  }
  return effect;
}
