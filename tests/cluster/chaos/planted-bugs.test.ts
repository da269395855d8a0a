/**
 * Whole clusters in which a mistake is planted (`planted-bugs.ts` of testkit): what the chaos run looks at finds it. Those of the log's own parts
 * are planted into its simulation, in oplog.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type PlantedBug, type RunningCluster, startCluster } from '@skein/testkit';
import { expect, test, vi } from 'vitest';
import type { Violation } from '../../documents/checker/history.ts';
import { until, untilAnswered } from '../../documents/server/until.ts';
import { Workload } from '../../documents/server/workload.ts';
import { randomFrom } from '../random-moments.ts';
import { RecordClients } from './record-clients.ts';
import { Silences } from './silences.ts';

vi.setConfig({ testTimeout: 300_000 });

async function withCluster(
  bug: PlantedBug | undefined,
  use: (cluster: RunningCluster) => Promise<void>,
): Promise<void> {
  const cluster = await startCluster({ network: 'loopback', tls: false, faults: { bug } });
  try {
    await use(cluster);
  } finally {
    await cluster.remove();
  }
}

/** Writes, takes the power from all machines at once, and tells what is wrong when they are back and had the time to become whole. */
async function writeAndLosePower(cluster: RunningCluster, wholeMsMax: number): Promise<readonly Violation[]> {
  const writes = new Silences();
  const records = new RecordClients(cluster, 'power', randomFrom(1), writes);
  await records.prepare();
  for (const { control } of cluster.members) control.order({ bugShows: true });
  records.start();
  await until('some writes', () => writes.count >= 60);
  for (const member of cluster.members) member.killMachine();
  await Promise.all(cluster.members.map((member) => member.losePower(() => 0)));
  await records.stop();
  for (const { control } of cluster.members) control.order({ bugShows: false });
  try {
    await cluster.startAll();
    const late = new AbortController();
    await Promise.race([
      records.untilWhole(),
      pause(wholeMsMax, undefined, { signal: late.signal }).then(() => {
        throw new Error('members did not become whole');
      }),
    ]).finally(() => late.abort());
    return await records.check();
  } catch (error) {
    return [{ kind: 'stuck', text: String(error) }];
  }
}

test('when all machines lose power at once, nothing that was acknowledged is lost', () =>
  withCluster(undefined, async (cluster) => {
    expect(await writeAndLosePower(cluster, 120_000)).toEqual([]);
  }));

test('a log that acknowledges what is not on the disk is found', () =>
  withCluster('unsynced-log', async (cluster) => {
    const kinds = new Set((await writeAndLosePower(cluster, 30_000)).map(({ kind }) => kind));
    expect(kinds.has('lost') || kinds.has('stuck'), [...kinds].join()).toBe(true);
  }));

test('a builder that carries out a repeated transaction again is found', () =>
  withCluster('repeat-twice', async (cluster) => {
    const workload = new Workload(cluster.members, randomFrom(1), { lastSeen: 'of all' });
    await workload.prepare();
    workload.start();
    for (const { control } of cluster.members) {
      await untilAnswered(workload, 20);
      control.crashAt('after-commit');
      await until('the crash', () => control.hasCrashed);
    }
    await untilAnswered(workload, 20);
    await workload.finish();
    expect(workload.check().map(({ kind }) => kind)).toContain('duplicate');
  }));
