/**
 * `client.stream` over HTTP/2 and over HTTP/1.1; what streams do under load and crashes is in `tests/streams`.
 *   1. A document: start, versions with the fields that were asked for, rewritten history.
 *   2. `stream.document` gives the document first.
 *   3. Sets: what comes in and what goes out.
 *   4. What is no stream is the driver's exception, to the `error` handler.
 *   5. A stream ends when its key does.
 */
import { type RunningSkein, startSkein } from '@skein/testkit';
import { type Client, type Expr, errors, query as q, type values } from 'faunadb';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { closeDrivers, driver, newDatabase, PROTOCOLS } from './clients.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });
const until = { timeout: 20_000, interval: 5 };

let skein: RunningSkein;
beforeAll(async () => {
  skein = await startSkein();
});
afterAll(async () => {
  await closeDrivers();
  await skein?.stop();
});

type Document = values.Document<Record<string, unknown>>;
interface Told {
  readonly type: string;
  readonly txn: number;
  readonly event: Record<string, unknown>;
}

interface Subscribing {
  on(type: string, handler: (data: unknown, event: unknown) => void): Subscribing;
  start(): unknown;
  close(): void;
}

const TYPES = ['start', 'version', 'set', 'history_rewrite'];

/** Everything that a stream tells from now on; resolves with its first event. */
async function follow(
  stream: Subscribing,
  types: readonly string[] = TYPES,
): Promise<{ told: Told[]; failed: unknown[]; close(): void }> {
  const told: Told[] = [];
  const failed: unknown[] = [];
  for (const type of types) {
    stream.on(type, (data, event) => told.push((event ?? { type, event: data }) as Told));
  }
  stream.on('error', (error) => failed.push(error));
  stream.start();
  await vi.waitFor(() => expect(told.length + failed.length).toBeGreaterThan(0), until);
  return { told, failed, close: () => stream.close() };
}

describe.each(PROTOCOLS)('over %s', (over) => {
  let secret: string;
  let client: Client;
  const things = q.Collection('things');
  const document = (id: string): Expr => q.Ref(things, id);
  const streamOf = (of: Expr, options?: Parameters<Client['stream']>[1], by = client): Subscribing =>
    by.stream(of, options) as unknown as Subscribing;
  beforeAll(async () => {
    ({ secret } = await newDatabase(skein));
    client = driver(skein, { secret, over });
    await client.query(q.CreateCollection({ name: 'things', history_days: 10_000 }));
    await client.query(
      q.CreateIndex({
        name: 'by_kind',
        source: things,
        terms: [{ field: ['data', 'kind'] }],
        values: [{ field: ['data', 'n'] }],
      }),
    );
  });

  test('1: a document', async () => {
    const created = await client.query<Document>(q.Create(document('1'), { data: { n: 1 } }));
    const stream = await follow(streamOf(document('1'), { fields: ['action', 'document', 'diff', 'prev'] }));
    const updated = await client.query<Document>(q.Update(document('1'), { data: { n: 2, m: 0 } }));
    await client.query(q.Insert(document('1'), created.ts - 1000, 'create', { data: { n: 0 } }));
    await client.query(q.Delete(document('1')));
    await vi.waitFor(() => expect(stream.told.at(-1)?.event['action']).toBe('delete'), until);
    const [start, version, ...rewrites] = stream.told as [Told, Told, ...Told[]];
    const end = rewrites.pop();
    expect(start).toEqual({ type: 'start', txn: start.txn, event: start.txn });
    expect(version).toEqual({
      type: 'version',
      txn: updated.ts,
      event: {
        action: 'update',
        document: updated,
        diff: { ref: updated.ref, ts: updated.ts, data: { n: 2, m: 0 } },
        prev: created,
      },
    });
    expect(Object.keys(version.event)).toEqual(['action', 'document', 'diff', 'prev']);
    // The latest first: the version that is no beginning any more, then the one that was put before it.
    expect(rewrites.map(({ type, event }) => [type, event['action']])).toEqual([
      ['history_rewrite', 'update'],
      ['history_rewrite', 'create'],
    ]);
    expect(end).toMatchObject({ type: 'version', event: { action: 'delete', prev: updated } });
    stream.close();
  });

  test('2: a document, itself first', async () => {
    const created = await client.query<Document>(q.Create(document('2'), { data: { n: 1 } }));
    const stream = await follow(client.stream.document(created.ref) as unknown as Subscribing, [
      ...TYPES,
      'snapshot',
    ]);
    await vi.waitFor(() => expect(stream.told.map(({ type }) => type)).toContain('snapshot'), until);
    const snapshot = stream.told.find(({ type }) => type === 'snapshot');
    expect(snapshot?.event).toEqual(created);
    const updated = await client.query<Document>(q.Update(created.ref, { data: { n: 2 } }));
    await vi.waitFor(
      () => expect(stream.told.at(-1)?.event).toEqual({ action: 'update', document: updated }),
      until,
    );
    stream.close();
  });

  test('3: sets', async () => {
    const matching = await follow(
      streamOf(q.Match(q.Index('by_kind'), 'a'), { fields: ['action', 'document', 'index'] }),
    );
    const all = await follow(streamOf(q.Documents(things)));
    const created = await client.query<Document>(q.Create(document('3'), { data: { kind: 'a', n: 1 } }));
    const updated = await client.query<Document>(q.Update(document('3'), { data: { kind: 'b' } }));
    await client.query(q.Delete(document('3')));
    await vi.waitFor(() => expect([matching.told.length, all.told.length]).toEqual([3, 3]), until);
    const index = { ref: await client.query(q.Index('by_kind')), terms: ['a'], values: [1] };
    expect(matching.told.slice(1)).toMatchObject([
      { type: 'set', txn: created.ts, event: { action: 'add', document: { ref: created.ref }, index } },
      { type: 'set', txn: updated.ts, event: { action: 'remove', document: { ref: created.ref }, index } },
    ]);
    expect(all.told.slice(1).map(({ event }) => event['action'])).toEqual(['add', 'remove']);
    matching.close();
    all.close();
  });

  test('4: no streams', async () => {
    for (const [expression, code] of [
      [q.Add(1, 1), 'invalid argument'],
      [q.Ref(q.Collection('nothing'), '1'), 'invalid ref'],
      [q.Create(things, {}), 'invalid expression'],
    ] as const) {
      const { failed } = await follow(streamOf(expression));
      expect(failed).toHaveLength(1);
      expect(failed[0]).toBeInstanceOf(errors.BadRequest);
      expect((failed[0] as Error).message).toBe(code);
    }
    const nobody = driver(skein, { secret: 'wrong', over });
    const { failed } = await follow(streamOf(q.Documents(things), undefined, nobody));
    expect(failed[0]).toBeInstanceOf(errors.Unauthorized);
  });

  test('5: a key that is gone', async () => {
    const key = await client.query<{ ref: values.Ref; secret: string }>(q.CreateKey({ role: 'server' }));
    const reader = driver(skein, { secret: key.secret, over });
    const stream = await follow(streamOf(q.Documents(things), undefined, reader));
    await client.query(q.Delete(key.ref));
    await client.query(q.Create(things, {}));
    await vi.waitFor(() => expect(stream.failed).not.toEqual([]), until);
    // The driver adds an error of its own when the server closes.
    expect(stream.failed[0]).toMatchObject({
      code: 'permission denied',
      description: 'Authorization lost during stream evaluation.',
    });
  });
});
