/** The official driver as applications make it, over both of its protocols. */
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { RunningSkein } from '@skein/testkit';
import { Client, type ClientConfig, type Expr, query as q } from 'faunadb';

/** What the driver speaks in Node by itself, and what it speaks when it is given a `fetch`. */
export const PROTOCOLS = ['HTTP/2', 'HTTP/1.1'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

export interface DriverOptions extends Partial<ClientConfig> {
  readonly over?: Protocol;
}

const clients = new Set<Client>();

export function driver({ fqlUrl, fqlSecret }: RunningSkein, options: DriverOptions = {}): Client {
  const { over = 'HTTP/2', ...config } = options;
  const { hostname, port } = new URL(fqlUrl);
  const client = new Client({
    secret: fqlSecret,
    domain: hostname,
    port: Number(port),
    scheme: 'http',
    ...(over === 'HTTP/2' ? {} : { fetch: fetchForDriver }),
    ...config,
  });
  clients.add(client);
  return client;
}

export async function closeDrivers(): Promise<void> {
  for (const client of clients) await client.close({ force: true });
  clients.clear();
}

let databaseCount = 0;

/** A child database of its own for a test, and an admin's secret for it. */
export async function newDatabase(skein: RunningSkein): Promise<{ name: string; secret: string }> {
  const client = driver(skein);
  const name = `test-${++databaseCount}`;
  await client.query(q.CreateDatabase({ name }));
  const { secret } = await client.query<{ secret: string }>(
    q.CreateKey({ database: q.Database(name), role: 'admin' }),
  );
  return { name, secret };
}

/** Node's `fetch` takes only signals of its own kind, and the driver brings another; it reads streams as older libraries gave them. */
async function fetchForDriver(url: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const { signal, ...rest } = init;
  const controller = new AbortController();
  signal?.addEventListener('abort', () => controller.abort());
  const response = await fetch(url, { ...rest, signal: controller.signal });
  const { body } = response;
  if (response.headers.has('x-fauna-stream-id') && body !== null) {
    Object.defineProperty(response, 'body', { value: Readable.fromWeb(body as ReadableStream) });
  }
  return response;
}

/** What a failing query fails with. */
export async function failure(asked: Promise<unknown>): Promise<DriverFailure> {
  try {
    await asked;
  } catch (error) {
    return error as DriverFailure;
  }
  throw new Error('nothing failed');
}

export interface DriverFailure extends Error {
  readonly description: string;
  readonly requestResult: {
    readonly statusCode: number;
    readonly responseRaw: string;
    readonly responseContent: { readonly errors: readonly Record<string, unknown>[] };
  };
  errors(): readonly Record<string, unknown>[];
}

/** Parts of the driver that its types leave out. */
export interface TimedClient {
  getLastTxnTime(): number | null;
  syncLastTxnTime(time: number): void;
}

export function timed(client: Client): TimedClient {
  return client as unknown as TimedClient;
}

export type { Expr };
