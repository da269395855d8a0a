/**
 * Power loss: of the pages that were written after the last sync, any may have reached the disk and any may not. Whichever they were,
 * the store is what it was at that sync.
 */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32c } from '@skein/base';
import { MemoryStore } from '@skein/fql/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DocumentStorage } from './document-storage.ts';
import { PAGE_BYTES } from './limits.ts';
import { applyOperation, describeState } from './testing/scripted-operations.ts';

/** Batches of operations, each a commit; after some of them comes a sync. */
const batches = fc.array(
  fc.record({ count: fc.integer({ min: 1, max: 60 }), isSynced: fc.nat(5).map((chance) => chance === 0) }),
  { minLength: 1, maxLength: 40 },
);
/** What became of a page since the last sync: it is as it was then, as it is now, or torn. */
const fates = fc.infiniteStream(fc.constantFrom('then', 'now', 'torn'));

test('whatever reached the disk after the last sync, the store is that of the sync', async () => {
  await fc.assert(
    fc.asyncProperty(batches, fates, async (work, fate) => {
      const folder = mkdtempSync(join(tmpdir(), 'skein-power-'));
      const storage = DocumentStorage.open(join(folder, 'before'), { unsyncedBytesMax: 2 ** 40 });
      const data = join(folder, 'before', 'documents.mdb');
      try {
        let then = readFileSync(data);
        for (const { count, isSynced } of work) {
          apply(storage, count);
          if (!isSynced) continue;
          await storage.sync();
          then = readFileSync(data);
        }
        const durable = storage.durableSequence;
        const image = mix(then, readFileSync(data), fate);
        mkdirSync(join(folder, 'after'));
        writeFileSync(join(folder, 'after', 'documents.mdb'), image);
        copyFileSync(join(folder, 'before', 'durable.bin'), join(folder, 'after', 'durable.bin'));
        restartMachine(join(folder, 'after', 'durable.bin'));

        const restored = DocumentStorage.open(join(folder, 'after'));
        try {
          const oracle = new MemoryStore();
          for (let sequence = 1; sequence <= durable; sequence++) applyOperation(oracle, sequence);
          expect(restored.appliedSequence).toBe(durable);
          expect(restored.read(describeState)).toBe(describeState(oracle));
          // And it goes on from there.
          apply(restored, 100);
          for (let nth = 1; nth <= 100; nth++) applyOperation(oracle, durable + nth);
          expect(restored.read(describeState)).toBe(describeState(oracle));
        } finally {
          await restored.close();
        }
      } finally {
        await storage.close();
        rmSync(folder, { recursive: true, force: true });
      }
    }),
    { numRuns: 25 },
  );
}, 120_000);

function apply(storage: DocumentStorage, count: number): void {
  storage.write((writer) => {
    const last = writer.appliedSequence + count;
    for (let sequence = writer.appliedSequence + 1; sequence <= last; sequence++) {
      applyOperation(writer, sequence);
    }
    writer.setAppliedSequence(last);
  });
}

/** Pages that did not change since are what they are; the others met some fate. */
function mix(then: Buffer, now: Buffer, fates: Iterator<string>): Buffer {
  const image = Buffer.from(now);
  for (let at = 0; at < now.length; at += PAGE_BYTES) {
    const page = now.subarray(at, at + PAGE_BYTES);
    const before = then.subarray(at, at + PAGE_BYTES);
    if (page.equals(before)) continue;
    const fate: unknown = fates.next().value;
    if (fate === 'now') continue;
    image.fill(0, at, at + PAGE_BYTES);
    before.copy(image, at);
    // A sector of the new page only.
    if (fate === 'torn') page.copy(image, at + 1024, 1024, 1536);
  }
  return image;
}

/** The state says that it was noted before the machine was last started. */
function restartMachine(file: string): void {
  const bytes = readFileSync(file);
  bytes.write('another-start', 16, 'latin1');
  bytes.writeUInt32LE(crc32c(bytes.subarray(0, -4)), bytes.length - 4);
  writeFileSync(file, bytes);
}
