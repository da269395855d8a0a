import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readSource } from './source-text.ts';

const kindOf = (text: string): string => readSource(text, { firstCall: 0 }).kind;

test('what is not finished asks for more lines', () => {
  for (const text of ['Get(', 'Map([1,', '{a: 1, b:', '`abc', '/* x', '({', "Get(Ref('a'), // why"]) {
    expect([text, kindOf(text)]).toEqual([text, 'incomplete']);
  }
});

test('what no further line could finish is told at once, with its place', () => {
  expect(readSource('Get(]', { firstCall: 0 })).toEqual({
    kind: 'invalid',
    reason: 'Unexpected token',
    at: 4,
  });
  expect(readSource("a = 'x", { firstCall: 0 })).toMatchObject({ kind: 'invalid', at: 4 });
  expect(readSource('{a: 1}}', { firstCall: 0 })).toMatchObject({ kind: 'invalid', at: 6 });
});

test('a text that begins with a brace is an object where it can be one', () => {
  const object = readSource('{a: 1}', { firstCall: 0 });
  expect(object).toMatchObject({ statements: [{ isExpression: true, start: 0, end: 6 }] });
  expect(readSource('{ const x = 1; }', { firstCall: 0 })).toMatchObject({
    statements: [{ isExpression: false }],
  });
});

test('statements are told apart, and their places are those of the text', () => {
  const text = "const c = Collection('x');\n\nGet(Ref(c, 1)) // first\nNow()";
  const source = readSource(text, { firstCall: 0 });
  if (source.kind !== 'statements') throw new Error(source.kind);
  expect(source.statements.map(({ start, end }) => text.slice(start, end))).toEqual([
    "const c = Collection('x');",
    'Get(Ref(c, 1))',
    'Now()',
  ]);
  expect(source.calls.map(({ start, end }) => text.slice(start, end))).toEqual([
    "Collection('x')",
    'Get(Ref(c, 1))',
    'Ref(c, 1)',
    'Now()',
  ]);
});

test('nesting of any depth is an answer, not a fault', () => {
  expect(kindOf(`${'('.repeat(200_000)}`)).toBe('invalid');
  expect(kindOf(`${'f('.repeat(1_500)}${')'.repeat(1_500)}`)).toMatch(/statements|invalid/);
});

test('any text is read without a fault', () => {
  const piece = fc.constantFrom(
    'Get(',
    ')',
    '{',
    '}',
    '[',
    ']',
    '`',
    "'",
    '${',
    'x',
    '=>',
    '/*',
    '//',
    '\n',
    ',',
    '1',
    '…',
    '?.',
    'await ',
  );
  const texts = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.array(piece, { maxLength: 12 }).map((all) => all.join('')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const source = readSource(text, { firstCall: 3 });
      if (source.kind === 'invalid') expect(source.at).toBeLessThanOrEqual(text.length);
      if (source.kind !== 'statements') return;
      for (const { start, end } of [...source.statements, ...source.calls]) {
        expect(start).toBeGreaterThanOrEqual(0);
        expect(end).toBeLessThanOrEqual(text.length);
      }
    }),
  );
});
