/** What members of a cluster ask each other about the log. */
import type { Sequence } from '@skein/base';
import type { Operation, SequenceRange } from '../operation-log.ts';
import type { EntryId } from './entry-id.ts';

/** This member's side. */
export interface PeerService {
  /** Resolves when the entry is synced here. */
  storeEntry(id: EntryId, payload: Uint8Array): Promise<void>;
  /** From the store of entries, or from the journal when it is ordered and written there; undefined: not here. */
  fetchEntry(id: EntryId, range: SequenceRange | undefined): Promise<Uint8Array | undefined>;
  /** Committed operations from `from` on, in order, about `bytesMax` of them; an empty list at the end. */
  readJournal(from: Sequence, bytesMax: number): Promise<JournalPage>;
}

export type JournalPage =
  | {
      readonly kind: 'operations';
      readonly operations: readonly Operation[];
      /** The last one that this member has. */
      readonly last: Sequence;
    }
  /** Older than what this member still has: a checkpoint is needed. */
  | { readonly kind: 'released'; readonly first: Sequence };

/** Another member, as asked from here. Every method rejects when it does not answer, or not in time. */
export interface PeerPort extends PeerService {
  readonly member: string;
  /** Whether the line to it is up at the moment. */
  readonly connected: boolean;
}
