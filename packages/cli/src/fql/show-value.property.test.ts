/** What is shown can be typed in again, and is then the same. */
import { parseJson } from '@skein/fql/parse-json';
import fc from 'fast-check';
import faunadb from 'faunadb';
import { expect, test } from 'vitest';
import { Sandbox } from './sandbox.ts';
import { showValue } from './show-value.ts';

const q = faunadb.query;
const utf8 = new TextEncoder();

const shown = (value: unknown, width = 100): string =>
  showValue(parseJson(utf8.encode(JSON.stringify(value))), { width, hasColors: false });

/** What the text, typed in, sends. */
function sent(text: string): unknown {
  const sandbox = new Sandbox();
  const source = sandbox.read(text);
  if (source.kind !== 'statements') throw new Error(`${source.kind}: ${text}`);
  const query = sandbox.run(source.statements[0]!, text);
  return query === undefined ? undefined : JSON.parse(query.body);
}

const names = fc.oneof(fc.string(), fc.constantFrom('a', 'if', 'a b', '@ts', 'x', 'data'));
const expressions = fc.letrec<{ any: unknown; call: unknown }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.string({ unit: 'binary' }).map((text) => text.replaceAll(/\p{Surrogate}/gu, '')),
    fc.array(tie('any'), { maxLength: 3 }),
    tie('call'),
  ),
  call: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(q.Now(), q.NewId(), q.Collections()),
    fc.string().map((name) => q.Collection(name)),
    tie('any').map((each) => q.Get(each as string)),
    fc.tuple(tie('any'), tie('any')).map(([a, b]) => q.Add(a as string, b as string)),
    fc.tuple(tie('any'), tie('any')).map(([a, b]) => q.If(a as string, b as string, null)),
    fc.tuple(names, tie('any')).map(([name, a]) => q.Let({ [name]: a as string }, q.Var(name))),
    fc.tuple(tie('any'), tie('any')).map(([a, b]) => q.Match(q.Index('i'), a as string, b as string)),
    tie('any').map((a) => q.Call('f', a as string, 1)),
    tie('any').map((a) => q.Query(q.Lambda(['x', 'y'], a as string))),
    tie('any').map((a) => q.Paginate(a as string, { size: 3, after: 1 })),
    fc.tuple(tie('any'), tie('any')).map(([a, b]) => q.Select(a as string, b as string)),
    fc.tuple(names, tie('any')).map(([name, a]) => q.Do({ [name]: a as string })),
    fc
      .tuple(tie('any'), tie('any'), tie('any'))
      .map(([a, b, c]) => q.TimeAdd(a as string, b as string, c as string)),
  ),
}));

test('an expression of a stored lambda, shown and typed in again, is the same expression', () => {
  fc.assert(
    fc.property(expressions.any, fc.integer({ min: 10, max: 200 }), (expression, width) => {
      const lambda: unknown = JSON.parse(JSON.stringify(q.Query(q.Lambda('x', expression as string))));
      const text = shown({ '@query': (lambda as { query: unknown }).query }, width);
      expect(sent(text)).toEqual(lambda);
    }),
  );
});

const refJson = (name: string, id: string): unknown => ({
  '@ref': { id, collection: { '@ref': { id: name, collection: { '@ref': { id: 'collections' } } } } },
});

test('values are shown as FQL writes them', () => {
  expect(shown(refJson('x', '1'))).toBe('Ref(Collection("x"), "1")');
  expect(shown({ '@ref': { id: 'collections' } })).toBe('Collections()');
  expect(shown({ '@ref': { id: '7', collection: { '@ref': { id: 'keys' } } } })).toBe('Ref(Keys(), "7")');
  const database = { '@ref': { id: 'd', collection: { '@ref': { id: 'databases' } } } };
  expect(shown({ '@ref': { id: 'c', collection: { '@ref': { id: 'collections' } }, database } })).toBe(
    'Collection("c", Database("d"))',
  );
  expect(shown({ '@ts': '2020-01-01T00:00:00Z' })).toBe('Time("2020-01-01T00:00:00Z")');
  expect(shown({ '@date': '2020-01-01' })).toBe('Date("2020-01-01")');
  expect(shown({ '@bytes': 'AQID' })).toBe('Bytes("AQID")');
  expect(shown({ '@set': { match: refJson('x', '1'), terms: 'a' } })).toBe(
    'Match(Ref(Collection("x"), "1"), "a")',
  );
  expect(shown({ '@obj': { '@ts': 1 } })).toBe('{ "@ts": 1 }');
  expect(shown({ 'a b': [], if: {}, c: null })).toBe('{ "a b": [], if: {}, c: null }');
});

test('integers and doubles stay apart, and no digit is lost', () => {
  const of = (json: string): string =>
    showValue(parseJson(utf8.encode(json)), { width: 100, hasColors: false });
  expect(of('[10,10.0,9223372036854775807,-0.0,1e30]')).toBe('[10, 10.0, 9223372036854775807, -0.0, 1e+30]');
});

test('what does not fit a line is broken at its outermost brackets', () => {
  expect(shown({ data: [{ name: 'aaaa' }, { name: 'bbbb' }] }, 24)).toBe(
    '{\n  data: [\n    { name: "aaaa" },\n    { name: "bbbb" }\n  ]\n}',
  );
});

test('nothing that a terminal would obey is shown as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(shown({ [text]: text })).not.toMatch(/(?!\n)[\p{Cc}\u2028\u2029]/u);
    }),
  );
});

test('any JSON is shown, whatever it holds', () => {
  const keys = fc.constantFrom(
    '@ref',
    '@ts',
    '@set',
    '@query',
    '@obj',
    '@date',
    'id',
    'collection',
    'lambda',
    'expr',
    'let',
    'in',
    'match',
    'terms',
    'object',
    'paginate',
    'call',
    'arguments',
  );
  const json = fc.letrec<{ any: unknown }>((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      fc.jsonValue(),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(keys, tie('any'), { maxKeys: 3 }),
    ),
  })).any;
  fc.assert(
    fc.property(json, (value) => {
      expect(shown(value)).toBeTypeOf('string');
    }),
  );
});
