import { etcdBinary, type RunningEtcd, startEtcd } from '@skein/testkit';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { EtcdClient } from '../etcd/etcd-client.ts';
import { operationLogContract, proposed, take, textOf } from '../operation-log.contract.ts';
import { LogMember, PeerLines } from '../testing/log-members.ts';
import { afterPrefix, KEYS } from './entry-id.ts';

async function openMembers(servers: RunningEtcd): Promise<readonly LogMember[]> {
  const etcd = new EtcdClient({ endpoints: servers.endpoints });
  await etcd.transaction({
    compare: [],
    then: [{ kind: 'delete', key: KEYS.all, end: afterPrefix(KEYS.all) }],
  });
  etcd.close();
  const lines = new PeerLines();
  const members = ['a', 'b', 'c'].map(
    (name, at) =>
      new LogMember({
        name,
        lines,
        // Each has its own machine's first.
        etcd: () => {
          const { endpoints } = servers;
          const own = at % endpoints.length;
          return new EtcdClient({ endpoints: [...endpoints.slice(own), ...endpoints.slice(0, own)] });
        },
      }),
  );
  await Promise.all(members.map((member) => member.start()));
  return members;
}

describe.skipIf(etcdBinary() === undefined)('over one real etcd', () => {
  let servers: RunningEtcd;
  beforeAll(async () => {
    servers = await startEtcd();
  });
  afterAll(() => servers.stop());

  operationLogContract('EtcdLog', async () => {
    const members = await openMembers(servers);
    const [first] = members;
    return {
      log: first!.log!,
      reopen: async () => {
        await first!.stop();
        return first!.start();
      },
      cleanUp: async () => {
        await Promise.all(members.map((member) => member.stop()));
      },
    };
  });
});

describe.skipIf(etcdBinary() === undefined)('over three real members of etcd', () => {
  let servers: RunningEtcd;
  beforeAll(async () => {
    servers = await startEtcd({ members: 3 });
  });
  afterAll(() => servers.stop());

  test('nothing is lost or doubled while the leader of etcd is killed and comes back', async () => {
    const members = await openMembers(servers);
    try {
      const logs = members.map(({ log }) => log!);
      const acknowledged: string[] = [];
      let stopped = false;
      const writers = logs.map(async (log, member) => {
        for (let count = 0; !stopped; count++) {
          const text = `${member}:${count}`;
          await log.append([proposed(text)]);
          acknowledged.push(text);
        }
      });
      const reach = (count: number) =>
        vi.waitFor(() => expect(acknowledged.length).toBeGreaterThan(count), { timeout: 20_000 });
      await reach(50);
      const leader = await servers.leader();
      await leader.kill('SIGKILL');
      await reach(acknowledged.length + 50);
      await leader.restart();
      await reach(acknowledged.length + 50);
      stopped = true;
      await Promise.all(writers);
      await vi.waitFor(
        () =>
          expect(new Set(logs.map(({ lastSequence }) => lastSequence))).toEqual(
            new Set([acknowledged.length]),
          ),
        { timeout: 20_000 },
      );
      const journals = await Promise.all(
        logs.map(async (log) => (await take(log, 1, acknowledged.length)).map(textOf)),
      );
      expect(journals[1]).toEqual(journals[0]);
      expect(journals[2]).toEqual(journals[0]);
      expect([...journals[0]!].sort()).toEqual(acknowledged.sort());
    } finally {
      await Promise.all(members.map((member) => member.stop()));
    }
  }, 60_000);
});
