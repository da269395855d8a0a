/**
 * Secured keys:
 *   1. Official vectors: what clients make, we make and read.
 *   2. Only the right parent verifies; an admin key is no parent.
 *   3. Restrictions hold: time, indexes, sources, filters, forced parameters.
 *   4. What cannot be understood is refused, not ignored.
 */
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ApiError } from './api-error.ts';
import { base64Encode } from './base64.ts';
import { ADMIN_KEY_FIELDS, type ApiKey, parseApiKeyFields } from './keys.ts';
import { authoriseRestrictions, parseRestrictions } from './restrictions.ts';
import { parseSearch } from './search-request.ts';
import { encodeSecuredKey, findParent, forcedSearch, parseSecuredKey, sameText } from './secured-keys.ts';

const hmac = (key: string, message: string) => createHmac('sha256', key).update(message).digest('hex');
const PARENT = '2640659426d5107b6e47d75db9cbaef8';
const VECTOR =
  'NjFhZmE0OGEyMTI3OThiODc0OTlkOGM0YjcxYzljY2M2NmU2NDE5ZWY0NDZjMWJhNjA2NzBkMjAwOTI2YWQyZnJlc3RyaWN0SW5kaWNlcz1Nb3ZpZXMmdmFsaWRVbnRpbD0yNTI0NjA0NDAw';
const OLD_PARENT = '182634d8894831d5dbce3b3185c50881';
const OLD_VECTOR =
  'MDZkNWNjNDY4M2MzMDA0NmUyNmNkZjY5OTMzYjVlNmVlMTk1NTEwMGNmNTVjZmJhMmIwOTIzYjdjMTk2NTFiMnRhZ0ZpbHRlcnM9JTI4cHVibGljJTJDdXNlcjElMjk=';

const keyOf = (value: string, fields: Partial<ApiKey> = {}): ApiKey => ({
  ...parseApiKeyFields({ acl: ['search'] }),
  value,
  createdAtMs: 0,
  ...fields,
});

test('1: the vector of today’s clients', () => {
  expect(encodeSecuredKey(PARENT, { validUntil: 2_524_604_400, restrictIndices: ['Movies'] }, hmac)).toBe(
    VECTOR,
  );
  const secured = parseSecuredKey(VECTOR)!;
  expect(secured.parameters).toBe('restrictIndices=Movies&validUntil=2524604400');
  expect(findParent(secured, [keyOf('other'), keyOf(PARENT)], hmac)?.value).toBe(PARENT);
  expect(parseRestrictions(secured.parameters)).toMatchObject({
    validUntilMs: 2_524_604_400_000,
    indexes: ['Movies'],
  });
});

test('1: the vector of the old syntax', () => {
  expect(encodeSecuredKey(OLD_PARENT, 'tagFilters=%28public%2Cuser1%29', hmac)).toBe(OLD_VECTOR);
  const secured = parseSecuredKey(OLD_VECTOR)!;
  expect(findParent(secured, [keyOf(OLD_PARENT)], hmac)?.value).toBe(OLD_PARENT);
  const forced = forcedSearch(keyOf(OLD_PARENT), parseRestrictions(secured.parameters));
  expect(parseSearch({ body: {}, settings: {}, forced }).query.filter).toMatchObject({
    kind: 'or',
    children: [
      { path: '_tags', value: 'public' },
      { path: '_tags', value: 'user1' },
    ],
  });
});

test('2: a changed text, another parent or an admin parent do not verify', () => {
  const secured = parseSecuredKey(VECTOR)!;
  expect(
    findParent({ ...secured, parameters: `${secured.parameters}0` }, [keyOf(PARENT)], hmac),
  ).toBeUndefined();
  expect(findParent(secured, [keyOf('other')], hmac)).toBeUndefined();
  expect(findParent(secured, [keyOf(PARENT, ADMIN_KEY_FIELDS)], hmac)).toBeUndefined();
});

test('2: ordinary keys and noise are not taken for secured keys', () => {
  for (const value of [
    '',
    PARENT,
    'x'.repeat(200),
    base64Encode('z'.repeat(80)),
    base64Encode('ab'.repeat(20)),
  ]) {
    expect(parseSecuredKey(value)).toBeUndefined();
  }
});

test('3: time, indexes and sources', () => {
  const restrictions = parseRestrictions(
    'validUntil=100&restrictIndices=%5B%22a%22%2C%22dev_*%22%5D&restrictSources=10.0.0.0/8',
  );
  const ask = (indexes: string[], nowMs: number, sourceIp: string) =>
    authoriseRestrictions(restrictions, { indexes, nowMs, sourceIp })?.message ?? 'yes';
  expect(ask(['a', 'dev_x'], 99_999, '10.1.1.1')).toBe('yes');
  expect(ask(['a'], 100_000, '10.1.1.1')).toBe('validUntil parameter expired (less than current date)');
  expect(ask(['a', 'b'], 0, '10.1.1.1')).toBe('Index not allowed with this API key');
  expect(ask(['a'], 0, '1.1.1.1')).toBe('IP address not allowed with this API key');
});

test('3: filters of key, parent and request all hold; the parent’s parameters win', () => {
  const parent = keyOf(PARENT, { queryParameters: 'filters=p:1&hitsPerPage=3', maxHitsPerQuery: 50 });
  const forced = forcedSearch(
    parent,
    parseRestrictions('filters=s%3A2%20OR%20s%3A3&hitsPerPage=9&userToken=u'),
  );
  const request = parseSearch({
    body: { filters: 'r:4', hitsPerPage: 100, userToken: 'other' },
    settings: {},
    forced,
  });
  expect(request.query.length).toBe(3);
  expect(request.userToken).toBe('u');
  expect(request.query.filter).toMatchObject({
    kind: 'and',
    children: [{ path: 'r' }, { path: 'p' }, { kind: 'or', children: [{ path: 's' }, { path: 's' }] }],
  });
});

test('4: unknown names, bad filters and long values are refused', () => {
  for (const text of [
    'filter=a:1',
    'filters=a%20AND',
    'validUntil=tomorrow',
    `userToken=${'x'.repeat(513)}`,
    'hitsPerPage=x',
    'customRanking=a',
  ]) {
    expect(() => parseRestrictions(text)).toThrow(ApiError);
  }
  expect(parseRestrictions(`filters=${'a:1%20AND%20'.repeat(300)}a:1`).search.filters).toHaveLength(1);
});

test('any text as key or restriction gives a value or an ApiError', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      parseSecuredKey(text);
      parseSecuredKey(base64Encode('0'.repeat(64) + text));
      try {
        parseRestrictions(text);
      } catch (error) {
        expect(error).toBeInstanceOf(ApiError);
      }
    }),
  );
});

test('texts are the same exactly when they are equal', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 4 }), fc.string({ maxLength: 4 }), (a, b) => {
      expect(sameText(a, b)).toBe(a === b);
      expect(sameText(a, a)).toBe(true);
    }),
  );
});
