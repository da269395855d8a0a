/**
 * Indexes that are opened and dropped leave nothing behind: memories of closed segments are collected in time, by themselves,
 * in a process that never asks for it. (Before memories had a weight this took 15,000 of them, and gigabytes.)
 */
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

const SCRIPT = `
  import { readFileSync } from 'node:fs';
  import { defaultSearchQuery, readManifest, View } from '@skein/engine';
  import { MemoryDirectory } from '@skein/engine/testing';
  import { writeSmallRichIndex } from '${new URL('./testing/small-rich-index.ts', import.meta.url).href}';
  const directory = new MemoryDirectory();
  writeSmallRichIndex(directory);
  const open = [];
  let addressBytesMax = 0;
  let residentBytesMax = 0;
  for (let count = 0; count < 5000; count++) {
    const view = View.open(directory, readManifest(directory));
    if (view.search(defaultSearchQuery('photogaph')).hitCount === 0) throw new Error('nothing found');
    open[count % 50] = view;
    if (count % 50 !== 0) continue;
    if (process.platform === 'linux') {
      const status = readFileSync('/proc/self/status', 'utf8');
      addressBytesMax = Math.max(addressBytesMax, 1024 * Number(/VmSize:\\s+(\\d+)/.exec(status)[1]));
    }
    residentBytesMax = Math.max(residentBytesMax, process.memoryUsage.rss());
  }
  console.log(JSON.stringify({ addressBytesMax, residentBytesMax }));
`;

test('5,000 Views opened one after the other take no more than those that are kept', {
  timeout: 120_000,
}, () => {
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', SCRIPT], {
    encoding: 'utf8',
    cwd: new URL('.', import.meta.url).pathname,
  });
  const { addressBytesMax, residentBytesMax } = JSON.parse(output) as Record<string, number>;
  // 50 Views of four segments, 8 GiB reserved each; and as many again, and again, on their way out.
  expect(addressBytesMax).toBeLessThan(50 * 4 * 8 * 2 ** 30 * 5);
  expect(residentBytesMax).toBeLessThan(400 * 2 ** 20);
});
