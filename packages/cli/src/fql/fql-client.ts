/**
 * FQL over HTTP/1.1, for the command line.
 *
 * Not the official driver: its values are JavaScript's, in which 10 and 10.0 are one number and long integers lose digits. Here answers
 * stay JSON, whose text is the server's own.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { JsonError, type JsonNode, parseJson } from '@skein/fql/parse-json';
import { CliError } from '../cli-error.ts';
import { HttpExchange, isRefused, whyUnreachable } from '../http-exchange.ts';
import { isJsonArray, isJsonMap, jsonText } from './json-node.ts';

export interface FqlConnection {
  /** Scheme, host and port. */
  readonly url: string;
  readonly secret: string;
}

/** Path of keys and places in the request. */
export type FqlPosition = readonly (string | number)[];

export interface FqlError {
  readonly position: FqlPosition;
  readonly code: string;
  readonly description: string;
  readonly failures: readonly { readonly field: string; readonly description: string }[];
  /** Errors inside a function that was called; their positions are in its body. */
  readonly cause: readonly FqlError[];
}

export type FqlAnswer =
  | { readonly kind: 'value'; readonly value: JsonNode; readonly text: string }
  | { readonly kind: 'errors'; readonly status: number; readonly errors: readonly FqlError[] };

export interface SendOptions {
  readonly signal?: AbortSignal | undefined;
  /** `yes`: sending it twice is harmless, so it is sent again when no answer or a busy one comes. */
  readonly repeat: 'yes' | 'no';
}

export interface FqlClientOptions {
  readonly timeoutMs?: number;
  readonly connectionsMax?: number;
  /** First pause between attempts; each later one is twice as long. */
  readonly retryPauseMs?: number;
}

const TIMEOUT_MS = 120_000;
/** The server tells by itself that the time is over; a line that is dead tells nothing. */
const TIMEOUT_MARGIN_MS = 10_000;
const ATTEMPTS_MAX = 8;
const ATTEMPTS_MAX_REFUSED = 5;
const PAUSE_MS_MAX = 5_000;

export class FqlClient {
  readonly connection: FqlConnection;
  readonly #exchange: HttpExchange;
  readonly #timeoutMs: number;
  readonly #retryPauseMs: number;
  #lastSeenTime = 0;

  constructor(connection: FqlConnection, options: FqlClientOptions = {}) {
    this.connection = connection;
    this.#exchange = new HttpExchange(connection.url, { connectionsMax: options.connectionsMax ?? 4 });
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    this.#retryPauseMs = options.retryPauseMs ?? 200;
  }

  /** `body` is an expression as JSON. Throws `CliError` when no answer comes, or one that FQL does not know. */
  async send(body: string, { signal, repeat }: SendOptions): Promise<FqlAnswer> {
    const bytes = Buffer.from(body);
    for (let attempt = 1; ; attempt++) {
      const isLast = (max: number): boolean => repeat === 'no' || attempt >= max;
      try {
        const {
          status,
          headers,
          body: answer,
        } = await this.#exchange.send({
          method: 'POST',
          path: '/',
          headers: {
            authorization: `Bearer ${this.connection.secret}`,
            'x-faunadb-api-version': '4',
            'x-query-timeout': String(this.#timeoutMs),
            'x-driver-env': 'driver=skein-cli',
            ...(this.#lastSeenTime === 0 ? {} : { 'x-last-seen-txn': String(this.#lastSeenTime) }),
          },
          body: bytes,
          timeoutMs: this.#timeoutMs + TIMEOUT_MARGIN_MS,
          signal,
        });
        this.#lastSeenTime = Math.max(this.#lastSeenTime, Number(headers['x-txn-time'] ?? 0) || 0);
        const isBusy = status === 429 || status >= 500;
        if (!isBusy || isLast(ATTEMPTS_MAX)) return readAnswer(status, answer, this.connection.url);
      } catch (error) {
        if (error instanceof CliError) throw error;
        if (signal?.aborted === true) throw new CliError('cancelled.', { cause: error });
        if (isLast(isRefused(error) ? ATTEMPTS_MAX_REFUSED : ATTEMPTS_MAX)) {
          throw new CliError(
            `no server answers at ${this.connection.url} (${whyUnreachable(error)}).\nStart one with \`skein serve\`, or name another by --url or SKEIN_FQL_URL.`,
            { exit: 'unreachable', cause: error },
          );
        }
      }
      await pause(Math.min(PAUSE_MS_MAX, this.#retryPauseMs * 2 ** (attempt - 1)));
    }
  }

  /** The value of an expression that may be sent again. Throws `CliError` with the server's words when it is refused. */
  async read(body: string, signal?: AbortSignal): Promise<JsonNode> {
    const answer = await this.send(body, { signal, repeat: 'yes' });
    if (answer.kind === 'value') return answer.value;
    throw refusal(answer);
  }

  /** µs: the latest moment that the server has told. */
  get lastSeenTime(): number {
    return this.#lastSeenTime;
  }

  close(): void {
    this.#exchange.close();
  }
}

/** The server's words about the first error. */
export function refusal(answer: Extract<FqlAnswer, { kind: 'errors' }>): CliError {
  const error = answer.errors[0];
  if (error === undefined) return new CliError(`the server answered with HTTP status ${answer.status}.`);
  const hint =
    answer.status === 401
      ? '\nGive a secret by --secret or SKEIN_FQL_SECRET; the server printed the root secret at its first start.'
      : '';
  return new CliError(`${reasonOf(error)}${hint}`);
}

/** One line: what went wrong, with what is behind it. */
export function reasonOf(error: FqlError): string {
  const failures = error.failures.map(({ field, description }) => `${field}: ${description}`);
  const causes = error.cause.map(reasonOf);
  const detail = [...failures, ...causes].join('; ');
  return `${error.code}: ${error.description}${detail === '' ? '' : ` (${detail})`}`;
}

const PREFIX = '{"resource":';

/** Throws `CliError` for an answer that is none of FQL's. */
export function readAnswer(status: number, bytes: Buffer, url: string): FqlAnswer {
  let body: JsonNode;
  try {
    body = parseJson(bytes);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new CliError(
      `the answer of ${url} (HTTP status ${status}) is not JSON. Is this Skein's FQL port?`,
      {
        cause: error,
      },
    );
  }
  if (!isJsonMap(body))
    throw new CliError(`the answer of ${url} is no JSON object. Is this Skein's FQL port?`);
  const value = body.get('resource');
  if (value !== undefined && status < 300) {
    const text = bytes.toString('utf8').trim();
    return { kind: 'value', value, text: text.startsWith(PREFIX) ? text.slice(PREFIX.length, -1) : text };
  }
  const errors = body.get('errors');
  return { kind: 'errors', status, errors: isJsonArray(errors) ? errors.map(errorOf) : [] };
}

function errorOf(node: JsonNode): FqlError {
  const text = (from: JsonNode, name: string): string => {
    const value = isJsonMap(from) ? from.get(name) : undefined;
    return typeof value === 'string' ? value : '';
  };
  const list = (name: string): readonly JsonNode[] => {
    const value = isJsonMap(node) ? node.get(name) : undefined;
    return isJsonArray(value) ? value : [];
  };
  return {
    position: list('position').map((step) => (typeof step === 'string' ? step : Number(step))),
    code: text(node, 'code'),
    description: text(node, 'description'),
    failures: list('failures').map((failure) => {
      const field = isJsonMap(failure) ? failure.get('field') : undefined;
      return {
        field: isJsonArray(field)
          ? field.map((step) => (typeof step === 'string' ? step : jsonText(step))).join('.')
          : '',
        description: text(failure, 'description') || text(failure, 'code'),
      };
    }),
    cause: list('cause').map(errorOf),
  };
}
