import type { OpenCluster } from './builder-cluster.ts';
import type { ClusterConfiguration } from './cluster-configuration.ts';

/** For `Builder.start`. `version`: of the program. Loads what only a cluster needs when there is one. */
export function clusterOf(configuration: ClusterConfiguration, version: string): OpenCluster {
  return async (parts) => {
    const { ClusterMember } = await loadCluster();
    return ClusterMember.open(configuration, version, parts);
  };
}

/** For a process that has time now and may have none later. */
export function loadCluster(): Promise<typeof import('./cluster-member.ts')> {
  return import('./cluster-member.ts');
}
