/**
 * What every store keeps. Call inside a test file with a function that makes an empty one:
 *
 *   documentStoreContract('MemoryStore', () => memoryStoreForContract());
 *
 * The property test applies arbitrary work to the store and to `NaiveStore`, and asks both the same questions.
 */
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { NaiveStore, text } from '../testing/naive-store.ts';
import {
  COLLECTIONS,
  IDS,
  type Question,
  question,
  SCOPES,
  SETS,
  type Step,
  steps,
} from '../testing/store-arbitraries.ts';
import type {
  CollectionId,
  DocumentKey,
  DocumentReader,
  DocumentWriter,
  EntrySet,
  IndexId,
  ScopeId,
} from './document-store.ts';

/** A store as the suite uses it. */
export interface StoreUnderTest {
  write<T>(apply: (writer: DocumentWriter) => T): T;
  read<T>(use: (reader: DocumentReader) => T): T;
  snapshot(): { readonly reader: DocumentReader; release(): void };
  /** Closes and opens it again, where that means something. Snapshots have been released. */
  reopen(): Promise<StoreUnderTest>;
  dispose(): Promise<void>;
}

export function documentStoreContract(name: string, create: () => StoreUnderTest): void {
  describe(`${name} keeps the contract of DocumentStore`, () => {
    const made: StoreUnderTest[] = [];
    const open = (): StoreUnderTest => {
      const store = create();
      made.push(store);
      return store;
    };
    afterEach(async () => {
      for (const store of made.splice(0)) await store.dispose();
    });

    test('an empty store shows nothing, at time 0', () => {
      open().read((reader) => {
        expect(reader.lastTime).toBe(0);
        expect(reader.version(document(1n))).toBeUndefined();
        expect([...reader.documents(SCOPE, COLLECTION)]).toEqual([]);
        expect([...reader.entries(SET)]).toEqual([]);
        expect([...reader.changes(0)]).toEqual([]);
      });
    });

    test('a version is shown from its time on, until the next; a deletion shows nothing', () => {
      open().write((writer) => {
        writer.transact(10, () => writer.putVersion(document(1n), version(10, 'create', 1)));
        writer.transact(20, () => writer.putVersion(document(1n), version(20, 'update', 2)));
        writer.transact(30, () => writer.putVersion(document(1n), version(30, 'delete')));
        const shown = [9, 10, 19, 20, 29, 30].map((at) => writer.version(document(1n), at)?.body[0]);
        expect(shown).toEqual([undefined, 1, 1, 2, 2, undefined]);
        expect(writer.version(document(1n))).toBeUndefined();
        expect([...writer.versions(document(1n))].map(({ action }) => action)).toEqual([
          'create',
          'update',
          'delete',
        ]);
        expect([...writer.documents(SCOPE, COLLECTION, { at: 25 })].map(({ id }) => id)).toEqual([1n]);
      });
    });

    test('a version of the same time replaces the one before', () => {
      open().write((writer) => {
        writer.transact(10, () => {
          writer.putVersion(document(1n), version(10, 'create', 1));
          writer.putVersion(document(1n), version(10, 'update', 2));
        });
        expect([...writer.versions(document(1n))].map(({ body }) => body[0])).toEqual([2]);
      });
    });

    test('ids are ordered as numbers, up to the greatest', () => {
      const ids = [2n ** 63n - 1n, 0n, 256n, 255n, 2n ** 32n];
      open().write((writer) => {
        writer.transact(1, () => {
          for (const id of ids) writer.putVersion(document(id), version(1, 'create', 1));
        });
        const sorted = [0n, 255n, 256n, 2n ** 32n, 2n ** 63n - 1n];
        expect([...writer.documents(SCOPE, COLLECTION)].map(({ id }) => id)).toEqual(sorted);
        expect([...writer.documents(SCOPE, COLLECTION, { reverse: true })].map(({ id }) => id)).toEqual(
          sorted.toReversed(),
        );
        expect(
          [...writer.documents(SCOPE, COLLECTION, { from: 255n, to: 2n ** 32n })].map(({ id }) => id),
        ).toEqual([255n, 256n]);
      });
    });

    test('entries are ordered by all of their 64,000 bytes', () => {
      const order = (last: number): Uint8Array => {
        const bytes = new Uint8Array(64_000).fill(7);
        bytes[63_999] = last;
        return bytes;
      };
      open().write((writer) => {
        writer.transact(1, () => {
          for (const last of [200, 3, 0, 100]) {
            writer.addEntry(
              SET,
              { order: order(last), collection: COLLECTION, id: BigInt(last), body: bytes(last) },
              1,
            );
          }
        });
        expect([...writer.entries(SET)].map(({ id }) => id)).toEqual([0n, 3n, 100n, 200n]);
        expect([...writer.entries(SET, { from: order(3), to: order(200) })].map(({ id }) => id)).toEqual([
          3n,
          100n,
        ]);
        expect([...writer.entries(SET, { reverse: true })].map(({ order }) => order[63_999])).toEqual([
          200, 100, 3, 0,
        ]);
      });
    });

    test('an entry that ended is shown at its times, and as a span', () => {
      open().write((writer) => {
        const entry = { order: bytes(5), collection: COLLECTION, id: 9n, body: bytes(1) };
        writer.transact(10, () => writer.addEntry(SET, entry, 10));
        writer.transact(20, () => writer.removeEntry(SET, entry, 20));
        writer.transact(30, () => writer.addEntry(SET, entry, 30));
        expect([9, 10, 19, 20, 29, 30].map((at) => [...writer.entries(SET, { at })].length)).toEqual([
          0, 1, 1, 0, 0, 1,
        ]);
        expect([...writer.entrySpans(SET)].map(({ from, to }) => [from, to])).toEqual([
          [10, 20],
          [30, undefined],
        ]);
      });
    });

    test('a transaction that throws leaves nothing, whatever it had written', () => {
      open().write((writer) => {
        const entry = { order: bytes(5), collection: COLLECTION, id: 9n, body: bytes(1) };
        writer.transact(10, () => {
          writer.putVersion(document(1n), version(10, 'create', 1));
          writer.addEntry(SET, entry, 10);
          writer.putRow(SCOPE, bytes(1), bytes(2));
        });
        const failing = (): void =>
          writer.transact(20, () => {
            writer.putVersion(document(1n), version(20, 'update', 2));
            writer.replaceVersions(document(2n), [version(3, 'create', 3)]);
            writer.removeEntry(SET, entry, 20);
            writer.putRow(SCOPE, bytes(1), bytes(3));
            writer.putRow(SCOPE, bytes(2), bytes(3));
            writer.deleteRow(SCOPE, bytes(1));
            writer.dropScope(SCOPE, 1000);
            expect([...writer.documents(SCOPE, COLLECTION)]).toEqual([]);
            throw new Error('as planned');
          });
        expect(failing).toThrow('as planned');
        expect(writer.lastTime).toBe(10);
        expect([...writer.documents(SCOPE, COLLECTION)].map(({ id }) => id)).toEqual([1n]);
        expect([...writer.entrySpans(SET)].map(({ from, to }) => [from, to])).toEqual([[10, undefined]]);
        expect([...writer.rows(SCOPE)]).toEqual([{ key: bytes(1), value: bytes(2) }]);
        expect([...writer.changes(0)].map(({ ts }) => ts)).toEqual([10]);
        writer.transact(11, () => writer.putVersion(document(1n), version(11, 'update', 4)));
        expect([...writer.versions(document(1n))].map(({ ts }) => ts)).toEqual([10, 11]);
      });
    });

    test('a transaction that writes nothing takes no time', () => {
      open().write((writer) => {
        expect(writer.transact(10, () => 'result')).toBe('result');
        expect(writer.lastTime).toBe(0);
      });
    });

    test('changes name the documents of each transaction in the order of their first writes', () => {
      open().write((writer) => {
        writer.transact(10, () => {
          for (const id of [3n, 1n, 3n, 2n]) writer.putVersion(document(id), version(10, 'create', 1));
        });
        writer.transact(20, () => writer.putRow(SCOPE, bytes(1), bytes(1)));
        writer.transact(30, () => writer.replaceVersions(document(4n), [version(5, 'create', 1)]));
        const seen = [...writer.changes(0)].map(({ ts, documents }) => [ts, documents.map(({ id }) => id)]);
        expect(seen).toEqual([
          [10, [3n, 1n, 2n]],
          [30, [4n]],
        ]);
        expect([...writer.changes(10)].map(({ ts }) => ts)).toEqual([30]);
      });
    });

    test('what a reader yields, and what a writer was given, belongs to the caller', () => {
      open().write((writer) => {
        const body = bytes(1);
        const order = bytes(5);
        writer.transact(1, () => {
          writer.putVersion(document(1n), { ts: 1, action: 'create', body });
          writer.addEntry(SET, { order, collection: COLLECTION, id: 1n, body }, 1);
          writer.putRow(SCOPE, bytes(1), body);
          body.fill(99);
          order.fill(99);
        });
        writer.version(document(1n))?.body.fill(98);
        for (const entry of writer.entries(SET)) entry.order.fill(98);
        writer.row(SCOPE, bytes(1))?.fill(98);
        expect(writer.version(document(1n))?.body).toEqual(bytes(1));
        expect([...writer.entries(SET)].map((entry) => [entry.order, entry.body])).toEqual([
          [bytes(5), bytes(1)],
        ]);
        expect(writer.row(SCOPE, bytes(1))).toEqual(bytes(1));
        expect([...writer.documents(SCOPE, COLLECTION)].map((found) => found.version.body)).toEqual([
          bytes(1),
        ]);
      });
    });

    test('iterators may be left, and several may be open at once', () => {
      open().write((writer) => {
        writer.transact(1, () => {
          for (let id = 0n; id < 20n; id++) {
            writer.putVersion(document(id), version(1, 'create', 1));
            writer.addEntry(SET, { order: bytes(1), collection: COLLECTION, id, body: bytes() }, 1);
          }
        });
        for (const { id } of writer.documents(SCOPE, COLLECTION)) if (id === 3n) break;
        const pairs: bigint[] = [];
        for (const { id } of writer.documents(SCOPE, COLLECTION)) {
          for (const entry of writer.entries(SET, { reverse: true })) {
            if (entry.id < id) break;
            if (entry.id === id) pairs.push(id);
          }
        }
        expect(pairs).toHaveLength(20);
        writer.transact(2, () => writer.putVersion(document(1n), version(2, 'update', 1)));
      });
    });

    test('a snapshot goes on showing what it showed', () => {
      const store = open();
      store.write((writer) => {
        writer.transact(1, () => writer.putVersion(document(1n), version(1, 'create', 1)));
      });
      const snapshot = store.snapshot();
      const begun = snapshot.reader.documents(SCOPE, COLLECTION)[Symbol.iterator]();
      expect(begun.next().value?.id).toBe(1n);
      store.write((writer) => {
        writer.transact(2, () => {
          writer.putVersion(document(1n), version(2, 'update', 2));
          writer.putVersion(document(2n), version(2, 'create', 2));
        });
      });
      expect(begun.next().done).toBe(true);
      expect(snapshot.reader.lastTime).toBe(1);
      expect(snapshot.reader.version(document(1n))?.ts).toBe(1);
      expect([...snapshot.reader.documents(SCOPE, COLLECTION)]).toHaveLength(1);
      snapshot.release();
      store.read((reader) => expect([...reader.documents(SCOPE, COLLECTION)]).toHaveLength(2));
    });

    test('maintenance does no more than its limit at a time', () => {
      open().write((writer) => {
        for (let ts = 1; ts <= 10; ts++) {
          writer.transact(ts, () => {
            writer.putVersion(document(1n), version(ts, 'update', ts));
            const entry = { order: bytes(1), collection: COLLECTION, id: 1n, body: bytes() };
            writer.removeEntry(SET, entry, ts);
            writer.addEntry(SET, entry, ts);
          });
        }
        expect(writer.expireVersions(SCOPE, COLLECTION, 7, 4)).toBe(4);
        expect(writer.expireVersions(SCOPE, COLLECTION, 7, 4)).toBe(2);
        expect([...writer.versions(document(1n))].map(({ ts }) => ts)).toEqual([7, 8, 9, 10]);
        expect(writer.expireSpans(SCOPE, INDEX, 7, 4)).toBe(4);
        expect(writer.expireSpans(SCOPE, INDEX, 7, 4)).toBe(2);
        expect([...writer.entrySpans(SET)].map(({ from }) => from)).toEqual([7, 8, 9, 10]);
        expect(writer.expireChanges(9, 100)).toBe(9);
        expect([...writer.changes(0)].map(({ ts }) => ts)).toEqual([10]);
      });
    });

    test('after any work it answers any question as a plain list does', async () => {
      await fc.assert(
        fc.asyncProperty(
          steps,
          fc.array(question, { minLength: 1, maxLength: 60 }),
          async (work, questions) => {
            const held: { reader: DocumentReader; release: () => void; then: NaiveStore }[] = [];
            const naive = new NaiveStore();
            let store = create();
            try {
              let asked = 0;
              for (const step of work) {
                if (step.kind === 'snapshot') held.push({ ...hold(store.snapshot()), then: naive.copy() });
                else if (step.kind === 'reopen') {
                  for (const snapshot of held.splice(0)) snapshot.release();
                  store = await store.reopen();
                } else take(step, store, naive);
                const next = questions[asked++ % questions.length];
                if (next !== undefined) {
                  store.read((reader) => expect(answer(reader, next)).toEqual(answer(naive, next)));
                }
              }
              store.read((reader) => expectSame(reader, naive));
              for (const snapshot of held) expectSame(snapshot.reader, snapshot.then);
              for (const next of questions) {
                store.read((reader) => expect(answer(reader, next)).toEqual(answer(naive, next)));
              }
            } finally {
              for (const snapshot of held) snapshot.release();
              await store.dispose();
            }
          },
        ),
      );
      // Stores on disk are opened for each case.
    }, 120_000);
  });
}

const SCOPE = 0 as ScopeId;
const COLLECTION = 1024 as CollectionId;
const INDEX = 1024 as IndexId;
const SET: EntrySet = { scope: SCOPE, index: INDEX, terms: bytes(1) };

function document(id: bigint): DocumentKey {
  return { scope: SCOPE, collection: COLLECTION, id };
}

function version(ts: number, action: 'create' | 'update' | 'delete', ...body: number[]) {
  return { ts, action, body: bytes(...body) };
}

function bytes(...values: number[]): Uint8Array {
  return Uint8Array.from(values);
}

function hold(snapshot: { readonly reader: DocumentReader; release(): void }) {
  return { reader: snapshot.reader, release: () => snapshot.release() };
}

/** Both do the same; a transaction that is to fail does so at its end. */
function take(
  step: Extract<Step, { kind: 'transact' | 'maintain' }>,
  store: StoreUnderTest,
  naive: NaiveStore,
): void {
  if (step.kind === 'maintain') {
    store.write((writer) => step.work.apply(writer, 0));
    step.work.apply(naive, 0);
    return;
  }
  const failure = new Error('as planned');
  const run = (writer: DocumentWriter, time: number): void => {
    try {
      writer.transact(time, () => {
        // Something is always written, so that the time of both is the same.
        writer.putRow(SCOPE, bytes(77), bytes(time & 255));
        for (const { apply } of step.work) apply(writer, time);
        if (step.fails) throw failure;
      });
    } catch (error) {
      if (error !== failure) throw error;
    }
  };
  const time = naive.lastTime + step.later;
  store.write((writer) => run(writer, time));
  run(naive, time);
}

/** Everything there is, now and at some times. */
function expectSame(reader: DocumentReader, naive: NaiveStore): void {
  expect(reader.lastTime).toBe(naive.lastTime);
  const times = [undefined, 0, naive.lastTime >> 1, naive.lastTime];
  const questions: Question[] = [{ kind: 'changes', after: 0 }];
  for (const scope of SCOPES) {
    questions.push({ kind: 'rows', scope, range: {} });
    for (const collection of COLLECTIONS) {
      for (const at of times) questions.push({ kind: 'documents', scope, collection, range: { at } });
      for (const id of IDS) {
        const key = { scope, collection, id };
        questions.push({ kind: 'versions', key, from: undefined, to: undefined, reverse: false });
      }
    }
  }
  for (const set of SETS) {
    questions.push({ kind: 'entrySpans', set, range: {} });
    for (const at of times) questions.push({ kind: 'entries', set, range: { at } });
  }
  for (const question of questions) expect(answer(reader, question)).toEqual(answer(naive, question));
}

/** As plain data in which bytes are text: quick to compare. */
function answer(reader: DocumentReader, question: Question): unknown {
  switch (question.kind) {
    case 'version':
      return plain(reader.version(question.key, question.at));
    case 'versions': {
      const { from, to, reverse } = question;
      const range = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }), reverse };
      return [...reader.versions(question.key, range)].map(plain);
    }
    case 'documents':
      return [...reader.documents(question.scope, question.collection, question.range)].map(
        ({ id, version }) => [id, plain(version)],
      );
    case 'entries':
      return [...reader.entries(question.set, question.range)].map(plain);
    case 'entrySpans':
      return [...reader.entrySpans(question.set, question.range)].map(plain);
    case 'row':
      return plain({ value: reader.row(question.scope, question.key) });
    case 'rows':
      return [...reader.rows(question.scope, question.range)].map(plain);
    case 'changes':
      return [...reader.changes(question.after)];
  }
}

function plain(value: object | undefined): unknown {
  if (value === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, part instanceof Uint8Array ? text(part) : part]),
  );
}
