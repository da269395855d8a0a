import { utf8Encode } from '@skein/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JsonError, type JsonNode, parseJson } from './parse-json.ts';

/** What `JSON.parse` makes of the same text, with its numbers. */
function plain(node: JsonNode): unknown {
  if (typeof node === 'bigint') return Number(node);
  if (node instanceof Map) return Object.fromEntries([...node].map(([key, value]) => [key, plain(value)]));
  if (Array.isArray(node)) return node.map(plain);
  return node;
}

test('any JSON reads as the platform reads it', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(3), (text, indent) => {
      const value: unknown = JSON.parse(text);
      for (const written of [text, JSON.stringify(value, null, indent)]) {
        expect(plain(parseJson(utf8Encode(written)))).toEqual(JSON.parse(written));
      }
    }),
  );
});

test('any 64-bit integer reads exactly', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (integer) => {
      expect(parseJson(utf8Encode(String(integer)))).toBe(integer);
    }),
  );
});

test('whatever the platform refuses is refused, with JsonError and nothing else', () => {
  const pieces = fc.constantFrom(
    ...Array.from('{}[]",:\\truefalsn0123-+.eE \n/uéd8'),
    '\\ud83d',
    '"a"',
    '😀',
    '\u0001',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
      const text = parts.join('');
      let expected: unknown;
      let isJson = true;
      try {
        expected = JSON.parse(text);
      } catch {
        isJson = false;
      }
      try {
        const node = parseJson(utf8Encode(text));
        expect(isJson).toBe(true);
        // Equal keys, lone surrogates and the integer −0 are read differently, as said.
        if (!/\{|\\u|-0/.test(text)) expect(plain(node)).toEqual(expected);
      } catch (error) {
        if (!(error instanceof JsonError)) throw error;
        expect(isJson).toBe(false);
      }
    }),
    { numRuns: 2000 },
  );
});

test('arbitrary bytes throw nothing but JsonError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      try {
        parseJson(bytes);
      } catch (error) {
        if (!(error instanceof JsonError)) throw error;
        expect(error.offset).toBeLessThanOrEqual(bytes.length);
      }
    }),
  );
});
