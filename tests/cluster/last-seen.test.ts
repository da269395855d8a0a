/**
 * Applications that talk FQL with several members, by the official driver:
 *   1. Who has seen a transaction on one member reads what it wrote on any other.
 *   2. A client that reads here and writes there sees its own writes, over and over.
 *   3. A secret that was made on one member works at once on the others, for who has seen that; one that was deleted does not.
 *   4. Transactions of all members have one order: times ascend, and a counter misses nothing.
 */
import { type RunningCluster, startCluster } from '@skein/testkit';
import { Client, type ClientConfig, type errors, query as q } from 'faunadb';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { timed } from '../compat-fql/clients.ts';

vi.setConfig({ testTimeout: 120_000 });

let cluster: RunningCluster;
const clients: Client[] = [];

function driver(at: number, config: Partial<ClientConfig> = {}): Client {
  const member = cluster.members[at]!;
  const { hostname, port } = new URL(member.fqlUrl);
  const client = new Client({
    secret: member.fqlSecret,
    domain: hostname,
    port: Number(port),
    scheme: 'http',
    ...config,
  });
  clients.push(client);
  return client;
}

/** What `from` has seen, `to` has seen, too. */
function share(from: Client, to: Client): void {
  timed(to).syncLastTxnTime(seenBy(from));
}

function seenBy(client: Client): number {
  const time = timed(client).getLastTxnTime();
  if (time === null) throw new Error('it has seen nothing yet');
  return time;
}

beforeAll(async () => {
  cluster = await startCluster({ network: 'loopback' });
  const first = driver(0);
  await first.query(q.CreateCollection({ name: 'things' }));
  await Promise.all(
    [1, 2].map(async (at) => {
      const other = driver(at);
      share(first, other);
      expect(await other.query(q.Exists(q.Collection('things')))).toBe(true);
    }),
  );
}, 120_000);
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close({ force: true })));
  await cluster.remove();
});

const thing = (id: number): ReturnType<typeof q.Ref> => q.Ref(q.Collection('things'), String(id));

test('1: what was written through one member is read on any other by who has seen it', async () => {
  const all = [0, 1, 2].map((at) => driver(at));
  for (let id = 1; id <= 15; id++) {
    const writer = all[id % 3]!;
    await writer.query(q.Create(thing(id), { data: { id } }));
    for (const reader of all) share(writer, reader);
    const found = await Promise.all(
      all.map((reader) =>
        reader.query<[boolean, number]>([q.Exists(thing(id)), q.Count(q.Documents(q.Collection('things')))]),
      ),
    );
    for (const answer of found) expect(answer).toEqual([true, id]);
  }
});

test('2: who writes here and reads there sees its own writes', async () => {
  const [writer, reader] = [driver(1), driver(2)];
  for (let value = 1; value <= 15; value++) {
    await writer.query(q.Update(thing(1), { data: { value } }));
    share(writer, reader);
    expect(await reader.query(q.Select(['data', 'value'], q.Get(thing(1))))).toBe(value);
    share(reader, writer);
  }
});

test('3: a secret works on the other members as soon as it was answered, and not once it is deleted', async () => {
  const admin = driver(0);
  for (let round = 0; round < 5; round++) {
    const key = await admin.query<{ ref: never; secret: string }>(q.CreateKey({ role: 'server' }));
    const users = [1, 2].map((at) => driver(at, { secret: key.secret }));
    for (const user of users) share(admin, user);
    for (const user of users) expect(await user.query(q.Add(1, round))).toBe(1 + round);
    await admin.query(q.Delete(key.ref));
    for (const user of users) {
      share(admin, user);
      const failed = await user.query(q.Exists(thing(1))).then(
        () => undefined,
        (error: unknown) => error as errors.FaunaHTTPError,
      );
      expect(failed?.requestResult.statusCode).toBe(401);
    }
  }
});

test('4: transactions of all members have one order', async () => {
  const start = driver(0);
  await start.query(q.Create(thing(1000), { data: { count: 0 } }));
  const increment = q.Let(
    { next: q.Add(q.Select(['data', 'count'], q.Get(thing(1000))), 1) },
    q.Do(q.Update(thing(1000), { data: { count: q.Var('next') } }), [q.Var('next'), q.Now()]),
  );
  const results = await Promise.all(
    [0, 1, 2].flatMap((at) =>
      [0, 1].map(async () => {
        const client = driver(at);
        share(start, client);
        const seen: { count: number; time: number }[] = [];
        for (let times = 0; times < 10; times++) {
          const [count] = await client.query<[number, unknown]>(increment);
          seen.push({ count, time: seenBy(client) });
        }
        return seen;
      }),
    ),
  );
  const ordered = results.flat().sort((a, b) => a.count - b.count);
  expect(ordered.map(({ count }) => count)).toEqual(Array.from({ length: 60 }, (_, at) => at + 1));
  for (const [at, { time }] of ordered.entries())
    if (at > 0) expect(time).toBeGreaterThan(ordered[at - 1]!.time);
});
