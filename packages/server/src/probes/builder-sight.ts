/** How the builder is, in its own process. */
import type { Json } from '@skein/base';
import type { Builder, BuilderCluster } from '@skein/member';
import type { BuilderSight, ClusterSight } from './sight.ts';

type Looked = Pick<Builder, 'behindSinceMs' | 'publishedThrough' | 'statistics'>;

export function builderSight(builder: Looked, cluster: BuilderCluster | undefined): BuilderSight {
  const { behindSinceMs } = builder;
  const statistics = builder.statistics();
  const [unreadable, failed] = [statistics['unreadableOperationCount'], statistics['failedTransactionCount']];
  return {
    // Both by the wall clock.
    behindMs: behindSinceMs === undefined ? 0 : Math.max(0, Date.now() - behindSinceMs),
    setAsideIndexCount: count(statistics['setAsideIndexCount']),
    setAsideDocumentsCount: count(statistics['setAsideStoreCount']),
    failedOperationCount: count(unreadable) + count(failed),
    cluster: cluster === undefined ? null : clusterSight(cluster, builder.publishedThrough),
  };
}

function clusterSight(cluster: BuilderCluster, published: number): ClusterSight {
  const { state, quorum, lagMs } = cluster.progress(published);
  return { state, quorum, lagMs, described: cluster.describe() };
}

function count(value: Json | undefined): number {
  return typeof value === 'number' ? value : 0;
}
