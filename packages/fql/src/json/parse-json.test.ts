import { utf8Encode } from '@skein/base';
import { expect, test } from 'vitest';
import { NESTING_MAX } from './limits.ts';
import { JsonError, parseJson } from './parse-json.ts';

const parse = (text: string) => parseJson(utf8Encode(text));
function errorOf(input: string | Uint8Array): JsonError {
  try {
    parseJson(typeof input === 'string' ? utf8Encode(input) : input);
  } catch (error) {
    if (error instanceof JsonError) return error;
    throw error;
  }
  throw new Error('no error');
}

test('digits alone are an integer, a point or an exponent makes a double', () => {
  expect(parse('1')).toBe(1n);
  expect(parse('-0')).toBe(0n);
  expect(parse('1.0')).toBe(1);
  expect(parse('-0.0')).toBe(-0);
  expect(parse('1e2')).toBe(100);
  expect(parse('12.5E-1')).toBe(1.25);
  expect(parse('1e400')).toBe(Number.POSITIVE_INFINITY);
});

test('integers are exact in 64 bits and doubles beyond', () => {
  expect(parse('9223372036854775807')).toBe(2n ** 63n - 1n);
  expect(parse('-9223372036854775808')).toBe(-(2n ** 63n));
  expect(parse('9223372036854775808')).toBe(2 ** 63);
  expect(parse('100000000000000000000')).toBe(1e20);
  expect(parse('9007199254740993')).toBe(9007199254740993n);
});

test('the first of equal keys counts, and keys keep their order', () => {
  const node = parse('{"b":1,"10":2,"2":3,"b":4,"__proto__":5}');
  expect([...(node as Map<string, unknown>)]).toEqual([
    ['b', 1n],
    ['10', 2n],
    ['2', 3n],
    ['__proto__', 5n],
  ]);
});

test('escapes are read, and half a pair of surrogates becomes U+FFFD', () => {
  expect(parse(String.raw`"\"\\\/\b\f\n\r\té😀"`)).toBe('"\\/\b\f\n\r\té😀');
  expect(parse(String.raw`"a\ud800b"`)).toBe('a�b');
  expect(parse('"�"')).toBe('�');
});

test('a byte order mark before the text is skipped', () => {
  expect(parse('\ufeff{"a":"�"}')).toEqual(new Map([['a', '�']]));
});

test.each([
  ['', 0],
  ['  ', 2],
  ['{', 1],
  ['{"a"}', 4],
  ['{"a":1,}', 7],
  ['{a:1}', 1],
  ['[1,]', 3],
  ['[1 2]', 3],
  ['01', 0],
  ['1.', 2],
  ['1e', 2],
  ['-', 0],
  ['+1', 0],
  ['.5', 0],
  ['NaN', 0],
  ['nul', 0],
  ['"a', 2],
  ['"a\nb"', 2],
  ['"é\u0001"', 3],
  [String.raw`"\x"`, 0],
  [String.raw`"\u12"`, 0],
  [String.raw`"\\\"`, 5],
  ['1 1', 2],
  ["'a'", 0],
])('%j is refused at byte %i', (text, offset) => {
  expect(errorOf(text)).toMatchObject({ kind: 'syntax', offset });
});

test('bytes that are no UTF-8 are refused where they begin', () => {
  expect(errorOf(Uint8Array.of(34, 0xc3, 34))).toMatchObject({ kind: 'syntax', offset: 1 });
  expect(errorOf(Uint8Array.of(34, 65, 0xff, 34))).toMatchObject({ kind: 'syntax', offset: 2 });
  expect(errorOf(Uint8Array.of(34, 0xed, 0xa0, 0x80, 34))).toMatchObject({ kind: 'syntax', offset: 1 });
});

test('nesting up to the limit is read, one level more is refused', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  expect(parse(nested(NESTING_MAX))).toEqual(expect.any(Array));
  expect(errorOf(nested(NESTING_MAX + 1))).toMatchObject({ kind: 'nesting', offset: NESTING_MAX });
  expect(errorOf('{"a":'.repeat(1_000_000)).kind).toBe('nesting');
});
