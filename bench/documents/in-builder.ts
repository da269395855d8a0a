/**
 * Durable inserts inside the server, without HTTP and sockets: `node in-builder.ts '<job as JSON>'` prints its results as JSON. A builder with
 * a data folder of its own; each of `inFlight` loops hands it the next operation when the last one is answered.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  Builder,
  encodeDocumentsOperation,
  KeyVault,
  Member,
  newSeed,
  OPERATION_FORMAT,
  sealOf,
} from '@skein/member';
import { type Summary, summarise } from '../statistics.ts';

export interface InBuilderJob {
  /** A folder that exists; what is made in it goes. */
  readonly folder: string;
  /** One measurement each, after a warm-up with the last. */
  readonly inFlight: readonly number[];
  readonly perRequest: number;
  readonly withIndex: boolean;
  readonly durationMs: number;
}

export interface InBuilderResult {
  readonly inFlight: number;
  readonly requestCount: number;
  readonly wallMs: number;
  /** Of all threads of the process, which also makes the requests. */
  readonly cpuMs: number;
  readonly latencyMs: Summary;
  readonly commitCount: number;
  readonly syncCount: number;
}

const application = 'BENCH';
const secret = 'a secret of the bench';
const authentication = {
  scope: 0,
  principal: { kind: 'root' },
  roles: ['admin'],
  actsAs: undefined,
} as unknown as Parameters<Member['documents']['transact']>[1]['authentication'];
const warmUpMs = 3_000;

async function run(job: InBuilderJob): Promise<readonly InBuilderResult[]> {
  const folder = mkdtempSync(join(job.folder, 'builder-'));
  const dataFolder = join(folder, 'data');
  const socketPath = join(folder, 'builder.sock');
  const builder = await Builder.start({ dataFolder, socketPath, secret });
  try {
    await prepare(new Member({ dataFolder, socketPath, secret }), job.withIndex);
    await measure(builder, job, job.inFlight.at(-1) ?? 1, Math.min(warmUpMs, job.durationMs));
    const results: InBuilderResult[] = [];
    for (const inFlight of job.inFlight) {
      results.push(await measure(builder, job, inFlight, job.durationMs));
    }
    return results;
  } finally {
    await builder.close();
    rmSync(folder, { recursive: true });
  }
}

async function prepare(member: Member, withIndex: boolean): Promise<void> {
  await member.whenBuilderPresent();
  await member.propose(
    { kind: 'createApplication' },
    { application, proposedAtMs: Date.now(), until: 'visible' },
  );
  const schema = [{ create_collection: { object: { name: 'events' } } }, withIndex ? INDEX_BY_TS : null];
  for (const expression of schema) {
    if (expression === null) continue;
    const { status, body } = await member.documents.transact(application, {
      body: Buffer.from(JSON.stringify(expression)),
      authentication,
      strictTemporal: false,
      timeoutMs: 10_000,
    });
    if (status !== 201) throw new Error(body);
  }
  member.close();
}

/** That of the event-sourcing pattern: events in the order of their times. */
const INDEX_BY_TS = {
  create_index: {
    object: {
      name: 'events_by_ts',
      source: { collection: 'events' },
      values: [{ object: { field: ['ts'] } }, { object: { field: ['ref'] } }],
    },
  },
};

let made = 0;

async function measure(
  builder: Builder,
  { perRequest }: InBuilderJob,
  inFlight: number,
  durationMs: number,
): Promise<InBuilderResult> {
  const seal = sealOf(new KeyVault(secret), application);
  const latencies: number[] = [];
  const before = countsOf(builder);
  const cpuBefore = process.cpuUsage();
  const startMs = performance.now();
  const loop = async (): Promise<void> => {
    while (performance.now() < startMs + durationMs) {
      const sentMs = performance.now();
      const body = Buffer.from(insertText(perRequest));
      const operation = {
        kind: 'fql',
        body,
        authentication,
        strictTemporal: false,
        seed: newSeed(),
      } as const;
      const answer = await builder.transact(
        { application, operationId: `bench-${made}`, proposedAtMs: Date.now() },
        encodeDocumentsOperation(operation, seal, OPERATION_FORMAT),
      );
      if (answer.status > 201) throw new Error(answer.body);
      latencies.push(performance.now() - sentMs);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, loop));
  const wallMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(cpuBefore);
  const after = countsOf(builder);
  return {
    inFlight,
    requestCount: latencies.length,
    wallMs,
    cpuMs: (user + system) / 1000,
    latencyMs: summarise(latencies),
    commitCount: after.commits - before.commits,
    syncCount: after.syncs - before.syncs,
  };
}

function countsOf(builder: Builder): { readonly commits: number; readonly syncs: number } {
  const { commitCount, journalSyncCount } = builder.statistics();
  return { commits: Number(commitCount), syncs: Number(journalSyncCount) };
}

function insertText(count: number): string {
  const creates = Array.from({ length: count }, () => {
    const data = `{"user":"u${made++ % 1000}","bytesUploaded":${made % 1000}}`;
    return `{"create":{"collection":"events"},"params":{"object":{"data":{"object":${data}}}}}`;
  });
  return count === 1 ? (creates[0] ?? '') : `{"do":[${creates.join(',')}]}`;
}

const job = JSON.parse(process.argv[2] ?? '{}') as InBuilderJob;
process.stdout.write(JSON.stringify(await run(job)));
process.exit(0);
