/**
 * The store of entries:
 *   1. An add resolves when the entry is synced; adds made together share the sync.
 *   2. The same entry again is one entry; other bytes under its name are refused.
 *   3. What is dropped is gone at once, and its bytes leave the disk with their file.
 *   4. A full disk refuses an entry whole, and the next one is taken when there is room.
 *   5. Damage is told, a torn end is cut.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NodeJournalDisk } from '../node-journal-disk.ts';
import { SimDisk } from '../testing/sim-disk.ts';
import type { EntryId } from './entry-id.ts';
import { EntryStore } from './entry-store.ts';

const FIRST_FILE = '0000000000000001.entries';

function id(counter: number, member = 'a', epoch = 7): EntryId {
  return { member, epoch, counter };
}

function text(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : Buffer.from(bytes).toString();
}

function simDisk(capacityBytes?: number): SimDisk {
  return new SimDisk(() => 0.5, { capacityBytes });
}

test('1: entries that are added together are synced once, and read as they were', async () => {
  const store = await EntryStore.open(simDisk());
  const adding = [1, 2, 3].map((counter) => store.add(id(counter), Buffer.from(`entry ${counter}`)));
  expect(store.has(id(1))).toBe(false);
  await Promise.all(adding);
  expect(store.syncCount).toBe(1);
  expect(store.count).toBe(3);
  expect(store.ids()).toEqual([id(1), id(2), id(3)]);
  expect(text(await store.read(id(2)))).toBe('entry 2');
  expect(await store.read(id(2, 'b'))).toBeUndefined();
});

test('1: after a restart entries are read from the disk, in files that followed each other', async () => {
  const disk = simDisk();
  const options = { fileBytesMax: 300, tailBytesMax: 0 };
  const store = await EntryStore.open(disk, options);
  for (let counter = 1; counter <= 10; counter++)
    await store.add(id(counter), Buffer.from(`entry ${counter} ${'x'.repeat(40)}`));
  await store.close();
  await expect(store.add(id(11), new Uint8Array(1))).rejects.toMatchObject({ code: 'closed' });
  expect((await disk.list()).length).toBeGreaterThan(2);
  const again = await EntryStore.open(disk, options);
  expect(again.tornBytes).toBe(0);
  expect(again.byteLength).toBe(store.byteLength);
  for (let counter = 1; counter <= 10; counter++)
    expect(text(await again.read(id(counter)))).toMatch(new RegExp(`^entry ${counter} x`));
  await again.add(id(11), Buffer.from('one more'));
  expect(text(await again.read(id(11)))).toBe('one more');
});

test('2: the same entry again waits for the first and is kept once; other bytes are refused, waiting or synced', async () => {
  const disk = simDisk();
  const store = await EntryStore.open(disk, { tailBytesMax: 0 });
  const first = store.add(id(1), Buffer.from('same'));
  const second = store.add(id(1), Buffer.from('same'));
  await expect(store.add(id(1), Buffer.from('other'))).rejects.toMatchObject({ code: 'other-payload' });
  await Promise.all([first, second]);
  const bytes = store.byteLength;
  await store.add(id(1), Buffer.from('same'));
  await expect(store.add(id(1), Buffer.from('other'))).rejects.toMatchObject({ code: 'other-payload' });
  expect(store.byteLength).toBe(bytes);
  expect(text(await store.read(id(1)))).toBe('same');
});

test('2: an entry that is damaged on the disk is taken again when it is brought again', async () => {
  const disk = simDisk();
  const store = await EntryStore.open(disk, { tailBytesMax: 0 });
  await store.add(id(1), Buffer.from('the entry'));
  await store.add(id(2), Buffer.from('another'));
  disk.flipBit(FIRST_FILE, 32 + 50, 3);
  await expect(store.read(id(1))).rejects.toThrow('damaged at byte 32');
  await store.add(id(1), Buffer.from('the entry'));
  expect(text(await store.read(id(1)))).toBe('the entry');
});

test('3: dropped entries are gone at once, and a file goes with the last of its entries', async () => {
  const disk = simDisk();
  const store = await EntryStore.open(disk, { fileBytesMax: 300 });
  for (let counter = 1; counter <= 12; counter++) await store.add(id(counter), Buffer.alloc(60));
  expect(await disk.list()).toContain(FIRST_FILE);
  const dropping = store.drop([id(1), id(2), id(99)]);
  expect(store.has(id(1))).toBe(false);
  expect(await store.read(id(1))).toBeUndefined();
  await dropping;
  expect(await disk.list()).toContain(FIRST_FILE);
  await store.drop(store.ids());
  expect(store.count).toBe(0);
  expect((await disk.list()).length).toBeLessThanOrEqual(1);
  await store.add(id(13), Buffer.from('after'));
  expect(text(await store.read(id(13)))).toBe('after');
});

test('3: the file being written is replaced when nothing in it is wanted and it is large', async () => {
  const disk = simDisk();
  const store = await EntryStore.open(disk, { fileBytesMax: 1000 });
  await store.add(id(1), Buffer.alloc(20));
  await store.drop([id(1)]);
  expect(await disk.list()).toEqual([FIRST_FILE]);
  await store.add(id(2), Buffer.alloc(300));
  await store.drop([id(2)]);
  expect(await disk.list()).toEqual([]);
  expect(store.byteLength).toBe(0);
  await store.add(id(3), Buffer.from('next'));
  expect(await disk.list()).toEqual(['0000000000000002.entries']);
});

test('3: an entry that holds up a large file is copied, so that the file goes', async () => {
  const disk = simDisk();
  const options = { fileBytesMax: 4000, tailBytesMax: 0 };
  const store = await EntryStore.open(disk, options);
  await store.add(id(1), Buffer.from('held'));
  for (let counter = 2; counter <= 12; counter++) await store.add(id(counter), Buffer.alloc(900));
  await store.drop([2, 3, 4, 5, 6, 7].map((counter) => id(counter)));
  expect(await disk.list()).not.toContain(FIRST_FILE);
  expect(text(await store.read(id(1)))).toBe('held');
  await store.close();
  const again = await EntryStore.open(disk, options);
  expect(text(await again.read(id(1)))).toBe('held');
});

test('3: an entry that is dropped while it is written is not shown afterwards, and its add still resolves', async () => {
  const store = await EntryStore.open(simDisk());
  const first = store.add(id(1), Buffer.from('unwanted'));
  await store.drop([id(1)]);
  await first;
  expect(store.has(id(1))).toBe(false);
  const adding = store.add(id(1), Buffer.from('unwanted again'));
  await store.drop([id(1)]);
  const again = store.add(id(1), Buffer.from('wanted after all'));
  await adding;
  await again;
  expect(text(await store.read(id(1)))).toBe('wanted after all');
  expect(store.count).toBe(1);
});

test('4: a full disk refuses an entry whole; later ones are taken when there is room', async () => {
  const disk = simDisk(1000);
  const store = await EntryStore.open(disk, { tailBytesMax: 0 });
  await store.add(id(1), Buffer.alloc(300, 1));
  await expect(store.add(id(2), Buffer.alloc(900, 2))).rejects.toMatchObject({ code: 'disk-full' });
  expect(store.has(id(2))).toBe(false);
  await store.add(id(3), Buffer.alloc(100, 3));
  const again = await EntryStore.open(disk.afterCrash({ capacityBytes: 1000 }));
  expect(again.ids()).toEqual([id(1), id(3)]);
  expect(again.tornBytes).toBe(0);
});

test('4: after a failed sync nothing more is taken, and what was synced before is still read', async () => {
  const disk = simDisk();
  const store = await EntryStore.open(disk, { tailBytesMax: 0 });
  await store.add(id(1), Buffer.from('kept'));
  disk.failSyncAfter(1);
  const failing = [store.add(id(2), Buffer.from('lost?')), store.add(id(2), Buffer.from('lost?'))];
  for (const each of failing) await expect(each).rejects.toMatchObject({ code: 'store-failed' });
  await expect(store.add(id(3), Buffer.from('no'))).rejects.toMatchObject({ code: 'store-failed' });
  expect(text(await store.read(id(1)))).toBe('kept');
  await store.close();
  const again = await EntryStore.open(disk.afterCrash());
  expect(text(await again.read(id(1)))).toBe('kept');
  await again.add(id(3), Buffer.from('yes'));
});

test('5: any one flipped bit is told at start or read, or costs the last group only', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.nat(7), async (place, bit) => {
      const disk = simDisk();
      const store = await EntryStore.open(disk, { fileBytesMax: 150 });
      for (let counter = 1; counter <= 5; counter++)
        await store.add(id(counter), Buffer.from(`text ${counter}`));
      await store.close();
      const names = await disk.list();
      expect(names).toHaveLength(2);
      const name = names[place % 2]!;
      const bytes = disk.bytes(name).byteLength;
      const byteOffset = Math.floor(place / 2) % bytes;
      disk.flipBit(name, byteOffset, bit);
      let again: EntryStore;
      try {
        again = await EntryStore.open(disk);
      } catch (error) {
        expect(String(error)).toContain(`sim:${name}: damaged at byte`);
        return;
      }
      // Only the end of the last file can be taken for a torn write.
      expect(name).toBe(names[1]);
      expect(again.tornBytes).toBeGreaterThan(0);
      expect(again.count).toBeGreaterThanOrEqual(4);
      for (const each of again.ids()) expect(text(await again.read(each))).toBe(`text ${each.counter}`);
    }),
  );
});

test('5: arbitrary bytes behind the last entry are cut off', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 500 }), async (bytes) => {
      const disk = simDisk();
      const store = await EntryStore.open(disk);
      await store.add(id(1), Buffer.from('text'));
      await store.close();
      const file = await disk.open(FIRST_FILE);
      await file.write([bytes], disk.bytes(FIRST_FILE).byteLength);
      const again = await EntryStore.open(disk);
      expect(again.tornBytes).toBe(bytes.byteLength);
      expect(again.ids()).toEqual([id(1)]);
    }),
  );
});

test('5: arbitrary files are cut off, reported or passed over, never answered from', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 200 }),
      fc.constantFrom(FIRST_FILE, 'x.entries'),
      async (bytes, name) => {
        const disk = simDisk();
        const file = await disk.create(name);
        await file.write([bytes], 0);
        try {
          expect((await EntryStore.open(disk)).count).toBe(0);
        } catch (error) {
          expect(String(error)).toContain('damaged at byte 0');
        }
      },
    ),
  );
});

test('on a real disk: entries of a closed store are there after it is opened again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'skein-entries-'));
  try {
    const disk = await NodeJournalDisk.open(join(folder, 'entries'));
    const store = await EntryStore.open(disk, { fileBytesMax: 100_000 });
    const payloads = Array.from({ length: 20 }, (_, at) => Buffer.alloc(20_000, at));
    await Promise.all(payloads.slice(0, 10).map((payload, at) => store.add(id(at + 1), payload)));
    for (const [at, payload] of payloads.entries()) await store.add(id(at + 1), payload);
    await store.drop([1, 2, 3].map((counter) => id(counter)));
    await store.close();
    const again = await EntryStore.open(disk);
    for (const [at, payload] of payloads.entries()) {
      const read = await again.read(id(at + 1));
      if (read !== undefined) expect(Buffer.compare(read, payload)).toBe(0);
      else expect(at).toBeLessThan(3);
    }
    await again.close();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
