/**
 * Taking another member's state:
 *   1. All files are put in place; what belongs to the machine stays, what was there before goes.
 *   2. Lines break, peers die, bytes are damaged: the state that arrives is whole, or nothing changes.
 *   3. Killed at any stage, the next start finds the old state or the new one.
 *   4. Newer data is not replaced; a full disk leaves what was there.
 */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { LocalJournal, NodeJournalDisk } from '@skein/oplog';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import {
  type CheckpointPeer,
  type InstallProgress,
  installCheckpoint,
  lastSequenceIn,
  needsCheckpoint,
} from './checkpoint-install.ts';
import {
  CheckpointFormatError,
  type CheckpointOffer,
  type CheckpointPart,
  decodeOffer,
  encodeOffer,
  isCheckpointPath,
  readPart,
} from './checkpoint-messages.ts';
import { finishInstall, freshFolder, markComplete, type SwapDisk } from './install-swap.ts';

const folders: string[] = [];
const mounts: string[] = [];
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'skein-install-'));
  folders.push(folder);
  return folder;
}
afterEach(() => {
  for (const mount of mounts.splice(0)) run(['umount', '-l', mount]);
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Of a disk of its own. */
function run([command, ...options]: readonly [string, ...string[]]): { readonly status: number | null } {
  return spawnSync(command, options);
}

type Files = Readonly<Record<string, string>>;

const THEIRS: Files = {
  'recent-operations.json': 'theirs',
  'journal/0000000000000007.journal': 'their journal'.repeat(1000),
  'apps/APP/application.json': '{}',
  'apps/APP/fql-secret': 'sealed',
  'apps/APP/documents/documents.mdb': 'pages'.repeat(5000),
  'apps/APP/indexes/movies/manifest': 'their manifest',
  'apps/APP/indexes/movies/1-aa.segment': '',
  'apps/APP/indexes/old%20one.deleted': 'mark',
};

function write(folder: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

function read(folder: string): Files {
  const files: Record<string, string> = {};
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files[path.slice(folder.length + 1)] = readFileSync(path, 'utf8');
  }
  return files;
}

const PART_BYTES = 4096;

/** A member with files in memory; `onPart` makes its line fail. */
class PlainPeer implements CheckpointPeer {
  readonly member: string;
  readonly #files: Files;
  readonly #lastSequence: number;
  onPart: (part: CheckpointPart, count: number) => CheckpointPart = (part) => part;
  partCount = 0;
  readCount = 0;
  readonly released: string[] = [];

  constructor(member: string, files: Files, lastSequence = 100) {
    this.member = member;
    this.#files = files;
    this.#lastSequence = lastSequence;
  }

  open(): Promise<CheckpointOffer> {
    const files = Object.entries(this.#files).map(([path, text]) => ({ path, bytes: text.length }));
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    return Promise.resolve({ id: this.member, lastSequence: this.#lastSequence, bytes, files });
  }

  async *read(
    _: string,
    place: { readonly file: number; readonly offset: number },
  ): AsyncGenerator<CheckpointPart> {
    this.readCount++;
    let { offset } = place;
    for (const [file, text] of Object.values(this.#files).entries()) {
      if (file < place.file) continue;
      for (; offset < text.length; offset += PART_BYTES) {
        const bytes = Buffer.from(text.slice(offset, offset + PART_BYTES));
        await Promise.resolve();
        yield this.onPart({ file, offset, bytes, crc32: crc32(bytes) }, ++this.partCount);
      }
      offset = 0;
    }
  }

  release(id: string): Promise<void> {
    this.released.push(id);
    return Promise.resolve();
  }
}

const quick = { roundPauseMs: 1, resumePauseMs: 1 };
const silent = { ...quick, log: () => {} };

describe('installing a checkpoint', () => {
  test('1: puts all of it in place, and leaves what belongs to the machine', async () => {
    const dataFolder = newFolder();
    const own = { 'etcd/member/wal': 'w', 'skein.pid': '1', secret: 's', 'entries/1': 'e' };
    write(dataFolder, { ...own, 'apps/OLD/application.json': 'o', 'journal/x': 'o' });
    const peer = new PlainPeer('b', THEIRS);
    const told: InstallProgress[] = [];
    const installed = await installCheckpoint({
      ...silent,
      dataFolder,
      peers: () => [peer],
      onProgress: (progress) => told.push(progress),
    });
    expect(installed).toEqual({ member: 'b', lastSequence: 100 });
    expect(read(dataFolder)).toEqual({ ...own, ...THEIRS });
    const bytes = Object.values(THEIRS).join('').length;
    expect(told.at(-1)).toMatchObject({ member: 'b', bytes, bytesTotal: bytes });
    expect(peer.released).toEqual(['b']);
  });

  test('2: goes on where a line broke, and asks again for a damaged part', async () => {
    const dataFolder = newFolder();
    const peer = new PlainPeer('b', THEIRS);
    peer.onPart = (part, count) => {
      if (count % 4 === 2) throw new Error('the line broke');
      return count % 4 === 0 ? { ...part, crc32: part.crc32 ^ 1 } : part;
    };
    await installCheckpoint({ ...silent, dataFolder, peers: () => [peer] });
    expect(read(dataFolder)).toEqual(THEIRS);
    expect(peer.readCount).toBeGreaterThan(3);
  });

  test.each<[string, (part: CheckpointPart) => CheckpointPart]>([
    ['always damaged', (part) => ({ ...part, crc32: part.crc32 ^ 1 })],
    ['of another place', (part) => ({ ...part, offset: part.offset + 1 })],
    [
      'longer than its file',
      (part) => ({ ...part, bytes: Buffer.alloc(1e6), crc32: crc32(Buffer.alloc(1e6)) }),
    ],
    ['empty', (part) => ({ ...part, bytes: Buffer.alloc(0), crc32: 0 })],
  ])('2: takes no part that is %s, and turns to another peer', async (_, damage) => {
    const dataFolder = newFolder();
    const bad = new PlainPeer('b', { ...THEIRS, 'recent-operations.json': 'of b' });
    bad.onPart = (part) => (part.file > 1 ? damage(part) : part);
    const log: string[] = [];
    const good = new PlainPeer('c', THEIRS);
    const installed = await installCheckpoint({
      ...quick,
      dataFolder,
      peers: () => [bad, good],
      log: (_level, message) => log.push(message),
    });
    expect(installed.member).toBe('c');
    expect(read(dataFolder)).toEqual(THEIRS);
    expect(log.join('\n')).toContain('no checkpoint from member b');
  });

  test('2: waits for a peer until there is one, or until it is given up', async () => {
    const dataFolder = newFolder();
    let rounds = 0;
    const peers = (): readonly CheckpointPeer[] => (++rounds < 4 ? [] : [new PlainPeer('b', THEIRS)]);
    expect(await installCheckpoint({ ...silent, dataFolder, peers })).toMatchObject({ member: 'b' });
    const stop = new AbortController();
    const never = installCheckpoint({
      ...silent,
      dataFolder: newFolder(),
      peers: () => [],
      signal: stop.signal,
    });
    stop.abort();
    await expect(never).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('4: never replaces newer data', async () => {
    const dataFolder = newFolder();
    const journal = await LocalJournal.open(await NodeJournalDisk.open(join(dataFolder, 'journal')));
    for (let at = 1; at <= 3; at++)
      await journal.append([
        { application: 'APP', operationId: String(at), proposedAtMs: 1, payload: Buffer.alloc(1) },
      ]);
    await journal.close();
    expect(await lastSequenceIn(dataFolder, () => {})).toBe(3);
    const before = read(dataFolder);
    const peers = (): readonly CheckpointPeer[] => [new PlainPeer('b', THEIRS, 2)];
    await expect(installCheckpoint({ ...silent, dataFolder, peers })).rejects.toMatchObject({
      code: 'newer-here',
    });
    expect(read(dataFolder)).toEqual(before);
    const newer = new PlainPeer('c', THEIRS, 3);
    expect(
      await installCheckpoint({ ...silent, dataFolder, peers: () => [...peers(), newer] }),
    ).toMatchObject({ member: 'c' });
    expect(read(dataFolder)).toEqual(THEIRS);
  });

  test('4: begins nothing that does not fit on the disk', async () => {
    const dataFolder = newFolder();
    write(dataFolder, { 'apps/OLD/application.json': 'o' });
    const peer = new PlainPeer('b', THEIRS);
    const offer = await peer.open();
    peer.open = () => Promise.resolve({ ...offer, bytes: 2 ** 50 });
    await expect(installCheckpoint({ ...silent, dataFolder, peers: () => [peer] })).rejects.toMatchObject({
      code: 'disk-full',
    });
    expect(peer.readCount).toBe(0);
    expect(read(dataFolder)).toEqual({ 'apps/OLD/application.json': 'o' });
  });

  test('4: a disk that becomes full leaves what was there', async ({ skip }) => {
    const mount = newFolder();
    const { status } = run(['mount', '-t', 'tmpfs', '-o', 'size=80m', 'tmpfs', mount]);
    skip(status !== 0, 'mounting needs root');
    mounts.push(mount);
    const dataFolder = join(mount, 'data');
    write(dataFolder, { 'apps/OLD/application.json': 'o' });
    const peer = new PlainPeer('b', {
      ...THEIRS,
      'apps/APP/indexes/movies/2-bb.segment': 'x'.repeat(1_000_000),
    });
    peer.onPart = (part, count) => {
      if (count === 8) fillUp(join(mount, 'filler'));
      return part;
    };
    await expect(installCheckpoint({ ...silent, dataFolder, peers: () => [peer] })).rejects.toMatchObject({
      code: 'disk-full',
    });
    expect(read(dataFolder)).toEqual({ 'apps/OLD/application.json': 'o' });
  });
});

function fillUp(file: string): void {
  for (let bytes = 2 ** 20; bytes >= 1; ) {
    try {
      writeFileSync(file, Buffer.alloc(bytes), { flag: 'a' });
    } catch {
      bytes = bytes === 1 ? 0 : bytes >> 2 || 1;
    }
  }
}

describe('putting it in place', () => {
  /** Dies after `left` calls. */
  class DyingDisk implements SwapDisk {
    left: number;
    constructor(left: number) {
      this.left = left;
    }
    rename(from: string, to: string): void {
      this.#die();
      renameSync(from, to);
    }
    remove(path: string): void {
      this.#die();
      rmSync(path, { recursive: true, force: true });
    }
    #die(): void {
      if (this.left-- === 0) throw new Error('killed');
    }
  }

  const OURS: Files = {
    'apps/OLD/application.json': 'o',
    'journal/1': 'o',
    'recent-operations.json': 'o',
    secret: 's',
  };
  const without = (files: Files, name: string): Files =>
    Object.fromEntries(Object.entries(files).filter(([path]) => !path.startsWith(name)));

  test.each<[string, Files, Files]>([
    ['over all that was there', OURS, THEIRS],
    ['into an empty folder', { secret: 's' }, THEIRS],
    ['without a file that was there', OURS, without(THEIRS, 'recent')],
    ['with a file that was not there', without(OURS, 'recent'), THEIRS],
  ])('3: %s, killed at each stage', (_, ours, theirs) => {
    let stages = 0;
    for (let calls = 0; ; calls++) {
      const dataFolder = newFolder();
      write(dataFolder, ours);
      write(freshFolder(dataFolder), theirs);
      markComplete(dataFolder, { member: 'b', lastSequence: 9 });
      const disk = new DyingDisk(calls);
      try {
        finishInstall(dataFolder, disk);
        break;
      } catch (error) {
        expect(error).toMatchObject({ message: 'killed' });
        stages++;
      }
      finishInstall(dataFolder);
      expect(read(dataFolder), `killed after ${calls} calls`).toEqual({ secret: 's', ...theirs });
      expect(finishInstall(dataFolder)).toBeUndefined();
      expect(readdirSync(dataFolder).filter((name) => name.startsWith('install'))).toEqual([]);
    }
    expect(stages).toBeGreaterThan(3);
  });

  test('3: what was not fetched to its end is thrown away', () => {
    const dataFolder = newFolder();
    write(dataFolder, OURS);
    write(freshFolder(dataFolder), THEIRS);
    expect(finishInstall(dataFolder)).toBeUndefined();
    expect(read(dataFolder)).toEqual(OURS);
    expect(existsSync(join(dataFolder, 'installing'))).toBe(false);
    expect(finishInstall(join(dataFolder, 'nowhere'))).toBeUndefined();
  });
});

describe('what peers say', () => {
  const json = fc.json().map((text) => Buffer.from(text));

  test('an offer comes out as it went in', async () => {
    const offer = await new PlainPeer('b', THEIRS).open();
    const { fields, payload } = encodeOffer(offer);
    expect(decodeOffer(fields, payload)).toEqual(offer);
  });

  test('anything else is refused by the one error', () => {
    const bytes = fc.oneof(
      fc.uint8Array(),
      json,
      fc.array(fc.tuple(fc.string(), fc.integer())).map((list) => Buffer.from(JSON.stringify(list))),
    );
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom('id', 'lastSequence', 'bytes', 'file', 'offset', 'crc32'),
          fc.jsonValue(),
        ),
        bytes,
        (fields, payload) => {
          for (const decode of [decodeOffer, readPart]) {
            try {
              decode(fields as never, payload);
            } catch (error) {
              expect(error).toBeInstanceOf(CheckpointFormatError);
            }
          }
        },
      ),
    );
  });

  test('a path never leads elsewhere', () => {
    const piece = fc.constantFrom(
      'apps',
      'APP',
      '..',
      '.',
      'indexes',
      'documents',
      'journal',
      'manifest',
      'documents.mdb',
      '',
      'x.deleted',
      'secret',
      'a\0b',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const path = pieces.join('/');
        if (isCheckpointPath(path))
          expect(pieces.some((each) => ['..', '.', ''].includes(each) || each.includes('\0'))).toBe(false);
      }),
      { numRuns: 2_000 },
    );
    expect(Object.keys(THEIRS).every(isCheckpointPath)).toBe(true);
    for (const path of [
      'secret',
      'etcd/member/wal',
      'apps/APP/documents/ready',
      'apps/../application.json',
      '/apps/APP/application.json',
      'journal/1.journal\n',
    ])
      expect(isCheckpointPath(path)).toBe(false);
  });
});

test('a checkpoint is needed when nobody has what comes next, and by an empty member whose cluster has a past', () => {
  const peers = [{ first: 5, last: 9 }];
  expect(needsCheckpoint({ own: 0, trimmed: 0, peers: [{ first: 1, last: 0 }] })).toBe(false);
  expect(needsCheckpoint({ own: 0, trimmed: 0, peers: [{ first: 1, last: 8 }] })).toBe(false);
  expect(needsCheckpoint({ own: 0, trimmed: 3, peers: [{ first: 1, last: 8 }] })).toBe(true);
  expect(needsCheckpoint({ own: 0, trimmed: 0, peers })).toBe(true);
  expect(needsCheckpoint({ own: 4, trimmed: 7, peers })).toBe(false);
  expect(needsCheckpoint({ own: 3, trimmed: 7, peers })).toBe(true);
  expect(needsCheckpoint({ own: 3, trimmed: 3, peers })).toBe(false);
});
