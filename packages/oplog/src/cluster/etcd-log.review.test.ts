/** Claims about the log that were doubted when it was read by somebody else. */
import { asSequence } from '@skein/base';
import { afterEach, expect, test, vi } from 'vitest';
import { OPERATION_BYTES_MAX } from '../limits.ts';
import { proposed, take, textOf } from '../operation-log.contract.ts';
import { LogMember, type LogMemberOptions, PeerLines } from '../testing/log-members.ts';
import { SimEtcd, type SimEtcdConnection } from '../testing/sim-etcd.ts';
import { encodeEntry } from './entry.ts';

interface Cluster {
  readonly etcd: SimEtcd;
  readonly lines: PeerLines;
  readonly members: readonly LogMember[];
}

const opened: Cluster[] = [];

async function open(options: Partial<LogMemberOptions> = {}): Promise<Cluster> {
  const etcd = new SimEtcd();
  const lines = new PeerLines();
  const members = ['a', 'b', 'c'].map(
    (name) => new LogMember({ name, lines, etcd: (of) => etcd.connect(of), ...options }),
  );
  await Promise.all(members.map((member) => member.start()));
  const cluster = { etcd, lines, members };
  opened.push(cluster);
  return cluster;
}

afterEach(async () => {
  for (const { members, lines } of opened.splice(0)) {
    for (const { name, etcd } of members) {
      for (const other of members) lines.heal(name, other.name);
      const line = etcd as SimEtcdConnection;
      line.cut = false;
      line.hold = false;
      line.loseAnswers = false;
    }
    await Promise.all(members.map((member) => member.stop()));
  }
});

async function settles(what: () => void): Promise<void> {
  await vi.waitFor(what, { timeout: 15_000, interval: 10 });
}

test('an entry that its proposer never ordered leaves the stores of the others', async () => {
  const { members, etcd } = await open();
  const [a, b] = members;
  await a!.log!.append([proposed('first')]);
  await settles(() => expect(b!.log!.lastSequence).toBe(1));
  const epoch = etcd.get('skein/proposers/a')!.createRevision;
  // As when the transaction was never sent, and the proposer's process is another one now.
  const orphan = { member: 'a', epoch, counter: 9 };
  await b!.log!.storeEntry(orphan, encodeEntry([proposed('never ordered')]));
  await a!.stop();
  await a!.start();
  await settles(() => expect(a!.log!.isWritable).toBe(true));
  await a!.log!.append([proposed('second')]);
  await settles(() => expect(b!.log!.lastSequence).toBe(2));
  await vi.waitFor(async () => expect(await b!.log!.fetchEntry(orphan, undefined)).toBeUndefined(), {
    timeout: 15_000,
    interval: 50,
  });
});

test('a second process of a member puts an end to the first one, which does not stay half alive', async () => {
  const { members, lines, etcd } = await open();
  const [a] = members;
  await settles(() => expect(a!.log!.isWritable).toBe(true));
  const other = new LogMember({ name: 'a', lines, etcd: (of) => etcd.connect(of) });
  await other.start();
  try {
    await settles(() => expect(other.log!.isWritable).toBe(true));
    await settles(() => expect(a!.fatal).toBeDefined());
    expect(a!.log!.isWritable).toBe(false);
  } finally {
    await other.stop();
  }
});

test('entries that were ordered while this member did not look, and are trimmed, do not stop it from writing', async () => {
  const { members, etcd } = await open({ log: { leaseTtlS: 1, appendTimeoutMs: 2000 } });
  const [a, b] = members;
  await a!.log!.append([proposed('0')]);
  await settles(() => expect(members.map(({ log }) => log!.lastSequence)).toEqual([1, 1, 1]));
  const line = a!.etcd as SimEtcdConnection;
  const outcomes: Promise<unknown>[] = [];
  for (let round = 1; round <= 2; round++) {
    // The transaction is answered, the watch stands still, and the member is away for so long that it is not waited for.
    let release: () => void = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let watchIsHeld = true;
    // The tail has shown the epoch by now.
    await a!.log!.append([proposed(`before ${round}`)]);
    await settles(() => expect(b!.log!.lastSequence).toBe(a!.log!.lastSequence));
    let heldCount = 0;
    line.delay = (call) => {
      if (call !== 'watch' || !watchIsHeld) return Promise.resolve();
      heldCount++;
      return released;
    };
    // Something to tell, so that the watch stands still before the order is told.
    await etcd.connect('x').transaction({ compare: [], then: [{ kind: 'put', key: 'skein/y', value: '' }] });
    await settles(() => expect(heldCount).toBeGreaterThan(0));
    const before = b!.log!.lastSequence;
    outcomes.push(
      a!.log!.append([proposed(`a${round}`)]).then(
        () => 'ordered',
        (error: unknown) => error,
      ),
    );
    await settles(() => expect(b!.log!.lastSequence).toBe(before + 1));
    line.cut = true;
    etcd.advance(1500);
    await settles(() => expect(etcd.list('skein/order/')).toEqual([]));
    watchIsHeld = false;
    line.delay = undefined;
    line.cut = false;
    await etcd.connect('x').compact(etcd.revision);
    release();
    await settles(() => expect(a!.log!.lastSequence).toBe(b!.log!.lastSequence));
    await settles(() => expect(a!.log!.isWritable).toBe(true));
  }
  // They are written, but nobody here is told where.
  for (const outcome of await Promise.all(outcomes)) expect(outcome).toMatchObject({ outcome: 'unknown' });
  expect(a!.log!.statistics.waitingBytes).toBe(0);
  await a!.log!.append([proposed('after all')]);
  expect((await take(a!.log!, 1, 6)).map(textOf)).toEqual([
    '0',
    'before 1',
    'a1',
    'before 2',
    'a2',
    'after all',
  ]);
}, 60_000);

test('a member that has to read journals of others first takes no writes that it could not answer', async () => {
  const { members, etcd, lines } = await open({ log: { appendTimeoutMs: 600 } });
  const [a, b, c] = members;
  await c!.stop();
  for (let at = 0; at < 5; at++) await a!.log!.append([proposed(String(at))]);
  await settles(() => expect(etcd.list('skein/order/')).toEqual([]));
  await c!.start();
  // Journals cannot be read for a while; entries can be stored.
  const readA = vi.spyOn(a!.log!, 'readJournal').mockRejectedValue(new Error('busy'));
  const readB = vi.spyOn(b!.log!, 'readJournal').mockRejectedValue(new Error('busy'));
  await settles(() => expect(c!.log!.head).toBe(5));
  await expect(c!.log!.append([proposed('early')])).rejects.toMatchObject({ outcome: 'refused' });
  readA.mockRestore();
  readB.mockRestore();
  await settles(() => expect(c!.log!.state).toBe('live'));
  expect(await c!.log!.append([proposed('now')])).toEqual({ first: asSequence(6), last: asSequence(6) });
  expect(lines.isUp('a', 'c')).toBe(true);
});

test('a journal with a gap, as a checkpoint leaves it, is not waited for when a peer asks for what lies in the gap', async () => {
  const { members } = await open();
  const [a, b, c] = members;
  for (let at = 1; at <= 3; at++) await c!.log!.append([proposed(String(at))]);
  await c!.stop();
  for (let at = 4; at <= 8; at++) await a!.log!.append([proposed(String(at))]);
  await settles(() => expect(b!.log!.lastSequence).toBe(8));
  await c!.start(asSequence(8));
  expect(c!.log!.lastSequence).toBe(8);
  expect(await c!.log!.readJournal(asSequence(5), 1000)).toMatchObject({ kind: 'released' });
  const id = { member: 'a', epoch: 1, counter: 1 };
  const range = { first: asSequence(6), last: asSequence(6) };
  expect(await c!.log!.fetchEntry(id, range)).toBeUndefined();
  expect(await c!.log!.readJournal(asSequence(2), 1000)).toMatchObject({
    kind: 'operations',
    operations: [{ sequence: 2 }, { sequence: 3 }],
  });
});

test('a member whose store of entries has failed stops, and starts again with what was synced', async () => {
  const { members } = await open();
  const [a, b] = members;
  await b!.log!.append([proposed('1')]);
  a!.entriesDisk.failSyncAfter(1);
  await b!.log!.append([proposed('2')]);
  await settles(() => expect(a!.fatal).toBeDefined());
  await a!.stop();
  await a!.start();
  await settles(() => expect(a!.log!.isWritable).toBe(true));
  await a!.log!.append([proposed('3')]);
  expect((await take(a!.log!, 1, 3)).map(textOf)).toEqual(['1', '2', '3']);
});

test('an operation that no journal takes is refused before it is ordered', async () => {
  const { members } = await open();
  const [a] = members;
  const large = { ...proposed('large'), payload: new Uint8Array(OPERATION_BYTES_MAX + 1) };
  await expect(a!.log!.append([large])).rejects.toMatchObject({
    code: 'operation-too-large',
    outcome: 'refused',
  });
  expect(await a!.log!.append([proposed('1')])).toEqual({ first: 1, last: 1 });
});

test('while nothing can be ordered, the stores of the others do not fill up with entries that are given up', async () => {
  const { members, etcd } = await open({ log: { appendTimeoutMs: 250 } });
  const [a, b] = members;
  await a!.log!.append([proposed('1')]);
  etcd.full = true;
  let refused = 0;
  for (let round = 0; round < 8; round++) {
    const outcomes: Promise<unknown>[] = [];
    for (let at = 0; at < 20; at++) {
      outcomes.push(a!.log!.append([proposed(`${round}.${at}`)]).catch(() => refused++));
      // Each in an entry of its own, if there may be so many.
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(outcomes);
  }
  expect(refused).toBe(160);
  expect(b!.entries!.count).toBeLessThan(40);
  etcd.full = false;
  expect(await a!.log!.append([proposed('2')])).toEqual({ first: 2, last: 2 });
  await settles(() => expect(b!.entries!.count).toBe(0));
});

test('a member that does not know yet who belongs to the cluster keeps its journal for them', async () => {
  const etcd = new SimEtcd();
  let isCut = false;
  const lines = new PeerLines();
  const members = ['a', 'b', 'c'].map(
    (name) =>
      new LogMember({
        name,
        lines,
        etcd: (of) => {
          const line = etcd.connect(of);
          line.cut = isCut;
          return line;
        },
        journal: { fileBytesMax: 200 },
      }),
  );
  opened.push({ etcd, lines, members });
  for (const member of members) await member.start();
  const [a, , c] = members;
  await c!.stop();
  for (let at = 1; at <= 20; at++) await a!.log!.append([proposed(String(at))]);
  await settles(() => expect(etcd.list('skein/order/')).toEqual([]));
  await a!.stop();
  isCut = true;
  await a!.start();
  // As after a checkpoint of what is applied: this member does not need it any more.
  await a!.log!.release(asSequence(20));
  expect(a!.log!.firstSequence).toBe(1);
  isCut = false;
  (a!.etcd as SimEtcdConnection).cut = false;
  await c!.start();
  await settles(() => expect(c!.log!.lastSequence).toBe(20));
  await settles(() => expect(a!.log!.firstSequence).toBeGreaterThan(1));
});
