/**
 * HTTP over node:http: reads a request whole, finds its handler, writes the answer. Knows no endpoint.
 *
 * Every answer, but for the few that are marked, carries CORS headers, and each a `Correlation-ID` that ends with the client's `Request-ID`. An unexpected error of a
 * handler is answered 500, logged once, and the process lives.
 *
 * Draining comes in two speeds. `drain('reload')` is for a process whose successor listens already: it accepts nothing more,
 * and tells each connection on its next answer to close; idle connections keep the time that was advertised to them, because closing
 * one at once could hit a request that is under way. `drain('stop')` closes idle connections at once.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { ApiError, renderError } from '@skein/wire';
import type { Logger } from 'pino';
import { type ApiRequest, type ApiResponse, JSON_TYPE } from './api-request.ts';
import { ErrorLog } from './error-log.ts';
import { BodyBudget, ClientGoneError, readBody } from './request-body.ts';
import type { RouteMatch, Router } from './router.ts';
import { SEQUENCE_HEADER, SequenceGate, type SequenceSource } from './sequence-gate.ts';

export interface HttpServerOptions {
  readonly router: Router;
  readonly log: Logger;
  readonly bodyBytesMax: number;
  /** 0: never compress. */
  readonly gzipBytesMin: number;
  readonly keepAliveMs: number;
  readonly requestTimeoutMs: number;
  /** For the paths of the API, `/1/…`. */
  readonly sequences?: SequenceSource | undefined;
  /** Called after each answer; `route` is a name without values. */
  readonly onAnswered?: ((answer: { route: string; status: number; durationMs: number }) => void) | undefined;
}

const compress = promisify(gzip);
const CORS_HEADERS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': `Correlation-ID, ${SEQUENCE_HEADER}`,
  'Timing-Allow-Origin': '*',
};
const ALLOWED_HEADERS =
  'Content-Type, Content-Encoding, Authorization, Request-ID, X-Algolia-Agent, X-Algolia-API-Key, X-Algolia-Application-Id, ' +
  'X-Algolia-Request-ID, X-Algolia-User-ID, X-Algolia-UserToken, X-Forwarded-For, X-Skein-Min-Sequence, X-Skein-Wait-Ms';
/** How long the rest of a refused body is read and thrown away, so that the client sees the answer instead of a reset. */
const lingerMs = 2_000;
/** Header fields of one request together: secured keys travel in query strings and may be long. */
const headBytesMax = 65_536;

export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly #server: Server;
  readonly #errors: ErrorLog;
  readonly #bodies: BodyBudget;
  readonly #gate: SequenceGate | undefined;
  #draining = false;
  #requestCount = 0;
  readonly #processTag = Math.random().toString(36).slice(2, 10).padEnd(8, '0');

  constructor(options: HttpServerOptions) {
    this.#options = options;
    this.#errors = new ErrorLog(options.log);
    this.#bodies = new BodyBudget(options.bodyBytesMax);
    this.#gate = options.sequences && new SequenceGate(options.sequences);
    this.#server = createServer(
      {
        maxHeaderSize: headBytesMax,
        keepAliveTimeout: Math.max(1, options.keepAliveMs),
        headersTimeout: Math.min(15_000, options.requestTimeoutMs),
        requestTimeout: options.requestTimeoutMs,
        connectionsCheckingInterval: Math.min(5_000, Math.ceil(options.requestTimeoutMs / 4)),
      },
      (request, response) => {
        void this.#answer(request, response);
      },
    );
    // Also closes connections whose client does not read its answer.
    this.#server.setTimeout(Math.max(options.requestTimeoutMs, options.keepAliveMs + 2_000));
    this.#server.on('clientError', answerBrokenRequest);
  }

  /** The node server, for listening on a port or on a socket that another process had. */
  get node(): Server {
    return this.#server;
  }

  /** Resolves when the last connection is gone; connections that remain after `withinMs` are cut. */
  drain(how: 'reload' | 'stop', withinMs: number): Promise<void> {
    this.#draining = true;
    return new Promise((resolve) => {
      const cut = setTimeout(() => this.#server.closeAllConnections(), withinMs);
      const done = (): void => {
        clearTimeout(cut);
        resolve();
      };
      if (how === 'stop') this.#server.close(done);
      // The close of http.Server would cut idle connections; that of net.Server only stops listening.
      else NetServer.prototype.close.call(this.#server, done);
    });
  }

  async #answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAtMs = performance.now();
    let route = 'unknown';
    let status = 500;
    try {
      const url = splitUrl(message.url ?? '/');
      response.setHeader('Correlation-ID', this.#correlationId(message, url.query));
      const match = this.#options.router.find(message.method ?? 'GET', url.path);
      if (match.kind === 'found') route = match.route.name;
      const gate = url.path.startsWith('/1/') ? this.#gate : undefined;
      const answer = await this.#answerOf(message, url.query, match, { startedAtMs, gate });
      status = answer.status;
      // Of a read: what was shown when it began, which it shows for certain.
      if (gate !== undefined) response.setHeader(SEQUENCE_HEADER, String(answer.sequence ?? gate.shown));
      await this.#write(message, response, answer);
    } catch (error) {
      if (error instanceof ClientGoneError) return;
      this.#errors.tell(error, route);
      response.destroy();
    } finally {
      this.#options.onAnswered?.({ route, status, durationMs: performance.now() - startedAtMs });
    }
  }

  async #answerOf(
    message: IncomingMessage,
    query: URLSearchParams,
    match: RouteMatch,
    { startedAtMs, gate }: { readonly startedAtMs: number; readonly gate: SequenceGate | undefined },
  ): Promise<ApiResponse> {
    const method = message.method ?? 'GET';
    if (method === 'OPTIONS') return preflightAnswer(message);
    if (match.kind === 'nothing') return errorAnswer(new ApiError('route-not-found'));
    if (match.kind === 'other-method') {
      const allow = [...match.allowed, 'OPTIONS'].join(', ');
      return {
        ...errorAnswer(new ApiError('verb-not-allowed', { method: method.slice(0, 20) })),
        headers: { Allow: allow },
      };
    }
    try {
      const body = await readBody(message, this.#bodies);
      const request: ApiRequest = {
        method,
        params: match.params,
        query,
        headers: message.headers,
        body,
        clientAddress: message.socket.remoteAddress ?? '',
        startedAtMs,
      };
      if (gate === undefined) return await match.route.handler(request);
      const wait = gate.pass(request, match.route.name);
      if (wait !== undefined) await wait;
      const { shown } = gate;
      const answer = await match.route.handler(request);
      return answer.sequence === undefined ? { ...answer, sequence: shown } : answer;
    } catch (error) {
      if (error instanceof ClientGoneError) throw error;
      // What the client is told on purpose was logged, if it concerns the operator, by whoever found it.
      if (!(error instanceof ApiError)) {
        this.#errors.tell(error, match.route.name);
      }
      return errorAnswer(error);
    }
  }

  async #write(message: IncomingMessage, response: ServerResponse, answer: ApiResponse): Promise<void> {
    if (response.destroyed) return;
    const { gzipBytesMin } = this.#options;
    const byteCount = Buffer.byteLength(answer.body);
    const worthwhile = gzipBytesMin > 0 && byteCount >= gzipBytesMin && answer.compressed !== true;
    const packed = worthwhile && acceptsGzip(message.headers['accept-encoding']);
    // Text stays text: node then sends it together with the head in one write.
    const body = packed ? await compress(answer.body, { level: constants.Z_BEST_SPEED }) : answer.body;
    const bodyUnread = !message.complete;
    if (this.#draining || bodyUnread) response.setHeader('Connection', 'close');
    response.writeHead(answer.status, {
      ...(answer.sameOriginOnly === true ? undefined : CORS_HEADERS),
      ...(answer.body.length > 0 || answer.status !== 204
        ? { 'Content-Type': answer.contentType }
        : undefined),
      ...(worthwhile ? { Vary: 'Accept-Encoding' } : undefined),
      ...(packed ? { 'Content-Encoding': 'gzip' } : undefined),
      ...(answer.status === 204 || answer.status === 304
        ? undefined
        : { 'Content-Length': String(packed ? body.length : byteCount) }),
      ...answer.headers,
    });
    if (!bodyUnread) response.end(body);
    else linger(message, response, body);
  }

  /** Ends with what the client called its request, as far as a header can carry it. */
  #correlationId(message: IncomingMessage, query: URLSearchParams): string {
    const header = message.headers['request-id'];
    const given = typeof header === 'string' ? header : query.get('x-algolia-request-id');
    const own = `${this.#processTag}-${(++this.#requestCount).toString(36)}`;
    if (given === null || given === '') return own;
    return `${own}-${given.replaceAll(/[^\x20-\x7e]/g, '').slice(-256)}`;
  }
}

/** The answer goes out while the client may still be sending; what it sends is thrown away for a moment. */
function linger(message: IncomingMessage, response: ServerResponse, body: string | Buffer): void {
  response.write(body);
  message.resume();
  const finish = (): void => {
    clearTimeout(timer);
    response.end(() => message.socket.destroySoon());
  };
  const timer = setTimeout(finish, lingerMs);
  message.once('end', finish);
  message.once('close', finish);
}

function errorAnswer(error: unknown): ApiResponse {
  const { status, body } = renderError(error);
  const answer = { status, body, contentType: JSON_TYPE };
  const asksAgain = error instanceof ApiError && error.code === 'behind';
  return asksAgain ? { ...answer, headers: { 'Retry-After': '1' } } : answer;
}

function preflightAnswer(message: IncomingMessage): ApiResponse {
  const asked = message.headers['access-control-request-headers'];
  // What a browser asks for is allowed: credentials are never ambient here, every request carries its own key.
  const headers = typeof asked === 'string' && /^[\w\-, ]{1,4096}$/.test(asked) ? asked : ALLOWED_HEADERS;
  return {
    status: 204,
    contentType: JSON_TYPE,
    body: '',
    headers: {
      'Access-Control-Allow-Methods': 'GET, POST, PUT, DELETE, OPTIONS',
      'Access-Control-Allow-Headers': headers,
      'Access-Control-Max-Age': '86400',
    },
  };
}

function splitUrl(url: string): { readonly path: string; readonly query: URLSearchParams } {
  const at = url.indexOf('?');
  if (at === -1) return { path: url, query: new URLSearchParams() };
  return { path: url.slice(0, at), query: new URLSearchParams(url.slice(at + 1)) };
}

function acceptsGzip(header: string | string[] | undefined): boolean {
  const text = Array.isArray(header) ? header.join(',') : (header ?? '');
  return text
    .split(',')
    .some((part) => /^\s*(?:gzip|\*)\s*(?:;\s*q\s*=\s*(?!0(?:\.0*)?\s*$).*)?$/i.test(part));
}

/** What is not HTTP, or comes too slowly, or has a head that is too long. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, reason, text] =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? [408, 'Request Timeout', 'The request took too long to arrive']
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? [431, 'Request Header Fields Too Large', 'The request line and headers are too long']
        : [400, 'Bad Request', 'The request is not valid HTTP'];
  const body = JSON.stringify({ message: text, status });
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\nAccess-Control-Allow-Origin: *\r\nContent-Type: ${JSON_TYPE}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
