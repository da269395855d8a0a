import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '@skein/base';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { textField } from '../json-fields.ts';
import { type Run, type RunOptions, runCommand } from '../testing/run-command.ts';
import { StubServer } from '../testing/stub-server.ts';

let folder: string;
let server: StubServer;
let answer: JsonObject;

const member = (name: string, more: JsonObject = {}): JsonObject => ({
  name,
  address: `${name}:7701`,
  registered: true,
  live: true,
  state: 'live',
  version: '0.1.0',
  sequence: 12,
  lagOperations: 0,
  lagMs: 0,
  diskFreeBytes: 1_500_000_000,
  diskBytes: 3_000_000_000,
  etcd: { version: '3.4.23', dbBytes: 20_000, leader: name === 'a' },
  ...more,
});
const away = {
  live: false,
  state: null,
  version: null,
  sequence: null,
  diskBytes: null,
  etcd: { version: null },
};
const three: JsonObject = {
  mode: 'cluster',
  member: 'a',
  quorum: true,
  members: [member('a'), member('b', { sequence: 9, lagOperations: 3, lagMs: 1_250 }), member('c', away)],
  problems: ['c is not live'],
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'skein-cli-cluster-'));
  answer = three;
  server = await StubServer.start(({ method, path, body }) => {
    if (method === 'GET' && path === '/1/cluster') return { body: answer };
    if (method === 'POST')
      return { status: 201, body: { member: 'd', address: `${textField(body, 'address')}:7701` } };
    return { body: { member: 'c' } };
  });
});
afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

function skein(args: readonly string[], options: Partial<RunOptions> = {}): Promise<Run> {
  const env = { SKEIN_URL: server.connection.url, SKEIN_APPLICATION_ID: 'app', SKEIN_API_KEY: 'key' };
  return runCommand(['cluster', ...args], { cwd: folder, env, ...options });
}

const asked = (): readonly string[] => server.requests.map(({ method, path }) => `${method} ${path}`);

test('status shows each member, what it lacks, and what is not fine', async () => {
  const { code, out } = await skein(['status']);
  expect(code).toBe(0);
  expect(out.split('\n').map((line) => line.replaceAll(/ {2,}/g, ' | '))).toEqual([
    'member | address | state | version | applied | lag | disk free | etcd',
    'a * | a:7701 | live | 0.1.0 | 12 | 0 | 1.5 GB of 3.0 GB | 3.4.23 20.0 kB leader',
    'b | b:7701 | live | 0.1.0 | 9 | 3 (1.3 s) | 1.5 GB of 3.0 GB | 3.4.23 20.0 kB',
    'c | c:7701 | away | away',
    '',
    'Asked: a. Writes: accepted.',
    '! c is not live',
    '',
  ]);
  expect(JSON.parse((await skein(['status', '--json'])).out)).toEqual(three);
});

test('status says when all is well, when writes wait, when what it shows is old, and when there is no cluster', async () => {
  answer = { ...three, quorum: false, problems: [], stale: true, asOf: '2026-01-01T00:00:00.000Z' };
  const { out } = await skein(['status']);
  expect(out).toContain(
    'Asked: a (as of 2026-01-01T00:00:00.000Z: its builder is away). Writes: waiting for a majority.',
  );
  expect(out).toContain('All is well.');
  answer = { mode: 'local', sequence: 4 };
  expect((await skein([])).out).toBe('This server is alone, without a cluster. Sequence: 4\n');
});

test('status tells what the probes of the asked server say, once', async () => {
  const probe = {
    name: 'disk',
    state: 'warning',
    since: '2026-01-01T00:00:00.123Z',
    message: 'Little room.',
  };
  answer = { ...three, problems: ['a: disk', 'b: disk'], probes: [probe] };
  const told = '! disk, warning since 2026-01-01T00:00:00Z: Little room.\n';
  expect((await skein(['status'])).out).toMatch(new RegExp(`accepted\\.\n! b: disk\n${told}$`));
  answer = { mode: 'local', sequence: 4, probes: [probe] };
  expect((await skein([])).out).toBe(`This server is alone, without a cluster. Sequence: 4\n${told}`);
});

test('status --watch asks until it is interrupted', async () => {
  const stop = new AbortController();
  const running = skein(['status', '--watch'], { interrupted: stop.signal });
  await vi.waitFor(() => expect(server.requests.length).toBeGreaterThan(1), 10_000);
  stop.abort();
  expect((await running).out.match(/Asked: a/g)?.length).toBeGreaterThan(1);
});

test('add names the machine and says what comes next', async () => {
  const { out } = await skein(['add', 'd=10.0.0.4']);
  expect(server.requests[0]?.body).toEqual({ member: 'd', address: '10.0.0.4' });
  expect(out).toBe('d at 10.0.0.4:7701 may join now: start it there with SKEIN_MEMBER=d.\n');
  expect(await skein(['add', 'd'])).toMatchObject({ code: 4, err: expect.stringContaining('NAME=HOST') });
});

test('remove asks, and does nothing without a yes', async () => {
  const refused = await skein(['remove', 'c'], { stdin: 'n\n' });
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('[y/N]') });
  expect(await skein(['remove', 'c'])).toMatchObject({ code: 1 });
  expect(asked()).toEqual(['GET /1/cluster', 'GET /1/cluster']);
  expect((await skein(['remove', 'c'], { stdin: 'yes\n' })).out).toBe('c is no member any more.\n');
  expect(asked().at(-1)).toBe('DELETE /1/cluster/members/c');
});

test('remove refuses what would leave no majority, unless forced', async () => {
  const { code, err } = await skein(['remove', 'b', '--yes']);
  expect(code).toBe(1);
  expect(err).toContain('without b there would be 2 members, of which 2 must live; 1 do.');
  expect((await skein(['remove', 'x', '--yes'])).err).toContain('x is not a member');
  expect(asked().some((each) => each.startsWith('DELETE'))).toBe(false);
  await skein(['remove', 'b', '--yes', '--force']);
  expect(asked().at(-1)).toBe('DELETE /1/cluster/members/b?force=true');
});
