/** Faults of lines do to connections what they say, seen by two programs that exchange a byte. Skipped where namespaces are not allowed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { namespaceNetwork } from './namespace-network.ts';
import type { ClusterNetwork, NetworkFaults } from './network.ts';
import { runCommand } from './run-command.ts';

const PORT = 7700;
const ECHO = `require('node:net').createServer((line) => line.pipe(line).on('error', () => {})).listen(${PORT}, () => console.log('ready'))`;
/** Long enough for a machine that is busy; what is cut never answers. */
const ANSWER_MS_MAX = 1_000;

const isAllowed = await namespaceNetwork(1).then(
  async (network) => {
    await network.close();
    return true;
  },
  (error: unknown) => {
    console.log(
      `lines between members are not tested, as this machine allows no namespaces: ${String(error)}`,
    );
    return false;
  },
);

let network: ClusterNetwork;
let faults: NetworkFaults;
const servers: ChildProcess[] = [];
beforeEach(async () => {
  network = await namespaceNetwork(3);
  faults = network.faults!;
  for (const at of network.hosts.keys()) {
    const [command, ...words] = [...network.within(at), process.execPath, '-e', ECHO];
    const server = spawn(command, words, { stdio: ['ignore', 'pipe', 'inherit'] });
    servers.push(server);
    await once(server.stdout, 'data');
  }
});
afterEach(async () => {
  for (const server of servers.splice(0)) server.kill('SIGKILL');
  await network.close();
});

/** Whether a byte sent from there to here comes back. */
async function reaches(from: number, to: number): Promise<boolean> {
  const code = `const line = require('node:net').connect(${PORT}, '${network.hosts[to]}');
    line.on('data', () => process.exit(0)).on('error', () => process.exit(1)).write('x');
    setTimeout(() => process.exit(1), ${ANSWER_MS_MAX})`;
  return runCommand([...network.within(from), process.execPath, '-e', code]).then(
    () => true,
    () => false,
  );
}

function clientReaches(to: number): Promise<boolean> {
  return new Promise((resolve) => {
    const line = connect(PORT, network.hosts[to]);
    const finish = (answered: boolean): void => {
      line.destroy();
      resolve(answered);
    };
    line.once('data', () => finish(true)).once('error', () => finish(false));
    line.setTimeout(ANSWER_MS_MAX, () => finish(false));
    line.write('x');
  });
}

test.skipIf(!isAllowed)(
  'what is cut does not answer, everything else does, and healed lines answer again',
  async () => {
    expect(await reaches(0, 1)).toBe(true);
    await faults.cut(0, 1);
    expect(await Promise.all([reaches(0, 1), reaches(1, 0), reaches(0, 2), reaches(2, 1)])).toEqual([
      false,
      false,
      true,
      true,
    ]);
    await faults.heal();
    await faults.isolate(2, 'members');
    expect(await Promise.all([reaches(0, 2), reaches(2, 1), reaches(0, 1), clientReaches(2)])).toEqual([
      false,
      false,
      true,
      true,
    ]);
    await faults.isolate(2, 'members and clients');
    expect(await clientReaches(2)).toBe(false);
    await faults.heal();
    expect(await Promise.all([reaches(0, 2), clientReaches(2)])).toEqual([true, true]);
    // What comes back takes the other way.
    await faults.cutOneWay(0, 1);
    expect(await Promise.all([reaches(0, 1), reaches(1, 0)])).toEqual([false, false]);
  },
);

test.skipIf(!isAllowed)('a line that loses all packets is cut, and a slow one answers late', async () => {
  await faults.lose(0, 1, 100);
  expect(await reaches(0, 1)).toBe(false);
  await faults.heal();
  await faults.slow(0);
  expect(await reaches(0, 1)).toBe(true);
  await faults.heal();
  expect(await reaches(0, 1)).toBe(true);
});
