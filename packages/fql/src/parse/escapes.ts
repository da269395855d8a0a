/** Literals that JSON has no words for: `{"@ts": …}`, `{"@ref": …}`, `{"@query": …}` … */
import type { JsonNode } from '../json/parse-json.ts';
import { parseDate, parseTime } from '../libraries/parse-time.ts';
import { Lambda } from '../values/lambda.ts';
import { Uuid, type Value } from '../values/value.ts';
import { decodeBase64 } from './base64.ts';
import type { Expression, Position } from './expression.ts';
import { broken, literal } from './expression-builder.ts';
import { isFields, isList, type JsonFields } from './json-shape.ts';
import type { Parser } from './parse.ts';
import { parseRef } from './ref-literal.ts';
import { parseSet } from './set-literal.ts';

/** Undefined: no escape has this key. Errors go to the parser's. */
export function escapeOf(
  key: string,
  inner: JsonNode,
  position: Position,
  parser: Parser,
): Expression | undefined {
  if (!ESCAPES.has(key)) return undefined;
  const value = escapedValue(key, inner, position, parser);
  return value === undefined ? broken(position) : literal(position, value);
}

/** A node in which bare objects are data, and only escapes mean something else. */
export function parseData(node: JsonNode, position: Position, parser: Parser): Value {
  if (isList(node)) return node.map((item, at) => parseData(item, [...position, at], parser));
  if (!isFields(node)) return node;
  const [key] = node.keys();
  if (node.size === 1 && key !== undefined && key.startsWith('@')) {
    const inner = node.get(key);
    if (key === '@obj' && isFields(inner)) return dataFields(inner, position, parser);
    if (key === '@obj') return fail(position, 'Invalid object.', parser) ?? null;
    if (ESCAPES.has(key) && inner !== undefined) {
      return escapedValue(key, inner, position, parser) ?? null;
    }
  }
  return dataFields(node, position, parser);
}

function dataFields(node: JsonFields, position: Position, parser: Parser): Value {
  const fields = new Map<string, Value>();
  for (const [name, field] of node) fields.set(name, parseData(field, [...position, name], parser));
  return fields;
}

const ESCAPES: ReadonlySet<string> = new Set(['@ref', '@set', '@ts', '@date', '@query', '@bytes', '@uuid']);

function escapedValue(key: string, inner: JsonNode, position: Position, parser: Parser): Value | undefined {
  switch (key) {
    case '@ref':
      return parseRef(inner, position, parser.errors);
    case '@set':
      return isFields(inner) ? parseSet(inner, position, parser) : fail(position, 'Invalid set.', parser);
    case '@query':
      return parseClosedLambda(inner, position, parser);
    default: {
      const value = typeof inner === 'string' ? textLiteral(key, inner) : undefined;
      return value ?? fail(position, `Invalid ${TEXT_NAMES[key]}.`, parser);
    }
  }
}

const TEXT_NAMES: Readonly<Record<string, string>> = {
  '@ts': 'time',
  '@date': 'date',
  '@bytes': 'bytes',
  '@uuid': 'UUID',
};

function textLiteral(key: string, text: string): Value | undefined {
  switch (key) {
    case '@ts':
      return parseTime(text);
    case '@date':
      return parseDate(text);
    case '@bytes':
      return decodeBase64(text);
    default:
      return /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i.test(text)
        ? new Uuid(text.toLowerCase())
        : undefined;
  }
}

export function parseClosedLambda(node: JsonNode, position: Position, parser: Parser): Lambda | undefined {
  const expression = parser.closedLambda(node, position);
  if (expression.kind !== 'lambda') return undefined;
  const { pattern, body, apiVersion } = expression;
  return new Lambda({ pattern, body, apiVersion });
}

function fail(position: Position, description: string, parser: Parser): undefined {
  parser.errors.push({ position, code: 'invalid expression', description });
  return undefined;
}
