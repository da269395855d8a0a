/**
 * Documents as a query process has them: reads on snapshots of its own, writes through the builder. A write is visible to every process
 * before it is answered, so a read that comes later sees it.
 */
import { statSync } from 'node:fs';
import { DocumentStorage, type Snapshot } from '@skein/documents';
import {
  type Authentication,
  type DocumentReader,
  type EvaluationOptions,
  effectOf,
  runRead,
  type TransactionResult,
} from '@skein/fql';
import type { DataLayout } from '../data-layout.ts';
import type { BuilderClient } from '../ipc/builder-client.ts';
import type { KeyVault } from '../key-vault.ts';
import { encodeDocumentsOperation, newSeed, sealOf } from './documents-operation.ts';
import { STEPS_MAX_READING } from './limits.ts';
import { nodeHost } from './node-host.ts';

export interface ApplicationDocumentsOptions {
  readonly layout: DataLayout;
  readonly client: BuilderClient;
  readonly vault: KeyVault;
  readonly nowMs: () => number;
}

export interface TransactOptions {
  readonly body: Uint8Array;
  readonly authentication: Authentication;
  readonly strictTemporal: boolean;
  /** µs: the answer must know of everything up to this time. */
  readonly lastSeenTime?: number | undefined;
  readonly timeoutMs: number;
  /** `read`: an expression that writes is refused. */
  readonly access?: 'read' | 'write' | undefined;
  /** A read that goes through the log: it sees everything that was acknowledged to anybody before it was sent. */
  readonly linearized?: boolean | undefined;
}

/** The state that a client has seen elsewhere did not arrive here in time. */
export class BehindError extends Error {
  override readonly name = 'BehindError';
}

/** How often a reader looks whether it has caught up with what its client has seen. */
const LOOK_MS = 5;

export class ApplicationDocuments {
  readonly #options: ApplicationDocumentsOptions;
  readonly #storages = new Map<string, DocumentStorage>();
  /** The folder that each was opened in, as the file system knows it. */
  readonly #folders = new Map<string, number>();
  readonly #opening = new Map<string, Promise<DocumentStorage>>();
  readonly #watchers = new Map<string, Set<() => void>>();

  constructor(options: ApplicationDocumentsOptions) {
    this.#options = options;
  }

  /** One snapshot for all that `use` reads. Rejects with `BuilderError` when there is no store yet, or none that is ready, and no builder. */
  async read<T>(application: string, use: (reader: DocumentReader) => T): Promise<T> {
    return (this.#storages.get(application) ?? (await this.#open(application))).read(use);
  }

  /** As `read`, on a snapshot that knows of everything up to `lastSeenTime` (µs). Rejects with `BehindError`, too. */
  async readSince<T>(
    application: string,
    { lastSeenTime, timeoutMs }: Pick<TransactOptions, 'lastSeenTime' | 'timeoutMs'>,
    use: (reader: DocumentReader) => T,
  ): Promise<T> {
    const untilMs = performance.now() + timeoutMs;
    for (;;) {
      const answer = await this.read(application, (reader) =>
        lastSeenTime !== undefined && reader.lastTime < lastSeenTime ? undefined : { value: use(reader) },
      );
      if (answer !== undefined) return answer.value;
      if (performance.now() >= untilMs)
        throw new BehindError('what the client has seen has not arrived here');
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** A snapshot that lives until it is released. */
  async snapshot(application: string): Promise<Snapshot> {
    return (this.#storages.get(application) ?? (await this.#open(application))).snapshot();
  }

  /** Rejects with `BuilderError`, and with `BehindError`. */
  async transact(
    application: string,
    options: TransactOptions,
  ): Promise<TransactionResult & { readonly time: number }> {
    const { body, authentication, strictTemporal, timeoutMs, access, linearized } = options;
    const readOnly = access === 'read';
    // A snapshot holds everything that this member acknowledged; through the log it holds what others acknowledged, too.
    if (readOnly || (linearized !== true && effectOf(body) !== 'write')) {
      const answer = await this.#read(application, options);
      if (answer !== 'write-needed') return answer;
      if (readOnly) return refusedWrite(await this.read(application, ({ lastTime }) => lastTime));
    }
    const operation = { kind: 'fql', body, authentication, strictTemporal, seed: newSeed() } as const;
    const seal = sealOf(this.#options.vault, application);
    const { client } = this.#options;
    return client.transact(encodeDocumentsOperation(operation, seal, client.operationFormat), {
      application,
      proposedAtMs: this.#options.nowMs(),
      waitMsMax: timeoutMs,
    });
  }

  /**
   * `listener` is called soon after documents of the application changed, and, for what changed while nobody watched, soon after this call.
   * Gives what ends it.
   */
  watch(application: string, listener: () => void): () => void {
    const before = this.#watchers.size;
    const listeners = this.#watchers.get(application) ?? new Set();
    this.#watchers.set(application, listeners.add(listener));
    if (before === 0) this.#options.client.watch(true);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#watchers.delete(application);
      if (this.#watchers.size === 0) this.#options.client.watch(false);
    };
  }

  /** For the client: documents of these applications changed. */
  committed(applications: readonly string[]): void {
    for (const application of applications) {
      for (const listener of this.#watchers.get(application) ?? []) listener();
    }
  }

  /** The line to the builder was down: anything may have changed. */
  committedAll(): void {
    this.#leaveReplaced();
    this.committed([...this.#watchers.keys()]);
  }

  close(): void {
    for (const storage of this.#storages.values()) void storage.close();
    this.#storages.clear();
  }

  async #read(
    application: string,
    { body, authentication, strictTemporal, lastSeenTime, timeoutMs }: TransactOptions,
  ): Promise<(TransactionResult & { readonly time: number }) | 'write-needed'> {
    const options: EvaluationOptions = { strictTemporal, stepsMax: STEPS_MAX_READING };
    return this.readSince(application, { lastSeenTime, timeoutMs }, (reader) => {
      const { lastTime } = reader;
      const time = Math.max(this.#options.nowMs() * 1000, lastTime);
      const result = runRead(reader, {
        body,
        authentication,
        time,
        seed: newSeed(),
        host: nodeHost,
        options,
      });
      return result === 'write-needed' ? result : { ...result, time: lastTime };
    });
  }

  #open(application: string): Promise<DocumentStorage> {
    let opening = this.#opening.get(application);
    if (opening === undefined) {
      opening = this.#openNow(application).finally(() => this.#opening.delete(application));
      this.#opening.set(application, opening);
    }
    return opening;
  }

  /** A member that took another one's state has other stores in place of those that are open here. */
  #leaveReplaced(): void {
    for (const [application, storage] of this.#storages) {
      if (this.#folders.get(application) === inodeOf(this.#options.layout.documentsFolder(application)))
        continue;
      this.#storages.delete(application);
      void storage.close();
    }
  }

  async #openNow(application: string): Promise<DocumentStorage> {
    const folder = this.#options.layout.documentsFolder(application);
    // A store that went back behind what was acknowledged is not read until the builder has replayed the journal.
    if (!DocumentStorage.isReady(folder)) await this.#options.client.openDocuments(application);
    const inode = inodeOf(folder);
    const storage = DocumentStorage.open(folder, { readOnly: true });
    this.#folders.set(application, inode);
    this.#storages.set(application, storage);
    return storage;
  }
}

/** 0: there is none. */
function inodeOf(folder: string): number {
  return statSync(folder, { throwIfNoEntry: false })?.ino ?? 0;
}

function refusedWrite(time: number): TransactionResult & { readonly time: number } {
  return {
    status: 400,
    body: JSON.stringify({
      errors: [
        {
          position: [],
          code: 'invalid expression',
          description: 'Writes are not allowed in a read-only request.',
        },
      ],
    }),
    wrote: false,
    costs: { computeOps: 0, readOps: 0, writeOps: 0, bytesRead: 0, bytesWritten: 0 },
    time,
  };
}
