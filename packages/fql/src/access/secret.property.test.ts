import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CollectionId, DocumentKey, ScopeId } from '../store/document-store.ts';
import { base64Url, isJwt, newKeySecret, newTokenSecret, parseSecret } from './secret.ts';

const documents = fc
  .record({ scope: fc.nat(), id: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }) })
  .map(({ scope, id }): DocumentKey => ({ scope: scope as ScopeId, collection: 7 as CollectionId, id }));
const chance = fc.uint8Array({ minLength: 20, maxLength: 20 });
const names = fc.stringMatching(/^[\w.~%+;$-]{1,12}$/);

test('base64 for addresses is what Node makes of the bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      expect(base64Url(bytes)).toBe(Buffer.from(bytes).toString('base64url'));
    }),
  );
});

test('secrets look like those of Fauna, hold all of the chance, and are read as secrets that open everything', () => {
  fc.assert(
    fc.property(documents, chance, (document, bytes) => {
      const random = { bytes: () => bytes };
      const key = newKeySecret(document, random);
      const token = newTokenSecret(document, random);
      expect(key).toMatch(/^fn[AB][\w-]{37}$/);
      expect(token).toMatch(/^fn[EF][\w-]{48}$/);
      for (const secret of [key, token]) {
        expect(Buffer.from(secret, 'base64url').subarray(-20)).toEqual(Buffer.from(bytes));
        expect(parseSecret(secret)).toEqual({ secret, scope: { kind: 'all' } });
        expect(parseSecret(`${secret}:`)).toEqual({ secret, scope: { kind: 'all' } });
        expect(isJwt(secret)).toBe(false);
      }
    }),
  );
});

test('what a secret is narrowed to is read as it was written', () => {
  const path = fc.array(names, { maxLength: 3 });
  const scope = fc.oneof(
    fc
      .constantFrom('admin' as const, 'server' as const, 'server-readonly' as const, 'client' as const)
      .map((role) => ({ text: role, scope: { kind: 'builtin' as const, role } })),
    names.map((role) => ({ text: `@role/${role}`, scope: { kind: 'role' as const, role } })),
    fc
      .record({
        prefix: fc.constantFrom('@doc', 'collections', 'classes'),
        collection: names,
        id: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
      })
      .map(({ prefix, collection, id }) => ({
        text: `${prefix}/${collection}/${id}`,
        scope: { kind: 'document' as const, collection, id },
      })),
  );
  fc.assert(
    fc.property(names, path, scope, (secret, path, { text, scope }) => {
      const whole = path.length === 0 ? `${secret}:${text}` : `${secret}:${path.join('/')}:${text}`;
      expect(parseSecret(whole)).toEqual({ secret, scope: { ...scope, path } });
    }),
  );
});

test('no text is read as more than its first part, and none makes reading fail', () => {
  const parts = fc.constantFrom(':', '/', '@role/', '@doc/', 'admin', 'server', '1', 'x', '', '(', '=');
  const texts = fc.oneof(
    fc.string(),
    fc.array(parts, { maxLength: 8 }).map((some) => some.join('')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const parsed = parseSecret(text);
      if (parsed === undefined) return;
      expect(text === parsed.secret || text.startsWith(`${parsed.secret}:`)).toBe(true);
      // What cannot be understood must not open everything.
      if (parsed.scope.kind === 'all') expect(text.replace(/:$/, '')).toBe(parsed.secret);
    }),
  );
});

test.each([
  'secret:child',
  'secret:adminx',
  'secret:a:b:admin',
  'secret::admin',
  'secret:@role/',
  'secret:@doc/c/x',
  '',
])('%j is refused', (text) => {
  expect(parseSecret(text)).toBeUndefined();
});
