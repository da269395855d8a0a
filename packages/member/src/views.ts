/**
 * The indexes as a query process sees them: opened when first asked for, kept within bounds, and renewed when the builder says that there
 * is a newer state. While the line to the builder is down the manifest is looked at for every query instead.
 */
import { statSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CorruptionError } from '@skein/base';
import { FileMissingError, type Manifest, readManifest, View } from '@skein/engine';
import { LRUCache } from 'lru-cache';
import type { DataLayout } from './data-layout.ts';
import { FileDirectory } from './file-directory.ts';
import { decodeIndexMeta, type IndexMeta } from './index-meta.ts';
import { readMarker } from './index-store.ts';
import type { Change } from './ipc/messages.ts';

/** One published state of an index; never changes. */
export interface OpenIndex {
  readonly view: View;
  readonly meta: IndexMeta;
}

/** The index's files are damaged: it answers nothing until it is replaced or deleted. Others are not affected. */
export class IndexDamagedError extends Error {
  override readonly name = 'IndexDamagedError';
}

export interface ViewsOptions {
  readonly layout: DataLayout;
  /** Whether the builder tells this process of changes now. */
  readonly isCurrent: () => boolean;
  /** Of mapped files; one larger index is kept all the same. */
  readonly viewBytesMax?: number | undefined;
  readonly viewCountMax?: number | undefined;
}

const VIEW_BYTES_MAX = 8 * 1024 ** 3;
/** Each View reserves address space for its segments. */
const VIEW_COUNT_MAX = 256;
/** How often files may vanish under a reader that is just opening them. */
const ATTEMPTS_MAX = 5;
/** How long opening goes on before queries have their turn. */
const TURN_MS = 5;

interface Entry extends OpenIndex {
  /**
   * The folder, as the file system knows it. Another member's copy, put in its place, may have the same generation and yet other files; and
   * sound files under the names of damaged ones.
   */
  readonly inode: number;
  readonly manifest: Manifest;
  stale: boolean;
}

export class Views {
  readonly #options: ViewsOptions;
  readonly #entries: LRUCache<string, Entry>;
  readonly #renewals = new Map<string, { readonly now: Promise<void>; again: Promise<void> | undefined }>();
  /** Counts `markAllStale`: what was read before it is stale as well. */
  #era = 0;

  constructor(options: ViewsOptions) {
    this.#options = options;
    const bytesMax = options.viewBytesMax ?? VIEW_BYTES_MAX;
    this.#entries = new LRUCache({
      max: options.viewCountMax ?? VIEW_COUNT_MAX,
      maxSize: bytesMax,
      sizeCalculation: ({ manifest }) => Math.min(bytesMax, 1 + fileBytesOf(manifest)),
    });
  }

  get count(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#entries.calculatedSize;
  }

  /** The latest published state; undefined when there is no such index. Throws `IndexDamagedError`. */
  open(application: string, index: string): OpenIndex | undefined {
    const key = keyOf(application, index);
    const known = this.#entries.get(key);
    if (known !== undefined && !known.stale && this.#options.isCurrent()) return known;
    const folder = this.#options.layout.indexFolder(application, index);
    try {
      const entry = renew(folder, index, known);
      if (entry === undefined) this.#entries.delete(key);
      else if (entry !== known) this.#entries.set(key, entry);
      if (entry !== undefined) return entry;
    } catch (error) {
      this.#entries.delete(key);
      if (!(error instanceof CorruptionError) && !(error instanceof FileMissingError)) throw error;
      throw new IndexDamagedError(`index ${index} cannot be read: ${error.message}`, { cause: error });
    }
    const damage = readMarker(this.#options.layout.damagedFile(application, index));
    if (damage !== undefined) throw new IndexDamagedError(`index ${index} is damaged: ${damage.message}`);
    return undefined;
  }

  /**
   * Undefined: `open` has the index at hand. Else it is being opened piece by piece, giving way to other queries, and the promise
   * resolves when `open` need not do it at one go. Never rejects: `open` says what is wrong.
   */
  whenAtHand(application: string, index: string): Promise<void> | undefined {
    const key = keyOf(application, index);
    if (this.#entries.peek(key) !== undefined) return undefined;
    return this.#renewals.get(key)?.now ?? this.#startRenewal(application, index);
  }

  /**
   * Resolves when the next `open` of these indexes gives a state at least as new as what is published now. Until then the old one goes on
   * answering: opening a large new segment takes its time, and gives way to queries again and again.
   */
  async renew(changes: readonly Change[]): Promise<void> {
    await Promise.all(
      changes.map(async ({ application, index }) => {
        if (index !== undefined) await this.#renewSoon(application, index);
      }),
    );
  }

  markAllStale(): void {
    this.#era++;
    for (const entry of this.#entries.values()) entry.stale = true;
  }

  #renewSoon(application: string, index: string): Promise<void> {
    const key = keyOf(application, index);
    const running = this.#renewals.get(key);
    if (running !== undefined) {
      // What runs may have read the manifest before this change: once more behind it, however many ask.
      running.again ??= running.now.then(() => this.#renewSoon(application, index));
      return running.again;
    }
    if (this.#entries.peek(key) === undefined) return Promise.resolve();
    return this.#startRenewal(application, index);
  }

  #startRenewal(application: string, index: string): Promise<void> {
    const key = keyOf(application, index);
    const now = this.#renewNow(application, index).finally(() => this.#renewals.delete(key));
    this.#renewals.set(key, { now, again: undefined });
    return now;
  }

  async #renewNow(application: string, index: string): Promise<void> {
    const key = keyOf(application, index);
    const known = this.#entries.peek(key);
    const era = this.#era;
    const folder = this.#options.layout.indexFolder(application, index);
    let renewed: Entry | undefined;
    try {
      renewed = await renewInSteps(folder, index, known);
    } catch {
      // Replaced meanwhile, or damaged: the next `open` looks again, and says so.
      if (known !== undefined) known.stale = true;
      return;
    }
    // An `open` in between may have found something newer still, or the bounds may have put it out.
    if (this.#entries.peek(key) !== known || renewed === known) return;
    if (renewed === undefined) {
      this.#entries.delete(key);
      return;
    }
    // Changes may have been missed while it was read.
    renewed.stale = era !== this.#era;
    this.#entries.set(key, renewed);
  }
}

/** Opens the latest state piece by piece; undefined when there is no index, `known` itself when there is no newer state. */
async function renewInSteps(
  folder: string,
  index: string,
  known: Entry | undefined,
): Promise<Entry | undefined> {
  const directory = new FileDirectory(folder);
  const inode = inodeOf(folder);
  const manifest = readManifest(directory);
  if (manifest === undefined) return undefined;
  const meta = decodeIndexMeta(manifest.meta, index);
  const sameIndex = known?.meta.bornSequence === meta.bornSequence && known.inode === inode;
  if (known !== undefined && sameIndex && known.manifest.generation === manifest.generation) return known;
  const steps = View.openSteps(directory, manifest, sameIndex ? known?.view : undefined);
  let turnEndMs = performance.now() + TURN_MS;
  for (;;) {
    const step = steps.next();
    if (step.done === true) return { view: step.value, meta, manifest, inode, stale: false };
    if (performance.now() < turnEndMs) continue;
    await nextTurn();
    turnEndMs = performance.now() + TURN_MS;
  }
}

/** `known` itself when it is still the latest. */
function renew(folder: string, index: string, known: Entry | undefined): Entry | undefined {
  const directory = new FileDirectory(folder);
  let failed: Manifest | undefined;
  for (let attempt = 1; ; attempt++) {
    let manifest: Manifest | undefined;
    const inode = inodeOf(folder);
    try {
      manifest = readManifest(directory);
      if (manifest === undefined) return undefined;
      const meta = decodeIndexMeta(manifest.meta, index);
      const sameIndex = known?.meta.bornSequence === meta.bornSequence && known.inode === inode;
      if (known !== undefined && sameIndex && known.manifest.generation === manifest.generation) {
        known.stale = false;
        return known;
      }
      // Segments of an index that was deleted and made again may have the same names and other contents.
      const view = View.open(directory, manifest, sameIndex ? known?.view : undefined);
      return { view, meta, manifest, inode, stale: false };
    } catch (error) {
      if (!(error instanceof FileMissingError || error instanceof CorruptionError)) throw error;
      // The builder may have published, replaced or removed the index while we were reading: then there is another manifest now.
      const same = manifest !== undefined && failed?.generation === manifest.generation;
      if (same || attempt === ATTEMPTS_MAX) throw error;
      failed = manifest;
    }
  }
}

/** 0: there is none. Taken before the manifest is read: what came between is noticed the next time. */
function inodeOf(folder: string): number {
  return statSync(folder, { throwIfNoEntry: false })?.ino ?? 0;
}

function fileBytesOf(manifest: Manifest): number {
  return manifest.segments.reduce((sum, { fileBytes }) => sum + fileBytes, 0);
}

function keyOf(application: string, index: string): string {
  return `${application}/${index}`;
}
