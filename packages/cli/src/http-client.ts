/**
 * The few HTTP calls that the command line makes, over `node:http`.
 *
 * Not the official client, because an import has to pass on records as the bytes they came in as, and has to see
 * the fields of an error answer (`position`) that the client drops. What it keeps from the official client is the
 * patience: busy answers (429, 5xx) and broken connections are tried again, with growing pauses. Every request that the command line makes may be repeated without harm: records carry their objectIDs.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { isJsonObject, type Json, type JsonObject } from '@skein/base';
import { CliError } from './cli-error.ts';
import { HttpExchange, isRefused, whyUnreachable } from './http-exchange.ts';

export interface Connection {
  /** Scheme, host and port, without a slash at the end. */
  readonly url: string;
  readonly applicationId: string;
  readonly apiKey: string;
}

export interface HttpClientOptions {
  readonly connectionsMax?: number;
  /** How often a request is tried in all. */
  readonly attemptsMax?: number;
  /** First pause between attempts; each later one is twice as long. */
  readonly retryPauseMs?: number;
}

/** The server answered with an error; `body` has all that it said. */
export class ServerError extends CliError {
  readonly status: number;
  readonly body: JsonObject;

  constructor(status: number, body: JsonObject, what: string) {
    const message = typeof body['message'] === 'string' ? body['message'] : `HTTP status ${status}`;
    super(`${what}: ${message}${hintFor(status, message)}`);
    this.status = status;
    this.body = body;
  }

  /** The server's own words, without what was asked. */
  get reason(): string {
    return typeof this.body['message'] === 'string' ? this.body['message'] : `HTTP status ${this.status}`;
  }
}

const requestTimeoutMs = 120_000;
const retryPauseMsMax = 5_000;

export class HttpClient {
  readonly connection: Connection;
  readonly #exchange: HttpExchange;
  readonly #attemptsMax: number;
  readonly #retryPauseMs: number;

  constructor(connection: Connection, options: HttpClientOptions = {}) {
    this.connection = connection;
    this.#exchange = new HttpExchange(connection.url, { connectionsMax: options.connectionsMax ?? 4 });
    this.#attemptsMax = options.attemptsMax ?? 6;
    this.#retryPauseMs = options.retryPauseMs ?? 200;
  }

  /**
   * The answer's JSON. `path` starts with a slash and is already percent-encoded.
   * Throws `ServerError` for an error answer, `CliError` when no answer comes.
   */
  async send(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: Json | Buffer,
  ): Promise<JsonObject> {
    const bytes = body === undefined || Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
    for (let attempt = 1; ; attempt++) {
      const pauseMs = Math.min(retryPauseMsMax, this.#retryPauseMs * 2 ** (attempt - 1));
      let answer: { status: number; text: string };
      try {
        answer = await this.#once(method, path, bytes);
      } catch (error) {
        // Nothing listens: more than a restart's time of waiting would only look like hanging.
        if (attempt >= (isRefused(error) ? Math.min(4, this.#attemptsMax) : this.#attemptsMax)) {
          throw new CliError(unreachableText(this.connection.url, error), {
            exit: 'unreachable',
            cause: error,
          });
        }
        await pause(pauseMs);
        continue;
      }
      if (answer.status < 300) return parsed(answer.text, `${method} ${path}`);
      const isBusy = answer.status === 429 || answer.status >= 500;
      if (!isBusy || attempt >= this.#attemptsMax) {
        throw new ServerError(answer.status, errorBody(answer.text), `${method} ${path}`);
      }
      await pause(pauseMs);
    }
  }

  /** Closes idle connections, so that the process can end. */
  close(): void {
    this.#exchange.close();
  }

  async #once(
    method: string,
    path: string,
    body: Buffer | undefined,
  ): Promise<{ status: number; text: string }> {
    const answer = await this.#exchange.send({
      method,
      path,
      headers: {
        'x-algolia-application-id': this.connection.applicationId,
        'x-algolia-api-key': this.connection.apiKey,
        'x-algolia-agent': 'Skein CLI',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body,
      timeoutMs: requestTimeoutMs,
    });
    return { status: answer.status, text: answer.body.toString('utf8') };
  }
}

/** Path of an index or of something in it, each part percent-encoded. */
export function indexPath(index: string, ...rest: readonly string[]): string {
  return ['/1/indexes', encodeURIComponent(index), ...rest].join('/');
}

function parsed(text: string, what: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (isJsonObject(value)) return value;
  } catch (error) {
    throw new CliError(`${what}: the answer is not JSON. Is this a Skein server?`, { cause: error });
  }
  throw new CliError(`${what}: the answer is not a JSON object. Is this a Skein server?`);
}

function errorBody(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (isJsonObject(value)) return value;
  } catch {
    // Proxies answer with pages; the status is what counts then.
  }
  return {};
}

function hintFor(status: number, message: string): string {
  if (status === 403 && message.startsWith('Invalid Application-ID')) {
    return '\nGive the credentials that the server printed at its first start: --application and --key, or SKEIN_APPLICATION_ID and SKEIN_API_KEY.';
  }
  if (status === 403)
    return '\nThis key may not do that; give the admin key, or one with the right ACL, by --key.';
  if (status === 404 && message === 'Index does not exist')
    return '\n`skein indexes list` names those that exist.';
  return '';
}

function unreachableText(url: string, error: unknown): string {
  return `no server answers at ${url} (${whyUnreachable(error)}).\nStart one with \`skein serve\`, or name another by --url or SKEIN_URL.`;
}
