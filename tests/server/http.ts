/** A plain way to ask a server of ours, for what the official clients never send. */
import { type Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { RunningSkein } from '@skein/testkit';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON; undefined when it is none. */
  readonly json: { readonly [name: string]: unknown } | undefined;
}

export interface Asked {
  /** The admin key by default; empty: none. */
  readonly key?: string;
  readonly application?: string;
  readonly body?: object | string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly agent?: Agent | false;
}

/** `line`: method and path. Rejects when the connection fails. */
export function ask(skein: RunningSkein, line: string, asked: Asked = {}): Promise<Answer> {
  const [method = '', path = ''] = line.split(' ');
  const { key = skein.adminKey, application = skein.applicationId, body } = asked;
  const credentials = key === '' ? {} : { 'x-algolia-application-id': application, 'x-algolia-api-key': key };
  const bytes =
    body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  // Node would send a body with GET without saying how long it is.
  const length = bytes === undefined ? {} : { 'content-length': String(Buffer.byteLength(bytes)) };
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: '127.0.0.1',
        port: skein.port,
        method,
        path,
        headers: { ...credentials, ...length, ...asked.headers },
        ...(asked.agent === undefined ? {} : { agent: asked.agent }),
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: parsed(text) });
        });
      },
    );
    request.on('error', reject);
    request.end(bytes);
  });
}

/** Asks until the task is published. */
export async function published(skein: RunningSkein, taskID: unknown, asked: Asked = {}): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt++) {
    const { json } = await ask(skein, `GET /1/task/${String(taskID)}`, asked);
    if (json?.['status'] === 'published') return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`task ${String(taskID)} was not published in time`);
}

/** Names of the indexes that a key may list. */
export async function indexNames(skein: RunningSkein, asked: Asked = {}): Promise<string[]> {
  const { json, text } = await ask(skein, 'GET /1/indexes', asked);
  const items = json?.['items'];
  if (!Array.isArray(items)) throw new Error(text);
  return items.map((item: { readonly name: string }) => item.name);
}

/** Saves records and waits until searches see them. */
export async function save(
  skein: RunningSkein,
  index: string,
  records: readonly object[],
  asked: Asked = {},
): Promise<void> {
  const requests = records.map((body) => ({ action: 'addObject', body }));
  const { json, text } = await ask(skein, `POST /1/indexes/${encodeURIComponent(index)}/batch`, {
    ...asked,
    body: { requests },
  });
  if (json?.['taskID'] === undefined) throw new Error(text);
  await published(skein, json['taskID'], asked);
}

function parsed(text: string): Answer['json'] {
  try {
    return JSON.parse(text) as Answer['json'];
  } catch {
    return undefined;
  }
}
