import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DocumentStorage } from './document-storage.ts';
import { applyOperation } from './testing/scripted-operations.ts';

const OPERATIONS_MAX = 40;

/** Rows of a store that applied the operations, so many in each commit; `reopen` after each of them. */
async function rowsAfter(count: number, groups: readonly number[], reopen: boolean): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'skein-rows-'));
  try {
    let storage = DocumentStorage.open(join(folder, 'documents'));
    let sequence = 0;
    for (let group = 0; sequence < count; group++) {
      const last = Math.min(count, sequence + groups[group % groups.length]!);
      storage.write((writer) => {
        while (sequence < last) applyOperation(writer, ++sequence);
        writer.setAppliedSequence(sequence);
      });
      if (!reopen) continue;
      await storage.close();
      storage = DocumentStorage.open(join(folder, 'documents'));
    }
    const rows = storage.read((reader) =>
      Array.from(
        reader.storedRows(),
        ({ table, key, value }) =>
          `${table} ${Buffer.from(key).toString('hex')} ${Buffer.from(value).toString('hex')}`,
      ),
    );
    await storage.close();
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('the same operations leave the same rows, however they were committed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: OPERATIONS_MAX }),
      fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 }),
      fc.boolean(),
      async (count, groups, reopen) => {
        const rows = await rowsAfter(count, [1], false);
        expect(new Set(rows).size).toBe(rows.length);
        expect(await rowsAfter(count, groups, reopen)).toEqual(rows);
      },
    ),
    // Each store costs a hundred milliseconds.
    { numRuns: Number(process.env['RUNS'] ?? 5) },
  );
}, 60_000);

test('all that is written shows in some row', async () => {
  const seen = new Set<string>();
  for (const count of [5, 10, 20, 40, 80]) seen.add((await rowsAfter(count, [9], false)).join());
  expect(seen.size).toBe(5);
});

test('rows hold what every table has', async () => {
  const tables = new Set((await rowsAfter(OPERATIONS_MAX * 5, [7], false)).map((row) => row.split(' ')[0]));
  expect(tables).toContain('documents');
  expect(tables).toContain('versions');
  expect(tables).toContain('entries');
  expect(tables).toContain('changes');
  expect(tables).toContain('numbers');
});
