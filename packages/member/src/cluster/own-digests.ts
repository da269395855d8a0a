/**
 * What this member has, as digests that other members can compare with theirs. Kept until the thing changes; computed anew when it has been quiet
 * for a round. Of an index that never is, the state at certain places of the log is looked at, the same ones on all members. Documents
 * that are written all the time are not looked at.
 *
 * Indexes are read in a thread, from files held by links; documents in slices between other work, from one snapshot. Both are slow on purpose.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { asSequence, CorruptionError, type Sequence } from '@skein/base';
import type { DocumentStorage } from '@skein/documents';
import type { Manifest } from '@skein/engine';
import { type ApplicationState, encodeApplicationState } from '../application-state.ts';
import type { DataLayout } from '../data-layout.ts';
import { isOwnRow } from '../documents/own-rows.ts';
import { EngineThread } from '../engine-thread.ts';
import type { EngineJob, EngineResult } from '../engine-worker.ts';
import { decodeIndexMeta } from '../index-meta.ts';
import type { IndexStore } from '../index-store.ts';
import { linkIndex } from './checkpoint.ts';
import { type Digest, type DigestTable, keyOf } from './digest.ts';
import { digestText } from './index-digest.ts';
import { RowHash } from './row-hash.ts';

/** What a builder tells of its state; everything answers of the present moment. */
export interface SamenessParts {
  readonly layout: DataLayout;
  readonly applications: () => readonly ApplicationState[];
  readonly stores: (application: string) => Iterable<IndexStore>;
  /** Of those whose documents are not set aside. */
  readonly documents: () => Iterable<readonly [application: string, storage: DocumentStorage]>;
  /** Every process of the machine shows what operations up to here did. */
  readonly publishedThrough: () => Sequence;
  /** Operations up to here were taken from the log; not all of them are applied. */
  readonly acceptedThrough: () => Sequence;
  /** See `ApplyScheduler.holdIndex`. */
  readonly holdIndex: (application: string, index: string) => (() => void) | undefined;
  /** See `ApplyScheduler.markIndex`. */
  readonly markIndex: (application: string, index: string, sequence: Sequence, reached: () => void) => void;
  /** See `ApplyScheduler.replaceIndex`. */
  readonly replaceIndex: (application: string, index: string, fresh: string, applied: Sequence) => boolean;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
}

export interface OwnDigestsOptions {
  readonly parts: SamenessParts;
  /** Of one core, for reading. */
  readonly cpuShare: number;
  /** Each record of each index is read once in so long. Milliseconds. */
  readonly scrubIntervalMs: number;
  readonly nowMs: () => number;
}

/** What is known of one thing. `state` tells whether it is still as it was: another one, another content. */
interface Known {
  readonly state: string;
  readonly from: number;
  through: number;
  readonly digest: string;
}

/** Files of an index as it was published, until they are read. */
interface Held {
  readonly key: string;
  readonly state: string;
  readonly applied: Sequence;
  readonly manifest: Manifest;
  readonly folder: string;
  readonly files: string;
}

/** It is here, and its digest is not known yet; or it is damaged. */
export const UNKNOWN_DIGEST = '';
/** Documents are read for so long before others have a turn. */
const SLICE_MS = 2;
const ROWS_BETWEEN_LOOKS = 32;
/** They are read while nobody writes to them, which does not last. */
const DOCUMENTS_CPU_FACTOR = 5;
const SMALL_WORK_MS = 100;
/** Operations. */
const HORIZON_MIN = 16;
/** Members look one after the other: what they see of the log to come has to overlap. */
const HORIZON_ROUNDS = 3;
const FOLDER = 'sameness';

export class OwnDigests {
  readonly #options: OwnDigestsOptions;
  readonly #thread = new EngineThread();
  readonly #known = new Map<string, Known>();
  /** The state of each thing in the round before. */
  #seen = new Map<string, string>();
  /** When each index was last read as a whole; one that was not is due as if it had been at the start. */
  readonly #scrubbedAtMs = new Map<string, number>();
  readonly #startedAtMs: number;
  /** Indexes that were written to between two rounds, held at a mark: to be looked at in the next round. */
  readonly #marked = new Map<string, Held & { readonly store: IndexStore; readonly place: Sequence }>();
  /** Marks that are not reached yet. */
  readonly #marks = new Set<string>();
  /** Of the last round: how far the log was, and how far ahead the next marks are at most. */
  #accepted = 0;
  #horizon = 0;
  #isClosed = false;
  #linkCount = 0;

  constructor(options: OwnDigestsOptions) {
    this.#options = options;
    this.#startedAtMs = options.nowMs();
    rmSync(join(options.parts.layout.root, FOLDER), { recursive: true, force: true });
  }

  /** Resolves in any case, or never once it is closed. */
  run(job: EngineJob): Promise<EngineResult> {
    return this.#thread.run(job);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#thread.close();
    rmSync(join(this.#options.parts.layout.root, FOLDER), { recursive: true, force: true });
  }

  /** As of now. */
  table(): DigestTable {
    const { parts } = this.#options;
    const through = parts.publishedThrough();
    const digests = new Map<string, Digest>();
    const tell = (key: string, state: string, from: number): void => {
      const known = this.#known.get(key);
      if (known?.state === state) known.through = Math.max(from, through);
      // What it was before is still true of the places where it was so.
      digests.set(
        key,
        known === undefined
          ? { key, from, through: Math.max(from, through), digest: UNKNOWN_DIGEST }
          : { key, from: known.from, through: known.through, digest: known.digest },
      );
    };
    for (const application of parts.applications()) {
      const key = keyOf({ kind: 'application', application: application.id });
      const state = String(application.appliedSequence);
      if (this.#known.get(key)?.state !== state) {
        const text = encodeApplicationState({ ...application, appliedSequence: 0 as Sequence });
        this.#note(key, state, application.appliedSequence, hashOf(text));
      }
      tell(key, state, application.appliedSequence);
      for (const store of parts.stores(application.id)) {
        const found = stateOf(store);
        const key = keyOf({ kind: 'index', application: application.id, index: store.name });
        if (found !== undefined) tell(key, found.state, found.applied);
        else if (store.damage !== undefined)
          digests.set(key, { key, from: through, through, digest: UNKNOWN_DIGEST });
      }
    }
    for (const [application, storage] of parts.documents()) {
      const applied = storage.appliedSequence;
      // Whoever asks makes an empty store.
      if (applied === 0) continue;
      tell(keyOf({ kind: 'documents', application }), String(applied), applied);
    }
    for (const key of this.#known.keys()) if (!digests.has(key)) this.#known.delete(key);
    for (const key of this.#marks) if (!digests.has(key)) this.#marks.delete(key);
    for (const key of this.#scrubbedAtMs.keys()) if (!digests.has(key)) this.#scrubbedAtMs.delete(key);
    return { through, digests };
  }

  /** Looks at what has been quiet since the call before and is not known. Gives the indexes whose files are damaged. */
  async refresh(
    signal: AbortSignal,
  ): Promise<readonly { readonly store: IndexStore; readonly error: Error }[]> {
    const { parts, cpuShare } = this.#options;
    const accepted = parts.acceptedThrough();
    this.#horizon = Math.max(HORIZON_MIN, HORIZON_ROUNDS * (accepted - this.#accepted));
    this.#accepted = accepted;
    const before = this.#seen;
    const seen = new Map<string, string>();
    const isDue = (key: string, state: string): boolean => {
      seen.set(key, state);
      return this.#known.get(key)?.state !== state && (before.get(key) ?? state) === state;
    };
    this.#seen = seen;
    const damaged: { readonly store: IndexStore; readonly error: Error }[] = [];
    for (const [key, held] of [...this.#marked]) {
      this.#marked.delete(key);
      const error = await this.#read(held, 'trusted', held.place);
      if (error !== undefined) damaged.push({ store: held.store, error });
    }
    for (const { id } of parts.applications()) {
      for (const store of [...parts.stores(id)]) {
        if (signal.aborted) return damaged;
        const found = stateOf(store);
        if (found === undefined) continue;
        const key = keyOf({ kind: 'index', application: id, index: store.name });
        if (!isDue(key, found.state) && !this.#isScrubDue(key)) {
          if (this.#known.get(key)?.state !== found.state) this.#mark(store, key);
          continue;
        }
        const startMs = performance.now();
        const error = await this.look(store, this.#isScrubDue(key) ? 'verified' : 'trusted');
        if (error !== undefined) damaged.push({ store, error });
        const workedMs = performance.now() - startMs;
        // The thread rests while it reads a large index; many small ones are work, too.
        if (workedMs < SMALL_WORK_MS && cpuShare < 1)
          await pause(workedMs * (1 / cpuShare - 1), undefined, { signal }).catch(() => undefined);
      }
    }
    for (const [application, storage] of [...parts.documents()]) {
      if (signal.aborted) return damaged;
      const key = keyOf({ kind: 'documents', application });
      if (storage.appliedSequence > 0 && isDue(key, String(storage.appliedSequence)))
        await this.#lookAtDocuments(key, application, storage, signal);
    }
    return damaged;
  }

  /** Reads an index as it is published now. Gives what is damaged. */
  async look(store: IndexStore, records: 'verified' | 'trusted'): Promise<Error | undefined> {
    const held = this.#hold(store);
    return held === undefined ? undefined : this.#read(held, records, held.applied);
  }

  /** Whether the digest of the index is of what is published now. */
  isCurrent(store: IndexStore): boolean {
    const key = keyOf({ kind: 'index', application: store.application, index: store.name });
    return this.#known.get(key)?.state === stateOf(store)?.state;
  }

  /** Undefined: nothing is published, or it is set aside. */
  #hold(store: IndexStore): Held | undefined {
    const { layout, log } = this.#options.parts;
    const found = stateOf(store);
    if (found === undefined) return undefined;
    const key = keyOf({ kind: 'index', application: store.application, index: store.name });
    const folder = join(layout.root, FOLDER, `look-${++this.#linkCount}`);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    linkIndex(store, folder, log);
    return { ...found, key, folder, files: join(folder, basename(store.folder)) };
  }

  async #read(held: Held, records: 'verified' | 'trusted', through: Sequence): Promise<Error | undefined> {
    const { parts, cpuShare, nowMs } = this.#options;
    const { key, state, applied, manifest } = held;
    try {
      const job = { folder: held.files, records, cpuShare };
      const result = await this.#thread.run({ kind: 'digest', job });
      switch (result.kind) {
        case 'digested': {
          const digest = digestText(manifest, result.digest);
          this.#known.set(key, { state, from: applied, through, digest });
          if (records === 'verified') this.#scrubbedAtMs.set(key, nowMs());
          return undefined;
        }
        case 'damaged':
          this.#known.delete(key);
          return new Error(result.message);
        case 'failed':
          // No memory, no room: another time.
          parts.log('warn', `${key} was not looked at: ${result.message}`);
          return undefined;
        default:
          return undefined;
      }
    } finally {
      rmSync(held.folder, { recursive: true, force: true });
    }
  }

  /** Has the index held at the next place at which all members look at it. */
  #mark(store: IndexStore, key: string): void {
    const { parts } = this.#options;
    if (this.#marks.has(key) || this.#marked.has(key)) return;
    const place = asSequence(roundest(this.#accepted + 1, this.#accepted + this.#horizon));
    this.#marks.add(key);
    parts.markIndex(store.application, store.name, place, () => {
      this.#marks.delete(key);
      const held = this.#isClosed ? undefined : this.#hold(store);
      if (held !== undefined) this.#marked.set(key, { ...held, store, place });
    });
  }

  #isScrubDue(key: string): boolean {
    const { nowMs, scrubIntervalMs } = this.#options;
    return nowMs() - (this.#scrubbedAtMs.get(key) ?? this.#startedAtMs) >= scrubIntervalMs;
  }

  #note(key: string, state: string, from: number, digest: string): void {
    this.#known.set(key, { state, from, through: from, digest });
  }

  /** Given up when somebody writes: the snapshot would keep pages from being used again. */
  async #lookAtDocuments(
    key: string,
    application: string,
    storage: DocumentStorage,
    signal: AbortSignal,
  ): Promise<void> {
    const { cpuShare, parts } = this.#options;
    const snapshot = storage.snapshot();
    const { reader } = snapshot;
    try {
      const applied = reader.appliedSequence;
      const hash = new RowHash();
      let startMs = performance.now();
      let count = 0;
      for (const row of reader.storedRows()) {
        if (row.table !== 'system' || !isOwnRow(row.key)) hash.add(row);
        if (++count % ROWS_BETWEEN_LOOKS !== 0) continue;
        const workedMs = performance.now() - startMs;
        if (workedMs < SLICE_MS) continue;
        await pause(workedMs * (1 / Math.min(1, cpuShare * DOCUMENTS_CPU_FACTOR) - 1));
        if (signal.aborted || storage.appliedSequence !== applied) return;
        startMs = performance.now();
      }
      this.#note(key, String(applied), applied, hash.finish());
    } catch (error) {
      if (!(error instanceof CorruptionError)) throw error;
      parts.log('error', `the documents of application ${application} are damaged: ${error.message}`);
    } finally {
      snapshot.release();
    }
  }
}

/** Undefined: there is nothing published, or it is set aside. */
function stateOf(
  store: IndexStore,
): { readonly state: string; readonly applied: Sequence; readonly manifest: Manifest } | undefined {
  const { manifest } = store;
  if (manifest === undefined || store.damage !== undefined) return undefined;
  const { appliedSequence, bornSequence } = decodeIndexMeta(manifest.meta, store.name);
  return { state: `${appliedSequence}/${bornSequence}`, applied: appliedSequence, manifest };
}

/** The number between the two (inclusive) that the largest power of two divides: members with other bounds often find the same one. */
export function roundest(from: number, to: number): number {
  for (let step = 2 ** 52; ; step /= 2) {
    const candidate = Math.ceil(from / step) * step;
    if (candidate <= to) return candidate;
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
