/** What a builder needs of its cluster. `ClusterMember` is the real one. */
import type { JsonObject } from '@skein/base';
import type { LocalJournal, OperationLog } from '@skein/oplog';
import type { MembersChange, Progress } from '../ipc/messages.ts';
import type { CheckpointSource } from './checkpoint-source.ts';
import type { SamenessParts } from './own-digests.ts';

export interface BuilderCluster {
  /** The cluster's log; closing it closes the journal. */
  readonly operations: OperationLog;
  /** Whether this member does what one member does for all, such as asking for background work. Doing it twice does no harm. */
  readonly isChosen: boolean;
  /** The newest format of operations that all members know: nothing is proposed in a newer one. */
  readonly operationFormat: number;
  /** How far this member is when it shows everything up to `published`. */
  progress(published: number): Progress;
  /** For operators: members, states, etcd. JSON. */
  describe(): JsonObject;
  /** Rejects with `BuilderError`. */
  changeMembers(change: MembersChange): Promise<void>;
  /** Names of probes that are not fine here, for the other members. */
  tellProblems(names: readonly string[]): void;
  /** From now on this member proposes nothing, and says that it is stopping. */
  beginStopping(): void;
  /** The builder has recovered: what peers ask of indexes and documents can be answered. */
  serve(builder: ClusteredBuilder): Promise<void>;
  /** Before the log is closed. */
  close(): Promise<void>;
}

/** What a cluster needs of its builder. */
export interface ClusteredBuilder {
  /** Every process of this machine shows the effect of all operations up to here. */
  readonly publishedThrough: number;
  /** When the first operation that is not published yet came into the journal; undefined: there is none. Milliseconds since 1970. */
  readonly behindSinceMs: number | undefined;
  /** Copies of this machine's state, for members that need one: `serveCheckpoints` answers with them. */
  readonly checkpoints: CheckpointSource;
  /** For comparing this machine's state with that of other members. */
  readonly sameness: SamenessParts;
}

/** Called when the journal is open, and before anything of it is applied. */
export type OpenCluster = (parts: {
  readonly journal: LocalJournal;
  readonly dataFolder: string;
  readonly secret: string;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
  readonly onFatal: (error: Error) => void;
}) => Promise<BuilderCluster>;
