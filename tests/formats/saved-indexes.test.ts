/**
 * Every format that was ever released can be read: each folder here holds an index as that version wrote it (`index/`) and what it
 * answers (`answers.ndjson`). The folders are never changed; a new format gets a new one.
 *
 * Before the first release there is nothing to keep: a change of the format replaces the folder (remove `index/`, then WRITE_FORMATS=1).
 *
 * WRITE_FORMATS=1 writes the answers anew, when a rule of `docs/relevance.md` has changed, and the index where it is missing (for a new version;
 * it must then be committed).
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Directory } from '@skein/engine';
import { askSmallRichIndex, MemoryDirectory, writeSmallRichIndex } from '@skein/engine/testing';
import { FileDirectory } from '@skein/member';
import { expect, test } from 'vitest';

const VERSIONS = ['segment-v1'];
const writing = process.env['WRITE_FORMATS'] === '1';

function answersOf(directory: Directory): unknown {
  return JSON.parse(JSON.stringify(askSmallRichIndex(directory)));
}

function saved(version: string): { readonly index: string; readonly answers: string } {
  const folder = join(import.meta.dirname, version);
  const index = join(folder, 'index');
  const answers = join(folder, 'answers.ndjson');
  if (writing && !existsSync(index)) {
    mkdirSync(folder, { recursive: true });
    writeSmallRichIndex(new FileDirectory(index));
  }
  if (writing) writeFileSync(answers, `${JSON.stringify(answersOf(new FileDirectory(index)))}\n`);
  return { index, answers };
}

for (const version of VERSIONS) {
  for (const loading of ['map', 'read'] as const) {
    test(`an index of ${version} is read (${loading}) and answers as it did`, () => {
      const { index, answers } = saved(version);
      const expected: unknown = JSON.parse(readFileSync(answers, 'utf8'));
      expect(answersOf(new FileDirectory(index, { loading }))).toEqual(expected);
    });
  }
}

test('the newest saved index is of the format that is written today, and holds the same answers', () => {
  const { index, answers } = saved(VERSIONS.at(-1)!);
  const written = new MemoryDirectory();
  writeSmallRichIndex(written);
  expect(answersOf(written)).toEqual(JSON.parse(readFileSync(answers, 'utf8')));
  const version = (directory: Directory, name: string): number => directory.read(name, 8, 1)[0]!;
  const segment = readdirSync(index).find((name) => name.endsWith('.segment'))!;
  const writtenSegment = written.list().find((name) => name.endsWith('.segment'))!;
  expect(version(new FileDirectory(index), segment)).toBe(version(written, writtenSegment));
});
