import type { DocumentReader } from '@skein/fql';
import { newDatabase, type TestDatabase } from '@skein/fql/testing';
import { query as q } from 'faunadb';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { pino } from 'pino';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { jwtAuthentication } from './jwt-authentication.ts';

const ISSUER = 'https://issuer.example/';
let database: TestDatabase;
let audience: string;
let privateKey: CryptoKey;
let jwk: object;
let authenticate: ReturnType<typeof jwtAuthentication>;

beforeAll(async () => {
  const pair = await generateKeyPair('ES256', { extractable: true });
  privateKey = pair.privateKey;
  jwk = { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256' };
});

beforeEach(() => {
  database = newDatabase();
  database.value(q.CreateCollection({ name: 'notes' }));
  database.value(q.Create(q.Ref(q.Collection('notes'), '1'), {}));
  database.value(
    q.CreateRole({
      name: 'readers',
      privileges: { resource: q.Collection('notes'), actions: { read: true } },
    }),
  );
  const isMember = q.Query(q.Lambda('claims', q.Equals(q.Select('member', q.Var('claims'), false), true)));
  const made = database.value(
    q.CreateAccessProvider({
      name: 'provider',
      issuer: ISSUER,
      jwks: { keys: [jwk] },
      roles: [{ role: q.Role('readers'), predicate: isMember }],
    }),
  );
  audience = String(made['audience']);
  authenticate = jwtAuthentication({
    documents: {
      read: (_application, use: (reader: DocumentReader) => unknown) =>
        Promise.resolve(use(database.store)) as never,
    },
    application: 'a',
    log: pino({ enabled: false }),
    nowMs: () => database.now / 1000,
  });
});

function sign(claims: object): Promise<string> {
  return new SignJWT({ iss: ISSUER, aud: audience, exp: database.now / 1e6 + 600, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'one' })
    .sign(privateKey);
}

test('a JWT of an access provider asks with the roles that its claims give it', async () => {
  const authentication = await authenticate(await sign({ member: true, sub: 'someone' }));
  if (authentication === undefined) throw new Error('refused');
  const note = q.Ref(q.Collection('notes'), '1');
  expect(database.query(q.Get(note), { authentication }).status).toBe(200);
  expect(database.query(q.Delete(note), { authentication }).status).toBe(403);
  expect(database.value(q.CurrentIdentity(), { authentication })).toBe('someone');
});

test('a JWT whose claims give it no role, and one that nobody vouches for, open nothing', async () => {
  expect(await authenticate(await sign({ member: false }))).toBeUndefined();
  expect(await authenticate(await sign({ member: true, iss: 'https://other.example/' }))).toBeUndefined();
  expect(await authenticate(`${await sign({ member: true })}x`)).toBeUndefined();
  expect(await authenticate('ey.a.b')).toBeUndefined();
  const token = await sign({ member: true });
  database.value(q.Delete(q.AccessProvider('provider')));
  expect(await authenticate(token)).toBeUndefined();
});

test('documents that cannot be read are no reason to say that a JWT is wrong', async () => {
  const broken = jwtAuthentication({
    documents: { read: () => Promise.reject(new Error('disk')) },
    application: 'a',
    log: pino({ enabled: false }),
  });
  await expect(broken(await sign({ member: true }))).rejects.toThrow('disk');
});
