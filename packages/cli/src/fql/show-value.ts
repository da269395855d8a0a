/**
 * Values as they are written in FQL: `Ref(Collection("x"), "1")`, `Time("…")`, `10` and `10.0`. What is shown can be typed in again, but
 * for what FQL has no function for (a page, a stored lambda's API version).
 */
import type { JsonNode } from '@skein/fql/parse-json';
import { doubleText, isJsonArray, isJsonMap, type JsonMap } from './json-node.ts';
import { type Layout, type PrintOptions, printLayout, row, text } from './layout.ts';
import { callShape } from './query-functions.ts';

/** A value of an answer. */
export function showValue(value: JsonNode, options: PrintOptions): string {
  return printLayout(valueLayout(value), options);
}

/** Functions of collections that are part of every database. */
const NATIVE = new Map<JsonNode, { readonly all: string; readonly one?: string }>([
  ['collections', { all: 'Collections', one: 'Collection' }],
  ['indexes', { all: 'Indexes', one: 'Index' }],
  ['functions', { all: 'Functions', one: 'Function' }],
  ['databases', { all: 'Databases', one: 'Database' }],
  ['roles', { all: 'Roles', one: 'Role' }],
  ['access_providers', { all: 'AccessProviders', one: 'AccessProvider' }],
  ['keys', { all: 'Keys' }],
  ['tokens', { all: 'Tokens' }],
  ['credentials', { all: 'Credentials' }],
]);

const COLORS = {
  call: 'cyan',
  string: 'green',
  number: 'yellow',
  word: 'magenta',
} as const;

function valueLayout(node: JsonNode): Layout {
  if (isJsonArray(node)) return { kind: 'group', open: '[', items: node.map(valueLayout), close: ']' };
  if (!isJsonMap(node)) return scalarLayout(node);
  const [only] = node;
  if (node.size === 1 && only?.[0].startsWith('@') === true) {
    const special = specialLayout(only[0], only[1]);
    if (special !== undefined) return special;
  }
  return objectLayout(node, valueLayout);
}

/** Undefined: no special value, but an object whose key looks like one. */
function specialLayout(key: string, content: JsonNode): Layout | undefined {
  switch (key) {
    case '@ref':
      return refLayout(content);
    case '@ts':
      return call('Time', [valueLayout(content)]);
    case '@date':
      return call('Date', [valueLayout(content)]);
    case '@bytes':
      return call('Bytes', [valueLayout(content)]);
    case '@uuid':
      return call('Uuid', [valueLayout(content)]);
    case '@obj':
      return isJsonMap(content) ? objectLayout(content, valueLayout) : undefined;
    case '@set':
      return expressionLayout(content);
    case '@query':
      return call('Query', [expressionLayout(content)]);
    default:
      return undefined;
  }
}

function refLayout(content: JsonNode): Layout {
  if (!isJsonMap(content)) return call('Ref', [valueLayout(content)]);
  const id = content.get('id') ?? '';
  const collection = content.get('collection') ?? content.get('class');
  const database = content.get('database');
  const scope = database === undefined ? [] : [valueLayout(database)];
  if (collection === undefined) {
    const native = NATIVE.get(id);
    return native === undefined ? call('Ref', [valueLayout(id)]) : call(native.all, scope);
  }
  const native = nativeOf(collection);
  if (native?.one !== undefined) return call(native.one, [valueLayout(id), ...scope]);
  return call('Ref', [valueLayout(collection), valueLayout(id)]);
}

function nativeOf(collection: JsonNode): { readonly all: string; readonly one?: string } | undefined {
  const ref = isJsonMap(collection) ? collection.get('@ref') : undefined;
  return isJsonMap(ref) && ref.get('collection') === undefined ? NATIVE.get(ref.get('id') ?? '') : undefined;
}

/** An expression that the server tells as JSON: of a lambda, or of what makes up a set. */
function expressionLayout(node: JsonNode): Layout {
  if (isJsonArray(node)) return { kind: 'group', open: '[', items: node.map(expressionLayout), close: ']' };
  if (!isJsonMap(node)) return scalarLayout(node);
  const keys = [...node.keys()].filter((key) => key !== 'api_version');
  const of = (key: string): JsonNode => node.get(key) ?? null;
  const [first = ''] = keys;
  if (keys.length === 1 && first.startsWith('@')) return valueLayout(node);
  switch (keys.sort().join(' ')) {
    case 'object':
      return isJsonMap(of('object'))
        ? objectLayout(of('object') as JsonMap, expressionLayout)
        : valueLayout(node);
    case 'var':
      return call('Var', [expressionLayout(of('var'))]);
    case 'query':
      return call('Query', [expressionLayout(of('query'))]);
    case 'expr lambda':
      return call('Lambda', [expressionLayout(of('lambda')), expressionLayout(of('expr'))]);
    case 'in let':
      return call('Let', [bindingsLayout(of('let')), expressionLayout(of('in'))]);
    case 'id ref':
      return call('Ref', [expressionLayout(of('ref')), expressionLayout(of('id'))]);
    case 'match':
      return call('Match', [expressionLayout(of('match'))]);
    case 'match terms':
      return call('Match', [expressionLayout(of('match')), ...listed(of('terms'))]);
    case 'arguments call':
      return call('Call', [expressionLayout(of('call')), ...listed(of('arguments'))]);
    default:
  }
  if (node.has('paginate')) {
    const options = new Map([...node].filter(([key]) => key !== 'paginate'));
    return call('Paginate', [expressionLayout(of('paginate')), ...optional(options)]);
  }
  const shape = callShape(keys);
  if (shape === undefined) return objectLayout(node, expressionLayout);
  if (shape.isVariadic) return call(shape.name, listed(of(shape.parameters[0] ?? '')));
  return call(
    shape.name,
    shape.parameters.map((key) => expressionLayout(of(key))),
  );
}

/** A list of arguments; one that is no list stands for itself. */
function listed(node: JsonNode): readonly Layout[] {
  return isJsonArray(node) ? node.map(expressionLayout) : [expressionLayout(node)];
}

function optional(node: JsonMap): readonly Layout[] {
  return node.size === 0 ? [] : [objectLayout(node, expressionLayout)];
}

/** An object, or (where order was told) an array of objects with one key each. */
function bindingsLayout(node: JsonNode): Layout {
  if (isJsonMap(node)) return objectLayout(node, expressionLayout);
  const bindings = isJsonArray(node) ? node.flatMap((each) => (isJsonMap(each) ? [...each] : [])) : [];
  return objectLayout(new Map(bindings), expressionLayout);
}

function objectLayout(node: JsonMap, layoutOf: (value: JsonNode) => Layout): Layout {
  return {
    kind: 'group',
    open: '{',
    items: [...node].map(([key, value]) => row(text(`${keyText(key)}: `), layoutOf(value))),
    close: '}',
    isSpaced: true,
  };
}

function call(name: string, items: readonly Layout[]): Layout {
  return row(text(name, COLORS.call), { kind: 'group', open: '(', items, close: ')' });
}

function scalarLayout(value: null | boolean | bigint | number | string): Layout {
  if (typeof value === 'string') return text(stringText(value), COLORS.string);
  if (typeof value === 'number') return text(doubleText(value), COLORS.number);
  return text(String(value), typeof value === 'bigint' ? COLORS.number : COLORS.word);
}

function keyText(key: string): string {
  return /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(key) ? key : stringText(key);
}

/** JSON leaves some control characters as they are, which a terminal would obey. */
function stringText(value: string): string {
  return JSON.stringify(value).replaceAll(
    /[\u007f-\u009f\u2028\u2029]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
