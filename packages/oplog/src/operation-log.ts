import type { Sequence } from '@skein/base';

/** A change on its way into the log. Everything that applying it needs (time, chance, generated ids) is inside. */
export interface ProposedOperation {
  readonly application: string;
  /** Made by the proposer; a retry carries the same one, so that whoever applies the log can recognise it. */
  readonly operationId: string;
  /** The proposer's clock, milliseconds since 1970. */
  readonly proposedAtMs: number;
  readonly payload: Uint8Array;
}

/** A change at its place in the log. */
export interface Operation extends ProposedOperation {
  readonly sequence: Sequence;
}

/** Both ends inclusive; an empty range does not exist. */
export interface SequenceRange {
  readonly first: Sequence;
  readonly last: Sequence;
}

/**
 * The one ordered list of changes that all state is derived from.
 *
 * Contract, kept by every implementation (`operation-log.contract.ts`):
 *  - `append` resolves when its operations are durable, and gives them adjacent sequences in the order of the batch. Batches
 *    are ordered as `append` was called. A batch is kept as a whole or not at all.
 *  - `append` rejects with an `OperationLogError`. Its `outcome` says whether the batch is certainly absent (`'refused'`) or may turn
 *    up later (`'unknown'`): then the proposer retries with the same operation id, and who applies leaves the second one out.
 *  - `follow` yields committed operations only, ascending without a gap. The caller must not change them.
 *  - `release` forgets whole stretches of the log up to a sequence; what remains is still followed without a gap. The
 *    caller first makes sure that everything up to there is applied and durable elsewhere.
 *  - sequences start at 1 and are never used twice, also not after a restart.
 */
export interface OperationLog {
  /** The last committed sequence; 0 before the first. */
  readonly lastSequence: Sequence;
  /** The first sequence that `follow` can still start from. */
  readonly firstSequence: Sequence;
  append(batch: readonly ProposedOperation[]): Promise<SequenceRange>;
  /** From `from` on until `signal` aborts or the log closes. `from` must not lie before `firstSequence`. */
  follow(from: Sequence, signal?: AbortSignal): AsyncIterable<readonly Operation[]>;
  release(upTo: Sequence): Promise<void>;
  /** Waits for what is being appended; later appends are refused, followers end. */
  close(): Promise<void>;
}

export type OperationLogErrorCode =
  | 'operation-too-large'
  | 'disk-full'
  | 'log-failed'
  | 'log-closed'
  /** The queue of the application, or of all, is at its bound: later there is room again. */
  | 'too-many-waiting'
  /** No majority of the cluster answers. */
  | 'no-quorum';

/** An append that was not acknowledged. */
export class OperationLogError extends Error {
  override readonly name = 'OperationLogError';
  readonly code: OperationLogErrorCode;
  readonly outcome: 'refused' | 'unknown';

  constructor(
    code: OperationLogErrorCode,
    outcome: 'refused' | 'unknown',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
    this.outcome = outcome;
  }
}
