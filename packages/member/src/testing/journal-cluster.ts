import type { JsonObject } from '@skein/base';
import type { LocalJournal, OperationLog, ProposedOperation } from '@skein/oplog';
import type { BuilderCluster } from '../cluster/builder-cluster.ts';
import { NO_PROGRESS } from '../ipc/messages.ts';

/** A cluster whose log is the builder's own journal: for tests that look at what is written to it, or at a builder that is part of one. */
export class JournalCluster implements BuilderCluster {
  readonly isChosen: boolean;
  readonly operationFormat = 1;
  operations!: OperationLog;
  journal!: LocalJournal;
  /** What was written, and the sequence of its first operation. */
  onAppended: (batch: readonly ProposedOperation[], first: number) => void = () => {};

  constructor(isChosen: boolean) {
    this.isChosen = isChosen;
  }

  open(journal: LocalJournal): this {
    this.journal = journal;
    const append: OperationLog['append'] = async (batch) => {
      const range = await journal.append(batch);
      this.onAppended(batch, range.first);
      return range;
    };
    this.operations = {
      get lastSequence() {
        return journal.lastSequence;
      },
      get firstSequence() {
        return journal.firstSequence;
      },
      append,
      follow: (from, signal) => journal.follow(from, signal),
      release: (upTo) => journal.release(upTo),
      close: () => journal.close(),
    };
    return this;
  }

  progress(published: number): typeof NO_PROGRESS {
    return { ...NO_PROGRESS, published };
  }

  describe(): JsonObject {
    return {};
  }

  async changeMembers(): Promise<void> {}
  tellProblems(): void {}
  beginStopping(): void {}
  async serve(): Promise<void> {}
  async close(): Promise<void> {}
}
