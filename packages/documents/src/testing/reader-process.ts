/**
 * A process that only reads: `node reader-process.ts <folder>`. To each line of its input it answers with one of its output:
 * `state` the applied sequence and a hash of everything; `hold` takes a snapshot and keeps it; `held` asks that snapshot; `release`.
 */
import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';
import { DocumentStorage, type Snapshot } from '../document-storage.ts';
import type { StorageReader } from '../storage-reader.ts';
import { describeState } from './scripted-operations.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('reader-process: a folder is expected');
const storage = DocumentStorage.open(folder, { readOnly: true, mapBytes: 2 ** 20 });
let held: Snapshot | undefined;

function told(reader: StorageReader): string {
  return `${reader.appliedSequence} ${createHash('sha256').update(describeState(reader)).digest('hex')}`;
}

for await (const line of createInterface(process.stdin)) {
  if (line === 'state') console.log(storage.read(told));
  if (line === 'hold') {
    held = storage.snapshot();
    console.log(told(held.reader));
  }
  if (line === 'held') console.log(held === undefined ? 'nothing is held' : told(held.reader));
  if (line === 'release') {
    held?.release();
    console.log('released');
  }
}
await storage.close();
