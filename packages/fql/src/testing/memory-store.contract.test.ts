import { documentStoreContract, type StoreUnderTest } from '../store/document-store.contract.ts';
import { MemoryStore } from './memory-store.ts';

documentStoreContract('MemoryStore', () => {
  const store = new MemoryStore();
  const underTest: StoreUnderTest = {
    write: (apply) => apply(store),
    read: (use) => use(store),
    snapshot: () => ({ reader: store.snapshot(), release() {} }),
    reopen: () => Promise.resolve(underTest),
    dispose: () => Promise.resolve(),
  };
  return underTest;
});
