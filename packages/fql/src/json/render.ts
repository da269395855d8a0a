/**
 * Values as JSON text, the way responses show them. The table of encodings is in the protocol's reference; the order of members is fixed, since
 * clients compare texts: `{id, collection, database}`, `{before, after, data}`, `{ref, ts, …}`.
 */
import { unreachable } from '@skein/base';
import type { Expression } from '../parse/expression.ts';
import { renderExpression } from '../parse/render-expression.ts';
import { Lambda } from '../values/lambda.ts';
import { Ref } from '../values/ref.ts';
import { SetRef, type SetShape } from '../values/set-ref.ts';
import { FqlDate, Time } from '../values/time.ts';
import { DocumentValue, isArray, type ObjectValue, PageValue, Uuid, type Value } from '../values/value.ts';
import { encodeBase64 } from './base64.ts';
import { NESTING_MAX, nestingFault } from './limits.ts';
import { renderDate, renderDouble, renderTime } from './render-scalar.ts';

/** Throws a fault for a value that is nested more deeply than `NESTING_MAX`. */
export function renderValue(value: Value): string {
  return render(value, 0);
}

/** A string in quotes. */
export function renderString(text: string): string {
  return NEEDS_ESCAPES.test(text) ? JSON.stringify(text) : `"${text}"`;
}

/** Control characters, and halves of surrogate pairs, which have no UTF-8. */
const NEEDS_ESCAPES = /[\p{Cc}\p{Cs}"\\]/u;
const CHILDREN_DEPTH = 1;

function render(value: Value, depth: number): string {
  if (typeof value === 'string') return renderString(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return Number.isFinite(value) ? renderDouble(value) : `"${value}"`;
  if (value === null || typeof value === 'boolean') return String(value);
  if (depth > NESTING_MAX) throw nestingFault();
  const below = depth + CHILDREN_DEPTH;
  if (value instanceof Map) return renderObject(value, below);
  if (isArray(value)) return renderItems(value, below);
  if (value instanceof Ref) return renderRef(value, below);
  if (value instanceof DocumentValue) return renderDocument(value, below);
  if (value instanceof PageValue) return renderPage(value, below);
  if (value instanceof Time) return `{"@ts":"${renderTime(value)}"}`;
  if (value instanceof FqlDate) return `{"@date":"${renderDate(value)}"}`;
  if (value instanceof Uint8Array) return `{"@bytes":"${encodeBase64(value)}"}`;
  if (value instanceof Uuid) return `{"@uuid":"${value.text}"}`;
  if (value instanceof SetRef) return renderSet(value, below);
  if (value instanceof Lambda) return `{"@query":${renderLambda(value)}}`;
  // Only a map of another realm is left, which nobody makes.
  return renderObject(value as ObjectValue, below);
}

/** Keys that begin with `@` would be read as something else: such an object is wrapped. */
function renderObject(fields: ObjectValue, depth: number): string {
  let text = '';
  let isWrapped = false;
  for (const [key, value] of fields) {
    if (key.charCodeAt(0) === 64) isWrapped = true;
    text += `${text === '' ? '' : ','}${renderString(key)}:${render(value, depth)}`;
  }
  return isWrapped ? `{"@obj":{${text}}}` : `{${text}}`;
}

function renderItems(items: readonly Value[], depth: number): string {
  let text = '';
  for (const item of items) text += text === '' ? render(item, depth) : `,${render(item, depth)}`;
  return `[${text}]`;
}

function renderRef(ref: Ref, depth: number): string {
  if (depth > NESTING_MAX) throw nestingFault();
  let text = `{"@ref":{"id":${renderString(ref.id)}`;
  if (ref.collection !== undefined) text += `,"collection":${renderRef(ref.collection, depth + 1)}`;
  if (ref.database !== undefined) text += `,"database":${renderRef(ref.database, depth + 1)}`;
  return `${text}}}`;
}

function renderDocument(document: DocumentValue, depth: number): string {
  let text = `{"ref":${renderRef(document.ref, depth)},"ts":${document.ts}`;
  for (const [key, value] of document.fields) text += `,${renderString(key)}:${render(value, depth)}`;
  return `${text}}`;
}

function renderPage(page: PageValue, depth: number): string {
  let text = '{';
  if (page.before !== undefined) text += `"before":${render(page.before, depth)},`;
  if (page.after !== undefined) text += `"after":${render(page.after, depth)},`;
  return `${text}"data":${renderItems(page.data, depth)}}`;
}

/** Without its tag: so it also stands in sets. What it closes over is a `let` around its body. */
function renderLambda(lambda: Lambda): string {
  const { body, captured } = lambda;
  const closed: Expression =
    captured.size === 0
      ? body
      : {
          kind: 'let',
          position: [],
          bindings: Array.from(captured, ([name, value]) => [name, { kind: 'literal', position: [], value }]),
          body,
          in: [],
        };
  const { pattern } = lambda;
  const names = typeof pattern === 'string' ? renderString(pattern) : `[${pattern.map(renderString).join()}]`;
  return `{"api_version":${renderString(lambda.apiVersion)},"lambda":${names},"expr":${renderExpression(closed)}}`;
}

function renderSet(set: SetRef, depth: number): string {
  if (depth > NESTING_MAX) throw nestingFault();
  return `{"@set":${renderShape(set.shape, depth + 1)}}`;
}

function renderShape(shape: SetShape, depth: number): string {
  if (depth > NESTING_MAX) throw nestingFault();
  switch (shape.type) {
    case 'match':
      return `{"match":${renderRef(shape.index, depth)}${renderBound('terms', shape.terms, depth)}}`;
    case 'documents':
      return `{"documents":${renderRef(shape.collection, depth)}}`;
    case 'singleton':
      return `{"singleton":${renderRef(shape.ref, depth)}}`;
    case 'events':
      return `{"events":${shape.of instanceof Ref ? renderRef(shape.of, depth) : renderShape(shape.of.shape, depth + 1)}}`;
    case 'union':
    case 'intersection':
    case 'difference':
      return `{"${shape.type}":${renderSets(shape.sets, depth)}}`;
    case 'distinct':
      return `{"distinct":${renderSet(shape.set, depth)}}`;
    case 'reverse':
      return `{"reverse":${renderSet(shape.set, depth)}}`;
    case 'range':
      return `{"range":${renderSet(shape.set, depth)}${renderBound('from', shape.from, depth)}${renderBound('to', shape.to, depth)}}`;
    case 'filter':
      return `{"filter":${renderLambda(shape.filter)},"collection":${renderSet(shape.set, depth)}}`;
    case 'join': {
      const other = shape.with instanceof Ref ? renderRef(shape.with, depth) : renderLambda(shape.with);
      return `{"join":${renderSet(shape.source, depth)},"with":${other}}`;
    }
    default:
      return unreachable(shape);
  }
}

function renderSets(sets: readonly SetRef[], depth: number): string {
  const [only] = sets;
  if (sets.length === 1 && only !== undefined) return renderSet(only, depth);
  return `[${sets.map((set) => renderSet(set, depth)).join()}]`;
}

/** A member that holds one value as it is, several as an array, and is left out where there is none. */
function renderBound(name: string, value: Value | undefined, depth: number): string {
  if (value === undefined) return '';
  if (!isArray(value)) return `,"${name}":${render(value, depth)}`;
  const [only] = value;
  if (only === undefined) return '';
  return `,"${name}":${value.length === 1 ? render(only, depth) : renderItems(value, depth)}`;
}
