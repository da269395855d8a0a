/** `skein database dump` and `load`: what is loaded, dumped again, is what was dumped. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import faunadb from 'faunadb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MemoryFqlServer } from '../testing/memory-fql-server.ts';
import { type Run, runCommand } from '../testing/run-command.ts';

const q = faunadb.query;
let folder: string;
let source: MemoryFqlServer;
let target: MemoryFqlServer;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'skein-database-'));
  source = await MemoryFqlServer.start();
  target = await MemoryFqlServer.start();
  // What is loaded is of the past.
  target.database.advance(3_600_000_000);
});
afterEach(async () => {
  await Promise.all([source.stop(), target.stop()]);
  rmSync(folder, { recursive: true });
});

const skein = (args: readonly string[], server: MemoryFqlServer): Promise<Run> =>
  runCommand(args, { cwd: folder, env: server.env });

/** A dump without what differs in every database: when it was taken, and when its schema was made. */
async function dumpOf(server: MemoryFqlServer, file: string, ...flags: string[]): Promise<string[]> {
  const { code, err } = await skein(['database', 'dump', file, '--quiet', ...flags], server);
  expect(err).toBe('');
  expect(code).toBe(0);
  const lines = readFileSync(join(folder, file), 'utf8').trim().split('\n');
  return lines.map((line) => (/^\{"(skein|schema)/.test(line) ? line.replace(/"ts":\d+/, '') : line));
}

function fill(): void {
  const { database } = source;
  for (const expression of [
    q.CreateCollection({ name: 'people', history_days: 30 }),
    q.CreateCollection({ name: 'pets', history_days: null, data: { note: 'x' } }),
    q.CreateFunction({ name: 'older', body: q.Query(q.Lambda('x', q.Add(q.Var('x'), 1))) }),
    q.CreateIndex({
      name: 'by_name',
      source: q.Collection('people'),
      terms: [{ field: ['data', 'name'] }],
      unique: true,
    }),
    q.CreateIndex({
      name: 'sorted',
      source: {
        collection: q.Collection('people'),
        fields: { upper: q.Query(q.Lambda('d', q.UpperCase(q.Select(['data', 'name'], q.Var('d'), '')))) },
      },
      values: [{ binding: 'upper' }, { field: ['ts'], reverse: true }, { field: ['ref'] }],
    }),
    q.CreateRole({
      name: 'reader',
      privileges: [
        { resource: q.Collection('people'), actions: { read: q.Query(q.Lambda('ref', true)) } },
        { resource: q.Function('older'), actions: { call: true } },
      ],
      membership: [{ resource: q.Collection('people') }],
    }),
    // The role names the function, and the function the role.
    q.Update(q.Function('older'), { role: q.Role('reader') }),
    q.CreateAccessProvider({
      name: 'ap',
      issuer: 'https://a.example/',
      jwks_uri: 'https://a.example/keys',
      roles: [q.Role('reader')],
    }),
    q.Create(q.Ref(q.Collection('people'), '9007199254740993'), {
      data: {
        name: 'Ada',
        pet: q.Ref(q.Collection('pets'), 1),
        t: q.Time('2020-01-01T00:00:00.123456789Z'),
        d: q.ToDouble(1),
        f: q.Query(q.Lambda('x', q.Var('x'))),
      },
      ttl: q.Time('2099-01-01T00:00:00Z'),
    }),
    q.Create(q.Ref(q.Collection('pets'), 1), { data: { name: 'Rex', owner: { id: '1', coll: 'people' } } }),
  ]) {
    database.value(expression);
  }
}

test('schema and documents of an empty target are those of the source: refs, times, indexes, functions, roles', async () => {
  fill();
  const dumped = await dumpOf(source, 'a.jsonl');
  expect(dumped.filter((line) => line.startsWith('{"schema"'))).toHaveLength(7);
  const loaded = await skein(['database', 'load', 'a.jsonl'], target);
  expect(loaded).toMatchObject({ code: 0, err: expect.stringContaining('7 documents made') });
  const audience = /"audience":"[^"]*"/;
  const plain = (lines: string[]): string[] => lines.map((line) => line.replace(audience, ''));
  expect(plain(await dumpOf(target, 'b.jsonl'))).toEqual(plain(dumped));
  // Indexes work, and so does the function with its role.
  expect(target.database.value(q.Get(q.Match(q.Index('by_name'), 'Ada')))['ts']).toBe(
    source.database.value(q.Get(q.Match(q.Index('by_name'), 'Ada')))['ts'],
  );
  expect(target.database.value(q.Paginate(q.Match(q.Index('sorted'))))['data']).toEqual(
    source.database.value(q.Paginate(q.Match(q.Index('sorted'))))['data'],
  );
  expect(target.database.value(q.Call('older', 1))).toBe(2);
});

test('loading again makes nothing twice', async () => {
  fill();
  await dumpOf(source, 'a.jsonl');
  await skein(['database', 'load', 'a.jsonl'], target);
  const once = await dumpOf(target, 'b.jsonl', '--history');
  const again = await skein(['database', 'load', 'a.jsonl'], target);
  expect(again).toMatchObject({ code: 0, err: expect.stringContaining('7 were there') });
  expect(await dumpOf(target, 'c.jsonl', '--history')).toEqual(once);
});

test('a load that is interrupted anywhere is made whole by another', async () => {
  fill();
  const dumped = await dumpOf(source, 'a.jsonl');
  await skein(['database', 'load', 'a.jsonl'], target);
  const requests = target.bodies.length;
  const plain = (lines: string[]): string[] => lines.map((line) => line.replace(/"audience":"[^"]*"/, ''));
  for (let stop = 0; stop < requests; stop++) {
    const other = await MemoryFqlServer.start();
    try {
      other.database.advance(3_600_000_000);
      other.interfere = (_, ordinal) => (ordinal === stop ? 'stopped' : 'none');
      expect((await skein(['database', 'load', 'a.jsonl'], other)).code).toBe(1);
      other.interfere = () => 'none';
      expect((await skein(['database', 'load', 'a.jsonl'], other)).code).toBe(0);
      expect(plain(await dumpOf(other, 'b.jsonl'))).toEqual(plain(dumped));
    } finally {
      await other.stop();
    }
  }
});

test('aggregations are declared again, with the functions that belong to them', async () => {
  const declared = {
    name: 'usage',
    source: 'events',
    key: ['data', 'user'],
    measures: { bytes: { sum: ['data', 'bytes'] }, uploads: { count: true } },
    schedule: { onDemand: true },
    writeBack: { collection: 'users', field: ['data', 'usage'] },
  };
  const utf8 = new TextEncoder();
  const run = (expression: unknown): unknown => source.database.value(expression);
  for (const name of ['events', 'users']) run(q.CreateCollection({ name }));
  const declare = `{"create_aggregation":${JSON.stringify(JSON.parse(JSON.stringify(q.Object(declared))))}}`;
  expect(source.database.query(utf8.encode(declare))).toMatchObject({ status: 200 });
  run(q.Create(q.Collection('events'), { data: { user: 'ann', bytes: 5 } }));
  const dumped = await dumpOf(source, 'a.jsonl');
  expect(dumped.filter((line) => line.startsWith('{"aggregation"'))).toEqual([
    JSON.stringify({ aggregation: declared }),
  ]);
  for (let times = 0; times < 2; times++) {
    const loaded = await skein(['database', 'load', 'a.jsonl', '--quiet'], target);
    expect(loaded).toMatchObject({ code: 0, err: '' });
  }
  expect(await dumpOf(target, 'b.jsonl')).toEqual(dumped);
  expect(target.database.value(q.Call('usage_latest', 'ann'))).toMatchObject({ key: 'ann' });
});

test('a child database is dumped and loaded by its name; its siblings are named as missing', async () => {
  source.database.value(q.CreateDatabase({ name: 'child' }));
  const whole = await skein(['database', 'dump', 'a.jsonl', '--quiet'], source);
  expect(whole.err).toContain('child databases child');
  expect(
    (await skein(['fql', '-e', "CreateCollection({ name: 'inner' })", '--database', 'child'], source)).code,
  ).toBe(0);
  await skein(['database', 'dump', 'child.jsonl', '--quiet', '--database', 'child'], source);
  expect((await skein(['database', 'load', 'child.jsonl'], target)).code).toBe(0);
  expect(target.database.value(q.Exists(q.Collection('inner')))).toBe(true);
  expect(source.database.value(q.Exists(q.Collection('inner')))).toBe(false);
});

test('a dump that was cut off, and a file that is none, are told', async () => {
  fill();
  await dumpOf(source, 'a.jsonl');
  const lines = readFileSync(join(folder, 'a.jsonl'), 'utf8').split('\n');
  writeFileSync(join(folder, 'cut.jsonl'), lines.slice(0, -2).join('\n'));
  expect(await skein(['database', 'load', 'cut.jsonl'], target)).toMatchObject({
    code: 1,
    err: expect.stringContaining('ends too early'),
  });
  writeFileSync(join(folder, 'other.jsonl'), lines.slice(9).join('\n'));
  expect(await skein(['database', 'load', 'other.jsonl'], target)).toMatchObject({
    code: 4,
    err: expect.stringContaining('is no dump'),
  });
});

test('a database without anything is dumped and loaded, too', async () => {
  expect(await dumpOf(source, 'a.jsonl')).toHaveLength(2);
  expect((await skein(['database', 'load', 'a.jsonl'], target)).code).toBe(0);
});

test('what is written while a dump goes on is not in it', async () => {
  const run = (expression: unknown): unknown => source.database.value(expression);
  run(q.CreateCollection({ name: 'c' }));
  const add = (id: number): void => {
    run(q.Create(q.Ref(q.Collection('c'), id), { data: { at: 1 } }));
  };
  for (let id = 1; id <= 1_200; id++) add(id);
  let isFirst = true;
  source.interfere = (body) => {
    // Between pages: documents come, change and go.
    if (body.includes('"after"') && isFirst) {
      isFirst = false;
      add(5_000);
      run(q.Update(q.Ref(q.Collection('c'), 1_100), { data: { at: 2 } }));
      run(q.Delete(q.Ref(q.Collection('c'), 1_101)));
    }
    return 'none';
  };
  const dumped = await dumpOf(source, 'a.jsonl');
  expect(isFirst).toBe(false);
  const documents = dumped.slice(2, -1).map((line) => JSON.parse(line) as { data: { at: number } });
  expect(documents).toHaveLength(1_200);
  expect(documents.every(({ data }) => data.at === 1)).toBe(true);
});

test('a dump that takes longer than history is kept fails, and says what helps', async () => {
  const run = (expression: unknown): unknown => source.database.value(expression);
  run(q.CreateCollection({ name: 'c', history_days: 0 }));
  for (let id = 1; id <= 600; id++) run(q.Create(q.Ref(q.Collection('c'), id), {}));
  source.interfere = (body) => {
    if (body.includes('"after"')) source.database.advance(20 * 60_000_000);
    return 'none';
  };
  expect(await skein(['database', 'dump', 'a.jsonl', '--quiet'], source)).toMatchObject({
    code: 1,
    err: expect.stringContaining('Raise its history_days'),
  });
});

test('whatever a file holds, loading it ends in words', async () => {
  const pieces = fc.constantFrom(
    '{"skein":"database","version":1}',
    '{"skein":"database","version":2}',
    '{"schema":{"ref":{"@ref":{"id":"c","collection":{"@ref":{"id":"collections"}}}},"name":"c"}}',
    '{"schema":{"name":7}}',
    '{"schema":',
    '{"schema":{"ref":{"@ref":{"id":"x","collection":{"@ref":{"id":"roles"}}}},"name":"x","privileges":3}}',
    '{"aggregation":{"name":"a"}}',
    '{"aggregation":[]}',
    '{"ref":"classes/c/1","ts":1,"data":{}}',
    '{"end":{}}',
    'null',
  );
  const files = fc.array(fc.oneof(pieces, fc.string()), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(files, async (lines) => {
      writeFileSync(join(folder, 'any.jsonl'), lines.join('\n'));
      const { code, err } = await skein(['database', 'load', 'any.jsonl', '--quiet'], target);
      expect(err).not.toMatch(/TypeError|is not a function|undefined \(reading/);
      if (code !== 0) expect(err).not.toBe('');
    }),
  );
});

/** Whatever happened to a few documents: created, changed, deleted, with a unique value that moves between them. */
const steps = fc.array(
  fc.record({
    id: fc.integer({ min: 1, max: 4 }),
    kind: fc.constantFrom('set', 'merge', 'delete'),
    name: fc.constantFrom('x', 'y', null),
    data: fc.dictionary(
      fc.constantFrom('a', 'b'),
      fc.constantFrom(1, 'z', null, { c: 1 }, { c: null, d: [1] }),
      { maxKeys: 2 },
    ),
  }),
  { maxLength: 12 },
);

test('the history of all documents survives, of those that are gone too', async () => {
  let reached = 0;
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const [from, to] = [await MemoryFqlServer.start(), await MemoryFqlServer.start()];
      try {
        to.database.advance(3_600_000_000);
        const run = (expression: unknown): unknown => from.database.value(expression);
        run(q.CreateCollection({ name: 'c', history_days: null }));
        from.database.value(
          q.CreateIndex({
            name: 'i',
            source: q.Collection('c'),
            terms: [{ field: ['data', 'name'] }],
            unique: true,
          }),
        );
        for (const { id, kind, name, data } of all) {
          const ref = q.Ref(q.Collection('c'), id);
          const params = { data: { ...data, name } };
          // Some are refused, since another has the name: no matter.
          if (kind === 'delete') from.database.query(q.If(q.Exists(ref), q.Delete(ref), null));
          else if (kind === 'set')
            from.database.query(q.If(q.Exists(ref), q.Replace(ref, params), q.Create(ref, params)));
          else from.database.query(q.If(q.Exists(ref), q.Update(ref, params), q.Create(ref, params)));
        }
        const dumped = await dumpOf(from, 'a.jsonl', '--history');
        reached = Math.max(reached, dumped.filter((line) => line.includes('"action":"delete"')).length);
        const loaded = await skein(['database', 'load', 'a.jsonl', '--batch-documents', '2'], to);
        expect(loaded.code, loaded.err).toBe(0);
        expect(await dumpOf(to, 'b.jsonl', '--history')).toEqual(dumped);
        const events = q.Map([1, 2, 3, 4], (id) => q.Paginate(q.Events(q.Ref(q.Collection('c'), id))));
        // In any order of keys.
        expect(to.database.query(events).json).toEqual(from.database.query(events).json);
      } finally {
        await Promise.all([from.stop(), to.stop()]);
      }
    }),
    { numRuns: 25 },
  );
  expect(reached).toBeGreaterThan(0);
});
