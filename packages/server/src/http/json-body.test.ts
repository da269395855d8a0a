import { ApiError } from '@skein/wire';
import { expect, test } from 'vitest';
import { parseJson, parseJsonObject } from './json-body.ts';

const messageOf = (body: Buffer): string => {
  try {
    parseJson(body);
  } catch (error) {
    if (error instanceof ApiError) return error.message;
    throw error;
  }
  return 'accepted';
};

test('a body of UTF-8 is read, whatever its characters', () => {
  expect(parseJsonObject(Buffer.from('{"name":"Łódź 🧶"}'))).toEqual({ name: 'Łódź 🧶' });
  expect(parseJson(Buffer.alloc(0))).toEqual({});
});

test('bytes that are no UTF-8 are refused instead of replaced', () => {
  const latin1 = Buffer.from('{"name":"Łódź"}'.replace('Ł', 'L'), 'latin1');
  expect(messageOf(latin1)).toContain('not UTF-8');
  expect(messageOf(Buffer.from([0x22, 0xc3, 0x22]))).toContain('not UTF-8');
});

test('what is no JSON is refused with its place, and without its text', () => {
  const message = messageOf(Buffer.from('{"secret": nope}'));
  expect(message).toContain('line:1');
  expect(message).not.toContain('nope');
});
