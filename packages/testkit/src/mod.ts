export { makeCluster, RunningCluster, type StartClusterOptions, startCluster } from './cluster/cluster.ts';
export { ClusterMember, type MemberProcess } from './cluster/cluster-member.ts';
export type { NetworkFaults } from './cluster/network.ts';
export {
  type EtcdCertificates,
  type EtcdMember,
  etcdBinary,
  type RunningEtcd,
  type StartEtcdOptions,
  startEtcd,
} from './etcd-servers.ts';
export { CRASH_STAGES, type CrashStage, FaultControl, type PlantedBug } from './faults/faults.ts';
export { losePower } from './faults/power-loss.ts';
export {
  type RunningSkein,
  type SkeinProcesses,
  type StartSkeinOptions,
  startSkein,
} from './skein-server.ts';
