/**
 * Who may do what, asked by the driver:
 *   1. Keys of each built-in role; a key is its document and, once, its secret.
 *   2. Child databases are apart, and disappear with everything in them.
 *   3. Login, identify, logout; tokens know whom they stand for.
 *   4. Roles: privileges, membership, predicates of documents and of fields.
 *   5. Access providers: a JWT, with keys given and with keys fetched.
 */
import { createSign, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type RunningSkein, startSkein } from '@skein/testkit';
import { type Client, type Expr, errors, query as q, type values } from 'faunadb';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { closeDrivers, driver, failure, newDatabase } from './clients.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

interface Secret {
  readonly ref: values.Ref;
  readonly ts: number;
  readonly secret: string;
}
type Document = values.Document<Record<string, unknown>>;

let skein: RunningSkein;
let client: Client;
let secret: string;
beforeAll(async () => {
  skein = await startSkein();
  ({ secret } = await newDatabase(skein));
  client = driver(skein, { secret });
  await client.query(q.Do(q.CreateCollection({ name: 'notes' }), q.CreateCollection({ name: 'people' })));
});
afterAll(async () => {
  await closeDrivers();
  await skein?.stop();
});

/** Asks with another secret. */
function as<T>(given: string, expression: Expr): Promise<T> {
  return client.query<T>(expression, { secret: given });
}

async function denied(given: string, expression: Expr): Promise<void> {
  const error = await failure(as(given, expression));
  expect(error).toBeInstanceOf(errors.PermissionDenied);
  expect(error.message).toBe('permission denied');
}

describe('1: keys', () => {
  test('are documents with a secret that is told once', async () => {
    const key = await client.query<Secret & { role: string }>(
      q.CreateKey({ role: 'server', data: { of: 'a worker' } }),
    );
    expect(key).toMatchObject({ role: 'server', data: { of: 'a worker' } });
    expect(key.secret).toMatch(/^fn[\w-]{38}$/);
    const found = await client.query<Record<string, unknown>>(q.Get(key.ref));
    expect(found).not.toHaveProperty('secret');
    // Fauna's documents had one; nothing of a secret is shown here.
    expect(found).not.toHaveProperty('hashed_secret');
    expect(await client.query(q.KeyFromSecret(key.secret))).toEqual(found);
    const page = await client.query<{ data: unknown[] }>(q.Paginate(q.Keys()));
    expect(page.data).toContainEqual(key.ref);
  });

  test('of roles may do what their role says', async () => {
    const made = await client.query<Document>(q.Create(q.Collection('notes'), { data: { text: 'a' } }));
    const keyOf = async (role: string): Promise<string> =>
      (await client.query<Secret>(q.CreateKey({ role }))).secret;
    const [server, reader, nobody] = [
      await keyOf('server'),
      await keyOf('server-readonly'),
      await keyOf('client'),
    ];
    expect(await as(server, q.Update(made.ref, { data: { text: 'b' } }))).toMatchObject({
      data: { text: 'b' },
    });
    expect(await as<Document>(reader, q.Get(made.ref))).toMatchObject({ data: { text: 'b' } });
    await denied(reader, q.Delete(made.ref));
    await denied(nobody, q.Get(made.ref));
    await denied(server, q.CreateKey({ role: 'admin' }));
    await denied(server, q.CreateDatabase({ name: 'below' }));
  });
});

describe('2: child databases', () => {
  test('are apart from each other and from their parent', async () => {
    await client.query(q.CreateDatabase({ name: 'left', data: { side: 'l' } }));
    await client.query(q.CreateDatabase({ name: 'right' }));
    const [left, right] = await Promise.all(
      ['left', 'right'].map((name) =>
        client.query<Secret>(q.CreateKey({ database: q.Database(name), role: 'admin' })),
      ),
    );
    await as(left!.secret, q.CreateCollection({ name: 'only_left' }));
    expect(await as(left!.secret, q.Exists(q.Collection('only_left')))).toBe(true);
    expect(await as(right!.secret, q.Exists(q.Collection('only_left')))).toBe(false);
    expect(await client.query(q.Exists(q.Collection('only_left')))).toBe(false);
    expect(await client.query(q.Exists(q.Collection('only_left', q.Database('left'))))).toBe(true);
    await client.query(q.Delete(q.Database('left')));
    expect(await failure(as(left!.secret, q.Now()))).toBeInstanceOf(errors.Unauthorized);
    expect(await as(right!.secret, q.Add(1, 1))).toBe(2);
    const databases = await client.query<{ data: values.Ref[] }>(q.Paginate(q.Databases()));
    expect(databases.data.map(({ id }) => id)).toEqual(['right']);
  });

  test('move with everything in them', async () => {
    await client.query(q.Do(q.CreateDatabase({ name: 'moving' }), q.CreateDatabase({ name: 'target' })));
    const key = await client.query<Secret>(q.CreateKey({ database: q.Database('moving'), role: 'admin' }));
    await as(key.secret, q.CreateCollection({ name: 'luggage' }));
    await client.query(q.MoveDatabase(q.Database('moving'), q.Database('target')));
    expect(await client.query(q.Exists(q.Database('moving')))).toBe(false);
    const there = q.Collection('luggage', q.Database('moving', q.Database('target')));
    expect(await client.query(q.Exists(there))).toBe(true);
  });
});

describe('3: identities', () => {
  let person: Document;
  beforeAll(async () => {
    person = await client.query<Document>(
      q.Create(q.Collection('people'), { credentials: { password: 'sesame' }, data: { name: 'Ada' } }),
    );
    expect(person).not.toHaveProperty('credentials');
  });

  test('log in, act as themselves, log out', async () => {
    const token = await client.query<Secret & { instance: values.Ref }>(
      q.Login(person.ref, { password: 'sesame' }),
    );
    expect(token.instance).toEqual(person.ref);
    const mine = token.secret;
    expect(await as(mine, q.CurrentIdentity())).toEqual(person.ref);
    expect(await as(mine, q.Identity())).toEqual(person.ref);
    expect(await as(mine, q.HasCurrentIdentity())).toBe(true);
    expect(await as(mine, q.HasIdentity())).toBe(true);
    expect(await as(mine, q.HasCurrentToken())).toBe(true);
    expect(await as(mine, q.CurrentToken())).toEqual(token.ref);
    expect(await as(mine, q.Select(['data', 'name'], q.Get(q.CurrentIdentity())))).toBe('Ada');
    const other = await client.query<Secret>(q.Login(person.ref, { password: 'sesame' }));
    expect(await as(mine, q.Logout(false))).toBe(true);
    expect(await failure(as(mine, q.Now()))).toBeInstanceOf(errors.Unauthorized);
    expect(await as(other.secret, q.Logout(true))).toBe(true);
  });

  test('are told by their password', async () => {
    expect(await client.query(q.Identify(person.ref, 'sesame'))).toBe(true);
    expect(await client.query(q.Identify(person.ref, 'other'))).toBe(false);
    const error = await failure(client.query(q.Login(person.ref, { password: 'other' })));
    expect(error.errors()).toEqual([
      {
        position: [],
        code: 'authentication failed',
        description: 'The document was not found or provided password was incorrect.',
      },
    ]);
    await client.query(q.Update(person.ref, { credentials: { password: 'new' } }));
    expect(await client.query(q.Identify(person.ref, 'new'))).toBe(true);
  });

  test('are none for a key', async () => {
    expect(await client.query([q.HasIdentity(), q.HasCurrentIdentity()])).toEqual([false, false]);
    expect(await failure(client.query(q.CurrentIdentity()))).toMatchObject({ message: 'missing identity' });
  });

  test('get tokens without a password, from an administrator', async () => {
    const token = await client.query<Secret>(q.Create(q.Tokens(), { instance: person.ref }));
    expect(await as(token.secret, q.CurrentIdentity())).toEqual(person.ref);
    const credentials = await client.query<{ data: unknown[] }>(q.Paginate(q.Documents(q.Credentials())));
    expect(credentials.data).toHaveLength(1);
    await client.query(q.Delete(token.ref));
    expect(await failure(as(token.secret, q.Now()))).toBeInstanceOf(errors.Unauthorized);
  });
});

describe('4: roles', () => {
  let author: Document;
  let token: string;
  let own: Document;
  let others: Document;
  beforeAll(async () => {
    author = await client.query<Document>(q.Create(q.Collection('people'), { data: { author: true } }));
    own = await client.query<Document>(
      q.Create(q.Collection('notes'), { data: { by: author.ref, text: 'mine' } }),
    );
    others = await client.query<Document>(q.Create(q.Collection('notes'), { data: { text: 'not mine' } }));
    await client.query(q.CreateIndex({ name: 'all_notes', source: q.Collection('notes') }));
    const isOwn = q.Query(
      q.Lambda('ref', q.Equals(q.Select(['data', 'by'], q.Get(q.Var('ref')), ''), q.CurrentIdentity())),
    );
    const keepsAuthor = q.Query(
      q.Lambda(
        ['before', 'after'],
        q.Equals(q.Select(['data', 'by'], q.Var('before'), ''), q.Select(['data', 'by'], q.Var('after'), '')),
      ),
    );
    await client.query(
      q.CreateRole({
        name: 'authors',
        privileges: [
          { resource: q.Collection('notes'), actions: { read: isOwn, write: keepsAuthor, create: true } },
          { resource: q.Index('all_notes'), actions: { read: true } },
        ],
        membership: [
          {
            resource: q.Collection('people'),
            predicate: q.Query(q.Lambda('ref', q.Select(['data', 'author'], q.Get(q.Var('ref')), false))),
          },
        ],
      }),
    );
    ({ secret: token } = await client.query<Secret>(q.Create(q.Tokens(), { instance: author.ref })));
  });

  test('let members read what a predicate allows', async () => {
    expect(await as<Document>(token, q.Get(own.ref))).toEqual(own);
    await denied(token, q.Get(others.ref));
    const page = await as<{ data: unknown[] }>(token, q.Paginate(q.Match(q.Index('all_notes'))));
    expect(page.data).toEqual([own.ref]);
  });

  test('let them write what a predicate of before and after allows', async () => {
    expect(await as(token, q.Update(own.ref, { data: { text: 'changed' } }))).toMatchObject({
      data: { text: 'changed' },
    });
    await denied(token, q.Update(own.ref, { data: { by: null } }));
    await denied(token, q.Delete(own.ref));
    expect(
      await as<Document>(token, q.Create(q.Collection('notes'), { data: { by: author.ref } })),
    ).toHaveProperty('ref');
  });

  test('end with membership', async () => {
    await client.query(q.Update(author.ref, { data: { author: false } }));
    await denied(token, q.Get(own.ref));
    await client.query(q.Update(author.ref, { data: { author: true } }));
    expect(await as<Document>(token, q.Get(own.ref))).toHaveProperty('ref');
  });

  test('are given to keys and to functions', async () => {
    const key = await client.query<Secret>(q.CreateKey({ role: q.Role('authors') }));
    expect(await as<Document>(key.secret, q.Create(q.Collection('notes'), {}))).toHaveProperty('ref');
    await denied(key.secret, q.Get(own.ref));
    await client.query(
      q.CreateFunction({
        name: 'count_notes',
        body: q.Query(q.Lambda([], q.Count(q.Documents(q.Collection('notes'))))),
        role: 'server-readonly',
      }),
    );
    await client.query(
      q.CreateRole({
        name: 'callers',
        privileges: { resource: q.Function('count_notes'), actions: { call: true } },
      }),
    );
    const caller = await client.query<Secret>(q.CreateKey({ role: q.Role('callers') }));
    expect(await as(caller.secret, q.Call('count_notes'))).toBeGreaterThan(2);
    expect(await as(caller.secret, q.Count(q.Documents(q.Collection('notes'))))).toBe(0);
    await denied(caller.secret, q.Get(own.ref));
  });

  test('refuse what does not fit', async () => {
    const error = await failure(
      client.query(q.CreateRole({ name: 'odd', privileges: { resource: 'notes' } })),
    );
    expect(error).toMatchObject({ name: 'BadRequest', message: 'validation failed' });
  });
});

describe('5: access providers', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'first', use: 'sig', alg: 'RS256' };
  const issuer = 'https://issuer.example/';

  function jwt(claims: object): string {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${part({ alg: 'RS256', typ: 'JWT', kid: 'first' })}.${part(claims)}`;
    return `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey, 'base64url')}`;
  }
  const soon = (): number => Math.floor(Date.now() / 1000) + 600;

  test('let in who brings a JWT that they vouch for', async () => {
    const keys = createServer((_request, response) => response.end(JSON.stringify({ keys: [jwk] })));
    keys.listen(0, '127.0.0.1');
    await once(keys, 'listening');
    try {
      const jwks_uri = `http://127.0.0.1:${(keys.address() as AddressInfo).port}/keys`;
      await client.query(
        q.CreateRole({
          name: 'guests',
          privileges: { resource: q.Collection('notes'), actions: { read: true } },
        }),
      );
      const provider = await client.query<Record<string, unknown>>(
        q.CreateAccessProvider({ name: 'fetched', issuer, jwks_uri, roles: [q.Role('guests')] }),
      );
      expect(provider).toMatchObject({ name: 'fetched', issuer, jwks_uri });
      expect(provider['audience']).toMatch(/^https:\/\//);
      const good = jwt({ iss: issuer, aud: provider['audience'], sub: 'someone', exp: soon() });
      expect(await as(good, q.Count(q.Documents(q.Collection('notes'))))).toBeGreaterThan(2);
      expect(await as(good, q.CurrentIdentity())).toBe('someone');
      expect(await as(good, q.Select('iss', q.CurrentToken()))).toBe(issuer);
      await denied(good, q.Create(q.Collection('notes'), {}));
      for (const bad of [
        jwt({ iss: issuer, aud: provider['audience'], exp: soon() - 3600 }),
        jwt({ iss: 'https://other.example/', aud: provider['audience'], exp: soon() }),
        jwt({ iss: issuer, aud: 'https://other.example/', exp: soon() }),
        good.replace(/\.[^.]+\./, `.${Buffer.from('{"sub":"root"}').toString('base64url')}.`),
      ]) {
        expect(await failure(as(bad, q.Now()))).toBeInstanceOf(errors.Unauthorized);
      }
      const page = await client.query<{ data: values.Ref[] }>(q.Paginate(q.AccessProviders()));
      expect(page.data).toEqual([await client.query(q.AccessProvider('fetched'))]);
      await client.query(q.Delete(q.AccessProvider('fetched')));
      expect(await failure(as(good, q.Now()))).toBeInstanceOf(errors.Unauthorized);
    } finally {
      keys.close();
    }
  });
});
