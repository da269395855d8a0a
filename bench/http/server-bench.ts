/** A real server, written to and searched over HTTP by clients in processes of their own. */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { IndexSchema } from '@skein/engine';
import { type RunningSkein, startSkein } from '@skein/testkit';
import { writeDataset } from '../dataset-files.ts';
import type { Dataset } from '../datasets/mod.ts';
import { loadAverage } from '../machine.ts';
import { memoryOf } from '../peers/peer-process.ts';
import { querySets } from '../queries.ts';
import { megabytes, milliseconds, table } from '../report.ts';
import type { ClientJob, ClientResult } from './clients.ts';
import type { HttpTarget } from './raw-connection.ts';
import { cpuMsOf, readRouteTimes, serverTimeBetween } from './server-metrics.ts';

export interface ServerBenchOptions {
  readonly dataset: Dataset;
  readonly queryCount: number;
  readonly seed: number;
  readonly connections: readonly number[];
  /** Of each closed loop. */
  readonly loopMs: number;
  readonly builderMemoryMib: number;
  readonly smallIndexCount: number;
  readonly folder: string;
  readonly say: (line: string) => void;
}

const INDEX = 'bench';
const WARM_UP_CONNECTIONS = 16;
const BUILDER_LOOK_MS = 500;
const BUILDER_WAIT_MS_MAX = 120_000;
const SEARCH_ROUTE = /search|query/i;
const script = fileURLToPath(new URL('./clients.ts', import.meta.url));

export async function runServerBench(options: ServerBenchOptions): Promise<void> {
  const { dataset, folder, say } = options;
  const files = writeDataset(dataset, folder);
  const [full, keystrokes] = querySets(dataset, { queries: options.queryCount, seed: options.seed });
  const queriesFile = join(folder, 'queries-keystrokes.txt');
  writeFileSync(queriesFile, keystrokes?.queries.join('\n') ?? '');
  const env = {
    SKEIN_BUILDER_MEMORY_MIB: String(options.builderMemoryMib),
    SKEIN_LOG_LEVEL: 'warn',
    SKEIN_PAGE: '0',
  };
  say(`\n## HTTP: ${dataset.name}, ${dataset.recordCount.toLocaleString('en')} records`);
  let server = await start(env, join(folder, 'server'));
  try {
    await put(server, `/1/indexes/${INDEX}/settings`, settingsOf(dataset.schema));
    await importAll(server, files.recordsFile, options);
    const idleMs = await untilBuilderRests(server);
    say(`  the builder's merges went on for another ${(idleMs / 1000).toFixed(0)} s`);
    const rows: string[][] = [];
    // Connections spread over the query processes by chance, and each has its code to compile.
    const warmUp = { ...options, connections: WARM_UP_CONNECTIONS, queriesFile, label: 'warm-up' };
    await searchLoop(server, warmUp);
    for (const connections of options.connections) {
      rows.push(await searchLoop(server, { ...options, connections, queriesFile, label: 'searches alone' }));
    }
    const writing = begin({
      kind: 'write',
      target: targetOf(server),
      index: INDEX,
      recordsFile: files.recordsFile,
      operationsPerSecond: 1000,
      batchOperations: 10,
      durationMs: undefined,
      probe: false,
    });
    for (const connections of options.connections) {
      rows.push(await searchLoop(server, { ...options, connections, queriesFile, label: '1,000 writes/s' }));
    }
    const writes = await writing.end();
    say(`\n### Keystrokes over HTTP, closed loop, with highlighting (load ${loadAverage()})`);
    const columns = ['beside', 'connections', 'requests/s', 'wall mean', 'p50', 'p99', 'max', 'server mean'];
    say(table([...columns, 'server p99 ≤', 'query CPU/request', 'failed'], rows));
    say(
      `ms; 1,000 writes/s in batches of 10: ${writes.requestCount} batches, answered in ${summaryText(writes)}, ${writes.failedCount} failed`,
    );
    await visibility(server, files.recordsFile, options);
    sayMemory(server, say);
    server = await restart(server, full?.queries ?? [], env, say);
  } finally {
    await server.stop();
  }
  if (options.smallIndexCount > 0) await smallIndexes(files.recordsFile, queriesFile, env, options);
}

function start(env: Readonly<Record<string, string>>, folder: string): Promise<RunningSkein> {
  mkdirSync(folder);
  return startHere(env, folder);
}

/** A server that does not outlive this process. */
async function startHere(env: Readonly<Record<string, string>>, folder: string): Promise<RunningSkein> {
  const server = await startSkein({ env, folder });
  process.once('exit', () => {
    const { supervisor, builder, query } = server.processes();
    // The supervisor first, or it would replace the others; the data are thrown away in any case.
    for (const pid of [supervisor, builder, ...query]) if (pid > 0) process.kill(pid, 'SIGKILL');
  });
  return server;
}

async function importAll(
  server: RunningSkein,
  recordsFile: string,
  options: ServerBenchOptions,
): Promise<void> {
  const { recordCount } = options.dataset;
  const cpuBefore = processCpuMs(server);
  const result = await run({
    kind: 'import',
    target: targetOf(server),
    index: INDEX,
    recordsFile,
    batchRecords: 1000,
    connections: 4,
  });
  const settledMs = result.wallMs;
  const acceptedMs = settledMs - result.visibleMs.max;
  const rate = (ms: number): string => Math.round((recordCount / ms) * 1000).toLocaleString('en');
  const cpu = processCpuMs(server);
  options.say(
    `import in batches of 1,000 over 4 connections: ${rate(acceptedMs)} records/s accepted, ${rate(settledMs)} records/s until the last one was visible`,
  );
  options.say(
    `  (${(settledMs / 1000).toFixed(1)} s; CPU: builder ${((cpu.builder - cpuBefore.builder) / 1000).toFixed(1)} s, query processes ${((cpu.query - cpuBefore.query) / 1000).toFixed(1)} s, client ${(result.cpuMs / 1000).toFixed(1)} s; ${result.failedCount} batches failed; load ${loadAverage()})`,
  );
  options.say(`  records waiting in the builder are bounded to ${options.builderMemoryMib} MiB`);
  sayMemory(server, options.say);
}

/** Gives the milliseconds that it took; after two minutes, the bench goes on all the same. */
async function untilBuilderRests(server: RunningSkein): Promise<number> {
  const startMs = performance.now();
  for (;;) {
    const before = processCpuMs(server).builder;
    await pause(BUILDER_LOOK_MS);
    const used = processCpuMs(server).builder - before;
    const passedMs = performance.now() - startMs;
    if (used < 0.1 * BUILDER_LOOK_MS || passedMs > BUILDER_WAIT_MS_MAX) return passedMs;
  }
}

async function searchLoop(
  server: RunningSkein,
  options: Omit<ServerBenchOptions, 'connections'> & {
    readonly connections: number;
    readonly queriesFile: string;
    readonly label: string;
  },
): Promise<string[]> {
  const job = {
    kind: 'search',
    target: targetOf(server),
    index: INDEX,
    indexCount: 1,
    queriesFile: options.queriesFile,
    seed: options.seed,
  } as const;
  await run({ ...job, connections: options.connections, durationMs: Math.min(1500, options.loopMs) });
  const before = await readRouteTimes(server, SEARCH_ROUTE);
  const cpuBefore = processCpuMs(server).query;
  const result = await run({ ...job, connections: options.connections, durationMs: options.loopMs });
  const cpu = processCpuMs(server).query - cpuBefore;
  const time = serverTimeBetween(before, await readRouteTimes(server, SEARCH_ROUTE));
  const { latencyMs, requestCount } = result;
  return [
    options.label,
    String(options.connections),
    Math.round((requestCount / options.loopMs) * 1000).toLocaleString('en'),
    milliseconds(latencyMs.mean),
    milliseconds(latencyMs.p50),
    milliseconds(latencyMs.p99),
    milliseconds(latencyMs.max),
    milliseconds(time.meanMs),
    milliseconds(time.p99AtMostMs),
    milliseconds(cpu / requestCount),
    String(result.failedCount),
  ];
}

async function visibility(
  server: RunningSkein,
  recordsFile: string,
  options: ServerBenchOptions,
): Promise<void> {
  const operationsPerSecond = 2000;
  const result = await run({
    kind: 'write',
    target: targetOf(server),
    index: INDEX,
    recordsFile,
    operationsPerSecond,
    batchOperations: 20,
    durationMs: options.loopMs * 2,
    probe: true,
  });
  const { mean, p50, p99, max } = result.visibleMs;
  options.say(
    `\nwrite → visible at ${operationsPerSecond.toLocaleString('en')} operations/s (batches of 20, ${((options.loopMs * 2) / 1000).toFixed(0)} s): ` +
      `mean ${mean.toFixed(0)} ms, p50 ${p50.toFixed(0)}, p99 ${p99.toFixed(0)}, max ${max.toFixed(0)}; writes answered in ${summaryText(result)}; load ${loadAverage()}`,
  );
}

/** From starting the process to the first answered search that finds something. */
async function restart(
  server: RunningSkein,
  queries: readonly string[],
  env: Readonly<Record<string, string>>,
  say: (line: string) => void,
): Promise<RunningSkein> {
  const { folder, applicationId, adminKey, searchKey } = server;
  await server.stop({ data: 'keep' });
  const startMs = performance.now();
  const credentials = {
    SKEIN_APPLICATION_ID: applicationId,
    SKEIN_ADMIN_KEY: adminKey,
    SKEIN_SEARCH_KEY: searchKey,
  };
  const again = await startHere({ ...env, ...credentials }, folder);
  const readyMs = performance.now() - startMs;
  for (;;) {
    const response = await fetch(`${again.url}/1/indexes/${INDEX}/query`, {
      method: 'POST',
      headers: headersOf(again),
      body: JSON.stringify({ query: queries[0] ?? '' }),
    });
    const body = await response.text();
    if (response.ok && !body.includes('"nbHits":0')) break;
    if (performance.now() - startMs > 60_000) throw new Error(`no answer after a restart: ${body}`);
  }
  const answeredMs = performance.now() - startMs;
  say(
    `\nrestart: ${(readyMs / 1000).toFixed(2)} s until the server says that it serves, ${(answeredMs / 1000).toFixed(2)} s until the first search is answered (load ${loadAverage()})`,
  );
  return again;
}

async function smallIndexes(
  recordsFile: string,
  queriesFile: string,
  env: Readonly<Record<string, string>>,
  options: ServerBenchOptions,
): Promise<void> {
  const { say, smallIndexCount, folder } = options;
  const server = await start(env, join(folder, 'server-small'));
  try {
    const created = await run({
      kind: 'create',
      target: targetOf(server),
      indexCount: smallIndexCount,
      recordsFile,
      recordsPerIndex: 20,
      connections: 4,
    });
    const perSecond = (smallIndexCount / created.wallMs) * 1000;
    say(
      `\n${smallIndexCount.toLocaleString('en')} indexes of 20 records: created and visible in ${(created.wallMs / 1000).toFixed(1)} s (${perSecond.toFixed(0)}/s), ${created.failedCount} failed; load ${loadAverage()}`,
    );
    const found = await run({
      kind: 'search',
      target: targetOf(server),
      index: 'small_{n}',
      indexCount: smallIndexCount,
      queriesFile,
      seed: options.seed,
      connections: 4,
      durationMs: options.loopMs * 2,
    });
    say(
      `  searched at random over 4 connections: ${Math.round((found.requestCount / found.wallMs) * 1000)} requests/s, ${summaryText(found)}, ${found.failedCount} failed`,
    );
    sayMemory(server, say);
  } finally {
    await server.stop();
  }
}

function sayMemory(server: RunningSkein, say: (line: string) => void): void {
  const { builder, query, supervisor } = server.processes();
  const text = (pid: number): string => {
    const { rssBytes, rssBytesPeak, anonymousBytes } = memoryOf(pid);
    return `${megabytes(rssBytes)} (own ${megabytes(anonymousBytes)}, peak ${megabytes(rssBytesPeak)})`;
  };
  say(
    `  memory: builder ${text(builder)}; query ${query.map(text).join(', ')}; supervisor ${text(supervisor)}`,
  );
}

function processCpuMs(server: RunningSkein): { builder: number; query: number } {
  const { builder, query } = server.processes();
  return { builder: cpuMsOf(builder), query: query.reduce((sum, pid) => sum + cpuMsOf(pid), 0) };
}

function run(job: ClientJob): Promise<ClientResult> {
  return begin(job).result;
}

function begin(job: ClientJob): { readonly result: Promise<ClientResult>; end(): Promise<ClientResult> } {
  const running = promisify(execFile)(process.execPath, [script, JSON.stringify(job)]);
  const result = running.then(
    // JSON has no NaN: summaries of nothing come back as null.
    ({ stdout }) =>
      JSON.parse(stdout, (_key, value: unknown) => (value === null ? Number.NaN : value)) as ClientResult,
  );
  // Whoever waits for it later hears of a failure then.
  result.catch(() => undefined);
  return {
    result,
    end() {
      running.child.stdin?.end();
      return result;
    },
  };
}

async function put(server: RunningSkein, path: string, body: unknown): Promise<void> {
  const response = await fetch(server.url + path, {
    method: 'PUT',
    headers: headersOf(server),
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`PUT ${path}: ${response.status} ${await response.text()}`);
}

function headersOf(server: RunningSkein): Record<string, string> {
  return { 'x-algolia-application-id': server.applicationId, 'x-algolia-api-key': server.adminKey };
}

function targetOf(server: RunningSkein): HttpTarget {
  const { applicationId, adminKey, port } = server;
  return { host: '127.0.0.1', port, applicationId, apiKey: adminKey };
}

function settingsOf(schema: IndexSchema): object {
  return {
    searchableAttributes: schema.searchable.map(({ path, ordered }) =>
      ordered ? path : `unordered(${path})`,
    ),
    attributesForFaceting: schema.facets.map(({ path }) => path),
    customRanking: schema.customRanking.map(({ path, direction }) => `${direction}(${path})`),
    ...(schema.numericFilterable === undefined
      ? {}
      : { numericAttributesForFiltering: schema.numericFilterable.map(({ path }) => path) }),
  };
}

function summaryText({ latencyMs }: ClientResult): string {
  return `mean ${milliseconds(latencyMs.mean)} ms, p50 ${milliseconds(latencyMs.p50)}, p99 ${milliseconds(latencyMs.p99)}`;
}
