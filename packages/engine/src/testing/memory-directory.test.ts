import { directoryContract } from '../directory.contract.ts';
import { MemoryDirectory } from './memory-directory.ts';

directoryContract('MemoryDirectory', () => new MemoryDirectory());
