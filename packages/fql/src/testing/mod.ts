/** Doubles and plain implementations that tests build on; nothing here runs in a server. */
export { MemoryStore } from './memory-store.ts';
