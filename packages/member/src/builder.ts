/**
 * The one writer of a machine: takes proposals into the log, applies what the log holds, publishes, and answers what query processes ask.
 *
 *   propose → journal (durable: acknowledged) → follow → application state, or the index's line (`ApplyScheduler`)
 *           → published on disk → announced to every query process → acknowledged by them: the task is `published`
 *
 * All state is on disk. A new builder starts from the manifests and the journal behind them; what was acknowledged is applied exactly
 * once, as manifests say how far they are and operation ids are remembered.
 */

import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import {
  asSequence,
  type Clock,
  CorruptionError,
  type Json,
  type JsonObject,
  type Sequence,
} from '@skein/base';
import {
  entryByteLength,
  LocalJournal,
  type Operation as LoggedOperation,
  NodeJournalDisk,
  type OperationLog,
  OperationLogError,
  ProposalScheduler,
} from '@skein/oplog';
import { Applications } from './applications.ts';
import { ApplyScheduler } from './apply-scheduler.ts';
import { shareBuilderMemory } from './builder-memory.ts';
import { folderBytes, listIndexes } from './catalogue.ts';
import type { BuilderCluster, ClusteredBuilder, OpenCluster } from './cluster/builder-cluster.ts';
import type { CheckpointParts } from './cluster/checkpoint.ts';
import { builderErrorOf, CheckpointSource } from './cluster/checkpoint-source.ts';
import type { SamenessParts } from './cluster/own-digests.ts';
import { DataLayout } from './data-layout.ts';
import { answerForgotten, DocumentsApplier } from './documents/documents-applier.ts';
import { DocumentsMaintenance } from './documents/documents-maintenance.ts';
import {
  type DocumentsOperation,
  decodeDocumentsOperation,
  encodeDocumentsOperation,
  isDocumentsPayload,
  sealOf,
} from './documents/documents-operation.ts';
import type { TransactionAnswer } from './documents/transaction-answer.ts';
import { syncFolder } from './file-directory.ts';
import type { IndexLine, Part } from './index-line.ts';
import { IndexStore, readMarker } from './index-store.ts';
import { BuilderServer, type BuilderService } from './ipc/builder-server.ts';
import {
  type Answer,
  BuilderError,
  type Change,
  type IndexSummary,
  type MembersChange,
  NO_PROGRESS,
  type Progress,
  type Request,
} from './ipc/messages.ts';
import { KeyVault, SealError } from './key-vault.ts';
import { type BatchRequest, decodeOperation, type IndexOperation, type Operation } from './operation.ts';
import { formatOfPayload, OPERATION_FORMAT } from './operation-format.ts';
import { OperationFormatError } from './operation-format-error.ts';
import { PendingTasks } from './pending-tasks.ts';
import { ProgressMarks } from './progress-marks.ts';
import { RecentOperations } from './recent-operations.ts';

export interface BuilderConfiguration {
  readonly dataFolder: string;
  readonly socketPath: string;
  /** Keys are sealed under it; kept outside the data folder. */
  readonly secret: string;
  /** Memory of its own that the process keeps below; see `builder-memory.ts`. */
  readonly memoryBytesMax?: number | undefined;
  /** An index without writes for so long is merged into as few segments as are worth it. */
  readonly idleMergeMs?: number | undefined;
  readonly publishIntervalMs?: number | undefined;
  readonly journalFileBytesMax?: number | undefined;
  /** Undefined: a machine of its own, whose journal is the log. */
  readonly openCluster?: OpenCluster | undefined;
  /** How often what is published everywhere may leave the journal. */
  readonly checkpointIntervalMs?: number | undefined;
  readonly clock?: Clock | undefined;
  readonly log?: ((level: 'info' | 'warn' | 'error', message: string) => void) | undefined;
  /** The machine failed (disk full, input/output error): the process should end, and start again later. */
  readonly onFatal?: ((error: Error) => void) | undefined;
}

const MEMORY_BYTES_MAX = 512 * 1024 * 1024;
const PUBLISH_INTERVAL_MS = 120;
const IDLE_MERGE_MS = 5_000;
/** A proposal that finds no room for so long is refused. */
const ROOM_WAIT_MS_MAX = 20_000;
const CHECKPOINT_INTERVAL_MS = 2_000;
const DRAIN_MS_MAX = 20_000;
const PROPOSALS_CLOSE_MS_MAX = 3_000;
/** Acknowledged, in the journal, and not applied yet: beyond this, writers wait. */
const BACKLOG_BYTES_MAX = 2 * 2 ** 30;
/** How often a proposal that waits for room looks again, when nothing else wakes it. */
const ROOM_LOOK_MS = 50;
const PROGRESS_INTERVAL_MS = 25;
/** How long following the log may go on without letting others run. */
const ACCEPT_MS = 10;
/** Transactions that share one commit of their store, at most. */
const COMMIT_COUNT_MAX = 256;

/** For lengths of time: it does not step when somebody sets the machine's clock. */
const STEADY_CLOCK: Clock = { nowMs: () => performance.timeOrigin + performance.now() };

export class Builder implements BuilderService, ClusteredBuilder {
  readonly #layout: DataLayout;
  readonly #clock: Clock;
  readonly #log: (level: 'info' | 'warn' | 'error', message: string) => void;
  readonly #onFatal: (error: Error) => void;
  /** What this machine has of the log, in order: alone it is the log. */
  readonly #journal: LocalJournal;
  readonly #operations: OperationLog;
  readonly #cluster: BuilderCluster | undefined;
  readonly #proposals: ProposalScheduler;
  readonly #applications: Applications;
  readonly #recent: RecentOperations;
  readonly #scheduler: ApplyScheduler;
  readonly #vault: KeyVault;
  readonly #documents: DocumentsApplier;
  readonly #maintenance: DocumentsMaintenance;
  readonly #pending = new PendingTasks();
  readonly #queuedBytesMax: number;
  readonly #checkpointIntervalMs: number;
  /** Operations on indexes that came after operations on documents that are not applied yet. */
  #behind: {
    readonly application: string;
    readonly operation: IndexOperation;
    readonly at: Omit<Part, 'work'>;
  }[] = [];
  #behindBytes = 0;
  /** Payloads that were taken from the log since the start, what was replayed left out. */
  #acceptedBytes = 0;
  /** Operations on applications whose file is not written yet. */
  #changedBy: Sequence[] = [];
  /** Operations that nobody here could read: they change nothing. */
  #unreadableCount = 0;
  readonly #stopFollowing = new AbortController();
  #server: BuilderServer | undefined;
  #following: Promise<void> | undefined;
  #checkpointTimer: NodeJS.Timeout | undefined;
  /** Of the journal, from its end at the start on. */
  readonly #replayedThrough: Sequence;
  #progressTimer: NodeJS.Timeout | undefined;
  #progress = '';
  readonly #journalMarks = new ProgressMarks();
  #publishWaiters: { readonly sequence: number; readonly resolve: (published: boolean) => void }[] = [];
  #journalHolds = new Set<JournalHold>();
  /** Copies of this machine's state, for members that need one, and for backups. */
  readonly checkpoints: CheckpointSource;
  /** The last operation that was handed on from the log. */
  #accepted = asSequence(0);
  #acceptWaiters: { readonly sequence: Sequence; readonly resolve: () => void }[] = [];
  #savedThrough: Sequence;
  #checkpointing = false;
  #closing = false;
  #failed = false;
  #failure: Error | undefined;

  /** Recovers, and then listens. Throws what makes starting impossible: damaged journal, another secret, no room. */
  static async start(configuration: BuilderConfiguration): Promise<Builder> {
    const layout = new DataLayout(configuration.dataFolder);
    const log = configuration.log ?? (() => {});
    const vault = new KeyVault(configuration.secret);
    const applications = Applications.load(layout, vault);
    const recent = RecentOperations.load(layout.recentOperationsFile);
    const stores = loadStores(layout, applications.ids, log);
    let builder: Builder | undefined;
    const documents = new DocumentsApplier({
      layout,
      vault,
      log,
      onCommitted: (changed) => builder?.tellCommitted(changed),
      publishedThrough: () => builder?.publishedThrough ?? 0,
    });
    documents.load(applications.ids);
    const known = Math.max(
      recent.appliedThrough,
      documents.appliedThrough,
      ...applications.ids.map((id) => applications.get(id)?.appliedSequence ?? 0),
      stores.reduce((last, { appliedSequence }) => Math.max(last, appliedSequence), 0),
    );
    const journal = await LocalJournal.open(await NodeJournalDisk.open(layout.journalFolder), {
      fileBytesMax: configuration.journalFileBytesMax,
      sequenceFloor: asSequence(known),
    });
    if (journal.tornBytes > 0)
      log('info', `cut ${journal.tornBytes} bytes of unacknowledged writes off the journal`);
    const { dataFolder, secret } = configuration;
    const onFatal = (error: Error): void => builder?.fail(error);
    const cluster = await configuration.openCluster?.({ journal, dataFolder, secret, log, onFatal });
    builder = new Builder(configuration, {
      layout,
      journal,
      applications,
      recent,
      vault,
      documents,
      cluster,
    });
    for (const store of stores) builder.#scheduler.add(store);
    await builder.#start(configuration.socketPath);
    return builder;
  }

  private constructor(
    configuration: BuilderConfiguration,
    parts: {
      readonly layout: DataLayout;
      readonly journal: LocalJournal;
      readonly applications: Applications;
      readonly recent: RecentOperations;
      readonly vault: KeyVault;
      readonly documents: DocumentsApplier;
      readonly cluster: BuilderCluster | undefined;
    },
  ) {
    const memoryBytesMax = configuration.memoryBytesMax ?? MEMORY_BYTES_MAX;
    this.#layout = parts.layout;
    this.#journal = parts.journal;
    this.#cluster = parts.cluster;
    this.#operations = parts.cluster?.operations ?? parts.journal;
    this.#replayedThrough = parts.journal.lastSequence;
    this.#proposals = new ProposalScheduler(this.#operations, {
      applicationBytesMax: Math.floor(memoryBytesMax / 8),
      queuedBytesMax: Math.floor(memoryBytesMax / 4),
    });
    this.#applications = parts.applications;
    this.#recent = parts.recent;
    this.#vault = parts.vault;
    this.#documents = parts.documents;
    this.#savedThrough = parts.recent.appliedThrough;
    this.#clock = configuration.clock ?? { nowMs: () => Date.now() };
    this.#log = configuration.log ?? (() => {});
    this.#onFatal = configuration.onFatal ?? (() => {});
    this.#checkpointIntervalMs = configuration.checkpointIntervalMs ?? CHECKPOINT_INTERVAL_MS;
    const { queuedBytesMax, bufferedBytesMax, threadBytesMax } = shareBuilderMemory(memoryBytesMax);
    this.#queuedBytesMax = queuedBytesMax;
    this.#scheduler = new ApplyScheduler({
      layout: parts.layout,
      clock: configuration.clock ?? STEADY_CLOCK,
      publishIntervalMs: configuration.publishIntervalMs ?? PUBLISH_INTERVAL_MS,
      bufferedBytesMax,
      threadBytesMax,
      idleMergeMs: configuration.idleMergeMs ?? IDLE_MERGE_MS,
      log: this.#log,
      onPublished: (changes, sequences) => void this.#announce(changes, sequences),
      onFatal: (error) => this.fail(error),
    });
    this.checkpoints = new CheckpointSource(this.#checkpointParts());
    this.#maintenance = new DocumentsMaintenance({
      isChosen: () => this.#cluster?.isChosen ?? true,
      documents: this.#documents,
      clock: this.#clock,
      log: this.#log,
      propose: (application, operation) => this.#proposeOwn(application, operation),
    });
  }

  async answer(request: Exclude<Request, { kind: 'subscribe' }>, payload: Uint8Array): Promise<Answer> {
    switch (request.kind) {
      case 'propose':
        return { fields: { sequence: await this.#propose(request, payload) } };
      case 'transact': {
        const { body, ...fields } = await this.transact(request, payload);
        return { fields: fields as unknown as JsonObject, payload: Buffer.from(body) };
      }
      case 'openDocuments':
        await this.#whenKnown(request.application);
        this.#documents.open(request.application);
        return { fields: {} };
      case 'taskStatus':
        return { fields: { status: this.#isPending(request.sequence) ? 'notPublished' : 'published' } };
      case 'whenPublished':
        return { fields: { published: await this.#whenPublished(request.sequence, request.timeoutMs) } };
      case 'cluster':
        return { fields: { cluster: this.#cluster?.describe() ?? null } };
      case 'changeMembers':
        await this.#changeMembers(request.change);
        return { fields: {} };
      case 'openCheckpoint': {
        const { id } = await this.checkpoints.open().catch((error: unknown) => {
          throw builderErrorOf(error);
        });
        return { fields: { checkpoint: id, folder: this.checkpoints.folderOf(id) } };
      }
      case 'releaseCheckpoint':
        await this.checkpoints.release(request.checkpoint);
        return { fields: {} };
      case 'listIndexes':
        return { fields: { indexes: this.#summaries(request.application) as unknown as Json } };
      case 'statistics':
        return { fields: { statistics: this.statistics() } };
    }
  }

  /** What operations up to here changed in indexes and applications is published everywhere. */
  get publishedThrough(): Sequence {
    const lowest = this.#pending.lowest;
    return lowest === undefined ? this.#accepted : asSequence(lowest - 1);
  }

  get behindSinceMs(): number | undefined {
    return this.#journalMarks.firstBeyond(this.publishedThrough);
  }

  /** Transactions on documents of these applications are visible to every process. */
  tellCommitted(applications: readonly string[]): void {
    this.#server?.tellCommitted(applications);
    this.#maintenance.committed(applications);
  }

  statistics(): JsonObject {
    const { syncCount, appendedCount, appendedBytes, fileCount } = this.#journal.statistics;
    return {
      lastSequence: this.#journal.lastSequence,
      pendingTaskCount: this.#pending.count,
      queuedBytes: this.#scheduler.queuedBytes,
      bufferedBytes: this.#scheduler.bufferedBytes,
      threadJobCount: this.#scheduler.threadJobCount,
      openWriterCount: this.#scheduler.openWriterCount,
      publishCount: this.#scheduler.publishCount,
      mergeCount: this.#scheduler.mergeCount,
      rebuildCount: this.#scheduler.rebuildCount,
      setAsideIndexCount: this.#scheduler.setAsideCount,
      unreadableOperationCount: this.#unreadableCount,
      journalSyncCount: syncCount,
      journalAppendedCount: appendedCount,
      journalAppendedBytes: appendedBytes,
      journalFileCount: fileCount,
      ...this.#documents.statistics,
      subscriberCount: this.#server?.subscriberCount ?? 0,
      residentBytes: process.memoryUsage.rss(),
    };
  }

  /** Refuses new proposals, publishes what is acknowledged, writes a checkpoint. */
  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    clearInterval(this.#checkpointTimer);
    this.#cluster?.beginStopping();
    // Without a majority what waits would wait until it is refused.
    await Promise.race([this.#proposals.close(), pause(PROPOSALS_CLOSE_MS_MAX, undefined, { ref: false })]);
    if (!this.#failed) {
      const cut = AbortSignal.timeout(DRAIN_MS_MAX);
      const drained = this.#whenAccepted(this.#journal.lastSequence).then(() => this.#scheduler.drain());
      // What does not fit into the time is applied from the journal by the next builder.
      await Promise.race([drained, new Promise((resolve) => cut.addEventListener('abort', resolve))]);
    }
    this.#maintenance.stop();
    this.#stopFollowing.abort();
    await this.#scheduler.stop();
    await this.#following;
    clearInterval(this.#progressTimer);
    await this.#cluster?.close();
    await this.checkpoints.close();
    await this.#operations.close();
    await this.#documents.close();
    if (!this.#failed) this.#saveRecent();
    await this.#server?.close();
  }

  async #start(socketPath: string): Promise<void> {
    const last = this.#journal.lastWrittenSequence;
    this.#following = this.#follow().catch((error: unknown) => {
      this.fail(error instanceof Error ? error : new Error('following the log failed', { cause: error }));
    });
    // Operation ids are known again only when the journal is read to its end: until then a retry could not be told from a new one.
    await Promise.race([this.#whenAccepted(last), this.#following]);
    if (this.#failed) {
      const reason = this.#failure?.message ?? 'unknown';
      throw new Error(`the builder could not recover: ${reason}`, { cause: this.#failure });
    }
    this.#advance(this.#journal.lastSequence);
    this.#documents.markRecovered();
    this.#server = await BuilderServer.listen(socketPath, this);
    await this.#cluster?.serve(this);
    this.#maintenance.start();
    this.#checkpointTimer = setInterval(() => void this.#checkpoint(), this.#checkpointIntervalMs);
    this.#progressTimer = setInterval(() => this.#tellProgress(), PROGRESS_INTERVAL_MS);
    this.#tellProgress();
  }

  #tellProgress(): void {
    const nowMs = this.#clock.nowMs();
    this.#journalMarks.note(this.#journal.lastSequence, nowMs);
    const published = this.publishedThrough;
    const progress: Progress = this.#cluster?.progress(published) ?? { ...NO_PROGRESS, published };
    const text = JSON.stringify(progress);
    if (text !== this.#progress) {
      this.#progress = text;
      this.#server?.tellProgress(progress);
    }
    if (this.#publishWaiters.length === 0) return;
    const waiting = this.#publishWaiters;
    this.#publishWaiters = waiting.filter(({ sequence }) => sequence > published);
    for (const { sequence, resolve } of waiting) if (sequence <= published) resolve(true);
  }

  #whenPublished(sequence: number, timeoutMs: number): Promise<boolean> {
    if (sequence <= this.publishedThrough) return Promise.resolve(true);
    return new Promise((resolve) => {
      const waiter = {
        sequence,
        resolve: (published: boolean): void => {
          clearTimeout(timer);
          resolve(published);
        },
      };
      const timer = setTimeout(() => {
        this.#publishWaiters = this.#publishWaiters.filter((other) => other !== waiter);
        resolve(false);
      }, timeoutMs);
      this.#publishWaiters.push(waiter);
    });
  }

  async #changeMembers(change: MembersChange): Promise<void> {
    if (this.#cluster === undefined)
      throw new BuilderError('bad-request', 'refused', 'this server is not part of a cluster');
    await this.#cluster.changeMembers(change);
  }

  /** What is compared with the other members' state, and may be replaced by theirs. */
  get sameness(): SamenessParts {
    return {
      layout: this.#layout,
      applications: () => this.#applications.ids.map((id) => this.#applications.get(id)!),
      stores: (application) => [...this.#scheduler.lines(application)].map(({ store }) => store),
      documents: () => this.#documents.storages(),
      publishedThrough: () => this.publishedThrough,
      acceptedThrough: () => this.#accepted,
      holdIndex: (application, index) => this.#scheduler.holdIndex(application, index),
      markIndex: (application, index, sequence, reached) =>
        this.#scheduler.markIndex(application, index, sequence, reached),
      replaceIndex: (application, index, fresh, applied) =>
        this.#scheduler.replaceIndex(application, index, fresh, applied),
      log: this.#log,
    };
  }

  /** What a copy for another member is made of. */
  #checkpointParts(): CheckpointParts {
    return {
      layout: this.#layout,
      journal: this.#journal,
      documents: this.#documents,
      stores: (application) => [...this.#scheduler.lines(application)].map(({ store }) => store),
      savedThrough: () => this.#savedThrough,
      holdJournal: () => this.holdJournal(),
      log: this.#log,
    };
  }

  /** Operations from the one after what is applied here on stay in the journal until the hold is let go. */
  holdJournal(): JournalHold {
    const hold: JournalHold = {
      appliedThrough: this.#appliedThrough(),
      letGo: () => void this.#journalHolds.delete(hold),
    };
    this.#journalHolds.add(hold);
    return hold;
  }

  /** The machine failed: everything is on disk, and another process starts from there. */
  fail(error: Error): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#failure = error;
    this.#log('error', `the builder stops: ${error.stack ?? error.message}`);
    this.#onFatal(error);
  }

  async #propose(request: Extract<Request, { kind: 'propose' }>, payload: Uint8Array): Promise<Sequence> {
    const { application, operationId } = request;
    // Made a moment ago, perhaps: acknowledged, but not handed on from the log yet.
    if (this.#applications.get(application) === undefined)
      await this.#whenAccepted(this.#journal.lastSequence);
    const known = this.#recent.find(application, operationId);
    const sequence = known === undefined ? await this.#append(request, payload) : await known;
    if (request.until === 'visible') {
      await this.#whenAccepted(sequence);
      await this.#pending.whenDone(sequence);
    }
    return sequence;
  }

  /**
   * Resolves with the answer when the operation is durable, applied, and visible to every process. A second proposal with the same id gets
   * the first one's answer.
   */
  async transact(
    request: {
      readonly application: string;
      readonly operationId: string;
      readonly proposedAtMs: number;
    },
    payload: Uint8Array,
  ): Promise<TransactionAnswer> {
    const { application, operationId, proposedAtMs } = request;
    await this.#whenKnown(application);
    this.#documents.checkIntact(application);
    const known = this.#recent.find(application, operationId);
    if (known !== undefined) {
      const sequence = await known;
      await this.#whenAccepted(sequence);
      const kept = this.#documents.keptAnswer(application, sequence);
      if (kept !== undefined) return kept;
      throw answerForgotten();
    }
    if (this.#closing || this.#failed)
      throw new BuilderError('unavailable', 'unknown', 'the builder is stopping');
    this.#checkFormat(payload);
    const answered = this.#documents.whenAnswered(application, operationId);
    const sequence = this.#appendWhenRoom(
      { application, indexes: [] },
      { application, operationId, proposedAtMs, payload },
    );
    this.#recent.begin(application, operationId, sequence);
    try {
      const given = await sequence;
      // Applied by then, unless it stood in the log before already, or could not be read.
      void this.#whenAccepted(given).then(() => this.#answerRepeated(application, operationId));
    } catch (error) {
      this.#documents.forget(application, operationId);
      throw error;
    }
    return answered;
  }

  /** The proposer of an operation that was not carried out at its place gets what it answered the first time. */
  #answerRepeated(application: string, operationId: string): void {
    if (!this.#documents.isWaiting(application, operationId)) return;
    const first = this.#recent.find(application, operationId);
    this.#documents.answerKept(application, operationId, typeof first === 'number' ? first : undefined);
  }

  /** A transaction that the builder asks for itself. */
  #proposeOwn(application: string, operation: DocumentsOperation): Promise<TransactionAnswer> {
    return this.transact(
      { application, operationId: randomUUID(), proposedAtMs: this.#clock.nowMs() },
      encodeDocumentsOperation(operation, sealOf(this.#vault, application), this.#operationFormat),
    );
  }

  /** A machine of its own has only itself to understand. */
  get #operationFormat(): number {
    return this.#cluster?.operationFormat ?? OPERATION_FORMAT;
  }

  /** Refuses what another member would have to stop at. */
  #checkFormat(payload: Uint8Array): void {
    const format = formatOfPayload(payload);
    if (format <= this.#operationFormat) return;
    throw new BuilderError(
      'unavailable',
      'refused',
      `not every member of the cluster is known to read operations of format ${format}`,
    );
  }

  /** Rejects when there is no such application. */
  async #whenKnown(application: string): Promise<void> {
    // Made a moment ago, perhaps: acknowledged, but not handed on from the log yet.
    if (this.#applications.get(application) === undefined)
      await this.#whenAccepted(this.#journal.lastSequence);
    if (this.#applications.get(application) === undefined) {
      throw new BuilderError('unknown-application', 'refused', `application ${application} does not exist`);
    }
  }

  async #append(request: Extract<Request, { kind: 'propose' }>, payload: Uint8Array): Promise<Sequence> {
    const { application, operationId, proposedAtMs } = request;
    if (this.#closing || this.#failed)
      throw new BuilderError('unavailable', 'unknown', 'the builder is stopping');
    this.#checkFormat(payload);
    this.#checkTarget(request, payload);
    // Remembered before the first pause, so that a second proposal with this id waits for this one.
    const sequence = this.#appendWhenRoom(
      request,
      { application, operationId, proposedAtMs, payload },
      // Meanwhile the index may have begun to follow a collection.
      () => this.#checkTarget(request, payload),
    );
    this.#recent.begin(application, operationId, sequence);
    return sequence;
  }

  async #appendWhenRoom(
    { application, indexes }: { readonly application: string; readonly indexes: readonly string[] },
    operation: { application: string; operationId: string; proposedAtMs: number; payload: Uint8Array },
    checkAfterWait: () => void = () => {},
  ): Promise<Sequence> {
    const untilMs = STEADY_CLOCK.nowMs() + ROOM_WAIT_MS_MAX;
    for (;;) {
      try {
        if (this.#hasRoom(application, indexes)) return await this.#proposals.submit(operation);
        if (STEADY_CLOCK.nowMs() > untilMs)
          throw new BuilderError('too-many-jobs', 'refused', 'too many operations wait to be applied');
      } catch (error) {
        const isFull = error instanceof OperationLogError && error.code === 'too-many-waiting';
        if (!isFull || STEADY_CLOCK.nowMs() > untilMs) throw this.#appendError(error);
      }
      await Promise.race([this.#scheduler.whenLess(), pause(ROOM_LOOK_MS)]);
      if (this.#closing) throw new BuilderError('unavailable', 'unknown', 'the builder is stopping');
      checkAfterWait();
    }
  }

  #appendError(error: unknown): Error {
    if (!(error instanceof OperationLogError)) {
      return error instanceof Error ? error : new Error('appending failed', { cause: error });
    }
    if (error.code === 'operation-too-large' || error.code === 'disk-full') {
      return new BuilderError(error.code, 'refused', error.message, { cause: error });
    }
    if (error.code === 'too-many-waiting')
      return new BuilderError('too-many-jobs', 'refused', error.message, { cause: error });
    if (error.code === 'no-quorum')
      return new BuilderError('no-quorum', error.outcome, error.message, { cause: error });
    if (error.code === 'log-failed') this.fail(error);
    return new BuilderError(
      error.code === 'log-failed' ? 'log-failed' : 'unavailable',
      'unknown',
      error.message,
      {
        cause: error,
      },
    );
  }

  #hasRoom(application: string, indexes: readonly string[]): boolean {
    if (this.#journal.statistics.appendedBytes - this.#acceptedBytes > BACKLOG_BYTES_MAX) return false;
    // An index that is being rebuilt may keep an eighth waiting, so that the others have room.
    return indexes.every((index) => {
      const line = this.#scheduler.find(application, index);
      return line === undefined || line.state !== 'waiting' || line.queuedBytes <= this.#queuedBytesMax / 8;
    });
  }

  /** Refuses what applying would have to ignore. */
  #checkTarget(request: Extract<Request, { kind: 'propose' }>, payload: Uint8Array): void {
    const { application, indexes } = request;
    const unknown = this.#applications.get(application) === undefined;
    const damaged = indexes
      .map((index) => this.#scheduler.find(application, index)?.store)
      .find((store) => store?.damage);
    const following = indexes.find((index) => this.#documents.isFollowing(application, index));
    if (!unknown && damaged === undefined && following === undefined) return;
    let operation: Operation;
    try {
      operation = decodeOperation(payload);
    } catch (error) {
      if (!(error instanceof OperationFormatError)) throw error;
      throw new BuilderError('bad-request', 'refused', error.message, { cause: error });
    }
    if (unknown && operation.kind !== 'createApplication') {
      throw new BuilderError('unknown-application', 'refused', `application ${application} does not exist`);
    }
    if (following !== undefined && !leavesRecords(operation, following)) {
      throw new BuilderError(
        'index-following',
        'refused',
        `Index ${following} is filled from a collection of documents and takes no other writes`,
      );
    }
    const heals =
      operation.kind === 'deleteIndex' ||
      ((operation.kind === 'copyIndex' || operation.kind === 'moveIndex') &&
        operation.destination === damaged?.name &&
        operation.scope === undefined);
    if (damaged?.damage !== undefined && !heals) {
      throw new BuilderError(
        'index-damaged',
        'refused',
        `index ${damaged.name} takes no writes: ${damaged.damage}`,
      );
    }
  }

  async #follow(): Promise<void> {
    const from = this.#journal.firstSequence;
    this.#advance(asSequence(from - 1));
    for await (const operations of this.#journal.follow(from, this.#stopFollowing.signal)) {
      let turnEndMs = STEADY_CLOCK.nowMs() + ACCEPT_MS;
      for (const operation of operations) {
        this.#accept(operation);
        if (
          STEADY_CLOCK.nowMs() < turnEndMs &&
          this.#scheduler.queuedBytes + this.#behindBytes <= this.#queuedBytesMax &&
          this.#documents.queuedCount < COMMIT_COUNT_MAX
        ) {
          continue;
        }
        this.#flush();
        this.#saveApplications();
        this.#advance(operation.sequence);
        await nextTurn();
        // At start the journal may hold more than fits at once.
        while (this.#scheduler.queuedBytes > this.#queuedBytesMax && !this.#stopFollowing.signal.aborted) {
          await this.#scheduler.whenLess();
        }
        if (this.#stopFollowing.signal.aborted || this.#failed) return;
        turnEndMs = STEADY_CLOCK.nowMs() + ACCEPT_MS;
      }
      this.#flush();
      this.#saveApplications();
      this.#advance(operations.at(-1)!.sequence);
    }
  }

  #accept(logged: LoggedOperation): void {
    const { application, operationId, sequence, proposedAtMs } = logged;
    if (sequence > this.#replayedThrough) this.#acceptedBytes += entryByteLength(logged);
    if (!this.#recent.commit(application, operationId, sequence)) return;
    if (sequence <= this.#recent.appliedThrough) return;
    if (isDocumentsPayload(logged.payload)) {
      this.#acceptDocuments(logged);
      return;
    }
    let operation: Operation;
    try {
      operation = decodeOperation(logged.payload);
    } catch (error) {
      if (!(error instanceof OperationFormatError)) throw error;
      this.#unreadableCount++;
      this.#log('error', `operation ${sequence} changes nothing: ${error.message}`);
      return;
    }
    switch (operation.kind) {
      case 'createApplication':
      case 'saveKey':
      case 'deleteKey':
      case 'restoreKey':
        // Tasks are noted in the order of the log.
        this.#flush();
        if (this.#applications.apply(operation, logged)) {
          this.#pending.add(sequence, 1);
          this.#changedBy.push(sequence);
        }
        return;
      default:
        if (this.#applications.get(application) === undefined) return;
        this.#enqueueInOrder(application, operation, {
          sequence,
          proposedAtMs,
          bytes: logged.payload.byteLength,
        });
    }
  }

  /** Transactions before it may change the same index, and are not applied yet: then it waits for them. */
  #enqueueInOrder(application: string, operation: IndexOperation, at: Omit<Part, 'work'>): void {
    if (this.#documents.queuedCount === 0) {
      this.#enqueue(application, operation, at);
      return;
    }
    this.#behind.push({ application, operation, at });
    this.#behindBytes += at.bytes;
  }

  /** Applies what waits on documents; what that changes in indexes takes its place among the operations on them. */
  #flush(): void {
    const parts = this.#documents.flush();
    const behind = this.#behind;
    this.#behind = [];
    this.#behindBytes = 0;
    let next = 0;
    const pushBefore = (sequence: number): void => {
      for (; next < parts.length && parts[next]!.part.sequence < sequence; next++) {
        const { application, index, part } = parts[next]!;
        if (!this.#pending.has(part.sequence)) {
          let count = 1;
          while (parts[next + count]?.part.sequence === part.sequence) count++;
          this.#pending.add(part.sequence, count);
        }
        this.#scheduler.push(application, index, part);
      }
    };
    for (const { application, operation, at } of behind) {
      pushBefore(at.sequence);
      this.#enqueue(application, operation, at);
    }
    pushBefore(Number.POSITIVE_INFINITY);
  }

  #acceptDocuments({ application, operationId, sequence, proposedAtMs, payload }: LoggedOperation): void {
    if (this.#applications.get(application) === undefined) return;
    try {
      const operation = decodeDocumentsOperation(payload, sealOf(this.#vault, application));
      this.#documents.push({ application, operationId, sequence, proposedAtMs, operation });
    } catch (error) {
      if (!(error instanceof OperationFormatError) && !(error instanceof SealError)) throw error;
      this.#unreadableCount++;
      this.#log('error', `operation ${sequence} changes nothing: ${error.message}`);
    }
  }

  #saveApplications(): void {
    if (this.#changedBy.length === 0) return;
    const sequences = this.#changedBy;
    this.#changedBy = [];
    void this.#announce(
      this.#applications.save().map((application) => ({ application })),
      sequences,
    );
  }

  #enqueue(application: string, operation: IndexOperation, at: Omit<Part, 'work'>): void {
    switch (operation.kind) {
      case 'copyIndex':
      case 'moveIndex':
        if (operation.index === operation.destination) {
          this.#pending.add(at.sequence, 1);
          this.#scheduler.push(application, operation.index, {
            ...at,
            work: { kind: 'batch', requests: [] },
          });
          return;
        }
        this.#pending.add(at.sequence, 2);
        this.#scheduler.pushTransfer(application, { operation, arrived: new Set() }, at);
        return;
      case 'multiBatch': {
        const byIndex = new Map<string, BatchRequest[]>();
        for (const request of operation.requests) {
          const requests = byIndex.get(request.index);
          if (requests === undefined) byIndex.set(request.index, [request]);
          else requests.push(request);
        }
        if (byIndex.size === 0) return;
        this.#pending.add(at.sequence, byIndex.size);
        const bytes = Math.ceil(at.bytes / byIndex.size);
        for (const [index, requests] of byIndex) {
          this.#scheduler.push(application, index, { ...at, bytes, work: { kind: 'batch', requests } });
        }
        return;
      }
      case 'batch':
        this.#pending.add(at.sequence, 1);
        this.#scheduler.push(application, operation.index, {
          ...at,
          work: { kind: 'batch', requests: operation.requests },
        });
        return;
      default:
        this.#pending.add(at.sequence, 1);
        this.#scheduler.push(application, operation.index, { ...at, work: operation });
    }
  }

  async #announce(changes: readonly Change[], sequences: readonly Sequence[]): Promise<void> {
    await this.#server?.announce(changes);
    for (const sequence of sequences) this.#pending.partDone(sequence);
  }

  #advance(sequence: Sequence): void {
    this.#accepted = asSequence(Math.max(this.#accepted, sequence));
    if (this.#acceptWaiters.length === 0) return;
    const waiting = this.#acceptWaiters;
    this.#acceptWaiters = waiting.filter((waiter) => waiter.sequence > this.#accepted);
    for (const waiter of waiting) if (waiter.sequence <= this.#accepted) waiter.resolve();
  }

  #whenAccepted(sequence: Sequence): Promise<void> {
    if (sequence <= this.#accepted) return Promise.resolve();
    return new Promise((resolve) => this.#acceptWaiters.push({ sequence, resolve }));
  }

  #isPending(sequence: number): boolean {
    return sequence > this.#accepted || this.#pending.has(sequence);
  }

  #summaries(application: string): readonly IndexSummary[] {
    const summaries: IndexSummary[] = [];
    for (const line of this.#scheduler.lines(application)) {
      const { store } = line;
      // Unpublished records are not visible, and so not counted.
      const { meta, manifest, damage } = store;
      if (manifest === undefined && damage === undefined) continue;
      line.fileBytes ??= folderBytes(store.folder);
      summaries.push({
        name: store.name,
        createdAtMs: meta?.createdAtMs ?? 0,
        updatedAtMs: meta?.updatedAtMs ?? 0,
        recordCount: manifest?.recordCount ?? 0,
        fileBytes: line.fileBytes,
        lastBuildTimeS:
          line.lastBuildMs === undefined ? (meta?.lastBuildTimeS ?? 0) : Math.round(line.lastBuildMs / 1000),
        pendingTaskCount: line.pendingCount,
        damage,
      });
    }
    return summaries.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Operations up to here are in manifests and files. */
  #appliedThrough(): Sequence {
    const published = this.publishedThrough;
    return asSequence(Math.min(published, this.#documents.durableThrough ?? published));
  }

  async #checkpoint(): Promise<void> {
    if (this.#checkpointing || this.#failed || this.#closing) return;
    if (this.#journal.statistics.fileCount < 2) return;
    this.#checkpointing = true;
    try {
      // Stores that write little do not sync by themselves.
      await this.#documents.sync();
      const through = this.#appliedThrough();
      if (through <= this.#savedThrough || this.#failed || this.#closing) return;
      // First the ids, then the files that held them.
      this.#saveRecent();
      const held = Math.min(through, ...[...this.#journalHolds].map(({ appliedThrough }) => appliedThrough));
      await this.#operations.release(asSequence(held));
      this.#forgetDeleted(through);
    } catch (error) {
      this.#log('warn', `no checkpoint: ${error instanceof Error ? error.message : 'unknown'}`);
    } finally {
      this.#checkpointing = false;
    }
  }

  #saveRecent(): void {
    const through = this.#appliedThrough();
    this.#recent.save(this.#layout.recentOperationsFile, through);
    this.#savedThrough = through;
  }

  /** A mark is needed only while the journal could bring the deleted index back. */
  #forgetDeleted(released: Sequence): void {
    const gone: IndexLine[] = [];
    for (const line of this.#scheduler.lines()) {
      if (line.store.exists || line.store.damage !== undefined) continue;
      if (line.pendingCount === 0 && line.state === 'idle' && line.store.appliedSequence <= released)
        gone.push(line);
    }
    for (const line of gone) {
      const file = this.#layout.deletedFile(line.store.application, line.store.name);
      const marker = readMarker(file);
      // Everything up to `appliedThrough` of the saved file is skipped at start, so the mark has done its work.
      if (marker !== undefined && marker.sequence <= this.#savedThrough) rmSync(file, { force: true });
      this.#scheduler.forget(line);
    }
    if (gone.length > 0)
      for (const id of new Set(gone.map(({ store }) => store.application)))
        syncFolder(this.#layout.indexesFolder(id));
  }
}

/** See `Builder.holdJournal`. */
export interface JournalHold {
  /** Everything up to here is in the files of indexes and documents, durable. */
  readonly appliedThrough: Sequence;
  letGo(): void;
}

/** Whether an operation leaves the records of an index, and the index itself, as they are. */
function leavesRecords(operation: Operation, index: string): boolean {
  switch (operation.kind) {
    case 'setSettings':
      return true;
    case 'copyIndex':
      return operation.destination !== index || operation.scope !== undefined;
    case 'moveIndex':
      return operation.index !== index && operation.scope !== undefined;
    case 'batch':
      return operation.requests.length === 0;
    default:
      return false;
  }
}

function loadStores(
  layout: DataLayout,
  applications: readonly string[],
  log: (level: 'error', message: string) => void,
): readonly IndexStore[] {
  return applications.flatMap((application) =>
    listIndexes(layout, application).map((index) => {
      try {
        return IndexStore.load(layout, application, index);
      } catch (error) {
        if (!(error instanceof CorruptionError)) throw error;
        log('error', `index ${index} of application ${application} is set aside: ${error.message}`);
        return IndexStore.damaged(layout, application, index, error);
      }
    }),
  );
}
