/**
 * Loaded into every process of a server under test, before the program: where the process is a builder or a query process, it obeys the
 * orders of `faults.ts`, by standing in front of methods of classes that the program uses.
 */
import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { type CrashStage, crashedFile, type FaultOrders, type PlantedBug, readOrders } from './faults.ts';

const file = process.env['TEST_FAULTS_FILE'];
const role = basename(process.argv[1] ?? '');
if (file !== undefined && isMainThread && (role === 'builder-main.ts' || role === 'query-main.ts')) {
  const orders = followOrders(file);
  stepClock(orders);
  if (role === 'builder-main.ts') await crashAndFill(file, orders);
  const bug = process.env['TEST_PLANTED_BUG'] as PlantedBug | undefined;
  if (bug !== undefined) {
    const { plant } = await import('./planted-bugs.ts');
    await plant(bug, role, orders);
  }
}

/** Looked up again every few milliseconds of time that never steps. */
function followOrders(from: string): () => FaultOrders {
  let orders = readOrders(from);
  let readAtMs = performance.now();
  return () => {
    if (performance.now() - readAtMs > 3) {
      readAtMs = performance.now();
      orders = readOrders(from);
    }
    return orders;
  };
}

function stepClock(orders: () => FaultOrders): void {
  const now = Date.now;
  Date.now = () => now() + orders().clockOffsetMs;
}

async function crashAndFill(from: string, orders: () => FaultOrders): Promise<void> {
  const { DocumentStorage } = await import('@skein/documents');
  const { DiskFullError, LocalJournal } = await import('@skein/oplog');
  const die = (stage: CrashStage): void => {
    if (orders().crashAt !== stage) return;
    try {
      writeFileSync(crashedFile(from), stage, { flag: 'wx' });
    } catch {
      // Ordered once, and obeyed by a builder before this one.
      return;
    }
    process.kill(process.pid, 'SIGKILL');
  };

  const { write } = DocumentStorage.prototype;
  DocumentStorage.prototype.write = function <T>(apply: Parameters<typeof write<T>>[0]): T {
    die('before-commit');
    const answer = write.call(this, (writer) => {
      const result = apply(writer);
      die('in-commit');
      // As LMDB tells it: the disk is found full when pages are written.
      if (orders().diskFull === 'store')
        throw Object.assign(new Error('No space left on device'), { code: 28 });
      return result;
    }) as T;
    die('after-commit');
    setImmediate(() => setImmediate(() => die('after-answer')));
    return answer;
  };

  const { append } = LocalJournal.prototype;
  LocalJournal.prototype.append = async function (batch) {
    die('before-append');
    return append.call(this, batch);
  };
  // Small files, so that the journal forgets what it may while a test runs.
  const { open } = LocalJournal;
  LocalJournal.open = (disk, options) => {
    const { create, open: openFile } = disk;
    const filling = <F extends Awaited<ReturnType<typeof create>>>(opened: F): F => {
      const { write: writeParts } = opened;
      opened.write = async function (parts, byteOffset) {
        if (orders().diskFull === 'journal') throw new DiskFullError('no space left for the journal');
        await writeParts.call(this, parts, byteOffset);
      };
      return opened;
    };
    disk.create = async (name) => filling(await create.call(disk, name));
    disk.open = async (name) => filling(await openFile.call(disk, name));
    return open.call(LocalJournal, disk, { ...options, fileBytesMax: 30_000 });
  };
}
