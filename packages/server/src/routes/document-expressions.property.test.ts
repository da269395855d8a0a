import { newDatabase } from '@skein/fql/testing';
import { ApiError } from '@skein/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bodyFields, literal } from './document-expressions.ts';

const keys = fc.oneof(
  fc.constantFrom('delete', 'create', 'object', 'var', 'let', 'insert_events', 'data', '__proto__', 'a'),
  fc.string({ maxLength: 4 }).filter((key) => !key.startsWith('@')),
);
const { value: json } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false, 'text', '"', '\u0000', '1', -0, 1.5, 1e300, 5e-324),
    fc.integer(),
    fc.string({ unit: 'grapheme', maxLength: 5 }),
    fc.array(tie('value'), { maxLength: 3 }),
    fc
      .array(fc.tuple(keys, tie('value')), { maxLength: 3 })
      .map((fields) => Object.fromEntries(fields) as unknown),
  ),
}));

test('arbitrary JSON evaluates to itself, whatever its keys call', () => {
  const database = newDatabase();
  fc.assert(
    fc.property(json, (value) => {
      const body = Buffer.from(JSON.stringify({ value }));
      const node = bodyFields(body).get('value') ?? null;
      const { json: answer } = database.query(Buffer.from(`[${literal(node)}]`));
      expect(JSON.stringify(answer['resource'])).toBe(JSON.stringify([JSON.parse(JSON.stringify(value))]));
    }),
  );
});

test('what JSON has no form for, and numbers, are kept as they were written', () => {
  const database = newDatabase();
  const same = (text: string): void => {
    const node = bodyFields(Buffer.from(`{"v":${text}}`)).get('v') ?? null;
    expect(database.query(Buffer.from(literal(node))).body).toBe(`{"resource":${text}}`);
  };
  for (const text of [
    '9223372036854775807',
    '-9007199254740993',
    '1.0',
    '[1,1.0,"1"]',
    '{"a":{"b":[{"c":null}]},"delete":{"delete":1}}',
    '{"@ts":"2024-01-01T00:00:00.123456789Z"}',
    '{"@date":"2024-01-01"}',
    '{"@bytes":"AQI="}',
    '{"a":[{"@ts":"2024-01-01T00:00:00Z"}]}',
  ])
    same(text);
});

test('arbitrary bytes are refused by a client’s error, or are an object', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.string().map((text) => Buffer.from(text)),
      ),
      (bytes) => {
        try {
          expect(bodyFields(bytes)).toBeInstanceOf(Map);
        } catch (error) {
          expect(error).toBeInstanceOf(ApiError);
        }
      },
    ),
  );
});
