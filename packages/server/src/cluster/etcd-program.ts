/** The program of etcd on this machine: that it is there, how new it is, and how it is called so that it ends with its supervisor. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ProcessStartError } from '../process/managed-process.ts';
import { etcdEnvironment } from './etcd-arguments.ts';

export interface EtcdProgram {
  readonly version: string;
  readonly command: string;
  /** Come before etcd's own. */
  readonly commandArguments: readonly string[];
}

/** util-linux's: asks the system to end what it calls when the process that started it ends, however that ends. */
const LIFE_LINE = ['setpriv', '--pdeathsig', 'TERM', '--'] as const;
const versionMin = [3, 4] as const;
const run = promisify(execFile);

/** Rejects with `ProcessStartError`, which says what to install. */
export async function findEtcd(binary: string): Promise<EtcdProgram> {
  const [lifeLine, ...lifeLineArguments] = LIFE_LINE;
  const withLifeLine = [...lifeLineArguments, binary];
  const tied = await versionOf(lifeLine, withLifeLine);
  const version = tied ?? (await versionOf(binary, [])) ?? notFound(binary);
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major !== versionMin[0] || minor < versionMin[1]) {
    throw new ProcessStartError(
      `${binary} is etcd ${version}; expected ${versionMin.join('.')} or newer. Name another by SKEIN_ETCD_BINARY`,
    );
  }
  return tied === undefined
    ? { version, command: binary, commandArguments: [] }
    : { version, command: lifeLine, commandArguments: withLifeLine };
}

/** Undefined: it cannot be called, or is something else. */
async function versionOf(command: string, before: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout } = await run(command, [...before, '--version'], {
      timeout: 10_000,
      env: etcdEnvironment(process.env),
    });
    return /etcd Version: (\d+\.\d+\.\d+)/.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}

function notFound(binary: string): never {
  throw new ProcessStartError(
    `a cluster needs etcd, and "${binary}" is not it; install it (Debian: apt-get install etcd-server), or name its program by ` +
      'SKEIN_ETCD_BINARY, or an etcd that runs already by SKEIN_ETCD_ENDPOINTS',
  );
}
