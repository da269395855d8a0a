import { expect, test } from 'vitest';
import { NATIVE_COLLECTIONS } from '../values/ref.ts';
import { builtinAllows } from './builtin-roles.ts';
import { BUILTIN_ROLES } from './role-actions.ts';

/** Letters: what may be done. r read, w write, c call; capital: also in databases below. */
const ALLOWED: Readonly<Record<string, Readonly<Record<(typeof BUILTIN_ROLES)[number], string>>>> = {
  documents: { admin: 'RwC', server: 'RwC', 'server-readonly': 'R', client: '' },
  collections: { admin: 'RwC', server: 'RwC', 'server-readonly': 'R', client: '' },
  indexes: { admin: 'RwC', server: 'RwC', 'server-readonly': 'R', client: '' },
  functions: { admin: 'RwC', server: 'RwC', 'server-readonly': 'R', client: '' },
  tokens: { admin: 'RwC', server: 'RwC', 'server-readonly': 'R', client: '' },
  credentials: { admin: 'RwC', server: 'RwC', 'server-readonly': 'R', client: '' },
  databases: { admin: 'RwC', server: '', 'server-readonly': '', client: '' },
  keys: { admin: 'RwC', server: '', 'server-readonly': '', client: '' },
  roles: { admin: 'RwC', server: '', 'server-readonly': '', client: '' },
  access_providers: { admin: 'RwC', server: '', 'server-readonly': '', client: '' },
};

test('the table speaks of every native collection', () => {
  expect(new Set(Object.keys(ALLOWED))).toEqual(new Set(['documents', ...NATIVE_COLLECTIONS]));
});

test.each(Object.entries(ALLOWED))('on %s the four roles may do what the table says', (what, byRole) => {
  const native = NATIVE_COLLECTIONS.find((name) => name === what);
  for (const role of BUILTIN_ROLES) {
    let letters = '';
    for (const [verb, letter] of [
      ['read', 'r'],
      ['write', 'w'],
      ['call', 'c'],
    ] as const) {
      if (!builtinAllows(role, { verb, native, below: false })) continue;
      letters += builtinAllows(role, { verb, native, below: true }) ? letter.toUpperCase() : letter;
    }
    expect(`${role} ${letters}`).toBe(`${role} ${byRole[role]}`);
  }
});
