/**
 * The bound on depth comes long before JavaScript's own stack ends, whatever an expression is made of: otherwise members would disagree on which
 * expressions have a value. Node's default is 984 kB; here 700 have to do, for code that has not been optimised.
 */
import { execFileSync } from 'node:child_process';
import { type ExprArg, query as q } from 'faunadb';
import { expect, test } from 'vitest';

const PROGRAM = `
import { newDatabase } from ${JSON.stringify(import.meta.resolve('../testing/mod.ts'))};
import { readFileSync } from 'node:fs';
const { definitions, expressions } = JSON.parse(readFileSync(0, 'utf8'));
const database = newDatabase();
const bytes = (text) => new TextEncoder().encode(text);
for (const text of definitions) database.value(bytes(text));
console.log(JSON.stringify(expressions.map((text) => {
  const { status, body } = database.query(bytes(text));
  return status === 200 ? 'fine' : JSON.parse(body).errors[0].code;
})));
`;

function outcomes(definitions: readonly unknown[], expressions: readonly string[]): string[] {
  const input = JSON.stringify({ definitions: definitions.map((one) => JSON.stringify(one)), expressions });
  const output = execFileSync(
    process.execPath,
    ['--stack-size=700', '--input-type=module', '--eval', PROGRAM],
    { encoding: 'utf8', input },
  );
  return JSON.parse(output) as string[];
}

function nested(depth: number, wrap: (inner: string) => string): string {
  let text = '1';
  for (let level = 0; level < depth; level++) text = wrap(text);
  return text;
}

test('requests as deep as JSON may be', () => {
  const expressions = [
    nested(495, (inner) => `{"append":${inner},"collection":[]}`),
    nested(495, (inner) => `{"if":true,"then":${inner},"else":2}`),
    nested(495, (inner) => `{"let":{"a":1},"in":${inner}}`),
    nested(495, (inner) => `{"object":{"a":${inner}}}`),
    nested(900, (inner) => `[${inner}]`),
    nested(495, (inner) => `{"select":"a","from":{"object":{"b":1}},"default":${inner}}`),
    nested(495, (inner) => `{"do":[1,${inner}]}`),
    nested(495, (inner) => `{"add":[1,${inner}]}`),
    nested(190, (inner) => `{"map":{"lambda":"x","expr":${inner}},"collection":[1]}`),
    nested(
      190,
      (inner) => `{"merge":{"object":{}},"with":{"object":{"a":1}},"lambda":{"lambda":"x","expr":${inner}}}`,
    ),
    nested(400, (inner) =>
      inner === '1' ? '{"@set":{"documents":{"@ref":"collections/c"}}}' : `{"@set":{"distinct":${inner}}}`,
    ),
  ];
  expect(outcomes([], expressions)).toEqual(expressions.map(() => 'fine'));
});

test('functions that call themselves without end', () => {
  const again = (name: string): ExprArg => q.Call(name, q.Var('n'));
  const bodies: Record<string, (name: string) => ExprArg> = {
    plain: again,
    sums: (name) => q.Add(1, q.Add(1, again(name))),
    branches: (name) => q.If(q.Equals(again(name), 1), 1, 2),
    lists: (name) => [[[[[again(name)]]]]],
    objects: (name) => ({ object: { a: { object: { b: { object: { c: again(name) } } } } } }),
    maps: (name) => q.Map([1], q.Lambda('_', again(name))),
    filters: (name) => q.Filter([1], q.Lambda('_', again(name))),
    reduces: (name) => q.Reduce(q.Lambda('_', again(name)), 0, [1]),
    sets: (name) =>
      q.Count(q.Filter(q.Documents(q.Collection('c')), q.Lambda('_', q.Equals(1, again(name))))),
    reducesOfSets: (name) => q.Reduce(q.Lambda('_', again(name)), 0, q.Documents(q.Collection('c'))),
    deep: (name) => nestedValue(60, again(name)),
  };
  const definitions = [
    q.CreateCollection({ name: 'c' }),
    q.Create(q.Collection('c'), {}),
    ...Object.entries(bodies).map(([name, body]) =>
      q.CreateFunction({ name, body: q.Query(q.Lambda('n', body(name))) }),
    ),
  ];
  const names = Object.keys(bodies);
  const found = outcomes(
    definitions,
    names.map((name) => JSON.stringify(q.Call(name, 1))),
  );
  // The lambdas of sets may not call functions at all.
  const expected = names.map((name) => (name === 'sets' ? 'call error' : 'stack overflow'));
  expect(found).toEqual(expected);
});

function nestedValue(depth: number, innermost: ExprArg): ExprArg {
  let inner = innermost;
  for (let level = 0; level < depth; level++) inner = q.Append(inner, []);
  return inner;
}
