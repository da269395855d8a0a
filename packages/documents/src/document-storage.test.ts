import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { CorruptionError } from '@skein/base';
import type { CollectionId, ScopeId } from '@skein/fql/document-store';
import { MemoryStore } from '@skein/fql/testing';
import { afterEach, expect, test } from 'vitest';
import { DocumentStorage, type DocumentStorageOptions } from './document-storage.ts';
import { applyOperation, describeState } from './testing/scripted-operations.ts';

const READER = fileURLToPath(new URL('./testing/reader-process.ts', import.meta.url));
const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'skein-storage-'));
  cleanUp.push(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'documents');
}

function open(folder: string, options?: DocumentStorageOptions): DocumentStorage {
  const storage = DocumentStorage.open(folder, options);
  cleanUp.push(() => storage.close());
  return storage;
}

/** Each operation is a commit of its own. */
function apply(storage: DocumentStorage, count: number): void {
  for (let nth = 0; nth < count; nth++) {
    storage.write((writer) => {
      const sequence = writer.appliedSequence + 1;
      applyOperation(writer, sequence);
      writer.setAppliedSequence(sequence);
    });
  }
}

function expected(sequence: number): string {
  const oracle = new MemoryStore();
  for (let each = 1; each <= sequence; each++) applyOperation(oracle, each);
  return describeState(oracle);
}

function expectedLine(sequence: number): string {
  return `${sequence} ${createHash('sha256').update(expected(sequence)).digest('hex')}`;
}

/** Another process that reads the store. */
function startReader(folder: string) {
  const child = spawn(process.execPath, [READER, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  cleanUp.push(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return {
    async ask(question: string): Promise<string> {
      child.stdin.write(`${question}\n`);
      const line = await lines.next();
      return line.done === true ? 'the process has ended' : line.value;
    },
    async kill(): Promise<void> {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

test('a batch that throws leaves nothing, neither documents nor rows nor its sequence', () => {
  const storage = open(newFolder());
  apply(storage, 20);
  expect(() =>
    storage.write((writer) => {
      applyOperation(writer, 21);
      writer.putSystemRow(Uint8Array.of(1), Uint8Array.of(2));
      writer.setAppliedSequence(21);
      throw new Error('as planned');
    }),
  ).toThrow('as planned');
  expect(storage.appliedSequence).toBe(20);
  expect(storage.systemRow(Uint8Array.of(1))).toBeUndefined();
  expect(storage.read(describeState)).toBe(expected(20));
  apply(storage, 10);
  expect(storage.read(describeState)).toBe(expected(30));
});

test('rows of the owner are kept with the batch, ordered, and taken away in steps', () => {
  const storage = open(newFolder());
  const row = (at: number): Uint8Array => Uint8Array.of(97, at);
  storage.write((writer) => {
    for (let at = 0; at < 10; at++) writer.putSystemRow(row(at), Uint8Array.of(at, at));
  });
  expect(storage.systemRow(row(3))).toEqual(Uint8Array.of(3, 3));
  storage.write((writer) => {
    expect(writer.deleteSystemRows(row(0), row(5), 3)).toBe(3);
    expect(writer.deleteSystemRows(row(0), row(5), 3)).toBe(2);
    writer.deleteSystemRow(row(9));
  });
  const left = storage.read((reader) => [...reader.systemRows(row(0), row(255))].map(({ key }) => key[1]));
  expect(left).toEqual([5, 6, 7, 8]);
});

test('what was written and closed is there when it is opened again', async () => {
  const folder = newFolder();
  const first = DocumentStorage.open(folder);
  apply(first, 100);
  await first.close();
  const again = open(folder);
  expect(again.appliedSequence).toBe(100);
  expect(again.durableSequence).toBe(100);
  expect(again.read(describeState)).toBe(expected(100));
});

test('sync makes everything before it durable', async () => {
  const storage = open(newFolder());
  apply(storage, 5);
  expect(storage.durableSequence).toBe(0);
  const synced = storage.sync();
  apply(storage, 5);
  await synced;
  expect(storage.durableSequence).toBe(5);
  await storage.sync();
  expect(storage.durableSequence).toBe(10);
});

test('a snapshot that was released, and a writer after its batch, are not read from', () => {
  const storage = open(newFolder());
  apply(storage, 30);
  const snapshot = storage.snapshot();
  const begun = snapshot.reader.changes(0);
  begun.next();
  snapshot.release();
  expect(() => snapshot.reader.changes(0).next()).toThrow('only while its snapshot is held');
  expect(() => begun.next()).toThrow('only while its snapshot is held');
  const writer = storage.write((each) => each);
  expect(() => [...writer.changes(0)]).toThrow('only while its snapshot is held');
});

test('other processes see a commit as soon as they are told of it, and keep their snapshots', async () => {
  const folder = newFolder();
  const storage = open(folder, { mapBytes: 2 ** 20 });
  apply(storage, 1);
  const reader = startReader(folder);
  for (let round = 0; round < 5; round++) {
    apply(storage, 20);
    expect(await reader.ask('state')).toBe(expectedLine(storage.appliedSequence));
  }
  const held = storage.appliedSequence;
  expect(await reader.ask('hold')).toBe(expectedLine(held));
  // The file outgrows what both have mapped.
  storage.write((writer) => {
    for (let at = 0; at < 40; at++) writer.putSystemRow(Uint8Array.of(at), new Uint8Array(100_000));
  });
  apply(storage, 300);
  await storage.sync();
  expect(await reader.ask('held')).toBe(expectedLine(held));
  expect(await reader.ask('state')).toBe(expectedLine(storage.appliedSequence));
  expect(await reader.ask('release')).toBe('released');
  expect(await reader.ask('state')).toBe(expectedLine(storage.appliedSequence));
});

test('a reader that died holds no pages for ever', async () => {
  const folder = newFolder();
  const storage = open(folder);
  apply(storage, 10);
  const reader = startReader(folder);
  await reader.ask('hold');
  await reader.kill();
  expect(storage.checkReaders()).toBe(1);
  expect(storage.checkReaders()).toBe(0);
});

test('the file stays small while the same rows are written again and again', async () => {
  const storage = open(newFolder(), { unsyncedBytesMax: 2 ** 20 });
  let size = 0;
  for (let round = 0; round < 30; round++) {
    apply(storage, 60);
    await storage.sync();
    if (round === 14) size = storage.fileBytes;
  }
  expect(storage.fileBytes).toBeLessThan(2 * size);
});

test('a backup is a whole store of one moment, made while writing goes on', async () => {
  const folder = newFolder();
  const storage = open(folder);
  apply(storage, 300);
  const done = storage.backup(`${folder}-copy`);
  let isDone = false;
  const watched = done.then(() => {
    isDone = true;
  });
  do {
    apply(storage, 5);
    await new Promise((resolve) => setImmediate(resolve));
  } while (!isDone);
  await watched;
  const copy = open(`${folder}-copy`);
  expect(copy.appliedSequence).toBeGreaterThanOrEqual(300);
  expect(copy.appliedSequence).toBeLessThanOrEqual(storage.appliedSequence);
  expect(copy.read(describeState)).toBe(expected(copy.appliedSequence));
  apply(copy, 50);
  expect(copy.read(describeState)).toBe(expected(copy.appliedSequence));
});

test.each(['documents.mdb', 'durable.bin'])('damage is told: %s is missing', async (name) => {
  const folder = newFolder();
  await DocumentStorage.open(folder).close();
  rmSync(join(folder, name));
  expect(() => DocumentStorage.open(folder)).toThrow(CorruptionError);
});

test('an empty folder becomes a store', () => {
  const folder = newFolder();
  mkdirSync(folder);
  apply(open(folder), 3);
});

test.each([
  ['the data file is cut', 'documents.mdb', (file: string) => truncateSync(file, statSync(file).size >> 1)],
  ['the data file is empty', 'documents.mdb', (file: string) => truncateSync(file, 0)],
  ['the meta pages are zero', 'documents.mdb', (file: string) => overwrite(file, 0, new Uint8Array(8192))],
  ['one meta page is noise', 'documents.mdb', (file: string) => overwrite(file, 4096, noise(4096))],
  ['the durable state is cut', 'durable.bin', (file: string) => truncateSync(file, 100)],
  ['the durable state is zero', 'durable.bin', (file: string) => overwrite(file, 0, new Uint8Array(100))],
  ['the durable state is noise', 'durable.bin', (file: string) => writeFileSync(file, noise(9000))],
])('damage is told: %s', async (_, name, damage) => {
  const folder = newFolder();
  const storage = DocumentStorage.open(folder);
  apply(storage, 50);
  await storage.close();
  damage(join(folder, name));
  expect(() => DocumentStorage.open(folder, { readOnly: true })).toThrow(CorruptionError);
  expect(() => DocumentStorage.open(folder)).toThrow(CorruptionError);
});

test('a value that is no value of its table is told as damage', async () => {
  const folder = newFolder();
  const storage = DocumentStorage.open(folder);
  const key = { scope: 0 as ScopeId, collection: 1024 as CollectionId, id: 1n };
  storage.write((writer) => {
    writer.transact(1, () =>
      writer.putVersion(key, { ts: 1, action: 'create', body: Buffer.from('a body that stands out') }),
    );
  });
  await storage.close();
  const file = join(folder, 'documents.mdb');
  const bytes = readFileSync(file);
  const at = bytes.indexOf('a body that stands out');
  // The byte before it is the action.
  overwrite(file, at - 1, Uint8Array.of(77));
  const damaged = open(folder);
  expect(() => damaged.read((reader) => reader.version(key))).toThrow(CorruptionError);
});

function overwrite(file: string, at: number, bytes: Uint8Array): void {
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, bytes, 0, bytes.length, at);
  closeSync(descriptor);
}

function noise(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at * 73 + 11) & 255);
}
