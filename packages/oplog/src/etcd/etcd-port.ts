/**
 * What the cluster needs of etcd. `EtcdClient` is the real one; `testing/sim-etcd.ts` delays, loses and repeats on purpose.
 *
 * Keys and values are bytes of UTF-8 text here. Revisions are etcd's, below 2^53. Where behaviour matters: etcd API v3, as of 3.4.
 */

export interface EtcdKeyValue {
  readonly key: string;
  readonly value: string;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
  /** Hexadecimal; undefined: attached to none. */
  readonly lease: string | undefined;
}

/** All conditions have to hold. A key that does not exist has create revision, mod revision and version 0, and no value. */
export type EtcdCompare =
  | { readonly key: string; readonly target: 'version' | 'create' | 'mod'; readonly is: number }
  | { readonly key: string; readonly target: 'value'; readonly is: string };

export type EtcdWrite =
  | {
      readonly kind: 'put';
      readonly key: string;
      readonly value: string;
      readonly lease?: string | undefined;
    }
  /** `end` exclusive; without it the one key. */
  | { readonly kind: 'delete'; readonly key: string; readonly end?: string | undefined };

export interface EtcdTransaction {
  readonly compare: readonly EtcdCompare[];
  readonly then: readonly EtcdWrite[];
  /** Keys to read when the conditions do not hold (each one whole key). */
  readonly otherwiseGet?: readonly string[] | undefined;
}

export interface EtcdTransactionAnswer {
  readonly succeeded: boolean;
  /** The store's revision after it; that of its writes when it wrote. */
  readonly revision: number;
  /** By key; those that do not exist are left out. Empty when it succeeded. */
  readonly found: ReadonlyMap<string, EtcdKeyValue>;
}

export interface EtcdRangeOptions {
  /** Exclusive; without it the one key. */
  readonly end?: string | undefined;
  readonly limit?: number | undefined;
  /** Of the past, so that pages belong together; the newest without it. */
  readonly revision?: number | undefined;
}

export interface EtcdRange {
  readonly kvs: readonly EtcdKeyValue[];
  /** There are more behind the last one. */
  readonly more: boolean;
  /** The store's revision when this was read (not the one that was asked for). */
  readonly revision: number;
}

export type EtcdEvent =
  | { readonly kind: 'put'; readonly kv: EtcdKeyValue }
  | { readonly kind: 'delete'; readonly key: string; readonly modRevision: number };

export interface EtcdWatchBatch {
  /** Everything up to here has been told. Without events: a progress mark, which may come or not, at etcd's pleasure. */
  readonly revision: number;
  /** In the order of their revisions; those of one revision together in one batch. */
  readonly events: readonly EtcdEvent[];
}

export interface EtcdCallOptions {
  /** Of the whole call, with all tries; the client's default otherwise. Milliseconds. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads (`range`, `watch`) are linearisable unless a revision is given. Every method rejects with `EtcdError`; whatever its outcome,
 * the same call may be made again.
 */
export interface EtcdPort {
  /** Not tried again by itself once it may have been carried out: then rejects with outcome `'unknown'`. */
  transaction(transaction: EtcdTransaction, options?: EtcdCallOptions): Promise<EtcdTransactionAnswer>;
  range(key: string, range: EtcdRangeOptions, options?: EtcdCallOptions): Promise<EtcdRange>;
  /**
   * Changes of keys in [key, end) from `fromRevision` on, in order, none left out, until `signal` aborts. Goes on with another endpoint by
   * itself when one fails. Throws `EtcdError` with code `'compacted'` when what it would have to tell next is gone.
   */
  watch(
    key: string,
    watch: { readonly end: string; readonly fromRevision: number },
    signal: AbortSignal,
  ): AsyncIterable<EtcdWatchBatch>;
  /** Forgets what was before `revision`; etcd 3.4 also the deletions of `revision` itself, for watches that begin there. */
  compact(revision: number, options?: EtcdCallOptions): Promise<void>;
  /** The lease's id, hexadecimal. */
  grantLease(ttlS: number, options?: EtcdCallOptions): Promise<string>;
  /** False: it has expired, with all its keys. */
  keepLeaseAlive(lease: string, options?: EtcdCallOptions): Promise<boolean>;
  /** Takes its keys with it. */
  revokeLease(lease: string, options?: EtcdCallOptions): Promise<void>;
  close(): void;
}

export type EtcdErrorCode =
  /** No endpoint could be reached, or there is no leader. */
  | 'unavailable'
  | 'timeout'
  | 'cancelled'
  | 'compacted'
  /** The store is full (alarm NOSPACE). */
  | 'no-space'
  /** The lease that a put names is not there (any more). */
  | 'no-lease'
  /** The certificate or the cluster is another one. */
  | 'refused'
  | 'failed';

export class EtcdError extends Error {
  override readonly name = 'EtcdError';
  readonly code: EtcdErrorCode;
  /** `refused`: certainly not carried out. */
  readonly outcome: 'refused' | 'unknown';

  constructor(code: EtcdErrorCode, outcome: 'refused' | 'unknown', message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.outcome = outcome;
  }
}
