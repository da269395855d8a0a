/** The etcd that a member starts for itself, and looks after. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterConfiguration } from '@skein/member';
import type { EtcdClient } from '@skein/oplog/cluster';
import type { Logger } from 'pino';
import type { Configuration } from '../configuration.ts';
import type { Companion } from '../process/supervisor.ts';
import { etcdFolder } from './etcd-arguments.ts';
import { careForEtcd, STORE_BYTES_FINE } from './etcd-care.ts';
import { EtcdProcess } from './etcd-process.ts';

export interface OwnEtcdOptions {
  readonly configuration: Configuration;
  readonly cluster: ClusterConfiguration;
  readonly secret: string;
  readonly log: Logger;
}

const careMs = 60_000;
const MIB = 1024 * 1024;

/** Undefined where one is given that runs already. */
export function ownEtcd(options: OwnEtcdOptions): Companion | undefined {
  return options.cluster.runsEtcd ? new OwnEtcd(options) : undefined;
}

class OwnEtcd implements Companion {
  readonly #options: OwnEtcdOptions;
  readonly #process: EtcdProcess;
  #careTimer: NodeJS.Timeout | undefined;
  #caring = false;
  #client: EtcdClient | undefined;
  #ended = false;

  constructor(options: OwnEtcdOptions) {
    this.#options = options;
    this.#process = new EtcdProcess({
      ...options,
      connect: (endpoints) => connect(endpoints, options.cluster),
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  async start(): Promise<void> {
    await this.#process.start();
    this.#careTimer = setInterval(() => void this.#care(), careMs);
  }

  async stop(): Promise<void> {
    this.#endCare();
    await this.#process.stop();
  }

  kill(): void {
    this.#endCare();
    this.#process.kill();
  }

  #endCare(): void {
    this.#ended = true;
    clearInterval(this.#careTimer);
    this.#client?.close();
  }

  async #care(): Promise<void> {
    if (this.#caring || this.#process.state !== 'running') return;
    const { cluster, configuration, log } = this.#options;
    // So the client is loaded only where there may be something to do.
    if (storeBytes(configuration.data) < STORE_BYTES_FINE) return;
    this.#caring = true;
    try {
      this.#client ??= await connect(cluster.etcdEndpoints, cluster);
      if (this.#ended) this.#client.close();
      await careForEtcd({
        client: this.#client,
        member: cluster.member,
        endpoints: cluster.etcdEndpoints,
        quotaBytes: configuration.etcdQuotaMib * MIB,
        nowMs: () => Date.now(),
        log,
      });
    } catch (error) {
      log.debug({ err: error }, 'etcd could not be looked after; trying again later');
    } finally {
      this.#caring = false;
    }
  }
}

/** On disk; 0 while there is none. */
function storeBytes(dataFolder: string): number {
  const file = join(etcdFolder(dataFolder), 'member', 'snap', 'db');
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

async function connect(
  endpoints: readonly string[],
  { certificates }: ClusterConfiguration,
): Promise<EtcdClient> {
  const client = await import('@skein/oplog/cluster');
  const tls =
    certificates === undefined
      ? undefined
      : { ca: certificates.ca, certificate: certificates.cert, key: certificates.key };
  return new client.EtcdClient({ endpoints, tls });
}
