import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { etcdBinary, startEtcd } from './etcd-servers.ts';

const hasEtcd = etcdBinary() !== undefined;

test.skipIf(!hasEtcd)(
  'three members of etcd elect another leader when it is killed, and take it back',
  async () => {
    const etcd = await startEtcd({ members: 3 });
    try {
      const first = await etcd.leader();
      const pid = first.pid;
      await first.kill('SIGKILL');
      const second = await etcd.leader();
      expect(second.name).not.toBe(first.name);
      await first.restart();
      expect(first.pid).not.toBe(pid);
      await second.kill('SIGSTOP');
      expect((await etcd.leader()).name).not.toBe(second.name);
      await second.kill('SIGCONT');
    } finally {
      await etcd.stop();
    }
    for (const { pid } of etcd.members) expect(existsSync(`/proc/${pid}`)).toBe(false);
  },
);

test.skipIf(!hasEtcd)('what etcd writes when it does not come up is told', async () => {
  await expect(startEtcd({ flags: ['--election-timeout', '10'] })).rejects.toThrow('election');
});
