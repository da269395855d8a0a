import { expect, test } from 'vitest';
import { ENDPOINTS, endpointOf } from './endpoints.ts';
import { ACLS } from './keys.ts';

test('operations and routes are unique, rights exist', () => {
  expect(new Set(ENDPOINTS.map(({ operationId }) => operationId)).size).toBe(ENDPOINTS.length);
  expect(new Set(ENDPOINTS.map(({ method, path }) => `${method} ${path}`)).size).toBe(ENDPOINTS.length);
  for (const { acl } of ENDPOINTS) for (const right of acl) expect([...ACLS, 'admin']).toContain(right);
});

test('keys are managed by admin keys alone', () => {
  for (const operation of ['listApiKeys', 'addApiKey', 'updateApiKey', 'deleteApiKey', 'restoreApiKey']) {
    expect(endpointOf(operation)?.acl).toEqual(['admin']);
  }
});
