import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asSequence } from '@skein/base';
import { afterEach, describe, expect, test } from 'vitest';
import { LocalJournal } from './local-journal.ts';
import { NodeJournalDisk } from './node-journal-disk.ts';
import { operationLogContract, proposed, take, textOf } from './operation-log.contract.ts';
import { SimDisk } from './testing/sim-disk.ts';

const folders: string[] = [];
async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'skein-journal-'));
  folders.push(folder);
  return folder;
}
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

operationLogContract('LocalJournal on a folder, small files', async () => {
  const folder = await temporaryFolder();
  const open = async () =>
    LocalJournal.open(await NodeJournalDisk.open(folder), { fileBytesMax: 100, tailBytesMax: 3 });
  let log = await open();
  return {
    log,
    reopen: async () => {
      await log.close();
      log = await open();
      return log;
    },
    cleanUp: () => log.close(),
  };
});

operationLogContract('LocalJournal on a simulated disk', async () => {
  const disk = new SimDisk(() => 0.5);
  let log = await LocalJournal.open(disk);
  return {
    log,
    reopen: async () => {
      await log.close();
      log = await LocalJournal.open(disk);
      return log;
    },
    cleanUp: () => log.close(),
  };
});

describe('LocalJournal', () => {
  const half = (): number => 0.5;

  test('appends that wait together share one sync', async () => {
    const journal = await LocalJournal.open(new SimDisk(half));
    await Promise.all(Array.from({ length: 1000 }, (_, at) => journal.append([proposed(String(at))])));
    expect(journal.statistics).toMatchObject({ appendedCount: 1000, syncCount: 1 });
  });

  test('reading from anywhere in a large file reads little of it, also after a restart', async () => {
    const disk = new SimDisk(half);
    const text = (at: number): string => `${at} ${'x'.repeat(50_000)}`;
    const first = await LocalJournal.open(disk);
    for (let at = 1; at <= 120; at++) await first.append([proposed(text(at))]);
    await first.close();
    let readBytes = 0;
    const read = disk.read.bind(disk);
    disk.read = async (name, offset, length) => {
      readBytes += length;
      return read(name, offset, length);
    };
    const journal = await LocalJournal.open(disk, { tailBytesMax: 0 });
    for (let at = 121; at <= 140; at++) await journal.append([proposed(text(at))]);
    expect((await take(journal, 1, 140)).map(textOf)).toEqual(
      Array.from({ length: 140 }, (_, at) => text(at + 1)),
    );
    for (const at of [2, 50, 100, 119, 120, 121, 130, 140]) {
      readBytes = 0;
      expect((await take(journal, at, 1)).map(textOf)[0]).toBe(text(at));
      expect(readBytes).toBeLessThanOrEqual(2 * 1024 * 1024);
    }
  });

  test('a copy of its files, as far as they are durable, is a journal', async () => {
    const folder = await temporaryFolder();
    const journal = await LocalJournal.open(await NodeJournalDisk.open(folder), { fileBytesMax: 100 });
    expect(journal.filesFrom(asSequence(1))).toEqual([]);
    for (let at = 1; at <= 5; at++) await journal.append([proposed(`payload ${at}`)]);
    const names = (await readdir(folder)).sort();
    expect(names.length).toBeGreaterThan(2);
    const all = journal.filesFrom(asSequence(1));
    expect(all.map(({ name }) => name)).toEqual(names);
    expect(all.map(({ byteLength }) => byteLength === undefined)).toEqual(
      names.map((_, at) => at < names.length - 1),
    );
    expect(all.at(-1)!.byteLength).toBe((await readFile(join(folder, names.at(-1)!))).byteLength);
    expect(journal.filesFrom(asSequence(6)).map(({ name }) => name)).toEqual(names.slice(-1));
    await journal.release(asSequence(5));
    expect(journal.filesFrom(asSequence(1)).map(({ name }) => name)).toEqual(names.slice(-1));
    await journal.close();
  });

  test('files are closed at their bound, and released only as a whole', async () => {
    const disk = new SimDisk(half);
    const journal = await LocalJournal.open(disk, { fileBytesMax: 150, tailBytesMax: 0 });
    for (let at = 0; at < 20; at++) await journal.append([proposed(String(at))]);
    const before = (await disk.list()).length;
    expect(before).toBeGreaterThan(5);
    await journal.release(asSequence(10));
    expect(journal.firstSequence).toBeGreaterThan(1);
    expect(journal.firstSequence).toBeLessThanOrEqual(11);
    expect((await disk.list()).length).toBeLessThan(before);
    expect((await take(journal, 11, 10)).map(textOf)).toEqual([
      '10',
      '11',
      '12',
      '13',
      '14',
      '15',
      '16',
      '17',
      '18',
      '19',
    ]);
    await expect(take(journal, 1, 1)).rejects.toThrow('operation 1 is released');
  });

  test('an operation over the bound is refused and leaves nothing behind', async () => {
    const journal = await LocalJournal.open(new SimDisk(half), { operationBytesMax: 10 });
    await expect(journal.append([proposed('12345678901')])).rejects.toMatchObject({
      code: 'operation-too-large',
      outcome: 'refused',
    });
    expect(await journal.append([proposed('1234567890')])).toEqual({ first: 1, last: 1 });
  });

  test('an operation larger than one read is followed from the file', async () => {
    const journal = await LocalJournal.open(new SimDisk(half), { tailBytesMax: 0 });
    const large = 'x'.repeat(3 * 1024 * 1024);
    await journal.append([proposed('a'), proposed(large), proposed('b')]);
    expect((await take(journal, 1, 3)).map((operation) => operation.payload.byteLength)).toEqual([
      1,
      large.length,
      1,
    ]);
  });

  test('a full disk refuses the append, keeps what was acknowledged, and takes on when there is room', async () => {
    const disk = new SimDisk(half, { capacityBytes: 400 });
    const journal = await LocalJournal.open(disk);
    await journal.append([proposed('kept')]);
    await expect(journal.append([proposed('x'.repeat(1000))])).rejects.toMatchObject({
      code: 'disk-full',
      outcome: 'refused',
    });
    expect(await journal.append([proposed('later')])).toEqual({ first: 2, last: 2 });
    await journal.close();
    const again = await LocalJournal.open(disk);
    expect((await take(again, 1, 2)).map(textOf)).toEqual(['kept', 'later']);
  });

  test('after a failed sync every append is refused until the journal is opened again', async () => {
    const disk = new SimDisk(half);
    const journal = await LocalJournal.open(disk);
    await journal.append([proposed('a')]);
    disk.failSyncAfter(1);
    await expect(journal.append([proposed('b')])).rejects.toMatchObject({
      code: 'log-failed',
      outcome: 'unknown',
    });
    await expect(journal.append([proposed('c')])).rejects.toMatchObject({ code: 'log-failed' });
    expect(journal.lastSequence).toBe(1);
  });

  test('a flipped bit before a later acknowledged entry is reported, not cut off', async () => {
    const disk = new SimDisk(half);
    const journal = await LocalJournal.open(disk);
    await journal.append([proposed('first')]);
    await journal.append([proposed('second')]);
    await journal.close();
    disk.flipBit('0000000000000001.journal', 40, 3);
    await expect(LocalJournal.open(disk)).rejects.toThrow(
      /0000000000000001.journal: damaged at byte 32: expected operation 1, which was durable/,
    );
  });

  test('damage in an older file is reported when it is followed', async () => {
    const disk = new SimDisk(half);
    const options = { fileBytesMax: 60, tailBytesMax: 0 };
    const journal = await LocalJournal.open(disk, options);
    for (const text of ['a', 'b', 'c']) await journal.append([proposed(text)]);
    await journal.close();
    disk.flipBit('0000000000000001.journal', 70, 1);
    const again = await LocalJournal.open(disk, options);
    await expect(take(again, 1, 3)).rejects.toThrow('damaged at byte 32');
    expect((await take(again, 2, 2)).map(textOf)).toEqual(['b', 'c']);
  });

  test('a journal that lost its files goes on behind the sequences that others know', async () => {
    const disk = new SimDisk(half);
    const options = { tailBytesMax: 0 };
    const journal = await LocalJournal.open(disk, options);
    await journal.append([proposed('a')]);
    await journal.close();
    const floored = await LocalJournal.open(disk, { ...options, sequenceFloor: asSequence(50) });
    const following = take(floored, 1, 2);
    expect(await floored.append([proposed('b')])).toEqual({ first: 51, last: 51 });
    expect((await following).map(({ sequence }) => sequence)).toEqual([1, 51]);
    await floored.close();
    expect((await take(await LocalJournal.open(disk, options), 20, 1)).map(textOf)).toEqual(['b']);
  });

  test('the bytes of a file are those of docs/formats/journal-v1.md', async () => {
    const folder = await temporaryFolder();
    const journal = await LocalJournal.open(await NodeJournalDisk.open(folder));
    await journal.append([
      {
        application: 'APP',
        operationId: 'op1',
        proposedAtMs: 1_700_000_000_000,
        payload: Buffer.from('hello'),
      },
    ]);
    await journal.close();
    const [name] = await readdir(folder);
    const dump = hexDump(await readFile(join(folder, name!)));
    const page = await readFile(new URL('../../../docs/formats/journal-v1.md', import.meta.url), 'utf8');
    expect(page).toContain(dump);
  });
});

function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = [...bytes.subarray(at, at + 16)];
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = row.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${at.toString(16).padStart(8, '0')}  ${hex.padEnd(47)}  ${text}`);
  }
  return lines.join('\n');
}
