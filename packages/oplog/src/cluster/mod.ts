/** What a member of a cluster needs beside `@skein/oplog`. Apart, because loading the client of etcd costs what a single machine need not pay. */
export {
  EtcdClient,
  type EtcdClientOptions,
  type EtcdClusterMember,
  type EtcdStatus,
} from '../etcd/etcd-client.ts';
export {
  type EtcdCallOptions,
  EtcdError,
  type EtcdErrorCode,
  type EtcdPort,
} from '../etcd/etcd-port.ts';
export type { EtcdClientTls } from '../etcd/etcd-security.ts';
export { EntryStore } from './entry-store.ts';
export { EtcdLog } from './etcd-log.ts';
export type { EtcdLogOptions, EtcdLogState, EtcdLogStatistics } from './etcd-log-options.ts';
export type { MemberStatus } from './member-status.ts';
export { Membership, MembershipError, register, unregister } from './membership.ts';
