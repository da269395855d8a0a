import { expect, test } from 'vitest';
import type { CollectionId, ScopeId } from '../store/document-store.ts';
import { MemoryStore } from './memory-store.ts';

const SCOPE = 0 as ScopeId;
const COLLECTION = 1024 as CollectionId;
const BODY = new Uint8Array([1]);

test('writing outside a transaction is refused', () => {
  expect(() => new MemoryStore().putRow(SCOPE, BODY, BODY)).toThrow('inside `transact`');
});

test('going on with a range after a write is refused', () => {
  const store = new MemoryStore();
  store.transact(1, () => {
    for (const id of [1n, 2n]) {
      store.putVersion({ scope: SCOPE, collection: COLLECTION, id }, { ts: 1, action: 'create', body: BODY });
    }
  });
  expect(() =>
    store.transact(2, () => {
      for (const { id } of store.documents(SCOPE, COLLECTION)) {
        store.putVersion(
          { scope: SCOPE, collection: COLLECTION, id },
          { ts: 2, action: 'update', body: BODY },
        );
      }
    }),
  ).toThrow('while a range of it was read');
});
