import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCommandLine } from '../program.ts';
import { type StubHandler, StubServer } from '../testing/stub-server.ts';

let folder: string;
let server: StubServer;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-cli-'));
});
afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

async function aggregations(
  args: readonly string[],
  handler: StubHandler,
): Promise<{ code: number; out: string; err: string }> {
  server = await StubServer.start(handler);
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const code = await runCommandLine(['aggregations', ...args], {
    env: {
      HOME: folder,
      SKEIN_URL: server.connection.url,
      SKEIN_APPLICATION_ID: 'app',
      SKEIN_API_KEY: 'key',
    },
    cwd: folder,
    stdin: new PassThrough(),
    stdout: stdout as unknown as NodeJS.WriteStream,
    stderr: stderr as unknown as NodeJS.WriteStream,
    nowMs: () => Date.now(),
    interrupted: new AbortController().signal,
  });
  return { code, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') };
}

const ready = { name: 'usage', state: 'current', running: false, waitingEvents: 0 };

test('a declaration is made of flags, and waited for', async () => {
  const { code, out } = await aggregations(
    [
      'declare',
      'usage',
      ...['--source', 'events', '--by', 'data.user', '--every', '10s', '--event-id', 'data.id'],
      ...[
        '--measure',
        'n=count',
        '--measure',
        'bytes=sum:data.bytes',
        '--measure',
        'h=histogram:data.bytes:1,10.5',
      ],
      ...['--write-back', 'User:data.usage'],
    ],
    (_, ordinal) => ({ body: { ...ready, running: ordinal < 2 } }),
  );
  expect({ code, out }).toEqual({ code: 0, out: 'usage is up to date.\n' });
  expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'PUT /1/aggregations/usage',
    'GET /1/aggregations/usage',
    'GET /1/aggregations/usage',
  ]);
  expect(server.requests[0]?.body).toEqual({
    source: 'events',
    key: 'data.user',
    measures: {
      n: { count: true },
      bytes: { sum: 'data.bytes' },
      h: { histogram: 'data.bytes', bounds: [1, 10.5] },
    },
    schedule: { intervalMs: 10_000 },
    writeBack: { collection: 'User', field: 'data.usage' },
    eventId: 'data.id',
  });
});

test('flags replace parts of a file', async () => {
  writeFileSync(
    join(folder, 'usage.json'),
    JSON.stringify({ source: 'a', key: 'data.user', schedule: { cron: '* * * * *' } }),
  );
  await aggregations(['declare', 'usage', '--file', 'usage.json', '--source', 'b', '--no-wait'], () => ({
    body: ready,
  }));
  expect(server.requests).toHaveLength(1);
  expect(server.requests[0]?.body).toEqual({
    source: 'b',
    key: 'data.user',
    schedule: { cron: '* * * * *' },
  });
});

test.each([
  [['--measure', 'n']],
  [['--measure', 'n=sum']],
  [['--measure', 'n=histogram:data.a']],
  [['--every', 'soon']],
  [['--every', '1s', '--cron', '* * * * *']],
  [['--write-back', 'User']],
])('%j is a mistake of usage, and nothing is sent', async (flags) => {
  const { code, err } = await aggregations(['declare', 'usage', ...flags], () => ({ body: ready }));
  expect(code).toBe(4);
  expect(err).toMatch(/expected|not both/);
  expect(server.requests).toEqual([]);
});

test('the latest state of a key is asked for with the key as text, or as JSON', async () => {
  const answer = { state: 'current', key: '42', events: 3, measures: { bytes: 7.5 }, ts: 1 };
  const { out } = await aggregations(['latest', 'usage', '42'], () => ({ body: answer }));
  expect(out).toContain('bytes');
  expect(out).toContain('7.5');
  expect(server.requests[0]?.body).toEqual({ key: '42' });
  await server.stop();
  await aggregations(['latest', 'usage', '42', '--json-key', '--json'], () => ({ body: answer }));
  expect(server.requests[0]?.body).toEqual({ key: 42 });
});

test('snapshots are read page by page', async () => {
  const { out } = await aggregations(['snapshots', 'usage', '--json'], ({ body }) => ({
    body: {
      data: [{ key: body['after'] === undefined ? 'a' : 'b', events: 1, measures: {} }],
      ...(body['after'] === undefined ? { after: { '@bytes': 'AA==' } } : {}),
    },
  }));
  expect(JSON.parse(out)).toMatchObject([{ key: 'a' }, { key: 'b' }]);
});

test('a difference to a plain scan is shown, and is an exit code', async () => {
  const { code, out } = await aggregations(['verify', 'usage'], () => ({
    body: {
      state: 'current',
      equal: false,
      keys: 2,
      events: 9,
      differentKeys: 1,
      differences: [{ key: 'a', kept: { events: 5 }, scanned: { events: 4 } }],
    },
  }));
  expect(code).toBe(1);
  expect(out).toContain('{"events":5}');
});

test('what the server refuses is said in its words', async () => {
  const { code, err } = await aggregations(['run', 'usage'], () => ({
    status: 404,
    body: { message: "Aggregation 'usage' not found.", status: 404 },
  }));
  expect(code).toBe(1);
  expect(err).toContain("Aggregation 'usage' not found.");
});
