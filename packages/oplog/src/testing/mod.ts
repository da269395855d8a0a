export { SimCrashError, SimDisk } from './sim-disk.ts';
