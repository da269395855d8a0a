import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { KeySetCache } from './key-set-cache.ts';
import { type JwtIssuer, type JwtVerdict, verifyJwt } from './verify-jwt.ts';

const ISSUER = 'https://issuer.example/';
const AUDIENCE = 'https://db.fauna.com/db/0123456789abcdef0123';
const START_MS = 1_700_000_000_000;

interface Signer {
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
  readonly algorithm: string;
}

async function newSigner(algorithm: string, kid: string | undefined): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), alg: algorithm, ...(kid === undefined ? {} : { kid }) };
  return { privateKey, jwk, algorithm };
}

function sign(signer: Signer, claims: Record<string, unknown> = {}): Promise<string> {
  const { kid } = signer.jwk;
  return new SignJWT({
    iss: ISSUER,
    aud: AUDIENCE,
    sub: 'someone',
    exp: START_MS / 1000 + 600,
    ...claims,
  })
    .setProtectedHeader({ alg: signer.algorithm, ...(kid === undefined ? {} : { kid }) })
    .sign(signer.privateKey);
}

/** What the issuer answers, changed by tests. */
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let fetchCount = 0;
let nowMs = START_MS;
let keySets: KeySetCache;
let uri: string;
let [first, second, third]: Signer[] = [];
const server = createServer((request, response) => {
  fetchCount++;
  answer(request, response);
});

function serve(...jwks: readonly unknown[]): void {
  answer = (_request, response) => response.end(JSON.stringify({ keys: jwks }));
}

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
  [first, second, third] = await Promise.all([
    newSigner('ES256', 'one'),
    newSigner('ES256', 'two'),
    newSigner('RS256', undefined),
  ]);
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  fetchCount = 0;
  nowMs = START_MS;
  keySets = new KeySetCache({ nowMs: () => nowMs });
});
afterEach(() => server.closeAllConnections());

function provider(of: Partial<JwtIssuer> = {}): JwtIssuer {
  return { issuer: ISSUER, audience: AUDIENCE, jwksUri: uri, jwks: undefined, ...of };
}

function verify(token: string, found: JwtIssuer = provider()): Promise<JwtVerdict<JwtIssuer>> {
  return verifyJwt(token, {
    find: ({ issuer, audiences }) =>
      issuer === found.issuer && audiences.includes(found.audience) ? found : undefined,
    keySets,
    nowMs: () => nowMs,
  });
}

async function kindOf(token: string, found?: JwtIssuer): Promise<string> {
  return (await verify(token, found)).kind;
}

function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('made before all tests');
  return value;
}

/** The header and claims of a JWT, changed without a new signature. */
function tampered(token: string, change: { readonly header?: object; readonly claims?: object }): string {
  const [header = '', claims = '', signature = ''] = token.split('.');
  const changed = (part: string, more: object | undefined): string =>
    more === undefined
      ? part
      : Buffer.from(
          JSON.stringify({ ...JSON.parse(Buffer.from(part, 'base64url').toString()), ...more }),
        ).toString('base64url');
  return [changed(header, change.header), changed(claims, change.claims), signature].join('.');
}

describe('a JWT', () => {
  test('signed by a key that the issuer publishes is verified, with its claims as they were signed', async () => {
    serve(given(first).jwk);
    const verdict = await verify(await sign(given(first), { big: 12, deep: { a: [1] } }));
    if (verdict.kind !== 'verified') throw new Error(verdict.reason);
    expect(JSON.parse(Buffer.from(verdict.payload).toString())).toMatchObject({
      sub: 'someone',
      big: 12,
      deep: { a: [1] },
    });
  });

  test('signed by a key given in the access provider is verified without a fetch', async () => {
    const jwks = { keys: [given(first).jwk as Readonly<Record<string, unknown>>] };
    expect(await kindOf(await sign(given(first)), provider({ jwksUri: undefined, jwks }))).toBe('verified');
    expect(await kindOf(await sign(given(second)), provider({ jwksUri: undefined, jwks }))).toBe('refused');
    expect(fetchCount).toBe(0);
  });

  test('that names no key is tried with each that could be', async () => {
    const other = await newSigner('RS256', undefined);
    serve(other.jwk, given(third).jwk);
    expect(await kindOf(await sign(given(third)))).toBe('verified');
    serve(other.jwk, other.jwk);
    keySets = new KeySetCache({ nowMs: () => nowMs });
    expect(await kindOf(await sign(given(third)))).toBe('refused');
  });

  test.each([
    ['of another issuer', { iss: 'https://other.example/' }],
    ['without an issuer', { iss: undefined }],
    ['for another audience', { aud: 'https://db.fauna.com/db/00000000000000000000' }],
    ['without an audience', { aud: undefined }],
    ['that has ended', { exp: START_MS / 1000 - 31 }],
    ['that never ends', { exp: undefined }],
    ['that has not begun', { nbf: START_MS / 1000 + 31 }],
  ])('%s is refused', async (_name, claims) => {
    serve(given(first).jwk);
    expect(await kindOf(await sign(given(first), claims))).toBe('refused');
  });

  test.each([
    ['ended a moment ago', { exp: START_MS / 1000 - 29 }],
    ['begins in a moment', { nbf: START_MS / 1000 + 29 }],
    ['is for others, too', { aud: ['https://other.example/', AUDIENCE] }],
  ])('that %s is accepted, as clocks differ', async (_name, claims) => {
    serve(given(first).jwk);
    expect(await kindOf(await sign(given(first), claims))).toBe('verified');
  });

  test('that was changed after it was signed is refused', async () => {
    serve(given(first).jwk);
    const token = await sign(given(first));
    expect(await kindOf(tampered(token, { claims: { sub: 'someone else' } }))).toBe('refused');
    expect(await kindOf(tampered(token, { header: { alg: 'none' } }))).toBe('refused');
    expect(await kindOf(`${token.split('.').slice(0, 2).join('.')}.`)).toBe('refused');
  });

  test('signed with the text of a public key as a shared secret is refused', async () => {
    const jwk = {
      kty: 'oct',
      k: Buffer.from(JSON.stringify(given(first).jwk)).toString('base64url'),
      kid: 'one',
    };
    serve(given(first).jwk, jwk);
    const token = await new SignJWT({ iss: ISSUER, aud: AUDIENCE, exp: START_MS / 1000 + 600 })
      .setProtectedHeader({ alg: 'HS256', kid: 'one' })
      .sign(Buffer.from(jwk.k, 'base64url'));
    expect(await kindOf(token)).toBe('refused');
  });

  test('is never the cause of an exception, whatever it is', async () => {
    serve(given(first).jwk, { kty: 'EC', crv: 'P-256', x: '!', y: '', kid: 'broken' });
    const whole = await sign(given(first));
    const part = fc.oneof(
      fc.string(),
      fc.json().map((text) => Buffer.from(text).toString('base64url')),
      fc.constantFrom(...whole.split('.')),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 5 }), async (parts) => {
        const token = parts.join('.');
        expect(await kindOf(token)).toBe(token === whole ? 'verified' : 'refused');
      }),
    );
    expect(await kindOf(tampered(whole, { header: { kid: 'broken' } }))).toBe('refused');
    expect(await kindOf(`${whole}${'a'.repeat(20_000)}`)).toBe('refused');
  });
});

describe("an issuer's keys", () => {
  test('are fetched once for many JWTs, at the same time or later', async () => {
    serve(given(first).jwk);
    const token = await sign(given(first), { exp: START_MS / 1000 + 9_000 });
    expect(await Promise.all([kindOf(token), kindOf(token), kindOf(token)])).toEqual(
      Array(3).fill('verified'),
    );
    nowMs += 599_000;
    expect(await kindOf(token)).toBe('verified');
    expect(fetchCount).toBe(1);
    nowMs += 2_000;
    expect(await kindOf(token)).toBe('verified');
    expect(fetchCount).toBe(2);
  });

  test('are fetched again for a JWT of a new key, but not for each that claims one', async () => {
    serve(given(first).jwk);
    expect(await kindOf(await sign(given(first)))).toBe('verified');
    serve(given(first).jwk, given(second).jwk);
    const token = await sign(given(second));
    expect(await kindOf(token)).toBe('refused');
    nowMs += 10_000;
    expect(await kindOf(token)).toBe('verified');
    const unknown = await sign(await newSigner('ES256', 'three'));
    for (let i = 0; i < 20; i++) expect(await kindOf(unknown)).toBe('refused');
    expect(fetchCount).toBe(2);
  });

  test('that are published no longer count no longer once they are fetched anew', async () => {
    serve(given(first).jwk);
    const token = await sign(given(first), { exp: START_MS / 1000 + 9_000 });
    expect(await kindOf(token)).toBe('verified');
    serve(given(second).jwk);
    nowMs += 601_000;
    expect(await kindOf(token)).toBe('refused');
  });

  test('serve on for a day while the issuer is away', async () => {
    serve(given(first).jwk);
    const token = await sign(given(first), { exp: START_MS / 1000 + 200_000 });
    expect(await kindOf(token)).toBe('verified');
    answer = (_request, response) => response.writeHead(503).end();
    nowMs += 23 * 3_600_000;
    expect(await kindOf(token)).toBe('verified');
    nowMs += 2 * 3_600_000;
    expect(await kindOf(token)).toBe('refused');
  });

  test.each<[string, typeof answer]>([
    ['redirects', (_request, response) => response.writeHead(302, { location: uri }).end()],
    ['says no', (_request, response) => response.writeHead(404).end('{"keys":[]}')],
    ['sends no JSON', (_request, response) => response.end('keys')],
    ['sends other JSON', (_request, response) => response.end('{"keys":{}}')],
    [
      'sends too many keys',
      (_request, response) => response.end(JSON.stringify({ keys: Array(65).fill({ kty: 'EC' }) })),
    ],
    ['breaks off', (_request, response) => response.destroy()],
    [
      'does not end',
      (_request, response) => {
        const more = (): void => {
          while (response.write('x'.repeat(10_000)));
        };
        response.on('drain', more);
        more();
      },
    ],
  ])('are none when the issuer %s', async (_name, answering) => {
    answer = answering;
    expect(await kindOf(await sign(given(first)))).toBe('refused');
    expect(fetchCount).toBe(1);
  });

  test('are none when the issuer keeps silent', async () => {
    answer = () => undefined;
    keySets = new KeySetCache({ nowMs: () => nowMs, timeoutMs: 50 });
    expect(await kindOf(await sign(given(first)))).toBe('refused');
  });

  test('are never fetched over a connection that anyone could listen to', async () => {
    serve(given(first).jwk);
    for (const unsafe of [
      'http://issuer.example/keys',
      'file:///etc/passwd',
      'ftp://127.0.0.1/',
      'keys',
      'https://a:b@127.0.0.1/',
    ]) {
      expect(await keySets.keys(unsafe)).toBeUndefined();
    }
    expect(fetchCount).toBe(0);
  });

  test('of addresses used longest ago make room', async () => {
    serve(given(first).jwk);
    keySets = new KeySetCache({ nowMs: () => nowMs, addressesMax: 2 });
    for (const name of ['a', 'b', 'a', 'c', 'a']) await keySets.keys(`${uri}?${name}`);
    expect(fetchCount).toBe(3);
    await keySets.keys(`${uri}?b`);
    expect(fetchCount).toBe(4);
  });
});
