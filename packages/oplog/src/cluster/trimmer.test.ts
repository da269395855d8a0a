import { asSequence } from '@skein/base';
import { afterEach, expect, test, vi } from 'vitest';
import { SimEtcd } from '../testing/sim-etcd.ts';
import { KEYS } from './entry-id.ts';
import type { MemberStatus } from './member-status.ts';
import { OrderTail, orderKey } from './order-tail.ts';
import { Trimmer } from './trimmer.ts';

const STATUS: MemberStatus = {
  version: '0',
  format: 1,
  startedAtMs: 0,
  nowMs: 0,
  journaled: 100,
  published: 0,
  state: 'live',
  diskFreeBytes: 0,
  diskBytes: 0,
  address: '',
  problems: [],
};

let tail: OrderTail | undefined;
let following: Promise<void> = Promise.resolve();

afterEach(async () => {
  tail?.stop();
  await following;
});

/** A trimmer of `member`, with three records that all have in their journals. */
async function trimmerOf(
  member: string,
  live: readonly string[],
): Promise<{ etcd: SimEtcd; trimmer: Trimmer }> {
  const etcd = new SimEtcd();
  const connection = etcd.connect(member);
  for (let counter = 1; counter <= 3; counter++) {
    const value = JSON.stringify({ count: 1, bytes: 1, hash: 'x', holders: [] });
    const key = orderKey({ member: 'a', epoch: 1, counter });
    await connection.transaction({ compare: [], then: [{ kind: 'put', key, value }] });
  }
  const own = new OrderTail({
    etcd: connection,
    position: asSequence(0),
    deliver: () => {},
    onAdvance: () => {},
    room: () => Promise.resolve(),
    log: () => {},
  });
  tail = own;
  following = own.run();
  await vi.waitFor(() => expect(own.position).toBe(3));
  const trimmer = new Trimmer({
    member,
    etcd: connection,
    tail: own,
    electorate: () => ({ members: ['a', 'b', 'c'], majority: 2 }),
    live: () => new Map(live.map((name) => [name, STATUS])),
    log: () => {},
  });
  return { etcd, trimmer };
}

function leftIn(etcd: SimEtcd): number {
  return etcd.list(KEYS.order).length;
}

test('the first living member trims', async () => {
  const { etcd, trimmer } = await trimmerOf('b', ['b', 'c']);
  await trimmer.tick(1_000_000);
  expect(leftIn(etcd)).toBe(0);
});

test('when the first living member does not trim for ten seconds, the next one does', async () => {
  const { etcd, trimmer } = await trimmerOf('b', ['a', 'b', 'c']);
  await trimmer.tick(1_000_000);
  await trimmer.tick(1_009_000);
  expect(leftIn(etcd)).toBe(3);
  await trimmer.tick(1_010_000);
  expect(leftIn(etcd)).toBe(0);
});

test('also the last one forgets old revisions, if seldom', async () => {
  const { etcd, trimmer } = await trimmerOf('c', ['a', 'b', 'c']);
  await trimmer.tick(1_000_000);
  await trimmer.tick(1_040_000);
  expect(etcd.store.compactedRevision).toBe(0);
  await trimmer.tick(1_050_000);
  expect(etcd.store.compactedRevision).toBeGreaterThan(0);
});

test('a member that is not among the living ones trims nothing', async () => {
  const { etcd, trimmer } = await trimmerOf('b', ['a', 'c']);
  await trimmer.tick(1_000_000);
  await trimmer.tick(2_000_000);
  expect(leftIn(etcd)).toBe(3);
});
