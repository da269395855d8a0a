/**
 * Crashes at random calls, with random losses, again and again on one disk. One seed is one run: `SEED=123` replays it, `ROUNDS=10000`
 * asks for more of them.
 */
import { expect, test } from 'vitest';
import { randomFrom } from '../testing/random-from.ts';
import { runSeeds } from '../testing/seeded-runs.ts';
import { SimCrashError, SimDisk } from '../testing/sim-disk.ts';
import { type EntryId, entryText } from './entry-id.ts';
import { EntryStore, EntryStoreError } from './entry-store.ts';

const reached = {
  crashes: 0,
  tornEnds: 0,
  unacknowledgedKept: 0,
  unacknowledgedLost: 0,
  droppedBack: 0,
  diskFull: 0,
  filesGone: 0,
  copies: 0,
  crashesWhileOpening: 0,
};

test('what was acknowledged and not dropped survives crashes, whole; what was refused never turns up', async () => {
  await runSeeds(80, reached, oneRun);
});

type Fate = 'adding' | 'acknowledged' | 'refused' | 'dropped' | 'lost';

async function oneRun(seed: number): Promise<void> {
  const random = randomFrom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const options = { fileBytesMax: 300 + below(4000), tailBytesMax: below(2) * 1000 };
  const capacity = (): number | undefined => (random() < 0.2 ? 3000 + below(20_000) : undefined);
  let disk = new SimDisk(random, { capacityBytes: capacity() });
  const entries = new Map<string, { id: EntryId; payload: Buffer; fate: Fate }>();
  let counter = 0;

  for (let life = 0; life < 6; life++) {
    disk.crashAfter(1 + below(90));
    try {
      const store = await EntryStore.open(disk, options);
      if (store.tornBytes > 0) reached.tornEnds++;
      await check(store);
      for (let step = 0; step < 30; step++) {
        const calls: Promise<void>[] = Array.from({ length: 1 + below(4) }, () => addOne(store));
        if (below(3) === 0) calls.push(dropSome(store));
        if (below(4) === 0) calls.push(readOne(store));
        await Promise.all(calls);
        if (disk.crashed) break;
        await readOne(store);
      }
    } catch (error) {
      if (!(error instanceof SimCrashError)) throw error;
      reached.crashesWhileOpening++;
    }
    if (disk.crashed) reached.crashes++;
    disk = disk.afterCrash({ capacityBytes: capacity() });
  }
  await check(await EntryStore.open(disk, options));

  async function addOne(store: EntryStore): Promise<void> {
    const id = { member: below(2) === 0 ? 'a' : 'b', epoch: 5, counter: ++counter };
    const payload = Buffer.from(`${counter}:${'x'.repeat(below(10) === 0 ? below(3000) : below(80))}`);
    const entry: { id: EntryId; payload: Buffer; fate: Fate } = { id, payload, fate: 'adding' };
    entries.set(entryText(id), entry);
    try {
      await store.add(id, payload);
      if (entry.fate === 'adding') entry.fate = 'acknowledged';
    } catch (error) {
      if (!(error instanceof EntryStoreError)) throw error;
      if (error.code !== 'disk-full') return;
      reached.diskFull++;
      entry.fate = 'refused';
    }
  }

  async function dropSome(store: EntryStore): Promise<void> {
    const filesBefore = await disk.list();
    const wanted = [...entries.values()].filter(({ fate }) => fate === 'acknowledged');
    const part = random();
    const dropped = wanted.filter((_, at) => at < wanted.length * part && random() < 0.9);
    for (const entry of dropped) entry.fate = 'dropped';
    try {
      await store.drop(dropped.map(({ id }) => id));
    } catch (error) {
      if (!(error instanceof SimCrashError)) throw error;
      return;
    }
    const filesAfter = await disk.list();
    if (filesBefore.some((name) => !filesAfter.includes(name))) reached.filesGone++;
  }

  async function readOne(store: EntryStore): Promise<void> {
    const all = [...entries.values()];
    const entry = all[below(all.length)]!;
    const fateBefore = entry.fate;
    const bytes = await store.read(entry.id);
    if (fateBefore === 'acknowledged' && entry.fate === 'acknowledged') expect(bytes).toBeDefined();
    if (bytes !== undefined) expect(Buffer.compare(bytes, entry.payload)).toBe(0);
    if (fateBefore === 'refused' || fateBefore === 'dropped' || fateBefore === 'lost')
      expect(bytes).toBeUndefined();
  }

  async function check(store: EntryStore): Promise<void> {
    const back: EntryId[] = [];
    for (const entry of entries.values()) {
      const bytes = await store.read(entry.id);
      expect(store.has(entry.id)).toBe(bytes !== undefined);
      if (bytes !== undefined) expect(Buffer.compare(bytes, entry.payload)).toBe(0);
      if (entry.fate === 'acknowledged') expect(bytes, entryText(entry.id)).toBeDefined();
      if (entry.fate === 'refused' || entry.fate === 'lost') expect(bytes).toBeUndefined();
      if (entry.fate === 'adding') {
        // From now on it is shown, so it must stay; or it is gone for good.
        entry.fate = bytes === undefined ? 'lost' : 'acknowledged';
        if (bytes === undefined) reached.unacknowledgedLost++;
        else reached.unacknowledgedKept++;
      }
      if (entry.fate === 'dropped' && bytes !== undefined) back.push(entry.id);
    }
    for (const id of store.ids()) expect(entries.has(entryText(id))).toBe(true);
    if (back.length > 0) reached.droppedBack++;
    await store.drop(back);
    expect(new Set(store.ids().map(entryText)).size).toBe(store.count);
    let live = 0;
    for (const { fate, payload } of entries.values()) if (fate === 'acknowledged') live += payload.byteLength;
    const listed = await disk.list();
    let onDisk = 0;
    for (const name of listed) onDisk += await disk.byteLength(name);
    if (!disk.crashed) expect(store.byteLength).toBe(onDisk);
    expect(onDisk).toBeGreaterThanOrEqual(live);
    const numbers = listed.map((name) => Number.parseInt(name, 10)).sort((a, b) => a - b);
    if (numbers.some((number, at) => at > 0 && number > numbers[at - 1]! + 1)) reached.copies++;
  }
}
