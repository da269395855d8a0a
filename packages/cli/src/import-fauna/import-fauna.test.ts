/** `skein import-fauna` against a database in memory that may fail in every way. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MemoryFqlServer } from '../testing/memory-fql-server.ts';
import { type Run, runCommand } from '../testing/run-command.ts';

let folder: string;
let server: MemoryFqlServer;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'skein-import-fauna-'));
  server = await MemoryFqlServer.start();
});
afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const importing = (args: readonly string[], stdin?: string, interrupted?: AbortSignal): Promise<Run> =>
  runCommand(['import-fauna', ...args, '--json'], {
    cwd: folder,
    env: server.env,
    ...(stdin === undefined ? {} : { stdin }),
    ...(interrupted === undefined ? {} : { interrupted }),
  });

const line = (id: number, data: object = { n: id }, ts = 1_630_000_000_000_000 + id): string =>
  JSON.stringify({
    ref: {
      '@ref': {
        id: String(id),
        collection: { '@ref': { id: 'c', collection: { '@ref': { id: 'collections' } } } },
      },
    },
    ts,
    data,
  });
const lines = (count: number): string => Array.from({ length: count }, (_, id) => `${line(id)}\n`).join('');

/** Documents by id, and how many versions each has. */
function stored(): Record<string, { ts: number; data: unknown; versions: number }> {
  const all = { paginate: { documents: { collection: 'c' } }, size: 1_000 };
  const each = {
    lambda: 'r',
    expr: { object: { d: { get: { var: 'r' } }, v: { count: { paginate: { events: { var: 'r' } } } } } },
  };
  const answer = server.database.value({ map: each, collection: all }) as unknown as {
    data: { d: { ref: { '@ref': { id: string } }; ts: number; data: unknown }; v: { data: [number] } }[];
  };
  return Object.fromEntries(
    answer.data.map(({ d, v }) => [d.ref['@ref'].id, { ts: d.ts, data: d.data, versions: v.data[0] }]),
  );
}

test('documents keep their ids, and with --keep-ts their times; collections are made', async () => {
  const ran = await importing(['--create', '--keep-ts', '--batch-documents', '3'], lines(10));
  expect(ran).toMatchObject({ code: 0, err: '' });
  expect(JSON.parse(ran.out)).toMatchObject({ read: 10, accepted: 10, rejected: 0, written: true });
  expect(stored()['7']).toEqual({ ts: 1_630_000_000_000_007, data: { n: 7 }, versions: 1 });
  expect(Object.keys(stored())).toHaveLength(10);
});

test('importing again changes nothing; other data replace or are left, as asked', async () => {
  await importing(['--create'], lines(5));
  const before = stored();
  await importing([], lines(5));
  expect(stored()).toEqual(before);
  await importing(['--existing', 'leave'], line(1, { n: 'new' }));
  expect(stored()).toEqual(before);
  await importing([], line(1, { n: 'new' }));
  expect(stored()['1']).toMatchObject({ data: { n: 'new' }, versions: 2 });
});

test('bad documents are told with their lines, the others arrive', async () => {
  const text = [line(1), 'no json', line(2, { of: { '@set': 5 } }), line(3), line(4, {}, 9e15), line(5)].join(
    '\n',
  );
  const { code, out } = await importing(['--create', '--keep-ts', '--rejected', 'bad.jsonl'], text);
  expect(code).toBe(2);
  expect(JSON.parse(out)).toMatchObject({ accepted: 3, rejected: 3 });
  expect(Object.keys(stored())).toEqual(['1', '3', '5']);
  const bad = readFileSync(join(folder, 'bad.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((each) => JSON.parse(each) as { line: number; reason: string; record: string });
  expect(bad.map((each) => each.line).sort((a, b) => a - b)).toEqual([2, 3, 5]);
  expect(bad.find((each) => each.line === 5)).toMatchObject({
    document: 'c/4',
    reason: expect.stringContaining('invalid write time'),
    record: line(4, {}, 9e15),
  });
});

test('answers that are lost, and servers that are busy, lose and repeat nothing', async () => {
  const seen = new Set<string>();
  const reached = { lost: 0, cut: 0, busy: 0, none: 0 };
  server.interfere = (body) => {
    const fault = seen.has(body)
      ? 'none'
      : ((['none', 'lost', 'cut', 'busy'] as const)[seen.size % 4] ?? 'none');
    seen.add(body);
    reached[fault]++;
    return fault;
  };
  const { code } = await importing(['--create', '--batch-documents', '2', '--parallel', '3'], lines(20));
  expect(code).toBe(0);
  const found = stored();
  expect(Object.keys(found)).toHaveLength(20);
  expect(Object.values(found).every(({ versions }) => versions === 1)).toBe(true);
  expect(Math.min(reached.lost, reached.cut, reached.busy)).toBeGreaterThan(0);
});

test('an interrupted import goes on where it stopped', async () => {
  writeFileSync(join(folder, 'x.jsonl'), lines(40));
  const args = ['x.jsonl', '--create', '--batch-documents', '4', '--parallel', '2', '--resume', 'x.state'];
  const interruption = new AbortController();
  server.interfere = (body) => {
    if (body.includes('"id":"15"')) interruption.abort();
    return 'none';
  };
  const first = await importing(args, undefined, interruption.signal);
  expect(first.code).toBe(130);
  const done = Object.keys(stored()).length;
  expect(done).toBeGreaterThan(0);
  expect(done).toBeLessThan(40);
  const second = await importing(args);
  expect(JSON.parse(second.out)).toMatchObject({ read: 40 - done, accepted: 40 - done });
  expect(Object.values(stored()).map(({ versions }) => versions)).toEqual(
    Array.from({ length: 40 }, () => 1),
  );
  expect(JSON.parse((await importing(args)).out)).toEqual({ alreadyComplete: true });
});

test('a dry run reads everything and sends nothing', async () => {
  const { code, out } = await importing(['--dry-run'], `${lines(3)}oops\n`);
  expect(code).toBe(2);
  expect(JSON.parse(out)).toMatchObject({ accepted: 3, rejected: 1, written: false });
  expect(server.bodies).toEqual([]);
});

test('without --create a missing collection is named', async () => {
  const { code, err } = await importing([], line(1));
  expect(code).toBe(2);
  expect(err).toContain("undefined collection 'c'");
});

test('a wrong secret ends it at once', async () => {
  const { code, err } = await importing(['--secret', 'wrong'], lines(100));
  expect(code).toBe(1);
  expect(err).toContain('unauthorized');
  expect(server.bodies.length).toBeLessThan(10);
});
