/**
 * How a server starts and ends:
 *   1. The first start makes an application and its keys and shows them once; later starts take over and show none.
 *   2. Signals end it cleanly; the data folder is free afterwards.
 *   3. A taken port, a data folder in use, another secret and several applications are told, not crashed over.
 *   4. No key and no query is in its logs, and no key is readable in its data.
 *   5. The page is served from here alone, with a key that can only search.
 *   6. Credentials for the command line are private, and work.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningSkein, startSkein } from '@skein/testkit';
import { afterEach, expect, test, vi } from 'vitest';
import { ask, save } from './http.ts';

vi.setConfig({ testTimeout: 120_000 });

const launcher = join(import.meta.dirname, '../../packages/cli/bin/skein.js');
const running: RunningSkein[] = [];
afterEach(async () => {
  for (const skein of running.splice(0)) await skein.stop();
});

async function start(options: Parameters<typeof startSkein>[0] = {}): Promise<RunningSkein> {
  const skein = await startSkein({ ...options, env: { SKEIN_QUERY_PROCESSES: '1', ...options.env } });
  running.push(skein);
  return skein;
}

/** As on a fresh machine: no credentials given. */
const FRESH = { SKEIN_APPLICATION_ID: '', SKEIN_ADMIN_KEY: '', SKEIN_SEARCH_KEY: '' };

test('1: the first start makes an application and shows its keys once; the next takes over and shows none', async () => {
  const first = await start({ env: FRESH });
  expect(first.applicationId).toMatch(/^[A-Z0-9]{10}$/);
  expect(first.adminKey).toMatch(/^[0-9a-f]{32}$/);
  expect(first.searchKey).toMatch(/^[0-9a-f]{32}$/);
  await save(first, 'kept', [{ objectID: '1', name: 'kept' }]);
  expect(await first.stop({ data: 'keep' })).toBe(0);
  const second = await start({ env: FRESH, folder: first.folder });
  expect(second.applicationId).toBe(first.applicationId);
  expect(second.output()).not.toContain(first.adminKey);
  expect(second.output()).not.toContain(first.searchKey);
  const { json } = await ask(second, 'POST /1/indexes/kept/query', { body: {}, key: first.adminKey });
  expect(json?.['nbHits']).toBe(1);
});

test('1: an admin key that is configured anew replaces the old one', async () => {
  const first = await start();
  expect((await ask(first, 'GET /1/keys')).status).toBe(200);
  await first.stop({ data: 'keep' });
  const second = await start({ folder: first.folder, env: { SKEIN_SEARCH_KEY: '' } });
  expect((await ask(second, 'GET /1/keys')).status).toBe(200);
  expect((await ask(second, 'GET /1/keys', { key: first.adminKey })).status).toBe(403);
  // The search key was not configured this time: the one of the first start goes on.
  expect((await ask(second, 'GET /1/indexes/none?query=', { key: first.searchKey })).status).toBe(404);
});

test('2: SIGTERM and SIGINT end with 0 and free the data folder; what was acknowledged is there', async () => {
  const skein = await start();
  await ask(skein, 'PUT /1/indexes/late/1', { body: { name: 'just before the end' } });
  expect(await skein.stop({ data: 'keep', signals: ['SIGINT'] })).toBe(0);
  expect(readdirSync(skein.dataFolder)).not.toContain('skein.pid');
  const again = await start({ folder: skein.folder });
  expect((await ask(again, 'GET /1/indexes/late/1')).json).toEqual({
    objectID: '1',
    name: 'just before the end',
  });
});

test('2: asked twice, it ends at once, and still nothing acknowledged is lost', async () => {
  const skein = await start();
  await ask(skein, 'PUT /1/indexes/late/1', { body: { name: 'just before the end' } });
  const { builder, query } = skein.processes();
  // Signals of one kind that come together may arrive as one.
  const code = await skein.stop({ data: 'keep', signals: ['SIGINT', 'SIGTERM'] });
  expect([0, 130]).toContain(code);
  await vi.waitFor(() => expect([builder, ...query].filter(isRunning)).toEqual([]), { timeout: 30_000 });
  const again = await start({ folder: skein.folder });
  await vi.waitFor(async () => expect((await ask(again, 'GET /1/indexes/late/1')).status).toBe(200), {
    timeout: 30_000,
  });
});

test('2: it can be told to answer on for a while, as one that balancers leave', async () => {
  const skein = await start({ env: { SKEIN_LEAVE_MS: '600000' } });
  await save(skein, 'kept', [{ objectID: '1' }]);
  const ended = skein.stop({ data: 'keep' });
  const health = async (): Promise<unknown> => {
    const answer = await fetch(`${skein.url}/health`);
    return [answer.status, ((await answer.json()) as { status: unknown }).status];
  };
  await vi.waitFor(async () => expect(await health()).toEqual([503, 'stopping']), { timeout: 30_000 });
  expect((await ask(skein, 'POST /1/indexes/kept/query', { body: {} })).json?.['nbHits']).toBe(1);
  await save(skein, 'kept', [{ objectID: '2' }]);
  await skein.stop();
  expect(await ended).toBe(130);
});

test('2: a server started with a channel to its parent ends on a signal, and when the parent is gone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'skein-lifeline-'));
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('SKEIN_'));
  const env = {
    ...Object.fromEntries(inherited),
    SKEIN_PORT: '0',
    SKEIN_DATA: join(folder, 'data'),
    SKEIN_LIFELINE: '1',
  };
  for (const end of ['signal', 'parent'] as const) {
    const child = spawn(process.execPath, [launcher, 'serve', '--no-demo'], {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      env: { ...env, HOME: folder, XDG_CONFIG_HOME: '' },
    });
    await once(child.stdout!, 'data');
    const exit = once(child, 'exit');
    if (end === 'signal') child.kill('SIGTERM');
    else child.disconnect();
    expect(await exit).toEqual([0, null]);
  }
  rmSync(folder, { recursive: true, force: true });
});

test('3: a taken port is told', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  await expect(start({ env: { SKEIN_PORT: String(port) } })).rejects.toThrow(
    `port ${port} on 127.0.0.1 is taken by another program; stop it or choose another SKEIN_PORT`,
  );
  other.close();
});

test('3: another server on the same port or the same data is told, and the first goes on', async () => {
  const first = await start();
  await expect(start({ env: { SKEIN_PORT: String(first.port) } })).rejects.toThrow(
    /is taken by another program/,
  );
  await expect(start({ folder: first.folder })).rejects.toThrow(
    /is in use by another Skein server \(process \d+, listening on http/,
  );
  expect((await ask(first, 'GET /health')).status).toBe(200);
});

test('3: another secret, several applications, and bad settings are told', async () => {
  const first = await start({ env: { SKEIN_SECRET: 'the first secret of all' } });
  await first.stop({ data: 'keep' });
  const { folder } = first;
  await expect(start({ folder, env: { SKEIN_SECRET: 'another secret than before' } })).rejects.toThrow(
    /does not open with this secret/,
  );
  const env = { SKEIN_SECRET: 'the first secret of all' };
  const second = await start({ folder, env: { ...env, SKEIN_APPLICATION_ID: 'OTHER' } });
  await second.stop({ data: 'keep' });
  await expect(start({ folder, env: { ...env, ...FRESH } })).rejects.toThrow(
    /several applications \(OTHER, TESTAPP\): choose one by SKEIN_APPLICATION_ID/,
  );
  await expect(start({ folder, env: { ...env, SKEIN_PORT: 'x' } })).rejects.toThrow(
    'SKEIN_PORT: expected a whole number',
  );
  running.push(await startSkein({ folder, env }));
});

test('4: no key and no query is in the logs, and no key is readable in the data folder', async () => {
  const skein = await start({ env: { SKEIN_SECRET: 'the secret of this test' } });
  const { adminKey, searchKey } = skein;
  await save(skein, 'diary', [{ objectID: '1', text: 'hidden words' }]);
  const { json: made } = await ask(skein, 'POST /1/keys', { body: { acl: ['search'] } });
  const key = String(made?.['key']);
  const text = 'filters=text%3Ahidden';
  const signature = createHmac('sha256', searchKey).update(text).digest('hex');
  const secured = Buffer.from(signature + text).toString('base64');
  const query = { query: 'precious question' };
  await ask(skein, 'POST /1/indexes/diary/query', { body: query });
  await ask(skein, 'POST /1/indexes/diary/query', { body: query, key: secured });
  await ask(
    skein,
    `GET /1/indexes/diary?query=precious&x-algolia-api-key=${key}&x-algolia-application-id=TESTAPP`,
    { key: '' },
  );
  await ask(skein, `GET /1/keys/${key}`);
  await ask(skein, 'POST /1/indexes/diary/query', { body: '{"query":"precious' });
  await ask(skein, 'POST /1/indexes/diary/query', { body: query, key: 'a-wrong-key' });
  await ask(skein, `DELETE /1/keys/${key}`);
  await skein.reload();
  skein.kill('builder');
  await vi.waitFor(() => expect(skein.output()).toContain('builder ended unasked'), { timeout: 30_000 });
  expect(await skein.stop({ data: 'keep' })).toBe(0);
  const keys = [adminKey, searchKey, key, secured, 'a-wrong-key'];
  for (const secret of [...keys, 'precious', 'hidden']) expect(skein.output()).not.toContain(secret);
  for (const file of filesBelow(skein.dataFolder)) {
    const content = readFileSync(file, 'latin1');
    for (const secret of keys) expect(content.includes(secret), `${file} holds a key`).toBe(false);
  }
  running.push(await startSkein({ folder: skein.folder, env: { SKEIN_SECRET: 'the secret of this test' } }));
});

test('5: the page comes from this server, with entity tags, and its key can only search', async () => {
  const skein = await start();
  const page = await ask(skein, 'GET /', { key: '' });
  expect(page.status).toBe(200);
  expect(page.headers['content-type']).toMatch(/^text\/(html|plain)/);
  expect(page.text.replaceAll('http://www.w3.org/', '')).not.toMatch(/(?:src|href)="https?:/);
  const { etag } = page.headers;
  if (etag !== undefined) {
    expect((await ask(skein, 'GET /', { key: '', headers: { 'if-none-match': etag } })).status).toBe(304);
    expect(page.headers['content-security-policy']).toContain("default-src 'self'");
  }
  await save(skein, 'shown', [{ objectID: '1' }]);
  const { json, headers } = await ask(skein, 'GET /skein/page-config.json', { key: '' });
  expect(json).toEqual({ applicationId: 'TESTAPP', searchKey: skein.searchKey, indexes: ['shown'] });
  expect(headers).not.toHaveProperty('access-control-allow-origin');
  const search = { key: skein.searchKey };
  expect((await ask(skein, 'POST /1/indexes/shown/query', { ...search, body: {} })).status).toBe(200);
  expect((await ask(skein, 'PUT /1/indexes/shown/1', { ...search, body: {} })).status).toBe(403);
  expect((await ask(skein, 'POST /1/indexes/shown/browse', { ...search, body: {} })).status).toBe(403);
  expect((await ask(skein, 'GET /assets/../../../../etc/passwd', { key: '' })).status).toBe(404);
  expect((await ask(skein, 'GET /..%2f..%2fpackage.json', { key: '' })).status).toBe(404);
});

test('5: without the page, the server has no page', async () => {
  const skein = await start({ env: { SKEIN_PAGE: '0' } });
  expect((await ask(skein, 'GET /', { key: '' })).status).toBe(404);
  expect((await ask(skein, 'GET /skein/page-config.json', { key: '' })).status).toBe(404);
});

test('6: the credentials of the command line are private, and lead it to the server', async () => {
  const skein = await start({ env: FRESH });
  const file = join(skein.folder, 'home', '.config', 'skein', 'credentials.json');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    latest: skein.url,
    servers: { [skein.url]: { applicationId: skein.applicationId, apiKey: skein.adminKey } },
  });
  await save(skein, 'found', [{ objectID: '1' }]);
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('SKEIN_'));
  const listed = spawnSync(process.execPath, [launcher, 'indexes', 'list', '--json'], {
    env: { ...Object.fromEntries(inherited), HOME: join(skein.folder, 'home'), XDG_CONFIG_HOME: '' },
    encoding: 'utf8',
  });
  expect(listed.stderr).toBe('');
  expect(listed.stdout).toContain('found');
});

test('metrics count requests over all processes and name no index', async () => {
  const skein = await start({ env: { SKEIN_QUERY_PROCESSES: '2' } });
  await save(skein, 'counted', [{ objectID: '1' }]);
  for (let count = 0; count < 12; count++) {
    await ask(skein, 'POST /1/indexes/counted/query', { body: { query: 'words' }, agent: false });
  }
  const { text, headers } = await ask(skein, 'GET /metrics', { key: '' });
  expect(headers['content-type']).toContain('text/plain');
  expect(text).toContain('skein_http_requests_total{route="searchSingleIndex",status="200"} 12\n');
  expect(text).toContain('skein_processes{process="query"} 2\n');
  expect(text).toContain('skein_processes{process="builder"} 1\n');
  expect(text).not.toContain('counted');
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
