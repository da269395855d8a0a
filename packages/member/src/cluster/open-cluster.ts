import type { OpenCluster } from './builder-cluster.ts';
import type { ClusterConfiguration } from './cluster-configuration.ts';

/** For `Builder.start`. `version`: of the program. Loads what only a cluster needs when there is one. */
export function clusterOf(configuration: ClusterConfiguration, version: string): OpenCluster {
  return async (parts) => {
    const { ClusterMember } = await import('./cluster-member.ts');
    return ClusterMember.open(configuration, version, parts);
  };
}
