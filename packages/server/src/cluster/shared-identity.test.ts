import { expect, test } from 'vitest';
import { sharedIdentity } from './shared-identity.ts';

const NOTHING = {
  applicationId: undefined,
  adminKey: undefined,
  searchKey: undefined,
  fqlSecret: undefined,
};

test('members with the same secret have the same keys, and with another one all others', () => {
  const [a, b] = [
    sharedIdentity(NOTHING, 'a secret of a cluster'),
    sharedIdentity(NOTHING, 'a secret of a cluster'),
  ];
  expect(a).toEqual(b);
  const other = sharedIdentity(NOTHING, 'another secret of one');
  const values = [...Object.values(a), ...Object.values(other)];
  expect(new Set(values).size).toBe(8);
  expect(a.applicationId).toMatch(/^[A-Z0-9]{10}$/);
  for (const key of [a.adminKey, a.searchKey, a.fqlSecret]) expect(key).toMatch(/^[0-9a-f]{32}$/);
});

test('what is configured stays', () => {
  const given = { applicationId: 'SHOP', adminKey: 'an admin key', searchKey: undefined, fqlSecret: 'root' };
  expect(sharedIdentity(given, 'a secret of a cluster')).toMatchObject({
    applicationId: 'SHOP',
    adminKey: 'an admin key',
    fqlSecret: 'root',
  });
});
