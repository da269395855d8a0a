import { PassThrough } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import { EXIT_CODES } from '../cli-error.ts';
import { runCommandLine } from '../program.ts';
import { type StubHandler, StubServer } from '../testing/stub-server.ts';

let server: StubServer;
afterEach(() => server.stop());

async function searchable(
  args: readonly string[],
  handler: StubHandler,
): Promise<{ code: number; out: string; err: string }> {
  server = await StubServer.start(handler);
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const code = await runCommandLine(['searchable', ...args], {
    env: {
      HOME: '/nowhere',
      SKEIN_URL: server.connection.url,
      SKEIN_APPLICATION_ID: 'app',
      SKEIN_API_KEY: 'key',
    },
    cwd: '/',
    stdin: new PassThrough(),
    stdout: stdout as unknown as NodeJS.WriteStream,
    stderr: stderr as unknown as NodeJS.WriteStream,
    nowMs: () => Date.now(),
    interrupted: new AbortController().signal,
  });
  return { code, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') };
}

const shop = {
  indexName: 'my shop',
  collection: 'products',
  attributes: { title: ['data', 'name'] },
  state: 'ready',
  filledCount: 1200,
  leftOutCount: 2,
};

test('a declaration is made of flags, and waited for', async () => {
  const { code, out } = await searchable(
    [
      ...['declare', 'my shop', 'products', '--attribute', 'title=data.name', '--attribute', 'p=data.a=b'],
      ...['--setting', 'hitsPerPage=3', '--setting', 'searchableAttributes=["title"]', '--replace'],
    ],
    (_, ordinal) => ({ body: { ...shop, state: ordinal < 2 ? 'filling' : 'ready' } }),
  );
  expect(code).toBe(0);
  expect(out).toBe(
    'my shop is filled from products: 1,200 documents.\n' +
      '2 of them are too large for records and left out; see `skein searchable show`.\n',
  );
  expect(server.requests[0]).toEqual({
    method: 'PUT',
    path: '/1/searchable-collections/my%20shop',
    body: {
      collection: 'products',
      attributes: { title: 'data.name', p: 'data.a=b' },
      settings: { hitsPerPage: 3, searchableAttributes: ['title'] },
      replace: true,
    },
  });
  expect(server.requests.slice(1).map(({ method }) => method)).toEqual(['GET', 'GET']);
});

test('nobody waits who does not want to', async () => {
  const { out } = await searchable(['declare', 's', 'products', '--no-wait'], () => ({
    body: { ...shop, state: 'waiting' },
  }));
  expect(out).toBe('s is being filled from products.\n');
  expect(server.requests).toHaveLength(1);
});

test('the list is a table, or JSON', async () => {
  const handler: StubHandler = () => ({ body: { items: [shop, { ...shop, attributes: null }] } });
  const { out } = await searchable(['list'], handler);
  expect(out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['index', 'collection', 'attributes', 'state', 'filled with', 'left out'],
    ['my shop', 'products', 'title', 'ready', '1200', '2'],
    ['my shop', 'products', 'all of data', 'ready', '1200', '2'],
    [''],
  ]);
  await server.stop();
  expect(JSON.parse((await searchable(['list', '--json'], handler)).out)).toHaveLength(2);
});

test('dropping says what becomes of the index', async () => {
  const { out } = await searchable(['drop', 's', '--records', 'delete'], () => ({ body: {} }));
  expect(out).toBe('s is filled from a collection no longer. The index is deleted.\n');
  expect(server.requests[0]).toMatchObject({
    method: 'DELETE',
    path: '/1/searchable-collections/s?records=delete',
  });
});

test('what the server refuses is told', async () => {
  const { code, err } = await searchable(['declare', 's', 'none'], () => ({
    status: 404,
    body: { message: "Ref refers to undefined collection 'none'", status: 404 },
  }));
  expect(code).not.toBe(0);
  expect(err).toContain("undefined collection 'none'");
  await server.stop();
  expect((await searchable(['declare', 's', 'c', '--attribute', 'x'], () => ({}))).code).toBe(
    EXIT_CODES.usage.code,
  );
});
