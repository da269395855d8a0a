/** Addresses of this machine for members that share its network: Linux answers to all of 127.0.0.0/8. */
import { createServer } from 'node:net';
import type { ClusterNetwork } from './network.ts';

let made = 0;

/** An address of its own for each member, so that all members may use the same ports. */
export async function loopbackNetwork(memberCount: number): Promise<ClusterNetwork> {
  for (;;) {
    const number = (process.pid * 16 + made++) % 65_000;
    const prefix = `127.${1 + (number >> 8)}.${number & 255}`;
    const hosts = Array.from({ length: memberCount }, (_, at) => `${prefix}.${11 + at}`);
    if (!(await isFree(hosts[0] ?? ''))) continue;
    return {
      kind: 'loopback',
      hosts,
      clientHost: '127.0.0.1',
      within: () => [],
      faults: undefined,
      close: () => Promise.resolve(),
    };
  }
}

/** Whether nobody serves there already, as another cluster of the tests would. */
function isFree(host: string): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(7700, host, () => server.close(() => resolve(true)));
  });
}
