/** Literals that JSON has no words for: `{"@ts": …}`, `{"@ref": …}`, `{"@query": …}` … */
import type { JsonNode } from '../json/parse-json.ts';
import { parseDate, parseTime } from '../libraries/parse-time.ts';
import { Uuid, type Value } from '../values/value.ts';
import { decodeBase64 } from './base64.ts';
import { parseClosedLambda } from './closed-lambda.ts';
import type { Expression } from './expression.ts';
import { isFields, isList, type JsonFields } from './json-shape.ts';
import { LiteralNode } from './nodes.ts';
import type { Parser } from './parse.ts';
import type { Place } from './place.ts';
import { parseRef } from './ref-literal.ts';
import { parseSet } from './set-literal.ts';

/** Undefined: no escape has this key. Errors go to the parser's. */
export function escapeOf(key: string, inner: JsonNode, place: Place, parser: Parser): Expression | undefined {
  if (!ESCAPES.has(key)) return undefined;
  const value = escapedValue(key, inner, place, parser);
  return new LiteralNode(place, value ?? null);
}

/** A node in which bare objects are data, and only escapes mean something else. */
export function parseData(node: JsonNode, place: Place, parser: Parser): Value {
  if (isList(node)) return node.map((item, at) => parseData(item, place.at(at), parser));
  if (!isFields(node)) return node;
  const [key] = node.keys();
  if (node.size === 1 && key !== undefined && key.startsWith('@')) {
    const inner = node.get(key);
    if (key === '@obj' && isFields(inner)) return dataFields(inner, place, parser);
    if (key === '@obj') return fail(place, 'Invalid object.', parser) ?? null;
    if (ESCAPES.has(key) && inner !== undefined) {
      return escapedValue(key, inner, place, parser) ?? null;
    }
  }
  return dataFields(node, place, parser);
}

function dataFields(node: JsonFields, place: Place, parser: Parser): Value {
  const fields = new Map<string, Value>();
  for (const [name, field] of node) fields.set(name, parseData(field, place.at(name), parser));
  return fields;
}

const ESCAPES: ReadonlySet<string> = new Set(['@ref', '@set', '@ts', '@date', '@query', '@bytes', '@uuid']);

function escapedValue(key: string, inner: JsonNode, place: Place, parser: Parser): Value | undefined {
  switch (key) {
    case '@ref':
      return parseRef(inner, place, parser.findings);
    case '@set':
      return isFields(inner) ? parseSet(inner, place, parser) : fail(place, 'Invalid set.', parser);
    case '@query':
      return parseClosedLambda(inner, place, parser);
    default: {
      const value = typeof inner === 'string' ? textLiteral(key, inner) : undefined;
      return value ?? fail(place, `Invalid ${TEXT_NAMES[key]}.`, parser);
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

function fail(place: Place, description: string, parser: Parser): undefined {
  parser.findings.add(place, description);
  return undefined;
}
