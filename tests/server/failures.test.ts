/**
 * What happens to requests while processes are replaced and killed:
 *   1. A reload replaces every process and loses no request, neither searches nor writes.
 *   2. A killed query process comes back; only what it was answering fails.
 *   3. While a killed builder is away searches go on, and writes wait for it; nothing acknowledged is lost or done twice.
 *   4. A killed supervisor takes its processes with it; the next server has every acknowledged record.
 */
import { Agent } from 'node:http';
import { type RunningSkein, startSkein } from '@skein/testkit';
import { afterEach, expect, test, vi } from 'vitest';
import { type Answer, ask, published, save } from './http.ts';

vi.setConfig({ testTimeout: 180_000 });
const until = { timeout: 60_000, interval: 20 };

let skein: RunningSkein;
afterEach(async () => {
  await skein.stop();
});

async function start(queryProcesses: number): Promise<void> {
  skein = await startSkein({ env: { SKEIN_QUERY_PROCESSES: String(queryProcesses) } });
  await save(skein, 'things', [{ objectID: 'first', name: 'first thing' }]);
}

/** Asks over and over until stopped; counts answers, keeps failures. */
function load(asking: (agent: Agent | false, count: number) => Promise<Answer>) {
  const agent = new Agent({ keepAlive: true, maxSockets: 2 });
  const failures: string[] = [];
  let stopped = false;
  let count = 0;
  // Half of the loops keep their connections, half open a new one for each request.
  const loops = [agent, agent, false as const, false as const].map(async (through) => {
    while (!stopped) {
      try {
        const { status, text } = await asking(through, count);
        if (status !== 200) failures.push(`${status} ${text}`);
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
      }
      count++;
    }
  });
  return {
    failures,
    count: () => count,
    stop: async () => {
      stopped = true;
      await Promise.all(loops);
      agent.destroy();
    },
  };
}

const search = (agent: Agent | false): Promise<Answer> =>
  ask(skein, 'POST /1/indexes/things/query', { body: { query: 'first' }, agent });

test('1: a reload under load replaces every process and loses no request', async () => {
  await start(2);
  const before = skein.processes();
  const searches = load(search);
  const acknowledged: string[] = [];
  const writes = load(async (agent, count) => {
    const objectID = `w${count}-${acknowledged.length}`;
    const answer = await ask(skein, `PUT /1/indexes/things/${objectID}`, {
      body: { name: 'written' },
      agent,
    });
    if (answer.status === 200) acknowledged.push(objectID);
    return answer;
  });
  await skein.reload();
  const [searched, written] = [searches.count(), writes.count()];
  await vi.waitFor(() => expect(searches.count()).toBeGreaterThan(searched + 100), until);
  await vi.waitFor(() => expect(writes.count()).toBeGreaterThan(written + 20), until);
  await Promise.all([searches.stop(), writes.stop()]);
  expect(searches.failures).toEqual([]);
  expect(writes.failures).toEqual([]);
  await vi.waitFor(() => expect(skein.processes().query).toHaveLength(2), until);
  const after = skein.processes();
  expect(after.supervisor).toBe(before.supervisor);
  expect(after.builder).not.toBe(before.builder);
  expect(after.query.filter((pid) => before.query.includes(pid))).toEqual([]);
  await expectRecords(acknowledged);
});

test('2: a killed query process comes back, and the other answers meanwhile', async () => {
  await start(2);
  const [victim] = skein.processes().query;
  if (victim === undefined) throw new Error('no query process runs');
  const searches = load((agent) => search(agent));
  await vi.waitFor(() => expect(searches.count()).toBeGreaterThan(50), until);
  process.kill(victim, 'SIGKILL');
  await vi.waitFor(() => {
    const { query } = skein.processes();
    expect(query).toHaveLength(2);
    expect(query).not.toContain(victim);
  }, until);
  const soFar = searches.count();
  await vi.waitFor(() => expect(searches.count()).toBeGreaterThan(soFar + 100), until);
  await searches.stop();
  // Each of the four loops had at most one request in the process that died, and one connection that it kept.
  expect(searches.failures.length).toBeLessThanOrEqual(8);
  expect(
    searches.failures.filter((text) => !/ECONNRESET|socket hang up|ECONNREFUSED|EPIPE/.test(text)),
  ).toEqual([]);
});

test('3: with the builder killed again and again, searches go on and every acknowledged write is there, once', async () => {
  await start(2);
  const searches = load(search);
  const acknowledged: string[] = [];
  const writes = load(async (agent) => {
    const answer = await ask(skein, 'POST /1/indexes/things', { body: { name: 'made', counted: 1 }, agent });
    const objectID = answer.json?.['objectID'];
    if (answer.status !== 201 || typeof objectID !== 'string') return answer;
    acknowledged.push(objectID);
    return { ...answer, status: 200 };
  });
  for (let round = 0; round < 3; round++) {
    const soFar = acknowledged.length;
    await vi.waitFor(() => expect(acknowledged.length).toBeGreaterThan(soFar + 20), until);
    const victims = skein.kill('builder');
    await vi.waitFor(() => {
      const { builder } = skein.processes();
      expect(builder).toBeGreaterThan(0);
      expect(victims).not.toContain(builder);
    }, until);
  }
  const soFar = acknowledged.length;
  await vi.waitFor(() => expect(acknowledged.length).toBeGreaterThan(soFar + 20), until);
  await Promise.all([searches.stop(), writes.stop()]);
  expect(searches.failures).toEqual([]);
  expect(writes.failures).toEqual([]);
  await expectRecords(acknowledged);
  const { json } = await ask(skein, 'POST /1/indexes/things/query', {
    body: { filters: 'counted = 1', hitsPerPage: 0 },
  });
  expect(json?.['nbHits']).toBe(acknowledged.length);
});

test('4: a killed supervisor takes its processes along, and a server on the same data has everything', async () => {
  await start(1);
  const { query, builder } = skein.processes();
  const { json } = await ask(skein, 'PUT /1/indexes/things/last', { body: { name: 'last thing' } });
  skein.kill('supervisor');
  await vi.waitFor(() => expect([...query, builder].filter(isRunning)).toEqual([]), until);
  const { folder, adminKey } = skein;
  skein = await startSkein({ folder, env: { SKEIN_ADMIN_KEY: adminKey, SKEIN_SEARCH_KEY: skein.searchKey } });
  await published(skein, json?.['taskID']);
  await expectRecords(['first', 'last']);
});

async function expectRecords(objectIDs: readonly string[]): Promise<void> {
  const { json: last } = await ask(skein, 'PUT /1/indexes/things/end', { body: {} });
  await published(skein, last?.['taskID']);
  for (let at = 0; at < objectIDs.length; at += 500) {
    const requests = objectIDs.slice(at, at + 500).map((objectID) => ({ indexName: 'things', objectID }));
    const { json } = await ask(skein, 'POST /1/indexes/*/objects', { body: { requests } });
    const results = json?.['results'] as readonly unknown[];
    expect(results.filter((record) => record === null)).toEqual([]);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
