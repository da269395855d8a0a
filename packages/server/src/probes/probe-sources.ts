/** From the settings of a server to what its prober looks at, and who tells. */
import { createHmac } from 'node:crypto';
import { hostname } from 'node:os';
import type { ClusterConfiguration } from '@skein/member';
import type { Logger } from 'pino';
import type { Configuration } from '../configuration.ts';
import type { AlertSource } from './alert-body.ts';
import type { ProberOptions } from './prober.ts';

const MIB = 1024 * 1024;

export function proberOptionsOf(parts: {
  readonly configuration: Configuration;
  readonly cluster: ClusterConfiguration | undefined;
  readonly secret: string;
  readonly log: Logger;
}): ProberOptions {
  const { configuration, cluster, secret, log } = parts;
  const own = cluster?.members.find(({ name }) => name === cluster.member);
  const { certificates: folder, fqlTlsCert } = configuration;
  return {
    thresholds: configuration.probeThresholds,
    cluster:
      cluster === undefined
        ? undefined
        : {
            lagMsMax: cluster.lagMsMax,
            etcdQuotaBytes: cluster.runsEtcd ? configuration.etcdQuotaMib * MIB : undefined,
          },
    dataFolder: configuration.data,
    source: alertSource(configuration, secret),
    alerts: configuration.alerts,
    member: own === undefined || folder === undefined ? undefined : { folder, own },
    fqlTlsCert: configuration.fql ? fqlTlsCert : undefined,
    log,
  };
}

/** The cluster is named by a digest of its secret: that is the same on all members, and tells nothing of it. */
export function alertSource(
  { cluster, member, publicUrl }: Pick<Configuration, 'cluster' | 'member' | 'publicUrl'>,
  secret: string,
): AlertSource {
  return {
    cluster: createHmac('sha256', secret).update('name of the cluster in alerts').digest('hex').slice(0, 12),
    member: cluster && member !== undefined ? member : hostname(),
    url: publicUrl,
  };
}
