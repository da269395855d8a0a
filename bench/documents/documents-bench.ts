/** Documents: durable inserts inside the server and over HTTP, updates of one document, pages of an index, aggregation of many events. */
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type RunningSkein, startSkein } from '@skein/testkit';
import { cpuMsOf, readRouteTimes, serverTimeBetween } from '../http/server-metrics.ts';
import { loadAverage } from '../machine.ts';
import { memoryOf } from '../peers/peer-process.ts';
import { megabytes, milliseconds, ratio, table } from '../report.ts';
import type { DocumentJob, DocumentResult } from './document-clients.ts';
import type { InBuilderJob, InBuilderResult } from './in-builder.ts';

export interface DocumentsBenchOptions {
  readonly loopMs: number;
  /** Of events, one after the other: how many lie behind an aggregation. */
  readonly eventCounts: readonly number[];
  readonly folder: string;
  readonly say: (line: string) => void;
}

const COLLECTION = 'eventsLog';
const INDEX = 'events_log_sort_by_ts';
const PAGE_SIZE = 64;
const IN_FLIGHT = [1, 16, 512] as const;
const USERS = 1000;
const SESSIONS = 8;
const clientScript = fileURLToPath(new URL('./document-clients.ts', import.meta.url));
const builderScript = fileURLToPath(new URL('./in-builder.ts', import.meta.url));

export async function runDocumentsBench(options: DocumentsBenchOptions): Promise<void> {
  const { say, folder } = options;
  say('\n## Documents: durable inserts, one journal, one store, answered when they are visible');
  await insideTheServer(options);
  const own = join(folder, 'server');
  mkdirSync(own);
  const server = await startSkein({ env: { SKEIN_LOG_LEVEL: 'warn', SKEIN_PAGE: '0' }, folder: own });
  process.once('exit', () => {
    const { supervisor, builder, query } = server.processes();
    for (const pid of [supervisor, builder, ...query]) if (pid > 0) process.kill(pid, 'SIGKILL');
  });
  try {
    await fql(server, { create_collection: { object: { name: COLLECTION } } });
    await fql(server, { create_collection: { object: { name: 'counters' } } });
    await fql(server, {
      create_index: {
        object: {
          name: INDEX,
          source: { collection: COLLECTION },
          values: [{ object: { field: ['ts'] } }, { object: { field: ['ref'] } }],
        },
      },
    });
    await overHttp(server, options);
    await pages(server, options);
    await aggregate(server, options);
  } finally {
    await server.stop();
  }
}

async function insideTheServer({ folder, loopMs, say }: DocumentsBenchOptions): Promise<void> {
  const rows: string[][] = [];
  for (const [label, withIndex, perRequest] of [
    ['one document, no index', false, 1],
    ['one document, index by ts', true, 1],
    ['100 documents, index by ts', true, 100],
  ] as const) {
    const inFlight = perRequest === 1 ? IN_FLIGHT : ([16] as const);
    const job: InBuilderJob = { folder, inFlight, perRequest, withIndex, durationMs: loopMs };
    const results = await runScript<readonly InBuilderResult[]>(builderScript, job);
    for (const result of results) rows.push(insideRow(label, perRequest, result));
  }
  say(`\n### Inside the server: Builder.transact, requests made by the same process (load ${loadAverage()})`);
  const columns = ['operation', 'in flight', 'operations/s', 'documents/s', 'CPU µs/document'];
  say(table([...columns, 'mean', 'p50', 'p99', 'operations/commit', 'operations/sync'], rows));
}

function insideRow(label: string, perRequest: number, result: InBuilderResult): string[] {
  const { inFlight, requestCount, wallMs, cpuMs, latencyMs, commitCount, syncCount } = result;
  const documentCount = requestCount * perRequest;
  return [
    label,
    String(inFlight),
    perSecond(requestCount, wallMs),
    perSecond(documentCount, wallMs),
    ((1000 * cpuMs) / documentCount).toFixed(1),
    milliseconds(latencyMs.mean),
    milliseconds(latencyMs.p50),
    milliseconds(latencyMs.p99),
    (requestCount / commitCount).toFixed(0),
    (requestCount / syncCount).toFixed(0),
  ];
}

async function overHttp(server: RunningSkein, options: DocumentsBenchOptions): Promise<void> {
  const rows: string[][] = [];
  const insert = (perRequest: number) =>
    ({ kind: 'insert', collection: COLLECTION, perRequest, users: USERS }) as const;
  const created = await fql(server, {
    create: { collection: 'counters' },
    params: { object: { data: { object: { total: 0 } } } },
  });
  const id = /"id":"(\d+)"/.exec(created)?.[1] ?? '';
  const update = { kind: 'update', collection: 'counters', id } as const;
  await load(server, options, { act: insert(1), inFlight: 512, via: 'lean' }, 'warm-up', 1);
  const rates = new Map<string, number>();
  const measure = async (
    label: string,
    how: Pick<DocumentJob, 'act' | 'inFlight' | 'via'>,
    perRequest = 1,
  ): Promise<void> => {
    const { row, perSecond: rate } = await load(server, options, how, label, perRequest);
    rates.set(`${label} ${how.inFlight}`, rate);
    rows.push(row);
  };
  for (const inFlight of IN_FLIGHT) await measure('insert', { act: insert(1), inFlight, via: 'lean' });
  for (const inFlight of IN_FLIGHT) await measure('update', { act: update, inFlight, via: 'lean' });
  await measure('insert by 100', { act: insert(100), inFlight: 32, via: 'lean' }, 100);
  for (const inFlight of IN_FLIGHT) {
    await measure('insert, driver', { act: insert(1), inFlight, via: 'driver' });
  }
  await measure('insert by 100, driver', { act: insert(100), inFlight: 32, via: 'driver' }, 100);
  options.say(
    `\n### Over HTTP/2, ${SESSIONS} connections, client on the same cores, index by ts (load ${loadAverage()})`,
  );
  const columns = ['request', 'in flight', 'requests/s', 'documents/s', 'mean', 'p50', 'p99'];
  options.say(table([...columns, 'server mean', 'client CPU', 'query CPU', 'builder CPU', 'failed'], rows));
  options.say('ms; CPU of the processes per request');
  const hot = (inFlight: number): string =>
    ratio(rates.get(`insert ${inFlight}`) ?? Number.NaN, rates.get(`update ${inFlight}`));
  options.say(
    `inserts of new documents against updates of one: × ${IN_FLIGHT.map((count) => `${hot(count)} (${count} in flight)`).join(', ')}`,
  );
}

async function load(
  server: RunningSkein,
  { loopMs }: DocumentsBenchOptions,
  how: Pick<DocumentJob, 'act' | 'inFlight' | 'via'>,
  label: string,
  perRequest: number,
): Promise<{ readonly row: string[]; readonly perSecond: number }> {
  const before = await stateOf(server);
  const result = await runClients(server, { ...how, sessions: SESSIONS, durationMs: loopMs });
  const after = await stateOf(server);
  const { requestCount, wallMs, latencyMs } = result;
  const each = (cpuMs: number): string => milliseconds(cpuMs / requestCount);
  const row = [
    label,
    String(how.inFlight),
    perSecond(requestCount, wallMs),
    perSecond(requestCount * perRequest, wallMs),
    milliseconds(latencyMs.mean),
    milliseconds(latencyMs.p50),
    milliseconds(latencyMs.p99),
    milliseconds(serverTimeBetween(before.times, after.times).meanMs),
    each(result.cpuMs),
    each(after.queryMs - before.queryMs),
    each(after.builderMs - before.builderMs),
    String(result.failedCount),
  ];
  return { row, perSecond: requestCount / wallMs };
}

/** As a poller reads: everything after a moment, a page at a time. */
async function pages(server: RunningSkein, options: DocumentsBenchOptions): Promise<void> {
  const moment = Date.now() * 1000;
  const set = { match: { index: INDEX } };
  const last = { paginate: { reverse: set }, size: PAGE_SIZE };
  const first = { paginate: { range: set, from: 0, to: moment }, size: PAGE_SIZE };
  const documents = { map: { lambda: ['ts', 'ref'], expr: { get: { var: 'ref' } } }, collection: last };
  const rows: string[][] = [];
  for (const [label, expression] of [
    ['first page after a ts', first],
    ['last page', last],
    ['last page, each document read', documents],
  ] as const) {
    rows.push(await reads(server, options, label, expression, PAGE_SIZE));
  }
  options.say(
    `\n### Pages of ${PAGE_SIZE} by index, one connection, one request at a time (load ${loadAverage()})`,
  );
  options.say(table(READ_COLUMNS, rows));
}

const READ_COLUMNS = [
  'read',
  'requests/s',
  'entries/s',
  'mean',
  'p50',
  'p99',
  'server mean',
  'server p50 ≤',
  'server p99 ≤',
  'failed',
];

async function reads(
  server: RunningSkein,
  { loopMs }: DocumentsBenchOptions,
  label: string,
  expression: unknown,
  entryCount: number,
): Promise<string[]> {
  const act = { kind: 'read', expression: JSON.stringify(expression), users: USERS } as const;
  const how = { act, inFlight: 1, via: 'lean', sessions: 1 } as const;
  await runClients(server, { ...how, durationMs: Math.min(1500, loopMs) });
  const before = await stateOf(server);
  const result = await runClients(server, { ...how, durationMs: loopMs });
  const time = serverTimeBetween(before.times, (await stateOf(server)).times);
  const { requestCount, wallMs, latencyMs, failedCount } = result;
  return [
    label,
    perSecond(requestCount, wallMs),
    perSecond(requestCount * entryCount, wallMs),
    milliseconds(latencyMs.mean),
    milliseconds(latencyMs.p50),
    milliseconds(latencyMs.p99),
    milliseconds(time.meanMs),
    milliseconds(time.p50AtMostMs),
    milliseconds(time.p99AtMostMs),
    String(failedCount),
  ];
}

/** Events are loaded first; then the aggregation is declared, and reads all of them. */
async function aggregate(server: RunningSkein, options: DocumentsBenchOptions): Promise<void> {
  const { say } = options;
  const rows: string[][] = [];
  for (const [ordinal, wanted] of options.eventCounts.entries()) {
    const collection = `uploads_${ordinal}`;
    const name = `usage_${ordinal}`;
    await fql(server, { create_collection: { object: { name: collection } } });
    const perRequest = Math.min(500, wanted);
    const loaded = await runClients(server, {
      act: { kind: 'insert', collection, perRequest, users: USERS },
      inFlight: 8,
      via: 'lean',
      sessions: SESSIONS,
      requestCountMax: Math.ceil(wanted / perRequest),
    });
    const events = loaded.requestCount * perRequest;
    say(
      `\n${events.toLocaleString('en')} events loaded in requests of ${perRequest}: ${perSecond(events, loaded.wallMs)} documents/s (load ${loadAverage()})`,
    );
    const before = cpuMsOf(server.processes().builder);
    const startMs = performance.now();
    await api(server, 'PUT', `/1/aggregations/${name}`, {
      source: collection,
      key: 'data.user',
      measures: {
        bytes: { sum: 'data.bytesUploaded' },
        uploads: { count: true },
        largest: { max: 'data.bytesUploaded' },
      },
      schedule: { onDemand: true },
    });
    await untilCurrent(server, name);
    const wallMs = performance.now() - startMs;
    const cpuMs = cpuMsOf(server.processes().builder) - before;
    const { rssBytesPeak, anonymousBytes } = memoryOf(server.processes().builder);
    say(
      `aggregated by ${USERS} keys in ${(wallMs / 1000).toFixed(1)} s: ${perSecond(events, wallMs)} events/s, ${((cpuMs / events) * 1000).toFixed(1)} µs of the builder each; builder ${megabytes(anonymousBytes)} of its own (peak ${megabytes(rssBytesPeak)} with mapped pages; load ${loadAverage()})`,
    );
    const label = `latest, ${events.toLocaleString('en')} events behind`;
    rows.push(
      await reads(server, options, label, { call: { function: `${name}_latest` }, arguments: '{user}' }, 1),
    );
  }
  say(`\n### Latest of an aggregation, one connection (load ${loadAverage()})`);
  say(table(READ_COLUMNS, rows));
}

async function untilCurrent(server: RunningSkein, name: string): Promise<void> {
  for (;;) {
    const state = await api(server, 'GET', `/1/aggregations/${name}`);
    if (state.includes('"state":"current"') && state.includes('"running":false')) return;
    await pause(50);
  }
}

async function stateOf(server: RunningSkein): Promise<{
  readonly times: Awaited<ReturnType<typeof readRouteTimes>>;
  readonly queryMs: number;
  readonly builderMs: number;
}> {
  const { builder, query } = server.processes();
  return {
    times: await readRouteTimes(server, /^query$/, 'skein_fql_request_duration_seconds'),
    queryMs: query.reduce((sum, pid) => sum + cpuMsOf(pid), 0),
    builderMs: cpuMsOf(builder),
  };
}

async function runClients(
  { fqlUrl, fqlSecret }: RunningSkein,
  job: Omit<DocumentJob, 'fqlUrl' | 'secret'>,
): Promise<DocumentResult> {
  const result = await runScript<DocumentResult>(clientScript, { ...job, fqlUrl, secret: fqlSecret });
  if (result.failedCount > 0) process.stderr.write(`${result.firstFailure}\n`);
  return result;
}

async function runScript<T>(script: string, job: object): Promise<T> {
  const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(job)], {
    maxBuffer: 1 << 26,
  });
  // JSON has no NaN: summaries of nothing come back as null.
  return JSON.parse(stdout, (_key, value: unknown) => (value === null ? Number.NaN : value)) as T;
}

async function fql({ fqlUrl, fqlSecret }: RunningSkein, expression: unknown): Promise<string> {
  const response = await fetch(fqlUrl, {
    method: 'POST',
    headers: { authorization: `Bearer ${fqlSecret}` },
    body: JSON.stringify(expression),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
}

async function api(
  { url, applicationId, adminKey }: RunningSkein,
  method: string,
  path: string,
  body?: unknown,
): Promise<string> {
  const response = await fetch(url + path, {
    method,
    headers: { 'x-algolia-application-id': applicationId, 'x-algolia-api-key': adminKey },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text;
}

function perSecond(count: number, ms: number): string {
  return Math.round((count / ms) * 1000).toLocaleString('en');
}
