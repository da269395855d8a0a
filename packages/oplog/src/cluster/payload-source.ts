/**
 * Finds the operations of what was ordered: in this member's own store of entries, else with its peers. What was ordered exists on a majority,
 * so it is asked for until somebody has it: an entry is never left out.
 */
import { asSequence, assert, CorruptionError, type Sequence } from '@skein/base';
import type { Operation, ProposedOperation } from '../operation-log.ts';
import { decodeEntry, hashOf } from './entry.ts';
import { entryText } from './entry-id.ts';
import type { EntryStore } from './entry-store.ts';
import type { OrderedEntry } from './order-tail.ts';
import { pause } from './pause.ts';
import type { PeerPort } from './peer-port.ts';

export interface PayloadSourceOptions {
  readonly member: string;
  readonly entries: EntryStore;
  /** Names of the other members, as far as they are known. */
  readonly others: () => readonly string[];
  readonly peer: (member: string) => PeerPort | undefined;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
}

export type JournalStretch =
  | { readonly kind: 'operations'; readonly operations: readonly Operation[] }
  /** At least one peer no longer has the first of them, and none has it at the moment. */
  | { readonly kind: 'released' }
  /** Nobody who may have it answers. */
  | { readonly kind: 'silent' };

/** Rounds in a row in which some peer had released what is needed, and none had it. */
export const RELEASED_ROUNDS = 5;
const PAUSE_MS_MIN = 20;
const PAUSE_MS_MAX = 500;
const WARN_EVERY_MS = 1000;
const PAGE_BYTES = 4 * 1024 * 1024;

export class PayloadSource {
  readonly #options: PayloadSourceOptions;
  #fetchedEntryCount = 0;
  #fetchedOperationCount = 0;

  constructor(options: PayloadSourceOptions) {
    this.#options = options;
  }

  get fetchedEntryCount(): number {
    return this.#fetchedEntryCount;
  }

  get fetchedOperationCount(): number {
    return this.#fetchedOperationCount;
  }

  /** Resolves once somebody has it; undefined only when `signal` aborts. `onReleased`: nobody has it any more, it seems. */
  async operationsOf(
    entry: OrderedEntry,
    signal: AbortSignal,
    onReleased: () => void,
  ): Promise<readonly ProposedOperation[] | undefined> {
    let pauseMs = PAUSE_MS_MIN;
    let silentMs = 0;
    let released = 0;
    while (!signal.aborted) {
      const found = (await this.#own(entry)) ?? (await this.#fetch(entry));
      if (found !== undefined) return found;
      const journaled = await this.#journaled(entry);
      if (journaled.kind === 'operations') return journaled.operations;
      if (journaled.kind === 'released' && ++released === RELEASED_ROUNDS) onReleased();
      await pause(pauseMs, signal);
      silentMs += pauseMs;
      pauseMs = Math.min(PAUSE_MS_MAX, 2 * pauseMs);
      if (silentMs >= WARN_EVERY_MS) {
        silentMs = 0;
        const { id, record } = entry;
        this.#options.log(
          'warn',
          `entry ${entryText(id)} is ordered, but neither here nor with a member that answers; ${record.holders.join(', ')} had it`,
        );
      }
    }
    return undefined;
  }

  /** Some operations from `from` on, not beyond `last`, out of a peer's journal. */
  async journal(from: Sequence, last: Sequence): Promise<JournalStretch> {
    let released = false;
    for (const peer of this.#connected(this.#options.others())) {
      try {
        const page = await peer.readJournal(from, PAGE_BYTES);
        if (page.kind === 'released') {
          released = true;
          continue;
        }
        const operations = page.operations.filter(({ sequence }) => sequence <= last);
        if (operations.length === 0) continue;
        operations.forEach(({ sequence }, at) => {
          assert(sequence === from + at, `journal of ${peer.member}: ${sequence} where ${from + at} belongs`);
        });
        this.#fetchedOperationCount += operations.length;
        return { kind: 'operations', operations };
      } catch (error) {
        this.#options.log('info', `the journal of ${peer.member} could not be read: ${messageOf(error)}`);
      }
    }
    return { kind: released ? 'released' : 'silent' };
  }

  async #own({ id, record }: OrderedEntry): Promise<readonly ProposedOperation[] | undefined> {
    try {
      const payload = await this.#options.entries.read(id);
      if (payload === undefined) return undefined;
      if (hashOf(payload) === record.hash) return checked(decodeEntry(payload), record.count);
      this.#options.log(
        'error',
        `entry ${entryText(id)} is another one here than was ordered: fetched again`,
      );
    } catch (error) {
      if (!(error instanceof CorruptionError)) throw error;
      this.#options.log('error', `entry ${entryText(id)} is fetched again: ${error.message}`);
    }
    return undefined;
  }

  async #fetch({ id, record, first, last }: OrderedEntry): Promise<readonly ProposedOperation[] | undefined> {
    // Those who had it when it was ordered come first, the others may have fetched it since.
    const { holders } = record;
    const others = this.#options.others();
    const names = [...holders, ...others.filter((name) => !holders.includes(name))];
    for (const peer of this.#connected(names)) {
      try {
        const payload = await peer.fetchEntry(id, { first, last });
        if (payload === undefined) continue;
        if (hashOf(payload) === record.hash) {
          this.#fetchedEntryCount++;
          return checked(decodeEntry(payload), record.count);
        }
        this.#options.log(
          'warn',
          `${peer.member} has other bytes for entry ${entryText(id)} than were ordered`,
        );
      } catch (error) {
        this.#options.log('info', `${peer.member} did not give entry ${entryText(id)}: ${messageOf(error)}`);
      }
    }
    return undefined;
  }

  /** A peer of another version may no longer make the same bytes out of the same operations: then its journal tells them. */
  async #journaled({ first, last }: OrderedEntry): Promise<JournalStretch> {
    const operations: Operation[] = [];
    while (operations.length < last - first + 1) {
      const stretch = await this.journal(asSequence(first + operations.length), last);
      if (stretch.kind !== 'operations') return stretch;
      operations.push(...stretch.operations);
    }
    return { kind: 'operations', operations };
  }

  #connected(names: readonly string[]): readonly PeerPort[] {
    return names
      .filter((name) => name !== this.#options.member)
      .map((name) => this.#options.peer(name))
      .filter((peer) => peer !== undefined)
      .filter((peer) => peer.connected);
  }
}

function checked(operations: readonly ProposedOperation[], count: number): readonly ProposedOperation[] {
  assert(
    operations.length === count,
    `order: ${count} operations were ordered, the entry has ${operations.length}`,
  );
  return operations;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
