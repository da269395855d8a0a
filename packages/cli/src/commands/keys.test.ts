import { createHmac } from 'node:crypto';
import { algoliasearch } from 'algoliasearch';
import { expect, test } from 'vitest';
import { securedKey } from './keys.ts';

test('secured keys are the ones that the official client makes', () => {
  const client = algoliasearch('app', 'parent');
  const restrictions = {
    validUntil: 2_524_604_400,
    restrictIndices: ['Movies', 'tv *'],
    userToken: 'u+1',
    filters: "genre:'Science Fiction' AND year > 1990",
  };
  const official = client.generateSecuredApiKey({ parentApiKey: 'parent', restrictions });
  expect(securedKey('parent', restrictions)).toBe(official);
});

test('a secured key is the hash of its parameters, then the parameters', () => {
  const text = Buffer.from(securedKey('parent', { validUntil: 5 }), 'base64').toString();
  expect(text).toBe(`${createHmac('sha256', 'parent').update('validUntil=5').digest('hex')}validUntil=5`);
});
