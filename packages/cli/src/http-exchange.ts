/** One HTTP request and its answer, over `node:http` or `node:https`. What an answer means is the callers' business. */
import { Agent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as httpsRequest, Agent as TlsAgent } from 'node:https';
import { messageOf } from './cli-error.ts';

export interface ExchangeRequest {
  readonly method: string;
  /** Starts with a slash and is already percent-encoded. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer | undefined;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface ExchangeAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Connections to one server, kept open between requests. */
export class HttpExchange {
  readonly #base: URL;
  readonly #agent: Agent;

  /** `url` has scheme, host and port. */
  constructor(url: string, options: { readonly connectionsMax: number }) {
    this.#base = new URL(url);
    const agentOptions = { keepAlive: true, maxSockets: options.connectionsMax };
    this.#agent = this.#base.protocol === 'https:' ? new TlsAgent(agentOptions) : new Agent(agentOptions);
  }

  /** Rejects when no whole answer comes, or the signal fires. */
  send({ method, path, headers, body, timeoutMs, signal }: ExchangeRequest): Promise<ExchangeAnswer> {
    return new Promise((resolve, reject) => {
      const send = this.#base.protocol === 'https:' ? httpsRequest : httpRequest;
      const request = send(
        {
          // Not a URL: parsing one would fold an index named `..` away.
          protocol: this.#base.protocol,
          hostname: this.#base.hostname.replace(/^\[(.*)\]$/, '$1'),
          port: this.#base.port,
          path: `${this.#base.pathname.replace(/\/$/, '')}${path}`,
          method,
          agent: this.#agent,
          headers: body === undefined ? headers : { ...headers, 'content-length': String(body.byteLength) },
          ...(signal === undefined ? {} : { signal }),
        },
        (response: IncomingMessage) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: Buffer.concat(chunks),
            });
          });
        },
      );
      request.setTimeout(timeoutMs, () => {
        request.destroy(new Error(`no answer within ${timeoutMs / 1000} s`));
      });
      request.on('error', reject);
      request.end(body);
    });
  }

  /** Closes idle connections, so that the process can end. */
  close(): void {
    this.#agent.destroy();
  }
}

/** Nothing listens at the address. */
export function isRefused(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
}

/** Why no answer came; a name with several addresses fails once for each. */
export function whyUnreachable(error: unknown): string {
  return error instanceof AggregateError ? (error.errors.map(messageOf)[0] ?? '') : messageOf(error);
}
