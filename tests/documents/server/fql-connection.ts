/** A lean client of the FQL port that tells what happened from what it does not know. */
import { Agent, request } from 'node:http';
import type { Outcome } from '../checker/history.ts';

export interface FqlAnswer {
  readonly outcome: Outcome;
  /** 0: none arrived. */
  readonly status: number;
  /** µs; undefined: not told. */
  readonly time: number | undefined;
  readonly resource: unknown;
  readonly text: string;
}

/** Who answers FQL. */
export interface FqlEndpoint {
  /** Undefined before its first start. */
  readonly address: { readonly fqlUrl: string; readonly fqlSecret: string } | undefined;
  /** A request without an answer for so long is given up. */
  readonly timeoutMs?: number | undefined;
}

const TIMEOUT_MS = 40_000;

export class FqlConnection {
  /** The latest transaction time that any answer told. */
  lastSeenTime = 0;
  readonly #server: FqlEndpoint;
  readonly #agent: Agent;

  /** `fresh`: a connection for each request, so that every process gets some of them. */
  constructor(server: FqlEndpoint, connections: 'kept' | 'fresh') {
    this.#server = server;
    this.#agent = new Agent({ keepAlive: connections === 'kept', maxSockets: 1 });
  }

  /** Never rejects. */
  async ask(
    expression: unknown,
    { path = '/', headers = {} }: { readonly path?: string; readonly headers?: Record<string, string> } = {},
  ): Promise<FqlAnswer> {
    const { address } = this.#server;
    if (address === undefined) return nothing('failed', 'there is no server yet');
    try {
      const answer = await this.#send(address, path, JSON.stringify(expression), headers);
      if (answer.time !== undefined) this.lastSeenTime = Math.max(this.lastSeenTime, answer.time);
      return answer;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      // Nobody listened: nothing was sent.
      return nothing(code === 'ECONNREFUSED' ? 'failed' : 'unknown', code);
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(
    { fqlUrl, fqlSecret }: { readonly fqlUrl: string; readonly fqlSecret: string },
    path: string,
    body: string,
    headers: Record<string, string>,
  ): Promise<FqlAnswer> {
    return new Promise((resolve, reject) => {
      const asked = request(
        new URL(path, fqlUrl),
        {
          method: 'POST',
          agent: this.#agent,
          timeout: this.#server.timeoutMs ?? TIMEOUT_MS,
          headers: { authorization: `Bearer ${fqlSecret}`, 'x-faunadb-api-version': '4', ...headers },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (part: string) => {
            text += part;
          });
          response.on('error', reject);
          response.on('end', () => {
            const { statusCode: status = 0 } = response;
            const time = Number(response.headers['x-txn-time']);
            const isDone = status === 200 || status === 201;
            const resource = isDone ? (JSON.parse(text) as { resource: unknown }).resource : undefined;
            resolve({
              outcome: outcomeOf(status),
              status,
              time: isDone && Number.isFinite(time) ? time : undefined,
              resource,
              text,
            });
          });
        },
      );
      asked.on('timeout', () => asked.destroy(new Error('no answer')));
      asked.on('error', reject);
      asked.end(body);
    });
  }
}

function outcomeOf(status: number): Outcome {
  if (status === 200 || status === 201) return 'ok';
  return status >= 400 && status < 500 && status !== 440 ? 'failed' : 'unknown';
}

function nothing(outcome: Outcome, text: string): FqlAnswer {
  return { outcome, status: 0, time: undefined, resource: undefined, text };
}
