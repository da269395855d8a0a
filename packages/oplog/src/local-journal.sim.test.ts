/**
 * Crashes at random calls, with random losses, again and again on one disk. One seed is one run: `SEED=123` replays it, `ROUNDS=10000`
 * asks for more of them.
 */
import { asSequence } from '@skein/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LocalJournal } from './local-journal.ts';
import { take, textOf } from './operation-log.contract.ts';
import { OperationLogError } from './operation-log.ts';
import { randomFrom } from './testing/random-from.ts';
import { runSeeds } from './testing/seeded-runs.ts';
import { SimCrashError, SimDisk } from './testing/sim-disk.ts';

const reached = {
  crashes: 0,
  tornTails: 0,
  unacknowledgedKept: 0,
  unacknowledgedLost: 0,
  diskFull: 0,
  rotations: 0,
  releases: 0,
  crashWhileOpening: 0,
};

test('acknowledged operations survive crashes, in order, none twice, nothing half', async () => {
  await runSeeds(200, reached, oneRun);
});

async function oneRun(seed: number): Promise<void> {
  const random = randomFrom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const options = { fileBytesMax: 200 + below(3000), tailBytesMax: below(2) * 500 };
  const capacity = (): number | undefined => (random() < 0.2 ? 2000 + below(20_000) : undefined);
  let disk = new SimDisk(random, { capacityBytes: capacity() });
  /** sequence → text of what was acknowledged; `refused` must never turn up. */
  const acknowledged = new Map<number, string>();
  const refused = new Set<string>();
  let released = 0;
  let number = 0;

  for (let life = 0; life < 5; life++) {
    disk.crashAfter(1 + below(80));
    try {
      const journal = await LocalJournal.open(disk, options);
      if (journal.tornBytes > 0) reached.tornTails++;
      await check(journal);
      for (let step = 0; step < 30; step++) {
        const appends = Array.from({ length: 1 + below(4) }, async () => {
          const batch = Array.from({ length: 1 + below(3) }, () => {
            const text = `${++number}:${'x'.repeat(below(10) === 0 ? below(3000) : below(60))}`;
            return {
              application: 'a',
              operationId: String(number),
              proposedAtMs: number,
              payload: Buffer.from(text),
            };
          });
          try {
            const range = await journal.append(batch);
            batch.forEach(({ payload }, at) => acknowledged.set(range.first + at, payload.toString()));
          } catch (error) {
            if (!(error instanceof OperationLogError)) throw error;
            if (error.code === 'disk-full') reached.diskFull++;
            if (error.outcome === 'refused') for (const { payload } of batch) refused.add(payload.toString());
          }
        });
        await Promise.all(appends);
        if (disk.crashed) break;
        if (journal.statistics.fileCount > 1) reached.rotations++;
        if (below(8) === 0) {
          released = Math.max(released, below(journal.lastSequence + 1));
          reached.releases++;
          await journal.release(asSequence(released));
        }
      }
    } catch (error) {
      if (!(error instanceof SimCrashError)) throw error;
      reached.crashWhileOpening++;
    }
    if (disk.crashed) reached.crashes++;
    disk = disk.afterCrash({ capacityBytes: capacity() });
  }
  await check(await LocalJournal.open(disk, options));

  async function check(journal: LocalJournal): Promise<void> {
    const lastAcknowledged = Math.max(0, ...acknowledged.keys());
    expect(journal.lastSequence).toBeGreaterThanOrEqual(lastAcknowledged);
    expect(journal.firstSequence).toBeLessThanOrEqual(released + 1);
    const count = journal.lastSequence - journal.firstSequence + 1;
    const operations = await take(journal, journal.firstSequence, count);
    expect(operations.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: count }, (_, at) => journal.firstSequence + at),
    );
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(count);
    for (const operation of operations) {
      const expected = acknowledged.get(operation.sequence);
      if (expected === undefined) reached.unacknowledgedKept++;
      else expect(textOf(operation)).toBe(expected);
      expect(refused.has(textOf(operation))).toBe(false);
      // From now on it has been shown to a follower, so it must stay.
      acknowledged.set(operation.sequence, textOf(operation));
    }
    if (number > acknowledged.size) reached.unacknowledgedLost++;
  }
}

test('a journal file with any one bit flipped gives its entries unchanged, or an error, or ends early', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.nat(7), async (place, bit) => {
      const disk = new SimDisk(() => 0.5);
      const journal = await LocalJournal.open(disk);
      for (let at = 1; at <= 4; at++) {
        await journal.append([
          { application: 'a', operationId: String(at), proposedAtMs: at, payload: Buffer.from(`text ${at}`) },
        ]);
      }
      await journal.close();
      const name = '0000000000000001.journal';
      const byteOffset = place % disk.bytes(name).byteLength;
      disk.flipBit(name, byteOffset, bit);
      const lastEntryStart = disk.bytes(name).byteLength - (disk.bytes(name).byteLength - 32) / 4;
      if (byteOffset < lastEntryStart) {
        await expect(LocalJournal.open(disk)).rejects.toThrow('damaged at byte');
      } else {
        const again = await LocalJournal.open(disk);
        expect((await take(again, 1, 3)).map(textOf)).toEqual(['text 1', 'text 2', 'text 3']);
        expect(again.lastSequence).toBe(3);
      }
    }),
  );
});

test('arbitrary bytes in a journal file are cut off or reported', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 500 }), async (bytes) => {
      const disk = new SimDisk(() => 0.5);
      const journal = await LocalJournal.open(disk);
      await journal.append([
        { application: 'a', operationId: '1', proposedAtMs: 1, payload: Buffer.from('text') },
      ]);
      await journal.close();
      const name = '0000000000000001.journal';
      const file = await disk.open(name);
      const end = disk.bytes(name).byteLength;
      await file.write([bytes], end);
      const again = await LocalJournal.open(disk);
      expect(again.lastSequence).toBe(1);
      expect(again.tornBytes).toBe(bytes.byteLength);
    }),
  );
});
