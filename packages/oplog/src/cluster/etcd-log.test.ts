import { asSequence } from '@skein/base';
import { afterEach, expect, test, vi } from 'vitest';
import { operationLogContract, proposed, take, textOf } from '../operation-log.contract.ts';
import { LogMember, type LogMemberOptions, PeerLines } from '../testing/log-members.ts';
import { SimEtcd } from '../testing/sim-etcd.ts';

interface Cluster {
  readonly etcd: SimEtcd;
  readonly lines: PeerLines;
  readonly members: readonly LogMember[];
}

const opened: Cluster[] = [];

async function open(options: Partial<LogMemberOptions> = {}, names = ['a', 'b', 'c']): Promise<Cluster> {
  const etcd = new SimEtcd();
  const lines = new PeerLines();
  const members = names.map(
    (name) => new LogMember({ name, lines, etcd: (of) => etcd.connect(of), ...options }),
  );
  await Promise.all(members.map((member) => member.start()));
  const cluster = { etcd, lines, members };
  opened.push(cluster);
  return cluster;
}

async function cleanUp({ members }: Cluster): Promise<void> {
  await Promise.all(members.map((member) => member.stop()));
}

afterEach(async () => {
  for (const cluster of opened.splice(0)) await cleanUp(cluster);
});

async function settles(what: () => void): Promise<void> {
  await vi.waitFor(what, { timeout: 10_000, interval: 10 });
}

operationLogContract('EtcdLog', async () => {
  const cluster = await open();
  opened.pop();
  const [first] = cluster.members;
  return {
    log: first!.log!,
    reopen: async () => {
      await first!.stop();
      return first!.start();
    },
    cleanUp: () => cleanUp(cluster),
  };
});

test('all members have the same operations at the same sequences, whoever appended them', async () => {
  const { members } = await open();
  const logs = members.map(({ log }) => log!);
  await Promise.all(
    Array.from({ length: 60 }, (_, at) => logs[at % 3]!.append([proposed(`${at}`), proposed(`${at}'`)])),
  );
  await settles(() => {
    expect(logs.map(({ lastSequence }) => lastSequence)).toEqual([120, 120, 120]);
  });
  const [a, b, c] = await Promise.all(logs.map(async (log) => (await take(log, 1, 120)).map(textOf)));
  expect(b).toEqual(a);
  expect(c).toEqual(a);
});

test('without a second copy nothing is ordered, and the append is refused after its time', async () => {
  const { members, lines } = await open({ log: { appendTimeoutMs: 300 } });
  const [a, b] = members.map(({ log }) => log!);
  await a!.append([proposed('before')]);
  for (const other of ['b', 'c']) lines.cut('a', other);
  await expect(a!.append([proposed('lost')])).rejects.toMatchObject({
    code: 'no-quorum',
    outcome: 'refused',
  });
  await b!.append([proposed('of b')]);
  for (const other of ['b', 'c']) lines.heal('a', other);
  await a!.append([proposed('after')]);
  expect((await take(a!, 1, 3)).map(textOf)).toEqual(['before', 'of b', 'after']);
});

test('order records leave etcd when all living members have them, and a member that comes back reads a journal', async () => {
  const { members, etcd } = await open();
  const [a, , c] = members;
  await c!.stop();
  for (let at = 0; at < 30; at++) await a!.log!.append([proposed(String(at))]);
  await settles(() => expect(etcd.list('skein/order/')).toEqual([]));
  await c!.start();
  await settles(() => expect(c!.log!.lastSequence).toBe(30));
  expect((await take(c!.log!, 1, 30)).map(textOf)).toEqual((await take(a!.log!, 1, 30)).map(textOf));
  expect(c!.log!.statistics.fetchedOperationCount).toBeGreaterThan(0);
});

test('a member that lacks what all others have released says that it needs a checkpoint', async () => {
  const { members, etcd } = await open({
    journal: { fileBytesMax: 200 },
    log: { journalKeepBytes: 0 },
  });
  const [a, b, c] = members;
  await c!.stop();
  for (let at = 0; at < 30; at++) await a!.log!.append([proposed(String(at))]);
  await settles(() => expect(etcd.list('skein/order/')).toEqual([]));
  await settles(() => expect(b!.log!.lastSequence).toBe(30));
  for (const { log } of [a!, b!]) await log!.release(asSequence(30));
  await c!.start();
  await settles(() => expect(c!.log!.state).toBe('needs-checkpoint'));
});

test('an answer that is lost does not order anything twice', async () => {
  const { members, etcd } = await open({}, ['a', 'b']);
  const [a, b] = members;
  await a!.log!.append([proposed('0')]);
  const line = a!.etcd as ReturnType<SimEtcd['connect']>;
  line.loseAnswers = true;
  const appended = a!.log!.append([proposed('1')]);
  await settles(() => expect(b!.log!.lastSequence).toBe(2));
  line.loseAnswers = false;
  expect(await appended).toEqual({ first: 2, last: 2 });
  expect(await a!.log!.append([proposed('2')])).toEqual({ first: 3, last: 3 });
  expect(etcd.list('skein/order/').length).toBeLessThanOrEqual(3);
});

test('an operation that no journal could take is refused before it is ordered', async () => {
  const { members } = await open();
  const [a] = members;
  const large = { ...proposed('large'), payload: new Uint8Array(64 * 1024 * 1024 + 1) };
  await expect(a!.log!.append([large])).rejects.toMatchObject({
    code: 'operation-too-large',
    outcome: 'refused',
  });
  expect(() => a!.log!.append([{ ...proposed('name'), application: 'x'.repeat(10_000) }])).toThrow('names');
  expect(await a!.log!.append([proposed('next')])).toEqual({ first: 1, last: 1 });
});

test('a member whose disk is full refuses at once, and follows again when there is room', async () => {
  const { members } = await open();
  const [a, b] = members;
  await a!.log!.append([proposed('0')]);
  await settles(() => expect(b!.log!.lastSequence).toBe(1));
  b!.diskIsFull = true;
  await a!.log!.append([proposed('1')]);
  await settles(() => expect(b!.complaints.join()).toContain('the disk of the journal is full'));
  await expect(b!.log!.append([proposed('2')])).rejects.toMatchObject({
    code: 'disk-full',
    outcome: 'refused',
  });
  b!.diskIsFull = false;
  await settles(() => expect(b!.log!.lastSequence).toBe(a!.log!.lastSequence));
  await settles(() => expect(b!.log!.isWritable).toBe(true));
  await b!.log!.append([proposed('3')]);
  expect((await take(b!.log!, 1, 3)).map(textOf)).toEqual(['0', '1', '3']);
});
