/** Asks one member, once: nothing is tried again behind the back of the one who asks. */
import { Agent, request } from 'node:http';
import type { Outcome } from '../../documents/checker/history.ts';

export interface PlainAnswer {
  /** `failed`: certainly not done. */
  readonly outcome: Outcome;
  /** 0: none arrived. */
  readonly status: number;
  /** Of `X-Skein-Sequence`; 0: not told. */
  readonly sequence: number;
  readonly json: { readonly [name: string]: unknown };
  readonly text: string;
}

export interface PlainRequest {
  readonly url: string;
  /** Method and path. */
  readonly line: string;
  readonly applicationId: string;
  readonly key: string;
  readonly body?: object | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly timeoutMs?: number | undefined;
  /** Each time a connection of its own, unless told: it goes to whatever process is there. */
  readonly agent?: Agent | undefined;
}

const unkept = new Agent({ keepAlive: false });

/** Never rejects. */
export function askOnce(asked: PlainRequest): Promise<PlainAnswer> {
  const [method = '', path = ''] = asked.line.split(' ');
  const bytes = asked.body === undefined ? undefined : JSON.stringify(asked.body);
  return new Promise((resolve) => {
    const sent = request(new URL(path, asked.url), {
      method,
      agent: asked.agent ?? unkept,
      timeout: asked.timeoutMs ?? 20_000,
      headers: {
        'x-algolia-application-id': asked.applicationId,
        'x-algolia-api-key': asked.key,
        ...asked.headers,
        ...(bytes === undefined ? {} : { 'content-length': String(Buffer.byteLength(bytes)) }),
      },
    });
    const fail = (error: Error): void => {
      const code = 'code' in error ? String(error.code) : error.message;
      // Nobody listened: nothing was sent.
      const outcome = code === 'ECONNREFUSED' ? 'failed' : 'unknown';
      resolve({ outcome, status: 0, sequence: 0, json: {}, text: code });
    };
    sent.on('timeout', () => sent.destroy(new Error('no answer in time')));
    sent.on('error', fail);
    sent.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('error', fail);
      response.on('end', () => {
        const status = response.statusCode ?? 0;
        const sequence = Number(response.headers['x-skein-sequence'] ?? 0);
        resolve({ outcome: outcomeOf(status), status, sequence, json: parsed(text), text });
      });
    });
    sent.end(bytes);
  });
}

function outcomeOf(status: number): Outcome {
  if (status === 200 || status === 201) return 'ok';
  return status >= 400 && status < 500 ? 'failed' : 'unknown';
}

function parsed(text: string): { readonly [name: string]: unknown } {
  try {
    return JSON.parse(text) as { readonly [name: string]: unknown };
  } catch {
    return {};
  }
}
