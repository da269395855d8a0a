import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listApplications, listIndexes } from './catalogue.ts';
import { DataLayout } from './data-layout.ts';

let layout: DataLayout;
beforeEach(() => {
  layout = new DataLayout(mkdtempSync(join(tmpdir(), 'skein-catalogue-')));
});
afterEach(() => rmSync(layout.root, { recursive: true, force: true }));

test('an empty data folder holds no applications and no indexes', () => {
  expect(listApplications(layout)).toEqual([]);
  expect(listIndexes(layout, 'APP')).toEqual([]);
});

test('indexes are found by folder or mark, and what a crash left in the middle of something is removed', () => {
  const long = 'x'.repeat(300);
  mkdirSync(layout.indexFolder('APP', 'a/b'), { recursive: true });
  mkdirSync(`${layout.indexFolder('APP', 'moved')}.copying-12`);
  mkdirSync(`${layout.indexFolder('APP', 'moved')}.rebuilding-12-old`);
  mkdirSync(`${layout.indexFolder('APP', 'gone')}.removing-3`);
  mkdirSync(layout.indexFolder('APP', 'moved'));
  mkdirSync(`${layout.indexFolder('APP', 'halfway')}.rebuilding-13-old`);
  mkdirSync(layout.setAsideFolder('APP', 'bad', 5));
  writeFileSync(layout.deletedFile('APP', 'gone'), '{"name":"gone","sequence":3}');
  writeFileSync(layout.deletedFile('APP', long), JSON.stringify({ name: long, sequence: 4 }));
  writeFileSync(layout.damagedFile('APP', 'bad'), 'half a mar');
  writeFileSync(join(layout.indexesFolder('APP'), '.writing-gone.deleted'), '{"na');
  expect([...listIndexes(layout, 'APP')].sort()).toEqual(['a/b', 'bad', 'gone', 'halfway', 'moved', long]);
  expect(readdirSync(layout.indexesFolder('APP')).filter((entry) => /ing-/.test(entry))).toEqual([]);
  expect(listApplications(layout)).toEqual(['APP']);
});
