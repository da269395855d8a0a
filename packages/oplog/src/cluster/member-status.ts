/** What a member tells the others of itself, about once a second, for as long as it lives. */
export interface MemberStatus {
  /** Of the program. */
  readonly version: string;
  /** Format of operations that it understands at most: a member proposes none that a live one does not understand. */
  readonly format: number;
  readonly startedAtMs: number;
  /** The wall clock when this was told, for noticing clocks that differ. */
  readonly nowMs: number;
  /** Last operation in its journal, synced. */
  readonly journaled: number;
  /** Last operation whose effect every process of the member shows. */
  readonly published: number;
  /** When the operation after `published` was journaled; undefined: there is none. Milliseconds since 1970. */
  readonly behindSinceMs?: number | undefined;
  readonly state: 'joining' | 'catching-up' | 'live' | 'stopping';
  readonly diskFreeBytes: number;
  readonly diskBytes: number;
  /** `host:port` for members; URL for clients. */
  readonly address: string;
  readonly publicUrl?: string | undefined;
  /** Names of probes that are not fine. */
  readonly problems: readonly string[];
}
