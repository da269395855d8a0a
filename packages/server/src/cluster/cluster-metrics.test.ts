import type { JsonObject } from '@skein/base';
import { expect, test } from 'vitest';
import { Metrics, renderMetrics } from '../metrics.ts';

const status = (published: number): JsonObject => ({
  published,
  nowMs: 5_000,
  behindSinceMs: 3_500,
  diskFreeBytes: 7,
});
const described: JsonObject = {
  member: 'a',
  quorum: true,
  head: 12,
  journaled: 11,
  published: 10,
  registered: { a: { address: 'a:7701' }, b: { address: 'b:7701' } },
  live: { a: status(10), b: status(6) },
  peers: { b: true },
  log: { orderedEntryCount: 4, waitingOperationCount: 2, etcdSilentMs: 250 },
  etcd: { 'http://a:7702': { dbBytes: 9, memberId: '1', leaderId: '1' } },
};

async function lines(metrics: Metrics): Promise<readonly string[]> {
  const text = await renderMetrics([await metrics.snapshot()]);
  return text.split('\n').filter((line) => line.startsWith('skein_cluster_'));
}

test("a member's builder tells of the cluster, and of each member", async () => {
  let now = described;
  const metrics = new Metrics({ process: 'builder' });
  metrics.tellOfCluster(() => now);
  expect(await lines(metrics)).toEqual(
    expect.arrayContaining([
      'skein_cluster_members_registered 2',
      'skein_cluster_members_live 2',
      'skein_cluster_writable 1',
      'skein_cluster_head_sequence 12',
      'skein_cluster_journal_sequence 11',
      'skein_cluster_published_sequence 10',
      'skein_cluster_waiting_operations 2',
      'skein_cluster_etcd_silent_seconds 0.25',
      'skein_cluster_entries_ordered_total 4',
      'skein_cluster_lag_operations{member="b"} 4',
      'skein_cluster_lag_seconds{member="b"} 1.5',
      'skein_cluster_peer_connected{member="b"} 1',
      'skein_cluster_etcd_bytes{member="a"} 9',
      'skein_cluster_etcd_leader{member="a"} 1',
    ]),
  );
  now = { ...described, registered: { a: { address: 'a:7701' } }, live: { a: status(10) } };
  await new Promise((resolve) => setImmediate(resolve));
  const later = await lines(metrics);
  expect(later).toContain('skein_cluster_members_registered 1');
  expect(later.some((line) => line.includes('member="b"'))).toBe(false);
});

test('where there is no cluster, nothing of it is told', async () => {
  expect(await lines(new Metrics({ process: 'builder' }))).toEqual([]);
});
