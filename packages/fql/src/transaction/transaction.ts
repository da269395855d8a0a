/** One request of a client, from its bytes to the bytes of its answer. */
import type { Authentication } from '../access/authentication.ts';
import type { EvaluationOptions, Host } from '../evaluate/context.ts';

export interface TransactionRequest {
  /** The request's body as sent: JSON text of an expression. */
  readonly body: Uint8Array;
  readonly authentication: Authentication;
  /** µs. Writing: the transaction's time, later than the store's last. Reading: what `Now()` says, not before the snapshot's last time. */
  readonly time: number;
  /** 16 bytes: all chance of the transaction (ids, secrets, salts) comes from them. Looked at only by transactions that need chance. */
  readonly seed: Uint8Array;
  readonly host: Host;
  readonly options: EvaluationOptions;
}

/** What the response's metrics headers tell. */
export interface TransactionCosts {
  readonly computeOps: number;
  readonly readOps: number;
  readonly writeOps: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

export interface TransactionResult {
  /** 200, 201, or that of the highest-ranked error. */
  readonly status: number;
  /** The response's body. */
  readonly body: string;
  /** Whether documents changed: the transaction's time is then the store's `lastTime`. */
  readonly wrote: boolean;
  readonly costs: TransactionCosts;
}
