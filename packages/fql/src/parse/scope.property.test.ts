/** Free names of lambdas, and names without a value, against a plain recursive definition. */
import { utf8Encode } from '@skein/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FqlFault } from '../evaluate/fql-error.ts';
import type { Expression } from './expression.ts';
import { partsOf } from './nodes.ts';
import { parseRequest } from './parse.ts';

const name = fc.constantFrom('a', 'b', 'c', 'd');

type Term = { readonly [key: string]: unknown } | readonly unknown[] | number;

const { term } = fc.letrec<{ term: Term }>((tie) => ({
  term: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.constant(1),
    name.map((variable) => ({ var: variable })),
    fc.array(tie('term'), { maxLength: 3 }),
    fc
      .tuple(fc.array(fc.tuple(name, tie('term')), { maxLength: 3 }), tie('term'))
      .map(([bindings, body]) => ({
        let: bindings.map(([variable, bound]) => ({ [variable]: bound })),
        in: body,
      })),
    fc
      .tuple(fc.array(fc.oneof(name, fc.constant('_')), { maxLength: 2 }), tie('term'))
      .map(([pattern, body]) => ({
        query: { lambda: pattern, expr: body },
      })),
  ),
}));

/** Names that an expression takes from outside, told from the expression alone. */
function freeNames(expression: Expression): Set<string> {
  switch (expression.kind) {
    case 'variable':
      return new Set([expression.name]);
    case 'let': {
      const free = new Set<string>();
      const bound = new Set<string>();
      for (const [variable, value] of expression.bindings) {
        for (const found of freeNames(value)) if (!bound.has(found)) free.add(found);
        bound.add(variable);
      }
      for (const found of freeNames(expression.body)) if (!bound.has(found)) free.add(found);
      return free;
    }
    case 'lambda': {
      const pattern = typeof expression.pattern === 'string' ? [expression.pattern] : expression.pattern;
      return new Set([...freeNames(expression.body)].filter((found) => !pattern.includes(found)));
    }
    default:
      return new Set(partsOf(expression).flatMap((part) => [...freeNames(part)]));
  }
}

function check(expression: Expression): void {
  if (expression.kind === 'lambda') expect(new Set(expression.free)).toEqual(freeNames(expression));
  for (const part of partsOf(expression)) check(part);
}

test('every lambda knows its free names, and a whole request has none', () => {
  const seen = { bound: 0, unbound: 0 };
  fc.assert(
    fc.property(term, (request) => {
      const all = { let: [{ a: 1 }, { b: 1 }, { c: 1 }, { d: 1 }], in: request };
      const expression = parseRequest(utf8Encode(JSON.stringify(all)));
      check(expression);
      const isClosed = expression.kind === 'let' ? freeNames(expression.body).size === 0 : true;
      try {
        parseRequest(utf8Encode(JSON.stringify(request)));
        expect(isClosed).toBe(true);
        seen.bound++;
      } catch (error) {
        if (!(error instanceof FqlFault)) throw error;
        expect(isClosed).toBe(false);
        seen.unbound++;
      }
    }),
  );
  expect(Math.min(seen.bound, seen.unbound)).toBeGreaterThan(0);
});
