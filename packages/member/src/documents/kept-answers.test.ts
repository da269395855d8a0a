import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asSequence } from '@skein/base';
import { DocumentStorage } from '@skein/documents';
import { afterEach, expect, test } from 'vitest';
import { findAnswer, forgetAnswers, keepAnswer } from './kept-answers.ts';

const folder = mkdtempSync(join(tmpdir(), 'skein-answers-'));
const storage = DocumentStorage.open(join(folder, 'documents'));
afterEach(async () => {
  await storage.close();
  rmSync(folder, { recursive: true, force: true });
});

const find = (sequence: number): number | undefined => findAnswer(storage, asSequence(sequence))?.byteLength;

test('small answers are kept for long, large ones not, and giant ones not at all', () => {
  storage.write((writer) => {
    for (const [at, bytes] of [100, 4096, 4097, 262_144, 262_145].entries()) {
      keepAnswer(writer, asSequence(at + 1), new Uint8Array(bytes));
    }
  });
  expect([1, 2, 3, 4, 5].map(find)).toEqual([100, 4096, 4097, 262_144, undefined]);
  const forget = (last: number): void =>
    storage.write((writer) => forgetAnswers(writer, asSequence(last), 10));
  forget(5);
  expect([1, 2, 3, 4].map(find)).toEqual([100, 4096, 4097, 262_144]);
  forget(1_024 + 4);
  expect([1, 2, 3, 4].map(find)).toEqual([100, 4096, undefined, 262_144]);
  forget(1_024 + 5);
  expect([1, 2, 3, 4].map(find)).toEqual([100, 4096, undefined, undefined]);
  forget(65_536 + 2);
  expect([1, 2].map(find)).toEqual([undefined, 4096]);
  forget(65_536 + 3);
  expect([1, 2].map(find)).toEqual([undefined, undefined]);
});
