import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openEntries } from './open-entries.ts';

test('entries that are damaged in the middle are set aside, and the member goes on without them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'skein-entries-'));
  const told: string[] = [];
  const open = (): ReturnType<typeof openEntries> => openEntries(folder, (_, message) => told.push(message));
  try {
    const entries = await open();
    for (let counter = 1; counter <= 3; counter++)
      await entries.add({ member: 'a', epoch: 1, counter }, Buffer.alloc(5_000, counter));
    await entries.close();
    const [name = ''] = readdirSync(join(folder, 'entries'));
    const file = join(folder, 'entries', name);
    const bytes = readFileSync(file);
    bytes[3_000] = bytes[3_000]! ^ 1;
    writeFileSync(file, bytes);
    const again = await open();
    expect(again.count).toBe(0);
    await again.add({ member: 'a', epoch: 2, counter: 1 }, Buffer.from('new'));
    await again.close();
    expect(told).toEqual([expect.stringContaining('set aside')]);
    expect(readdirSync(folder)).toHaveLength(2);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
