/**
 * The command line against a real server, as a person uses it:
 *   1. Records go in, are found, come out again the same.
 *   2. Records that the server refuses are reported; the others arrive.
 *   3. A backup taken while the server writes is a data folder to start on, with every record acknowledged before it.
 *   4. Keys and settings are what the server enforces.
 *   5. Credentials are found without being given.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RunningSkein, startSkein } from '@skein/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';

const launcher = fileURLToPath(new URL('../../packages/cli/bin/skein.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'skein-cli-test-'));
const secret = 'a secret for the tests of the command line';
let server: RunningSkein;

beforeAll(async () => {
  server = await startSkein({ env: { SKEIN_QUERY_PROCESSES: '1', SKEIN_SECRET: secret } });
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

function skein(args: readonly string[], env: Record<string, string> = {}): Promise<Run> {
  const { url, applicationId, adminKey } = server;
  const connection = { SKEIN_URL: url, SKEIN_APPLICATION_ID: applicationId, SKEIN_API_KEY: adminKey };
  const options = {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, ...connection, ...env },
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [launcher, ...args], options, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}

const lamps = Array.from({ length: 2_500 }, (_, at) => ({
  objectID: `lamp ${at}`,
  name: `Lamp number ${at}`,
  price: at,
  colour: ['red', 'green', 'blue'][at % 3],
}));

test('1: records go in, are found, come out again the same', async () => {
  writeFileSync(join(folder, 'lamps.json'), JSON.stringify(lamps));
  const imported = await skein(['import', 'lamps', 'lamps.json', '--json', '--batch-records', '300']);
  expect(imported).toMatchObject({ code: 0 });
  expect(JSON.parse(imported.out)).toMatchObject({ read: 2_500, accepted: 2_500, rejected: 0 });
  const set = [
    'searchableAttributes=["name"]',
    'attributesForFaceting=["colour"]',
    'customRanking=["desc(price)"]',
  ];
  expect(await skein(['settings', 'set', 'lamps', ...set])).toMatchObject({ code: 0 });
  const found = await skein(['search', 'lamps', 'lamp', '--filters', 'colour:red AND price < 100', '--json']);
  expect(JSON.parse(found.out)).toMatchObject({
    nbHits: 34,
    hits: [{ objectID: 'lamp 99' }, { objectID: 'lamp 96' }, {}, {}, {}, {}, {}, {}, {}, {}],
  });
  expect((await skein(['search', 'lamps', 'lamp', '99'])).out).toContain('Lamp number 99');
  expect((await skein(['export', 'lamps', 'out.ndjson.gz', '--quiet'])).code).toBe(0);
  expect((await skein(['import', 'again', 'out.ndjson.gz', '--quiet'])).code).toBe(0);
  const exported = (await skein(['export', 'again', '--format', 'json'])).out;
  const byId = (a: { objectID: string }, b: { objectID: string }) => (a.objectID < b.objectID ? -1 : 1);
  expect((JSON.parse(exported) as typeof lamps).sort(byId)).toEqual(lamps.toSorted(byId));
});

test('2: records that the server refuses are reported; the others arrive', async () => {
  const big = { objectID: 'big', text: 'x'.repeat(150_000) };
  const lines = [lamps[0], big, { name: 'no id' }, lamps[1], 'not a record', lamps[2]];
  writeFileSync(join(folder, 'mixed.ndjson'), lines.map((line) => JSON.stringify(line)).join('\n'));
  const { code, out } = await skein([
    'import',
    'mixed',
    'mixed.ndjson',
    '--json',
    '--rejected',
    'bad.ndjson',
  ]);
  expect(code).toBe(2);
  expect(JSON.parse(out)).toMatchObject({ accepted: 3, rejected: 3 });
  const rejected = readFileSync(join(folder, 'bad.ndjson'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { line: number; reason: string });
  expect(rejected.map(({ line }) => line).sort((a, b) => a - b)).toEqual([2, 3, 5]);
  expect(rejected.find(({ line }) => line === 2)?.reason).toContain('too big');
});

test('2: a rejected record without an objectID is told by its beginning, also where the file is one line', async () => {
  writeFileSync(join(folder, 'one-line.json'), '[{"objectID":"1"},{"name":"no id"}]');
  const { code, err } = await skein(['import', 'one_line', 'one-line.json']);
  expect(code).toBe(2);
  expect(err).toMatch(/rejected, line 1: no "objectID".*: \{"name":"no id"\}/);
});

test('3: a backup taken while the server writes is a data folder to start on', async () => {
  writeFileSync(
    join(folder, 'more.ndjson'),
    lamps.map(({ name, price }) => JSON.stringify({ name, price })).join('\n'),
  );
  let isWriting = true;
  const writing = (async () => {
    while (isWriting)
      await skein(['import', 'busy', 'more.ndjson', '--generate-ids', '--quiet', '--batch-records', '100']);
  })();
  expect(await skein(['import', 'before', 'lamps.json', '--quiet'])).toMatchObject({ code: 0 });
  const backup = await skein(['backup', 'copy', '--data', server.dataFolder, '--json']);
  isWriting = false;
  await writing;
  expect(backup).toMatchObject({ code: 0, err: '' });
  const restored = join(folder, 'restored', 'data');
  expect(await skein(['restore', 'copy', '--data', restored])).toMatchObject({ code: 0 });
  const second = await startSkein({
    folder: join(folder, 'restored'),
    env: {
      SKEIN_QUERY_PROCESSES: '1',
      SKEIN_SECRET: secret,
      SKEIN_ADMIN_KEY: server.adminKey,
      SKEIN_SEARCH_KEY: server.searchKey,
    },
  });
  try {
    const list = await skein(['indexes', 'list', '--json'], { SKEIN_URL: second.url });
    const entries = new Map(
      (JSON.parse(list.out) as { name: string; entries: number }[]).map(({ name, entries: count }) => [
        name,
        count,
      ]),
    );
    expect(entries.get('before')).toBe(2_500);
    expect(entries.get('lamps')).toBe(2_500);
    const { out } = await skein(['search', 'before', 'lamp', '1234', '--hits', '1', '--json'], {
      SKEIN_URL: second.url,
    });
    expect(JSON.parse(out)).toMatchObject({ hits: [{ objectID: 'lamp 1234' }] });
  } finally {
    await second.stop();
  }
}, 120_000);

test('3: neither command touches a folder that is in use', async () => {
  expect(await skein(['restore', 'copy', '--data', server.dataFolder])).toMatchObject({
    code: 1,
    err: expect.stringContaining('stop it'),
  });
});

test('4: keys may do what they are for, secured keys see what their filters let through', async () => {
  const key = (await skein(['keys', 'add', '--acl', 'search', '--indexes', 'lam*'])).out.trim();
  expect(await skein(['search', 'lamps', 'lamp'], { SKEIN_API_KEY: key })).toMatchObject({ code: 0 });
  expect(await skein(['search', 'again', 'lamp'], { SKEIN_API_KEY: key })).toMatchObject({
    code: 1,
    err: expect.stringContaining('Index not allowed'),
  });
  expect(await skein(['indexes', 'clear', 'lamps'], { SKEIN_API_KEY: key })).toMatchObject({
    code: 1,
    err: expect.stringContaining('Method not allowed'),
  });
  const secured = (await skein(['keys', 'secured', key, '--filters', 'colour:red'])).out.trim();
  const { out } = await skein(['search', 'lamps', '--facets', 'colour', '--json'], {
    SKEIN_API_KEY: secured,
  });
  expect(JSON.parse(out)).toMatchObject({ facets: { colour: { red: 834 } }, nbHits: 834 });
  expect((await skein(['keys', 'delete', key])).code).toBe(0);
  expect((await skein(['search', 'lamps'], { SKEIN_API_KEY: key })).code).toBe(1);
  expect((await skein(['keys', 'restore', key])).code).toBe(0);
  expect((await skein(['search', 'lamps'], { SKEIN_API_KEY: key })).code).toBe(0);
});

test('4: indexes are copied, moved, replaced and deleted by name', async () => {
  expect((await skein(['indexes', 'copy', 'lamps', 'lamps copy'])).code).toBe(0);
  expect((await skein(['indexes', 'move', 'lamps copy', 'lamps/moved'])).code).toBe(0);
  writeFileSync(join(folder, 'few.json'), JSON.stringify(lamps.slice(0, 5)));
  expect((await skein(['import', 'lamps/moved', 'few.json', '--replace', '--quiet'])).code).toBe(0);
  const items = JSON.parse((await skein(['indexes', '--json'])).out) as { name: string; entries: number }[];
  expect(items.find(({ name }) => name === 'lamps/moved')?.entries).toBe(5);
  expect(items.some(({ name }) => name.includes('_tmp_') || name === 'lamps copy')).toBe(false);
  const settings = JSON.parse((await skein(['settings', 'get', 'lamps/moved'])).out) as {
    searchableAttributes: string[];
  };
  expect(settings.searchableAttributes).toEqual(['name']);
  expect((await skein(['indexes', 'delete', 'lamps/moved'])).code).toBe(0);
});

test('5: on the machine of the server nothing has to be given', async () => {
  const home = { SKEIN_URL: '', SKEIN_APPLICATION_ID: '', SKEIN_API_KEY: '' };
  const own = await startSkein({
    env: { SKEIN_QUERY_PROCESSES: '1', SKEIN_ADMIN_KEY: '', SKEIN_APPLICATION_ID: '' },
  });
  try {
    expect(await skein(['indexes'], { ...home, HOME: join(own.folder, 'home') })).toMatchObject({
      code: 0,
      err: '',
    });
    const before = own.processes();
    expect(await skein(['reload', '--data', own.dataFolder])).toMatchObject({ code: 0 });
    const after = own.processes();
    expect(after.supervisor).toBe(before.supervisor);
    expect(after.builder).not.toBe(before.builder);
    // The old one may still be finishing.
    expect(after.query.some((pid) => !before.query.includes(pid))).toBe(true);
  } finally {
    await own.stop();
  }
});
