/**
 * API keys:
 *   1. What a client may say about a key, and what it is told.
 *   2. Rights, indexes, referers, sources and time decide; the admin key may do everything.
 */
import { expect, test } from 'vitest';
import {
  ADMIN_KEY_FIELDS,
  type ApiKey,
  type AuthorisationRequest,
  apiKeyResponse,
  authorise,
  parseApiKeyFields,
} from './keys.ts';

const NOW = 1_700_000_000_000;

function key(fields: Partial<ApiKey>): ApiKey {
  return { ...parseApiKeyFields({ acl: ['search'] }), value: 'v', createdAtMs: NOW, ...fields };
}

function allowed(given: ApiKey, request: Partial<AuthorisationRequest>): string {
  const full: AuthorisationRequest = {
    acl: ['search'],
    indexes: ['products'],
    nowMs: NOW,
    referer: undefined,
    sourceIp: '1.2.3.4',
    ...request,
  };
  return authorise(given, full)?.message ?? 'yes';
}

test('1: fields have defaults, and an update resets what is not sent', () => {
  expect(parseApiKeyFields({ acl: ['search', 'browse'], indexes: ['dev_*'] })).toEqual({
    acl: ['search', 'browse'],
    description: '',
    indexes: ['dev_*'],
    maxHitsPerQuery: 0,
    maxQueriesPerIPPerHour: 0,
    queryParameters: '',
    referers: [],
    validity: 0,
  });
});

test('1: mistakes are refused', () => {
  expect(() => parseApiKeyFields([])).toThrow('Invalid body');
  expect(() => parseApiKeyFields({})).toThrow('Missing mandatory attribute acl');
  expect(() => parseApiKeyFields({ acl: ['fly'] })).toThrow('Invalid value for "acl" parameter');
  expect(() => parseApiKeyFields({ acl: ['admin'] })).toThrow('Invalid value for "acl" parameter');
  expect(() => parseApiKeyFields({ acl: [], validity: -1 })).toThrow('Invalid value for "validity"');
  expect(() => parseApiKeyFields({ acl: [], indexes: 'a' })).toThrow('Invalid value for "indexes"');
  expect(() => parseApiKeyFields({ acl: [], queryParameters: 'restrictSources=nowhere' })).toThrow(
    'Invalid value for "restrictSources"',
  );
  expect(() => parseApiKeyFields({ acl: [], queryParameters: 'filter=a:1' })).toThrow(
    'Unknown parameter: filter',
  );
});

test('1: a key that shows itself hides its description', () => {
  const shown = apiKeyResponse(key({ description: 'd' }), { description: 'redacted' });
  expect(shown).toMatchObject({
    value: 'v',
    createdAt: NOW,
    acl: ['search'],
    description: '<redacted>',
    validity: 0,
  });
  const admin = apiKeyResponse(key({ ...ADMIN_KEY_FIELDS }), { description: 'shown' });
  expect(admin['acl']).not.toContain('admin');
});

test('2: rights', () => {
  expect(allowed(key({}), {})).toBe('yes');
  expect(allowed(key({}), { acl: ['addObject'] })).toBe('Method not allowed with this API key');
  expect(allowed(key({}), { acl: ['addObject', 'search'] })).toBe('yes');
  expect(allowed(key({}), { acl: [] })).toBe('yes');
  expect(allowed(key({}), { acl: ['admin'] })).toBe('Method not allowed with this API key');
  expect(allowed(key(ADMIN_KEY_FIELDS), { acl: ['admin'] })).toBe('yes');
  expect(allowed(key(ADMIN_KEY_FIELDS), { acl: ['logs'] })).toBe('yes');
});

test('2: indexes by pattern, every one of them', () => {
  const dev = key({ indexes: ['dev_*', '*_test', '*_x_*'] });
  for (const index of ['dev_', 'dev_a', 'a_test', 'b_x_c'])
    expect(allowed(dev, { indexes: [index] })).toBe('yes');
  for (const index of ['prod', 'dev', 'a_testing']) {
    expect(allowed(dev, { indexes: ['dev_a', index] })).toBe('Index not allowed with this API key');
  }
  expect(allowed(dev, { indexes: [] })).toBe('yes');
});

test('2: time, referers and sources', () => {
  const short = key({ validity: 10 });
  expect(allowed(short, { nowMs: NOW + 9_999 })).toBe('yes');
  expect(allowed(short, { nowMs: NOW + 10_000 })).toBe('Invalid Application-ID or API key');
  const referred = key({ referers: ['https://example.org/*'] });
  expect(allowed(referred, { referer: 'https://example.org/a' })).toBe('yes');
  expect(allowed(referred, { referer: 'https://evil.org/' })).toBe('Referer not allowed with this API key');
  expect(allowed(referred, {})).toBe('Referer not allowed with this API key');
  const sourced = key({ queryParameters: 'restrictSources=10.0.0.0%2F8,1.2.3.4' });
  expect(allowed(sourced, {})).toBe('yes');
  expect(allowed(sourced, { sourceIp: '10.9.9.9' })).toBe('yes');
  expect(allowed(sourced, { sourceIp: '11.0.0.1' })).toBe('IP address not allowed with this API key');
  expect(allowed(sourced, { sourceIp: undefined })).toBe('IP address not allowed with this API key');
});
