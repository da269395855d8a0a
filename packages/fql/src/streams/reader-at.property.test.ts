/** The past through a later snapshot is what a snapshot of then shows. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type {
  CollectionId,
  DocumentKey,
  DocumentReader,
  EntrySet,
  IndexId,
  ScopeId,
} from '../store/document-store.ts';
import { MemoryStore } from '../testing/mod.ts';
import { ReaderAt } from './reader-at.ts';

const SCOPE = 0 as ScopeId;
const COLLECTION = 1024 as CollectionId;
const SET: EntrySet = { scope: SCOPE, index: 1 as IndexId, terms: Uint8Array.of(1) };
const IDS = [0n, 1n, 2n];

const write = fc.record({
  id: fc.constantFrom(...IDS),
  action: fc.constantFrom('create' as const, 'delete' as const),
  order: fc.integer({ min: 1, max: 3 }),
  isAdded: fc.boolean(),
});

test('versions, documents, entries and changes are those of then', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(write, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 8 }),
      (transactions) => {
        const store = new MemoryStore();
        const snapshots: DocumentReader[] = [];
        for (const [at, writes] of transactions.entries()) {
          const time = 10 * (at + 1);
          store.transact(time, () => {
            for (const { id, action, order, isAdded } of writes) {
              const body = action === 'delete' ? new Uint8Array(0) : Uint8Array.of(order);
              store.putVersion(keyOf(id), { ts: time, action, body });
              const entry = { order: Uint8Array.of(order), collection: COLLECTION, id, body };
              if (isAdded) store.addEntry(SET, entry, time);
              else store.removeEntry(SET, entry, time);
            }
          });
          snapshots.push(store.snapshot());
        }
        for (const then of snapshots) {
          const through = new ReaderAt(store, then.lastTime);
          for (const at of [undefined, 5, then.lastTime - 10, then.lastTime, then.lastTime + 10]) {
            expect(look(through, at)).toEqual(look(then, at));
          }
        }
      },
    ),
  );
});

function keyOf(id: bigint): DocumentKey {
  return { scope: SCOPE, collection: COLLECTION, id };
}

function look(reader: DocumentReader, at: number | undefined): unknown {
  const moment = at === undefined ? {} : { at };
  return {
    lastTime: reader.lastTime,
    versions: IDS.map((id) => [reader.version(keyOf(id), at), [...reader.versions(keyOf(id))]]),
    back: IDS.map((id) => [...reader.versions(keyOf(id), { from: 10, to: 25, reverse: true })]),
    documents: [...reader.documents(SCOPE, COLLECTION, moment)],
    entries: [...reader.entries(SET, moment)],
    spans: [...reader.entrySpans(SET)],
    changes: [...reader.changes(10)],
  };
}
