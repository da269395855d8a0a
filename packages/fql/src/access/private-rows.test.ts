import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CollectionId, DocumentKey, ScopeId } from '../store/document-store.ts';
import { MemoryStore } from '../testing/memory-store.ts';
import {
  audienceOf,
  credentialsOf,
  documentOfSecret,
  dropPrivatePart,
  forgetSecrets,
  privatePart,
  putAudience,
  putPrivatePart,
  scopeOfAudience,
  tokensOf,
} from './private-rows.ts';
import { nativeCollection } from './scopes.ts';

const TOKENS = nativeCollection('tokens');
const CREDENTIALS = nativeCollection('credentials');

function document(scope: number, collection: number, id: bigint): DocumentKey {
  return { scope: scope as ScopeId, collection: collection as CollectionId, id };
}

function rowCount(store: MemoryStore, scopes: readonly number[]): number {
  return scopes.reduce((sum, scope) => sum + [...store.rows(scope as ScopeId)].length, 0);
}

describe('tokens and credentials', () => {
  const scopes = fc.constantFrom(0, 5);
  const ids = fc.constantFrom(0n, 1n, 255n, 2n ** 53n + 1n, 2n ** 63n - 1n);
  const instances = fc.record({ collection: fc.constantFrom(1024, 1279, 0xffff_ffff), id: ids });
  const steps = fc.array(
    fc.record({
      kind: fc.constantFrom('token', 'credentials', 'drop'),
      scope: scopes,
      id: ids,
      instance: instances,
    }),
    { maxLength: 30 },
  );

  test('are found by secret and by whose they are, as a plain list finds them', () => {
    fc.assert(
      fc.property(steps, (steps) => {
        const store = new MemoryStore();
        const tokens = new Map<
          string,
          { readonly key: DocumentKey; readonly instance: DocumentKey; readonly hash: string }
        >();
        const name = ({ scope, id }: DocumentKey): string => `${scope}/${id}`;
        let time = 1;
        for (const { kind, scope, id, instance } of steps) {
          const key = document(scope, TOKENS, id);
          const whose = document(scope, instance.collection, instance.id);
          store.transact(time++, () => {
            if (kind === 'token') {
              const hash = `hash-${time}`;
              putPrivatePart(store, key, { secretHash: hash, instance: whose });
              tokens.set(name(key), { key, instance: whose, hash });
            } else if (kind === 'drop') {
              dropPrivatePart(store, key);
              tokens.delete(name(key));
            } else {
              const credentials = document(scope, CREDENTIALS, id);
              putPrivatePart(store, credentials, { passwordHash: 'p', instance: whose });
              expect(credentialsOf(store, whose)).toEqual(credentials);
              dropPrivatePart(store, credentials);
              expect(credentialsOf(store, whose)).toBeUndefined();
            }
          });
        }
        for (const { key, instance, hash } of tokens.values()) {
          expect(documentOfSecret(store, hash)).toEqual(key);
          expect(privatePart(store, key)).toEqual({ secretHash: hash, instance });
          const others = [...tokens.values()].filter(
            (other) =>
              JSON.stringify([other.instance.scope, other.instance.collection, `${other.instance.id}`]) ===
              JSON.stringify([instance.scope, instance.collection, `${instance.id}`]),
          );
          const found = tokensOf(store, instance, TOKENS).map(name).sort();
          expect(found).toEqual(others.map((other) => name(other.key)).sort());
        }
        // Three rows for each token that is left, and nothing else.
        expect(rowCount(store, [0, 5])).toBe(tokens.size * 3);
      }),
    );
  });
});

test('a database that goes takes its secrets along, a bounded number at a time', () => {
  const store = new MemoryStore();
  store.transact(1, () => {
    putAudience(store, 5 as ScopeId, 'abc');
    for (let id = 0n; id < 10n; id++) {
      putPrivatePart(store, document(5, TOKENS, id), {
        secretHash: `five-${id}`,
        instance: document(5, 1024, 1n),
      });
    }
    putPrivatePart(store, document(6, TOKENS, 1n), { secretHash: 'six', instance: document(6, 1024, 1n) });
  });
  expect(scopeOfAudience(store, 'abc')).toBe(5);
  expect(audienceOf(store, 5 as ScopeId)).toBe('abc');
  const counts: number[] = [];
  for (let done = 4; done === 4; ) {
    store.transact(counts.length + 2, () => {
      done = forgetSecrets(store, 5 as ScopeId, 4);
      counts.push(done);
    });
  }
  expect(counts).toEqual([4, 4, 2]);
  expect(rowCount(store, [5])).toBe(0);
  expect(rowCount(store, [0])).toBe(1);
  expect(documentOfSecret(store, 'six')).toEqual(document(6, TOKENS, 1n));
  expect(scopeOfAudience(store, 'abc')).toBeUndefined();
});
