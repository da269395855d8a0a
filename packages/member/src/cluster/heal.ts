/**
 * One index, fetched from another member:
 *
 *   index-fetch  {application, index, atLeast} → {applied, files: [[name, bytes], …]}, then parts {file, offset, crc32} with bytes as payload, in order
 *
 * The peer answers with what it has published, held by links, once that contains everything up to `atLeast`. `applied`: what it contains, at least
 * `atLeast`; if nothing of the log between is about this index, that is more than its manifest says.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { asSequence, type Json, type JsonObject, type Sequence } from '@skein/base';
import type { DataLayout } from '../data-layout.ts';
import { syncFolder } from '../file-directory.ts';
import { decodeIndexMeta } from '../index-meta.ts';
import type { IndexStore } from '../index-store.ts';
import { linkIndex } from './checkpoint.ts';
import type { PeerClient } from './peer-client.ts';
import type { PeerAnswer, PeerRequest } from './peer-handler.ts';

export interface ServeIndexParts {
  readonly layout: DataLayout;
  readonly stores: (application: string) => Iterable<IndexStore>;
  readonly publishedThrough: () => Sequence;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
}

/** What came from a peer is not the index that was asked for; or the peer does not have it. */
export class HealError extends Error {
  override readonly name = 'HealError';
}

const PART_BYTES = 1024 * 1024;
const WAIT_MS_MAX = 20_000;
const WAIT_STEP_MS = 20;
/** What else grows on the disk meanwhile. */
const FREE_BYTES_MIN = 64 * 1024 * 1024;
const FOLDER = 'lent-indexes';

/** What an earlier process lent is not wanted any more. */
export function removeLent(layout: DataLayout): void {
  rmSync(join(layout.root, FOLDER), { recursive: true, force: true });
}

/** The handler of `index-fetch`. Throws `HealError`. */
export async function* serveIndex(
  parts: ServeIndexParts,
  { fields, signal }: Pick<PeerRequest, 'fields' | 'signal'>,
): AsyncGenerator<PeerAnswer, void, undefined> {
  const { application, index, atLeast } = fields as { application?: Json; index?: Json; atLeast?: Json };
  if (typeof application !== 'string' || typeof index !== 'string' || !isCount(atLeast))
    throw new HealError('expected application, index and atLeast');
  const { store, applied } = await publishedAtLeast(parts, { application, index, atLeast }, signal);
  const folder = join(parts.layout.root, FOLDER, randomUUID());
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    // Nothing was waited for since the state was looked at.
    linkIndex(store, folder, parts.log);
    const held = join(folder, basename(store.folder));
    const files = readdirSync(held)
      .sort()
      .map((name): [string, number] => [name, statSync(join(held, name)).size]);
    yield { fields: { applied, files } };
    for (const [file, [name, length]] of files.entries()) {
      const handle = await open(join(held, name), 'r');
      try {
        for (let offset = 0; offset < length; ) {
          const bytes = await readWhole(handle, offset, Math.min(PART_BYTES, length - offset));
          yield { fields: { file, offset, crc32: crc32(bytes) }, payload: bytes };
          offset += bytes.byteLength;
        }
      } finally {
        await handle.close();
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The state is of the moment at which the promise is fulfilled, as long as the caller goes on at once. */
async function publishedAtLeast(
  { stores, publishedThrough }: ServeIndexParts,
  wanted: { readonly application: string; readonly index: string; readonly atLeast: number },
  signal: AbortSignal,
): Promise<{ readonly store: IndexStore; readonly applied: Sequence }> {
  const untilMs = performance.now() + WAIT_MS_MAX;
  for (;;) {
    const store = [...stores(wanted.application)].find(({ name }) => name === wanted.index);
    const manifest = store?.damage === undefined ? store?.manifest : undefined;
    if (store === undefined || manifest === undefined)
      throw new HealError(`index ${wanted.index} is not here, or damaged`);
    const { appliedSequence } = decodeIndexMeta(manifest.meta, store.name);
    const published = publishedThrough();
    if (appliedSequence >= wanted.atLeast || published >= wanted.atLeast)
      return { store, applied: asSequence(Math.max(appliedSequence, wanted.atLeast)) };
    if (performance.now() >= untilMs)
      throw new HealError(`operation ${wanted.atLeast} is not published here yet, only ${published}`);
    await pause(WAIT_STEP_MS, undefined, { signal });
  }
}

/** Writes the index into `folder`, synced. Gives the last operation that it contains. Throws `HealError`, and what the line and the disk throw. */
export async function fetchIndex(
  peer: Pick<PeerClient, 'stream'>,
  wanted: { readonly application: string; readonly index: string; readonly atLeast: Sequence },
  folder: string,
  signal: AbortSignal,
): Promise<Sequence> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let offer: Offer | undefined;
  let at = 0;
  let offset = 0;
  let handle: FileHandle | undefined;
  try {
    for await (const { fields, payload } of peer.stream(
      { kind: 'index-fetch', ...wanted },
      { signal, timeoutMs: WAIT_MS_MAX + 10_000 },
    )) {
      if (offer === undefined) {
        offer = readOffer(fields, wanted.atLeast);
        checkRoom(folder, offer);
        continue;
      }
      const file = offer.files[at];
      if (
        file === undefined ||
        fields['file'] !== at ||
        fields['offset'] !== offset ||
        payload.byteLength === 0 ||
        offset + payload.byteLength > file.bytes ||
        crc32(payload) !== fields['crc32']
      ) {
        throw new HealError(`a part of index ${wanted.index} is not the one that comes next, or damaged`);
      }
      handle ??= await open(join(folder, file.name), 'w', 0o600);
      await writeWhole(handle, payload, offset);
      offset += payload.byteLength;
      if (offset < file.bytes) continue;
      await handle.sync();
      await handle.close();
      handle = undefined;
      at++;
      offset = 0;
    }
  } finally {
    await handle?.close();
  }
  if (offer === undefined || at < offer.files.length)
    throw new HealError(`index ${wanted.index} came in part`);
  syncFolder(folder);
  return offer.applied;
}

interface Offer {
  readonly applied: Sequence;
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
}

/** Throws `HealError`. */
export function readOffer(fields: JsonObject, atLeast: number): Offer {
  const { applied, files } = fields as { applied?: Json; files?: Json };
  if (!isCount(applied) || applied < atLeast || !Array.isArray(files))
    throw new HealError('expected applied and files of an index');
  const seen = new Set<string>();
  const list = (files as readonly Json[]).map((row) => {
    const [name, bytes] = Array.isArray(row) ? (row as readonly Json[]) : [];
    // No file of an index is empty.
    if (typeof name !== 'string' || !FILE_NAME.test(name) || seen.has(name) || !isCount(bytes) || bytes === 0)
      throw new HealError('expected names of files, each once, with their lengths');
    seen.add(name);
    return { name, bytes };
  });
  if (!seen.has('manifest')) throw new HealError('expected a manifest');
  return { applied: asSequence(applied), files: list };
}

const FILE_NAME = /^[a-z0-9][a-z0-9._-]{0,200}$/;

function checkRoom(folder: string, { files }: Offer): void {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < bytes + FREE_BYTES_MIN) throw new HealError(`no room for ${bytes} bytes of an index`);
}

async function readWhole(handle: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
    if (bytesRead === 0) throw new HealError(`a file of an index ends at ${offset + filled}`);
    filled += bytesRead;
  }
  return bytes;
}

async function writeWhole(handle: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  let written = 0;
  while (written < bytes.byteLength) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.byteLength - written, offset + written);
    written += bytesWritten;
  }
}

function isCount(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
