import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCommandLine } from './program.ts';
import { type StubHandler, StubServer } from './testing/stub-server.ts';

let folder: string;
let server: StubServer | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-cli-'));
});
afterEach(async () => {
  await server?.stop();
  server = undefined;
  rmSync(folder, { recursive: true });
});

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function skein(
  args: readonly string[],
  options: { env?: Record<string, string>; stdin?: string } = {},
): Promise<Run> {
  const [stdout, stderr, stdin] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdin.end(options.stdin ?? '');
  const connection =
    server === undefined
      ? {}
      : { SKEIN_URL: server.connection.url, SKEIN_APPLICATION_ID: 'app', SKEIN_API_KEY: 'key' };
  const code = await runCommandLine(args, {
    env: { HOME: folder, ...connection, ...options.env },
    cwd: folder,
    stdin,
    stdout: stdout as unknown as NodeJS.WriteStream,
    stderr: stderr as unknown as NodeJS.WriteStream,
    nowMs: () => Date.now(),
    interrupted: new AbortController().signal,
  });
  return { code, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') };
}

async function answering(handler: StubHandler): Promise<void> {
  server = await StubServer.start(handler);
}

const published = { body: { status: 'published', pendingTask: false } };

test('help and its examples go to standard output, with exit code 0', async () => {
  for (const args of [
    ['--help'],
    ['import', '--help'],
    ['keys', 'add', '--help'],
    ['serve', '--help'],
    ['fql', '--help'],
    ['import-fauna', '--help'],
    ['database', 'dump', '--help'],
    ['database', 'load', '--help'],
    ['backup', '--help'],
  ]) {
    const { code, out } = await skein(args);
    expect(code).toBe(0);
    expect(out).toContain('Example');
  }
});

test('wrong usage exits with 4 and says what would be right', async () => {
  expect(await skein(['serch'])).toMatchObject({
    code: 4,
    err: expect.stringContaining('Did you mean search?'),
  });
  expect(await skein(['import', 'x', '--batch-records', '0'])).toMatchObject({
    code: 4,
    err: expect.stringContaining('from 1 to'),
  });
  expect(await skein(['serve', '--prot', '1'])).toMatchObject({
    code: 4,
    err: expect.stringContaining('did you mean --port'),
  });
  expect(await skein(['search', 'movies'])).toMatchObject({
    code: 4,
    err: expect.stringContaining('no application id'),
  });
});

test('no server exits with 3 and names the address', async () => {
  const env = { SKEIN_URL: 'http://127.0.0.1:9', SKEIN_APPLICATION_ID: 'a', SKEIN_API_KEY: 'k' };
  const { code, err } = await skein(['search', 'movies', 'x'], { env });
  expect(code).toBe(3);
  expect(err).toContain('http://127.0.0.1:9');
});

test('on the machine of the server its address and key are found in the credentials file', async () => {
  await answering(() => ({ body: { hits: [], nbHits: 0 } }));
  const { url } = server!.connection;
  mkdirSync(join(folder, '.config', 'skein'), { recursive: true });
  const servers = { [url]: { applicationId: 'saved', apiKey: 'saved-key' } };
  writeFileSync(
    join(folder, '.config', 'skein', 'credentials.json'),
    JSON.stringify({ version: 1, latest: url, servers }),
  );
  const env = { SKEIN_URL: '', SKEIN_APPLICATION_ID: '', SKEIN_API_KEY: '' };
  expect(await skein(['search', 'movies', 'star', 'wars'], { env })).toMatchObject({ code: 0 });
  expect(server!.requests[0]).toMatchObject({
    path: '/1/indexes/movies/query',
    body: { query: 'star wars' },
  });
});

test('an index name with a slash, a question mark or only dots stays one part of the path', async () => {
  await answering(() => ({ body: { hits: [] } }));
  for (const index of ['a/b?c', '..', 'ü 1']) await skein(['search', index]);
  expect(server!.requests.map(({ path }) => path)).toEqual([
    '/1/indexes/a%2Fb%3Fc/query',
    '/1/indexes/../query',
    '/1/indexes/%C3%BC%201/query',
  ]);
});

test('search shows a table, or the answer as it came with --json', async () => {
  const answer = {
    hits: [{ objectID: '1', title: 'Star Wars', year: 1977 }],
    nbHits: 1234,
    nbPages: 2,
    page: 0,
    processingTimeMS: 1,
    facets: { genre: { Drama: 7 } },
  };
  await answering(() => ({ body: answer }));
  const { out } = await skein(['search', 'movies', 'star', '--facets', 'genre']);
  expect(out).toContain('Star Wars');
  expect(out).toContain('1,234 records in 1 ms, page 0 of 0–1');
  expect(out).toContain('genre: Drama 7');
  expect(JSON.parse((await skein(['search', 'movies', '--json'])).out)).toEqual(answer);
});

test('import reads standard input, waits until the records can be searched, and exits with 2 when some were refused', async () => {
  await answering(({ method, path }) =>
    method === 'GET' && path.includes('/task/') ? published : { body: { taskID: 7 } },
  );
  const { code, out, err } = await skein(['import', 'things', '--json', '--rejected', 'bad.ndjson'], {
    stdin: '{"objectID":"1"}\n{"x":1}\n',
  });
  expect(code).toBe(2);
  expect(JSON.parse(out)).toMatchObject({ index: 'things', read: 2, accepted: 1, rejected: 1, taskID: 7 });
  expect(err).toBe('');
  expect(JSON.parse(readFileSync(join(folder, 'bad.ndjson'), 'utf8'))).toMatchObject({
    line: 2,
    record: '{"x":1}',
  });
  expect(server!.requests.at(-1)!.path).toBe('/1/indexes/things/task/7');
});

test('a resumed import sends what is left, with the same objectIDs', async () => {
  const sent: string[] = [];
  let isDown = false;
  await answering(({ method, body }) => {
    if (method === 'GET') return published;
    if (isDown) return { status: 403, body: { message: 'Method not allowed with this API key' } };
    const { requests } = body as unknown as { requests: { body: { objectID: string } }[] };
    sent.push(...requests.map((request) => request.body.objectID));
    isDown = sent.length >= 4;
    return { body: { taskID: 1 } };
  });
  writeFileSync(join(folder, 'x.ndjson'), '{"a":1}\n'.repeat(6));
  const args = [
    'import',
    'x',
    'x.ndjson',
    '--generate-ids',
    '--resume',
    'x.state',
    '--batch-records',
    '2',
    '--parallel',
    '1',
    '--quiet',
  ];
  expect((await skein(args)).code).toBe(1);
  isDown = false;
  expect((await skein(args)).code).toBe(0);
  expect(new Set(sent).size).toBe(6);
  expect(sent).toHaveLength(6);
  expect((await skein(args)).out).toContain('is complete');
  expect((await skein(['import', 'y', ...args.slice(2)])).err).toContain('belongs to another import');
});

test('export follows cursors and writes NDJSON, JSON or CSV', async () => {
  await answering(({ body }) =>
    body['cursor'] === 'next'
      ? { body: { hits: [{ objectID: '3', name: 'c' }], nbHits: 3 } }
      : {
          body: {
            hits: [
              { objectID: '1', name: 'a,"b"' },
              { objectID: '2', tags: ['x'] },
            ],
            nbHits: 3,
            cursor: 'next',
          },
        },
  );
  expect(
    (await skein(['export', 'things'])).out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { objectID: string }).objectID),
  ).toEqual(['1', '2', '3']);
  expect((await skein(['export', 'things', 'things.csv'])).code).toBe(0);
  expect(readFileSync(join(folder, 'things.csv'), 'utf8')).toBe(
    'objectID,name,tags\n1,"a,""b""",\n2,,"[""x""]"\n3,c,\n',
  );
  await skein(['export', 'things', 'things.json']);
  expect(JSON.parse(readFileSync(join(folder, 'things.json'), 'utf8'))).toHaveLength(3);
});

test('a mistyped index is not changed but named', async () => {
  await answering(() => ({ body: { items: [{ name: 'movies', entries: 1 }], nbPages: 1 } }));
  expect(await skein(['indexes', 'delete', 'movis'])).toMatchObject({
    code: 1,
    err: expect.stringContaining('movis does not exist'),
  });
  expect(server!.requests.every(({ method }) => method === 'GET')).toBe(true);
});

test('settings are JSON where they can be read as such, text otherwise', async () => {
  await answering(({ method }) => (method === 'PUT' ? { body: { taskID: 1 } } : published));
  await skein([
    'settings',
    'set',
    'movies',
    'searchableAttributes=["title"]',
    'hitsPerPage=12',
    'typoTolerance=min',
  ]);
  expect(server!.requests[0]!.body).toEqual({
    searchableAttributes: ['title'],
    hitsPerPage: 12,
    typoTolerance: 'min',
  });
});

test('backup and restore give the same files; neither overwrites anything', async () => {
  const data = join(folder, 'skein-data');
  for (const path of ['journal', 'apps/app/indexes/x']) mkdirSync(join(data, path), { recursive: true });
  writeFileSync(join(data, 'journal', '1.journal'), 'entries');
  writeFileSync(join(data, 'apps/app/indexes/x/manifest'), 'state');
  expect((await skein(['backup', 'copy'])).code).toBe(0);
  expect((await skein(['backup', 'copy'])).err).toContain('exists');
  expect((await skein(['restore', 'copy'])).err).toContain('exists');
  expect((await skein(['restore', 'copy', '--data', 'again'])).code).toBe(0);
  expect(readFileSync(join(folder, 'again', 'apps/app/indexes/x/manifest'), 'utf8')).toBe('state');
  expect((await skein(['restore', 'again', '--data', 'third'])).err).toContain('not a backup');
  rmSync(join(folder, 'copy', 'journal', '1.journal'));
  expect((await skein(['restore', 'copy', '--data', 'third'])).err).toContain('not whole');
});

test('reload without a server says so', async () => {
  expect(await skein(['reload'])).toMatchObject({ code: 3, err: expect.stringContaining('no server runs') });
});
