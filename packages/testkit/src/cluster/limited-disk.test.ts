/** A disk of its own can be filled and freed without touching the machine's. Skipped where mounting is not allowed. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LimitedDisk } from './limited-disk.ts';

let folder: string;
let disk: LimitedDisk | undefined;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'skein-test-'));
  disk = await LimitedDisk.mount(join(folder, 'data'), join(folder, 'disk.img'), 16);
});
afterEach(async () => {
  await disk?.unmount();
  rmSync(folder, { recursive: true, force: true });
});

test('a full disk takes nothing, and takes it again when it was freed', async (context) => {
  if (disk === undefined) return context.skip('this machine allows no mounts');
  const write = (): void => writeFileSync(join(folder, 'data', 'file'), Buffer.alloc(100_000, 1));
  write();
  rmSync(join(folder, 'data', 'file'));
  await disk.fill();
  expect(disk.freeBytes).toBe(0);
  expect(write).toThrow('ENOSPC');
  disk.free();
  expect(disk.freeBytes).toBeGreaterThan(1_000_000);
  write();
});
