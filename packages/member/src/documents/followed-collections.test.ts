import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DocumentStorage, type DocumentStorageWriter } from '@skein/documents';
import { afterEach, expect, test, vi } from 'vitest';
import { FollowedCollections } from './followed-collections.ts';

const folder = mkdtempSync(join(tmpdir(), 'skein-followed-'));
const storage = DocumentStorage.open(join(folder, 'documents'));
afterEach(async () => {
  await storage.close();
  rmSync(folder, { recursive: true, force: true });
});

type Scope = Parameters<DocumentStorageWriter['putRow']>[0];
const root = 0 as Scope;
const version = Buffer.from('searchable/version');

test('a writer is looked at again only when it has changed a row, and a new one always', () => {
  const followed = new FollowedCollections();
  const looksIn = (writer: DocumentStorageWriter): (() => number) => {
    const row = vi.spyOn(writer, 'row');
    return () => {
      const before = row.mock.calls.length;
      followed.list(writer);
      return row.mock.calls.length - before;
    };
  };
  storage.write((writer) => {
    const looks = looksIn(writer);
    expect([looks(), looks()]).toEqual([1, 0]);
    writer.transact(1, () => writer.putRow(root, version, Buffer.alloc(8)));
    expect([looks(), looks()]).toEqual([1, 0]);
    expect(followed.isUsed).toBe(true);
    const undone = (): void =>
      writer.transact(2, () => {
        writer.deleteRow(root, version);
        throw new RangeError('undone');
      });
    expect(undone).toThrow('undone');
    expect([looks(), looks()]).toEqual([1, 0]);
    expect(followed.isUsed).toBe(true);
  });
  storage.write((writer) => {
    const looks = looksIn(writer);
    expect([looks(), looks()]).toEqual([1, 0]);
  });
});
