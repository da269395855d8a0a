/**
 * Finds the operations of what was ordered: in this member's own store of entries, else with its peers. What was ordered exists on a majority,
 * so it is asked for until somebody has it: an entry is never left out.
 */
import { asSequence, assert, CorruptionError, type Sequence } from '@skein/base';
import type { Operation, ProposedOperation } from '../operation-log.ts';
import { decodeEntry, EntryFormatError, hashOf } from './entry.ts';
import { entryText } from './entry-id.ts';
import type { EntryStore } from './entry-store.ts';
import type { OrderedEntry } from './order-tail.ts';
import { pause } from './pause.ts';
import type { JournalPage, PeerPort } from './peer-port.ts';

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
    const { log, others } = this.#options;
    let released = false;
    for (const peer of this.#connected(others())) {
      let page: JournalPage;
      try {
        page = await peer.readJournal(from, PAGE_BYTES);
      } catch (error) {
        log('info', `the journal of ${peer.member} could not be read: ${messageOf(error)}`);
        continue;
      }
      if (page.kind === 'released') {
        released = true;
        continue;
      }
      const operations = page.operations.filter(({ sequence }) => sequence <= last);
      if (operations.length === 0) continue;
      if (operations.some(({ sequence }, at) => sequence !== from + at)) {
        log('error', `the journal of ${peer.member} does not go on at ${from}: not taken`);
        continue;
      }
      this.#fetchedOperationCount += operations.length;
      return { kind: 'operations', operations };
    }
    return { kind: released ? 'released' : 'silent' };
  }

  async #own(entry: OrderedEntry): Promise<readonly ProposedOperation[] | undefined> {
    try {
      const payload = await this.#options.entries.read(entry.id);
      if (payload !== undefined) return this.#decoded(entry, payload, 'the store of this member');
    } catch (error) {
      if (!(error instanceof CorruptionError)) throw error;
      this.#options.log('error', `entry ${entryText(entry.id)} is fetched again: ${error.message}`);
    }
    return undefined;
  }

  async #fetch(entry: OrderedEntry): Promise<readonly ProposedOperation[] | undefined> {
    const { id, record, first, last } = entry;
    // Those who had it when it was ordered come first, the others may have fetched it since.
    const { holders } = record;
    const others = this.#options.others();
    const names = [...holders, ...others.filter((name) => !holders.includes(name))];
    for (const peer of this.#connected(names)) {
      let payload: Uint8Array | undefined;
      try {
        payload = await peer.fetchEntry(id, { first, last });
      } catch (error) {
        this.#options.log('info', `${peer.member} did not give entry ${entryText(id)}: ${messageOf(error)}`);
      }
      const operations = payload === undefined ? undefined : this.#decoded(entry, payload, peer.member);
      if (operations === undefined) continue;
      this.#fetchedEntryCount++;
      return operations;
    }
    return undefined;
  }

  /** Undefined where the bytes are not those that were ordered, or of a version that is not read here: then journals are asked. */
  #decoded(
    { id, record }: OrderedEntry,
    payload: Uint8Array,
    whose: string,
  ): readonly ProposedOperation[] | undefined {
    if (payload.byteLength !== record.bytes || hashOf(payload) !== record.hash) {
      this.#options.log('warn', `${whose} has other bytes for entry ${entryText(id)} than were ordered`);
      return undefined;
    }
    let operations: readonly ProposedOperation[];
    try {
      operations = decodeEntry(payload);
    } catch (error) {
      if (!(error instanceof EntryFormatError)) throw error;
      this.#options.log('warn', `entry ${entryText(id)} cannot be read here: ${error.message}`);
      return undefined;
    }
    assert(
      operations.length === record.count,
      `order: ${record.count} operations were ordered, the entry has ${operations.length}`,
    );
    return operations;
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

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
