/**
 * Copies of this member's state that others fetch: `<data>/checkpoints/<id>`, made of hard links, documents excepted. One that nobody asks for any more
 * goes after a while; all of them go when the builder starts or ends.
 */
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { BuilderError, type BuilderErrorCode } from '../ipc/messages.ts';
import {
  type Checkpoint,
  CheckpointError,
  type CheckpointErrorCode,
  type CheckpointParts,
  takeCheckpoint,
} from './checkpoint.ts';
import {
  type CheckpointFile,
  CheckpointFormatError,
  type CheckpointOffer,
  type CheckpointPart,
  type CheckpointPlace,
  encodeOffer,
  readId,
  readPlace,
} from './checkpoint-messages.ts';
import type { PeerHandlers } from './peer-handler.ts';

export interface CheckpointSourceOptions {
  /** After the last word of who asked for it. Milliseconds. */
  readonly keepMs?: number | undefined;
}

/** Who lost its line tries again within seconds; links cost little while they wait, documents their size. */
const KEEP_MS = 60_000;
/** Each may be a copy of all documents. */
const OPEN_MAX = 2;
/** Peers want parts of no more. */
const PART_BYTES = 1024 * 1024;
const FOLDER = 'checkpoints';

interface Kept {
  readonly folder: string;
  readonly offer: CheckpointOffer;
  readonly checkpoint: Checkpoint;
  readonly timer: NodeJS.Timeout;
  readerCount: number;
}

export class CheckpointSource {
  readonly #parts: CheckpointParts;
  readonly #root: string;
  readonly #keepMs: number;
  readonly #kept = new Map<string, Kept>();
  readonly #closing = new AbortController();
  #takingCount = 0;
  readonly #taking = new Set<Promise<unknown>>();

  /** Removes what an earlier process left. */
  constructor(parts: CheckpointParts, options: CheckpointSourceOptions = {}) {
    this.#parts = parts;
    this.#root = join(parts.layout.root, FOLDER);
    this.#keepMs = options.keepMs ?? KEEP_MS;
    rmSync(this.#root, { recursive: true, force: true });
  }

  /** Where a copy is; who is on this machine may move it away, and then releases it. */
  folderOf(id: string): string {
    return join(this.#root, id);
  }

  get openCount(): number {
    return this.#kept.size + this.#takingCount;
  }

  /** A new copy, to be read until it is released. Throws `CheckpointError`, and what the disk throws. */
  async open(signal?: AbortSignal): Promise<CheckpointOffer> {
    if (this.openCount >= OPEN_MAX)
      throw new CheckpointError('busy', `${OPEN_MAX} checkpoints are being fetched from here already`);
    const stop = AbortSignal.any([this.#closing.signal, ...(signal === undefined ? [] : [signal])]);
    const id = randomUUID();
    const folder = join(this.#root, id);
    this.#takingCount++;
    const taking = this.#take(folder, stop);
    this.#taking.add(taking);
    try {
      const { checkpoint, files } = await taking;
      const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
      const offer = { id, lastSequence: checkpoint.lastSequence, bytes, files };
      const timer = setTimeout(() => this.#expire(id), this.#keepMs);
      timer.unref();
      this.#kept.set(id, { folder, offer, checkpoint, timer, readerCount: 0 });
      return offer;
    } finally {
      this.#takingCount--;
      this.#taking.delete(taking);
    }
  }

  /** From `place` to the end of the last file. Throws `CheckpointFormatError` where there is no such place, or no such copy (any more). */
  async *read(id: string, place: CheckpointPlace): AsyncGenerator<CheckpointPart, void, undefined> {
    const kept = this.#kept.get(id);
    if (kept === undefined) throw new CheckpointFormatError(`checkpoint ${id} is not kept here`);
    const { folder, offer, timer } = kept;
    if (place.file > offer.files.length) throw new CheckpointFormatError(`no file ${place.file}`);
    kept.readerCount++;
    try {
      let { offset } = place;
      for (let file = place.file; file < offer.files.length; file++) {
        const { path, bytes: length } = offer.files[file]!;
        if (offset > length) throw new CheckpointFormatError(`${path} has no byte ${offset}`);
        if (offset < length) {
          const handle = await open(join(folder, path), 'r');
          try {
            while (offset < length) {
              timer.refresh();
              const bytes = await readWhole(handle, offset, Math.min(PART_BYTES, length - offset));
              yield { file, offset, bytes, crc32: crc32(bytes) };
              offset += bytes.byteLength;
            }
          } finally {
            await handle.close();
          }
        }
        offset = 0;
      }
    } finally {
      kept.readerCount--;
      timer.refresh();
    }
  }

  /** Not an error when it is gone already. */
  async release(id: string): Promise<void> {
    const kept = this.#kept.get(id);
    if (kept === undefined) return;
    this.#kept.delete(id);
    clearTimeout(kept.timer);
    kept.checkpoint.letGo();
    await rm(kept.folder, { recursive: true, force: true });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#taking);
    await Promise.all([...this.#kept.keys()].map((id) => this.release(id)));
  }

  async #take(
    folder: string,
    signal: AbortSignal,
  ): Promise<{ readonly checkpoint: Checkpoint; readonly files: readonly CheckpointFile[] }> {
    await mkdir(this.#root, { recursive: true, mode: 0o700 });
    let checkpoint: Checkpoint | undefined;
    try {
      checkpoint = await takeCheckpoint(this.#parts, folder, signal);
      if (signal.aborted) throw new CheckpointError('cancelled', 'nobody waits for the copy any more');
      return { checkpoint, files: await filesIn(folder) };
    } catch (error) {
      checkpoint?.letGo();
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  #expire(id: string): void {
    const kept = this.#kept.get(id);
    if (kept === undefined) return;
    // A part may wait for a slow line for long.
    if (kept.readerCount > 0) {
      kept.timer.refresh();
      return;
    }
    this.release(id).catch((error: unknown) =>
      this.#parts.log(
        'warn',
        `checkpoint ${id} was not removed: ${error instanceof Error ? error.message : String(error)}`,
      ),
    );
  }
}

/** What processes of this machine are told when there is no copy. */
export function builderErrorOf(error: unknown): unknown {
  if (!(error instanceof CheckpointError)) return error;
  return new BuilderError(BUILDER_CODES[error.code], 'refused', error.message, { cause: error });
}

const BUILDER_CODES: Readonly<Record<CheckpointErrorCode, BuilderErrorCode>> = {
  'documents-damaged': 'documents-damaged',
  'no-room': 'disk-full',
  busy: 'too-many-jobs',
  cancelled: 'unavailable',
};

/** Answers peers; see `checkpoint-messages.ts`. */
export function serveCheckpoints(source: CheckpointSource): PeerHandlers {
  return {
    'checkpoint-open': async ({ signal }) => encodeOffer(await source.open(signal)),
    'checkpoint-read': async function* ({ fields }) {
      for await (const { bytes, file, offset, crc32: sum } of source.read(readId(fields), readPlace(fields)))
        yield { fields: { file, offset, crc32: sum }, payload: bytes };
    },
    'checkpoint-release': async ({ fields }) => {
      await source.release(readId(fields));
      return {};
    },
  };
}

async function readWhole(handle: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
    if (bytesRead === 0) throw new Error(`a file of a checkpoint ends at ${offset + filled}`);
    filled += bytesRead;
  }
  return bytes;
}

async function filesIn(folder: string): Promise<readonly CheckpointFile[]> {
  const files: CheckpointFile[] = [];
  const visit = async (prefix: string): Promise<void> => {
    const entries = await readdir(join(folder, prefix), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
      if (entry.isDirectory()) await visit(path);
      else files.push({ path, bytes: (await stat(join(folder, path))).size });
    }
  };
  await visit('');
  return files;
}
