import { etcdBinary, type RunningEtcd, startEtcd } from '@skein/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EtcdClient } from './etcd-client.ts';
import { etcdPortContract } from './etcd-port.contract.ts';

describe.skipIf(etcdBinary() === undefined)('with one real etcd', () => {
  let servers: RunningEtcd;
  let count = 0;
  beforeAll(async () => {
    servers = await startEtcd();
  });
  afterAll(() => servers.stop());

  etcdPortContract('EtcdClient', async () => {
    const etcd = new EtcdClient({ endpoints: servers.endpoints });
    const prefix = `test-${++count}/`;
    return {
      etcd,
      prefix,
      letLeaseEnd: (lease) =>
        expect
          .poll(
            async () => {
              const { kvs } = await etcd.range(prefix, { end: `${prefix}~` });
              return kvs.some((kv) => kv.lease === lease);
            },
            { timeout: 20_000 },
          )
          .toBe(false),
      cleanUp: async () => etcd.close(),
    };
  });

  test('an endpoint of another cluster is not talked to', async () => {
    const others = await startEtcd();
    const etcd = new EtcdClient({ endpoints: [servers.endpoints[0]!, others.endpoints[0]!] });
    const watching = new AbortController();
    try {
      const before = await etcd.range('stranger/a', {});
      const batches = etcd
        .watch('stranger/', { end: 'stranger0', fromRevision: before.revision + 1 }, watching.signal)
        [Symbol.asyncIterator]();
      const told = batches.next();
      const put = { kind: 'put', key: 'stranger/a', value: 'here' } as const;
      await servers.members[0]!.kill('SIGKILL');
      const call = etcd.transaction({ compare: [], then: [put] }, { timeoutMs: 1000 });
      await expect(call).rejects.toMatchObject({ outcome: expect.stringMatching(/refused|unknown/) });
      await expect(etcd.range('stranger/a', {}, { timeoutMs: 500 })).rejects.toMatchObject({
        outcome: 'refused',
      });
      await servers.members[0]!.restart();
      await etcd.transaction({ compare: [], then: [put] });
      expect(await told).toMatchObject({ value: { events: [{ kind: 'put', kv: { value: 'here' } }] } });
    } finally {
      watching.abort();
      etcd.close();
      await others.stop();
    }
  });
});
