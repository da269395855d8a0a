/**
 * Connections of the FQL port: cleartext HTTP/2 with prior knowledge and HTTP/1.1 on one port, told apart by their first bytes; with a
 * certificate TLS, and the two told apart by ALPN. What is asked is `FqlHandler`'s business.
 *
 * Draining comes in two speeds, as on the other port. `reload`: a successor listens already, so nothing is refused: HTTP/2 clients
 * are told to take their next requests elsewhere, HTTP/1.1 connections close with their next answer, idle ones keep the time
 * they were promised. `stop`: connections close as soon as what is under way is answered. Event streams end at once in both.
 */
import { createServer as createHttp1, type Server as Http1Server } from 'node:http';
import { createServer as createHttp2, type Http2Server, type ServerHttp2Session } from 'node:http2';
import { createServer as createNet, type Server as NetServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { createServer as createTls, type TLSSocket } from 'node:tls';
import { FqlHandler, type FqlHandlerOptions } from './fql-handler.ts';
import { type NoticeOutcome, noticeOnDuplex, noticeOnSocket } from './graceful-goaway.ts';
import { ProtocolError, TOO_LARGE_TEXT } from './protocol-error.ts';
import { ShieldedDuplex } from './shielded-duplex.ts';

export interface FqlServerOptions extends FqlHandlerOptions {
  readonly keepAliveMs: number;
  /** PEM. Undefined: not encrypted. */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer } | undefined;
}

/** Request line and header fields of one request together, as in the original. */
const headBytesMax = 8_192;
/** Until a connection has said which protocol it speaks, or has finished its TLS handshake. */
const helloMsMax = 10_000;
/** Clients open all their event streams on one session. */
const streamsPerSessionMax = 4_096;
const connectionCountMax = 20_000;
/** Sessions that nothing happens on; drivers close theirs after half a second. */
const sessionIdleMs = 120_000;
/** How long a session must be quiet to be closed, after its client was told to go elsewhere. */
const quietMs = 1_000;
/** How long answers wait so that a client has read the earlier ones. */
const holdMs = 50;
const noticeAttemptsMax = 5;
/** How long a client has to read the last that is sent to it. */
const farewellMs = 5_000;
const windowBytes = 1024 * 1024;

export class FqlServer {
  readonly #options: FqlServerOptions;
  readonly #handler: FqlHandler;
  readonly #acceptor: NetServer;
  readonly #http1: Http1Server;
  readonly #http2: Http2Server;
  readonly #sockets = new Set<Socket>();
  readonly #sessions = new Map<ServerHttp2Session, LeavingSession>();
  #draining: 'no' | 'reload' | 'stop' = 'no';
  #onSocketGone: () => void = () => undefined;

  constructor(options: FqlServerOptions) {
    this.#options = options;
    this.#handler = new FqlHandler(options);
    this.#http1 = this.#makeHttp1();
    this.#http2 = this.#makeHttp2();
    this.#acceptor = options.tls === undefined ? this.#makeCleartext() : this.#makeTls(options.tls);
    this.#acceptor.maxConnections = connectionCountMax;
  }

  /** The node server, for listening on a port or on a socket that another process had. */
  get node(): NetServer {
    return this.#acceptor;
  }

  get streamCount(): number {
    return this.#handler.streamCount;
  }

  /** Resolves when the last connection is gone; connections that remain after `withinMs` are cut. */
  drain(how: 'reload' | 'stop', withinMs: number): Promise<void> {
    this.#draining = how;
    return new Promise((resolve) => {
      const cut = setTimeout(() => {
        for (const socket of this.#sockets) socket.destroy();
      }, withinMs);
      let accepting = true;
      const look = (): void => {
        if (accepting || this.#sockets.size > 0) return;
        clearTimeout(cut);
        // It never listened; this stops its looking for slow requests.
        this.#http1.close();
        resolve();
      };
      this.#onSocketGone = look;
      this.#acceptor.close(() => {
        accepting = false;
        look();
      });
      if (how === 'stop') this.#http1.closeIdleConnections();
      // Clients are told first, so that they start their streams again elsewhere.
      void Promise.all([...this.#sessions.values()].map((session) => session.leave(how))).then(() =>
        this.#handler.drain(),
      );
    });
  }

  get #helloMs(): number {
    return Math.min(helloMsMax, this.#options.requestTimeoutMs);
  }

  #makeHttp1(): Http1Server {
    const { keepAliveMs, requestTimeoutMs } = this.#options;
    const server = createHttp1(
      {
        maxHeaderSize: headBytesMax,
        keepAliveTimeout: Math.max(1, keepAliveMs),
        headersTimeout: Math.min(15_000, requestTimeoutMs),
        requestTimeout: requestTimeoutMs,
        connectionsCheckingInterval: Math.min(5_000, Math.ceil(requestTimeoutMs / 4)),
      },
      (request, response) => void this.#handler.handle(request, response),
    );
    server.on('clientError', answerBrokenRequest);
    // Connections are handed to it. It watches them for slowness from the moment that it believes to listen.
    server.emit('listening');
    return server;
  }

  #makeHttp2(): Http2Server {
    const server = createHttp2(
      {
        settings: {
          maxConcurrentStreams: streamsPerSessionMax,
          initialWindowSize: windowBytes,
          maxHeaderListSize: headBytesMax,
        },
        maxSessionMemory: 64,
        maxHeaderListPairs: 64,
        unknownProtocolTimeout: this.#helloMs,
      },
      (request, response) => {
        const headBytes = request.rawHeaders.reduce((sum, each) => sum + each.length + 16, 0);
        const { session } = request.stream;
        const leaving = session === undefined ? undefined : this.#sessions.get(session as ServerHttp2Session);
        if (headBytes <= headBytesMax) void this.#handler.handle(request, response, () => leaving?.holding);
        else {
          const { status, body } = new ProtocolError('request-too-large', TOO_LARGE_TEXT);
          response.writeHead(status, { 'content-type': 'application/json;charset=utf-8' });
          response.end(body, () => response.stream.close());
        }
      },
    );
    server.on('sessionError', () => undefined);
    return server;
  }

  #makeCleartext(): NetServer {
    const server = createNet({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 }, (socket) => {
      this.#keep(socket);
      tellProtocol(socket, this.#helloMs, {
        http1: () => this.#http1.emit('connection', socket),
        http2: () => this.#startSession(socket, () => noticeOnSocket(socket)),
      });
    });
    return server;
  }

  #makeTls({ cert, key }: NonNullable<FqlServerOptions['tls']>): NetServer {
    const server = createTls(
      {
        cert,
        key,
        ALPNProtocols: ['h2', 'http/1.1'],
        handshakeTimeout: this.#helloMs,
        noDelay: true,
        keepAlive: true,
        keepAliveInitialDelay: 30_000,
      },
      (socket: TLSSocket) => {
        this.#keep(socket);
        if (socket.alpnProtocol === 'h2') {
          const duplex = new ShieldedDuplex(socket);
          this.#startSession(duplex, () => noticeOnDuplex(duplex));
        } else this.#http1.emit('connection', socket);
      },
    );
    // Before the handshake is over there is only the raw connection.
    server.on('connection', (socket) => this.#keep(socket));
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    return server;
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      this.#onSocketGone();
    });
    // A broken connection is told by its `close`.
    socket.on('error', () => undefined);
  }

  #startSession(connection: Socket | ShieldedDuplex, notice: () => NoticeOutcome): void {
    const started = (node: ServerHttp2Session): void => {
      const session = new LeavingSession(node, notice, this.#helloMs);
      this.#sessions.set(node, session);
      node.on('close', () => this.#sessions.delete(node));
      if (this.#draining !== 'no') void session.leave(this.#draining);
    };
    // The session begins, and says so, while the connection is handed over.
    this.#http2.once('session', started);
    this.#http2.emit('connection', connection);
    this.#http2.off('session', started);
  }
}

/**
 * One session, with what is needed to part from its client without refusing a request.
 *
 * A client that reads an answer and the notice at once may send its next request between the two, which its own library then refuses. So for
 * a moment no answers go out, until earlier ones have been read; then the notice, then the answers that waited.
 */
class LeavingSession {
  readonly #node: ServerHttp2Session;
  readonly #notice: () => NoticeOutcome;
  #openCount = 0;
  #leaving = false;
  #holding: Promise<void> | undefined;
  #quiet: NodeJS.Timeout | undefined;

  constructor(node: ServerHttp2Session, notice: () => NoticeOutcome, helloMs: number) {
    this.#node = node;
    this.#notice = notice;
    node.on('error', () => undefined);
    node.on('stream', (stream) => {
      this.#openCount++;
      clearTimeout(this.#quiet);
      stream.on('close', () => {
        this.#openCount--;
        this.#closeWhenQuiet();
      });
    });
    // All streams of a client share it.
    node.setLocalWindowSize(4 * windowBytes);
    node.setTimeout(sessionIdleMs, () => {
      if (this.#openCount === 0) void this.leave('reload');
    });
    // A client begins with its settings.
    const patience = setTimeout(() => node.destroy(), helloMs);
    node.once('remoteSettings', () => clearTimeout(patience));
    node.on('close', () => {
      clearTimeout(patience);
      clearTimeout(this.#quiet);
    });
  }

  /** Resolves when answers may go out again; undefined: they may now. */
  get holding(): Promise<void> | undefined {
    return this.#holding;
  }

  /** Resolves when the client has been told. */
  async leave(how: 'reload' | 'stop'): Promise<void> {
    if (how === 'stop') {
      // Says which of the requests will be answered; closes when they are.
      this.#node.close();
      return;
    }
    if (this.#leaving) return;
    this.#leaving = true;
    this.#holding = this.#tell();
    await this.#holding;
    this.#holding = undefined;
    this.#closeWhenQuiet();
  }

  /** A connection whose client does not read has no room for the notice; it is told later, or cut in the end. */
  async #tell(): Promise<void> {
    for (let attempt = 0; attempt < noticeAttemptsMax && !this.#node.destroyed; attempt++) {
      await pause(holdMs);
      if (this.#node.destroyed || this.#notice() === 'sent') return;
    }
  }

  /** Clients that heed the notice close by themselves. */
  #closeWhenQuiet(): void {
    if (!this.#leaving || this.#openCount > 0 || this.#node.destroyed) return;
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => {
      if (this.#openCount > 0) return;
      this.#node.close();
      // A client that does not read never learns of it.
      this.#quiet = setTimeout(() => this.#node.destroy(), farewellMs);
    }, quietMs);
  }
}

/** Waits for the first bytes, and gives them back before it hands the connection on. */
function tellProtocol(
  socket: Socket,
  withinMs: number,
  handOn: { readonly http1: () => void; readonly http2: () => void },
): void {
  let first: Buffer = Buffer.alloc(0);
  const patience = setTimeout(() => socket.destroy(), withinMs);
  const look = (): void => {
    const chunk: Buffer | null = socket.read();
    if (chunk === null) {
      // The client ended what it sends without having said anything that we know.
      if (socket.readableEnded) socket.destroy();
      return;
    }
    first = first.length === 0 ? chunk : Buffer.concat([first, chunk]);
    const start = first.toString('latin1', 0, 3);
    if (first.length < 3 && 'PRI'.startsWith(start)) return;
    done();
    socket.unshift(first);
    if (start === 'PRI') handOn.http2();
    else handOn.http1();
  };
  const over = (): void => {
    done();
    socket.destroy();
  };
  const done = (): void => {
    clearTimeout(patience);
    socket.off('readable', look);
    socket.off('end', over);
    socket.off('close', done);
  };
  socket.on('readable', look);
  socket.on('end', over);
  socket.on('close', done);
}

/** What is not HTTP, or comes too slowly, or has a head that is too long. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [reason, told] =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? ['Request Timeout', new ProtocolError('request-timeout', 'The request took too long to arrive.')]
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? ['Payload Too Large', new ProtocolError('request-too-large', TOO_LARGE_TEXT)]
        : ['Bad Request', new ProtocolError('bad-request', 'The request is not valid HTTP.')];
  socket.end(
    `HTTP/1.1 ${told.status} ${reason}\r\nContent-Type: application/json;charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(told.body)}\r\nConnection: close\r\n\r\n${told.body}`,
  );
}
