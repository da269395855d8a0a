/**
 * Runs committed operations on documents: one after another, in the order of the log, each at its own time; those that arrive together
 * share one commit of the store. Answers are kept with what they answer, so that a proposal that is repeated after a crash gets the first
 * one's answer.
 *
 *   push (in order) … flush → evaluated, committed, visible to every process → proposers answered
 *
 * What a transaction changes in search indexes that follow collections is noted in the same commit (`search-outbox.ts`) and given to the
 * caller, in the order of the log.
 *
 * The store commits to memory that outlives this process, and to the disk a little later; the journal keeps operations until then
 * (`durableThrough`).
 */
import { existsSync } from 'node:fs';
import { asSequence, CorruptionError, type Sequence } from '@skein/base';
import { DocumentStorage, type DocumentStorageWriter } from '@skein/documents';
import {
  type EvaluationOptions,
  type IndexChanges,
  refresh,
  runSearchableStep,
  runStep,
  runWrite,
  searchChangesOf,
  type TransactionResult,
} from '@skein/fql';
import type { DataLayout } from '../data-layout.ts';
import { BuilderError } from '../ipc/messages.ts';
import type { KeyVault } from '../key-vault.ts';
import { type DocumentsOperation, sealOf } from './documents-operation.ts';
import { FollowedCollections } from './followed-collections.ts';
import { ANSWER_BYTES_MAX, findAnswer, forgetAnswers, keepAnswer } from './kept-answers.ts';
import { STEPS_MAX_WRITING } from './limits.ts';
import { nodeHost } from './node-host.ts';
import {
  forgetLeftOut,
  forgetOutbox,
  noteSearchChanges,
  readOutbox,
  type SearchPart,
} from './search-outbox.ts';
import { decodeAnswer, encodeAnswer, type TransactionAnswer } from './transaction-answer.ts';

export interface LoggedDocuments {
  readonly application: string;
  readonly operationId: string;
  readonly sequence: Sequence;
  readonly proposedAtMs: number;
  readonly operation: DocumentsOperation;
}

export interface DocumentsApplierOptions {
  readonly layout: DataLayout;
  readonly vault: KeyVault;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
  /** Transactions of these applications are visible to every process. */
  readonly onCommitted: (applications: readonly string[]) => void;
  /** What operations up to here changed in indexes is published. */
  readonly publishedThrough: () => number;
}

export class DocumentsApplier {
  readonly #options: DocumentsApplierOptions;
  readonly #storages = new Map<string, DocumentStorage>();
  /** Stores that are set aside: their applications' documents take no writes, everything else goes on. */
  readonly #damaged = new Map<string, CorruptionError>();
  #failedTransactionCount = 0;
  readonly #waiting = new Map<string, Waiting>();
  readonly #followed = new Map<string, FollowedCollections>();
  #queue: LoggedDocuments[] = [];
  #isRecovered = false;
  #transactionCount = 0;
  #commitCount = 0;

  constructor(options: DocumentsApplierOptions) {
    this.#options = options;
  }

  /** Opens the stores that exist, so that it is known how far they are. Those that are damaged are set aside. */
  load(applications: readonly string[]): void {
    for (const application of applications) {
      if (!existsSync(this.#options.layout.documentsFolder(application))) continue;
      try {
        this.open(application);
      } catch (error) {
        if (!(error instanceof CorruptionError)) throw error;
        this.setAside(application, error);
      }
    }
  }

  /** The journal is replayed to its end: readers may look. */
  markRecovered(): void {
    this.#isRecovered = true;
    for (const storage of this.#storages.values()) storage.markReady();
  }

  /** Its documents take no more writes; the other applications', and all indexes, go on. */
  setAside(application: string, damage: CorruptionError): void {
    this.#damaged.set(application, damage);
    this.#options.log(
      'error',
      `the documents of application ${application} are set aside: ${damage.message}. Restore them from a backup, then reload the server`,
    );
    const storage = this.#storages.get(application);
    this.#storages.delete(application);
    // What it could not write it cannot sync either.
    storage?.close().catch(() => undefined);
  }

  /** Throws `BuilderError` where the application's documents are set aside. */
  checkIntact(application: string): void {
    const damage = this.#damaged.get(application);
    if (damage !== undefined) throw damagedError(damage, 'refused');
  }

  get statistics(): {
    readonly transactionCount: number;
    readonly commitCount: number;
    readonly storeCount: number;
    /** Applications whose documents are damaged. */
    readonly setAsideStoreCount: number;
    /** Operations that did not do what they should, as something is wrong with the program. */
    readonly failedTransactionCount: number;
  } {
    return {
      transactionCount: this.#transactionCount,
      commitCount: this.#commitCount,
      storeCount: this.#storages.size,
      setAsideStoreCount: this.#damaged.size,
      failedTransactionCount: this.#failedTransactionCount,
    };
  }

  get queuedCount(): number {
    return this.#queue.length;
  }

  /** The last operation that any store contains. */
  get appliedThrough(): Sequence {
    let last = 0;
    for (const storage of this.#storages.values()) last = Math.max(last, storage.appliedSequence);
    return asSequence(last);
  }

  /** Operations up to here survive a power loss in their stores; undefined: all that were applied do. */
  get durableThrough(): Sequence | undefined {
    let lowest: number | undefined;
    for (const storage of this.#storages.values()) {
      const durable = storage.durableSequence;
      if (durable < storage.appliedSequence && (lowest === undefined || durable < lowest)) lowest = durable;
    }
    return lowest === undefined ? undefined : asSequence(lowest);
  }

  /** Resolves when everything that is applied now is on the disk. */
  async sync(): Promise<void> {
    await Promise.all([...this.#storages.values()].map((storage) => storage.sync()));
  }

  /** Made when it does not exist yet. Throws `BuilderError` where it is set aside, and `CorruptionError` where it would have to be. */
  open(application: string): DocumentStorage {
    this.checkIntact(application);
    let storage = this.#storages.get(application);
    if (storage === undefined) {
      storage = DocumentStorage.open(this.#options.layout.documentsFolder(application));
      this.#storages.set(application, storage);
      if (this.#isRecovered) storage.markReady();
      const followed = new FollowedCollections();
      storage.read((reader) => followed.list(reader));
      this.#followed.set(application, followed);
    }
    return storage;
  }

  /** Whether the index takes its records from documents: nobody else writes it. */
  isFollowing(application: string, index: string): boolean {
    return this.#followed.get(application)?.has(index) ?? false;
  }

  storages(): Iterable<readonly [application: string, storage: DocumentStorage]> {
    return this.#storages;
  }

  /** Called before the proposal enters the log; resolves when it is applied. */
  whenAnswered(application: string, operationId: string): Promise<TransactionAnswer> {
    const answered = new Promise<TransactionAnswer>((resolve, reject) =>
      this.#waiting.set(keyOf(application, operationId), { resolve, reject }),
    );
    // The proposer looks at it only once the log has answered.
    answered.catch(() => undefined);
    return answered;
  }

  /** The proposal did not reach the log. */
  forget(application: string, operationId: string): void {
    this.#waiting.delete(keyOf(application, operationId));
  }

  isWaiting(application: string, operationId: string): boolean {
    return this.#waiting.has(keyOf(application, operationId));
  }

  /** Whoever waits for this proposal gets what the operation at `sequence` answered, or hears that it is lost. */
  answerKept(application: string, operationId: string, sequence: Sequence | undefined): void {
    const key = keyOf(application, operationId);
    const waiting = this.#waiting.get(key);
    this.#waiting.delete(key);
    try {
      const kept = sequence === undefined ? undefined : this.keptAnswer(application, sequence);
      if (kept === undefined) waiting?.reject(answerForgotten());
      else waiting?.resolve(kept);
    } catch (error) {
      // Set aside meanwhile: the proposer hears of it, as others do.
      if (!(error instanceof BuilderError)) throw error;
      waiting?.reject(error);
    }
  }

  /** What an operation that was applied earlier answered; undefined when that is no longer known. */
  keptAnswer(application: string, sequence: Sequence): TransactionAnswer | undefined {
    const storage = this.open(application);
    const kept = findAnswer(storage, sequence);
    return kept === undefined
      ? undefined
      : decodeAnswer(
          kept,
          this.#options.layout.documentsFolder(application),
          sealOf(this.#options.vault, application),
        );
  }

  push(logged: LoggedDocuments): void {
    this.#queue.push(logged);
  }

  /**
   * Applies what was pushed; gives what that changes in search indexes, in the order of the log. Throws what the store throws: the machine
   * failed, and nothing of it was answered. A damaged store is set aside instead.
   */
  flush(): readonly SearchPart[] {
    if (this.#queue.length === 0) return [];
    const parts: SearchPart[] = [];
    const queue = this.#queue;
    this.#queue = [];
    const byApplication = new Map<string, LoggedDocuments[]>();
    for (const logged of queue) {
      const list = byApplication.get(logged.application);
      if (list === undefined) byApplication.set(logged.application, [logged]);
      else list.push(logged);
    }
    const committed: string[] = [];
    for (const [application, list] of byApplication) {
      try {
        if (this.#apply(application, list, parts)) committed.push(application);
      } catch (error) {
        const damage = error instanceof CorruptionError ? error : this.#damaged.get(application);
        if (damage === undefined) throw error;
        if (!this.#damaged.has(application)) this.setAside(application, damage);
        for (const { operationId } of list) {
          const key = keyOf(application, operationId);
          this.#waiting.get(key)?.reject(damagedError(damage, 'unknown'));
          this.#waiting.delete(key);
        }
      }
    }
    if (committed.length > 0) this.#options.onCommitted(committed);
    return byApplication.size === 1 ? parts : parts.sort((a, b) => a.part.sequence - b.part.sequence);
  }

  /** Resolves when everything that was applied is on the disk. */
  async close(): Promise<void> {
    await Promise.all([...this.#storages.values()].map((storage) => storage.close()));
    this.#storages.clear();
  }

  #apply(application: string, list: readonly LoggedDocuments[], parts: SearchPart[]): boolean {
    const storage = this.open(application);
    // Replayed from the journal, though the store has them: their indexes may not.
    const fresh = list.filter(({ sequence }) => sequence > storage.appliedSequence);
    if (fresh.length < list.length) {
      const last = list[list.length - fresh.length - 1]!;
      parts.push(
        ...storage.read((reader) => readOutbox(reader, application, list[0]!.sequence, last.sequence)),
      );
    }
    if (fresh.length === 0) return false;
    const changed: SearchPart[] = [];
    const answers = storage.write((writer) => {
      const all = fresh.map((logged) => this.#applyOne(writer, logged, changed));
      const last = fresh.at(-1)!.sequence;
      writer.setAppliedSequence(last);
      if (this.#followed.get(application)!.isUsed)
        forgetOutbox(writer, this.#options.publishedThrough(), fresh.length * 2 + 16);
      forgetAnswers(writer, last, fresh.length);
      return all;
    });
    for (const part of changed) parts.push(part);
    this.#commitCount++;
    this.#transactionCount += fresh.length;
    for (const [at, { operationId }] of fresh.entries()) {
      const key = keyOf(application, operationId);
      this.#waiting.get(key)?.resolve(answers[at]!);
      this.#waiting.delete(key);
    }
    return answers.some(({ wrote }) => wrote);
  }

  #applyOne(writer: DocumentStorageWriter, logged: LoggedDocuments, parts: SearchPart[]): TransactionAnswer {
    const { application, operation, sequence, proposedAtMs } = logged;
    const before = writer.lastTime;
    // Strictly later than every transaction before it, also when a clock went back.
    const time = Math.max(proposedAtMs * 1000, before + 1);
    if (operation.kind === 'documentsStep') {
      const failure = this.#survive(writer, sequence, () => {
        runStep(writer, time, operation.limit);
        return undefined;
      });
      if (failure !== undefined) return { sequence, time: before, ...failure };
      this.#noteSearch(writer, logged, before, parts, { time, limit: operation.limit });
      const wrote = writer.lastTime > before;
      return { sequence, time, status: 200, wrote, costs: NO_COSTS, body: '{}' };
    }
    const result = this.#evaluate(writer, application, operation, time, sequence);
    if (result.wrote) this.#noteSearch(writer, logged, before, parts);
    const answer = { sequence, time: writer.lastTime, ...result };
    if (result.body.length <= ANSWER_BYTES_MAX)
      keepAnswer(writer, sequence, encodeAnswer(answer, sealOf(this.#options.vault, application)));
    return answer;
  }

  /** What the transactions since `before` change in search indexes. `fill`: filling them goes on, too. */
  #noteSearch(
    writer: DocumentStorageWriter,
    { application, sequence, proposedAtMs }: LoggedDocuments,
    before: number,
    parts: SearchPart[],
    fill?: { readonly time: number; readonly limit: number },
  ): void {
    const followed = this.#followed.get(application)!;
    const known = followed.indexes;
    const changes: IndexChanges[] = [];
    try {
      changes.push(...searchChangesOf(writer, before, followed.list(writer)));
      const filled = fill && runSearchableStep(writer, Math.max(fill.time, writer.lastTime + 1), fill.limit);
      if (filled !== undefined) changes.push(filled);
    } catch (error) {
      if (writer.failed || error instanceof CorruptionError) throw error;
      this.#failedTransactionCount++;
      // A defect of the program: documents are more than their indexes, and replayed it would stop the builder again and again.
      this.#options.log(
        'error',
        `operation ${sequence}: indexes that follow collections of application ${application} miss changes, declare them with refill: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
    }
    followed.list(writer);
    for (const index of known) if (!followed.has(index)) forgetLeftOut(writer, index);
    if (changes.length === 0) return;
    const at = { application, sequence, proposedAtMs };
    parts.push(
      ...noteSearchChanges(writer, changes, at, (index, id, bytes) =>
        this.#options.log(
          'warn',
          `document ${id} is left out of index ${index} of application ${application}: its record would have ${bytes} bytes`,
        ),
      ),
    );
  }

  #evaluate(
    writer: DocumentStorageWriter,
    application: string,
    operation: Extract<DocumentsOperation, { kind: 'fql' }>,
    time: number,
    sequence: Sequence,
  ): TransactionResult {
    const options: EvaluationOptions = {
      strictTemporal: operation.strictTemporal,
      stepsMax: STEPS_MAX_WRITING,
    };
    const { body, authentication } = operation;
    const { vault } = this.#options;
    return this.#survive(writer, sequence, () => {
      // Between the proposal and its place in the log the key or token may have gone.
      if (refresh(writer, authentication, time) === undefined) {
        return { status: 401, body: UNAUTHORIZED, wrote: false, costs: NO_COSTS };
      }
      return runWrite(writer, {
        body,
        authentication,
        time,
        get seed() {
          return vault.chance(application, operation.seed);
        },
        host: nodeHost,
        options,
      });
    });
  }

  /** A defect of the program: what it began is undone, its client told, and the others go on. Replayed, it would fail again and again. */
  #survive<T>(writer: DocumentStorageWriter, sequence: Sequence, run: () => T): T | TransactionResult {
    const before = writer.lastTime;
    try {
      return run();
    } catch (error) {
      if (writer.failed || writer.lastTime !== before) throw error;
      this.#failedTransactionCount++;
      this.#options.log(
        'error',
        `operation ${sequence} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
      return { status: 500, body: INTERNAL_ERROR, wrote: false, costs: NO_COSTS };
    }
  }
}

interface Waiting {
  readonly resolve: (answer: TransactionAnswer) => void;
  readonly reject: (error: BuilderError) => void;
}

function damagedError(damage: CorruptionError, outcome: 'refused' | 'unknown'): BuilderError {
  return new BuilderError(
    'documents-damaged',
    outcome,
    'the documents of this application are damaged; the server log tells more',
    { cause: damage },
  );
}

export function answerForgotten(): BuilderError {
  return new BuilderError(
    'answer-forgotten',
    'unknown',
    'the transaction was carried out, its answer is lost',
  );
}

const UNAUTHORIZED = JSON.stringify({ errors: [{ code: 'unauthorized', description: 'Unauthorized' }] });
const INTERNAL_ERROR = JSON.stringify({
  errors: [
    {
      code: 'internal server error',
      description: 'The evaluation failed; the server log tells more. Nothing was changed.',
    },
  ],
});

const NO_COSTS = { computeOps: 0, readOps: 0, writeOps: 0, bytesRead: 0, bytesWritten: 0 };

function keyOf(application: string, operationId: string): string {
  return `${application}/${operationId}`;
}
