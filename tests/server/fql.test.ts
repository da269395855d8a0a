/**
 * The FQL port of a real server, asked by the driver:
 *   1. The root secret is made once, printed once, found again, and written down for the command line.
 *   2. A reload under load loses no query; what was acknowledged is there afterwards.
 *   3. Without FQL there is no port and no secret.
 *   4. A taken port, and a certificate without its key, are told before anything starts.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type RunningSkein, startSkein } from '@skein/testkit';
import { Client, query as q } from 'faunadb';
import { afterEach, expect, test, vi } from 'vitest';

vi.setConfig({ testTimeout: 180_000 });
const until = { timeout: 60_000, interval: 20 };

let skein: RunningSkein | undefined;
const clients: Client[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  await skein?.stop();
  skein = undefined;
});

function driver({ fqlUrl, fqlSecret }: RunningSkein): Client {
  const { hostname, port } = new URL(fqlUrl);
  const client = new Client({ secret: fqlSecret, domain: hostname, port: Number(port), scheme: 'http' });
  clients.push(client);
  return client;
}

test('1: the root secret is made and printed once, and found again', async () => {
  const first = await startSkein({ env: { SKEIN_FQL_SECRET: '' } });
  const { folder, adminKey, searchKey, fqlSecret } = first;
  expect(fqlSecret).toMatch(/^[\da-f]{48}$/);
  expect(await driver(first).query(q.Add(1, 2))).toBe(3);
  const credentials = readFileSync(join(folder, 'home/.config/skein/credentials.json'), 'utf8');
  expect(JSON.parse(credentials)).toMatchObject({
    servers: { [first.url]: { fqlUrl: first.fqlUrl, fqlSecret } },
  });
  await first.stop({ data: 'keep' });
  skein = await startSkein({
    folder,
    env: { SKEIN_FQL_SECRET: '', SKEIN_ADMIN_KEY: adminKey, SKEIN_SEARCH_KEY: searchKey },
  });
  expect(skein.output()).not.toContain(fqlSecret);
  expect(await driver({ ...skein, fqlSecret }).query(q.Add(1, 2))).toBe(3);
});

test('2: a reload under load loses no query, and nothing that was acknowledged', async () => {
  skein = await startSkein({ env: { SKEIN_QUERY_PROCESSES: '2' } });
  const before = skein.processes();
  const client = driver(skein);
  await client.query(q.CreateCollection({ name: 'things' }));
  const failures: unknown[] = [];
  const written: string[] = [];
  let readCount = 0;
  let stopped = false;
  const loops = [0, 1, 2, 3].flatMap((loop) => [
    (async () => {
      for (let at = 0; !stopped; at++) {
        const id = String(loop * 1_000_000 + at);
        const create = q.Create(q.Ref(q.Collection('things'), id), { data: { at } });
        await client.query(create).then(
          () => written.push(id),
          (error: unknown) => failures.push(error),
        );
      }
    })(),
    (async () => {
      while (!stopped) {
        await client
          .query(q.Count(q.Documents(q.Collection('things'))))
          .catch((error: unknown) => failures.push(error));
        readCount++;
      }
    })(),
  ]);
  await vi.waitFor(() => expect(written.length).toBeGreaterThan(50), until);
  await skein.reload();
  const [writtenSoFar, readSoFar] = [written.length, readCount];
  await vi.waitFor(() => {
    expect(written.length).toBeGreaterThan(writtenSoFar + 50);
    expect(readCount).toBeGreaterThan(readSoFar + 50);
  }, until);
  stopped = true;
  await Promise.all(loops);
  expect(failures).toEqual([]);
  // Those before finish what they were asked, and end.
  const server = skein;
  await vi.waitFor(
    () => expect(server.processes().query.filter((pid) => before.query.includes(pid))).toEqual([]),
    until,
  );
  const count = await driver(skein).query(q.Count(q.Documents(q.Collection('things'))));
  expect(count).toBe(written.length);
});

test('3: without FQL there is no port and no secret', async () => {
  skein = await startSkein({ env: { SKEIN_FQL: '0', SKEIN_FQL_SECRET: '' } });
  expect(skein.output()).not.toMatch(/fql/i);
  expect(skein.fqlUrl).toBe('');
});

test('4: a taken port, and a certificate without its key, are told before anything starts', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await vi.waitFor(() => expect(taken.listening).toBe(true), until);
  const address = taken.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await expect(startSkein({ env: { SKEIN_FQL_PORT: String(port) } })).rejects.toThrow(
    `port ${port} on 127.0.0.1 is taken by another program; stop it or choose another SKEIN_FQL_PORT`,
  );
  taken.close();
  await expect(startSkein({ env: { SKEIN_FQL_TLS_CERT: '/nowhere' } })).rejects.toThrow(
    'SKEIN_FQL_TLS_CERT: expected together with SKEIN_FQL_TLS_KEY',
  );
  const env = { SKEIN_FQL_TLS_CERT: '/nowhere', SKEIN_FQL_TLS_KEY: '/nowhere' };
  await expect(startSkein({ env })).rejects.toThrow('/nowhere: cannot be read');
});
