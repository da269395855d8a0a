import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ProtocolError } from './protocol-error.ts';
import { readParameters, secretOf, traceparentFor } from './request-parameters.ts';

const read = (headers: Record<string, string>) => readParameters(headers, 7);
const refusal = (name: string, value: string): string => {
  try {
    read({ [name]: value });
    return '';
  } catch (error) {
    return error instanceof ProtocolError ? `${error.status} ${error.message}` : String(error);
  }
};
const invalid = (name: string, reason: string): string => `400 Invalid header '${name}': ${reason}`;

test('without headers the defaults hold', () => {
  expect(read({})).toEqual({ lastSeenTime: undefined, timeoutMs: 7, tags: undefined });
});

test('API versions of the original are taken, others refused', () => {
  for (const version of ['2.0', '2.1', '2.7', '2.12', '3', '4', '5', 'UNSTABLE']) {
    expect(refusal('x-faunadb-api-version', version)).toBe('');
  }
  for (const version of ['', '1', '4.0', 'unstable', '10']) {
    const reason = `Unsupported or invalid API version '${version}'.`;
    expect(refusal('x-faunadb-api-version', version)).toBe(invalid('x-faunadb-api-version', reason));
  }
});

test('times and counts are 64-bit integers within their bounds', () => {
  expect(read({ 'x-last-seen-txn': '1630107062480001' }).lastSeenTime).toBe(1_630_107_062_480_001);
  expect(refusal('x-last-seen-txn', '1.5')).toBe(invalid('x-last-seen-txn', "Invalid timestamp '1.5'."));
  expect(refusal('x-last-seen-txn', '9223372036854775808')).toContain('Invalid timestamp');
  expect(read({ 'x-query-timeout': '600000' }).timeoutMs).toBe(600_000);
  for (const [value, reason] of [
    ['0', 'Must be greater than 0.'],
    ['-1', 'Must be greater than 0.'],
    ['600001', 'Must be less than or equal to 600000.'],
    ['1e3', "Invalid number '1e3'."],
  ] as const) {
    expect(refusal('x-query-timeout', value)).toBe(invalid('x-query-timeout', reason));
  }
  expect(refusal('x-max-retries-on-contention', '7')).toBe('');
  for (const [value, reason] of [
    ['8', 'Must be between 0 and 7.'],
    ['-1', 'Must be between 0 and 7.'],
    ['99999999999', "Invalid number '99999999999'."],
  ] as const) {
    expect(refusal('x-max-retries-on-contention', value)).toBe(
      invalid('x-max-retries-on-contention', reason),
    );
  }
});

test('tags come back in reverse, and have their limits', () => {
  expect(read({ 'x-fauna-tags': 'foo=a,bar=b_1' }).tags).toBe('bar=b_1,foo=a');
  expect(read({ 'x-fauna-tags': '' }).tags).toBeUndefined();
  const pairs = (count: number): string => Array.from({ length: count }, (_, at) => `k${at}=v`).join(',');
  expect(refusal('x-fauna-tags', pairs(25))).toBe('');
  expect(refusal('x-fauna-tags', `${'k'.repeat(40)}=${'v'.repeat(80)}`)).toBe('');
  for (const [value, reason] of [
    [pairs(26), 'too many tags'],
    [`${'k'.repeat(41)}=v`, 'invalid key'],
    [`k=${'v'.repeat(81)}`, 'invalid value'],
    ['a=b,a=c', 'duplicate key'],
    ['a', 'invalid tags'],
    ['a=', 'invalid tags'],
    ['a=b,', 'invalid tags'],
    ['a-b=c', 'invalid tags'],
    ['é=c', 'invalid tags'],
    [`k=${'v'.repeat(3_000)}`, 'header is too long'],
  ] as const) {
    expect(refusal('x-fauna-tags', value)).toBe(invalid('x-fauna-tags', reason));
  }
});

test('a scoped secret keeps its colons, by Bearer and by Basic', () => {
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
  expect(secretOf({ authorization: 'Bearer fn1:db:admin' })).toBe('fn1:db:admin');
  expect(secretOf({ authorization: basic('fn1:db:admin') })).toBe('fn1:db:admin');
  expect(secretOf({ authorization: basic('fn1:db:@role/x:') })).toBe('fn1:db:@role/x');
  expect(secretOf({})).toBeUndefined();
});

test('a trace goes on with a span of its own; what is not well formed starts a new one', () => {
  const trace = '0af7651916cd43dd8448eb211c80319c';
  const next = traceparentFor({ traceparent: `00-${trace}-b7ad6b7169203331-01` });
  expect(next).toMatch(new RegExp(`^00-${trace}-[\\da-f]{16}-01$`));
  expect(next).not.toContain('b7ad6b7169203331');
  for (const traceparent of ['', trace, `00-${trace.toUpperCase()}-b7ad6b7169203331-01`]) {
    expect(traceparentFor({ traceparent })).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-00$/);
  }
});

test('any headers give parameters or a refusal of 400', () => {
  const name = fc.constantFrom(
    'x-faunadb-api-version',
    'x-last-seen-txn',
    'x-query-timeout',
    'x-max-retries-on-contention',
    'x-fauna-tags',
    'traceparent',
    'authorization',
  );
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.integer().map(String),
    fc.stringMatching(/^[\w=,:-]*$/),
  );
  fc.assert(
    fc.property(fc.dictionary(name, value), (headers) => {
      try {
        const { timeoutMs, tags } = read(headers);
        expect(timeoutMs).toBeGreaterThan(0);
        // What comes back has to be a header again.
        expect(tags ?? '').toMatch(/^[\w=,]*$/);
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError);
        expect((error as ProtocolError).status).toBe(400);
      }
      expect(traceparentFor(headers)).toMatch(/^[\da-f-]{55}$/);
      secretOf(headers);
    }),
  );
});
