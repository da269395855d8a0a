/**
 * Event streams of a real server, read by the driver:
 *   1. Documents, versions and sets: what is written is told, with the transaction times that the writer was given.
 *   2. What is no stream, and what writes, is refused as the driver expects.
 *   3. 1,000 streams: every change once, in order, in bounded memory; also when the builder is killed meanwhile.
 *   4. A client that does not read is ended, and keeps nobody else from reading.
 *   5. A reload ends streams with an error event, so that applications start them again.
 *   6. A killed query process breaks its streams: the driver tells, and a new stream goes on.
 */
import { readFileSync } from 'node:fs';
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import { type RunningSkein, startSkein } from '@skein/testkit';
import { Client, type ClientConfig, type Expr, errors, query as q } from 'faunadb';
import { afterEach, expect, test, vi } from 'vitest';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });
const until = { timeout: 100_000, interval: 20 };

let skein: RunningSkein | undefined;
const clients: Client[] = [];
const sessions: ClientHttp2Session[] = [];
afterEach(async () => {
  for (const session of sessions.splice(0)) session.destroy();
  for (const client of clients.splice(0)) await client.close({ force: true });
  await skein?.stop();
  skein = undefined;
});

interface Told {
  readonly type: string;
  readonly txn: number;
  readonly event: {
    readonly action: string;
    readonly document: {
      readonly ref: { readonly id: string };
      readonly ts: number;
      readonly data: { readonly n: number };
    };
  };
}

function driver({ fqlUrl, fqlSecret }: RunningSkein, observer?: ClientConfig['observer']): Client {
  const { hostname, port } = new URL(fqlUrl);
  const client = new Client({
    secret: fqlSecret,
    domain: hostname,
    port: Number(port),
    scheme: 'http',
    ...(observer === undefined ? {} : { observer }),
  });
  clients.push(client);
  return client;
}

/** What a stream of the driver tells, from its start on; `failed` holds what it reports as errors. */
async function follow(
  client: Client,
  subject: Expr,
  fields?: ('action' | 'document' | 'diff' | 'prev' | 'index')[],
): Promise<{ readonly told: Told[]; readonly failed: unknown[]; close(): void }> {
  const told: Told[] = [];
  const failed: unknown[] = [];
  const subscription = client.stream(subject, fields === undefined ? undefined : { fields });
  const tell = (_: unknown, event: unknown): void => void told.push(event as Told);
  await new Promise<void>((resolve) => {
    subscription
      .on('start', (_, event) => {
        tell(_, event);
        resolve();
      })
      .on('version', tell)
      .on('history_rewrite', tell as never)
      .on('set', tell as never)
      .on('error', (error) => {
        failed.push(error);
        resolve();
      })
      .start();
  });
  return { told, failed, close: () => subscription.close() };
}

function documentOf(id: number): Expr {
  return q.Ref(q.Collection('things'), String(id));
}

async function prepared(env: Readonly<Record<string, string>> = {}): Promise<Client> {
  skein = await startSkein({ env });
  const client = driver(skein);
  await client.query(q.CreateCollection({ name: 'things' }));
  await client.query(
    q.CreateIndex({ name: 'by_kind', source: q.Collection('things'), terms: [{ field: ['data', 'kind'] }] }),
  );
  return client;
}

test('1: what is written is told, with the times that the writer was given', async () => {
  const client = await prepared();
  const times: number[] = [];
  const other = driver(skein as RunningSkein, ({ responseHeaders }) => {
    times.push(Number(new Map(Object.entries(responseHeaders)).get('x-txn-time')));
  });
  const document = await follow(client, documentOf(1), ['action', 'document', 'diff', 'prev']);
  const set = await follow(client, q.Match(q.Index('by_kind'), 'a'), ['action', 'document', 'index']);
  const all = await follow(client, q.Documents(q.Collection('things')));
  for (const write of [
    q.Create(documentOf(1), { data: { kind: 'a', n: 1 } }),
    q.Update(documentOf(1), { data: { n: 2 } }),
    q.Update(documentOf(1), { data: { kind: 'b' } }),
    q.Delete(documentOf(1)),
  ]) {
    await other.query(write);
  }
  await vi.waitFor(() => expect(document.told).toHaveLength(5), until);
  await vi.waitFor(() => expect([set.told.length, all.told.length]).toEqual([3, 3]), until);
  expect(document.told.map(({ type }) => type)).toEqual([
    'start',
    'version',
    'version',
    'version',
    'version',
  ]);
  expect(document.told.slice(1).map(({ txn }) => txn)).toEqual(times);
  expect(document.told.slice(1).map(({ event }) => event.action)).toEqual([
    'create',
    'update',
    'update',
    'delete',
  ]);
  expect(document.told[2]?.event).toMatchObject({
    document: { ts: times[1], data: { kind: 'a', n: 2 } },
    diff: { data: { n: 2 } },
    prev: { ts: times[0], data: { kind: 'a', n: 1 } },
  });
  expect(set.told.slice(1).map(({ txn, event }) => [txn, event.action])).toEqual([
    [times[0], 'add'],
    [times[2], 'remove'],
  ]);
  expect(all.told.slice(1).map(({ txn, event }) => [txn, event.action])).toEqual([
    [times[0], 'add'],
    [times[3], 'remove'],
  ]);
  expect([document.failed, set.failed, all.failed]).toEqual([[], [], []]);
});

test('1: the document helper takes a snapshot, and goes on from it', async () => {
  const client = await prepared();
  await client.query(q.Create(documentOf(1), { data: { n: 0 } }));
  const seen: number[] = [];
  const stream = client.stream
    .document(documentOf(1))
    .on('snapshot', (snapshot) => {
      seen.push((snapshot as unknown as Told['event']['document']).data.n);
      void client.query(q.Update(documentOf(1), { data: { n: 1 } }));
    })
    .on('version', (event) => seen.push((event as unknown as Told['event']).document.data.n))
    .start();
  await vi.waitFor(() => expect(seen).toEqual([0, 1]), until);
  stream.close();
});

test('2: what is no stream, and what writes, is refused', async () => {
  const client = await prepared();
  for (const subject of ['text', q.Create(q.Collection('things'), {}), q.Collection('things')]) {
    const { failed } = await follow(client, subject as Expr);
    expect(failed).toHaveLength(1);
    expect(failed[0]).toBeInstanceOf(errors.BadRequest);
  }
});

/** Resident bytes of a process. */
function memoryOf(pid: number): number {
  const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
  return pages * 4096;
}

test('3: 1,000 streams are told every change once, in order, also when the builder is killed', async () => {
  const client = await prepared({ SKEIN_QUERY_PROCESSES: '1' });
  const server = skein as RunningSkein;
  const documentCount = 100;
  const kindCount = 20;
  const streamCount = 1_000;
  const queryPid = server.processes().query[0] ?? 0;
  const memoryBefore = memoryOf(queryPid);
  const readers = Array.from({ length: 10 }, () => driver(server));
  // Seven in ten follow a document, two a set of the index, one the collection.
  const subjects = Array.from({ length: streamCount }, (_, at) => {
    if (at % 10 < 7) return { kind: 'document', id: at % documentCount } as const;
    if (at % 10 < 9) return { kind: 'set', id: at % kindCount } as const;
    return { kind: 'all', id: 0 } as const;
  });
  const streams = await Promise.all(
    subjects.map(({ kind, id }, at) =>
      follow(
        readers[at % readers.length] as Client,
        kind === 'document'
          ? documentOf(id)
          : kind === 'set'
            ? q.Match(q.Index('by_kind'), id)
            : q.Documents(q.Collection('things')),
      ),
    ),
  );
  const roundCount = 12;
  const kindOf = (id: number, round: number): number => (id + round) % kindCount;
  for (let round = 0; round < roundCount; round++) {
    const writes = Array.from({ length: documentCount }, (_, id) => {
      const data = { n: round, kind: kindOf(id, round) };
      const write = round === 0 ? q.Create(documentOf(id), { data }) : q.Update(documentOf(id), { data });
      return client.query(write).catch((error: unknown) => {
        // A write whose answer was lost may or may not have happened: bring it about.
        if (!(error instanceof errors.FaunaHTTPError)) throw error;
        return client.query(
          q.If(
            q.Exists(documentOf(id)),
            q.Update(documentOf(id), { data }),
            q.Create(documentOf(id), { data }),
          ),
        );
      });
    });
    if (round === 4 || round === 8) {
      await Promise.any(writes);
      const [builder] = server.kill('builder');
      await vi.waitFor(() => expect([0, builder]).not.toContain(server.processes().builder), until);
    }
    await Promise.all(writes);
  }
  const expectedCounts = { document: roundCount, set: 2 * 5 * roundCount - 5, all: documentCount };
  await vi.waitFor(() => {
    for (const [at, { kind }] of subjects.entries()) {
      expect((streams[at]?.told.length ?? 0) - 1).toBeGreaterThanOrEqual(expectedCounts[kind]);
    }
  }, until);
  const memoryAfter = memoryOf(queryPid);
  expect(server.processes().query).toEqual([queryPid]);

  for (const [at, { kind, id }] of subjects.entries()) {
    const { told, failed } = streams[at] as (typeof streams)[number];
    expect(failed).toEqual([]);
    const events = told.slice(1);
    const names = events.map(({ txn, event }) => `${txn} ${event.document.ref.id} ${event.action}`);
    expect(new Set(names).size).toBe(names.length);
    expect(events.map(({ txn }) => txn)).toEqual(events.map(({ txn }) => txn).toSorted((a, b) => a - b));
    if (kind === 'document') {
      const values = events.map(({ event }) => event.document.data.n);
      // A write that was brought about a second time is told a second time.
      expect(values.filter((n, place) => n !== values[place - 1])).toEqual(
        Array.from({ length: roundCount }, (_, n) => n),
      );
    } else if (kind === 'all') {
      expect(events.map(({ event }) => Number(event.document.ref.id)).toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: documentCount }, (_, n) => n),
      );
    } else {
      const members = new Set<string>();
      for (const { event } of events) {
        const { id: member } = event.document.ref;
        expect(members.has(member)).toBe(event.action === 'remove');
        if (event.action === 'add') members.add(member);
        else members.delete(member);
      }
      const expected = Array.from({ length: documentCount }, (_, each) => each)
        .filter((each) => kindOf(each, roundCount - 1) === id)
        .map(String);
      expect([...members].toSorted()).toEqual(expected.toSorted());
    }
  }
  const grown = memoryAfter - memoryBefore;
  // 140 MiB on the machine that this was written on, most of it for the connections.
  expect(grown).toBeLessThan(300 * 2 ** 20);
});

function rawStream({ fqlUrl, fqlSecret }: RunningSkein, subject: Expr): ClientHttp2Stream {
  const session = connect(fqlUrl);
  session.on('error', () => undefined);
  sessions.push(session);
  const stream = session.request({
    ':method': 'POST',
    ':path': '/stream',
    authorization: `Bearer ${fqlSecret}`,
  });
  stream.on('error', () => undefined);
  stream.end(JSON.stringify(subject));
  return stream;
}

test('4: a client that does not read is ended, and keeps nobody else from reading', async () => {
  const client = await prepared({ SKEIN_QUERY_PROCESSES: '1' });
  const server = skein as RunningSkein;
  const [queryPid = 0] = server.processes().query;
  const slow = Array.from({ length: 20 }, () => rawStream(server, documentOf(1)));
  for (const stream of slow) stream.pause();
  await Promise.all(slow.map((stream) => new Promise((resolve) => stream.once('response', resolve))));
  const fast = await follow(client, documentOf(1));
  const text = 'x'.repeat(200_000);
  await client.query(q.Create(documentOf(1), { data: { n: 0, text } }));
  for (let n = 1; n < 60; n++) await client.query(q.Update(documentOf(1), { data: { n, text } }));
  await vi.waitFor(() => expect(fast.told).toHaveLength(61), until);
  expect(fast.told.slice(1).map(({ event }) => event.document.data.n)).toEqual(
    Array.from({ length: 60 }, (_, n) => n),
  );
  await vi.waitFor(() => expect(slow.every((stream) => stream.closed || stream.destroyed)).toBe(true), until);
  expect(fast.failed).toEqual([]);
  expect(server.processes().query).toEqual([queryPid]);
});

test('5: a reload ends streams with an error event', async () => {
  const client = await prepared();
  const server = skein as RunningSkein;
  const first = await follow(client, documentOf(1));
  await server.reload();
  await vi.waitFor(() => expect(first.failed.length).toBeGreaterThan(0), until);
  expect(first.failed[0]).toMatchObject({ code: 'unavailable' });
  const again = await follow(driver(server), documentOf(1));
  await client.query(q.Create(documentOf(1), { data: { n: 1 } }));
  await vi.waitFor(() => expect(again.told).toHaveLength(2), until);
});

test('6: a killed query process breaks its streams, which the driver tells; a new stream goes on', async () => {
  const client = await prepared({ SKEIN_QUERY_PROCESSES: '1' });
  const server = skein as RunningSkein;
  const first = await follow(driver(server), documentOf(1));
  await client.query(q.Create(documentOf(1), { data: { n: 0 } }));
  await vi.waitFor(() => expect(first.told).toHaveLength(2), until);
  const [killed] = server.kill('query');
  await vi.waitFor(() => expect(first.failed.length).toBeGreaterThan(0), until);
  await vi.waitFor(() => expect([0, undefined, killed]).not.toContain(server.processes().query[0]), until);
  const writer = driver(server);
  await vi.waitFor(() => writer.query(q.Update(documentOf(1), { data: { n: 1 } })), until);
  const again = await follow(driver(server), documentOf(1));
  await writer.query(q.Update(documentOf(1), { data: { n: 2 } }));
  await vi.waitFor(() => expect(again.told).toHaveLength(2), until);
  expect(again.told[1]?.event.document.data.n).toBe(2);
  expect(again.failed).toEqual([]);
});
