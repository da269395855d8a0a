/** Expressions from parts, folded: an array or object of literals is a literal. */
import { unreachable } from '@skein/base';
import type { Value } from '../values/value.ts';
import type { Expression, Position } from './expression.ts';

/** Stands for an expression that could not be parsed; its error is among the findings. */
export function broken(position: Position): Expression {
  return literal(position, null);
}

export function literal(position: Position, value: Value): Expression {
  return { kind: 'literal', position, value };
}

export function arrayOf(position: Position, items: readonly Expression[]): Expression {
  const values: Value[] = [];
  for (const item of items) {
    if (item.kind !== 'literal') return { kind: 'array', position, items };
    values.push(item.value);
  }
  return literal(position, values);
}

export function objectOf(position: Position, fields: readonly (readonly [string, Expression])[]): Expression {
  const values = new Map<string, Value>();
  for (const [name, field] of fields) {
    if (field.kind !== 'literal') return { kind: 'object', position, fields };
    values.set(name, field.value);
  }
  return literal(position, values);
}

/** The expressions directly inside one. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'literal':
    case 'variable':
      return [];
    case 'array':
      return expression.items;
    case 'object':
      return expression.fields.map(([, field]) => field);
    case 'let':
      return [...expression.bindings.map(([, binding]) => binding), expression.body];
    case 'lambda':
      return [expression.body];
    case 'form':
      return expression.arguments.filter((argument) => argument !== undefined);
    default:
      return unreachable(expression);
  }
}
