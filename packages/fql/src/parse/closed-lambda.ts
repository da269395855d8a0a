/** Lambdas that stand for themselves and close over nothing: `@query` literals, functions of literal sets, stored functions. */
import type { JsonNode } from '../json/parse-json.ts';
import { Lambda } from '../values/lambda.ts';
import { Findings } from './findings.ts';
import { isFields, type JsonFields } from './json-shape.ts';
import { Parser } from './parse.ts';
import type { Place } from './place.ts';

/** What a lambda was made with when it does not say. */
export const LAMBDA_API_VERSION_DEFAULT = '2.12';

/** `{lambda, expr}`, and `api_version`, which may be absent. Undefined, with findings added, when it is none. */
export function parseClosedLambda(node: JsonNode, place: Place, parser: Parser): Lambda | undefined {
  const { findings } = parser;
  const version = isFields(node) ? node.get('api_version') : undefined;
  const parts = isFields(node) ? new Map(node) : undefined;
  parts?.delete('api_version');
  const isKnown = version === undefined || (typeof version === 'string' && /^\d+(\.\d+)?$/.test(version));
  if (parts === undefined || !isKnown || lambdaParts(parts) === undefined) {
    findings.add(place, 'Invalid lambda.');
    return undefined;
  }
  const inside = new Findings();
  const apiVersion = typeof version === 'string' ? version : LAMBDA_API_VERSION_DEFAULT;
  const expression = new Parser(inside, apiVersion).lambda(parts, place);
  findings.addAll(inside);
  if (inside.unboundCount > 0) findings.add(place, 'Invalid lambda.');
  if (inside.count > 0 || inside.unboundCount > 0 || expression.kind !== 'lambda') return undefined;
  const { pattern, body } = expression;
  return new Lambda({ pattern, body, apiVersion });
}

/** Undefined: these are not the keys of a lambda. */
export function lambdaParts(
  node: JsonFields,
): { readonly pattern: JsonNode; readonly body: JsonNode } | undefined {
  const pattern = node.get('lambda');
  const body = node.get('expr');
  return node.size !== 2 || pattern === undefined || body === undefined ? undefined : { pattern, body };
}
