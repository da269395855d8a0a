/**
 * Mistakes that a checker of histories has to find. They are planted into processes of a server under test, and nowhere else.
 *
 *   stale-read         a query process answers some reads from a snapshot that it has kept for a while
 *   time-of-clock      a batch takes its times from the clock and forgets those of the batch before
 *   repeat-twice       the builder does not remember which proposals it has carried out, and carries out repeated ones again
 *   early-answer       the journal answers before what it wrote is on the disk
 *   unsynced-log       neither the journal nor the entries of a cluster are on the disk when it says so
 *   forgotten-journal  the journal forgets operations before the stores have them on the disk
 */
import type { DocumentStorageWriter, Snapshot } from '@skein/documents';
import { DocumentStorage } from '@skein/documents';
import { DocumentsApplier, RecentOperations } from '@skein/member/testing';
import { type JournalFile, LocalJournal, NodeJournalDisk } from '@skein/oplog';
import { around } from './around.ts';
import type { FaultOrders, PlantedBug } from './faults.ts';

const STALE_MS = 150;

export function plant(bug: PlantedBug, role: string, orders: () => FaultOrders): void {
  const isBuilder = role === 'builder-main.ts';
  if (bug === 'stale-read' && !isBuilder) staleReads(orders);
  if (bug === 'time-of-clock' && isBuilder) timesOfTheClock(orders);
  if (bug === 'repeat-twice' && isBuilder) repeatTwice();
  if (bug === 'early-answer' && isBuilder) answerEarly(orders);
  if (bug === 'unsynced-log' && isBuilder) leaveUnsynced(orders);
  if (bug === 'forgotten-journal' && isBuilder) forgetJournal(orders);
}

function staleReads(orders: () => FaultOrders): void {
  let kept: { readonly snapshot: Snapshot; readonly sinceMs: number } | undefined;
  let count = 0;
  around(DocumentStorage.prototype, 'read', (proceed, storage, use) => {
    if (!orders().bugShows) return proceed(use);
    if (kept === undefined || performance.now() - kept.sinceMs > STALE_MS) {
      kept?.snapshot.release();
      kept = { snapshot: storage.snapshot(), sinceMs: performance.now() };
    }
    return count++ % 10 === 0 ? use(kept.snapshot.reader) : proceed(use);
  });
}

function timesOfTheClock(orders: () => FaultOrders): void {
  around(DocumentStorage.prototype, 'write', (proceed, _, apply) =>
    proceed((writer) => apply(orders().bugShows ? forgetful(writer) : writer)),
  );
}

/** Its transactions are written at the times they ask for; the store underneath, which would refuse, is told later ones. */
function forgetful(writer: DocumentStorageWriter): DocumentStorageWriter {
  let lastTime = 0;
  const transact: DocumentStorageWriter['transact'] = (time, change) => {
    const before = writer.lastTime;
    const result = writer.transact(Math.max(time, before + 1), change);
    if (writer.lastTime !== before) lastTime = time;
    return result;
  };
  return new Proxy(writer, {
    get(target, name) {
      if (name === 'lastTime') return lastTime;
      if (name === 'transact') return transact;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

function repeatTwice(): void {
  RecentOperations.prototype.find = () => undefined;
  RecentOperations.prototype.commit = () => true;
}

function hasty(file: JournalFile, orders: () => FaultOrders): JournalFile {
  around(file, 'sync', async (proceed) => {
    if (!orders().bugShows) await proceed();
  });
  return file;
}

function leaveUnsynced(orders: () => FaultOrders): void {
  around(NodeJournalDisk.prototype, 'create', async (create, _, name) => hasty(await create(name), orders));
  around(NodeJournalDisk.prototype, 'open', async (open, _, name) => hasty(await open(name), orders));
}

function answerEarly(orders: () => FaultOrders): void {
  around(LocalJournal, 'open', (proceed, _, disk, options) => {
    around(disk, 'create', async (create, __, name) => hasty(await create(name), orders));
    around(disk, 'open', async (open, __, name) => hasty(await open(name), orders));
    return proceed(disk, options);
  });
}

function forgetJournal(orders: () => FaultOrders): void {
  const described = Object.getOwnPropertyDescriptor(DocumentsApplier.prototype, 'durableThrough');
  Object.defineProperty(DocumentsApplier.prototype, 'durableThrough', {
    get() {
      return orders().bugShows ? undefined : (described?.get?.call(this) as unknown);
    },
  });
  around(DocumentStorage.prototype, 'sync', (proceed) => (orders().bugShows ? Promise.resolve() : proceed()));
}
