import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { combineRounds } from './outcomes.ts';
import { plainWords, readLines } from './peers/read-lines.ts';
import { table } from './report.ts';

const folder = mkdtempSync(join(tmpdir(), 'skein-bench-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test('of each query the best round counts, and rounds cut short count as far as the shortest', () => {
  const first = file('first', '3000000\t4000000\t7\t=\ta,b\n1000000\t1000000\t9\t>\tc\n5\t5\t1\t=\td');
  const second = file('second', '2000000\t5000000\t7\t=\ta,b\n6000000\t8000000\t9\t>\tc');
  const outcome = combineRounds('x', [
    { outputFile: first, processCpuMs: 6 },
    { outputFile: second, processCpuMs: 4 },
  ]);
  expect(outcome.queryCount).toBe(2);
  expect(outcome.queries.map(({ cpuMs, wallMs }) => [cpuMs, wallMs])).toEqual([
    [2, 4],
    [1, 1],
  ]);
  expect(outcome.exactCount).toBe(1);
  expect(outcome.processCpuMsMean).toBe(2);
});

test('the hash of results changes with the ids and with their order', () => {
  const hash = (ids: string) =>
    combineRounds('x', [{ outputFile: file('hashed', `1\t1\t2\t=\t${ids}`), processCpuMs: 0 }]).resultHash;
  expect(hash('a,b')).toBe(hash('a,b'));
  expect(new Set([hash('a,b'), hash('b,a'), hash('a')]).size).toBe(3);
});

test('a round in which nothing was answered in time is no error', () => {
  const outcome = combineRounds('x', [{ outputFile: file('empty', ''), processCpuMs: 1 }]);
  expect(outcome.queryCount).toBe(0);
});

test('lines longer than a chunk, and a last line without a break, are read whole', () => {
  const long = 'ü'.repeat(1_500_000);
  expect([...readLines(file('lines', `a\n${long}\n\nb`))]).toEqual(['a', long, '', 'b']);
  expect([...readLines(file('ended', 'a\nb\n'))]).toEqual(['a', 'b']);
});

test('peers get words in lower case without diacritics', () => {
  expect(plainWords('São  Paulo, No. 3-B')).toEqual(['sao', 'paulo', 'no', '3', 'b']);
});

test('a table has as many cells in every line', () => {
  const lines = table(['name', 'a'], [['long name', '1'], ['x']]).split('\n');
  expect(new Set(lines.map((line) => line.length)).size).toBe(1);
  expect(new Set(lines.map((line) => line.split('|').length)).size).toBe(1);
});
