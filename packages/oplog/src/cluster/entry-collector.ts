/**
 * Takes entries out of the store that nobody can need any more: those that are in the journal, and those that can never be ordered.
 *
 * An entry that is not in the journal goes when the tail has shown a revision R at which
 *  - its epoch was over, or its proposer's counter had gone past it, so that no transaction can order it after R;
 *  - and all that was ordered up to R is synced in the journal by now: so if it was ordered at all, it is there.
 */
import { type EntryId, entryText } from './entry-id.ts';
import type { EntryStore } from './entry-store.ts';
import type { OrderedEntry, ProposerView } from './order-tail.ts';

interface Fence {
  /** R. */
  readonly revision: number;
  /** Sequences that were ordered up to R. */
  readonly position: number;
  readonly proposers: ReadonlyMap<string, ProposerView>;
}

export class EntryCollector {
  readonly #entries: EntryStore;
  readonly #log: (level: 'warn', message: string) => void;
  #fence: Fence | undefined;
  /** By member: the newest entry of it that is in the journal. */
  readonly #journaled = new Map<string, EntryId>();

  constructor(entries: EntryStore, log: (level: 'warn', message: string) => void) {
    this.#entries = entries;
    this.#log = log;
  }

  /** They are synced in the journal. */
  journaled(entries: readonly OrderedEntry[]): void {
    for (const { id } of entries) this.#journaled.set(id.member, id);
    this.#drop(entries.map(({ id }) => id));
  }

  /** Whether it is in the journal, as far as this process has seen it get there. */
  isJournaled({ member, epoch, counter }: EntryId): boolean {
    const newest = this.#journaled.get(member);
    return newest !== undefined && newest.epoch === epoch && counter <= newest.counter;
  }

  /** Called every so often with what the tail shows now, all of one revision, and how far the journal is. */
  collect(shown: Fence, journaled: number): void {
    const fence = this.#fence;
    if (fence !== undefined && journaled >= fence.position) {
      this.#drop([...this.#entries.ids()].filter((id) => isBehind(id, fence)));
      this.#fence = undefined;
    }
    const { revision, position } = shown;
    this.#fence ??= { revision, position, proposers: new Map(shown.proposers) };
  }

  #drop(ids: readonly EntryId[]): void {
    if (ids.length === 0) return;
    this.#entries.drop(ids).catch((error: unknown) => {
      this.#log('warn', `entries ${entryText(ids[0]!)} … stay in the store: ${String(error)}`);
    });
  }
}

function isBehind({ member, epoch, counter }: EntryId, { revision, proposers }: Fence): boolean {
  const proposer = proposers.get(member);
  if (proposer === undefined) return epoch <= revision;
  return epoch < proposer.epoch || (epoch === proposer.epoch && counter <= proposer.counter);
}
