import type { JsonObject } from '@skein/base';
import { afterEach, expect, test } from 'vitest';
import { HttpClient } from '../http-client.ts';
import { objectsField } from '../json-fields.ts';
import { type StubHandler, StubServer } from '../testing/stub-server.ts';
import { Importer, type ImportOptions, type ReadyRecord, type RejectedRecord } from './importer.ts';
import { indexTarget } from './index-target.ts';
import type { IdRules } from './prepare-record.ts';
import type { SourceItem } from './record-source.ts';

let server: StubServer | undefined;
let client: HttpClient | undefined;
afterEach(async () => {
  client?.close();
  await server?.stop();
});

interface Outcome {
  readonly importer: Importer<ReadyRecord>;
  readonly rejected: RejectedRecord[];
  readonly progress: number[];
  readonly run: () => ReturnType<Importer<ReadyRecord>['run']>;
}

async function importing(
  records: readonly string[],
  handler: StubHandler,
  { ids, ...options }: Partial<ImportOptions<ReadyRecord>> & { readonly ids?: IdRules } = {},
): Promise<Outcome> {
  server = await StubServer.start(handler);
  client = new HttpClient(server.connection, { retryPauseMs: 1, attemptsMax: 5 });
  const rejected: RejectedRecord[] = [];
  const progress: number[] = [];
  const importer = new Importer({
    target: indexTarget({
      client,
      index: 'things',
      action: 'updateObject',
      ids: ids ?? { attribute: 'objectID', generate: undefined },
    }),
    skip: 0,
    batchBytesMax: 1_000_000,
    batchRecordsMax: 4,
    parallel: 3,
    onRejected: (record) => rejected.push(record),
    onProgress: (done) => progress.push(done),
    signal: new AbortController().signal,
    ...options,
  });
  async function* items(): AsyncGenerator<SourceItem> {
    for (const [at, text] of records.entries()) yield { text, line: at + 1 };
  }
  return { importer, rejected, progress, run: () => importer.run(items()) };
}

const numbered = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => `{"objectID":"${at}"}`);
const idsOf = (body: JsonObject): string[] =>
  objectsField(body, 'requests').map((request) => String((request['body'] as { objectID: string }).objectID));

/** Takes batches whole or not at all, as the server does; refuses the records named. */
function refusing(
  bad: ReadonlySet<string>,
  stored: string[],
  options: { namesPosition: boolean },
): StubHandler {
  return ({ body }) => {
    const ids = idsOf(body);
    const position = ids.findIndex((id) => bad.has(id));
    if (position < 0) {
      stored.push(...ids);
      return { body: { taskID: stored.length, objectIDs: ids } };
    }
    const about = options.namesPosition ? { position, objectID: ids[position]! } : {};
    return { status: 400, body: { message: 'too big', status: 400, ...about } };
  };
}

test.each([{ namesPosition: true }, { namesPosition: false }])(
  'refused records stand alone at the end, all others are stored (%o)',
  async (options) => {
    const stored: string[] = [];
    const bad = new Set(['3', '4', '10']);
    const { run, rejected } = await importing(numbered(17), refusing(bad, stored, options));
    expect(await run()).toMatchObject({ read: 17, accepted: 14, rejected: 3 });
    expect(new Set(stored).size).toBe(14);
    expect(rejected.toSorted((a, b) => a.line - b.line)).toMatchObject([
      { id: '3', reason: 'too big', line: 4 },
      { id: '4', reason: 'too big', line: 5 },
      { id: '10', reason: 'too big', line: 11 },
    ]);
  },
);

test('records that cannot be records are reported without asking the server', async () => {
  const { run, rejected } = await importing(
    ['{"objectID":1}', '{', '[]', '{"name":"x"}', '{"objectID":""}'],
    () => ({ body: { taskID: 1 } }),
  );
  expect(await run()).toMatchObject({ accepted: 1, rejected: 4 });
  expect(rejected.map(({ line }) => line)).toEqual([2, 3, 4, 5]);
  expect(server!.requests).toHaveLength(1);
});

test('busy answers and broken connections are tried again', async () => {
  const { run } = await importing(numbered(2), (_, ordinal) => {
    if (ordinal === 0) return { status: 429, body: { message: 'Too many jobs' } };
    if (ordinal === 1) return { isCut: true };
    if (ordinal === 2) return { status: 503 };
    return { body: { taskID: 9 } };
  });
  expect(await run()).toMatchObject({ accepted: 2, taskID: 9 });
});

test('a wrong key ends the import at once', async () => {
  const { run } = await importing(numbered(100), () => ({
    status: 403,
    body: { message: 'Invalid Application-ID or API key' },
  }));
  await expect(run()).rejects.toThrow('Invalid Application-ID or API key');
  expect(server!.requests.length).toBeLessThan(10);
});

test('when the server refuses everything, the import gives up and says why', async () => {
  const { run } = await importing(numbered(2_000), () => ({
    status: 400,
    body: { message: 'indexName is not valid' },
  }));
  await expect(run()).rejects.toThrow(/refused all of the first 200 records.*indexName is not valid/);
});

test('records of one objectID arrive in the order of the source', async () => {
  const versions: number[] = [];
  const records = Array.from({ length: 40 }, (_, at) => `{"objectID":"same","version":${at}}`);
  const { run } = await importing(
    records,
    async ({ body }, ordinal) => {
      // Earlier requests take longer, so that sending them side by side would turn the order round.
      for (let turn = 0; turn < 20 - ordinal; turn++) await new Promise((resolve) => setImmediate(resolve));
      for (const request of objectsField(body, 'requests'))
        versions.push((request['body'] as { version: number }).version);
      return { body: { taskID: ordinal } };
    },
    { batchRecordsMax: 2 },
  );
  await run();
  expect(versions).toEqual(records.map((_, at) => at));
});

test('progress counts only the run of records that are all done', async () => {
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let others = 0;
  const { run, progress } = await importing(numbered(12), async ({ body }) => {
    if (idsOf(body).includes('0')) await held;
    else if (++others === 2) release();
    expect(progress).toEqual([]);
    return { body: { taskID: 1 } };
  });
  await run();
  expect(progress).toEqual([12]);
});

test('records that an earlier run has sent are passed over', async () => {
  const { run, progress } = await importing(numbered(6), () => ({ body: { taskID: 1 } }), { skip: 4 });
  expect(await run()).toMatchObject({ read: 2, accepted: 2 });
  expect(idsOf(server!.requests[0]!.body)).toEqual(['4', '5']);
  expect(progress).toEqual([6]);
});

test('made objectIDs depend on the place only, so a repeated record replaces itself', async () => {
  const ids = { attribute: 'objectID', generate: (ordinal: number) => `p-${ordinal}` };
  const { run } = await importing(
    ['{ }', '{"a":1}', '{"objectID":5,"a":1}'],
    () => ({ body: { taskID: 1 } }),
    { ids },
  );
  await run();
  expect(objectsField(server!.requests[0]!.body, 'requests').map((request) => request['body'])).toEqual([
    { objectID: 'p-0' },
    { objectID: 'p-1', a: 1 },
    { objectID: '5', a: 1 },
  ]);
});

test('a batch keeps to its bytes unless one record alone is longer', async () => {
  const long = `{"objectID":"long","text":"${'x'.repeat(500)}"}`;
  const { run } = await importing([...numbered(6), long, ...numbered(3)], () => ({ body: { taskID: 1 } }), {
    batchBytesMax: 60,
    batchRecordsMax: 1_000,
    parallel: 1,
  });
  await run();
  expect(server!.requests.map(({ body }) => idsOf(body).length)).toEqual([3, 3, 1, 3]);
});
