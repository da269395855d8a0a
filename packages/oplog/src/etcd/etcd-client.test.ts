import { etcdBinary, type RunningEtcd, startEtcd } from '@skein/testkit';
import { afterAll, beforeAll, describe, expect } from 'vitest';
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
});
