/**
 * What one member may ask another, open for more kinds: each part of a member that answers others brings a table of handlers by kind,
 * and `PeerServer` serves them all.
 */
import type { JsonObject } from '@skein/base';

export interface PeerRequest {
  /** The member that asks; it has proved that it knows the cluster's secret. */
  readonly from: string;
  /** With `kind`. Another member's words: to be checked before use. */
  readonly fields: JsonObject;
  readonly payload: Uint8Array;
  /** Fires when nobody waits for the answer any more: cancelled, timed out over there, or the line is gone. */
  readonly signal: AbortSignal;
}

export interface PeerAnswer {
  readonly fields?: JsonObject | undefined;
  readonly payload?: Uint8Array | undefined;
}

/**
 * One answer, or a stream of them: its next part is asked for only when the one before has found room on the line and with the asker, and
 * it is ended (`return`) when the asker goes. Parts should not be larger than about 1 MiB. What is thrown reaches the asker as a
 * `PeerError` with code `failed` and the message.
 */
export type PeerHandler = (request: PeerRequest) => Promise<PeerAnswer> | AsyncIterable<PeerAnswer>;

export type PeerHandlers = Readonly<Record<string, PeerHandler>>;

/** What a stream may send before its reader has taken some of it. */
export const STREAM_WINDOW_BYTES = 4 * 1024 * 1024;

/** How much of the window a part takes: small ones are a burden too. */
export function windowBytes(payload: Uint8Array | undefined): number {
  return 1024 + (payload?.byteLength ?? 0);
}

export type PeerErrorCode =
  /** The line is not up: nothing was sent. */
  | 'not-connected'
  /** Too much is waiting for this peer already: nothing was sent, or the peer did not begin with it. */
  | 'busy'
  /** The line broke while the request was under way: it may have been carried out. */
  | 'disconnected'
  /** No answer in time: it may have been carried out. */
  | 'timeout'
  | 'cancelled'
  /** The peer is of a version that does not know this kind of request. */
  | 'unknown-kind'
  /** The peer's handler threw; or what came back is not what was asked for. */
  | 'failed';

export class PeerError extends Error {
  override readonly name = 'PeerError';
  readonly code: PeerErrorCode;

  constructor(code: PeerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
