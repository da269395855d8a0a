/**
 * Loaded into every process of a server under test, before the program: where the process is a builder or a query process, it obeys the
 * orders of `faults.ts`, by standing in front of methods of classes that the program uses.
 */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isMainThread } from 'node:worker_threads';
import type { JournalFile } from '@skein/oplog';
import { around } from './around.ts';
import {
  type CrashStage,
  crashedFile,
  type FaultOrders,
  type PlantedBug,
  readOrders,
  syncedFile,
} from './faults.ts';

const file = process.env['TEST_FAULTS_FILE'];
const role = basename(process.argv[1] ?? '');
if (file !== undefined && isMainThread && (role === 'builder-main.ts' || role === 'query-main.ts')) {
  const orders = followOrders(file);
  stepClock(orders);
  if (role === 'builder-main.ts') await crashAndFill(file, orders);
  const bug = process.env['TEST_PLANTED_BUG'] as PlantedBug | undefined;
  if (bug !== undefined) {
    const { plant } = await import('./planted-bugs.ts');
    plant(bug, role, orders);
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
  around(Date, 'now', (proceed) => proceed() + orders().clockOffsetMs);
}

/** In one step: whoever is killed in the middle of it leaves the note from before. */
function noteSynced(from: string, path: string, byteLength: number): void {
  const note = syncedFile(from, path);
  writeFileSync(`${note}.new`, String(byteLength));
  renameSync(`${note}.new`, note);
}

async function crashAndFill(from: string, orders: () => FaultOrders): Promise<void> {
  const { DocumentStorage } = await import('@skein/documents');
  const { DiskFullError, LocalJournal, NodeJournalDisk } = await import('@skein/oplog');
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

  around(DocumentStorage.prototype, 'write', (proceed, _, apply) => {
    die('before-commit');
    const answer = proceed((writer) => {
      const result = apply(writer);
      die('in-commit');
      // As LMDB tells it: the disk is found full when pages are written.
      if (orders().diskFull === 'store')
        throw Object.assign(new Error('No space left on device'), { code: 28 });
      return result;
    });
    die('after-commit');
    setImmediate(() => setImmediate(() => die('after-answer')));
    return answer;
  });
  around(LocalJournal.prototype, 'append', (proceed, _, batch) => {
    die('before-append');
    return proceed(batch);
  });

  around(LocalJournal, 'open', async (proceed, _, disk, options) => {
    await pause(orders().replayMs);
    return proceed(disk, { ...options, fileBytesMax: Number(process.env['TEST_JOURNAL_FILE_BYTES']) });
  });

  /** Slow, full, and with a note of what a power loss would leave. */
  const watched = (opened: JournalFile, path: string, byteLength: number): JournalFile => {
    let end = byteLength;
    around(opened, 'write', async (proceed, __, parts, byteOffset) => {
      if (orders().diskFull === 'journal') throw new DiskFullError('no space left for the journal');
      await proceed(parts, byteOffset);
      end = parts.reduce((sum, part) => sum + part.byteLength, byteOffset);
    });
    around(opened, 'truncate', async (proceed, __, shorter) => {
      await proceed(shorter);
      end = shorter;
    });
    around(opened, 'sync', async (proceed) => {
      const synced = end;
      await pause(orders().syncDelayMs);
      await proceed();
      noteSynced(from, path, synced);
    });
    return opened;
  };
  around(NodeJournalDisk.prototype, 'create', async (create, disk, name) => {
    rmSync(syncedFile(from, disk.describe(name)), { force: true });
    return watched(await create(name), disk.describe(name), 0);
  });
  around(NodeJournalDisk.prototype, 'open', async (open, disk, name) =>
    watched(await open(name), disk.describe(name), await disk.byteLength(name)),
  );
}
