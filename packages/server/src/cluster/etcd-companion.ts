/** The etcd that a member starts for itself. */
import type { ClusterConfiguration } from '@skein/member';
import type { Logger } from 'pino';
import type { Configuration } from '../configuration.ts';
import { type EtcdAdministration, EtcdProcess } from './etcd-process.ts';

/** Undefined where one is given that runs already. */
export function ownEtcd(options: {
  readonly configuration: Configuration;
  readonly cluster: ClusterConfiguration;
  readonly secret: string;
  readonly log: Logger;
}): EtcdProcess | undefined {
  const { cluster } = options;
  if (!cluster.runsEtcd) return undefined;
  const connect = async (endpoints: readonly string[]): Promise<EtcdAdministration> => {
    // Only who has lost its disk needs a client here, which takes a while to load.
    const { EtcdClient } = await import('@skein/oplog/cluster');
    const { certificates: given } = cluster;
    const tls = given === undefined ? undefined : { ca: given.ca, certificate: given.cert, key: given.key };
    return new EtcdClient({ endpoints, tls });
  };
  return new EtcdProcess({ ...options, connect });
}
