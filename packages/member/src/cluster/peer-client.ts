/**
 * The line to one other member, kept up by itself: it reconnects with growing pauses, and is given up when the other side is silent.
 *
 * Nothing is sent twice: a request that was under way when the line broke rejects, and who asked knows whether asking again is safe. What
 * waits for a slow peer is bounded in number and bytes; past that a request rejects at once.
 */
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { isJsonObject, type JsonObject } from '@skein/base';
import type { Frame } from '../ipc/frame.ts';
import type { ClusterCertificates, MemberAddress } from './cluster-configuration.ts';
import { AskerHandshake, handshakeKey, type VersionRange } from './handshake.ts';
import {
  certificateName,
  checkMemberIdentity,
  isLoopback,
  lineBinding,
  NOT_ENCRYPTED,
} from './peer-certificate.ts';
import { PeerError, type PeerErrorCode, STREAM_WINDOW_BYTES, windowBytes } from './peer-handler.ts';
import { PeerLine } from './peer-line.ts';
import { HANDSHAKE_MS_MAX, SILENCE_MS_MAX } from './peer-server.ts';

export interface PeerClientOptions {
  /** This member's name. */
  readonly self: string;
  readonly peer: MemberAddress;
  /** Undefined: not encrypted; then only to a loopback address. */
  readonly certificates: ClusterCertificates | undefined;
  /** The cluster's. */
  readonly secret: string;
  /** The line is up, or not any more. */
  readonly onChange?: ((connected: boolean) => void) | undefined;
  /** Why the line is not up, when that is not what was told last. */
  readonly onProblem?: ((reason: string) => void) | undefined;
  /** A line that is silent for so long is given up; a connection that is not there by then is tried again. Milliseconds. */
  readonly silenceMsMax?: number | undefined;
  /** For encryption and proof. Milliseconds. */
  readonly handshakeMsMax?: number | undefined;
  /** Of requests that name none. Milliseconds. */
  readonly timeoutMs?: number | undefined;
  readonly inFlightMax?: number | undefined;
  /** Payloads that were sent and not answered yet, or not even sent. */
  readonly bytesMax?: number | undefined;
  readonly versions?: VersionRange | undefined;
}

/** With the `kind` of handler that shall answer. */
export type PeerFields = JsonObject & { readonly kind: string };

export interface PeerRequestOptions {
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** An answer, or one part of a stream. */
export interface PeerReply {
  readonly fields: JsonObject;
  readonly payload: Uint8Array;
}

const RECONNECT_MS_MIN = 20;
const RECONNECT_MS_MAX = 500;
const TIMEOUT_MS = 10_000;
const IN_FLIGHT_MAX = 256;
const BYTES_MAX = 128 * 1024 * 1024;

interface OpenRequest {
  readonly bytes: number;
  readonly receive: (type: string, reply: PeerReply) => void;
  readonly fail: (error: PeerError) => void;
}

export class PeerClient {
  readonly #options: PeerClientOptions;
  readonly #key: Uint8Array;
  readonly #open = new Map<number, OpenRequest>();
  /** The one that is being set up, or is up. */
  #line: PeerLine | undefined;
  #connected = false;
  #closed = false;
  #lastId = 0;
  #openBytes = 0;
  #reconnectMs = RECONNECT_MS_MIN;
  #reconnectTimer: NodeJS.Timeout | undefined;
  #problem: string | undefined;
  #whenConnected: (() => void)[] = [];

  /** Throws when the line would leave this machine without encryption. */
  constructor(options: PeerClientOptions) {
    if (options.certificates === undefined && !isLoopback(options.peer.host)) throw new Error(NOT_ENCRYPTED);
    this.#options = options;
    this.#key = handshakeKey(options.secret);
    this.#connect();
  }

  get member(): string {
    return this.#options.peer.name;
  }

  get connected(): boolean {
    return this.#connected;
  }

  /** Why the line is not up; undefined while it is, and before it was tried. */
  get problem(): string | undefined {
    return this.#connected ? undefined : this.#problem;
  }

  /** Resolves when the line is up. */
  whenConnected(): Promise<void> {
    if (this.#connected) return Promise.resolve();
    return new Promise((resolve) => this.#whenConnected.push(resolve));
  }

  /** Rejects with `PeerError`. The payload must not change before it is settled. */
  request(fields: PeerFields, payload?: Uint8Array, options: PeerRequestOptions = {}): Promise<PeerReply> {
    const { signal } = options;
    const timeoutMs = options.timeoutMs ?? this.#options.timeoutMs ?? TIMEOUT_MS;
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      };
      const fail = (error: PeerError): void => {
        settle();
        reject(error);
      };
      const giveUp = (code: PeerErrorCode, message: string): void => {
        this.#cancel(id);
        fail(new PeerError(code, `${this.member}: ${message}`));
      };
      const onAbort = (): void => giveUp('cancelled', 'cancelled');
      const timer = setTimeout(
        () => giveUp('timeout', `no answer to ${fields.kind} within ${timeoutMs} ms`),
        timeoutMs,
      );
      signal?.addEventListener('abort', onAbort, { once: true });
      const id = this.#ask(fields, payload, signal, {
        receive: (type, reply) => {
          if (type !== 'reply') return giveUp('failed', `a stream as the answer to ${fields.kind}`);
          this.#forget(id);
          settle();
          resolve(reply);
        },
        fail,
      });
    });
  }

  /**
   * The parts of a long answer. The peer sends on while they are being taken, and stops when iterating stops. Throws `PeerError`, also when
   * nothing has come for `timeoutMs`.
   */
  async *stream(fields: PeerFields, options: PeerRequestOptions = {}): AsyncIterable<PeerReply> {
    const { signal } = options;
    const timeoutMs = options.timeoutMs ?? this.#options.timeoutMs ?? TIMEOUT_MS;
    const parts: PeerReply[] = [];
    let ended = false;
    let error: PeerError | undefined;
    let wake: () => void = () => {};
    const fail = (reason: PeerError): void => {
      error ??= reason;
      wake();
    };
    const onAbort = (): void => fail(new PeerError('cancelled', `${this.member}: cancelled`));
    signal?.addEventListener('abort', onAbort, { once: true });
    const id = this.#ask(fields, undefined, signal, {
      receive: (type, reply) => {
        if (type !== 'end') parts.push(reply);
        ended = type !== 'part';
        if (ended) this.#forget(id);
        wake();
      },
      fail,
    });
    let taken = 0;
    try {
      for (;;) {
        const part = parts.shift();
        if (part !== undefined) {
          yield part;
          taken += windowBytes(part.payload);
          if (taken < STREAM_WINDOW_BYTES / 4) continue;
          this.#line?.send({ type: 'more', id, bytes: taken });
          taken = 0;
          continue;
        }
        if (error !== undefined) throw error;
        if (ended) return;
        const late = setTimeout(
          () =>
            fail(
              new PeerError(
                'timeout',
                `${this.member}: nothing more of ${fields.kind} within ${timeoutMs} ms`,
              ),
            ),
          timeoutMs,
        );
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        clearTimeout(late);
      }
    } finally {
      signal?.removeEventListener('abort', onAbort);
      this.#cancel(id);
    }
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#reconnectTimer);
    this.#line?.destroy();
    this.#down(new PeerError('disconnected', `${this.member}: this member stops`));
  }

  /** Gives the request's number; `fail` may have been called by then. */
  #ask(
    fields: PeerFields,
    payload: Uint8Array | undefined,
    signal: AbortSignal | undefined,
    { receive, fail }: Pick<OpenRequest, 'receive' | 'fail'>,
  ): number {
    const id = ++this.#lastId;
    const error = this.#refusal(payload?.byteLength ?? 0, signal);
    if (error !== undefined) {
      // Not before the caller knows the number.
      queueMicrotask(() => fail(error));
      return id;
    }
    const bytes = payload?.byteLength ?? 0;
    this.#open.set(id, { bytes, receive, fail });
    this.#openBytes += bytes;
    this.#line?.send({ type: 'ask', id, fields }, payload);
    return id;
  }

  #refusal(bytes: number, signal: AbortSignal | undefined): PeerError | undefined {
    if (signal?.aborted === true) return new PeerError('cancelled', `${this.member}: cancelled`);
    if (!this.#connected || this.#line === undefined)
      return new PeerError(
        'not-connected',
        `${this.member}: not connected${this.#problem === undefined ? '' : ` (${this.#problem})`}`,
      );
    const waiting = Math.max(this.#openBytes, this.#line.queuedBytes);
    const bytesMax = this.#options.bytesMax ?? BYTES_MAX;
    // One that is larger than the bound goes alone.
    const isTooMuch = waiting > 0 && waiting + bytes > bytesMax;
    if (isTooMuch || this.#open.size >= (this.#options.inFlightMax ?? IN_FLIGHT_MAX))
      return new PeerError('busy', `${this.member}: too much is waiting for it already`);
    return undefined;
  }

  #forget(id: number): OpenRequest | undefined {
    const request = this.#open.get(id);
    if (request === undefined) return undefined;
    this.#open.delete(id);
    this.#openBytes -= request.bytes;
    return request;
  }

  /** The peer need not go on, if it has begun. */
  #cancel(id: number): void {
    if (this.#forget(id) !== undefined) this.#line?.send({ type: 'cancel', id });
  }

  #connect(): void {
    const { self, peer, certificates, versions } = this.#options;
    const { host, port } = peer;
    let reason = 'no connection';
    const socket: Socket =
      certificates === undefined
        ? connect({ host, port })
        : connectTls({
            host,
            port,
            ...certificates,
            minVersion: 'TLSv1.3',
            servername: certificateName(peer.name),
            checkServerIdentity: (_, certificate) => checkMemberIdentity(peer, certificate),
          });
    let handshake: AskerHandshake | undefined;
    const line = new PeerLine(socket, {
      onFrame: (frame) => {
        if (this.#connected) return this.#receive(frame);
        const step = handshake?.receive(frame.header) ?? {
          kind: 'refuse',
          reason: 'it spoke before it was asked',
        };
        if (step.kind === 'send') return line.send(step.header);
        if (step.kind === 'refuse') {
          reason = step.reason;
          return line.destroy();
        }
        clearTimeout(late);
        line.trust(this.#options.silenceMsMax ?? SILENCE_MS_MAX);
        this.#up();
      },
      onClose: () => {
        clearTimeout(late);
        if (this.#line === line) this.#lost(reason);
      },
    });
    this.#line = line;
    let late = setTimeout(() => {
      reason = 'no connection in time';
      line.destroy();
    }, this.#options.silenceMsMax ?? SILENCE_MS_MAX);
    const begin = (): void => {
      reason =
        'it closed the line without a word: its secret, its name or its certificates may be others than here';
      handshake = new AskerHandshake({
        member: self,
        to: peer.name,
        key: this.#key,
        binding: lineBinding(socket),
        versions,
      });
      line.send(handshake.hello());
    };
    socket.on('error', (error) => {
      if (!this.#connected) reason = error.message;
    });
    socket.once('connect', () => {
      clearTimeout(late);
      late = setTimeout(() => {
        reason = 'it accepts connections, and does not answer';
        line.destroy();
      }, this.#options.handshakeMsMax ?? HANDSHAKE_MS_MAX);
      if (certificates === undefined) begin();
    });
    if (certificates !== undefined) socket.once('secureConnect', begin);
  }

  #up(): void {
    this.#connected = true;
    this.#problem = undefined;
    this.#reconnectMs = RECONNECT_MS_MIN;
    for (const resolve of this.#whenConnected.splice(0)) resolve();
    this.#options.onChange?.(true);
  }

  #lost(reason: string): void {
    const text = this.#connected ? 'the line broke' : reason;
    this.#down(new PeerError('disconnected', `${this.member}: the line broke`));
    if (this.#closed) return;
    if (text !== this.#problem) {
      this.#problem = text;
      this.#options.onProblem?.(text);
    }
    this.#reconnectTimer = setTimeout(() => this.#connect(), this.#reconnectMs);
    this.#reconnectMs = Math.min(RECONNECT_MS_MAX, this.#reconnectMs * 2);
  }

  #down(error: PeerError): void {
    const wasConnected = this.#connected;
    this.#connected = false;
    this.#line = undefined;
    for (const id of [...this.#open.keys()]) this.#forget(id)?.fail(error);
    if (wasConnected) this.#options.onChange?.(false);
  }

  #receive({ header, payload }: Frame): void {
    const { type, id } = header;
    if (typeof id !== 'number' || typeof type !== 'string') return;
    if (type === 'error') {
      this.#forget(id)?.fail(new PeerError(readCode(header['code']), this.#words(header['message'])));
      return;
    }
    if (type !== 'reply' && type !== 'part' && type !== 'end') return;
    const fields = isJsonObject(header['fields']) ? header['fields'] : {};
    this.#open.get(id)?.receive(type, { fields, payload });
  }

  #words(message: unknown): string {
    return `${this.member}: ${typeof message === 'string' ? message : 'it failed'}`;
  }
}

/** Only what a peer can know about. */
function readCode(code: unknown): PeerErrorCode {
  return code === 'unknown-kind' || code === 'busy' ? code : 'failed';
}
