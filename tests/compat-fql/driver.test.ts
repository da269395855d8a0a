/**
 * The official `faunadb` driver, unmodified, against a real server, over HTTP/2 and over HTTP/1.1:
 *   1. Values of every type arrive as the driver's own, and go back as they came.
 *   2. Each failure is the driver's exception for it, with codes, positions, failures and causes.
 *   3. Refs name what they should, also across databases.
 *   4. The page helper walks sets forward and backward, maps and filters.
 *   5. Metrics, times of transactions, traces, tags and observers.
 *   6. Timeouts and aborts.
 *   7. Ping, endpoint and closing.
 */
import { type RunningSkein, startSkein } from '@skein/testkit';
import { type Client, Expr, errors, query as q, type RequestResult, values } from 'faunadb';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { closeDrivers, driver, failure, newDatabase, PROTOCOLS, timed } from './clients.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

let skein: RunningSkein;
beforeAll(async () => {
  skein = await startSkein();
});
afterAll(async () => {
  await closeDrivers();
  await skein?.stop();
});

type Document = values.Document<Record<string, unknown>>;
interface Page {
  readonly data: unknown[];
  readonly before?: unknown[];
  readonly after?: unknown[];
}

describe.each(PROTOCOLS)('over %s', (over) => {
  let name: string;
  let secret: string;
  let client: Client;
  let widgets: values.Ref;
  let document: Document;
  beforeAll(async () => {
    ({ name, secret } = await newDatabase(skein));
    client = driver(skein, { secret, over });
    const { ref } = await client.query<Document>(q.CreateCollection({ name: 'widgets' }));
    widgets = ref;
    await client.query(q.CreateIndex({ name: 'all_widgets', source: widgets }));
    await client.query(
      q.CreateIndex({
        name: 'widgets_by_n',
        source: widgets,
        values: [{ field: ['data', 'n'] }, { field: ['ref'] }],
      }),
    );
    document = await client.query<Document>(
      q.Create(q.Ref(q.Collection('widgets'), '7'), { data: { n: -1, name: 'Lava lamp' } }),
    );
  });

  describe('1: values', () => {
    test('of JSON come back as they went, keys in their order', async () => {
      const value = {
        z: 1,
        a: [true, false, null, 'ä 𐐀 \u0000', 1.5, -7, [], {}],
        nested: { deep: { deeper: [{}] } },
      };
      const answer = await client.query(value);
      expect(answer).toEqual(value);
      expect(JSON.stringify(answer)).toBe(JSON.stringify(value));
      for (const scalar of [true, 'text', '', 0, 1.25, 9007199254740991]) {
        expect(await client.query(scalar)).toBe(scalar);
      }
    });

    test('of its own types arrive as objects of its classes', async () => {
      const answer = await client.query<Record<string, values.Value>>({
        ref: q.Ref(q.Collection('widgets'), '7'),
        set: q.Match(q.Index('all_widgets')),
        time: q.Time('1970-01-01T00:00:00.123456789Z'),
        date: q.Date('2001-02-03'),
        bytes: q.Bytes(new Uint8Array([1, 2, 3])),
        lambda: q.Query(q.Lambda('x', q.Add(q.Var('x'), 1))),
      });
      expect(answer['ref']).toBeInstanceOf(values.Ref);
      expect(answer['set']).toBeInstanceOf(values.SetRef);
      expect(answer['time']).toEqual(new values.FaunaTime('1970-01-01T00:00:00.123456789Z'));
      expect(answer['date']).toEqual(new values.FaunaDate('2001-02-03'));
      expect((answer['date'] as values.FaunaDate).date.getTime()).toBe(Date.UTC(2001, 1, 3));
      expect(answer['bytes']).toEqual(new values.Bytes('AQID'));
      expect(answer['lambda']).toBeInstanceOf(values.Query);
      expect(JSON.parse(JSON.stringify(answer['lambda']))).toEqual({
        '@query': { api_version: '4', lambda: 'x', expr: { add: [{ var: 'x' }, 1] } },
      });
    });

    test('that were answered can be sent again, and are equal to themselves', async () => {
      const first = await client.query<Record<string, values.Value>>({
        ref: q.Ref(q.Collection('widgets'), '7'),
        set: q.Union(q.Match(q.Index('all_widgets')), q.Documents(q.Collection('widgets'))),
        time: q.Now(),
        date: q.Date('1970-01-01'),
        bytes: q.Bytes('AQID'),
        lambda: q.Query(q.Lambda(['x', '_'], q.Var('x'))),
        object: { '@tagged': 1 },
      });
      const again = await client.query<Record<string, unknown>>(first);
      expect(JSON.stringify(again)).toBe(JSON.stringify(first));
      expect(await client.query(q.Equals(first['ref']!, document.ref))).toBe(true);
    });

    test('with names like tags are told from tagged values', async () => {
      const value = { '@name': 'no tag', plain: { '@deep': [{ '@deeper': 1 }] } };
      expect(await client.query(value)).toEqual(value);
    });

    test('of JavaScript: typed arrays become bytes, undefined fields are left out, dates are wrapped', async () => {
      const date = new Date('2020-02-29T12:34:56.789Z');
      const [time, bytes] = await client.query<[values.FaunaTime, values.Bytes]>([
        new values.FaunaTime(date),
        new Uint8Array([255, 0]),
      ]);
      expect(time.date).toEqual(date);
      expect(bytes).toEqual(new values.Bytes(new Uint8Array([255, 0])));
      expect(await client.query({ kept: 1, dropped: undefined })).toEqual({ kept: 1 });
    });

    test('that are doubles stay doubles, longs stay longs', async () => {
      expect(await client.query(q.ToString(q.ToDouble(10)))).toBe('10.0');
      expect(await client.query(q.Divide(1, 2))).toBe(0);
      expect(await client.query(q.Divide(1, 2.5))).toBe(0.4);
      expect(await client.query(q.ToString(q.Add(9007199254740991, 9007199254740991)))).toBe(
        '18014398509481982',
      );
    });

    test('that are documents hold ref, ts and data; created ones are told by 201', async () => {
      const seen: RequestResult[] = [];
      const created = await client.query<Document>(
        q.Create(q.Collection('widgets'), {
          data: { n: 100, tags: ['a'], at: q.Time('2020-01-01T00:00:00Z') },
        }),
        { observer: (result) => void seen.push(result as RequestResult) },
      );
      expect(Object.keys(created)).toEqual(['ref', 'ts', 'data']);
      expect(created.ref.id).toMatch(/^\d{18,}$/);
      expect(created.ref.collection).toEqual(widgets);
      expect(created.data).toEqual({ n: 100, tags: ['a'], at: new values.FaunaTime('2020-01-01T00:00:00Z') });
      expect(seen[0]?.statusCode).toBe(201);
      expect(await client.query(q.Get(created.ref))).toEqual(created);
      expect(await client.query(q.Delete(created.ref))).toEqual(created);
    });
  });

  describe('2: errors', () => {
    test('400 is BadRequest; it tells code, description and position', async () => {
      const error = await failure(client.query(q.Add(1, 'two')));
      expect(error).toBeInstanceOf(errors.BadRequest);
      expect(error).toBeInstanceOf(errors.FaunaHTTPError);
      expect(error).toMatchObject({ name: 'BadRequest', message: 'invalid argument' });
      expect(error.description).toBe('Number expected, String provided.');
      expect(error.errors()).toEqual([
        { position: ['add', 1], code: 'invalid argument', description: 'Number expected, String provided.' },
      ]);
      expect(error.requestResult).toMatchObject({ statusCode: 400, method: 'POST', path: '' });
    });

    test('several mistakes are told at once', async () => {
      const error = await failure(client.query([q.Add(1, 'two'), 3, q.Concat([4, true]), q.Var('none')]));
      expect(error.errors().map(({ code, position }) => [code, position])).toEqual([
        ['invalid expression', [3]],
      ]);
      const evaluated = await failure(client.query([q.Add(1, 'two'), 3, { a: q.Not(4) }]));
      expect(evaluated.errors().map(({ position }) => position)).toEqual([
        [0, 'add', 1],
        [2, 'object', 'a', 'not'],
      ]);
    });

    test('an unknown function is an invalid expression', async () => {
      const error = await failure(client.query(new Expr({ foo: 'bar', baz: 1 })));
      expect(error).toBeInstanceOf(errors.BadRequest);
      expect(error.errors()).toEqual([
        {
          position: [],
          code: 'invalid expression',
          description: 'No form/function found, or invalid argument keys: { foo, baz }.',
        },
      ]);
    });

    test('401 is Unauthorized, for a wrong secret and for a deleted key', async () => {
      const wrong = await failure(client.query(q.Now(), { secret: 'wrong' }));
      expect(wrong).toBeInstanceOf(errors.Unauthorized);
      expect(wrong).toMatchObject({ name: 'Unauthorized', description: 'Unauthorized' });
      const key = await client.query<{ ref: values.Ref; secret: string }>(q.CreateKey({ role: 'server' }));
      expect(await client.query(q.Add(1, 1), { secret: key.secret })).toBe(2);
      await client.query(q.Delete(key.ref));
      expect(await failure(client.query(q.Now(), { secret: key.secret }))).toBeInstanceOf(
        errors.Unauthorized,
      );
    });

    test('403 is PermissionDenied', async () => {
      const key = await client.query<{ secret: string }>(q.CreateKey({ role: 'client' }));
      const error = await failure(client.query(q.Get(document.ref), { secret: key.secret }));
      expect(error).toBeInstanceOf(errors.PermissionDenied);
      expect(error.errors()).toEqual([
        {
          position: [],
          code: 'permission denied',
          description: 'Insufficient privileges to perform the action.',
        },
      ]);
    });

    test('404 is NotFound, for a document and for a value', async () => {
      const missing = await failure(client.query(q.Get(q.Ref(q.Collection('widgets'), '8'))));
      expect(missing).toBeInstanceOf(errors.NotFound);
      expect(missing.errors()).toEqual([
        { position: [], code: 'instance not found', description: 'Document not found.' },
      ]);
      const path = await failure(client.query(q.Select(['data', 'none'], q.Get(document.ref))));
      expect(path).toBeInstanceOf(errors.NotFound);
      expect(path.message).toBe('value not found');
    });

    test('a failed validation tells the fields', async () => {
      const error = await failure(client.query(q.CreateCollection({ name: 1, history_days: 'x' })));
      expect(error).toMatchObject({ name: 'BadRequest', message: 'validation failed' });
      const [{ failures }] = error.errors() as unknown as [{ failures: { field: string[]; code: string }[] }];
      expect(failures).toContainEqual(expect.objectContaining({ field: ['name'], code: 'invalid type' }));
      expect(failures).toContainEqual(
        expect.objectContaining({ field: ['history_days'], code: 'invalid type' }),
      );
    });

    test('an error inside a function tells its cause', async () => {
      await client.query(
        q.CreateFunction({ name: 'plus_one', body: q.Query(q.Lambda('x', q.Add(q.Var('x'), 1))) }),
      );
      expect(await client.query(q.Call('plus_one', 1))).toBe(2);
      const error = await failure(client.query(q.Call(q.Function('plus_one'), 'a')));
      expect(error).toMatchObject({ name: 'BadRequest', message: 'call error' });
      expect(error.errors()).toEqual([
        {
          position: [],
          code: 'call error',
          description: 'Calling the function resulted in an error.',
          cause: [
            {
              position: ['expr', 'add', 0],
              code: 'invalid argument',
              description: 'Number expected, String provided.',
            },
          ],
        },
      ]);
    });

    test('an abort undoes the transaction and tells its message', async () => {
      const ref = q.Ref(q.Collection('widgets'), '99');
      const error = await failure(client.query(q.Do(q.Create(ref, {}), q.Abort('changed my mind'))));
      expect(error).toMatchObject({ message: 'transaction aborted', description: 'changed my mind' });
      expect(await client.query(q.Exists(ref))).toBe(false);
    });

    test('413 is for a body that is too large', async () => {
      const error = await failure(client.query('x'.repeat(8 * 1024 * 1024)));
      expect(error).toBeInstanceOf(errors.FaunaHTTPError);
      expect(error.requestResult.statusCode).toBe(413);
    });

    test('a unique value that is there already', async () => {
      await client.query(
        q.CreateIndex({
          name: 'one_name',
          source: widgets,
          terms: [{ field: ['data', 'name'] }],
          unique: true,
        }),
      );
      const error = await failure(client.query(q.Create(widgets, { data: { name: 'Lava lamp' } })));
      expect(error).toMatchObject({ name: 'BadRequest', message: 'instance not unique' });
    });
  });

  describe('3: refs', () => {
    test('of schema and documents render and compare as documented', async () => {
      expect(await client.query(q.Ref('collections/widgets/7'))).toEqual(document.ref);
      expect(await client.query(q.Ref(widgets, 7))).toEqual(document.ref);
      expect(document.ref.inspect()).toBe('Ref(Collection("widgets"), "7")');
      expect(widgets).toEqual(new values.Ref('widgets', values.Native.COLLECTIONS));
      for (const [given, native] of [
        [q.Collections(), values.Native.COLLECTIONS],
        [q.Indexes(), values.Native.INDEXES],
        [q.Databases(), values.Native.DATABASES],
        [q.Functions(), values.Native.FUNCTIONS],
        [q.Roles(), values.Native.ROLES],
        [q.Keys(), values.Native.KEYS],
        [q.AccessProviders(), values.Native.ACCESS_PROVIDERS],
      ] as const) {
        expect(await client.query(given)).toEqual(native);
      }
    });

    test('of another database keep its name, and lead there', async () => {
      const inner = `inner-${over === 'HTTP/2' ? 2 : 1}`;
      await client.query(q.CreateDatabase({ name: inner }));
      const key = await client.query<{ secret: string }>(
        q.CreateKey({ database: q.Database(inner), role: 'admin' }),
      );
      const child = driver(skein, { secret: key.secret, over });
      await child.query(q.CreateCollection({ name: 'inside' }));
      const ref = await client.query<values.Ref>(q.Collection('inside', q.Database(inner)));
      expect(ref.database).toEqual(new values.Ref(inner, values.Native.DATABASES));
      const page = await client.query<Page>(q.Paginate(q.Collections(q.Database(inner))));
      expect(page.data).toEqual([ref]);
      expect(await client.query(q.Exists(q.Collection('inside')))).toBe(false);
    });

    test('new ids are text of digits, each another', async () => {
      const ids = await client.query<string[]>([q.NewId(), q.NewId(), q.NextId()]);
      expect(new Set(ids).size).toBe(3);
      for (const id of ids) expect(id).toMatch(/^\d{18,19}$/);
    });
  });

  describe('4: pages', () => {
    const count = 25;
    const index = q.Match(q.Index('numbers_by_n'));
    beforeAll(async () => {
      await client.query(q.CreateCollection({ name: 'numbers' }));
      await client.query(
        q.CreateIndex({
          name: 'numbers_by_n',
          source: q.Collection('numbers'),
          values: [{ field: ['data', 'n'] }, { field: ['ref'] }],
        }),
      );
      await client.query(
        q.Foreach(
          Array.from({ length: count }, (_, n) => n),
          q.Lambda('n', q.Create(q.Collection('numbers'), { data: { n: q.Var('n') } })),
        ),
      );
    });
    const numbers = (pages: unknown[][][]): unknown[] => pages.flat().map(([n]) => n);
    const upwards = Array.from({ length: count }, (_, n) => n);

    test('hold 64 by default; cursors lead through all', async () => {
      const first = await client.query<Page>(q.Paginate(index, { size: 10 }));
      expect(first.before).toBeUndefined();
      expect(first.after).toHaveLength(3);
      const second = await client.query<Page>(q.Paginate(index, { size: 10, after: first.after }));
      expect(second.before).toEqual(first.after);
      expect(numbers([second.data as unknown[][]])).toEqual(upwards.slice(10, 20));
      const back = await client.query<Page>(q.Paginate(index, { size: 10, before: second.before }));
      expect(back.data).toEqual(first.data);
      expect((await client.query<Page>(q.Paginate(index))).data).toHaveLength(count);
    });

    test('each and eachReverse go through every entry once', async () => {
      const pages: unknown[][][] = [];
      await client.paginate(index, { size: 4 }).each((page) => void pages.push(page as unknown[][]));
      expect(numbers(pages)).toEqual(upwards);
      expect(pages.map(({ length }) => length)).toEqual([4, 4, 4, 4, 4, 4, 1]);
      const reversed: unknown[][][] = [];
      await client
        .paginate(index, { size: 4 })
        .eachReverse((page) => void reversed.push(page as unknown[][]));
      expect(numbers(reversed.reverse())).toEqual(upwards);
    });

    test('nextPage and previousPage turn the leaves', async () => {
      const helper = client.paginate(index, { size: 10 });
      expect(numbers([(await helper.nextPage()) as unknown[][]])).toEqual(upwards.slice(0, 10));
      expect(numbers([(await helper.nextPage()) as unknown[][]])).toEqual(upwards.slice(10, 20));
      expect(numbers([(await helper.previousPage()) as unknown[][]])).toEqual(upwards.slice(0, 10));
      const last = client.paginate(index, { size: 10 });
      expect(numbers([(await last.previousPage()) as unknown[][]])).toEqual(upwards.slice(15));
    });

    test('map and filter run in the server; params and cursors pass', async () => {
      const found: unknown[] = [];
      await client
        .paginate(index, { size: 10, after: [20] })
        .filter((n: Expr, _ref: Expr) => q.Equals(q.Modulo(n, 2), 0))
        .map((n: Expr, _ref: Expr) => q.Multiply(n, 10))
        .each((page) => void found.push(...(page as unknown[])));
      expect(found).toEqual([200, 220, 240]);
      const sources = await client.query<Page>(q.Paginate(index, { size: 1, sources: true }));
      expect(sources.data[0]).toMatchObject({ value: [0, {}], sources: [expect.any(values.SetRef)] });
    });

    test('of events tell what was done when; of earlier moments, what was there', async () => {
      const ref = q.Ref(q.Collection('numbers'), '5');
      await client.query(q.Update(q.Collection('numbers'), { history_days: 1 }));
      const created = await client.query<Document>(q.Create(ref, { data: { n: 500 } }));
      const updated = await client.query<Document>(q.Update(ref, { data: { n: 501 } }));
      await client.query(q.Delete(ref));
      const events = await client.query<Page>(q.Paginate(q.Events(ref)));
      expect(events.data).toMatchObject([
        { ts: created.ts, action: 'create', document: created.ref, data: { n: 500 } },
        { ts: updated.ts, action: 'update', data: { n: 501 } },
        { action: 'delete', data: null },
      ]);
      expect(await client.query<Page>(q.Paginate(ref, { events: true }))).toEqual(events);
      expect(await client.query(q.At(created.ts, q.Get(ref)))).toEqual(created);
      const then = await client.query<Page>(q.Paginate(index, { ts: created.ts, after: [500] }));
      expect(then.data).toEqual([[500, created.ref]]);
    });
  });

  describe('5: metrics, times, traces', () => {
    test('queryWithMetrics gives numbers beside the value', async () => {
      const { value, metrics } = await client.queryWithMetrics<Document>(q.Get(document.ref));
      expect(value).toEqual(document);
      for (const name of [
        'x-compute-ops',
        'x-byte-read-ops',
        'x-byte-write-ops',
        'x-query-time',
        'x-txn-retries',
      ] as const) {
        expect(metrics[name]).toBeTypeOf('number');
      }
      expect(metrics['x-byte-read-ops']).toBeGreaterThan(0);
      expect(metrics['x-byte-write-ops']).toBe(0);
      const written = await client.queryWithMetrics(q.Update(document.ref, { data: { n: -2 } }));
      expect(written.metrics['x-byte-write-ops']).toBeGreaterThan(0);
    });

    test('the last transaction time goes up, is the ts of what was written, and makes writes of others visible', async () => {
      const writer = driver(skein, { secret, over });
      const reader = driver(skein, { secret, over });
      expect(timed(writer).getLastTxnTime()).toBeNull();
      let latest = 0;
      for (let n = 0; n < 20; n++) {
        const { ref, ts } = await writer.query<Document>(q.Create(widgets, { data: { n } }));
        expect(ts).toBe(timed(writer).getLastTxnTime());
        expect(ts).toBeGreaterThan(latest);
        latest = ts;
        timed(reader).syncLastTxnTime(ts);
        expect(await reader.query(q.Exists(ref))).toBe(true);
      }
    });

    test('all documents of a transaction have its ts, and Now is that ts', async () => {
      const [a, b, now] = await client.query<[number, number, number]>([
        q.Select('ts', q.Create(widgets, {})),
        q.Select('ts', q.Create(widgets, {})),
        q.ToMicros(q.Now()),
      ]);
      expect([b, now]).toEqual([a, a]);
      expect(timed(client).getLastTxnTime()).toBe(a);
    });

    test('traces and tags come back, wrong ones are refused by the driver or by the server', async () => {
      const seen: RequestResult[] = [];
      const observed = driver(skein, {
        secret,
        over,
        observer: (result) => void seen.push(result as RequestResult),
      });
      const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
      await observed.query(q.Now(), { traceparent, tags: { first: 'a', second: 'b' } });
      const headers = (seen[0] as unknown as { responseHeaders: Record<string, string> }).responseHeaders;
      expect(headers['traceparent']).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[\da-f]{16}-01$/);
      expect(headers['x-fauna-tags']).toBe('second=b,first=a');
      const error = await failure(observed.query(q.Now(), { tags: { first: 'x'.repeat(81) } }));
      expect(error).toBeInstanceOf(errors.BadRequest);
      expect(error.description).toContain('invalid value');
    });

    test('an observer sees what was sent and answered', async () => {
      const seen: RequestResult[] = [];
      const observed = driver(skein, {
        secret,
        over,
        observer: (result) => void seen.push(result as RequestResult),
      });
      await observed.query(q.Add(1, 2));
      await failure(observed.query(q.Add('x', 2)));
      expect(seen.map(({ statusCode }) => statusCode)).toEqual([200, 400]);
      expect(seen[0]).toMatchObject({
        method: 'POST',
        responseContent: { resource: 3 },
        responseRaw: '{"resource":3}',
      });
      expect(seen[0]?.timeTaken).toBeGreaterThanOrEqual(0);
    });
  });

  describe('6: time limits', () => {
    const forever = q.Reduce(
      q.Lambda(['sum', 'n'], q.Add(q.Var('sum'), q.Count(q.Documents(widgetsExpression())))),
      0,
      Array.from({ length: 50_000 }, (_, n) => n),
    );

    test('an aborted query fails with an abort, and the client goes on', async () => {
      const controller = new AbortController();
      const asked = client.query(forever, { signal: controller.signal });
      controller.abort();
      expect(await failure(asked)).toMatchObject({ isAbortError: true });
      expect(await client.query(q.Add(1, 1))).toBe(2);
    });

    test('a query that cannot be answered in its time is unavailable, by the server and by the driver', async () => {
      const ahead = driver(skein, { secret, over });
      timed(ahead).syncLastTxnTime(Date.now() * 1000 + 3_600_000_000);
      const error = await failure(ahead.query(q.Now(), { queryTimeout: 100 }));
      expect(error).toBeInstanceOf(errors.UnavailableError);
      expect(error.requestResult.statusCode).toBe(503);
      expect(error.message).toBe('time out');
      const impatient = driver(skein, { secret, over, timeout: 1 });
      timed(impatient).syncLastTxnTime(Date.now() * 1000 + 3_600_000_000);
      expect(await failure(impatient.query(q.Now(), { queryTimeout: 20_000 }))).toMatchObject({
        message: expect.stringMatching(/timeout|timed out|aborted/i) as string,
      });
      expect(await client.query(q.Add(1, 1))).toBe(2);
    });

    test('a query timeout outside of the limits is refused', async () => {
      const error = await failure(client.query(q.Now(), { queryTimeout: 700_000 }));
      expect(error).toBeInstanceOf(errors.BadRequest);
      expect(await client.query(q.Add(1, 1), { queryTimeout: 10_000 })).toBe(2);
    });
  });

  describe('7: connections', () => {
    test('ping tells that it is there, with a secret and without', async () => {
      expect(await client.ping('all')).toBe('Scope all is OK');
      expect(await client.ping()).toBe('Scope write is OK');
      expect(await client.ping('node')).toBe('Scope node is OK');
      expect(await driver(skein, { secret: 'wrong', over }).ping('read')).toBe('Scope read is OK');
    });

    test('an endpoint as one address, headers of the application, no keep-alive', async () => {
      const endpoint = driver(skein, {
        secret,
        over,
        endpoint: skein.fqlUrl,
        headers: { 'X-Of-The-Application': 'yes' },
        keepAlive: false,
      });
      expect(await endpoint.query(q.Exists(document.ref))).toBe(true);
    });

    test('a secret may be scoped to a child database and a role', async () => {
      const scoped = `${skein.fqlSecret}:${name}:server-readonly`;
      expect(await client.query(q.Exists(document.ref), { secret: scoped })).toBe(true);
      const error = await failure(client.query(q.Delete(document.ref), { secret: scoped }));
      expect(error).toBeInstanceOf(errors.PermissionDenied);
    });

    test('a closed client refuses, many sessions at once do not disturb', async () => {
      const many = Array.from({ length: 20 }, () => driver(skein, { secret, over }));
      expect(await Promise.all(many.map((one, at) => one.query(q.Add(at, 1))))).toEqual(
        many.map((_, at) => at + 1),
      );
      await Promise.all(many.map((one) => one.close()));
      if (over === 'HTTP/2') await expect(many[0]?.query(1)).rejects.toBeInstanceOf(errors.ClientClosed);
      expect(await client.query(1)).toBe(1);
    });
  });
});

function widgetsExpression(): Expr {
  return q.Collection('widgets');
}
