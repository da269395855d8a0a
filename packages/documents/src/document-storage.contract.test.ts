import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { documentStoreContract, type StoreUnderTest } from '@skein/fql/document-store.contract';
import { DocumentStorage } from './document-storage.ts';

documentStoreContract('DocumentStorage', () => {
  const folder = mkdtempSync(join(tmpdir(), 'skein-documents-'));
  return underTest(folder, DocumentStorage.open(join(folder, 'documents')));
});

function underTest(folder: string, storage: DocumentStorage): StoreUnderTest {
  return {
    write: (apply) => storage.write(apply),
    read: (use) => storage.read(use),
    snapshot: () => storage.snapshot(),
    async reopen() {
      await storage.close();
      return underTest(folder, DocumentStorage.open(join(folder, 'documents')));
    },
    async dispose() {
      await storage.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
