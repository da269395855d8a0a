/**
 * What of a store surely survives a power loss.
 *
 * LMDB runs without syncing: a commit is in the operating system's memory, where other processes see it and a killed process leaves it,
 * while the journal is what keeps it from a power loss. So that the file can be trusted after one, too, we now and then
 *
 *  1. hold a read transaction on the newest state, so that none of its pages is used for anything else;
 *  2. note the two meta pages (which say where that state's root is), and let the disk catch up with the file;
 *  3. write the noted pages into `durable.bin` (atomically, synced), and let go of the state that was held before.
 *
 * All pages of the state in `durable.bin` are then on the disk and stay there. After a power loss, told by the machine's boot id, the
 * meta pages in the file may point to pages that never reached the disk: the noted ones replace them, and the journal has the rest.
 *
 *   magic 'SKDD' | version 4 | page bytes 4 | length of boot id 4 | boot id | length of the file 8 | meta pages | CRC-32C 4, little-endian
 */
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  fdatasyncSync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { CorruptionError, crc32c } from '@skein/base';
import { PAGE_BYTES } from './limits.ts';

export const DATA_FILE = 'documents.mdb';
const DURABLE_FILE = 'durable.bin';
const READY_FILE = 'ready';
const META_BYTES = 2 * PAGE_BYTES;
const MAGIC = 'SKDD';
const VERSION = 1;
const LMDB_MAGIC = 0xbeefc0de;
/** Behind the page's header. */
const LMDB_MAGIC_AT = 24;

interface DurableState {
  readonly bootId: string;
  readonly fileBytes: number;
  readonly metaPages: Uint8Array;
}

/** An empty folder is no store yet. */
export function hasStore(folder: string): boolean {
  return existsSync(join(folder, DATA_FILE)) || existsSync(join(folder, DURABLE_FILE));
}

/** Notes the newest state: nothing may be committed while this runs. */
export function noteState(folder: string, fileDescriptor: number): Uint8Array {
  const metaPages = new Uint8Array(META_BYTES);
  const length = readSync(fileDescriptor, metaPages, 0, META_BYTES, 0);
  const file = join(folder, DATA_FILE);
  if (length !== META_BYTES) throw new CorruptionError({ file, offset: length, expected: 'two meta pages' });
  return encode({ bootId: bootId(), fileBytes: statSync(file).size, metaPages });
}

/** Once the file is synced. */
export async function keepState(folder: string, state: Uint8Array): Promise<void> {
  const target = join(folder, DURABLE_FILE);
  const file = await open(`${target}.new`, 'w');
  try {
    await file.writeFile(state);
    await file.datasync();
  } finally {
    await file.close();
  }
  await rename(`${target}.new`, target);
  const directory = await open(folder, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

export function keepStateSync(folder: string, state: Uint8Array): void {
  const target = join(folder, DURABLE_FILE);
  const file = openSync(`${target}.new`, 'w');
  try {
    writeSync(file, state);
    fdatasyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${target}.new`, target);
  syncFolder(folder);
}

export function syncFolder(folder: string): void {
  const directory = openSync(folder, constants.O_RDONLY);
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

/**
 * Before a writer opens the store: after a power loss the file becomes that of the last durable state; whether it did. Throws
 * `CorruptionError` when one of the files is not what was written.
 */
export function restoreDurableState(folder: string): boolean {
  const file = join(folder, DATA_FILE);
  const state = checkLength(folder);
  const isRestored = state.bootId !== bootId();
  if (isRestored) {
    const data = openSync(file, 'r+');
    try {
      writeSync(data, state.metaPages, 0, META_BYTES, 0);
      fdatasyncSync(data);
    } finally {
      closeSync(data);
    }
  }
  return isRestored;
}

/**
 * Both files are there and the store is as long as it was: reading a mapped file beyond its end would end the process. Throws
 * `CorruptionError`.
 */
export function checkLength(folder: string): DurableState {
  const file = join(folder, DATA_FILE);
  for (const each of [file, join(folder, DURABLE_FILE)]) {
    if (!existsSync(each)) throw new CorruptionError({ file: each, offset: 0, expected: 'a file' });
  }
  const state = decode(join(folder, DURABLE_FILE));
  const { size } = statSync(file);
  if (size < state.fileBytes) {
    throw new CorruptionError({ file, offset: size, expected: `${state.fileBytes} bytes` });
  }
  return state;
}

/** Meta pages that LMDB could not read are told here: it would take a file of zeroes for a new one. */
export function checkMetaPages(folder: string): void {
  const file = join(folder, DATA_FILE);
  const data = openSync(file, 'r');
  try {
    const view = new DataView(new ArrayBuffer(4));
    for (const page of [0, PAGE_BYTES]) {
      const length = readSync(data, view, 0, 4, page + LMDB_MAGIC_AT);
      if (length !== 4 || view.getUint32(0, true) !== LMDB_MAGIC) {
        throw new CorruptionError({
          file,
          offset: page + LMDB_MAGIC_AT,
          expected: 'the magic number of LMDB',
        });
      }
    }
  } finally {
    closeSync(data);
  }
}

function encode({ bootId, fileBytes, metaPages }: DurableState): Uint8Array {
  const id = Buffer.from(bootId);
  const head = Buffer.alloc(16);
  head.write(MAGIC, 'latin1');
  head.writeUInt32LE(VERSION, 4);
  head.writeUInt32LE(PAGE_BYTES, 8);
  head.writeUInt32LE(id.length, 12);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(fileBytes));
  const body = Buffer.concat([head, id, length, metaPages]);
  const check = Buffer.alloc(4);
  check.writeUInt32LE(crc32c(body));
  return Buffer.concat([body, check]);
}

function decode(file: string): DurableState {
  const bytes = readFileSync(file);
  const body = bytes.subarray(0, Math.max(0, bytes.length - 4));
  const damaged = (offset: number, expected: string): CorruptionError =>
    new CorruptionError({ file, offset, expected });
  if (bytes.length < 28 + META_BYTES) throw damaged(bytes.length, 'a durable state');
  if (bytes.readUInt32LE(body.length) !== crc32c(body))
    throw damaged(body.length, 'the checksum of the bytes before');
  if (body.toString('latin1', 0, 4) !== MAGIC) throw damaged(0, `the letters ${MAGIC}`);
  if (body.readUInt32LE(4) !== VERSION) throw damaged(4, `version ${VERSION}`);
  if (body.readUInt32LE(8) !== PAGE_BYTES) throw damaged(8, `pages of ${PAGE_BYTES} bytes`);
  const idEnd = 16 + body.readUInt32LE(12);
  if (body.length !== idEnd + 8 + META_BYTES) throw damaged(12, 'the length of a boot id');
  return {
    bootId: body.toString('utf8', 16, idEnd),
    fileBytes: Number(body.readBigUInt64LE(idEnd)),
    metaPages: Uint8Array.from(body.subarray(idEnd + 8)),
  };
}

/**
 * Notes that the store has everything that was acknowledged. After a power loss it does not, until the journal has been replayed; the note
 * is then that of another start of the machine.
 */
export function markReady(folder: string): void {
  if (isReady(folder)) return;
  const file = join(folder, READY_FILE);
  writeFileSync(`${file}.new`, bootId());
  renameSync(`${file}.new`, file);
}

export function isReady(folder: string): boolean {
  try {
    return readFileSync(join(folder, READY_FILE), 'utf8') === bootId();
  } catch {
    return false;
  }
}

let knownBootId: string | undefined;

/** Another one after each start of the machine. */
function bootId(): string {
  knownBootId ??= readBootId();
  return knownBootId;
}

function readBootId(): string {
  if (process.platform === 'linux') return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  if (process.platform === 'darwin') {
    return execFileSync('sysctl', ['-n', 'kern.bootsessionuuid'], { encoding: 'utf8' }).trim();
  }
  throw new Error(`documents: how to tell a power loss on ${process.platform} is not known`);
}
