/** Keys, tokens, passwords: who gets in, and who one is then. */

import fc from 'fast-check';
import { query as q } from 'faunadb';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Json, newDatabase, ROOT, type TestDatabase } from '../testing/mod.ts';
import { authenticate, refresh } from './authenticate.ts';
import type { Authentication } from './authentication.ts';
import { nativeCollection } from './scopes.ts';

const ROOT_SECRET = 'root secret';
let database: TestDatabase;

beforeEach(() => {
  database = newDatabase();
  database.value(q.CreateCollection({ name: 'users' }));
  database.value(
    q.Create(q.Ref(q.Collection('users'), '1'), { data: { name: 'ann' }, credentials: { password: 'pw' } }),
  );
});

function opened(secret: string): Authentication | undefined {
  return authenticate(database.store, String(secret), database.host, ROOT_SECRET, database.now);
}

function as(secret: string): { readonly authentication: Authentication } {
  const authentication = opened(secret);
  if (authentication === undefined) throw new Error('the secret opens nothing');
  return { authentication };
}

const ann = q.Ref(q.Collection('users'), '1');

describe('a key', () => {
  test('shows its secret when it is made, and never again', () => {
    const made = database.query(q.CreateKey({ role: 'server', data: { for: 'tests' } }));
    expect(made.status).toBe(201);
    const key = made.json['resource'];
    expect(Object.keys(key)).toEqual(['ref', 'ts', 'role', 'data', 'secret']);
    const ref = q.Ref(q.Keys(), key['ref']['@ref']['id']);
    expect(Object.keys(database.value(q.Get(ref)))).toEqual(['ref', 'ts', 'role', 'data']);
    const updated = database.value(q.Update(ref, { data: { for: 'more' } }));
    expect(updated).not.toHaveProperty('secret');
    expect(opened(String(key['secret']))?.roles).toEqual(['server']);
    expect(database.value(q.KeyFromSecret(key['secret']))['ref']).toEqual(key['ref']);
  });

  test('that is deleted opens nothing, and what was begun with it is refused at its place in the log', () => {
    const key = database.value(q.CreateKey({ role: 'admin' }));
    const { authentication } = as(String(key['secret']));
    expect(refresh(database.store, authentication)).toBe(authentication);
    database.value(q.Delete(q.Ref(q.Keys(), key['ref']['@ref']['id'])));
    expect(opened(String(key['secret']))).toBeUndefined();
    expect(refresh(database.store, authentication)).toBeUndefined();
    expect(database.error(q.KeyFromSecret(key['secret']))['code']).toBe('instance not found');
  });

  test('that has lost its role no longer covers what was begun with it', () => {
    const key = database.value(q.CreateKey({ role: 'admin' }));
    const { authentication } = as(String(key['secret']));
    database.value(q.Update(q.Ref(q.Keys(), key['ref']['@ref']['id']), { role: 'client' }));
    expect(refresh(database.store, authentication)).toBeUndefined();
    expect(opened(String(key['secret']))?.roles).toEqual(['client']);
  });

  test('with an end opens nothing after it', () => {
    const ttl = q.TimeAdd(q.Now(), 1, 'second');
    const secret = String(database.value(q.CreateKey({ role: 'admin', ttl }))['secret']);
    expect(opened(secret)).toBeDefined();
    database.advance(1_000_000);
    expect(opened(secret)).toBeUndefined();
  });

  test('of a child database lies outside of it, opens it, and goes with it', () => {
    database.value(q.CreateDatabase({ name: 'child' }));
    const key = database.value(q.CreateKey({ role: 'admin', database: q.Database('child') }));
    const { authentication } = as(String(key['secret']));
    expect(authentication.scope).not.toBe(ROOT.scope);
    database.value(q.CreateCollection({ name: 'inside' }), { authentication });
    expect(database.value(q.Exists(q.Collection('inside')))).toBe(false);
    expect(database.value(q.Exists(q.Collection('inside', q.Database('child'))))).toBe(true);
    expect(database.value(q.HasCurrentToken(), { authentication })).toBe(false);
    expect(opened(`${ROOT_SECRET}:child:admin`)?.scope).toBe(authentication.scope);
    database.value(q.Delete(q.Database('child')));
    expect(opened(String(key['secret']))).toBeUndefined();
    expect(refresh(database.store, authentication)).toBeUndefined();
  });

  test.each([
    ['no role', {}, ['role'], 'value required'],
    ['a role that is none', { role: 'none' }, ['role'], 'validation failed'],
    ['a number for a role', { role: 1 }, ['role'], 'invalid type'],
    ['several roles of which one is built in', { role: ['admin'] }, ['role'], 'invalid type'],
    ['a database that is not there', { role: 'admin', database: q.Database('x') }, ['database'], undefined],
    ['a priority out of bounds', { role: 'admin', priority: 501 }, ['priority'], 'bounds error'],
    ['data that is no object', { role: 'admin', data: 1 }, ['data'], 'invalid type'],
  ])('with %s is refused', (_name, params, field, code) => {
    const error = database.error(q.CreateKey(params));
    if (code === undefined) {
      expect(['invalid ref', 'validation failed']).toContain(error['code']);
      return;
    }
    expect(error).toMatchObject({ code: 'validation failed', failures: [{ field, code }] });
  });

  test('knows itself', () => {
    const key = database.value(q.CreateKey({ role: 'admin' }));
    const who = as(String(key['secret']));
    expect(database.value(q.CurrentToken(), who)).toEqual(key['ref']);
    expect(database.value(q.HasCurrentIdentity(), who)).toBe(false);
    expect(database.error(q.CurrentIdentity(), who)).toEqual({
      position: [],
      code: 'missing identity',
      description: 'Authentication does not contain an identity',
    });
    expect(database.error(q.CurrentToken())).toMatchObject({ code: 'invalid token' });
  });
});

describe('a secret may be narrowed', () => {
  beforeEach(() => {
    database.value(
      q.CreateRole({
        name: 'reader',
        privileges: { resource: q.Collection('users'), actions: { read: true } },
      }),
    );
    database.value(q.CreateDatabase({ name: 'child' }));
  });

  test.each([
    ['admin', 'server', true],
    ['admin', '@role/reader', true],
    ['admin', '@role/nobody', false],
    ['admin', '@doc/users/1', true],
    ['admin', '@doc/users/2', false],
    ['admin', '@doc/nobody/1', false],
    ['admin', 'child:admin', true],
    ['admin', 'child:@doc/users/1', false],
    ['admin', 'nobody:admin', false],
    ['server', 'server-readonly', false],
    ['server', '@role/reader', false],
    ['server', '@doc/users/1', true],
    ['server', 'child:server', false],
    ['server-readonly', '@doc/users/1', false],
    ['client', 'client', false],
  ])('of a key of role %s to %s: %s', (role, to, opens) => {
    const secret = String(database.value(q.CreateKey({ role }))['secret']);
    expect(opened(`${secret}:${to}`) !== undefined).toBe(opens);
  });

  test('and then allows no more than that', () => {
    const secret = String(database.value(q.CreateKey({ role: 'admin' }))['secret']);
    const reader = as(`${secret}:@role/reader`);
    expect(database.query(q.Get(ann), reader).status).toBe(200);
    expect(database.query(q.Delete(ann), reader).status).toBe(403);
    const asAnn = as(`${secret}:@doc/users/1`);
    expect(database.value(q.CurrentIdentity(), asAnn)['@ref']['id']).toBe('1');
    expect(database.query(q.Get(ann), asAnn).status).toBe(200);
    expect(database.query(q.Update(ann, {}), asAnn).status).toBe(403);
    expect(database.query(q.Get(ann), as(`${ROOT_SECRET}:client`)).status).toBe(403);
  });
});

describe('a token', () => {
  test('is what a password opens, and stands for its document', () => {
    const answer = database.query(q.Login(ann, { password: 'pw' }));
    expect(answer.status).toBe(201);
    const token = answer.json['resource'];
    expect(Object.keys(token)).toEqual(['ref', 'ts', 'instance', 'secret']);
    const who = as(String(token['secret']));
    expect(database.value(q.CurrentIdentity(), who)).toEqual(token['instance']);
    expect(database.value(q.Identity(), who)).toEqual(token['instance']);
    expect(database.value(q.HasIdentity(), who)).toBe(true);
    expect(database.value(q.CurrentToken(), who)).toEqual(token['ref']);
    expect(database.value(q.Get(ann), who)['data']).toEqual({ name: 'ann' });
    expect(database.query(q.Update(ann, { data: { name: 'x' } }), who).status).toBe(403);
  });

  test('has an end and data when the login says so', () => {
    const params = { password: 'pw', ttl: q.TimeAdd(q.Now(), 1, 'hour'), data: { device: 'phone' } };
    const token = database.value(q.Login(ann, params));
    expect(token['data']).toEqual({ device: 'phone' });
    expect(token).not.toHaveProperty('password');
    database.advance(3_600_000_000);
    expect(opened(String(token['secret']))).toBeUndefined();
  });

  test.each([
    ['a wrong password', ann, { password: 'PW' }],
    ['no password', ann, {}],
    ['a document without a password', q.Ref(q.Collection('users'), '2'), { password: 'pw' }],
  ])('is not given for %s', (_name, who, params) => {
    expect(database.query(q.Login(who, params))).toMatchObject({
      status: 400,
      json: {
        errors: [
          {
            position: [],
            code: 'authentication failed',
            description: 'The document was not found or provided password was incorrect.',
          },
        ],
      },
    });
  });

  test('is given for the first document of a set', () => {
    database.value(
      q.CreateIndex({ name: 'by_name', source: q.Collection('users'), terms: [{ field: ['data', 'name'] }] }),
    );
    const found = q.Match(q.Index('by_name'), 'ann');
    expect(database.value(q.Login(found, { password: 'pw' }))['instance']['@ref']['id']).toBe('1');
    expect(database.value(q.Identify(found, 'pw'))).toBe(true);
    const nobody = q.Match(q.Index('by_name'), 'bob');
    expect(database.error(q.Login(nobody, { password: 'pw' }))['code']).toBe('authentication failed');
    expect(database.value(q.Identify(nobody, 'pw'))).toBe(false);
  });

  test('can read itself and its credentials, and end itself', () => {
    const [one, two] = ['pw', 'pw'].map((password) => database.value(q.Login(ann, { password }))['secret']);
    const who = as(String(one));
    const self = { '@ref': 'tokens/self' };
    expect(database.query({ get: self }, who).status).toBe(200);
    expect(database.query({ get: { '@ref': 'credentials/self' } }, who).status).toBe(200);
    expect(database.value(q.Logout(false), who)).toBe(true);
    expect(opened(String(one))).toBeUndefined();
    expect(refresh(database.store, who.authentication)).toBeUndefined();
    const other = as(String(two));
    expect(database.query({ delete: self }, other).status).toBe(200);
    expect(opened(String(two))).toBeUndefined();
  });

  test('is nobody else’s to read or to end, and neither are credentials', () => {
    const bob = q.Ref(q.Collection('users'), '2');
    database.query(q.Create(bob, { credentials: { password: 'bob' } }));
    const who = as(String(database.value(q.Login(bob, { password: 'bob' }))['secret']));
    const token = String(database.value(q.Select(['ref', 'id'], q.Login(ann, { password: 'pw' }))));
    // Ann's came first.
    const [credentials] = [...database.store.documents(ROOT.scope, nativeCollection('credentials'))];
    const others = [q.Ref(q.Tokens(), token), q.Ref(q.Credentials(), String(credentials?.id))];
    for (const other of others) {
      expect(database.query(q.Get(other)).status).toBe(200);
      expect(database.query(q.Get(other), who).status).toBe(403);
      expect(database.query(q.Delete(other), who).status).toBe(403);
      expect(database.query(q.Update(other, {}), who).status).toBe(403);
    }
    expect(database.query({ delete: { '@ref': 'credentials/self' } }, who).status).toBe(403);
  });

  test('ends with all others of its identity, and with no one else’s', () => {
    const bob = q.Ref(q.Collection('users'), '2');
    database.value(q.Create(bob, { credentials: { password: 'bob' } }));
    const bobs = database.value(q.Login(bob, { password: 'bob' }))['secret'];
    const anns = [1, 2, 3].map(() => database.value(q.Login(ann, { password: 'pw' }))['secret']);
    expect(database.value(q.Logout(true), as(String(anns[0])))).toBe(true);
    expect(anns.map((secret) => opened(secret))).toEqual([undefined, undefined, undefined]);
    expect(opened(String(bobs))).toBeDefined();
    expect(database.value(q.Logout(true))).toBe(false);
    expect(database.value(q.Logout(false))).toBe(false);
  });

  test('is nobody’s when its document is gone', () => {
    const secret = String(database.value(q.Login(ann, { password: 'pw' }))['secret']);
    const { authentication } = as(secret);
    database.value(q.Delete(ann));
    expect(opened(secret)).toBeUndefined();
    expect(refresh(database.store, authentication)).toBeUndefined();
  });

  test('may be made without a password by who may write tokens', () => {
    const token = database.value(q.Create(q.Tokens(), { instance: ann }));
    expect(database.value(q.CurrentIdentity(), as(String(token['secret'])))['@ref']['id']).toBe('1');
    expect(database.error(q.Create(q.Tokens(), {}))['failures']).toMatchObject([
      { field: ['instance'], code: 'value required' },
    ]);
  });
});

describe('a password', () => {
  test('is changed with the document, and the old one is worth nothing then', () => {
    database.value(q.Update(ann, { credentials: { password: 'new' } }));
    expect(database.value(q.Identify(ann, 'pw'))).toBe(false);
    expect(database.value(q.Identify(ann, 'new'))).toBe(true);
    expect(database.value(q.At(q.TimeSubtract(q.Now(), 1, 'day'), q.Identify(ann, 'new')))).toBe(true);
  });

  test('that is changed by its owner takes the old one', () => {
    database.value(
      q.CreateRole({
        name: 'owner',
        membership: { resource: q.Collection('users') },
        privileges: { resource: q.Credentials(), actions: { write: true } },
      }),
    );
    const who = as(database.value(q.Login(ann, { password: 'pw' }))['secret']);
    const self = { '@ref': 'credentials/self' };
    const change = (params: Record<string, string>): ReturnType<TestDatabase['query']> =>
      database.query({ update: self, params: { object: params } }, who);
    expect(change({ password: 'new' }).json['errors'][0]).toMatchObject({
      failures: [{ field: ['current_password'], code: 'invalid password' }],
    });
    expect(change({ password: 'new', current_password: 'wrong' }).status).toBe(400);
    expect(change({ password: 'new', current_password: 'pw' }).status).toBe(200);
    expect(database.value(q.Identify(ann, 'new'))).toBe(true);
  });

  test.each([
    ['text', 7, 'invalid type'],
    ['short', 'x'.repeat(1025), 'resources exceeded'],
  ])('is %s', (_name, password, code) => {
    const error = database.error(q.Update(ann, { credentials: { password } }));
    expect(error).toMatchObject({ code: 'validation failed', failures: [{ code }] });
  });
});

test('no secret, no password, and no hash of them is ever shown or stored in clear', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z]{12,20}$/), fc.stringMatching(/^[A-Z]{12,20}$/), (first, second) => {
      database = newDatabase();
      const shown: string[] = [];
      const ask = (expression: unknown, who?: { readonly authentication: Authentication }): Json => {
        const { body, json } = database.query(expression, who);
        shown.push(body);
        return json['resource'];
      };
      ask(q.CreateCollection({ name: 'users' }));
      ask(
        q.CreateIndex({
          name: 'tokens',
          source: q.Tokens(),
          values: [{ field: 'instance' }, { field: 'secret' }, { field: 'hash' }],
        }),
      );
      ask(q.Create(ann, { credentials: { password: first } }));
      const made = [
        ask(q.CreateKey({ role: 'admin', hashed_secret: 'x' })),
        ask(q.Login(ann, { password: first })),
        ask(q.Create(q.Tokens(), { instance: ann, hashed_secret: 'x' })),
      ];
      const secrets = made.map((one) => String(one['secret']));
      const spoken = shown.length;
      const who = as(String(secrets[1]));
      ask(q.Update(ann, { credentials: { password: second } }));
      ask({ get: { '@ref': 'tokens/self' } }, who);
      ask({ get: { '@ref': 'credentials/self' } }, who);
      ask(q.Map(q.Paginate(q.Keys()), q.Lambda('x', q.Get(q.Var('x')))));
      ask(q.Map(q.Paginate(q.Tokens()), q.Lambda('x', q.Get(q.Var('x')))));
      ask(q.Map(q.Paginate(q.Credentials()), q.Lambda('x', q.Get(q.Var('x')))));
      ask(q.Paginate(q.Match(q.Index('tokens'))));
      ask(q.KeyFromSecret(String(secrets[0])));
      ask(q.Paginate(q.Events(ann)));
      const passwords = [first, second];
      const hashes = secrets.map((secret) => database.host.sha256(secret));
      for (const [at, body] of shown.entries()) {
        for (const hidden of [...passwords, ...hashes, 'hashed', ...(at >= spoken ? secrets : [])]) {
          expect(body).not.toContain(hidden);
        }
      }
      expect(stored(database)).not.toMatch(new RegExp([...passwords, ...secrets].join('|')));
      expect(stored(database)).toContain(hashes[0]);
    }),
    { numRuns: 20 },
  );
});

/** All bytes of documents and rows, as Latin-1 text. */
function stored({ store }: TestDatabase): string {
  const bytes: Uint8Array[] = [];
  for (const { key, value } of store.rows(ROOT.scope)) bytes.push(key, value);
  for (const collection of [1, 2, 3, 4, 5, 6, 7, 8, 9, 1024]) {
    for (const { id } of store.documents(ROOT.scope, collection as never)) {
      const key = { scope: ROOT.scope, collection: collection as never, id };
      for (const { body } of store.versions(key)) bytes.push(body);
    }
  }
  return Buffer.concat(bytes).toString('latin1');
}

test('no text opens anything that is no secret', () => {
  const { secret } = { secret: String(database.value(q.CreateKey({ role: 'admin' }))['secret']) };
  const near = fc
    .tuple(fc.nat(secret.length - 1), fc.constantFrom('', 'A', '-', ':', '='))
    .map(([at, other]) => secret.slice(0, at) + other + secret.slice(at + 1));
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), near), (text) => {
      if (text === secret || text.startsWith(`${secret}:`) || text.startsWith(ROOT_SECRET)) return;
      expect(opened(text)).toBeUndefined();
    }),
  );
});

describe('arguments of the wrong type are told with their places', () => {
  const undefinedCollection = "Ref refers to undefined collection 'nowhere'";
  test.each<[unknown, readonly string[], string, string]>([
    [
      { login: 1, params: { object: {} } },
      ['login'],
      'invalid argument',
      'Ref or Set expected, Integer provided.',
    ],
    [q.Login(ann, 'pw'), ['params'], 'invalid argument', 'Object expected, String provided.'],
    [q.Login(q.Ref(q.Collection('nowhere'), 1), {}), ['login'], 'invalid ref', undefinedCollection],
    [{ logout: 'all' }, ['logout'], 'invalid argument', 'Boolean expected, String provided.'],
    [q.Identify(ann, 1), ['password'], 'invalid argument', 'String expected, Integer provided.'],
    [q.Identify('ann', 'pw'), ['identify'], 'invalid argument', 'Ref or Set expected, String provided.'],
    [q.KeyFromSecret(1), ['key_from_secret'], 'invalid argument', 'String expected, Integer provided.'],
    [{ current_identity: 1 }, ['current_identity'], 'invalid argument', 'Null expected, Integer provided.'],
    [
      { has_current_token: 'x' },
      ['has_current_token'],
      'invalid argument',
      'Null expected, String provided.',
    ],
  ])('%j', (expression, position, code, description) => {
    const json: unknown = JSON.parse(JSON.stringify(expression));
    expect(database.error(json)).toEqual({ position, code, description });
  });

  test('and a login whose password is no text is not valid', () => {
    expect(database.error(q.Login(ann, { password: 1 }))).toEqual({
      position: [],
      code: 'validation failed',
      description: 'document data is not valid.',
      failures: [
        {
          field: ['password'],
          code: 'invalid type',
          description: 'Invalid type Integer, expected type String.',
        },
      ],
    });
  });
});

test('keys are found by their secrets from above, not from below or beside', () => {
  for (const name of ['child', 'sibling']) database.value(q.CreateDatabase({ name }));
  const inside = (name: string): { readonly authentication: Authentication } =>
    as(`${ROOT_SECRET}:${name}:admin`);
  const own = String(database.value(q.CreateKey({ role: 'admin' }))['secret']);
  const childs = String(database.value(q.CreateKey({ role: 'admin' }), inside('child'))['secret']);
  expect(database.query(q.KeyFromSecret(childs)).status).toBe(200);
  expect(database.query(q.KeyFromSecret(childs), inside('child')).status).toBe(200);
  expect(database.error(q.KeyFromSecret(childs), inside('sibling'))).toEqual({
    position: [],
    code: 'instance not found',
    description: `No key found for secret ${childs}.`,
  });
  expect(database.query(q.KeyFromSecret(own), inside('child')).status).toBe(404);
  const server = as(String(database.value(q.CreateKey({ role: 'server' }))['secret']));
  expect(database.query(q.KeyFromSecret(own), server).status).toBe(403);
});

test('what is asked of a password costs, so that a request cannot try a dictionary', () => {
  const guesses = Array.from({ length: 200 }, (_, at) => q.Identify(ann, String(at)));
  expect(database.query(q.Or(...guesses), { options: { stepsMax: 2_000_000 } })).toMatchObject({
    status: 400,
    json: { errors: [{ code: 'resources exceeded' }] },
  });
});
