/** An expression as JSON text again: what a client gets to see of a function's body. */
import { unreachable } from '@skein/base';
import { renderString, renderValue } from '../json/render.ts';
import { DocumentValue, isArray, isObject, PageValue, type Value } from '../values/value.ts';
import type { Expression } from './expression.ts';

export function renderExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'literal':
      return renderLiteral(expression.value);
    case 'variable':
      return `{"var":${renderString(expression.name)}}`;
    case 'array':
      return `[${expression.items.map(renderExpression).join()}]`;
    case 'object':
      return `{"object":${renderFields(expression.fields)}}`;
    case 'let':
      return `{"let":${renderFields(expression.bindings)},"in":${renderExpression(expression.body)}}`;
    case 'lambda':
      return `{"lambda":${renderPattern(expression.pattern)},"expr":${renderExpression(expression.body)}}`;
    case 'form': {
      const members: string[] = [];
      for (const [at, { key }] of expression.form.parameters.entries()) {
        const argument = expression.arguments[at];
        if (argument !== undefined) members.push(`${renderString(key)}:${renderExpression(argument)}`);
      }
      return `{${members.join()}}`;
    }
    default:
      return unreachable(expression);
  }
}

/** A value as an expression that gives it: objects are no calls, and stand inside `object`. Documents and pages become objects. */
function renderLiteral(value: Value): string {
  if (isArray(value)) return `[${value.map(renderLiteral).join()}]`;
  if (isObject(value)) return renderObject([...value]);
  if (value instanceof DocumentValue) {
    return renderObject([['ref', value.ref], ['ts', BigInt(value.ts)], ...value.fields]);
  }
  if (value instanceof PageValue) {
    const { before, after, data } = value;
    return renderObject([
      ...(before === undefined ? [] : [['before', before] as const]),
      ...(after === undefined ? [] : [['after', after] as const]),
      ['data', data],
    ]);
  }
  return renderValue(value);
}

function renderObject(fields: readonly (readonly [string, Value])[]): string {
  const members = fields.map(([name, value]) => `${renderString(name)}:${renderLiteral(value)}`);
  return `{"object":{${members.join()}}}`;
}

function renderFields(fields: readonly (readonly [string, Expression])[]): string {
  return `{${fields.map(([name, field]) => `${renderString(name)}:${renderExpression(field)}`).join()}}`;
}

function renderPattern(pattern: string | readonly string[]): string {
  return typeof pattern === 'string' ? renderString(pattern) : `[${pattern.map(renderString).join()}]`;
}
