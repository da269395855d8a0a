/**
 * A member's ear: other members connect here and ask. Nothing is answered to who has not shown a certificate of the cluster's authority
 * (where lines are encrypted) and proved that it knows the cluster's secret; what has not done so is bounded in number, size and time, and
 * the oldest has to go first, so that strangers who hold lines open do not keep members out.
 *
 * Frames after the handshake, `type` in the header:
 *
 *   asker:     ask {id, fields}  cancel {id}  more {id, bytes}   and beats
 *   answerer:  reply {id, fields}  error {id, code, message}  part {id, fields}  end {id}   and beats
 *
 * A stream may send as many bytes as the asker has granted: `STREAM_WINDOW_BYTES` at first, then what `more` adds. What a side does not know it
 * passes over, except a kind of request, which is answered with an error: so neighbouring versions work together.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { isJsonObject, type JsonObject } from '@skein/base';
import type { Frame } from '../ipc/frame.ts';
import type { ClusterCertificates } from './cluster-configuration.ts';
import { AnswererHandshake, handshakeKey, type VersionRange } from './handshake.ts';
import { certificateNames, isLoopback, lineBinding, NOT_ENCRYPTED } from './peer-certificate.ts';
import {
  type PeerAnswer,
  PeerError,
  type PeerHandler,
  type PeerHandlers,
  type PeerRequest,
  STREAM_WINDOW_BYTES,
  windowBytes,
} from './peer-handler.ts';
import { PeerLine } from './peer-line.ts';

export interface PeerServerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Undefined: not encrypted; then only on a loopback address. */
  readonly certificates: ClusterCertificates | undefined;
  /** The cluster's. */
  readonly secret: string;
  /** This member's name. */
  readonly member: string;
  /** Lines and strangers that were refused, and why; strangers can cause many. */
  readonly onRefused?: ((reason: string) => void) | undefined;
  /** A line that is silent for so long is given up. Milliseconds. */
  readonly silenceMsMax?: number | undefined;
  /** For connection, encryption and proof together. Milliseconds. */
  readonly handshakeMsMax?: number | undefined;
  readonly strangersMax?: number | undefined;
  readonly linesMax?: number | undefined;
  readonly versions?: VersionRange | undefined;
}

export const SILENCE_MS_MAX = 1_000;
export const HANDSHAKE_MS_MAX = 2_000;
const STRANGERS_MAX = 64;
const LINES_MAX = 64;
/** Of one line: an asker keeps to fewer (see `PeerClient`), unless it gave up waiting for most of them. */
const REQUESTS_MAX = 512;
const REQUEST_BYTES_MAX = 256 * 1024 * 1024;
const CLOSE_MS_MAX = 1_000;
const NO_BYTES = new Uint8Array(0);

interface Stranger {
  readonly socket: Socket;
  readonly timer: NodeJS.Timeout;
}

export class PeerServer {
  readonly #options: PeerServerOptions;
  readonly #handlers: PeerHandlers;
  readonly #key: Uint8Array;
  readonly #server: Server;
  /** By the address of the other side, oldest first. */
  readonly #strangers = new Map<string, Stranger>();
  readonly #lines = new Set<AnsweringLine>();
  #port: number;

  private constructor(options: PeerServerOptions, handlers: PeerHandlers) {
    this.#options = options;
    this.#port = options.port;
    // A kind is another member's word: it must not find what every object has.
    this.#handlers = Object.assign(Object.create(null) as PeerHandlers, handlers);
    this.#key = handshakeKey(options.secret);
    const { certificates } = options;
    if (certificates === undefined) {
      this.#server = createServer((socket) => this.#greet(socket));
    } else {
      this.#server = createTlsServer(
        {
          ...certificates,
          requestCert: true,
          rejectUnauthorized: true,
          minVersion: 'TLSv1.3',
          handshakeTimeout: options.handshakeMsMax ?? HANDSHAKE_MS_MAX,
        },
        (socket) => this.#greet(socket),
      );
      this.#server.on('tlsClientError', (error: Error) => this.#refused(error.message));
    }
    this.#server.on('connection', (socket: Socket) => this.#arrive(socket));
  }

  /** Rejects when it cannot listen there. */
  static async listen(options: PeerServerOptions, handlers: PeerHandlers): Promise<PeerServer> {
    if (options.certificates === undefined && !isLoopback(options.host)) throw new Error(NOT_ENCRYPTED);
    const server = new PeerServer(options, handlers);
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', reject);
      server.#server.listen({ host: options.host, port: options.port }, () => {
        server.#server.off('error', reject);
        const address = server.#server.address();
        if (typeof address === 'object' && address !== null) server.#port = address.port;
        resolve();
      });
    });
    return server;
  }

  get port(): number {
    return this.#port;
  }

  /** Members that are connected; one may have two lines for a moment. */
  get connectedMembers(): readonly string[] {
    return [...new Set([...this.#lines].map(({ peer }) => peer))];
  }

  /** Connections whose other side has not proved anything yet. */
  get strangerCount(): number {
    return this.#strangers.size;
  }

  /** Requests that run are told by their signal, and not answered any more. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const { socket } of this.#strangers.values()) socket.destroy();
    for (const line of this.#lines) line.end();
    const cut = setTimeout(() => {
      for (const line of this.#lines) line.destroy();
    }, CLOSE_MS_MAX);
    await closed;
    clearTimeout(cut);
  }

  /** Before encryption: from here on the connection counts. */
  #arrive(socket: Socket): void {
    socket.on('error', () => {});
    const address = addressOf(socket);
    if (address === undefined) return void socket.destroy();
    const timer = setTimeout(() => {
      this.#refused(`${address} took too long`);
      socket.destroy();
    }, this.#options.handshakeMsMax ?? HANDSHAKE_MS_MAX);
    this.#strangers.set(address, { socket, timer });
    socket.once('close', () => this.#forget(address));
    if (this.#strangers.size > (this.#options.strangersMax ?? STRANGERS_MAX)) {
      const [oldest] = this.#strangers;
      this.#refused(`${oldest?.[0]} had to make room for ${address}`);
      if (oldest !== undefined) this.#forget(oldest[0]);
      oldest?.[1].socket.destroy();
    }
  }

  #forget(address: string): void {
    clearTimeout(this.#strangers.get(address)?.timer);
    this.#strangers.delete(address);
  }

  /** Encrypted, where it has to be: the secret is next. */
  #greet(socket: Socket | TLSSocket): void {
    const { member, versions } = this.#options;
    const binding = lineBinding(socket);
    const handshake = new AnswererHandshake({ member, key: this.#key, binding, versions });
    let answering: AnsweringLine | undefined;
    const refuse = (reason: string): void => {
      this.#refused(`${socket.remoteAddress}: ${reason}`);
      line.destroy();
    };
    const line = new PeerLine(socket, {
      onFrame: (frame) => {
        if (answering !== undefined) return answering.receive(frame);
        const step = handshake.receive(frame.header);
        if (step.kind === 'refuse') {
          // The asker has proved itself, and may know why.
          if (step.header === undefined) return refuse(step.reason);
          line.send(step.header);
          this.#refused(step.reason);
          return line.end();
        }
        if (step.kind === 'send') return line.send(step.header);
        if (!certificateNames(socket, step.peer))
          return refuse(`its certificate is of another member than ${step.peer}`);
        if (this.#lines.size >= (this.#options.linesMax ?? LINES_MAX)) return refuse('too many lines');
        this.#forget(addressOf(socket) ?? '');
        answering = new AnsweringLine(line, step.peer, this.#handlers);
        this.#lines.add(answering);
        if (step.header !== undefined) line.send(step.header);
        line.trust(this.#options.silenceMsMax ?? SILENCE_MS_MAX);
      },
      onClose: () => {
        if (answering === undefined) return;
        this.#lines.delete(answering);
        answering.lost();
      },
    });
  }

  #refused(reason: string): void {
    this.#options.onRefused?.(reason);
  }
}

function addressOf(socket: Socket): string | undefined {
  return socket.remoteAddress === undefined ? undefined : `${socket.remoteAddress} ${socket.remotePort}`;
}

interface RunningRequest {
  readonly abort: AbortController;
  readonly bytes: number;
  /** What a stream may still send. */
  granted: number;
  whenGranted: (() => void) | undefined;
}

/** A line whose other side is known. */
class AnsweringLine {
  readonly peer: string;
  readonly #line: PeerLine;
  readonly #handlers: PeerHandlers;
  readonly #running = new Map<number, RunningRequest>();
  #runningBytes = 0;

  constructor(line: PeerLine, peer: string, handlers: PeerHandlers) {
    this.#line = line;
    this.peer = peer;
    this.#handlers = handlers;
  }

  receive({ header, payload }: Frame): void {
    const { type, id } = header;
    if (typeof id !== 'number') return;
    if (type === 'ask') {
      void this.#answer(id, isJsonObject(header['fields']) ? header['fields'] : {}, payload);
      return;
    }
    const running = this.#running.get(id);
    if (running === undefined) return;
    if (type === 'cancel') this.#stop(id, running);
    if (type === 'more' && typeof header['bytes'] === 'number' && header['bytes'] > 0) {
      running.granted += header['bytes'];
      running.whenGranted?.();
    }
  }

  end(): void {
    this.#stopAll();
    this.#line.end();
  }

  destroy(): void {
    this.#line.destroy();
  }

  lost(): void {
    this.#stopAll();
  }

  #stopAll(): void {
    for (const [id, running] of this.#running) this.#stop(id, running);
  }

  #stop(id: number, running: RunningRequest): void {
    this.#running.delete(id);
    running.abort.abort();
    running.whenGranted?.();
  }

  async #answer(id: number, fields: JsonObject, payload: Uint8Array): Promise<void> {
    const kind = fields['kind'];
    const handler = typeof kind === 'string' ? this.#handlers[kind] : undefined;
    if (handler === undefined) return this.#fail(id, 'unknown-kind', 'this member does not know the request');
    const isTooMuch =
      this.#running.size >= REQUESTS_MAX || this.#runningBytes + payload.byteLength > REQUEST_BYTES_MAX;
    if (isTooMuch || this.#running.has(id)) return this.#fail(id, 'busy', 'too many requests at once');
    const abort = new AbortController();
    const running: RunningRequest = {
      abort,
      bytes: payload.byteLength,
      granted: STREAM_WINDOW_BYTES,
      whenGranted: undefined,
    };
    this.#running.set(id, running);
    this.#runningBytes += running.bytes;
    try {
      await this.#run(id, running, handler, { from: this.peer, fields, payload, signal: abort.signal });
    } catch (error) {
      if (!abort.signal.aborted) this.#fail(id, codeOf(error), messageOf(error));
    } finally {
      this.#runningBytes -= running.bytes;
      if (this.#running.get(id) === running) this.#running.delete(id);
    }
  }

  async #run(id: number, running: RunningRequest, handler: PeerHandler, request: PeerRequest): Promise<void> {
    const { signal } = request;
    // An asker that does not take its answers gets no more of them made.
    await this.#line.room();
    if (signal.aborted) return;
    const answer = handler(request);
    if (!isStream(answer)) {
      const { fields, payload } = await answer;
      if (!signal.aborted) this.#line.send({ type: 'reply', id, fields: fields ?? {} }, payload ?? NO_BYTES);
      return;
    }
    for await (const { fields, payload } of answer) {
      if (signal.aborted) return;
      this.#line.send({ type: 'part', id, fields: fields ?? {} }, payload ?? NO_BYTES);
      running.granted -= windowBytes(payload);
      while (running.granted <= 0 && !signal.aborted) {
        await new Promise<void>((resolve) => {
          running.whenGranted = resolve;
        });
      }
      await this.#line.room();
      if (signal.aborted) return;
    }
    this.#line.send({ type: 'end', id });
  }

  #fail(id: number, code: string, message: string): void {
    this.#line.send({ type: 'error', id, code, message });
  }
}

function isStream(
  answer: Promise<PeerAnswer> | AsyncIterable<PeerAnswer>,
): answer is AsyncIterable<PeerAnswer> {
  return Symbol.asyncIterator in answer;
}

function codeOf(error: unknown): string {
  return error instanceof PeerError && error.code === 'busy' ? 'busy' : 'failed';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
