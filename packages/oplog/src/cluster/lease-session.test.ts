/**
 * The presence of a member in etcd:
 *   1. It begins whenever etcd answers, and then lasts.
 *   2. Each epoch is a create revision of its own, and later than everything ordered under the one before.
 *   3. It is over when the lease is, when nobody answers for as long, or when the key is gone; then the next one begins.
 *   4. Of two processes of one member the last one to come proposes, and the other one does not come back.
 */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { randomFrom } from '../testing/random-from.ts';
import { SimEtcd, type SimEtcdConnection } from '../testing/sim-etcd.ts';
import { KEYS } from './entry-id.ts';
import { LeaseSession, type LeaseSessionOptions } from './lease-session.ts';
import type { MemberStatus } from './member-status.ts';
import { parseStatusText } from './status-text.ts';

const KEY = `${KEYS.proposers}a`;
const STATUS_KEY = `${KEYS.status}a`;

function status(journaled: number): MemberStatus {
  return {
    version: '0.1.0',
    format: 1,
    startedAtMs: 1,
    nowMs: 2,
    journaled,
    published: 0,
    state: 'live',
    diskFreeBytes: 1,
    diskBytes: 2,
    address: '127.0.0.1:7702',
    problems: [],
  };
}

let sim: SimEtcd;
let started: LeaseSession[];

beforeEach(() => {
  vi.useFakeTimers();
  sim = new SimEtcd();
  started = [];
});

afterEach(async () => {
  const stopping = Promise.all(started.map((session) => session.stop()));
  await vi.advanceTimersByTimeAsync(2000);
  await stopping;
  vi.useRealTimers();
});

/** etcd's time and this machine's go together. */
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 10) {
    sim.advance(10);
    await vi.advanceTimersByTimeAsync(10);
  }
}

interface Watched {
  readonly session: LeaseSession;
  readonly etcd: SimEtcdConnection;
  readonly epochs: (number | undefined)[];
  readonly logged: string[];
  journaled: number;
  replacedCount: number;
}

function start(
  options: Partial<LeaseSessionOptions> & { readonly connection?: SimEtcdConnection } = {},
): Watched {
  const etcd = options.connection ?? sim.connect('a');
  const epochs: (number | undefined)[] = [];
  const logged: string[] = [];
  const watched = { etcd, epochs, logged, journaled: 1, replacedCount: 0 };
  const session = LeaseSession.start(etcd, {
    member: 'a',
    describe: () => status(watched.journaled),
    onEpoch: (epoch) => epochs.push(epoch),
    onReplaced: () => watched.replacedCount++,
    log: (level, message) => logged.push(`${level} ${message}`),
    clock: { nowMs: () => Date.now() },
    ...options,
  });
  started.push(session);
  return Object.assign(watched, { session });
}

test('1: a member that starts has an epoch, its key under its lease, and its status', async () => {
  const { session, epochs, logged } = start();
  expect(session.epoch).toBeUndefined();
  await pass(50);
  const kv = sim.get(KEY)!;
  expect(session.epoch).toBe(kv.createRevision);
  expect(session.lease).toBe(kv.lease);
  expect(kv.value).toBe('0');
  expect(epochs).toEqual([session.epoch]);
  expect(parseStatusText(sim.get(STATUS_KEY)!.value)).toEqual(status(1));
  expect(sim.get(STATUS_KEY)!.lease).toBe(kv.lease);
  expect(logged).toEqual([]);
});

test('1: it lasts, and the status is told each second, or at once when asked', async () => {
  const watched = start();
  await pass(60_000);
  expect(watched.epochs).toHaveLength(1);
  const { modRevision, version } = sim.get(STATUS_KEY)!;
  expect(version).toBeGreaterThan(55);
  expect(version).toBeLessThan(65);
  watched.journaled = 7;
  watched.session.renewStatus();
  await pass(10);
  expect(sim.get(STATUS_KEY)!.modRevision).toBeGreaterThan(modRevision);
  expect(parseStatusText(sim.get(STATUS_KEY)!.value)?.journaled).toBe(7);
});

test('1: without etcd it goes on trying, complains once, and begins as soon as etcd answers', async () => {
  const connection = sim.connect('a');
  connection.cut = true;
  const { session, logged } = start({ connection });
  await pass(30_000);
  expect(session.epoch).toBeUndefined();
  expect(logged).toHaveLength(1);
  connection.cut = false;
  await pass(600);
  expect(session.epoch).toBe(sim.get(KEY)!.createRevision);
  expect(logged.at(-1)).toBe('info presence in etcd: fine again');
});

test('1: answers that are lost do not keep it from beginning', async () => {
  const connection = sim.connect('a');
  let calls = 0;
  connection.delay = async () => {
    // Every other call is carried out without an answer.
    connection.loseAnswers = ++calls % 4 < 2;
  };
  const { session, epochs } = start({ connection });
  await pass(20_000);
  connection.loseAnswers = false;
  connection.delay = undefined;
  await pass(1000);
  expect(session.epoch).toBe(sim.get(KEY)!.createRevision);
  expect(epochs.at(-1)).toBe(session.epoch);
});

test('2: a process that starts anew ends the epoch that the one before left behind, and gets a later one', async () => {
  const first = start();
  await pass(50);
  const before = first.session.epoch!;
  // Killed: nothing is said to etcd any more.
  first.etcd.cut = true;
  const second = start();
  await pass(50);
  expect(second.session.epoch).toBeGreaterThan(before);
  expect(sim.get(KEY)!.createRevision).toBe(second.session.epoch);
  const late = await sim.connect('late').transaction({
    compare: [{ key: KEY, target: 'create', is: before }],
    then: [{ kind: 'put', key: KEY, value: '1' }],
  });
  expect(late.succeeded).toBe(false);
});

test('3: when the lease has expired, the epoch is over and a later one begins', async () => {
  const { session, epochs, etcd } = start();
  await pass(50);
  const before = session.epoch!;
  etcd.cut = true;
  await pass(4000);
  expect(session.epoch).toBe(before);
  await pass(1100);
  expect(session.epoch).toBeUndefined();
  expect(session.lease).toBeUndefined();
  expect(epochs).toEqual([before, undefined]);
  expect(sim.get(KEY)).toBeUndefined();
  etcd.cut = false;
  await pass(1000);
  expect(session.epoch).toBeGreaterThan(before);
  expect(epochs).toEqual([before, undefined, session.epoch]);
});

test('3: an epoch that was given up is not taken again, also when its lease lives on', async () => {
  const { session, epochs, etcd } = start();
  await pass(50);
  const before = session.epoch!;
  etcd.cut = true;
  // Only this machine's clock goes on: etcd had no leader, so its leases last longer.
  await vi.advanceTimersByTimeAsync(6000);
  expect(session.epoch).toBeUndefined();
  expect(sim.get(KEY)!.createRevision).toBe(before);
  etcd.cut = false;
  await pass(1000);
  expect(session.epoch).toBeGreaterThan(before);
  expect(sim.get(KEY)!.createRevision).toBe(session.epoch);
  expect(epochs).toEqual([before, undefined, session.epoch]);
});

test('3: a process that was stopped does not take itself for the proposer in the moment in which it goes on', async () => {
  const { session } = start();
  await pass(50);
  expect(session.epoch).toBeDefined();
  // No timer has run yet.
  vi.setSystemTime(Date.now() + 10_000);
  expect(session.epoch).toBeUndefined();
  expect(session.lease).toBeUndefined();
});

test('3: an answer that comes when the lease may be over does not prolong the epoch', async () => {
  const { session, etcd, epochs } = start();
  await pass(50);
  const before = session.epoch!;
  let answer: () => void = () => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  etcd.delay = (call) => (call === 'keepLeaseAlive' ? answered : Promise.resolve());
  await vi.advanceTimersByTimeAsync(5500);
  expect(session.epoch).toBeUndefined();
  expect(epochs).toEqual([before, undefined]);
  etcd.delay = undefined;
  answer();
  await pass(1000);
  expect(session.epoch).toBeGreaterThan(before);
});

test('3: a lease that etcd says is gone, or a key that somebody deleted, begins a new epoch within a second or two', async () => {
  const { session } = start();
  await pass(50);
  let before = session.epoch!;
  await sim.connect('x').revokeLease(session.lease!);
  await pass(2000);
  expect(session.epoch).toBeGreaterThan(before);
  expect(sim.get(KEY)!.createRevision).toBe(session.epoch);
  before = session.epoch!;
  await sim.connect('x').transaction({ compare: [], then: [{ kind: 'delete', key: KEY }] });
  await pass(2000);
  expect(session.epoch).toBeGreaterThan(before);
  expect(sim.get(KEY)!.createRevision).toBe(session.epoch);
});

test('3: requests that were held and are carried out late do no harm', async () => {
  const connection = sim.connect('a');
  connection.hold = true;
  const { session, epochs } = start({ connection });
  await pass(3000);
  expect(connection.heldCount).toBeGreaterThan(0);
  connection.hold = false;
  await pass(1000);
  const { epoch } = session;
  expect(epoch).toBeDefined();
  connection.hold = true;
  await pass(3000);
  connection.hold = false;
  connection.releaseHeld();
  await pass(3000);
  expect(session.epoch).toBe(sim.get(KEY)!.createRevision);
  expect(epochs.at(-1)).toBe(session.epoch);
  expect(session.lease).toBe(sim.get(KEY)!.lease);
});

test('3: a full store keeps the status from being told, not the epoch', async () => {
  const { session, epochs, logged } = start();
  await pass(50);
  sim.full = true;
  await pass(20_000);
  expect(session.epoch).toBeDefined();
  expect(epochs).toHaveLength(1);
  expect(logged).toHaveLength(1);
  sim.full = false;
  await pass(1500);
  expect(logged.at(-1)).toContain('fine again');
});

test('4: a living process is fenced by the next one of the same member, and does not come back', async () => {
  const first = start();
  await pass(50);
  const second = start();
  await pass(3000);
  expect(second.session.epoch).toBe(sim.get(KEY)!.createRevision);
  expect(first.session.epoch).toBeUndefined();
  expect(first.session.replaced).toBe(true);
  expect(first.replacedCount).toBe(1);
  expect(first.epochs.at(-1)).toBeUndefined();
  await pass(20_000);
  expect(second.epochs).toHaveLength(1);
  await first.session.stop();
  await pass(10_000);
  expect(second.epochs).toHaveLength(1);
  expect(parseStatusText(sim.get(STATUS_KEY)!.value)).toBeDefined();
});

test('4: a process that was stopped for long finds the other one, and leaves it the key', async () => {
  const first = start();
  await pass(50);
  first.etcd.hold = true;
  const second = start();
  await pass(8000);
  expect(second.session.epoch).toBeDefined();
  first.etcd.hold = false;
  first.etcd.releaseHeld();
  await pass(3000);
  expect(first.session.replaced).toBe(true);
  expect(second.epochs).toHaveLength(1);
  expect(second.session.epoch).toBe(sim.get(KEY)!.createRevision);
});

test('after stop the member is gone at once; without etcd, when its lease is over', async () => {
  const first = start();
  await pass(50);
  const stopping = first.session.stop();
  expect(first.session.epoch).toBeDefined();
  await pass(50);
  await stopping;
  expect(first.epochs.at(-1)).toBeUndefined();
  expect(first.session.epoch).toBeUndefined();
  expect(sim.list(KEYS.all)).toEqual([]);
  const second = start();
  await pass(50);
  second.etcd.cut = true;
  const stopped = second.session.stop();
  await pass(2000);
  await stopped;
  expect(sim.get(KEY)).toBeDefined();
  await pass(5000);
  expect(sim.list(KEYS.all)).toEqual([]);
});

test('whatever lines do, at most one process has the epoch that etcd shows, and in the end one has it', async () => {
  for (let seed = 1; seed <= 15; seed++) {
    sim = new SimEtcd();
    const random = randomFrom(seed);
    const lines = [1, 2].map((name) => sim.connect(`${seed}-${name}`, { random }));
    const watched: Watched[] = [];
    for (let step = 0; step < 40; step++) {
      const line = lines[Math.floor(random() * 2)]!;
      const choice = Math.floor(random() * 7);
      if (choice === 0) line.cut = !line.cut;
      if (choice === 1) line.hold = !line.hold;
      if (choice === 2) line.loseAnswers = !line.loseAnswers;
      if (choice === 3) line.releaseHeld();
      if (choice === 4 && watched.length < 2) watched.push(start({ connection: lines[watched.length]! }));
      await pass(100 + Math.floor(random() * 15) * 100);
      const shown = sim.get(KEY)?.createRevision;
      const holders = watched.filter(({ session }) => session.epoch !== undefined && session.epoch === shown);
      expect(holders.length, `seed ${seed}`).toBeLessThan(2);
    }
    for (const line of lines) {
      line.cut = false;
      line.loseAnswers = false;
      line.hold = false;
      line.releaseHeld();
    }
    while (watched.length < 2) watched.push(start({ connection: lines[watched.length]! }));
    await pass(12_000);
    const shown = sim.get(KEY)!.createRevision;
    expect(watched.filter(({ session }) => session.epoch === shown).length, `seed ${seed}`).toBe(1);
    for (const { epochs } of watched) {
      const numbers = epochs.filter((epoch) => epoch !== undefined);
      expect(
        numbers.every((epoch, at) => at === 0 || epoch > numbers[at - 1]!),
        `seed ${seed}`,
      ).toBe(true);
    }
    const stopping = Promise.all(watched.map(({ session }) => session.stop()));
    await pass(2000);
    await stopping;
  }
});
