/** Access providers: their documents, how they are found, and what a verified JWT can do. */
import { utf8Encode } from '@skein/base';
import fc from 'fast-check';
import { query as q } from 'faunadb';
import { beforeEach, describe, expect, test } from 'vitest';
import { parseJson } from '../json/parse-json.ts';
import { type Json, newDatabase, type TestDatabase } from '../testing/mod.ts';
import type { ObjectValue } from '../values/value.ts';
import { findAccessProvider, ofVerifiedJwt } from './access-providers.ts';
import { refresh } from './authenticate.ts';
import type { Authentication } from './authentication.ts';
import { isFetchable } from './validate-access-provider.ts';

const ISSUER = 'https://issuer.example/';
const URI = 'https://issuer.example/keys';
let database: TestDatabase;

beforeEach(() => {
  database = newDatabase();
  database.value(q.CreateCollection({ name: 'notes' }));
  database.value(q.Create(q.Ref(q.Collection('notes'), '1'), {}));
  for (const [name, actions] of [
    ['readers', { read: true }],
    ['writers', { write: true }],
  ] as const) {
    database.value(q.CreateRole({ name, privileges: { resource: q.Collection('notes'), actions } }));
  }
});

function provider(more: object = {}): Json {
  return database.value(q.CreateAccessProvider({ name: 'p', issuer: ISSUER, jwks_uri: URI, ...more }));
}

/** As the server would, after it has verified the JWT. */
function as(audience: Json, claims: object): { readonly authentication: Authentication } {
  const found = findAccessProvider(database.store, { issuer: ISSUER, audiences: [String(audience)] });
  if (found === undefined) throw new Error('no access provider');
  const all = { iss: ISSUER, aud: audience, exp: database.now / 1e6 + 3600, ...claims };
  return { authentication: ofVerifiedJwt(found, parseJson(utf8Encode(JSON.stringify(all))) as ObjectValue) };
}

const note = q.Ref(q.Collection('notes'), '1');

describe('a verified JWT', () => {
  test('has the roles of its provider that its claims choose', () => {
    const isEditor = q.Query(
      q.Lambda('claims', q.ContainsValue('editor', q.Select('groups', q.Var('claims'), []))),
    );
    const { audience } = {
      audience: provider({ roles: ['readers', { role: q.Role('writers'), predicate: isEditor }] })[
        'audience'
      ],
    };
    const reader = as(audience, { sub: 'someone' });
    expect(database.query(q.Get(note), reader).status).toBe(200);
    expect(database.query(q.Update(note, {}), reader).status).toBe(403);
    const editor = as(audience, { groups: ['editor'] });
    expect(database.query(q.Update(note, {}), editor).status).toBe(200);
  });

  test('is an identity by its subject, and its claims are the token', () => {
    const { audience } = { audience: provider({ roles: ['readers'] })['audience'] };
    const who = as(audience, { sub: 'someone', big: 12 });
    expect(database.value(q.CurrentIdentity(), who)).toBe('someone');
    expect(database.value(q.HasCurrentIdentity(), who)).toBe(true);
    expect(database.value(q.CurrentToken(), who)).toMatchObject({ sub: 'someone', big: 12, iss: ISSUER });
    expect(database.value(q.Logout(true), who)).toBe(false);
    const nobody = as(audience, {});
    expect(database.value(q.HasCurrentIdentity(), nobody)).toBe(false);
    expect(database.error(q.CurrentIdentity(), nobody)['code']).toBe('missing identity');
  });

  test('is worth nothing once its provider is gone, is another, or its time is over', () => {
    const { audience } = { audience: provider({ roles: ['readers'] })['audience'] };
    const { authentication } = as(audience, {});
    expect(refresh(database.store, authentication, database.now)).toBe(authentication);
    expect(refresh(database.store, authentication, database.now + 3_631e6)).toBeUndefined();
    database.value(q.Update(q.AccessProvider('p'), { issuer: 'https://other.example/' }));
    expect(refresh(database.store, authentication, database.now)).toBeUndefined();
    database.value(q.Update(q.AccessProvider('p'), { issuer: ISSUER }));
    expect(refresh(database.store, authentication, database.now)).toBe(authentication);
    database.value(q.Delete(q.AccessProvider('p')));
    expect(refresh(database.store, authentication, database.now)).toBeUndefined();
    expect(database.query(q.Get(note), { authentication }).status).toBe(403);
  });

  test('can do nothing without roles', () => {
    const { audience } = { audience: provider()['audience'] };
    expect(database.query(q.Get(note), as(audience, {})).status).toBe(403);
  });
});

describe('an access provider', () => {
  test('is found by issuer and audience, in the database that the audience names', () => {
    database.value(q.CreateDatabase({ name: 'child' }));
    const { audience } = { audience: String(provider()['audience']) };
    const find = (issuer: string, ...audiences: string[]): string | undefined =>
      findAccessProvider(database.store, { issuer, audiences })?.name;
    expect(audience).toMatch(/^https:\/\/db\.fauna\.com\/db\/[\da-f]{20}$/);
    expect(find(ISSUER, audience)).toBe('p');
    expect(find(ISSUER, 'https://other.example/', audience)).toBe('p');
    expect(find(ISSUER, audience, audience)).toBeUndefined();
    expect(find('https://other.example/', audience)).toBeUndefined();
    expect(find(ISSUER, `${audience}0`)).toBeUndefined();
    expect(find(ISSUER)).toBeUndefined();
  });

  test('keeps the audience that the server gives it, whatever it is told', () => {
    const made = provider({ audience: 'https://me.example/' });
    expect(Object.keys(made)).toEqual(['ref', 'ts', 'name', 'issuer', 'jwks_uri', 'audience']);
    const { audience } = { audience: made['audience'] };
    for (const change of [q.Update, q.Replace]) {
      const changed = database.value(change(q.AccessProvider('p'), { audience: 'https://me.example/' }));
      expect(changed).toMatchObject({ audience, issuer: ISSUER, jwks_uri: URI });
    }
    expect(
      database.value(q.CreateAccessProvider({ name: 'p2', issuer: 'i2', jwks_uri: URI }))['audience'],
    ).toBe(audience);
  });

  test('may bring its keys along, if they are public', () => {
    const key = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', kid: 'one' };
    const made = provider({ jwks_uri: undefined, jwks: { keys: [key] } });
    expect(made['jwks']).toEqual({ keys: [key] });
    const found = findAccessProvider(database.store, {
      issuer: ISSUER,
      audiences: [String(made['audience'])],
    });
    expect(found).toMatchObject({ jwks: { keys: [key] }, jwksUri: undefined });
    for (const bad of [{ ...key, d: 'secret' }, { kty: 'oct', k: 'x' }, 'key']) {
      const error = database.error(q.CreateAccessProvider({ name: 'b', issuer: 'b', jwks: { keys: [bad] } }));
      expect(error['failures'][0]).toMatchObject({ field: ['jwks', 'keys', '0'] });
    }
  });

  test.each<[string, object, readonly unknown[], string]>([
    ['without an issuer', { issuer: undefined }, ['issuer'], 'value required'],
    ['without an address', { jwks_uri: undefined }, ['jwks_uri'], 'value required'],
    ['with an address that is none', { jwks_uri: 'keys' }, ['jwks_uri'], 'invalid uri'],
    [
      'with an address that anyone can listen to',
      { jwks_uri: 'http://issuer.example/' },
      ['jwks_uri'],
      'invalid uri',
    ],
    ['with the issuer of another', { issuer: 'taken' }, ['issuer'], 'duplicate value'],
    ['with a role that is built in', { roles: ['admin'] }, ['roles'], 'validation failed'],
    ['with a role that is not there', { roles: ['nobody'] }, ['roles'], 'validation failed'],
    [
      'with a role without its predicate',
      { roles: [{ role: 'readers' }] },
      ['roles', '0', 'predicate'],
      'value required',
    ],
    [
      'with a predicate that is none',
      { roles: { role: 'readers', predicate: true } },
      ['roles', 'predicate'],
      'invalid type',
    ],
  ])('%s is refused', (_name, params, field, code) => {
    database.value(q.CreateAccessProvider({ name: 'taken', issuer: 'taken', jwks_uri: URI }));
    const error = database.error(
      q.CreateAccessProvider({ name: 'p', issuer: ISSUER, jwks_uri: URI, ...params }),
    );
    expect(error).toMatchObject({ code: 'validation failed', failures: [{ field, code }] });
  });
});

test('an address is fetchable when it says https, or this machine', () => {
  const good = [
    'https://a.b/c?d=e',
    'https://a',
    'https://[2001:db8::1]:8443/x',
    'http://localhost:80/k',
    'http://127.0.0.1',
    'http://[::1]:1/',
  ];
  const bad = [
    'http://a.b/',
    'https://',
    'https://a b/',
    'https://u:p@a/',
    'ftp://a/',
    'http://localhost.evil.example/',
    'http://127.0.0.1@evil.example/',
    'https://a/#x',
    '',
  ];
  expect(good.filter((uri) => !isFetchable(uri))).toEqual([]);
  expect(bad.filter(isFetchable)).toEqual([]);
  fc.assert(
    fc.property(fc.oneof(fc.webUrl(), fc.string()), (uri) => {
      if (isFetchable(uri)) expect(new URL(uri).protocol).toBe('https:');
    }),
  );
});
