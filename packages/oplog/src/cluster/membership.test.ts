/**
 * Who belongs to the cluster:
 *   1. What etcd holds about members is shown, and each change of it, in whatever way it is heard of.
 *   2. While etcd is away the last known state is shown, and called old.
 *   3. Registering is repeatable; taking a member out leaves a majority that is there, unless somebody insists.
 *   4. Texts that are no member's or no status are passed over.
 */
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SimEtcd } from '../testing/sim-etcd.ts';
import { KEYS } from './entry-id.ts';
import type { MemberStatus } from './member-status.ts';
import { Membership, majorityOf, register, unregister } from './membership.ts';
import { parseMemberText, parseStatusText, statusText } from './status-text.ts';

const STATUS: MemberStatus = {
  version: '0.1.0',
  format: 1,
  startedAtMs: 1,
  nowMs: 2,
  journaled: 3,
  published: 2,
  behindSinceMs: 2,
  state: 'live',
  diskFreeBytes: 1,
  diskBytes: 2,
  address: '127.0.0.1:7702',
  publicUrl: 'http://127.0.0.1:7700',
  problems: ['disk'],
};

let sim: SimEtcd;
let nowMs = 0;
let started: Membership[];

beforeEach(() => {
  sim = new SimEtcd();
  nowMs = 0;
  started = [];
});

afterEach(async () => {
  await Promise.all(started.map((membership) => membership.stop()));
});

function start(connection = sim.connect('watcher')): Membership {
  const membership = Membership.start(connection, { clock: { nowMs: () => nowMs }, log: () => {} });
  started.push(membership);
  return membership;
}

function put(key: string, value: string): Promise<unknown> {
  return sim.connect('writer').transaction({ compare: [], then: [{ kind: 'put', key, value }] });
}

function remove(key: string): Promise<unknown> {
  return sim.connect('writer').transaction({ compare: [], then: [{ kind: 'delete', key }] });
}

function tell(name: string, journaled: number): Promise<unknown> {
  return put(KEYS.status + name, statusText({ ...STATUS, journaled }));
}

async function registerAll(...names: readonly string[]): Promise<void> {
  for (const name of names)
    await register(sim.connect('writer'), name, { address: `${name}:7702`, joinedAtMs: 5 });
}

test('1: members and statuses are shown from the start, and as they change', async () => {
  await registerAll('b', 'a');
  await tell('a', 1);
  const membership = start();
  expect(membership.current).toBe(false);
  await membership.known();
  expect([...membership.registered]).toEqual([
    ['a', { address: 'a:7702', joinedAtMs: 5 }],
    ['b', { address: 'b:7702', joinedAtMs: 5 }],
  ]);
  expect([...membership.live.keys()]).toEqual(['a']);
  expect(membership.majority).toBe(2);
  expect(membership.current).toBe(true);
  let changes = 0;
  const stop = membership.onChange(() => changes++);
  await registerAll('c');
  await tell('c', 9);
  await vi.waitFor(() => expect(membership.live.get('c')?.journaled).toBe(9));
  await remove(`${KEYS.members}a`);
  await remove(`${KEYS.status}a`);
  await vi.waitFor(() => expect([...membership.live.keys()]).toEqual(['c']));
  await vi.waitFor(() => expect([...membership.registered.keys()]).toEqual(['b', 'c']));
  expect(changes).toBeGreaterThan(2);
  stop();
  const before = changes;
  await tell('b', 1);
  await vi.waitFor(() => expect(membership.live.has('b')).toBe(true));
  expect(changes).toBe(before);
});

test('1: a status goes with its lease', async () => {
  const etcd = sim.connect('writer');
  const lease = await etcd.grantLease(5);
  await etcd.transaction({
    compare: [],
    then: [{ kind: 'put', key: `${KEYS.status}a`, value: statusText(STATUS), lease }],
  });
  const membership = start();
  await membership.known();
  expect(membership.live.get('a')).toEqual(STATUS);
  sim.advance(5001);
  await vi.waitFor(() => expect(membership.live.size).toBe(0));
});

test('1: what was compacted before it was heard is read anew', async () => {
  await registerAll('a', 'b', 'c');
  const connection = sim.connect('watcher');
  const membership = start(connection);
  await membership.known();
  connection.cut = true;
  await remove(`${KEYS.members}a`);
  await tell('b', 4);
  await registerAll('d');
  await tell('b', 5);
  await sim.connect('writer').compact(sim.revision);
  connection.cut = false;
  await vi.waitFor(() => expect([...membership.registered.keys()]).toEqual(['b', 'c', 'd']));
  await vi.waitFor(() => expect(membership.live.get('b')?.journaled).toBe(5));
});

test('1: in the end what is shown is what etcd holds, whatever happened to the line', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.tuple(
          fc.constantFrom('a', 'b', 'c', 'd'),
          fc.constantFrom('join', 'leave', 'tell', 'die', 'cut', 'compact'),
        ),
        { maxLength: 30 },
      ),
      async (steps) => {
        sim = new SimEtcd();
        const connection = sim.connect('watcher');
        const membership = start(connection);
        const writer = sim.connect('writer');
        let journaled = 0;
        for (const [name, step] of steps) {
          if (step === 'join') await registerAll(name);
          if (step === 'leave') await remove(KEYS.members + name);
          if (step === 'tell') await tell(name, ++journaled);
          if (step === 'die') await remove(KEYS.status + name);
          if (step === 'cut') connection.cut = !connection.cut;
          if (step === 'compact' && sim.store.compactedRevision < sim.revision)
            await writer.compact(sim.revision);
        }
        connection.cut = false;
        await vi.waitFor(
          () => {
            expect([...membership.registered.keys()]).toEqual(
              sim.list(KEYS.members).map(({ key }) => key.slice(KEYS.members.length)),
            );
            expect([...membership.live].map(([name, status]) => [name, status.journaled])).toEqual(
              sim
                .list(KEYS.status)
                .map(({ key, value }) => [key.slice(KEYS.status.length), parseStatusText(value)!.journaled]),
            );
          },
          { timeout: 20_000, interval: 5 },
        );
        await membership.stop();
      },
    ),
    { numRuns: 30 },
  );
}, 60_000);

test('1: a deletion that a watch was not told is found within a minute', async () => {
  await registerAll('a', 'b');
  await tell('a', 1);
  await tell('b', 1);
  const connection = sim.connect('watcher');
  const watch = connection.watch.bind(connection);
  connection.watch = async function* (key, options, signal) {
    for await (const { revision, events } of watch(key, options, signal)) {
      yield { revision, events: events.filter(({ kind }) => kind === 'put') };
    }
  };
  const membership = start(connection);
  await membership.known();
  await remove(`${KEYS.status}a`);
  await tell('b', 2);
  await vi.waitFor(() => expect(membership.live.get('b')?.journaled).toBe(2));
  expect(membership.live.has('a')).toBe(true);
  nowMs += 60_000;
  await tell('b', 3);
  await vi.waitFor(() => expect([...membership.live.keys()]).toEqual(['b']));
});

test('2: without etcd the last known state is shown and called old; when it answers again, new', async () => {
  await registerAll('a', 'b', 'c');
  const connection = sim.connect('watcher');
  const membership = start(connection);
  await membership.known();
  const { atRevision } = membership;
  expect(atRevision).toBe(sim.revision);
  connection.cut = true;
  await tell('a', 1);
  nowMs += 5001;
  expect(membership.current).toBe(false);
  expect(membership.majority).toBe(2);
  expect(membership.live.size).toBe(0);
  connection.cut = false;
  await vi.waitFor(() => expect(membership.live.size).toBe(1));
  expect(membership.current).toBe(true);
});

test('2: a member that starts while etcd is away knows nobody until it answers', async () => {
  await registerAll('a');
  const connection = sim.connect('watcher');
  connection.cut = true;
  const membership = start(connection);
  const known = membership.known();
  expect(membership.atRevision).toBe(0);
  expect(membership.current).toBe(false);
  connection.cut = false;
  await known;
  expect(membership.registered.size).toBe(1);
});

test('3: registering again changes nothing; another address is told, and the day of joining stays', async () => {
  const etcd = sim.connect('a');
  expect(await register(etcd, 'a', { address: 'x:1', joinedAtMs: 5 })).toBe('joined');
  const { revision } = sim;
  expect(await register(etcd, 'a', { address: 'x:1', joinedAtMs: 6 })).toBe('unchanged');
  expect(sim.revision).toBe(revision);
  expect(await register(etcd, 'a', { address: 'x:2', joinedAtMs: 7 })).toBe('moved');
  expect(parseMemberText(sim.get(`${KEYS.members}a`)!.value)).toEqual({ address: 'x:2', joinedAtMs: 5 });
  await put(`${KEYS.members}a`, 'not a member');
  expect(await register(etcd, 'a', { address: 'x:1', joinedAtMs: 8 })).toBe('moved');
});

test('3: an answer that was lost leaves a member that is registered once', async () => {
  const etcd = sim.connect('a');
  etcd.loseAnswers = true;
  await expect(register(etcd, 'a', { address: 'x:1', joinedAtMs: 5 })).rejects.toThrow('no answer');
  etcd.loseAnswers = false;
  await register(etcd, 'a', { address: 'x:1', joinedAtMs: 6 });
  expect(sim.list(KEYS.members)).toHaveLength(1);
});

test('3: a member that is taken out loses its vote, its epoch and its status in one step', async () => {
  await registerAll('a', 'b', 'c');
  await Promise.all(['a', 'b', 'c'].map((name) => tell(name, 1)));
  await put(`${KEYS.proposers}c`, '4');
  const { revision } = sim;
  expect(await unregister(sim.connect('x'), 'c')).toBe(true);
  expect(sim.revision).toBe(revision + 1);
  const left = sim.list(KEYS.all).filter(({ key }) => key.endsWith('/c'));
  expect(left.map(({ key }) => key)).toEqual([`${KEYS.removed}c`]);
  expect(await unregister(sim.connect('x'), 'c')).toBe(false);
});

test('3: who was taken out does not come back by itself, but when an operator adds it', async () => {
  await registerAll('a', 'b', 'c');
  await Promise.all(['a', 'b'].map((name) => tell(name, 1)));
  await unregister(sim.connect('x'), 'c');
  const etcd = sim.connect('c');
  const address = { address: 'c:1', joinedAtMs: 9 };
  await expect(register(etcd, 'c', address)).rejects.toMatchObject({ code: 'removed' });
  expect(sim.list(KEYS.members)).toHaveLength(2);
  expect(await register(sim.connect('x'), 'c', address, 'operator')).toBe('joined');
  expect(await register(etcd, 'c', address)).toBe('unchanged');
});

test('3: nobody is taken out when the rest would have no majority that is there, unless that is wanted', async () => {
  await registerAll('a', 'b', 'c');
  await tell('a', 1);
  await tell('b', 1);
  const etcd = sim.connect('x');
  await expect(unregister(etcd, 'b')).rejects.toMatchObject({ code: 'majority-lost' });
  expect(sim.list(KEYS.members)).toHaveLength(3);
  // The dead one may go.
  expect(await unregister(etcd, 'c')).toBe(true);
  expect(await unregister(etcd, 'b')).toBe(true);
  await expect(unregister(etcd, 'a')).rejects.toMatchObject({ code: 'majority-lost' });
  expect(await unregister(etcd, 'a', { whenMajorityIsLost: 'go-on' })).toBe(true);
});

test('3: two members that are taken out at once do not both pass the same check', async () => {
  await registerAll('a', 'b', 'c', 'd');
  for (const name of ['a', 'b', 'c']) await tell(name, 1);
  const results = await Promise.allSettled([
    unregister(sim.connect('x'), 'a'),
    unregister(sim.connect('y'), 'b'),
  ]);
  const remaining = sim.list(KEYS.members).map(({ key }) => key.slice(KEYS.members.length));
  const live = remaining.filter((name) => sim.get(KEYS.status + name) !== undefined);
  expect(live.length).toBeGreaterThanOrEqual(majorityOf(remaining.length));
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

test('4: keys and texts that are no member are passed over, and replace what stood there', async () => {
  await registerAll('a', 'b');
  await tell('a', 1);
  const membership = start();
  await membership.known();
  for (const name of ['', '../x', 'A', 'x'.repeat(40), 'a/b', '__proto__'])
    await put(KEYS.status + name, statusText(STATUS));
  await put(`${KEYS.status}a`, '{"journaled":-1}');
  await put(`${KEYS.members}b`, '[]');
  await tell('z', 1);
  await vi.waitFor(() => expect([...membership.live.keys()]).toEqual(['z']));
  await vi.waitFor(() => expect([...membership.registered.keys()]).toEqual(['a']));
});

test('4: a status comes out as it was put in, and any other JSON or text is none or within bounds', () => {
  expect(parseStatusText(statusText(STATUS))).toEqual(STATUS);
  const fractions = { ...STATUS, nowMs: 2.5, behindSinceMs: 1.5, diskBytes: 1e20 };
  expect(parseStatusText(statusText(fractions))).toEqual(fractions);
  expect(parseStatusText(statusText({ ...STATUS, journaled: 2.5 }))).toBeUndefined();
  const later = JSON.stringify({ ...STATUS, somethingNew: [1, 2] });
  expect(parseStatusText(later)).toEqual(STATUS);
  const fields = Object.keys(STATUS);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(...fields), fc.jsonValue()), { maxLength: 3 }),
      fc.boolean(),
      (changes, drops) => {
        const changed = { ...STATUS, ...Object.fromEntries(changes) } as Record<string, unknown>;
        if (drops && changes[0] !== undefined) delete changed[changes[0][0]];
        const read = parseStatusText(JSON.stringify(changed));
        if (read === undefined) return;
        expect(Number.isSafeInteger(read.journaled) && read.journaled >= 0).toBe(true);
        expect(read.version.length).toBeLessThan(1000);
        expect(parseStatusText(statusText(read))).toEqual(read);
      },
    ),
    { numRuns: 500 },
  );
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), fc.constant('x'.repeat(100_000))), (text) => {
      expect(parseStatusText(text)).toBeUndefined();
      const member = parseMemberText(text);
      if (member !== undefined) expect(member.address.length).toBeLessThan(1000);
    }),
  );
});
