/**
 * Requests of the FQL port, of HTTP/1.1 and HTTP/2 alike: finds out what is asked and by whom, asks the port, writes the answer with its headers. Knows no FQL.
 *
 *   POST /            an expression           GET /?q=       one that only reads
 *   POST /linearized  one that reads the latest of anybody's writes
 *   POST /stream      events until the client ends them
 *   GET  /ping        whether a part of the server is there; needs no secret
 *
 * The order of refusals is the original's: headers (400), path (404), secret (401), method (405), body (413).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { constants, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { ErrorLog } from '../http/error-log.ts';
import { BodyBudget } from '../http/request-body.ts';
import { collectBody } from './collect-body.ts';
import { preflightHeaders, withCors } from './cors.ts';
import { destroy, EventBudget, EventSink, type EventSinkEnd } from './event-sink.ts';
import {
  type FqlCaller,
  type FqlCosts,
  type FqlPort,
  type FqlQueryOptions,
  type FqlResult,
  FqlUnavailableError,
  type PingScope,
  STREAM_FIELDS,
  type StreamField,
} from './fql-port.ts';
import { ProtocolError, TOO_LARGE_TEXT } from './protocol-error.ts';
import { type RequestParameters, readParameters, secretOf, traceparentFor } from './request-parameters.ts';

export type FqlRequest = IncomingMessage | Http2ServerRequest;
export type FqlResponse = ServerResponse | Http2ServerResponse;

export interface FqlAnswered {
  readonly route: FqlRoute;
  readonly status: number;
  readonly durationMs: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

export type FqlRoute = 'query' | 'stream' | 'ping' | 'preflight' | 'unknown';

export interface FqlHandlerOptions {
  readonly port: FqlPort;
  readonly log: Logger;
  readonly bodyBytesMax: number;
  /** How long a client may take to send a body or to take its answer. */
  readonly requestTimeoutMs: number;
  /** For requests that name none. */
  readonly queryTimeoutMs: number;
  /** `x-faunadb-build`. */
  readonly build: string;
  readonly onAnswered?: ((answer: FqlAnswered) => void) | undefined;
  readonly onStreamEnded?: ((how: EventSinkEnd) => void) | undefined;
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Route {
  readonly name: FqlRoute;
  readonly methods: readonly string[];
}

const ROUTES: ReadonlyMap<string, Route> = new Map([
  ['/', { name: 'query', methods: ['GET', 'POST'] }],
  ['', { name: 'query', methods: ['GET', 'POST'] }],
  ['/linearized', { name: 'query', methods: ['POST'] }],
  ['/stream', { name: 'stream', methods: ['POST'] }],
  ['/ping', { name: 'ping', methods: ['GET', 'HEAD'] }],
]);
const PING_SCOPES: Readonly<Record<string, PingScope>> = {
  all: 'all',
  write: 'write',
  read: 'read',
  global: 'write',
  local: 'read',
};
const PING_TIMEOUTS_MS: Readonly<Record<PingScope, number>> = {
  all: 5_000,
  write: 1_000,
  read: 500,
  node: 100,
};
const JSON_TYPE = 'application/json;charset=utf-8';
/** A port answers by itself when time is up; one that does not is given up so much later. */
const overtimeMs = 1_000;
const streamCountMax = 10_000;
const eventBytesMax = 64 * 1024 * 1024;
const streamStuckMsMax = 10_000;

export class FqlHandler {
  readonly #options: FqlHandlerOptions;
  readonly #errors: ErrorLog;
  readonly #bodies: BodyBudget;
  readonly #events = new EventBudget(eventBytesMax);
  readonly #sinks = new Set<EventSink>();
  #draining = false;

  constructor(options: FqlHandlerOptions) {
    this.#options = options;
    this.#errors = new ErrorLog(options.log);
    this.#bodies = new BodyBudget(options.bodyBytesMax);
  }

  /** Event streams that are open. */
  get streamCount(): number {
    return this.#events.streamCount;
  }

  /** From now on connections of HTTP/1.1 close with their next answer, and event streams end with an error event. */
  drain(): void {
    this.#draining = true;
    for (const sink of [...this.#sinks]) sink.end('draining');
  }

  /** Never rejects. `held`: what to wait for before the answer is written, asked when it is there. */
  async handle(
    request: FqlRequest,
    response: FqlResponse,
    held: () => Promise<void> | undefined = () => undefined,
  ): Promise<void> {
    const startedAtMs = performance.now();
    const { path, query } = splitUrl(request.url ?? '/');
    const route = ROUTES.get(path);
    const exchange: Exchange = {
      request,
      response,
      query,
      traceparent: traceparentFor(request.headers),
      startedAtMs,
      bytesIn: 0,
    };
    const name = request.method === 'OPTIONS' ? 'preflight' : (route?.name ?? 'unknown');
    let answered = { status: 500, bytesOut: 0 };
    try {
      const answer = await this.#answer(exchange, path, route);
      const wait = held();
      if (wait !== undefined) await wait;
      if (answer === 'gone') answered = { status: 499, bytesOut: 0 };
      else if (answer === 'streamed') answered = { status: 200, bytesOut: 0 };
      else answered = { status: answer.status, bytesOut: this.#write(exchange, answer) };
    } catch (error) {
      this.#errors.tell(error, `fql ${name}`);
      destroy(response);
    }
    this.#options.onAnswered?.({
      route: name,
      durationMs: performance.now() - startedAtMs,
      bytesIn: exchange.bytesIn,
      ...answered,
    });
  }

  /** Also gives errors as answers. */
  async #answer(
    exchange: Exchange,
    path: string,
    route: Route | undefined,
  ): Promise<Answer | 'gone' | 'streamed'> {
    const { request } = exchange;
    if (request.method === 'OPTIONS') {
      return { status: 200, body: '', headers: preflightHeaders(request.headers) };
    }
    let parameters: RequestParameters | undefined;
    try {
      parameters = readParameters(request.headers, this.#options.queryTimeoutMs);
      return await this.#route(exchange, path, route, parameters);
    } catch (error) {
      const { status, body, headers } = this.#protocolError(error, route);
      const answer: Answer = {
        status,
        body,
        headers: { ...headers, ...this.#errorHeaders(exchange, status) },
      };
      return parameters?.tags === undefined ? answer : withHeader(answer, 'x-fauna-tags', parameters.tags);
    }
  }

  async #route(
    exchange: Exchange,
    path: string,
    route: Route | undefined,
    parameters: RequestParameters,
  ): Promise<Answer | 'gone' | 'streamed'> {
    const { request, query } = exchange;
    const method = request.method ?? 'GET';
    if (route === undefined) throw new ProtocolError('not-found', 'Not Found');
    if (route.name === 'ping') {
      refuseOtherMethods(method, route);
      return this.#ping(exchange);
    }
    const secret = secretOf(request.headers);
    const caller =
      secret === undefined ? undefined : await this.#options.port.authenticate(secret, parameters);
    if (caller === undefined) {
      throw new ProtocolError('unauthorized', 'Unauthorized', {
        'www-authenticate': 'Basic realm="Unauthorized"',
      });
    }
    refuseOtherMethods(method, route);
    const fields = route.name === 'stream' ? streamFields(query) : undefined;
    if (fields !== undefined && 'unknown' in fields) return this.#invalidFields(exchange, fields.unknown);
    const body = method === 'GET' ? Buffer.from(query.get('q') ?? '') : await this.#body(exchange);
    if (body === 'gone') return 'gone';
    exchange.bytesIn = body.length;
    if (fields !== undefined) return this.#stream(exchange, caller, body, parameters, fields.known);
    return this.#query(exchange, caller, body, parameters, {
      lastSeenTime: parameters.lastSeenTime,
      timeoutMs: parameters.timeoutMs,
      access: method === 'GET' ? 'read' : 'write',
      linearized: path === '/linearized',
    });
  }

  async #query(
    exchange: Exchange,
    caller: FqlCaller,
    body: Uint8Array,
    parameters: RequestParameters,
    options: FqlQueryOptions,
  ): Promise<Answer> {
    const result = await within(options.timeoutMs, this.#options.port.query(caller, body, options));
    return this.#resultAnswer(exchange, parameters, result);
  }

  async #stream(
    exchange: Exchange,
    caller: FqlCaller,
    body: Uint8Array,
    parameters: RequestParameters,
    fields: ReadonlySet<StreamField>,
  ): Promise<Answer | 'gone' | 'streamed'> {
    const { response } = exchange;
    if (this.#draining) throw new ProtocolError('unavailable', 'The server process is being replaced.');
    if (this.#events.streamCount >= streamCountMax) {
      throw new ProtocolError('too-many-requests', 'Too many open streams.');
    }
    const abort = new AbortController();
    const { lastSeenTime, timeoutMs } = parameters;
    const onClose = (): void => abort.abort();
    response.on('close', onClose);
    const opening = this.#options.port.stream(caller, body, {
      fields,
      lastSeenTime,
      timeoutMs,
      signal: abort.signal,
    });
    const opened = await within(timeoutMs, opening).catch((error: unknown) => {
      abort.abort();
      throw error;
    });
    if (opened.kind === 'refused') return this.#resultAnswer(exchange, parameters, opened.result);
    if (abort.signal.aborted) return 'gone';
    const { id, costs, time, events } = opened.stream;
    const headers = {
      ...this.#headers(exchange, { status: 200, time, costs, bytesOut: 0, tags: parameters.tags }),
      'content-type': JSON_TYPE,
      'x-fauna-stream-id': id,
    };
    writeHead(response, 200, withCors(exchange.request.headers, headers));
    const sink = new EventSink({
      response,
      budget: this.#events,
      time,
      stuckMsMax: Math.min(streamStuckMsMax, this.#options.requestTimeoutMs),
      onEnd: (how) => {
        this.#sinks.delete(sink);
        abort.abort();
        this.#options.onStreamEnded?.(how);
      },
    });
    this.#sinks.add(sink);
    void this.#pump(events, sink);
    return 'streamed';
  }

  /** The sink bounds what waits for the client; its source, what waits for the sink. */
  async #pump(events: AsyncIterable<string>, sink: EventSink): Promise<void> {
    try {
      // A process that began to drain meanwhile ends the stream before it began.
      if (this.#draining) sink.end('draining');
      for await (const event of events) {
        const room = sink.room(event);
        if (room !== undefined) await room;
        if (!sink.write(event)) break;
      }
      sink.end('finished');
    } catch (error) {
      if (!sink.ended) this.#errors.tell(error, 'fql stream');
      sink.end('failed');
    }
  }

  async #ping(exchange: Exchange): Promise<Answer> {
    const { request, query } = exchange;
    const scope = PING_SCOPES[query.get('scope') ?? 'write'] ?? 'node';
    const asked = query.get('timeout') ?? '';
    const timeoutMs = /^\d{1,6}$/.test(asked) ? Number(asked) : PING_TIMEOUTS_MS[scope];
    const patience = new AbortController();
    const found = await Promise.race([
      this.#options.port.ping(scope, timeoutMs),
      pause(timeoutMs, 'late' as const, { signal: patience.signal, ref: false }).catch(() => 'late' as const),
    ]).finally(() => patience.abort());
    if (found === 'late') {
      throw new ProtocolError('time-out', `Scope ${scope} timed out after ${timeoutMs} milliseconds`);
    }
    if (!found) throw new ProtocolError('time-out', `Scope ${scope} is unavailable`);
    const body = JSON.stringify({ resource: `Scope ${scope} is OK` });
    const time = this.#options.port.lastTime();
    return {
      status: 200,
      body: request.method === 'HEAD' ? '' : body,
      headers: this.#headers(exchange, {
        status: 200,
        time,
        costs: NO_COSTS,
        bytesOut: body.length,
        tags: undefined,
      }),
    };
  }

  async #body(exchange: Exchange): Promise<Uint8Array | 'gone'> {
    const { request } = exchange;
    const { requestTimeoutMs } = this.#options;
    const encoding = request.headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity') {
      throw new ProtocolError('bad-request', "Invalid header 'content-encoding': Must be 'identity'.");
    }
    const body = await collectBody(request, {
      declaredBytes: Number(request.headers['content-length'] ?? 0),
      budget: this.#bodies,
      withinMs: requestTimeoutMs,
    });
    switch (body.kind) {
      case 'whole':
        // A client that thought better of it at once ends its stream properly before it cancels it.
        return 'stream' in request && request.stream.destroyed ? 'gone' : body.bytes;
      case 'gone':
        return 'gone';
      case 'too-large':
        throw new ProtocolError('request-too-large', TOO_LARGE_TEXT);
      case 'no-room':
        throw new ProtocolError('too-many-requests', 'Too many pending requests.');
      case 'too-slow':
        throw new ProtocolError('request-timeout', 'The request took too long to arrive.');
    }
  }

  #resultAnswer(exchange: Exchange, parameters: RequestParameters, result: FqlResult): Answer {
    const { status, body, time, costs } = result;
    const bytesOut = Buffer.byteLength(body);
    return {
      status,
      body,
      headers: this.#headers(exchange, { status, time, costs, bytesOut, tags: parameters.tags }),
    };
  }

  #invalidFields(exchange: Exchange, names: readonly string[]): Answer {
    const errors = names.map((name) => ({
      position: [],
      code: 'invalid url parameter',
      description: `Invalid field name '${name.slice(0, 100)}'`,
    }));
    return { status: 400, body: JSON.stringify({ errors }), headers: this.#errorHeaders(exchange, 400) };
  }

  #protocolError(error: unknown, route: Route | undefined): ProtocolError {
    if (error instanceof ProtocolError) return error;
    if (error instanceof FqlUnavailableError) {
      switch (error.reason) {
        case 'busy':
          return new ProtocolError('too-many-requests', error.message);
        case 'timeout':
          return new ProtocolError('time-out', error.message);
        case 'unavailable':
        case 'outcome-unknown':
          return new ProtocolError('unavailable', error.message);
      }
    }
    this.#errors.tell(error, `fql ${route?.name ?? 'unknown'}`);
    return new ProtocolError('internal', 'The server failed; its log says how.');
  }

  #errorHeaders(exchange: Exchange, status: number): Record<string, string> {
    const time = this.#options.port.lastTime();
    return this.#headers(exchange, { status, time, costs: NO_COSTS, bytesOut: undefined, tags: undefined });
  }

  #headers(
    { traceparent, startedAtMs, bytesIn }: Exchange,
    answer: {
      readonly status: number;
      readonly time: number;
      readonly costs: FqlCosts;
      /** Undefined: filled in when the answer is written. */
      readonly bytesOut: number | undefined;
      readonly tags: string | undefined;
    },
  ): Record<string, string> {
    const { status, time, costs, bytesOut, tags } = answer;
    const headers: Record<string, string> = {
      'x-txn-time': String(time),
      traceparent,
      'x-faunadb-build': this.#options.build,
    };
    if (tags !== undefined) headers['x-fauna-tags'] = tags;
    // Who is not known, and who met a fault, learns nothing of costs.
    if (status === 401 || status === 500) return headers;
    headers['x-compute-ops'] = String(costs.computeOps);
    headers['x-byte-read-ops'] = String(costs.readOps);
    headers['x-byte-write-ops'] = String(costs.writeOps);
    headers['x-query-time'] = String(Math.round(performance.now() - startedAtMs));
    headers['x-query-bytes-in'] = String(bytesIn);
    headers['x-query-bytes-out'] = bytesOut === undefined ? '' : String(bytesOut);
    headers['x-storage-bytes-read'] = String(costs.bytesRead);
    headers['x-storage-bytes-write'] = String(costs.bytesWritten);
    headers['x-txn-retries'] = '0';
    return headers;
  }

  /** Gives the bytes of the body. */
  #write(exchange: Exchange, answer: Answer): number {
    const { request, response } = exchange;
    const bytes = Buffer.byteLength(answer.body);
    const headers: Record<string, string> = { ...answer.headers, ...this.#connectionHeader(exchange) };
    if (headers['x-query-bytes-out'] === '') headers['x-query-bytes-out'] = String(bytes);
    if (bytes > 0) headers['content-type'] = JSON_TYPE;
    headers['content-length'] = String(bytes);
    const shown = withCors(request.headers, headers);
    if (isUnread(request)) {
      writeHead(response, answer.status, shown);
      linger(request, response, answer.body);
    } else if ('stream' in response) endStream(response, answer.status, shown, answer.body);
    else {
      response.writeHead(answer.status, shown);
      response.end(answer.body);
    }
    // Whoever does not take the answer is cut; taking some of it is taken for reading.
    if ('stream' in response) {
      const { stream } = response;
      stream?.setTimeout(this.#options.requestTimeoutMs, () => stream.close(constants.NGHTTP2_CANCEL));
    } else if (!response.writableFinished) {
      response.setTimeout(this.#options.requestTimeoutMs, () => request.socket.destroy());
    }
    return bytes;
  }

  #connectionHeader({ request, response }: Exchange): Record<string, string> {
    if ('stream' in response) return {};
    return this.#draining || isUnread(request) ? { connection: 'close' } : {};
  }
}

interface Exchange {
  readonly request: FqlRequest;
  readonly response: FqlResponse;
  readonly query: URLSearchParams;
  readonly traceparent: string;
  readonly startedAtMs: number;
  bytesIn: number;
}

const NO_COSTS: FqlCosts = { computeOps: 0, readOps: 0, writeOps: 0, bytesRead: 0, bytesWritten: 0 };
/** How long the rest of a refused body is read and thrown away, so that the client sees the answer instead of a reset. */
const lingerMs = 2_000;

/** The same call twice, since the types of both protocols do not meet. */
function writeHead(response: FqlResponse, status: number, headers: Readonly<Record<string, string>>): void {
  if ('stream' in response) response.writeHead(status, headers);
  else response.writeHead(status, headers);
}

/** Past the response's own `end`, which keeps the stream open for trailers that never come: a tenth of the work of an answer. */
function endStream(
  { stream }: Http2ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
): void {
  // Undefined once the stream is gone, whatever its type says.
  if (stream === undefined || stream.destroyed || stream.closed) return;
  stream.respond({ ':status': status, ...headers }, { endStream: body === '' });
  if (body !== '') stream.end(body);
}

/** Whether the client may still be sending. HTTP/2 calls a request complete that was cut off. */
function isUnread(request: FqlRequest): boolean {
  if (request.method === 'GET' || request.method === 'HEAD') return false;
  return 'stream' in request ? !request.readableEnded : !request.complete;
}

/** The answer goes out while the client may still be sending; what it sends is thrown away for a moment. */
function linger(request: FqlRequest, response: FqlResponse, body: string): void {
  if ('stream' in response) response.end(body);
  else response.write(body);
  request.on('error', () => undefined);
  request.resume();
  let done = false;
  const finish = (): void => {
    if (done) return;
    done = true;
    clearTimeout(timer);
    if ('stream' in response) response.stream?.close();
    else response.end(() => request.socket.destroySoon());
  };
  const timer = setTimeout(finish, lingerMs);
  request.on('end', finish);
  request.on('close', finish);
}

function refuseOtherMethods(method: string, { methods }: Route): void {
  if (methods.includes(method)) return;
  const allowed = methods.filter((each) => each !== 'HEAD').join(', ');
  throw new ProtocolError('method-not-allowed', `Allowed methods are ${allowed}.`, { allow: allowed });
}

/** The fields, or the names that are none. */
function streamFields(
  query: URLSearchParams,
): { readonly known: ReadonlySet<StreamField> } | { readonly unknown: readonly string[] } {
  const asked = query.get('fields');
  if (asked === null) return { known: new Set(['action', 'document']) };
  const names = asked.split(',').map((name) => name.trim());
  const known = (name: string): StreamField | undefined => STREAM_FIELDS.find((field) => field === name);
  const invalid = names.filter((name) => known(name) === undefined);
  if (invalid.length > 0) return { unknown: invalid.slice(0, 10) };
  return { known: new Set(names.flatMap((name) => known(name) ?? [])) };
}

/** For a port that does not keep to the time it was given. */
function within<T>(timeoutMs: number, asked: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const text = `No answer within ${timeoutMs} milliseconds; if the query writes, whether it did is not known.`;
      reject(new ProtocolError('time-out', text));
    }, timeoutMs + overtimeMs);
    asked.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error instanceof Error ? error : new Error('the port failed', { cause: error }));
      },
    );
  });
}

function withHeader(answer: Answer, name: string, value: string): Answer {
  return { ...answer, headers: { ...answer.headers, [name]: value } };
}

const NO_QUERY = new URLSearchParams();

function splitUrl(url: string): { readonly path: string; readonly query: URLSearchParams } {
  const at = url.indexOf('?');
  if (at === -1) return { path: url, query: NO_QUERY };
  return { path: url.slice(0, at), query: new URLSearchParams(url.slice(at + 1)) };
}
