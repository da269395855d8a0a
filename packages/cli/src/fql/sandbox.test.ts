import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FqlPosition } from './fql-client.ts';
import { ExpressionError, type PreparedQuery, Sandbox } from './sandbox.ts';

/** The last of the queries that a text makes. */
function queryOf(text: string, sandbox = new Sandbox()): PreparedQuery {
  const source = sandbox.read(text);
  if (source.kind !== 'statements') throw new Error(source.kind);
  const queries = source.statements.map((statement) => sandbox.run(statement, text));
  const last = queries.at(-1);
  if (last === undefined) throw new Error('no query');
  return last;
}
const bodyOf = (text: string): unknown => JSON.parse(queryOf(text).body);

function located(text: string, position: FqlPosition): string | undefined {
  const place = queryOf(text).locate(position);
  return place?.text.slice(place.range.start, place.range.end);
}

test('expressions become what the driver sends', () => {
  expect(bodyOf("Create(Collection('x'), { data: { a: [1, Now()] } })")).toEqual({
    create: { collection: 'x' },
    params: { object: { data: { object: { a: [1, { now: null }] } } } },
  });
  expect(bodyOf('Map([1], x => Add(x, 1))')).toEqual({
    map: { lambda: 'x', expr: { add: [{ var: 'x' }, 1] } },
    collection: [1],
  });
  expect(bodyOf('{ a: 1 }')).toEqual({ object: { a: 1 } });
  expect(bodyOf('[{ a: null }, "b"]')).toEqual([{ object: { a: null } }, 'b']);
  expect(bodyOf('null')).toBeNull();
});

test('whole numbers of any length keep their digits', () => {
  expect(queryOf('Add(9223372036854775807n, 1)').body).toBe('{"add":[9223372036854775807,1]}');
});

test('names that were given a value keep it in later texts; declarations send nothing', () => {
  const sandbox = new Sandbox();
  const declaration = sandbox.read("const c = Collection('x')");
  if (declaration.kind !== 'statements') throw new Error(declaration.kind);
  expect(sandbox.run(declaration.statements[0]!, '')).toBeUndefined();
  expect(JSON.parse(queryOf('Documents(c)', sandbox).body)).toEqual({ documents: { collection: 'x' } });
});

test('there is nothing in it but the language and the query functions', () => {
  for (const name of [
    'process',
    'require',
    'fetch',
    'setTimeout',
    'console',
    'Buffer',
    'globalThis.process.env',
  ]) {
    expect(() => queryOf(name), name).toThrow(ExpressionError);
  }
  expect(() => queryOf('eval("1")')).toThrow(ExpressionError);
});

test('what is wrong is told in words', () => {
  expect(() => queryOf('gte(1)')).toThrow('gte is not defined. Did you mean GTE?');
  expect(() => queryOf('Get()')).toThrow('Get function requires');
  expect(() => queryOf('Now')).toThrow('call it: Now(…)');
  expect(() => queryOf('throw 1')).toThrow('thrown: 1');
  expect(() => queryOf('const f = () => f(); f()')).toThrow('Maximum call stack');
  expect(() => queryOf('Symbol.iterator')).toThrow(ExpressionError);
});

test('a place in the JSON is shown in the text: the call, or the one literal that it is', () => {
  const text = "Do(Now(), Create(Collection('x'), { data: { a: Add(1, 'b'), c: [Get(2)] } }))";
  expect(located(text, ['do', 1, 'params', 'object', 'data', 'object', 'a', 'add', 1])).toBe("'b'");
  expect(located(text, ['do', 1, 'params', 'object', 'data', 'object', 'a'])).toBe("Add(1, 'b')");
  expect(located(text, ['do', 1, 'create'])).toBe("Collection('x')");
  expect(located(text, ['do', 1, 'params', 'object', 'data', 'object', 'c', 0, 'get'])).toBe('2');
  expect(located(text, ['do', 0])).toBe('Now()');
  expect(located(text, [])).toBe(text);
  expect(located('Add(2, 2, "x")', ['add', 1])).toBe('Add(2, 2, "x")');
  expect(located('Map([1], x => Get(x))', ['map', 'expr'])).toBe('Get(x)');
});

test('a place that does not exist is shown as what is nearest', () => {
  const step = fc.oneof(fc.string(), fc.integer());
  fc.assert(
    fc.property(fc.array(step), (position) => {
      expect(located('Add(1, Get(2))', position)).toBeTypeOf('string');
    }),
  );
});
