/**
 * Documents by the command line, against a real server:
 *   1. A file of expressions runs as one types them; address and secret are found by themselves.
 *   2. An import of exported documents that is killed, and interrupted, goes on: every document is there once, at its own time.
 *   3. A backup taken while documents are written has every document that was acknowledged before, each index in step with them.
 *   4. A database that is dumped and loaded elsewhere on the server is the same: documents, past versions, schema.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RunningSkein, startSkein } from '@skein/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';

const launcher = fileURLToPath(new URL('../../packages/cli/bin/skein.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'skein-cli-documents-'));
const secret = 'a secret for the tests of documents';
let server: RunningSkein;
const madeKeys = {
  SKEIN_QUERY_PROCESSES: '1',
  SKEIN_SECRET: secret,
  SKEIN_ADMIN_KEY: '',
  SKEIN_SEARCH_KEY: '',
  SKEIN_FQL_SECRET: '',
  SKEIN_CREDENTIALS_FILE: join(folder, 'credentials.json'),
};

beforeAll(async () => {
  // Its keys are made at its first start, and written down for the command line.
  server = await startSkein({ env: madeKeys });
});
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true });
});

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const environment = (env: Record<string, string> = {}): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  HOME: folder,
  SKEIN_FQL_URL: server.fqlUrl,
  SKEIN_FQL_SECRET: server.fqlSecret,
  ...env,
});

function skein(args: readonly string[], env?: Record<string, string>): Promise<Run> {
  const options = { cwd: folder, env: environment(env), maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve) => {
    execFile(process.execPath, [launcher, ...args], options, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}

/** The value of an expression, as `JSON.parse` has it. */
async function value(expression: string, env?: Record<string, string>): Promise<unknown> {
  const { code, out, err } = await skein(['fql', '--output', 'json', '-e', expression], env);
  expect(err).toBe('');
  expect(code).toBe(0);
  return JSON.parse(out);
}

test('1: expressions of a file run in order, with what the server wrote down at its start', async () => {
  writeFileSync(
    join(folder, 'first.fql'),
    `const people = Collection('people')
CreateCollection({ name: 'people', history_days: 30 })
Do(
  Create(Ref(people, 9007199254740993n), { data: { name: 'Ada', born: Date('1815-12-10'), rate: ToDouble(2) } }),
  Count(Documents(people)),
)
Create(Ref(people, 9007199254740993n), {})`,
  );
  const { SKEIN_CREDENTIALS_FILE } = madeKeys;
  const found = { SKEIN_FQL_URL: '', SKEIN_FQL_SECRET: '', SKEIN_CREDENTIALS_FILE };
  const { code, out, err } = await skein(['fql', 'first.fql'], found);
  expect(code).toBe(1);
  expect(out).toMatch(/^\{ ref: Collection\("people"\), [^]*\}\n1\n$/);
  expect(err).toContain('first.fql:7: instance already exists');
  expect(err).toContain('Create(Ref(people, 9007199254740993n), {})\n         ^^^');
  expect((await skein(['fql', '-e', "Get(Ref(Collection('people'), 9007199254740993n))"])).out).toContain(
    'data: { name: "Ada", born: Date("1815-12-10"), rate: 2.0 }',
  );
});

const eventCount = 6_000;
const tsOf = (id: number): number => 1_630_000_000_000_000 + id * 10;

function writeEvents(file: string): void {
  const ref = (id: string, collection: string): object => ({
    '@ref': { id, collection: { '@ref': { id: collection, collection: { '@ref': { id: 'collections' } } } } },
  });
  const lines = Array.from({ length: eventCount }, (_, id) =>
    JSON.stringify({
      ref: ref(String(id), 'events'),
      ts: tsOf(id),
      data: { user: ref(String(id % 7), 'users'), n: id },
    }),
  );
  writeFileSync(join(folder, file), `${lines.join('\n')}\n`);
}

/** Starts an import and ends it by a signal once a part of it is noted as done. */
async function interrupted(args: readonly string[], state: string, signal: NodeJS.Signals): Promise<number> {
  const child: ChildProcess = spawn(process.execPath, [launcher, ...args], {
    cwd: folder,
    env: environment(),
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  const path = join(folder, state);
  const before = doneIn(path);
  while (child.exitCode === null && child.signalCode === null) {
    if (doneIn(path) > before) {
      child.kill(signal);
      break;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  await ended;
  return doneIn(path);
}

function doneIn(path: string): number {
  if (!existsSync(path)) return 0;
  return (JSON.parse(readFileSync(path, 'utf8')) as { recordsDone: number }).recordsDone;
}

test('2: an import that is killed and interrupted loses and repeats nothing', async () => {
  writeEvents('events.jsonl');
  const args = [
    'import-fauna',
    'events.jsonl',
    '--create',
    '--history-days',
    '30',
    '--keep-ts',
    '--resume',
    'events.state',
    '--batch-documents',
    '50',
    '--parallel',
    '3',
    '--json',
  ];
  const killed = await interrupted(args, 'events.state', 'SIGKILL');
  expect(killed).toBeGreaterThan(0);
  expect(killed).toBeLessThan(eventCount);
  server.kill('builder');
  const stopped = await interrupted(args, 'events.state', 'SIGINT');
  expect(stopped).toBeGreaterThan(killed);
  const last = await skein(args);
  expect(last).toMatchObject({ code: 0, err: '' });
  expect(doneIn(join(folder, 'events.state'))).toBe(eventCount);
  expect(await value("Count(Documents(Collection('events')))")).toBe(eventCount);
  expect(
    await value("Count(Paginate(Documents(Collection('events')), { events: true, size: 100000 }))"),
  ).toEqual({
    data: [eventCount],
  });
  for (const id of [0, 4_999, eventCount - 1]) {
    expect(await value(`Get(Ref(Collection('events'), ${id}))`)).toMatchObject({
      ts: tsOf(id),
      data: { n: id },
    });
  }
}, 120_000);

test('3: a backup taken while documents are written can be started on', async () => {
  await value("CreateCollection({ name: 'busy' })");
  await value(
    "CreateIndex({ name: 'busy_by_n', source: Collection('busy'), values: [{ field: ['data', 'n'] }, { field: 'ref' }] })",
  );
  const keys = {
    SKEIN_URL: server.url,
    SKEIN_APPLICATION_ID: server.applicationId,
    SKEIN_API_KEY: server.adminKey,
  };
  expect(await skein(['searchable', 'declare', 'busy_index', 'busy'], keys)).toMatchObject({
    code: 0,
    err: '',
  });
  // Expressions, one transaction each; what was answered is in the output.
  const creates = Array.from({ length: 20_000 }, (_, n) => {
    const older = Math.floor(n / 2);
    const create = `Create(Ref(Collection('busy'), ${n}), { data: { n: ${n} } })`;
    return n % 3 === 0
      ? `Do(${create}, Update(Ref(Collection('busy'), ${older}), { data: { v: ${n} } }))`
      : create;
  });
  writeFileSync(join(folder, 'busy.fql'), creates.join('\n'));
  const child = spawn(process.execPath, [launcher, 'fql', 'busy.fql', '--output', 'json'], {
    cwd: folder,
    env: environment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let acknowledged = 0;
  let isEnough = (): void => {};
  const enough = new Promise<void>((resolve) => {
    isEnough = resolve;
  });
  child.stdout.on('data', (chunk: Buffer) => {
    for (const byte of chunk) if (byte === 10) acknowledged++;
    if (acknowledged > 20) isEnough();
  });
  await enough;
  const before = acknowledged;
  const backup = await skein(['backup', 'copy', '--data', server.dataFolder, '--json']);
  const after = acknowledged;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  expect(backup).toMatchObject({ code: 0, err: '' });
  expect(after).toBeGreaterThan(before);
  // The store was copied: the server's own goes on changing.
  const store = join('apps', server.applicationId, 'documents', 'documents.mdb');
  expect(statSync(join(folder, 'copy', store)).ino).not.toBe(statSync(join(server.dataFolder, store)).ino);

  const restored = join(folder, 'restored');
  expect(await skein(['restore', 'copy', '--data', join(restored, 'data')])).toMatchObject({ code: 0 });
  // The root secret is part of the data.
  const second = await startSkein({ folder: restored, env: madeKeys });
  try {
    const env = { SKEIN_FQL_URL: second.fqlUrl, SKEIN_FQL_SECRET: server.fqlSecret };
    expect(await value("Count(Documents(Collection('events')))", env)).toBe(eventCount);
    expect(await value("Get(Ref(Collection('events'), 7))", env)).toMatchObject({
      ts: tsOf(7),
      data: { n: 7 },
    });
    const count = Number(await value("Count(Documents(Collection('busy')))", env));
    expect(count).toBeGreaterThanOrEqual(before);
    const page = (await value("Paginate(Match('busy_by_n'), { size: 100000 })", env)) as {
      data: [number, unknown][];
    };
    expect(page.data.map(([n]) => n)).toEqual(Array.from({ length: count }, (_, n) => n));
    // The index that follows the collection catches up with it, whichever of the two was copied first.
    const documents = await value(
      "Map(Paginate(Documents(Collection('busy')), { size: 100000 }), r => Select('data', Get(r)))",
      env,
    );
    const { data } = documents as { data: { n: number }[] };
    const expected = data.map((each) => ({ objectID: String(each.n), ...each }));
    const found = async (): Promise<unknown[]> => {
      const { out } = await skein(['export', 'busy_index', '--format', 'json'], {
        ...keys,
        SKEIN_URL: second.url,
      });
      const records = JSON.parse(out) as { objectID: string; n: number }[];
      return records.sort((first, next) => first.n - next.n);
    };
    await expect.poll(found, { timeout: 60_000, interval: 200 }).toEqual(expected);
    // It goes on from there.
    expect(await value("Select('data', Create(Collection('busy'), { data: { n: -1 } }))", env)).toEqual({
      n: -1,
    });
  } finally {
    await second.stop();
  }
}, 120_000);

test('4: a database that is dumped and loaded is the same database', async () => {
  await value(
    "Update(Ref(Collection('people'), 9007199254740993n), { data: { rate: null, friend: Ref(Collection('people'), 1) } })",
  );
  await value("Create(Ref(Collection('people'), 2), { data: { name: 'Bob' } })");
  await value("Delete(Ref(Collection('people'), 2))");
  await value(
    "CreateIndex({ name: 'by_name', source: Collection('people'), terms: [{ field: ['data', 'name'] }], unique: true })",
  );
  await value(
    "CreateFunction({ name: 'named', body: Query(name => Get(Match('by_name', name))), role: 'server' })",
  );
  await value(
    "CreateRole({ name: 'reader', privileges: [{ resource: Collection('people'), actions: { read: Query(ref => true) } }] })",
  );
  const dumped = await skein(['database', 'dump', 'all.jsonl.gz', '--history', '--json']);
  expect(dumped).toMatchObject({ code: 0, err: '' });
  await value("CreateDatabase({ name: 'copy' })");
  const loaded = await skein(['database', 'load', 'all.jsonl.gz', '--database', 'copy', '--json']);
  expect(loaded).toMatchObject({ code: 0, err: '' });
  expect(JSON.parse(loaded.out)).toMatchObject({ accepted: JSON.parse(dumped.out).documents, rejected: 0 });

  const same = (lines: string): string[] =>
    lines
      .trim()
      .split('\n')
      .map((line) => (/^\{"(skein|schema)/.test(line) ? line.replace(/"ts":\d+/, '') : line));
  const [first, second] = await Promise.all([
    skein(['database', 'dump', '--history']),
    skein(['database', 'dump', '--history', '--database', 'copy']),
  ]);
  expect(first.err).toContain('child databases copy');
  expect(same(second.out)).toEqual(same(first.out));
  const inCopy = await skein(['fql', '--database', 'copy', '--output', 'json', '-e', "Call('named', 'Ada')"]);
  expect(JSON.parse(inCopy.out)).toMatchObject({ data: { name: 'Ada', friend: { '@ref': { id: '1' } } } });
}, 120_000);
