import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const script = fileURLToPath(new URL('./run.ts', import.meta.url));
const pinnedNode = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));

async function bench(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(pinnedNode, [script, ...args], { maxBuffer: 1 << 26 });
  return stdout;
}

test('the bench of engines runs with every peer, and Skein agrees with a scan', {
  timeout: 180_000,
}, async () => {
  const output = await bench('engine', '--quick', '--dataset', 'mixed', '--records', '1000');
  for (const peer of [
    'skein: typos',
    'sqlite: rowid',
    'minisearch: prefix',
    'flexsearch: forward',
    'orama: prefix',
  ]) {
    expect(output).toContain(peer);
  }
  for (const list of ['full', 'keystrokes', 'typo']) {
    expect(output).toContain(
      `${list}: of 10 queries compared with a scan of all records by the plain engine, 10 totals and 10 first pages are the same`,
    );
  }
});

test('the bench of the server runs, and no request fails', { timeout: 180_000 }, async () => {
  const output = await bench('http', '--quick', '--records', '1000');
  const rows = output.split('\n').filter((line) => /^\| (searches alone|1,000 writes\/s)/.test(line));
  expect(rows).toHaveLength(2);
  for (const row of rows) expect(row).toMatch(/ 0 \|$/);
  expect(output).toContain('write → visible');
  expect(output).toContain('restart:');
});

test('the bench of documents runs, and no request fails', { timeout: 180_000 }, async () => {
  const output = await bench('documents', '--quick', '--records', '2000');
  const rows = output
    .split('\n')
    .filter((line) => /^\| (insert|update|first page|last page|latest)/.test(line));
  expect(rows).toHaveLength(16);
  for (const row of rows) expect(row).toMatch(/ 0 \|$/);
  expect(output).toContain('inserts of new documents against updates of one');
  expect(output).toContain('aggregated by 1000 keys');
});

test('an unknown name is refused before anything runs', async () => {
  await expect(bench('engines')).rejects.toThrow('unknown bench engines');
  await expect(bench('--dataset', 'town')).rejects.toThrow('unknown data set town');
});
