/**
 * A member that has nothing, or is too far behind for the log to bring it back, takes the whole state of another one: its checkpoint. Runs before a
 * builder opens anything in the data folder.
 *
 *   open at a peer → fetch into <data>/installing/new, each part checked → synced → marked → put in place (`install-swap.ts`)
 *
 * A line that breaks is picked up where it was; a peer that stays away gives way to another one, whose checkpoint is fetched from its beginning.
 */
import { existsSync, readdirSync } from 'node:fs';
import { type FileHandle, mkdir, open, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { CorruptionError, type JsonObject } from '@skein/base';
import { LocalJournal, NodeJournalDisk } from '@skein/oplog';
import { DataLayout } from '../data-layout.ts';
import { RecentOperations } from '../recent-operations.ts';
import {
  CheckpointFormatError,
  type CheckpointOffer,
  type CheckpointPart,
  type CheckpointPlace,
  decodeOffer,
  readPart,
} from './checkpoint-messages.ts';
import { finishInstall, freshFolder, type InstalledCheckpoint, markComplete } from './install-swap.ts';

/** Another member, as asked for its checkpoint. Every method rejects when it does not answer. */
export interface CheckpointPeer {
  readonly member: string;
  open(signal: AbortSignal): Promise<CheckpointOffer>;
  read(id: string, place: CheckpointPlace, signal: AbortSignal): AsyncIterable<CheckpointPart>;
  release(id: string): Promise<void>;
}

export interface InstallProgress {
  readonly member: string;
  readonly bytes: number;
  readonly bytesTotal: number;
  /** Since it began with this member. */
  readonly bytesPerSecond: number;
}

export interface InstallOptions {
  readonly dataFolder: string;
  /** Asked anew for each round; the first ones are preferred. */
  readonly peers: () => readonly CheckpointPeer[];
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
  /** Several times a second at most. */
  readonly onProgress?: ((progress: InstallProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Before all peers are tried again; longer from round to round. Milliseconds. */
  readonly roundPauseMs?: number | undefined;
  /** Before a line that broke is picked up. Milliseconds. */
  readonly resumePauseMs?: number | undefined;
}

export type InstallErrorCode = 'disk-full' | 'newer-here' | 'cancelled';

/** The install was given up, and the data folder is as it was. */
export class InstallError extends Error {
  override readonly name = 'InstallError';
  readonly code: InstallErrorCode;

  constructor(code: InstallErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

const ROUND_PAUSE_MS = 500;
const ROUND_PAUSE_MS_MAX = 15_000;
/** A line is picked up so often without a byte in between, before another peer is tried. */
const RESUMES_MAX = 5;
const RESUME_PAUSE_MS = 200;
const PROGRESS_MS = 250;
const PROGRESS_LOG_MS = 10_000;
/** Files that are being synced while the next ones come. */
const SYNCING_MAX = 16;
/** What else grows on the disk meanwhile. */
const FREE_BYTES_MIN = 64 * 1024 * 1024;

/**
 * Whether this member cannot go on from what it has: `own` is the last operation in its journal (0: none), `trimmed` the last one that etcd no
 * longer orders. A peer whose journal still has what comes next is enough, but for an empty member: a checkpoint is shorter than a whole history.
 */
export function needsCheckpoint(known: {
  readonly own: number;
  readonly trimmed: number;
  readonly peers: readonly { readonly first: number; readonly last: number }[];
}): boolean {
  const { own, trimmed, peers } = known;
  if (own === 0) return trimmed > 0 || peers.some(({ first, last }) => last > 0 && first > 1);
  return trimmed > own && !peers.some(({ first }) => first <= own + 1);
}

/** The last operation that a data folder knows of; 0: it is empty. While no builder runs on it. */
export async function lastSequenceIn(
  dataFolder: string,
  log: (level: 'warn', message: string) => void,
): Promise<number> {
  const layout = new DataLayout(dataFolder);
  const saved = RecentOperations.load(layout.recentOperationsFile).appliedThrough;
  if (!existsSync(layout.journalFolder)) return saved;
  try {
    const journal = await LocalJournal.open(await NodeJournalDisk.open(layout.journalFolder));
    await journal.close();
    return Math.max(saved, journal.lastSequence);
  } catch (error) {
    if (!(error instanceof CorruptionError)) throw error;
    log('warn', `the journal here is damaged, so it is not known how far it went: ${error.message}`);
    const firsts = readdirSync(layout.journalFolder).map((name) => Number.parseInt(name, 10) || 0);
    return Math.max(saved, ...firsts);
  }
}

/**
 * Puts a peer's state in place of what the data folder has. Tries peers, one after the other, until one succeeds or `signal` aborts. Throws
 * `InstallError`.
 */
export async function installCheckpoint(options: InstallOptions): Promise<InstalledCheckpoint> {
  const { dataFolder, log } = options;
  const signal = options.signal ?? new AbortController().signal;
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  const before = finishInstall(dataFolder);
  if (before !== undefined) return before;
  const own = await lastSequenceIn(dataFolder, log);
  for (let round = 0; ; round++) {
    let older: CheckpointOffer | undefined;
    let failed = false;
    for (const peer of options.peers()) {
      if (signal.aborted) break;
      try {
        const fetched = await fetchFrom(peer, own, options, signal);
        if (fetched.kind === 'older') {
          older = fetched.offer;
          continue;
        }
        const installed = finishInstall(dataFolder);
        if (installed !== undefined) return installed;
      } catch (error) {
        if (error instanceof InstallError) throw error;
        failed = true;
        log('warn', `no checkpoint from member ${peer.member}: ${messageOf(error)}`);
      }
    }
    if (older !== undefined && !failed) {
      throw new InstallError(
        'newer-here',
        `this member has operations up to ${own}, a checkpoint only up to ${older.lastSequence}: it is not replaced by older data`,
      );
    }
    const pauseMs = Math.min((options.roundPauseMs ?? ROUND_PAUSE_MS) * 2 ** round, ROUND_PAUSE_MS_MAX);
    await pause(pauseMs, undefined, { signal }).catch(() => {
      throw new InstallError('cancelled', 'the install was given up');
    });
  }
}

/** When it gives `fetched`, the install is marked as complete. */
async function fetchFrom(
  peer: CheckpointPeer,
  own: number,
  options: InstallOptions,
  signal: AbortSignal,
): Promise<{ readonly kind: 'fetched' } | { readonly kind: 'older'; readonly offer: CheckpointOffer }> {
  const { dataFolder, log } = options;
  log('info', `asking member ${peer.member} for a checkpoint`);
  const offer = await peer.open(signal);
  try {
    if (offer.lastSequence < own) return { kind: 'older', offer };
    await checkRoom(dataFolder, offer.bytes);
    const fetch = new CheckpointFetch(offer, freshFolder(dataFolder), tellsProgress(peer, offer, options));
    try {
      await fetchAll(peer, fetch, signal, options.resumePauseMs ?? RESUME_PAUSE_MS);
      await fetch.finish();
    } catch (error) {
      await fetch.giveUp();
      await rm(join(dataFolder, 'installing'), { recursive: true, force: true });
      throw asInstallError(error);
    }
    markComplete(dataFolder, { member: peer.member, lastSequence: offer.lastSequence });
    log(
      'info',
      `a checkpoint of ${offer.files.length} files, ${offer.bytes} bytes, through operation ${offer.lastSequence} came from member ${peer.member}`,
    );
    return { kind: 'fetched' };
  } finally {
    await release(peer, offer.id, log);
  }
}

/** The copy goes by itself when this does not reach the peer. */
async function release(peer: CheckpointPeer, id: string, log: InstallOptions['log']): Promise<void> {
  try {
    await peer.release(id);
  } catch (error) {
    log('info', `member ${peer.member} was not told that its checkpoint is done with: ${messageOf(error)}`);
  }
}

/** Picks the line up where it broke, for as long as bytes come. */
async function fetchAll(
  peer: CheckpointPeer,
  fetch: CheckpointFetch,
  signal: AbortSignal,
  pauseMs: number,
): Promise<void> {
  let failures = 0;
  while (!fetch.isWhole) {
    const before = fetch.bytes;
    try {
      for await (const part of peer.read(fetch.offer.id, fetch.place, signal)) await fetch.take(part);
      if (!fetch.isWhole) throw new CheckpointFormatError('the checkpoint ended before its last byte');
    } catch (error) {
      if (signal.aborted) throw new InstallError('cancelled', 'the install was given up', { cause: error });
      failures = fetch.bytes > before ? 1 : failures + 1;
      if (isOwnDisk(error) || failures > RESUMES_MAX) throw error;
      await pause(pauseMs);
    }
  }
}

/** Writes what comes, in the order of the offer, into a fresh folder. */
class CheckpointFetch {
  readonly offer: CheckpointOffer;
  bytes = 0;
  readonly #folder: string;
  readonly #onBytes: (bytes: number) => void;
  readonly #folders = new Set<string>();
  readonly #syncing = new Set<Promise<void>>();
  #failure: unknown;
  #file = 0;
  #offset = 0;
  #handle: FileHandle | undefined;

  constructor(offer: CheckpointOffer, folder: string, onBytes: (bytes: number) => void) {
    this.offer = offer;
    this.#folder = folder;
    this.#onBytes = onBytes;
  }

  get place(): CheckpointPlace {
    return { file: this.#file, offset: this.#offset };
  }

  get isWhole(): boolean {
    return this.bytes === this.offer.bytes;
  }

  /** Throws `CheckpointFormatError` for a part that is not the next one, or damaged; then nothing was taken. */
  async take({ file, offset, bytes, crc32: sum }: CheckpointPart): Promise<void> {
    while (this.#file < this.offer.files.length && this.#offset === this.offer.files[this.#file]!.bytes)
      await this.#next();
    const expected = this.offer.files[this.#file];
    if (
      expected === undefined ||
      file !== this.#file ||
      offset !== this.#offset ||
      bytes.byteLength === 0 ||
      offset + bytes.byteLength > expected.bytes
    ) {
      throw new CheckpointFormatError(
        `expected byte ${this.#offset} of file ${this.#file}, not ${bytes.byteLength} bytes at ${offset} of file ${file}`,
      );
    }
    if (crc32(bytes) !== sum)
      throw new CheckpointFormatError(
        `${bytes.byteLength} bytes at ${offset} of ${expected.path} disagree with their checksum`,
      );
    this.#handle ??= await this.#create(expected.path);
    let written = 0;
    while (written < bytes.byteLength) {
      const { bytesWritten } = await this.#handle.write(
        bytes,
        written,
        bytes.byteLength - written,
        offset + written,
      );
      written += bytesWritten;
    }
    this.#offset += bytes.byteLength;
    this.bytes += bytes.byteLength;
    this.#onBytes(this.bytes);
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** All is on the disk when it resolves. */
  async finish(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    while (this.#file < this.offer.files.length) await this.#next();
    this.#note(this.#folder);
    for (const folder of this.#folders) await this.#sync(await open(folder, 'r'));
    await Promise.all(this.#syncing);
    if (this.#failure !== undefined) throw this.#failure;
  }

  async giveUp(): Promise<void> {
    await Promise.all(this.#syncing);
    await this.#handle?.close();
    this.#handle = undefined;
  }

  /** The file is whole: on to the next one. Empty ones come in no part. */
  async #next(): Promise<void> {
    const handle = this.#handle ?? (await this.#create(this.offer.files[this.#file]!.path));
    this.#handle = undefined;
    this.#file++;
    this.#offset = 0;
    await this.#sync(handle);
  }

  async #create(path: string): Promise<FileHandle> {
    const file = join(this.#folder, path);
    if (!this.#folders.has(dirname(file))) {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      this.#note(dirname(file));
    }
    return open(file, 'w', 0o600);
  }

  /** With those around it, up to the data folder. */
  #note(folder: string): void {
    const top = dirname(dirname(dirname(this.#folder)));
    for (let at = folder; at !== top && !this.#folders.has(at); at = dirname(at)) this.#folders.add(at);
  }

  async #sync(handle: FileHandle): Promise<void> {
    const syncing = (async () => {
      try {
        await handle.sync();
      } catch (error) {
        this.#failure ??= error;
      } finally {
        await handle.close();
      }
    })().finally(() => this.#syncing.delete(syncing));
    this.#syncing.add(syncing);
    if (this.#syncing.size >= SYNCING_MAX) await Promise.race(this.#syncing);
  }
}

/** What `checkpointPeer` needs of the line to a peer. */
export interface CheckpointLine {
  request(
    fields: JsonObject,
    payload?: Uint8Array,
    options?: { readonly timeoutMs?: number | undefined; readonly signal?: AbortSignal | undefined },
  ): Promise<{ readonly fields: JsonObject; readonly payload: Uint8Array }>;
  stream(
    fields: JsonObject,
    options?: { readonly signal?: AbortSignal | undefined },
  ): AsyncIterable<{ readonly fields: JsonObject; readonly payload: Uint8Array }>;
}

/** Copying documents takes its time; a line that breaks is noticed sooner. */
const OPEN_MS_MAX = 3_600_000;
const RELEASE_MS_MAX = 2_000;

/** The other end of `serveCheckpoints`. */
export function checkpointPeer(member: string, line: CheckpointLine): CheckpointPeer {
  return {
    member,
    open: async (signal) => {
      const { fields, payload } = await line.request({ kind: 'checkpoint-open' }, undefined, {
        timeoutMs: OPEN_MS_MAX,
        signal,
      });
      return decodeOffer(fields, payload);
    },
    read: async function* (id, { file, offset }, signal) {
      for await (const { fields, payload } of line.stream(
        { kind: 'checkpoint-read', id, file, offset },
        { signal },
      ))
        yield readPart(fields, payload);
    },
    release: async (id) => {
      await line.request({ kind: 'checkpoint-release', id }, undefined, { timeoutMs: RELEASE_MS_MAX });
    },
  };
}

function tellsProgress(
  { member }: CheckpointPeer,
  { bytes: bytesTotal }: CheckpointOffer,
  { log, onProgress }: InstallOptions,
): (bytes: number) => void {
  const startMs = performance.now();
  let toldMs = startMs;
  let loggedMs = startMs;
  return (bytes) => {
    const nowMs = performance.now();
    if (nowMs - toldMs < PROGRESS_MS && bytes < bytesTotal) return;
    toldMs = nowMs;
    const bytesPerSecond = Math.round((bytes * 1000) / Math.max(1, nowMs - startMs));
    onProgress?.({ member, bytes, bytesTotal, bytesPerSecond });
    if (nowMs - loggedMs < PROGRESS_LOG_MS) return;
    loggedMs = nowMs;
    log(
      'info',
      `${bytes} of ${bytesTotal} bytes of the checkpoint from member ${member}, ${bytesPerSecond} a second`,
    );
  };
}

async function checkRoom(dataFolder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(dataFolder);
  if (bavail * bsize >= bytes + FREE_BYTES_MIN) return;
  throw new InstallError(
    'disk-full',
    `a checkpoint of ${bytes} bytes does not fit on the disk of ${dataFolder}, where ${bavail * bsize} are free`,
  );
}

const OWN_DISK_CODES: ReadonlySet<unknown> = new Set('ENOSPC EDQUOT EIO EROFS EACCES EMFILE'.split(' '));

function isOwnDisk(error: unknown): boolean {
  return error instanceof Error && 'code' in error && OWN_DISK_CODES.has(error.code);
}

function asInstallError(error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error)) return error;
  if (error.code !== 'ENOSPC' && error.code !== 'EDQUOT') return error;
  return new InstallError('disk-full', `the disk became full: ${error.message}`, { cause: error });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
