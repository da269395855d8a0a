/**
 * Runs committed operations against the indexes of this member, in turns of a few milliseconds: applications take turns, and inside one its
 * indexes do; the operations of one index run in order. What changed is published soon after, at most every `publishIntervalMs`.
 *
 * Long work (merges, rebuilds) runs in threads. An index that is being rebuilt keeps its operations waiting, the others go on.
 *
 * Errors: damaged files and defects of the program stop one index (`IndexStore.setAside`); an error of the machine (disk full) stops the
 * process through `onFatal`, as all state is on disk and a new process starts from there.
 */
import { type Clock, CorruptionError, type Sequence } from '@skein/base';
import type { MergeOptions, MergePlan } from '@skein/engine';
import { threadResourceLimits } from './builder-memory.ts';
import type { DataLayout } from './data-layout.ts';
import { DirtyLines } from './dirty-lines.ts';
import { EngineThread } from './engine-thread.ts';
import type { EngineResult } from './engine-worker.ts';
import { IndexLine, type Part, type PartWork, type Transfer } from './index-line.ts';
import { IndexStore, type RebuildJob } from './index-store.ts';
import type { Change } from './ipc/messages.ts';
import { MemoryGate } from './memory-gate.ts';

export interface SchedulerOptions {
  readonly layout: DataLayout;
  readonly clock: Clock;
  readonly publishIntervalMs: number;
  /** Of unpublished records; beyond it the largest are published early. */
  readonly bufferedBytesMax: number;
  /** Of merges and rebuilds together. */
  readonly threadBytesMax: number;
  /** An index without changes for so long is merged into as few segments as are worth it. */
  readonly idleMergeMs: number;
  /** The changes are on disk, and contain these operations' parts. */
  readonly onPublished: (changes: readonly Change[], sequences: readonly Sequence[]) => void;
  readonly onFatal: (error: Error) => void;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
}

/** How long one index runs before another has its turn, and the event loop a breath. */
const TURN_MS = 10;
/** Changes that arrive together are published together. */
const GATHER_MS = 15;
/** However long a publish takes: changes are visible within a second. */
const PUBLISH_INTERVAL_MS_MAX = 600;
/** Of publishing in one second; with the merges that follow, it costs about three times as much. */
const PUBLISH_MS_PER_S_MAX = 120;
/** Each open writer maps its segments; opening one again costs milliseconds. */
const OPEN_WRITER_COUNT_MAX = 64;
/** Smaller indexes are quick with several segments, too. */
const IDLE_MERGE_RECORDS_MIN = 1000;
/** See `MergeOptions.restShareMin`. */
const IDLE_MERGE_SHARE_MIN = 0.05;
/** After a merge that failed. */
const MERGE_PAUSE_MS = 30_000;

export class ApplyScheduler {
  readonly #options: SchedulerOptions;
  readonly #lines = new Map<string, Map<string, IndexLine>>();
  /** Applications in turn, each with its indexes in turn. */
  readonly #ready = new Map<string, IndexLine[]>();
  readonly #dirty = new DirtyLines();
  /** Whose writer is open, the least recently used first. */
  readonly #open = new Set<IndexLine>();
  readonly #bufferedBytes = new Map<IndexLine, number>();
  #bufferedBytesTotal = 0;
  #queuedBytes = 0;
  readonly #threadMemory: MemoryGate;
  readonly #mergeThread: EngineThread;
  readonly #rebuildThread: EngineThread;
  /** Rebuilds that run or wait: they take half of the threads' memory. */
  #rebuildsOpen = 0;
  /** Lines that were published and may be idle soon. */
  readonly #settling = new Set<IndexLine>();
  /** Lines that wait for the end of a merge, their own or their transfer partner's. */
  readonly #waitingForMerge = new Set<IndexLine>();
  #roomWaiters: (() => void)[] = [];
  #idleWaiters: (() => void)[] = [];
  #changes: Change[] = [];
  #changedSequences: Sequence[] = [];
  #turnScheduled: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Spent on publishing in about the last second, as of `#publishedAtMs`. */
  #publishedMs = 0;
  #publishedAtMs = 0;
  #draining = false;
  #stopped = false;
  publishCount = 0;
  mergeCount = 0;
  rebuildCount = 0;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#threadMemory = new MemoryGate(options.threadBytesMax);
    const limits = threadResourceLimits(options.threadBytesMax);
    this.#mergeThread = new EngineThread(limits);
    this.#rebuildThread = new EngineThread(limits);
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  get bufferedBytes(): number {
    return this.#bufferedBytesTotal;
  }

  /** Merges and rebuilds that run or wait. */
  get threadJobCount(): number {
    return this.#threadMemory.waitingCount + this.#mergeThread.jobCount + this.#rebuildThread.jobCount;
  }

  get openWriterCount(): number {
    return this.#open.size;
  }

  /** An index found on disk. */
  add(store: IndexStore): void {
    const line = new IndexLine(store);
    line.lastPublishEndMs = this.#options.clock.nowMs();
    this.#linesOf(store.application).set(store.name, line);
    this.#settling.add(line);
  }

  find(application: string, index: string): IndexLine | undefined {
    return this.#lines.get(application)?.get(index);
  }

  /** Indexes that take no writes, as they are damaged. */
  get setAsideCount(): number {
    let count = 0;
    for (const { store } of this.lines()) if (store.damage !== undefined) count++;
    return count;
  }

  *lines(application?: string): Generator<IndexLine> {
    if (application !== undefined) {
      yield* this.#lines.get(application)?.values() ?? [];
      return;
    }
    for (const lines of this.#lines.values()) yield* lines.values();
  }

  /** Forgets an index that does not exist, has nothing waiting, and whose deletion the journal has forgotten. */
  forget(line: IndexLine): void {
    this.#lines.get(line.store.application)?.delete(line.store.name);
    this.#settling.delete(line);
  }

  push(application: string, index: string, part: Part): void {
    const line = this.#lineOf(application, index);
    line.push(part);
    this.#queuedBytes += part.bytes;
    if (line.state === 'idle') this.#makeReady(line);
    this.#schedule();
  }

  pushTransfer(application: string, transfer: Transfer, at: Omit<Part, 'work'>): void {
    for (const index of [transfer.operation.index, transfer.operation.destination]) {
      this.push(application, index, { ...at, work: { kind: 'transfer', transfer } });
    }
  }

  /**
   * Operations of the index wait until the answer is called, so that its place in the log stays. Undefined: it is busy with something that cannot be
   * interrupted now.
   */
  holdIndex(application: string, index: string): (() => void) | undefined {
    const line = this.#lineOf(application, index);
    if (line.state === 'waiting' || line.merging || this.#stopped) return undefined;
    line.state = 'waiting';
    return () => this.#resume(line);
  }

  /**
   * Calls `reached` when the next operation of the index that stands behind `sequence` is about to be applied: then what is published is what the index
   * is at `sequence`. One at a time; a later one takes the place of one that was not reached.
   */
  markIndex(application: string, index: string, sequence: Sequence, reached: () => void): void {
    this.#lineOf(application, index).mark = { sequence, reached };
  }

  /**
   * Puts what another member published, in the folder `fresh`, in place of an index that is held. `applied`: the last operation that is in it;
   * everything up to there has been pushed. Operations up to `applied` that wait are left out when their turn comes, so none of them may copy to
   * another index: false, then, and when a merge runs.
   */
  replaceIndex(application: string, index: string, fresh: string, applied: Sequence): boolean {
    const line = this.#lineOf(application, index);
    if (this.#stopped || line.merging || line.hasTransferThrough(applied)) return false;
    if (line.store.appliedSequence > applied) return false;
    try {
      line.store.replaceWith(fresh);
    } catch (error) {
      this.#fail(line, error);
      return false;
    }
    this.#note(line, []);
    this.#settlePublished(line);
    this.#schedule();
    return true;
  }

  /** Resolves when something was applied and so fewer bytes wait. */
  whenLess(): Promise<void> {
    return new Promise((resolve) => this.#roomWaiters.push(resolve));
  }

  /** Applies and publishes everything that waits, without pauses; resolves when nothing is left. */
  drain(): Promise<void> {
    this.#draining = true;
    return new Promise((resolve) => {
      this.#idleWaiters.push(resolve);
      this.#schedule();
    });
  }

  /** Stops where it is. What is not published will be applied again from the log. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearImmediate(this.#turnScheduled);
    clearTimeout(this.#timer);
    for (const resolve of this.#roomWaiters.splice(0)) resolve();
    await Promise.all([this.#mergeThread.close(), this.#rebuildThread.close()]);
  }

  #turn(): void {
    const line = this.#nextReady();
    if (line !== undefined) this.#applySome(line);
    this.#publishDue();
    this.#mergeIdle();
    this.#announce();
    for (const resolve of this.#roomWaiters.splice(0)) resolve();
    this.#schedule();
  }

  #schedule(): void {
    if (this.#turnScheduled !== undefined || this.#stopped) return;
    const nowMs = this.#options.clock.nowMs();
    const dueMs = this.#ready.size > 0 || this.#changes.length > 0 ? nowMs : this.#nextDueMs();
    clearTimeout(this.#timer);
    if (dueMs === undefined) {
      if (this.#idleWaiters.length > 0 && this.#isIdle())
        for (const resolve of this.#idleWaiters.splice(0)) resolve();
      return;
    }
    const turn = (): void => {
      this.#turnScheduled = undefined;
      this.#turn();
    };
    if (dueMs <= nowMs) this.#turnScheduled = setImmediate(turn);
    else this.#timer = setTimeout(turn, dueMs - nowMs);
  }

  #isIdle(): boolean {
    if (this.#dirty.size > 0 || this.#ready.size > 0) return false;
    for (const line of this.lines()) if (line.state !== 'idle') return false;
    return true;
  }

  #nextReady(): IndexLine | undefined {
    for (const [application, lines] of this.#ready) {
      const line = lines.shift();
      // Behind the others for its next turn.
      this.#ready.delete(application);
      if (lines.length > 0) this.#ready.set(application, lines);
      if (line !== undefined) return line;
    }
    return undefined;
  }

  #makeReady(line: IndexLine): void {
    if (line.state === 'ready') return;
    line.state = 'ready';
    const { application } = line.store;
    const lines = this.#ready.get(application);
    if (lines === undefined) this.#ready.set(application, [line]);
    else lines.push(line);
  }

  #applySome(line: IndexLine): void {
    const { clock } = this.#options;
    const endMs = clock.nowMs() + TURN_MS;
    if (line.state !== 'ready') return;
    line.state = 'idle';
    for (;;) {
      const part = line.peek();
      if (part === undefined) return;
      if (line.mark !== undefined && part.sequence > line.mark.sequence) this.#reachMark(line);
      const partStartMs = clock.nowMs();
      try {
        if (this.#apply(line, part) === 'waiting') {
          line.state = 'waiting';
          return;
        }
      } catch (error) {
        if (!this.#fail(line, error)) return;
      }
      line.applyMs += clock.nowMs() - partStartMs;
      this.#finish(line, part);
      if (clock.nowMs() >= endMs) break;
    }
    if (line.peek() !== undefined) this.#makeReady(line);
  }

  #reachMark(line: IndexLine): void {
    const { mark } = line;
    line.mark = undefined;
    if (line.store.dirty) this.#publish(line);
    if (!line.store.dirty) mark?.reached();
  }

  /** The first part of the line is done: what it changed is published later, or was at once. */
  #finish(line: IndexLine, part: Part): void {
    line.shift();
    this.#queuedBytes -= part.bytes;
    const { store } = line;
    if (store.dirty) {
      line.applied.push(part.sequence);
      this.#noteDirty(line);
    } else {
      this.#note(line, [part.sequence]);
    }
    this.#account(line);
    while (this.#bufferedBytesTotal > this.#options.bufferedBytesMax) {
      const largest = this.#largest();
      if (largest === undefined) break;
      this.#publish(largest);
    }
  }

  #apply(line: IndexLine, part: Part): 'done' | 'waiting' {
    const { store } = line;
    const { work } = part;
    const replayed = part.sequence <= store.appliedSequence;
    if (work.kind === 'transfer') return this.#transfer(line, part, work.transfer, replayed);
    if (replayed) return 'done';
    if (store.damage !== undefined && work.kind !== 'deleteIndex') {
      store.passed(part.sequence);
      return 'done';
    }
    if (line.merging && needsAlone(line, work)) return this.#waitForMerge(line);
    switch (work.kind) {
      case 'batch':
        store.batch(work.requests, part);
        break;
      case 'setSettings': {
        const job = store.setSettings(work.settings, part);
        if (job !== undefined) return this.#rebuild(line, job, part);
        break;
      }
      case 'clearIndex':
        store.clear(part);
        break;
      case 'deleteIndex':
        store.delete(part);
        break;
      case 'deleteBy':
        store.deleteBy(work.params, part);
        break;
    }
    store.passed(part.sequence);
    return 'done';
  }

  /** Runs when the operation is first in both lines, so that each index is in the state of this place of the log. */
  #transfer(line: IndexLine, part: Part, transfer: Transfer, replayed: boolean): 'done' | 'waiting' {
    const { operation, arrived } = transfer;
    const source = this.#lineOf(line.store.application, operation.index);
    const destination = this.#lineOf(line.store.application, operation.destination);
    const other = line === source ? destination : source;
    arrived.add(line);
    if (!arrived.has(other)) {
      // A half that is done already waits as well: the other half asks for both.
      return 'waiting';
    }
    if (source.merging || destination.merging) {
      this.#waitingForMerge.add(source);
      this.#waitingForMerge.add(destination);
      return 'waiting';
    }
    const otherReplayed = part.sequence <= other.store.appliedSequence;
    const destinationDone = line === destination ? replayed : otherReplayed;
    const sourceDone = line === source ? replayed : otherReplayed;
    let failed = source.store.damage !== undefined;
    try {
      if (!destinationDone && !sourceDone && !failed) {
        const job = this.#transferTo(destination, source, operation, part);
        if (job !== undefined) {
          source.state = 'waiting';
          destination.state = 'waiting';
          return this.#rebuild(destination, job, part, () => {
            try {
              this.#leaveSource(source, operation, part, destination.store.damage !== undefined);
            } catch (error) {
              if (!this.#fail(source, error)) return;
            }
            this.#finish(source, part);
            this.#resume(source);
          });
        }
      }
    } catch (error) {
      this.#fail(destination, error);
      failed = true;
    }
    if (!destinationDone) {
      destination.store.passed(part.sequence);
      // Durable before the source goes on: from a source that is past this place a restart cannot copy.
      if (!sourceDone && destination.store.dirty) this.#publish(destination);
      if (this.#stopped) return 'waiting';
    }
    if (!sourceDone) this.#leaveSource(source, operation, part, failed);
    this.#finish(other, part);
    this.#resume(other);
    return 'done';
  }

  #leaveSource(source: IndexLine, operation: Transfer['operation'], part: Part, failed: boolean): void {
    if (operation.kind === 'moveIndex' && !failed) source.store.delete(part);
    else source.store.passed(part.sequence);
  }

  /** The job after which the destination is what it shall be; undefined: it is. */
  #transferTo(
    destination: IndexLine,
    source: IndexLine,
    operation: Transfer['operation'],
    part: Part,
  ): RebuildJob | undefined {
    if (operation.scope === undefined) {
      // Moving what is not there is ignored; a copy of it is empty.
      if (operation.kind === 'moveIndex' && !source.store.exists) return undefined;
      destination.store.copyFrom(source.store, part);
      // Copying published the source.
      this.#settlePublished(source);
      return undefined;
    }
    if (!operation.scope.includes('settings') || destination.store.damage !== undefined) return undefined;
    const settings = source.store.meta?.settings;
    if (settings === undefined) return undefined;
    return destination.store.replaceSettings(settings, part);
  }

  #rebuild(line: IndexLine, job: RebuildJob, part: Part, then: () => void = () => {}): 'waiting' {
    this.#settlePublished(line);
    line.store.prepareRebuild();
    this.#open.delete(line);
    this.rebuildCount++;
    this.#rebuildsOpen++;
    const memoryBytesMax = this.#options.threadBytesMax / 2;
    let startMs = 0;
    const work = (): Promise<EngineResult> => {
      startMs = this.#options.clock.nowMs();
      return this.#rebuildThread.run({ kind: 'rebuild', job: { ...job, memoryBytesMax } });
    };
    void this.#threadMemory.run(memoryBytesMax, work).then((result) => {
      this.#rebuildsOpen--;
      if (this.#stopped) return;
      line.lastBuildMs = this.#options.clock.nowMs() - startMs;
      try {
        if (result.kind !== 'rebuilt') throw errorOf(result);
        line.store.rebuilt(job);
      } catch (error) {
        if (!this.#fail(line, error)) return;
      }
      this.#finish(line, part);
      this.#resume(line);
      then();
    });
    return 'waiting';
  }

  #waitForMerge(line: IndexLine): 'waiting' {
    this.#waitingForMerge.add(line);
    return 'waiting';
  }

  #resume(line: IndexLine): void {
    if (line.state === 'ready') return;
    line.state = 'idle';
    if (line.peek() !== undefined) this.#makeReady(line);
    this.#schedule();
  }

  #publishDue(): void {
    const nowMs = this.#options.clock.nowMs();
    const line = this.#dirty.next((candidate) => this.#dueMs(candidate) <= nowMs);
    if (line !== undefined) this.#publish(line);
  }

  #nextDueMs(): number | undefined {
    let first: number | undefined;
    for (const line of this.#dirty) first = Math.min(first ?? Number.POSITIVE_INFINITY, this.#dueMs(line));
    // In the order of their last publishes.
    for (const line of this.#settling) {
      if (!this.#draining) first = Math.min(first ?? Number.POSITIVE_INFINITY, this.#idleMs(line));
      break;
    }
    return first;
  }

  #dueMs(line: IndexLine): number {
    if (this.#draining) return 0;
    // While more is waiting than can be applied between two publishes, fewer and larger segments let it be done sooner.
    const isBehind = line.queuedCount > 0;
    const interval = isBehind
      ? PUBLISH_INTERVAL_MS_MAX
      : Math.min(
          PUBLISH_INTERVAL_MS_MAX,
          Math.max(this.#options.publishIntervalMs * this.#publishStretch(), 3 * line.lastPublishMs),
        );
    return Math.max((line.dirtySinceMs ?? 0) + GATHER_MS, line.lastPublishEndMs + interval);
  }

  /** Many busy indexes are published less often, so that there is time for applying, merging, and for the log. */
  #publishStretch(): number {
    return Math.max(1, this.#publishedMs / PUBLISH_MS_PER_S_MAX);
  }

  #publish(line: IndexLine): void {
    const { clock } = this.#options;
    const startMs = clock.nowMs();
    try {
      if (line.store.dirty) line.store.publish();
    } catch (error) {
      if (!this.#fail(line, error)) return;
    }
    line.lastPublishEndMs = clock.nowMs();
    line.lastPublishMs = line.lastPublishEndMs - startMs;
    const sinceMs = Math.max(0, line.lastPublishEndMs - this.#publishedAtMs);
    this.#publishedMs = this.#publishedMs * Math.exp(-sinceMs / 1000) + line.lastPublishMs;
    this.#publishedAtMs = line.lastPublishEndMs;
    line.lastBuildMs = line.applyMs + line.lastPublishMs;
    line.applyMs = 0;
    this.publishCount++;
    this.#settling.delete(line);
    this.#settling.add(line);
    this.#settlePublished(line);
    this.#merge(line, { thorough: false });
    this.#closeIdleWriters();
  }

  /** The line's index has nothing unpublished any more. */
  #settlePublished(line: IndexLine): void {
    if (line.store.dirty) return;
    this.#dirty.delete(line);
    line.dirtySinceMs = undefined;
    line.fileBytes = undefined;
    this.#note(line, line.applied);
    line.applied = [];
    this.#account(line);
  }

  #noteDirty(line: IndexLine): void {
    line.dirtySinceMs ??= this.#options.clock.nowMs();
    this.#dirty.add(line);
  }

  #note(line: IndexLine, sequences: readonly Sequence[]): void {
    line.fileBytes = undefined;
    this.#changes.push({ application: line.store.application, index: line.store.name });
    for (const sequence of sequences) this.#changedSequences.push(sequence);
  }

  #announce(): void {
    if (this.#changes.length === 0) return;
    const changes = this.#changes;
    const sequences = this.#changedSequences;
    this.#changes = [];
    this.#changedSequences = [];
    this.#options.onPublished(changes, sequences);
  }

  #idleMs(line: IndexLine): number {
    return line.lastPublishEndMs + this.#options.idleMergeMs;
  }

  /** One index whose time has come. What merging it changes is published, and then it is looked at again. */
  #mergeIdle(): void {
    if (this.#draining) return;
    for (const line of this.#settling) {
      if (this.#idleMs(line) > this.#options.clock.nowMs()) return;
      this.#settling.delete(line);
      const { store } = line;
      const { manifest } = store;
      // Who is busy is published again, and comes back.
      if (store.dirty || line.state !== 'idle' || line.merging || manifest === undefined) continue;
      if (manifest.segments.length < 2 || manifest.recordCount < IDLE_MERGE_RECORDS_MIN) continue;
      try {
        store.reopenWriter();
      } catch (error) {
        if (!this.#fail(line, error)) return;
        continue;
      }
      this.#merge(line, { thorough: true, restShareMin: IDLE_MERGE_SHARE_MIN });
      this.#account(line);
      this.#closeIdleWriters();
      return;
    }
  }

  #merge(line: IndexLine, how: Omit<MergeOptions, 'memoryBytesMax'>): void {
    const writer = line.store.openWriter;
    if (line.merging || writer === undefined || this.#draining) return;
    if (this.#options.clock.nowMs() < line.mergeNotBeforeMs) return;
    const { threadBytesMax } = this.#options;
    const memoryBytesMax = this.#rebuildsOpen > 0 ? threadBytesMax / 2 : threadBytesMax;
    let plan: MergePlan | undefined;
    try {
      plan = writer.planMerge({ ...how, memoryBytesMax });
    } catch (error) {
      this.#fail(line, error);
      return;
    }
    if (plan === undefined) return;
    const chosen = plan;
    line.merging = true;
    this.mergeCount++;
    const { folder } = line.store;
    const work = (): Promise<EngineResult> => this.#mergeThread.run({ kind: 'merge', folder, plan: chosen });
    void this.#threadMemory.run(chosen.memoryBytes, work).then((result) => {
      if (this.#stopped) return;
      line.merging = false;
      // The writer is another one when the index was set aside meanwhile.
      if (line.store.openWriter === writer) {
        try {
          if (result.kind === 'damaged') throw errorOf(result);
          if (result.kind === 'failed') {
            // No room, or not enough memory: the index answers from its many segments, and is tried again later.
            line.mergeNotBeforeMs = this.#options.clock.nowMs() + MERGE_PAUSE_MS;
            this.#options.log('warn', `index ${line.store.name} was not merged: ${errorOf(result).message}`);
          } else if (result.kind === 'merged' && writer.commitMerge(chosen, result.segment)) {
            line.store.markDirty();
            this.#noteDirty(line);
          }
        } catch (error) {
          if (!this.#fail(line, error)) return;
        }
      }
      const waiting = [...this.#waitingForMerge];
      this.#waitingForMerge.clear();
      for (const other of waiting) if (other.state === 'waiting') this.#resume(other);
      this.#schedule();
    });
  }

  #closeIdleWriters(): void {
    if (this.#open.size <= OPEN_WRITER_COUNT_MAX) return;
    for (const line of this.#open) {
      if (this.#open.size <= OPEN_WRITER_COUNT_MAX) return;
      if (line.store.dirty || line.merging) continue;
      line.store.closeWriter();
      this.#account(line);
    }
  }

  #account(line: IndexLine): void {
    const bytes = line.store.bufferedBytes;
    this.#bufferedBytesTotal += bytes - (this.#bufferedBytes.get(line) ?? 0);
    if (bytes === 0) this.#bufferedBytes.delete(line);
    else this.#bufferedBytes.set(line, bytes);
    this.#open.delete(line);
    if (line.store.openWriter !== undefined) this.#open.add(line);
  }

  #largest(): IndexLine | undefined {
    let largest: IndexLine | undefined;
    for (const line of this.#dirty) {
      if (largest === undefined || line.store.bufferedBytes > largest.store.bufferedBytes) largest = line;
    }
    return largest === undefined || largest.store.bufferedBytes === 0 ? undefined : largest;
  }

  /** True when only this index is affected and was set aside; false when the process has to stop. */
  #fail(line: IndexLine, error: unknown): boolean {
    const failure = error instanceof Error ? error : new Error('not an error', { cause: error });
    const { store } = line;
    const where = `index ${store.name} of application ${store.application}`;
    if (isWorldError(failure)) {
      this.#stopped = true;
      this.#options.log('error', `${where}: ${failure.message}`);
      this.#options.onFatal(failure);
      return false;
    }
    this.#options.log('error', `${where} is set aside: ${failure.stack ?? failure.message}`);
    store.setAside(failure);
    this.#dirty.delete(line);
    line.dirtySinceMs = undefined;
    this.#note(line, line.applied);
    line.applied = [];
    this.#account(line);
    return true;
  }

  #lineOf(application: string, index: string): IndexLine {
    const lines = this.#linesOf(application);
    let line = lines.get(index);
    if (line === undefined) {
      line = new IndexLine(this.#loadStore(application, index));
      lines.set(index, line);
    }
    return line;
  }

  #loadStore(application: string, index: string): IndexStore {
    try {
      return IndexStore.load(this.#options.layout, application, index);
    } catch (error) {
      if (!(error instanceof CorruptionError)) throw error;
      this.#options.log(
        'error',
        `index ${index} of application ${application} is set aside: ${error.message}`,
      );
      return IndexStore.damaged(this.#options.layout, application, index, error);
    }
  }

  #linesOf(application: string): Map<string, IndexLine> {
    let lines = this.#lines.get(application);
    if (lines === undefined) {
      lines = new Map();
      this.#lines.set(application, lines);
    }
    return lines;
  }
}

/** Work that would take the writer away from a running merge. */
function needsAlone(line: IndexLine, work: PartWork): boolean {
  switch (work.kind) {
    case 'batch':
      return work.requests.some(({ action }) => action === 'delete');
    case 'setSettings':
      return line.store.needsRebuild(work.settings);
    case 'deleteIndex':
      return true;
    default:
      return false;
  }
}

/** Of the machine, not of the index: the same work may succeed when there is room again. */
const WORLD_CODES: ReadonlySet<unknown> = new Set(
  'ENOSPC EDQUOT EIO EMFILE ENFILE EROFS EACCES EPERM ENOMEM'.split(' '),
);

function isWorldError(error: Error): boolean {
  return 'code' in error && WORLD_CODES.has(error.code);
}

function errorOf(result: EngineResult): Error {
  if (result.kind === 'damaged') {
    const expected = result.message.split('expected ')[1] ?? 'sound bytes';
    return new CorruptionError({ file: result.file, offset: result.offset, expected });
  }
  if (result.kind !== 'failed') return new Error(`an unexpected result: ${result.kind}`);
  const error = new Error(result.message);
  return result.code === undefined ? error : Object.assign(error, { code: result.code });
}
