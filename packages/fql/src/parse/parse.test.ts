/**
 * What a request may look like, and how it is told what is wrong with it:
 *   1. A bare object is a call; its set of keys decides of what.
 *   2. `@` marks what JSON has no words for.
 *   3. Everything that is wrong is told at once, with its position; variables without a value only when nothing else is.
 *   4. A lambda knows which names it takes from outside.
 */
import { utf8Encode } from '@skein/base';
import { describe, expect, test } from 'vitest';
import { FqlFault } from '../evaluate/fql-error.ts';
import { parseJson } from '../json/parse-json.ts';
import { Lambda } from '../values/lambda.ts';
import { Ref } from '../values/ref.ts';
import { SetRef } from '../values/set-ref.ts';
import { FqlDate, Time } from '../values/time.ts';
import { Uuid, type Value } from '../values/value.ts';
import type { Expression } from './expression.ts';
import { parseLambda, parseRequest, renderExpression } from './parse.ts';

function parse(request: unknown): Expression {
  return parseRequest(utf8Encode(typeof request === 'string' ? request : JSON.stringify(request)));
}

function literal(request: unknown): Value {
  const expression = parse(request);
  if (expression.kind !== 'literal') throw new Error(`a ${expression.kind}, no literal`);
  return expression.value;
}

/** `position: description` of each error. */
function errorsOf(request: unknown): string[] {
  try {
    parse(request);
  } catch (error) {
    if (!(error instanceof FqlFault)) throw error;
    return error.errors.map(({ position, description }) => `${position.join('.')}: ${description}`);
  }
  return [];
}

describe('literals', () => {
  test('2: each escape is a value of its type', () => {
    expect(literal({ '@ts': '1970-01-01T00:00:01Z' })).toEqual(new Time(1_000_000_000n));
    expect(literal({ '@date': '1970-01-02' })).toEqual(new FqlDate(1));
    expect(literal({ '@bytes': 'AQID' })).toEqual(Uint8Array.of(1, 2, 3));
    expect(literal({ '@uuid': '1C3E8B1A-0000-4000-8000-00000000000A' })).toEqual(
      new Uuid('1c3e8b1a-0000-4000-8000-00000000000a'),
    );
    expect(literal({ '@set': { documents: { '@ref': 'collections/w' } } })).toEqual(
      new SetRef({ type: 'documents', collection: new Ref('w', new Ref('collections')) }),
    );
  });

  test('2: an escape of the wrong kind says which', () => {
    expect(errorsOf({ '@ts': 'today' })).toEqual([': Invalid time.']);
    expect(errorsOf({ '@date': 5 })).toEqual([': Invalid date.']);
    expect(errorsOf({ '@bytes': '!' })).toEqual([': Invalid bytes.']);
    expect(errorsOf({ '@uuid': 'x' })).toEqual([': Invalid UUID.']);
    expect(errorsOf({ '@set': [] })).toEqual([': Invalid set.']);
    expect(errorsOf({ '@set': { matches: 1 } })).toEqual([': Invalid set.']);
    expect(errorsOf({ '@query': 5 })).toEqual([': Invalid lambda.']);
    expect(errorsOf({ '@obj': 5 })).toEqual([': Invalid object.']);
    expect(errorsOf({ '@ref': 5 })).toEqual([': Invalid ref.']);
  });

  test('an integer and a double are different, and arrays and objects of literals are literals', () => {
    expect(literal('[1, 1.0, 9223372036854775807, 1e3]')).toEqual([1n, 1, 9223372036854775807n, 1000]);
    expect(literal({ object: { b: [1, { object: { a: null } }], a: 'x' } })).toEqual(
      new Map<string, Value>([
        ['b', [1n, new Map([['a', null]])]],
        ['a', 'x'],
      ]),
    );
  });

  test('data inside a literal set are no calls', () => {
    expect(
      literal({ '@set': { match: { '@ref': 'indexes/i' }, terms: { add: [1, { '@date': '1970-01-01' }] } } }),
    ).toEqual(
      new SetRef({
        type: 'match',
        index: new Ref('i', new Ref('indexes')),
        terms: new Map([['add', [1n, new FqlDate(0)]]]),
      }),
    );
  });

  test('lambdas of literal sets do no more than a set may', () => {
    const documents = { '@set': { documents: { '@ref': 'collections/w' } } };
    const lambda = (expr: unknown): unknown => ({ lambda: 'x', expr });
    const filter = (expr: unknown): unknown => ({ '@set': { filter: lambda(expr), collection: documents } });
    const join = (expr: unknown): unknown => ({ '@set': { join: documents, with: lambda(expr) } });
    expect(errorsOf(filter({ get: { var: 'x' } }))).toEqual([]);
    expect(errorsOf(filter({ delete: { var: 'x' } }))).toEqual([
      'filter: Invalid lambda. Lambda in this context may not write or call a user function.',
    ]);
    expect(errorsOf(join({ match: 'i', terms: { var: 'x' } }))).toEqual([]);
    expect(errorsOf(join({ get: { var: 'x' } }))).toEqual([
      'with: Invalid lambda. Lambda in this context may not read, write, or call a user function.',
    ]);
  });

  test('`@obj` inside `object` and `let` is the object; at the place of a call it is none', () => {
    expect(literal({ object: { '@obj': { '@ref': 1 } } })).toEqual(new Map([['@ref', 1n]]));
    expect(errorsOf({ object: { '@ts': '1970-01-01T00:00:00Z' } })).toEqual([
      ': Object expected, Time provided.',
    ]);
    expect(errorsOf({ '@obj': { nothing: 1 } })).toEqual([
      '@obj: No form/function found, or invalid argument keys: { nothing }.',
    ]);
    expect(errorsOf({ object: 5 })).toEqual(['object: Object expected, Integer provided.']);
  });

  test('a quoted expression is data', () => {
    expect(literal({ quote: { add: [1, { '@obj': { a: 2 } }] } })).toEqual(
      new Map([['add', [1n, new Map([['a', 2n]])]]]),
    );
  });
});

describe('calls', () => {
  test('1: the keys have to be those of one function, all that are needed and no other', () => {
    expect(parse({ take: 1, collection: [] })).toMatchObject({ kind: 'form', form: { name: 'Take' } });
    expect(parse({ collection: [], take: 1 })).toMatchObject({ kind: 'form', form: { name: 'Take' } });
    expect(errorsOf({ take: 1 })).toEqual([': No form/function found, or invalid argument keys: { take }.']);
    expect(errorsOf({ take: 1, collection: [], more: 1 })).toEqual([
      ': No form/function found, or invalid argument keys: { take, collection, more }.',
    ]);
    expect(errorsOf({})).toEqual([': No form/function found, or invalid argument keys: {  }.']);
  });

  test('1: a function stands only where one is expected', () => {
    expect(errorsOf({ map: 5, collection: [] })).toEqual(['map: Lambda expected, Integer provided.']);
    expect(errorsOf({ map: { var: 'f' }, collection: [] })).toEqual([
      'map: No form/function found, or invalid argument keys: { var }.',
    ]);
    expect(errorsOf({ lambda: 'x', expr: 1 })).toEqual([
      ': No form/function found, or invalid argument keys: { lambda, expr }.',
    ]);
  });

  test('3: all errors are told, in the order of the text', () => {
    expect(
      errorsOf([{ nope: 1 }, { if: true, then: { '@ts': 1 }, else: { var: 5 } }, { var: 'unbound' }]),
    ).toEqual([
      '0: No form/function found, or invalid argument keys: { nope }.',
      '1.then: Invalid time.',
      '1.else.var: String expected, Integer provided.',
    ]);
  });

  test('3: a hundred errors are enough', () => {
    expect(errorsOf(Array.from({ length: 1000 }, () => ({ nope: 1 })))).toHaveLength(100);
    expect(errorsOf(Array.from({ length: 1000 }, () => ({ var: 'x' })))).toHaveLength(100);
  });

  test('3: lists of expressions are lists, and not empty', () => {
    expect(errorsOf({ do: [] })).toEqual(['do: Expression list cannot be empty.']);
    expect(errorsOf({ and: [] })).toEqual(['and: Expression list cannot be empty.']);
    expect(errorsOf({ or: [] })).toEqual(['or: Expression list cannot be empty.']);
    expect(errorsOf({ do: 1 })).toEqual(['do: Array expected, Integer provided.']);
  });

  test('a body that is no JSON, nothing, or nested too deeply is an invalid expression', () => {
    expect(errorsOf('')).toEqual([': No query provided.']);
    expect(errorsOf('{')).toEqual([': Request body is not valid JSON.']);
    expect(errorsOf('['.repeat(100_000))).toEqual([': Request body JSON exceeds nesting limit.']);
  });
});

describe('names', () => {
  test('3: a variable needs a value where it stands', () => {
    expect(errorsOf({ var: 'x' })).toEqual([": Variable 'x' is not defined."]);
    expect(errorsOf({ let: { x: { var: 'x' } }, in: { var: 'x' } })).toEqual([
      "let.x: Variable 'x' is not defined.",
    ]);
    expect(errorsOf({ let: [{ x: 1 }, { y: { var: 'x' } }], in: [{ var: 'y' }, { var: 'z' }] })).toEqual([
      "in.1: Variable 'z' is not defined.",
    ]);
    expect(errorsOf([{ let: { x: 1 }, in: 1 }, { var: 'x' }])).toEqual(["1: Variable 'x' is not defined."]);
    expect(errorsOf({ map: { lambda: '_', expr: { var: '_' } }, collection: [] })).toEqual([
      "map.expr: Variable '_' is not defined.",
    ]);
  });

  test('bindings are objects of one name each, or an object of all', () => {
    expect(errorsOf({ let: [{ x: 1, y: 2 }, 5], in: 1 })).toEqual([
      'let.0: Object expected, Object provided.',
      'let.1: Object expected, Integer provided.',
    ]);
    expect(errorsOf({ let: 5, in: 1 })).toEqual(['let: Array expected, Integer provided.']);
    expect(errorsOf({ let: { '@obj': { a: 1 } }, in: { var: 'a' } })).toEqual([]);
  });

  test('patterns are names or arrays of names', () => {
    const map = (lambda: unknown) => ({ map: { lambda, expr: 1 }, collection: [] });
    expect(errorsOf(map(5))).toEqual(['map.lambda: String or Array expected, Integer provided.']);
    expect(errorsOf(map(['a', 5, null]))).toEqual([
      'map.lambda.1: String expected, Integer provided.',
      'map.lambda.2: String expected, Null provided.',
    ]);
    expect(errorsOf(map(['a', '_']))).toEqual([]);
  });

  test('4: a lambda takes from outside what is not bound inside, through those around it', () => {
    const expression = parse({
      let: { a: 1, b: 2, c: 3 },
      in: {
        query: {
          lambda: ['b'],
          expr: {
            let: { d: { var: 'a' } },
            in: {
              map: { lambda: 'x', expr: [{ var: 'b' }, { var: 'c' }, { var: 'd' }, { var: 'x' }] },
              collection: [],
            },
          },
        },
      },
    });
    const query =
      expression.kind === 'let' && expression.body.kind === 'form' ? expression.body.arguments[0] : undefined;
    if (query?.kind !== 'lambda' || query.body.kind !== 'let' || query.body.body.kind !== 'form')
      throw new Error('shape');
    expect([...query.free].sort()).toEqual(['a', 'c']);
    expect(query.body.body.arguments[0]).toMatchObject({ kind: 'lambda', free: ['b', 'c', 'd'] });
  });

  test('a literal lambda closes over nothing', () => {
    expect(literal({ '@query': { lambda: 'x', expr: { var: 'x' } } })).toMatchObject({ apiVersion: '2.12' });
    expect(literal({ '@query': { lambda: 'x', expr: 1, api_version: '4' } })).toMatchObject({
      apiVersion: '4',
    });
    expect(errorsOf({ let: { y: 1 }, in: { '@query': { lambda: 'x', expr: { var: 'y' } } } })).toEqual([
      'in: Invalid lambda.',
    ]);
    expect(errorsOf({ '@query': { lambda: 'x', expr: 1, api_version: 4 } })).toEqual([': Invalid lambda.']);
    expect(errorsOf({ '@query': { lambda: 'x', expr: { nope: 1 } } })).toEqual([
      'expr: No form/function found, or invalid argument keys: { nope }.',
    ]);
  });
});

test('every node knows its place', () => {
  const nested = parse({ do: [1, { if: true, then: { not: false }, else: 2 }] });
  const inner =
    nested.kind === 'form' && nested.arguments[0]?.kind === 'array'
      ? nested.arguments[0].items[1]
      : undefined;
  if (inner?.kind !== 'form') throw new Error('shape');
  expect(inner.position).toEqual(['do', 1]);
  expect(inner.arguments[1]?.position).toEqual(['do', 1, 'then']);
});

test('a function is rendered as the request that made it, its bindings as an object', () => {
  const text =
    '{"let":{"a":1},"in":{"map":{"lambda":["x","_"],"expr":[{"var":"x"},{"var":"a"}]},"collection":{"object":{"k":[1.5,{"@ts":"1970-01-01T00:00:00Z"}]}}}}';
  expect(renderExpression(parse(text))).toBe(text);
  expect(renderExpression(parse('{"let":[{"a":1},{"b":{"var":"a"}}],"in":{"var":"b"}}'))).toBe(
    '{"let":{"a":1,"b":{"var":"a"}},"in":{"var":"b"}}',
  );
});

test('a stored function has its own root', () => {
  const lambda = parseLambda(
    parseJson(utf8Encode('{"api_version":"4","lambda":"x","expr":{"not":{"var":"x"}}}')),
  );
  expect(lambda).toBeInstanceOf(Lambda);
  expect(lambda.body.position).toEqual(['expr']);
  expect(() => parseLambda(parseJson(utf8Encode('{"lambda":"x","expr":{"var":"y"}}')))).toThrow(FqlFault);
});
