/** A member's presence and the list of members, on a real etcd. */
import { etcdBinary, type RunningEtcd, startEtcd } from '@skein/testkit';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { EtcdClient } from '../etcd/etcd-client.ts';
import { LeaseSession } from './lease-session.ts';
import type { MemberStatus } from './member-status.ts';
import { Membership, register, unregister } from './membership.ts';

const STATUS: MemberStatus = {
  version: '0.1.0',
  format: 1,
  startedAtMs: 1,
  nowMs: 2,
  journaled: 3,
  published: 2,
  state: 'live',
  diskFreeBytes: 1,
  diskBytes: 2,
  address: '127.0.0.1:7702',
  problems: [],
};
const clock = { nowMs: () => performance.now() };
const soon = { timeout: 20_000, interval: 20 };

describe.skipIf(etcdBinary() === undefined)('on a real etcd', () => {
  let servers: RunningEtcd;
  beforeAll(async () => {
    servers = await startEtcd();
  }, 60_000);
  afterAll(() => servers.stop());

  function session(etcd: EtcdClient, member: string): LeaseSession {
    return LeaseSession.start(etcd, {
      member,
      describe: () => STATUS,
      ttlS: 2,
      onEpoch: () => {},
      log: () => {},
      clock,
    });
  }

  test('a member is seen while it lives, gone when it dies, and its next process gets a later epoch', async () => {
    const mine = new EtcdClient({ endpoints: servers.endpoints });
    const others = new EtcdClient({ endpoints: servers.endpoints });
    const membership = Membership.start(others, { clock, log: () => {} });
    for (const name of ['a', 'b', 'c']) await register(others, name, { address: `${name}:1`, joinedAtMs: 5 });
    await vi.waitFor(() => expect([...membership.registered.keys()]).toEqual(['a', 'b', 'c']), soon);
    expect(membership.majority).toBe(2);

    const first = session(mine, 'a');
    await vi.waitFor(() => expect(membership.live.get('a')).toEqual(STATUS), soon);
    const { epoch } = first;
    expect(epoch).toBeDefined();
    // The process dies: nothing is said any more.
    mine.close();
    const second = session(others, 'a');
    await vi.waitFor(() => expect(second.epoch).toBeGreaterThan(epoch!), soon);
    await vi.waitFor(() => expect(first.epoch).toBeUndefined(), soon);
    await first.stop();

    const third = session(others, 'b');
    await vi.waitFor(() => expect([...membership.live.keys()]).toEqual(['a', 'b']), soon);
    expect(await unregister(others, 'c')).toBe(true);
    await vi.waitFor(() => expect([...membership.registered.keys()]).toEqual(['a', 'b']), soon);
    await third.stop();
    await vi.waitFor(() => expect([...membership.live.keys()]).toEqual(['a']), soon);
    await expect(unregister(others, 'a')).rejects.toMatchObject({ code: 'majority-lost' });
    await second.stop();
    await membership.stop();
    others.close();
  }, 60_000);

  test('a process that says nothing for longer than its lease lasts is gone for the others, and knows it', async () => {
    const endpoint = servers.members[0]!;
    const etcd = new EtcdClient({ endpoints: servers.endpoints });
    const epochs: (number | undefined)[] = [];
    const lone = LeaseSession.start(etcd, {
      member: 'd',
      describe: () => STATUS,
      ttlS: 1,
      onEpoch: (epoch) => epochs.push(epoch),
      log: () => {},
      clock,
    });
    await vi.waitFor(() => expect(lone.epoch).toBeDefined(), soon);
    const { epoch } = lone;
    await endpoint.kill('SIGKILL');
    await vi.waitFor(() => expect(lone.epoch).toBeUndefined(), soon);
    await endpoint.restart();
    await vi.waitFor(() => expect(lone.epoch).toBeGreaterThan(epoch!), soon);
    expect(epochs.slice(0, 2)).toEqual([epoch, undefined]);
    await lone.stop();
    etcd.close();
  }, 60_000);
});
