export { SimCrashError, SimDisk } from './sim-disk.ts';
export { SimEtcd, SimEtcdConnection } from './sim-etcd.ts';
