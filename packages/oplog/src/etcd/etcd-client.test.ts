import { etcdBinary, type RunningEtcd, startEtcd } from '@skein/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EtcdClient } from './etcd-client.ts';
import { etcdPortContract } from './etcd-port.contract.ts';
import { EtcdError } from './etcd-port.ts';

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

  test('a full store refuses puts and leases, still deletes, and is opened again', async () => {
    const small = await startEtcd({ flags: ['--quota-backend-bytes', `${2 ** 22}`] });
    const [endpoint] = small.endpoints;
    const etcd = new EtcdClient({ endpoints: small.endpoints });
    const put = { kind: 'put', key: 'full/a', value: 'x'.repeat(500_000) } as const;
    try {
      let full: unknown;
      for (let at = 0; at < 30 && full === undefined; at++) {
        full = await etcd.transaction({ compare: [], then: [put] }).catch((error: unknown) => error);
        if (!(full instanceof EtcdError)) full = undefined;
      }
      expect(full).toMatchObject({ code: 'no-space', outcome: 'refused' });
      await expect(etcd.grantLease(5)).rejects.toMatchObject({ code: 'no-space', outcome: 'refused' });
      expect((await etcd.status(endpoint!)).errors.join()).toContain('NOSPACE');
      const { revision } = await etcd.transaction({ compare: [], then: [{ kind: 'delete', key: 'full/a' }] });
      await etcd.compact(revision);
      await etcd.defragment(endpoint!);
      expect(await etcd.disarmNoSpace()).toBe(1);
      const status = await etcd.status(endpoint!);
      expect(status).toMatchObject({ errors: [] });
      expect(status.dbBytes).toBeLessThan(2 ** 22);
      await etcd.transaction({ compare: [], then: [put] });
    } finally {
      etcd.close();
      await small.stop();
    }
  });

  test("etcd's own marks of progress are told, and are not ahead of events", async () => {
    const marking = await startEtcd({ flags: ['--experimental-watch-progress-notify-interval', '100ms'] });
    const etcd = new EtcdClient({ endpoints: marking.endpoints });
    const watching = new AbortController();
    const write = async (key: string): Promise<number> => {
      const put = { kind: 'put', key, value: '' } as const;
      return (await etcd.transaction({ compare: [], then: [put] })).revision;
    };
    try {
      const first = await write('marks/0');
      const revisions: number[] = [];
      let marked = 0;
      const until = async (): Promise<void> => {
        const range = { end: 'marks0', fromRevision: first };
        for await (const { revision, events } of etcd.watch('marks/', range, watching.signal)) {
          for (const event of events) {
            if (event.kind === 'put') revisions.push(event.kv.modRevision);
            expect(revisions.at(-1)).toBeGreaterThan(marked);
          }
          if (events.length === 0) marked = revision;
          if (marked > first + 40) return;
        }
      };
      const watched = until();
      const written = [first];
      for (let at = 0; at < 21; at++) {
        written.push(await write(`marks/${at}`));
        await write('elsewhere');
      }
      await write('elsewhere');
      await watched;
      expect(revisions).toEqual(written);
    } finally {
      watching.abort();
      etcd.close();
      await marking.stop();
    }
  });
});
