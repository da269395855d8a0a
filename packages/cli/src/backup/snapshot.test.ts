import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { sizeOf, takeSnapshot } from './snapshot.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'skein-snapshot-'));
  folders.push(folder);
  return folder;
}

const noDocuments = (): Promise<void> => Promise.reject(new Error('there are no documents'));

/**
 * Writes as a server does, in miniature: each operation is appended to the journal, then applied to every index by a new
 * segment file and a manifest that names it; files two publishes old go, and so do journal files that all are past.
 */
class SmallServer {
  readonly data = newFolder();
  sequence = 0;
  #journalFrom = 1;
  readonly #indexes: readonly string[];

  constructor(indexes: readonly string[]) {
    this.#indexes = indexes;
    mkdirSync(join(this.data, 'journal'));
    for (const index of indexes) mkdirSync(this.#folder(index), { recursive: true });
  }

  step(): void {
    this.sequence++;
    if (this.sequence % 5 === 0) this.#journalFrom = this.sequence;
    appendFileSync(this.#journal(this.#journalFrom), `${this.sequence}\n`);
    for (const index of this.#indexes) {
      const folder = this.#folder(index);
      writeFileSync(join(folder, `segment-${this.sequence}`), `up to ${this.sequence}`);
      writeFileSync(
        join(folder, '.writing-manifest'),
        JSON.stringify({ applied: this.sequence, segments: [`segment-${this.sequence}`] }),
      );
      renameSync(join(folder, '.writing-manifest'), join(folder, 'manifest'));
      rmSync(join(folder, `segment-${this.sequence - 2}`), { force: true });
    }
    rmSync(this.#journal(this.#journalFrom - 5), { force: true });
  }

  #folder(index: string): string {
    return join(this.data, 'apps', 'app', 'indexes', index);
  }

  #journal(from: number): string {
    return join(this.data, 'journal', `${String(from).padStart(8, '0')}.journal`);
  }
}

/** What a start on the copy would find. */
function check(copy: string): { applied: number[]; journalFirst: number; journalLast: number } {
  const indexes = join(copy, 'apps', 'app', 'indexes');
  const applied = readdirSync(indexes).map((index) => {
    const { applied: sequence, segments } = JSON.parse(
      readFileSync(join(indexes, index, 'manifest'), 'utf8'),
    ) as {
      applied: number;
      segments: string[];
    };
    for (const segment of segments) {
      expect(readFileSync(join(indexes, index, segment), 'utf8')).toBe(`up to ${sequence}`);
    }
    return sequence;
  });
  const sequences = readdirSync(join(copy, 'journal'))
    .sort()
    .flatMap((name) =>
      readFileSync(join(copy, 'journal', name), 'utf8')
        .trim()
        .split('\n')
        .map(Number),
    );
  for (const [at, sequence] of sequences.entries()) expect(sequence).toBe(sequences[0]! + at);
  return { applied, journalFirst: sequences[0]!, journalLast: sequences.at(-1)! };
}

test('what the server writes afterwards does not reach the copy', async () => {
  const server = new SmallServer(['a']);
  for (let step = 0; step < 7; step++) server.step();
  const copy = newFolder();
  await takeSnapshot(server.data, copy, noDocuments);
  const before = check(copy);
  for (let step = 0; step < 7; step++) server.step();
  expect(check(copy)).toEqual(before);
});

test('index files are shared with the data folder, not copied', async () => {
  const server = new SmallServer(['a']);
  server.step();
  const copy = newFolder();
  await takeSnapshot(server.data, copy, noDocuments);
  const path = join('apps', 'app', 'indexes', 'a', 'segment-1');
  expect(statSync(join(copy, path)).ino).toBe(statSync(join(server.data, path)).ino);
  expect(sizeOf(copy).files).toBe(3);
});

test('an empty data folder gives an empty copy', async () => {
  const copy = newFolder();
  await takeSnapshot(newFolder(), copy, noDocuments);
  expect(readdirSync(join(copy, 'journal'))).toEqual([]);
});

test('documents, whose file changes in place, are copied and never linked', async () => {
  const server = new SmallServer(['a', 'documents']);
  server.step();
  const store = join(server.data, 'apps', 'app', 'documents');
  mkdirSync(store);
  writeFileSync(join(store, 'documents.mdb'), 'pages');
  mkdirSync(`${store}.new`);
  const copied: string[] = [];
  const copy = newFolder();
  await takeSnapshot(server.data, copy, (from, to) => {
    copied.push(from);
    mkdirSync(to);
    writeFileSync(join(to, 'documents.mdb'), 'pages of one moment');
    return Promise.resolve();
  });
  expect(copied).toEqual([store]);
  expect(readFileSync(join(copy, 'apps', 'app', 'documents', 'documents.mdb'), 'utf8')).toBe(
    'pages of one moment',
  );
  expect(readdirSync(join(copy, 'apps', 'app'))).toEqual(['documents', 'indexes']);
  // An index may have that name.
  expect(readdirSync(join(copy, 'apps', 'app', 'indexes', 'documents')).sort()).toEqual([
    'manifest',
    'segment-1',
  ]);
});
