/**
 * The clients of the HTTP benches, in a process of their own: `node clients.ts '<job as JSON>'` prints its result as JSON. One
 * function per kind of job.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { readLines } from '../peers/read-lines.ts';
import { createRandom } from '../random.ts';
import { type Summary, summarise } from '../statistics.ts';
import { type HttpTarget, RawConnection } from './raw-connection.ts';

export type ClientJob =
  | {
      /** Connections that search one after the other, as fast as they are answered. */
      readonly kind: 'search';
      readonly target: HttpTarget;
      /** A query for `index` is drawn from the file's lines; `{n}` in the index's name is drawn below `indexCount`. */
      readonly index: string;
      readonly indexCount: number;
      readonly queriesFile: string;
      readonly connections: number;
      readonly durationMs: number;
      readonly seed: number;
    }
  | {
      readonly kind: 'import';
      readonly target: HttpTarget;
      readonly index: string;
      readonly recordsFile: string;
      readonly batchRecords: number;
      readonly connections: number;
    }
  | {
      /** A steady stream of updates in small batches; with `probe`, looks when single records become visible. */
      readonly kind: 'write';
      readonly target: HttpTarget;
      readonly index: string;
      readonly recordsFile: string;
      readonly operationsPerSecond: number;
      readonly batchOperations: number;
      /** Undefined: until standard input ends. */
      readonly durationMs: number | undefined;
      readonly probe: boolean;
    }
  | {
      /** So many indexes with a few records each, settled at the end. */
      readonly kind: 'create';
      readonly target: HttpTarget;
      readonly indexCount: number;
      readonly recordsFile: string;
      readonly recordsPerIndex: number;
      readonly connections: number;
    };

export interface ClientResult {
  readonly requestCount: number;
  readonly failedCount: number;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly latencyMs: Summary;
  /** Searches: as the server states it, whole milliseconds. */
  readonly processingTimeMs: Summary;
  /** Writes with probes: from sending to the first search that finds the record. */
  readonly visibleMs: Summary;
  /** Of the last accepted write. */
  readonly taskID: number;
}

class Tally {
  readonly latencies: number[] = [];
  readonly processing: number[] = [];
  readonly visible: number[] = [];
  failedCount = 0;
  taskID = 0;
  readonly #startMs = performance.now();

  result(): ClientResult {
    const { user, system } = process.cpuUsage();
    return {
      requestCount: this.latencies.length,
      failedCount: this.failedCount,
      wallMs: performance.now() - this.#startMs,
      cpuMs: (user + system) / 1000,
      latencyMs: summarise(this.latencies),
      processingTimeMs: summarise(this.processing),
      visibleMs: summarise(this.visible),
      taskID: this.taskID,
    };
  }
}

async function search(job: ClientJob & { kind: 'search' }): Promise<ClientResult> {
  const queries = readFileSync(job.queriesFile, 'utf8').split('\n');
  const endMs = performance.now() + job.durationMs;
  const tally = new Tally();
  const loop = async (_: unknown, ordinal: number): Promise<void> => {
    const connection = new RawConnection(job.target);
    const random = createRandom(job.seed + ordinal);
    while (performance.now() < endMs) {
      const query = queries[random.below(queries.length)] ?? '';
      const index = job.index.replace('{n}', () => String(random.below(job.indexCount)));
      const sentMs = performance.now();
      const { status, body } = await connection.ask(
        'POST',
        `/1/indexes/${index}/query`,
        JSON.stringify({ query, hitsPerPage: 20 }),
      );
      tally.latencies.push(performance.now() - sentMs);
      if (status !== 200) tally.failedCount += 1;
      tally.processing.push(Number(/"processingTimeMS":(\d+)/.exec(body)?.[1]));
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: job.connections }, loop));
  return tally.result();
}

async function importRecords(job: ClientJob & { kind: 'import' }): Promise<ClientResult> {
  const tally = new Tally();
  const batches = batchesOf(job.recordsFile, job.batchRecords);
  const loop = async (): Promise<void> => {
    const connection = new RawConnection(job.target);
    for (const batch of batches) await write(connection, job.index, batch, tally);
    connection.close();
  };
  await Promise.all(Array.from({ length: job.connections }, loop));
  return settle(job.target, job.index, tally);
}

async function writeSteadily(job: ClientJob & { kind: 'write' }): Promise<ClientResult> {
  const tally = new Tally();
  const batches = batchesOf(job.recordsFile, job.batchOperations);
  const intervalMs = (1000 * job.batchOperations) / job.operationsPerSecond;
  const startMs = performance.now();
  let isTold = false;
  if (job.durationMs === undefined) process.stdin.resume().once('end', () => (isTold = true));
  const isOver = (): boolean =>
    isTold || performance.now() >= startMs + (job.durationMs ?? Number.POSITIVE_INFINITY);
  const inFlight = new Set<Promise<void>>();
  const idle: RawConnection[] = [];
  const probing = job.probe ? probeVisibility(job, isOver, tally) : Promise.resolve();
  for (let sent = 0; !isOver(); sent++) {
    await pause(Math.max(0, startMs + sent * intervalMs - performance.now()));
    const batch = batches.next();
    if (batch.done === true) break;
    const connection = idle.pop() ?? new RawConnection(job.target);
    const writing = write(connection, job.index, batch.value, tally).then(() => {
      inFlight.delete(writing);
      idle.push(connection);
    });
    inFlight.add(writing);
  }
  await Promise.all([...inFlight, probing]);
  for (const connection of idle) connection.close();
  return tally.result();
}

/** One record at a time, with a word of its own, looked for until it is found. */
async function probeVisibility(
  job: ClientJob & { kind: 'write' },
  isOver: () => boolean,
  tally: Tally,
): Promise<void> {
  const writer = new RawConnection(job.target);
  const reader = new RawConnection(job.target);
  for (let probe = 0; !isOver(); probe++) {
    const word = `zqx${probe.toString(36)}probe`;
    const sentMs = performance.now();
    const body = JSON.stringify({
      action: 'updateObject',
      body: { objectID: 'probe', title: word, name: word },
    });
    await write(writer, job.index, body, tally);
    for (;;) {
      const { body: answer } = await reader.ask(
        'POST',
        `/1/indexes/${job.index}/query`,
        JSON.stringify({ query: word, hitsPerPage: 1, typoTolerance: false }),
      );
      if (answer.includes('"nbHits":1')) break;
      if (performance.now() - sentMs > 30_000) throw new Error(`${word} was not visible after 30 s`);
      await pause(2);
    }
    tally.visible.push(performance.now() - sentMs);
    // Not in step with the builder's rhythm.
    await pause((probe * 37) % 100);
  }
  writer.close();
  reader.close();
}

async function createIndexes(job: ClientJob & { kind: 'create' }): Promise<ClientResult> {
  const tally = new Tally();
  const batches = batchesOf(job.recordsFile, job.recordsPerIndex);
  let next = 0;
  const loop = async (): Promise<void> => {
    const connection = new RawConnection(job.target);
    while (next < job.indexCount) {
      const at = next++;
      const batch = batches.next();
      if (batch.done === true) throw new Error('there are too few records');
      await write(connection, `small_${at}`, batch.value, tally);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: job.connections }, loop));
  return settle(job.target, `small_${job.indexCount - 1}`, tally);
}

async function write(connection: RawConnection, index: string, batch: string, tally: Tally): Promise<void> {
  const sentMs = performance.now();
  const { status, body } = await connection.ask(
    'POST',
    `/1/indexes/${index}/batch`,
    `{"requests":[${batch}]}`,
  );
  tally.latencies.push(performance.now() - sentMs);
  if (status === 200) tally.taskID = Math.max(tally.taskID, Number(/"taskID":(\d+)/.exec(body)?.[1]));
  else tally.failedCount += 1;
}

/** Waits until the last accepted write is published. */
async function settle(target: HttpTarget, index: string, tally: Tally): Promise<ClientResult> {
  const accepted = performance.now();
  const connection = new RawConnection(target);
  for (;;) {
    const { body } = await connection.ask('GET', `/1/indexes/${index}/task/${tally.taskID}`);
    if (body.includes('"published"')) break;
    if (performance.now() - accepted > 600_000)
      throw new Error(`task ${tally.taskID} was not published: ${body}`);
    await pause(10);
  }
  connection.close();
  tally.visible.push(performance.now() - accepted);
  return tally.result();
}

function* batchesOf(recordsFile: string, count: number): Generator<string> {
  let batch: string[] = [];
  for (const line of readLines(recordsFile)) {
    batch.push(`{"action":"updateObject","body":${line}}`);
    if (batch.length < count) continue;
    yield batch.join(',');
    batch = [];
  }
  if (batch.length > 0) yield batch.join(',');
}

if (import.meta.main) {
  const job = JSON.parse(process.argv[2] ?? '{}') as ClientJob;
  const run = {
    search: () => search(job as ClientJob & { kind: 'search' }),
    import: () => importRecords(job as ClientJob & { kind: 'import' }),
    write: () => writeSteadily(job as ClientJob & { kind: 'write' }),
    create: () => createIndexes(job as ClientJob & { kind: 'create' }),
  }[job.kind];
  process.stdout.write(JSON.stringify(await run()));
}
