/** A process that writes until it is killed: `node crash-writer.ts <folder>`. Each line that it prints is a sequence it has applied. */
import { writeSync } from 'node:fs';
import { DocumentStorage } from '../document-storage.ts';
import { applyOperation } from './scripted-operations.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('crash-writer: a folder is expected');
// Little, so that syncs happen all the time.
const storage = DocumentStorage.open(folder, { unsyncedBytesMax: 2 ** 20, mapBytes: 2 ** 20 });

function writeBatch(): void {
  const first = storage.appliedSequence + 1;
  const last = first + (first % 7);
  storage.write((writer) => {
    for (let sequence = first; sequence <= last; sequence++) applyOperation(writer, sequence);
    writer.setAppliedSequence(last);
  });
  writeSync(1, `${last}\n`);
  setImmediate(writeBatch);
}
writeBatch();
