/**
 * What the FQL port needs of this machine's member. The query process has one over the real member, tests have one in memory.
 *
 * Nothing here rejects for what a client does: errors of an expression are results. A port rejects with `FqlUnavailableError`
 * when it cannot answer, and says whether something may have happened; anything else that it rejects with is a fault of ours.
 */

/** Who asks. Only the port looks inside. */
export type FqlCaller = object;

/** As `TransactionCosts` of `@skein/fql`. */
export interface FqlCosts {
  readonly computeOps: number;
  readonly readOps: number;
  readonly writeOps: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

/** As `TransactionResult` of `@skein/fql`, with the time that the client is to have seen. */
export interface FqlResult {
  readonly status: number;
  /** JSON text: the whole body of the answer. */
  readonly body: string;
  readonly costs: FqlCosts;
  /** µs: the transaction's time if it wrote, else that of the snapshot it read. */
  readonly time: number;
}

export interface FqlQueryOptions {
  /** µs. The snapshot must hold this transaction: the client has seen its answer. */
  readonly lastSeenTime: number | undefined;
  readonly timeoutMs: number;
  /** `read`: expressions that write are refused (`GET /?q=`). */
  readonly access: 'read' | 'write';
  /** Whether a read must see everything that was acknowledged to anybody before it was sent (`POST /linearized`). */
  readonly linearized: boolean;
}

export const STREAM_FIELDS = ['action', 'document', 'diff', 'prev', 'index'] as const;
export type StreamField = (typeof STREAM_FIELDS)[number];

export interface FqlStreamOptions {
  readonly fields: ReadonlySet<StreamField>;
  readonly lastSeenTime: number | undefined;
  readonly timeoutMs: number;
  /** Aborted when nobody reads any more; the iteration then ends soon, without an error. */
  readonly signal: AbortSignal;
}

export interface FqlStream {
  /** For `x-fauna-stream-id`: digits. */
  readonly id: string;
  readonly costs: FqlCosts;
  /** µs: where the stream starts. */
  readonly time: number;
  /** Each item is one event's JSON text, beginning with `{"type":…,"txn":…`; the first is `start`. */
  readonly events: AsyncIterable<string>;
}

export type PingScope = 'all' | 'write' | 'read' | 'node';

export interface FqlPort {
  /** µs: the last transaction that this process has seen; what an answer without a transaction tells. */
  lastTime(): number;
  /** Undefined: nobody. A secret that the client may have been given by another member is waited for, as a snapshot is. */
  authenticate(
    secret: string,
    since: Pick<FqlQueryOptions, 'lastSeenTime' | 'timeoutMs'>,
  ): Promise<FqlCaller | undefined>;
  query(caller: FqlCaller, body: Uint8Array, options: FqlQueryOptions): Promise<FqlResult>;
  /** A result instead of a stream: the expression is no stream, or failed. */
  stream(
    caller: FqlCaller,
    body: Uint8Array,
    options: FqlStreamOptions,
  ): Promise<
    | { readonly kind: 'open'; readonly stream: FqlStream }
    | { readonly kind: 'refused'; readonly result: FqlResult }
  >;
  /** False: that part is not there. `timeoutMs`: how long the client waits. */
  ping(scope: PingScope, timeoutMs: number): Promise<boolean>;
}

export type FqlUnavailableReason =
  /** Nothing has happened, and nothing will. */
  | 'unavailable'
  /** Nothing has happened within the time that the client gave. */
  | 'timeout'
  /** Too much is waiting already; nothing has happened. */
  | 'busy'
  /** It was sent on its way, and what became of it cannot be told. */
  | 'outcome-unknown';

export class FqlUnavailableError extends Error {
  override readonly name = 'FqlUnavailableError';
  readonly reason: FqlUnavailableReason;

  constructor(reason: FqlUnavailableReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
