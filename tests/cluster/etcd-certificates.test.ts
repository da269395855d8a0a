/** The client of etcd with certificates as `skein cluster certificates` makes them. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EtcdClient, type EtcdClientTls } from '@skein/oplog/cluster';
import { makeCertificates } from '@skein/server/certificates';
import { etcdBinary, type RunningEtcd, startEtcd } from '@skein/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

describe.skipIf(etcdBinary() === undefined)('etcd with certificates', () => {
  let folder: string;
  let servers: RunningEtcd;
  let own: EtcdClientTls;
  let others: EtcdClientTls;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'skein-certificates-'));
    [own, others] = [made(join(folder, 'own')), made(join(folder, 'others'))];
    servers = await startEtcd({ certificates: own });
  });
  afterAll(async () => {
    await servers?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('a client with a certificate of the cluster is served', async () => {
    const client = new EtcdClient({ endpoints: servers.endpoints, tls: own });
    expect((await client.range('a', {})).kvs).toEqual([]);
    expect((await client.members()).map(({ name }) => name)).toEqual(['m1']);
    client.close();
  });

  test('a client of another cluster is refused, and does not talk to this one', async () => {
    const strangers = [others, { ...others, ca: own.ca }, { ...own, ca: others.ca }];
    await Promise.all(
      strangers.map(async (tls) => {
        const client = new EtcdClient({ endpoints: servers.endpoints, tls });
        const call = client.range('a', {}, { timeoutMs: 1000 });
        await expect(call).rejects.toMatchObject({ code: 'refused', outcome: 'refused' });
        client.close();
      }),
    );
  });

  test('a client without certificates gets no answer', async () => {
    const client = new EtcdClient({
      endpoints: servers.endpoints.map((url) => url.replace('https', 'http')),
    });
    const call = client.range('a', {}, { timeoutMs: 500 });
    await expect(call).rejects.toMatchObject({ code: 'unavailable', outcome: 'refused' });
    client.close();
  });
});

function made(folder: string): EtcdClientTls {
  const members = [{ name: 'm1', hosts: ['127.0.0.1'] }];
  makeCertificates({ members, folder, days: 30, onExisting: 'refuse', nowMs: Date.now() });
  const read = (name: string): string => readFileSync(join(folder, 'm1', name), 'utf8');
  return { ca: read('ca.pem'), certificate: read('member.pem'), key: read('member-key.pem') };
}
