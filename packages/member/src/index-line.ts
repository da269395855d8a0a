import type { Sequence } from '@skein/base';
import type { IndexStore } from './index-store.ts';
import type { BatchRequest, IndexOperation } from './operation.ts';

/** One operation's share of one index, waiting for its turn. */
export interface Part {
  readonly sequence: Sequence;
  readonly proposedAtMs: number;
  /** Of the operation's payload; for bounds. */
  readonly bytes: number;
  readonly work: PartWork;
}

export type PartWork =
  | { readonly kind: 'batch'; readonly requests: readonly BatchRequest[] }
  | Extract<IndexOperation, { readonly kind: 'setSettings' | 'clearIndex' | 'deleteIndex' | 'deleteBy' }>
  /** Stands in the lines of both indexes; runs once, when it is first in both. */
  | { readonly kind: 'transfer'; readonly transfer: Transfer };

export interface Transfer {
  readonly operation: Extract<IndexOperation, { readonly kind: 'copyIndex' | 'moveIndex' }>;
  /** Lines where it is first. */
  readonly arrived: Set<IndexLine>;
}

/** An index with what waits for it. The builder moves it through its states. */
export class IndexLine {
  readonly store: IndexStore;
  readonly #parts: Part[] = [];
  #head = 0;
  queuedBytes = 0;
  /** `waiting`: for a thread's job, or for a transfer's other index. */
  state: 'idle' | 'ready' | 'waiting' = 'idle';
  merging = false;
  /** Called once, when everything up to there is applied and published, and nothing behind it is applied. */
  mark: { readonly sequence: Sequence; readonly reached: () => void } | undefined;
  mergeNotBeforeMs = 0;
  /** Applied operations that are not published yet. */
  applied: Sequence[] = [];
  /** When the oldest unpublished change was applied; undefined: none. */
  dirtySinceMs: number | undefined;
  lastPublishEndMs = 0;
  lastPublishMs = 0;
  /** Time that its last change took: applying and publishing, or rebuilding. Undefined: none since the start. */
  lastBuildMs: number | undefined;
  /** Of what is not published yet. */
  applyMs = 0;
  /** Of its published files; undefined: to be computed. */
  fileBytes: number | undefined;

  constructor(store: IndexStore) {
    this.store = store;
  }

  get queuedCount(): number {
    return this.#parts.length - this.#head;
  }

  get pendingCount(): number {
    return this.queuedCount + this.applied.length;
  }

  push(part: Part): void {
    this.#parts.push(part);
    this.queuedBytes += part.bytes;
  }

  peek(): Part | undefined {
    return this.#parts[this.#head];
  }

  /** Whether a copy or move between this index and another one waits, up to `sequence`. */
  hasTransferThrough(sequence: number): boolean {
    for (let at = this.#head; at < this.#parts.length; at++) {
      const part = this.#parts[at]!;
      if (part.sequence > sequence) return false;
      if (part.work.kind === 'transfer') return true;
    }
    return false;
  }

  shift(): Part | undefined {
    const part = this.#parts[this.#head];
    if (part === undefined) return undefined;
    this.queuedBytes -= part.bytes;
    this.#head++;
    // Shifting an array one by one costs its length each time.
    if (this.#head > 32 && this.#head * 2 > this.#parts.length) {
      this.#parts.splice(0, this.#head);
      this.#head = 0;
    }
    return part;
  }
}
