/**
 * Room in etcd:
 *   1. A store that is small or in use is left alone.
 *   2. One that wastes much is defragmented: one member at a time, while the others are fine, and never the leader.
 *   3. A full store is opened again once every member has room.
 */
import type { EtcdStatus } from '@skein/oplog/cluster';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { type CareClient, type CareOutcome, careForEtcd } from './etcd-care.ts';

const MIB = 1024 * 1024;
const ALARM = 'memberID:1 alarm:NOSPACE ';

interface World {
  readonly statuses: Record<string, Partial<EtcdStatus> | undefined>;
  claimedBy?: string;
  nowMs?: number;
}

async function look(
  world: World,
): Promise<{ readonly outcome: CareOutcome; readonly done: readonly string[] }> {
  const done: string[] = [];
  const client: CareClient = {
    close: () => undefined,
    status: async (endpoint) => {
      const given = world.statuses[endpoint];
      if (given === undefined) throw new Error('does not answer');
      const rest = { version: '3.4.23', raftTerm: 1, raftIndex: 1, raftAppliedIndex: 1, errors: [] };
      return { memberId: endpoint, dbBytes: MIB, dbBytesInUse: MIB, leaderId: 'b', ...rest, ...given };
    },
    defragment: async (endpoint) => {
      done.push(`defragment ${endpoint}`);
      world.statuses[endpoint] = { ...world.statuses[endpoint], dbBytes: MIB };
    },
    moveLeader: async (endpoint, to) => void done.push(`move leader from ${endpoint} to ${to}`),
    grantLease: async () => '1',
    revokeLease: async () => void done.push('revoke'),
    transaction: async () => ({ succeeded: world.claimedBy === undefined, revision: 5, found: new Map() }),
    range: async () => ({ kvs: [], more: false, revision: 5_000 }),
    compact: async (revision) => void done.push(`compact ${revision}`),
    disarmNoSpace: async () => {
      done.push('disarm');
      return 1;
    },
  };
  const outcome = await careForEtcd({
    client,
    member: 'a',
    endpoints: ['a', 'b', 'c'],
    quotaBytes: 100 * MIB,
    nowMs: () => world.nowMs ?? 0,
    log: pino({ level: 'silent' }),
  });
  return { outcome, done };
}

const wasteful = { dbBytes: 100 * MIB, dbBytesInUse: 40 * MIB };

test('1: a store that is small or in use is left alone', async () => {
  expect(await look({ statuses: { a: { dbBytes: 60 * MIB, dbBytesInUse: MIB } } })).toEqual({
    outcome: 'fine',
    done: [],
  });
  expect(await look({ statuses: { a: { dbBytes: 100 * MIB, dbBytesInUse: 60 * MIB } } })).toEqual({
    outcome: 'fine',
    done: [],
  });
});

test('2: one that wastes much is defragmented, when it is its turn and the others are fine', async () => {
  expect(await look({ statuses: { a: wasteful, b: {}, c: {} } })).toEqual({
    outcome: 'defragmented',
    done: ['defragment a', 'revoke'],
  });
  expect(await look({ statuses: { a: wasteful, b: {}, c: {} }, claimedBy: 'b' })).toEqual({
    outcome: 'later',
    done: ['revoke'],
  });
  for (const c of [undefined, { errors: ['etcdserver: no leader'] }, { leaderId: undefined }]) {
    expect(await look({ statuses: { a: wasteful, b: {}, c } })).toEqual({ outcome: 'later', done: [] });
  }
});

test('2: the leader hands over instead', async () => {
  const statuses = { a: { ...wasteful, leaderId: 'a' }, b: { leaderId: 'a' }, c: { leaderId: 'a' } };
  expect(await look({ statuses })).toEqual({ outcome: 'handed over', done: ['move leader from a to b'] });
});

test('3: a full store is opened again by whoever makes room last, each in its own minute', async () => {
  const full = { errors: [ALARM], dbBytes: 101 * MIB };
  const statuses = (): World['statuses'] => ({ a: full, b: full, c: full });
  expect(await look({ statuses: statuses(), nowMs: 60_000 })).toEqual({ outcome: 'later', done: [] });
  expect(await look({ statuses: statuses() })).toEqual({
    outcome: 'defragmented',
    done: ['compact 4000', 'defragment a'],
  });
  const others = { errors: [ALARM], dbBytes: MIB };
  expect(await look({ statuses: { a: full, b: others, c: others } })).toEqual({
    outcome: 'reopened',
    done: ['compact 4000', 'defragment a', 'disarm'],
  });
});
