/**
 * An operator restarts one member after the other while clients work on:
 *   1. No request of an official client fails, neither searches nor writes, and nothing is lost.
 *   2. The same when each member replaces its processes, which nobody is to notice.
 *
 * A client remembers for two minutes who did not answer, and fails when the only one left that it trusts is restarted too. So do not restart all
 * members within that time; here clients are made anew for each restart instead.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type ClusterMember, type RunningCluster, startCluster } from '@skein/testkit';
import { algoliasearch } from 'algoliasearch';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { until } from '../documents/server/until.ts';
import { RecordClients } from './chaos/record-clients.ts';
import { SearchClients } from './chaos/search-clients.ts';
import { Silences } from './chaos/silences.ts';
import { randomFrom } from './random-moments.ts';

vi.setConfig({ testTimeout: 240_000 });

const INDEX = 'rolling';
let cluster: RunningCluster;
let records: RecordClients;
beforeAll(async () => {
  cluster = await startCluster({ network: 'loopback' });
  records = new RecordClients(cluster, INDEX, randomFrom(1), new Silences());
  await records.prepare();
}, 240_000);
afterAll(async () => {
  await cluster.remove();
});

let number = 0;

/** Saves and searches while `act` goes on, and a little longer; tells how many requests failed, and what was acknowledged. */
async function whileClientsWork(
  act: () => Promise<void>,
): Promise<{ readonly failures: readonly string[]; readonly saved: readonly string[] }> {
  const { applicationId, adminKey, hosts } = cluster;
  const searches = new SearchClients(cluster, INDEX, randomFrom(2));
  const failures: string[] = [];
  const saved: string[] = [];
  let isOver = false;
  const savers = hosts.map(async (_, at) => {
    const mine = [...hosts.slice(at), ...hosts.slice(0, at)];
    const client = algoliasearch(applicationId, adminKey, { hosts: mine });
    while (!isOver) {
      const objectID = `rolling-${++number}`;
      try {
        await client.saveObject({ indexName: INDEX, body: { objectID, text: 'grown' } });
        saved.push(objectID);
      } catch (error) {
        failures.push(String(error));
      }
      await pause(10);
    }
  });
  searches.start();
  await act();
  const goal = saved.length + 20;
  await until('some more writes', () => saved.length >= goal);
  isOver = true;
  await Promise.all([...savers, searches.stop()]);
  failures.push(...searches.violations.map(({ text }) => text));
  expect(searches.silences.count).toBeGreaterThan(0);
  return { failures, saved };
}

async function checkSaved(saved: readonly string[]): Promise<void> {
  await records.untilWhole();
  for (const member of cluster.members) {
    const there = new Set((await records.browse(member)).map(({ objectID }) => objectID));
    expect(
      saved.filter((objectID) => !there.has(objectID)),
      member.name,
    ).toEqual([]);
  }
}

const steps: readonly (readonly [string, (member: ClusterMember) => Promise<void>])[] = [
  [
    '1: restarting one member after the other fails no request',
    async (member) => {
      await member.stop();
      await member.start();
    },
  ],
  [
    '2: replacing the processes of one member after the other fails no request',
    async (member) => {
      const { isReplaced } = member.reload();
      await until('new processes', isReplaced);
    },
  ],
];

test.each(steps)('%s', async (_, step) => {
  const saved: string[] = [];
  for (const member of cluster.members) {
    const found = await whileClientsWork(() => step(member));
    expect(found.failures, member.name).toEqual([]);
    saved.push(...found.saved);
    await records.untilWhole();
  }
  await checkSaved(saved);
});
