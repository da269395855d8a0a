/**
 * Clients of the documents' bench, in a process of their own: `node document-clients.ts '<job as JSON>'` prints its result as JSON. Each of
 * `inFlight` loops sends its next request when the last one is answered.
 */
import { createRequire } from 'node:module';
import { type Summary, summarise } from '../statistics.ts';
import { LeanSession } from './lean-session.ts';

export interface DocumentJob {
  readonly fqlUrl: string;
  readonly secret: string;
  readonly via: 'lean' | 'driver';
  readonly act: DocumentAct;
  readonly inFlight: number;
  readonly sessions: number;
  /** What comes first of these ends it. */
  readonly durationMs?: number | undefined;
  readonly requestCountMax?: number | undefined;
}

export type DocumentAct =
  /** `perRequest` events, each of one of `users` users. */
  | {
      readonly kind: 'insert';
      readonly collection: string;
      readonly perRequest: number;
      readonly users: number;
    }
  /** All on one document. */
  | { readonly kind: 'update'; readonly collection: string; readonly id: string }
  /** Any expression that reads, as JSON text; `{user}` in it is drawn. */
  | { readonly kind: 'read'; readonly expression: string; readonly users: number };

export interface DocumentResult {
  readonly requestCount: number;
  readonly failedCount: number;
  readonly firstFailure: string;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly latencyMs: Summary;
}

// It is CommonJS, and says nothing of its names.
const { Client, query: q } = createRequire(import.meta.url)('faunadb') as typeof import('faunadb');

type Send = (ordinal: number) => Promise<string | undefined>;

async function run(job: DocumentJob): Promise<DocumentResult> {
  const { send, close } = job.via === 'lean' ? await leanSender(job) : driverSender(job);
  const latencies: number[] = [];
  let failedCount = 0;
  let firstFailure = '';
  let sent = 0;
  const countMax = job.requestCountMax ?? Number.POSITIVE_INFINITY;
  const startMs = performance.now();
  const endMs = startMs + (job.durationMs ?? Number.POSITIVE_INFINITY);
  const cpuBefore = process.cpuUsage();
  const loop = async (): Promise<void> => {
    while (performance.now() < endMs && sent < countMax) {
      const sentMs = performance.now();
      const failure = await send(sent++);
      latencies.push(performance.now() - sentMs);
      if (failure === undefined) continue;
      failedCount++;
      if (firstFailure === '') firstFailure = failure.slice(0, 500);
    }
  };
  await Promise.all(Array.from({ length: job.inFlight }, loop));
  const wallMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(cpuBefore);
  await close();
  return {
    requestCount: latencies.length,
    failedCount,
    firstFailure,
    wallMs,
    cpuMs: (user + system) / 1000,
    latencyMs: summarise(latencies),
  };
}

interface Sender {
  readonly send: Send;
  readonly close: () => Promise<void>;
}

const GOOD = Buffer.from('{"resource"');

async function leanSender({ fqlUrl, secret, sessions, act }: DocumentJob): Promise<Sender> {
  const headers = { authorization: `Bearer ${secret}`, 'x-faunadb-api-version': '4' };
  const open = await Promise.all(
    Array.from({ length: sessions }, () => LeanSession.open(fqlUrl, '/', headers)),
  );
  return {
    send: async (ordinal) => {
      const session = open[ordinal % open.length];
      if (session === undefined) return 'no session';
      const answer = await session.post(Buffer.from(textOf(act, ordinal)));
      return answer.subarray(0, GOOD.length).equals(GOOD) ? undefined : answer.toString();
    },
    close: async () => {
      for (const session of open) session.close();
      await Promise.resolve();
    },
  };
}

function textOf(act: DocumentAct, ordinal: number): string {
  switch (act.kind) {
    case 'insert': {
      if (act.perRequest === 1) return createText(act, ordinal);
      const first = ordinal * act.perRequest;
      const all = Array.from({ length: act.perRequest }, (_, at) => createText(act, first + at));
      return `{"do":[${all.join(',')}]}`;
    }
    case 'update':
      return `{"update":{"ref":{"collection":"${act.collection}"},"id":"${act.id}"},"params":{"object":{"data":{"object":{"total":${ordinal}}}}}}`;
    case 'read':
      return act.expression.replaceAll('{user}', `u${spread(ordinal) % act.users}`);
  }
}

function createText({ collection, users }: DocumentAct & { kind: 'insert' }, ordinal: number): string {
  const data = `{"user":"u${spread(ordinal) % users}","bytesUploaded":${ordinal % 1000}}`;
  return `{"create":{"collection":"${collection}"},"params":{"object":{"data":{"object":${data}}}}}`;
}

/** Neighbours go far apart, the same in every run. */
function spread(ordinal: number): number {
  return Math.imul(ordinal, 0x9e37_79b1) >>> 0;
}

/** As an application uses it; one client has one connection. */
function driverSender({ fqlUrl, secret, sessions, act }: DocumentJob): Sender {
  const { hostname, port } = new URL(fqlUrl);
  const options = { secret, domain: hostname, port: Number(port), scheme: 'http' as const };
  const clients = Array.from({ length: sessions }, () => new Client(options));
  return {
    send: async (ordinal) => {
      try {
        await clients[ordinal % clients.length]?.query(expressionOf(act, ordinal));
        return undefined;
      } catch (error) {
        return String(error);
      }
    },
    close: async () => {
      await Promise.all(clients.map((client) => client.close()));
    },
  };
}

function expressionOf(act: DocumentAct, ordinal: number): ReturnType<typeof q.Do> {
  switch (act.kind) {
    case 'insert': {
      const first = ordinal * act.perRequest;
      const all = Array.from({ length: act.perRequest }, (_, at) =>
        q.Create(q.Collection(act.collection), {
          data: { user: `u${spread(first + at) % act.users}`, bytesUploaded: (first + at) % 1000 },
        }),
      );
      return all.length === 1 && all[0] !== undefined ? all[0] : q.Do(...all);
    }
    case 'update':
      return q.Update(q.Ref(q.Collection(act.collection), act.id), { data: { total: ordinal } });
    case 'read':
      throw new TypeError('reads are sent by the lean client');
  }
}

const job = JSON.parse(process.argv[2] ?? '{}') as DocumentJob;
process.stdout.write(JSON.stringify(await run(job)));
process.exit(0);
