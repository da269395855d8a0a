import type { Clock, Sequence } from '@skein/base';
import type { EtcdPort } from '../etcd/etcd-port.ts';
import type { LocalJournal } from '../local-journal.ts';
import type { EntryStore } from './entry-store.ts';
import type { MemberStatus } from './member-status.ts';
import type { PeerPort } from './peer-port.ts';

export type EtcdLogState =
  /** What is ordered is not known yet: etcd has not answered since the start. */
  | 'connecting'
  /** The journal is behind what was ordered when the log last looked at all of it. */
  | 'catching-up'
  | 'live'
  /** The journal ends before what any peer still has. Goes on trying; a checkpoint of a peer is what helps. */
  | 'needs-checkpoint'
  /** `onFatal` was told. Reading the journal goes on. */
  | 'failed';

export interface EtcdLogOptions {
  readonly member: string;
  /** `host:port` of this member for its peers: registered under this at start, unless `registers` says otherwise. */
  readonly address: string;
  /** `'never'`: this member was removed from the cluster, or something else registers it. Default `'at-start'`. */
  readonly registers?: 'at-start' | 'never' | undefined;
  /** Members of the cluster as configured: a majority is one of these at least, also before all have registered. */
  readonly memberCount: number;
  readonly etcd: EtcdPort;
  /** The line to another member; asked anew for each call. */
  readonly peer: (member: string) => PeerPort | undefined;
  /** This member's ordered journal. The log closes it. */
  readonly journal: LocalJournal;
  /** The log closes it. */
  readonly entries: EntryStore;
  /** What this member tells of itself, about once a second; `journaled` is the journal's last sequence. */
  readonly describe: (log: { readonly state: EtcdLogState; readonly journaled: Sequence }) => MemberStatus;
  /** Journal files that a registered member may still need are kept up to this size. */
  readonly journalKeepBytes: number;
  /** Steady: a clock that nobody sets. */
  readonly clock: Clock;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
  /** The log can no longer tell what was ordered, or write it down: the process has to start again. Called once. */
  readonly onFatal: (error: Error) => void;
  /** How long an append waits for a majority, milliseconds. Default 10,000. */
  readonly appendTimeoutMs?: number | undefined;
  /** Of the lease, seconds. Default: that of `LeaseSession`. */
  readonly leaseTtlS?: number | undefined;
}

export interface EtcdLogStatistics {
  /** Entries of this member that were ordered, their operations, and their bytes. */
  readonly orderedEntryCount: number;
  readonly orderedOperationCount: number;
  readonly orderedBytes: number;
  /** Transactions sent to order them. */
  readonly orderTransactionCount: number;
  /** How long the last ones took until they were answered, and how long appends waited until their sequences were known; milliseconds. */
  readonly orderTransactionP50Ms: number;
  readonly orderTransactionP99Ms: number;
  readonly appendP50Ms: number;
  readonly appendP99Ms: number;
  /** Operations that wait here for being ordered. */
  readonly waitingOperationCount: number;
  readonly waitingBytes: number;
  /** Payloads that a peer had to be asked for. */
  readonly fetchedEntryCount: number;
  /** Operations that came from a peer's journal. */
  readonly fetchedOperationCount: number;
  /** Order records in etcd, as seen from here. */
  readonly orderRecordCount: number;
  /** Sequence up to which order records are gone. */
  readonly trimmed: Sequence;
  /** Milliseconds since etcd last told something; undefined: never. */
  readonly etcdSilentMs: number | undefined;
}
