/**
 * Asks for background work on documents: when a store has some (an index to build, documents whose time is over), a step of it goes through
 * the log like everything else, one at a time per application, so that clients' transactions run in between.
 */
import { type Clock, CorruptionError } from '@skein/base';
import { nextSearchableStep, nextStep } from '@skein/fql';
import { BuilderError } from '../ipc/messages.ts';
import type { DocumentsApplier } from './documents-applier.ts';
import { type DocumentsOperation, newSeed } from './documents-operation.ts';
import type { TransactionAnswer } from './transaction-answer.ts';

export interface DocumentsMaintenanceOptions {
  readonly documents: DocumentsApplier;
  readonly clock: Clock;
  /** In a cluster one member asks for all. */
  readonly isChosen: () => boolean;
  readonly propose: (application: string, operation: DocumentsOperation) => Promise<TransactionAnswer>;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
}

/** How soon after its time a document with a `ttl` is gone, at most, on an idle machine. */
const LOOK_INTERVAL_MS = 500;
/** Where documents change: aggregations run as often as every 100 ms, and begin a run when many events wait. */
const LOOK_AFTER_COMMIT_MS = 100;
/** About ten milliseconds of work. */
const STEP_LIMIT = 1_000;

export class DocumentsMaintenance {
  readonly #options: DocumentsMaintenanceOptions;
  readonly #busy = new Set<string>();
  /** Documents of these changed since the last look. */
  readonly #changed = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #changedTimer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: DocumentsMaintenanceOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => this.#lookAt(() => true), LOOK_INTERVAL_MS);
  }

  /** Documents of these applications changed. */
  committed(applications: readonly string[]): void {
    if (this.#stopped || this.#timer === undefined) return;
    for (const application of applications) this.#changed.add(application);
    this.#changedTimer ??= setTimeout(() => {
      this.#changedTimer = undefined;
      const changed = new Set(this.#changed);
      this.#changed.clear();
      this.#lookAt((application) => changed.has(application));
    }, LOOK_AFTER_COMMIT_MS);
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
    clearTimeout(this.#changedTimer);
  }

  #lookAt(isMeant: (application: string) => boolean): void {
    if (!this.#options.isChosen()) return;
    for (const [application] of this.#options.documents.storages()) {
      if (!isMeant(application) || this.#busy.has(application)) continue;
      try {
        if (this.#hasWork(application)) void this.#work(application);
      } catch (error) {
        if (!(error instanceof CorruptionError)) throw error;
        this.#options.documents.setAside(application, error);
      }
    }
  }

  #hasWork(application: string): boolean {
    const { documents, clock } = this.#options;
    return documents
      .open(application)
      .read((reader) => nextStep(reader, clock.nowMs() * 1000) || nextSearchableStep(reader));
  }

  async #work(application: string): Promise<void> {
    const { propose, log } = this.#options;
    this.#busy.add(application);
    try {
      let status: number;
      do {
        const step = { kind: 'documentsStep', limit: STEP_LIMIT, seed: newSeed() } as const;
        ({ status } = await propose(application, step));
        // One that fails is tried again at the next look, not at once.
      } while (status === 200 && !this.#stopped && this.#hasWork(application));
    } catch (error) {
      if (error instanceof CorruptionError) return this.#options.documents.setAside(application, error);
      if (!(error instanceof BuilderError)) throw error;
      if (!this.#stopped) log('warn', `background work on documents waits: ${error.message}`);
    } finally {
      this.#busy.delete(application);
    }
  }
}
