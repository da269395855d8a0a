export { MemoryDirectory } from './memory-directory.ts';
