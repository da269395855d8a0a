import type { JsonObject } from '@skein/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clusterReport } from './cluster-report.ts';

const status = (published: number, more: JsonObject = {}): JsonObject => ({
  version: '0.1.0',
  format: 1,
  startedAtMs: 5,
  nowMs: 1_000,
  journaled: published,
  published,
  state: 'live',
  diskFreeBytes: 10,
  diskBytes: 20,
  address: '10.0.0.1:7701',
  problems: [],
  ...more,
});

const described: JsonObject = {
  member: 'a',
  state: 'live',
  quorum: true,
  head: 100,
  journaled: 100,
  published: 99,
  registered: {
    a: { address: '10.0.0.1:7701' },
    b: { address: '10.0.0.2:7701' },
    c: { address: '[fd00::3]:7701' },
  },
  live: { a: status(99), b: status(90, { behindSinceMs: 400 }) },
  peers: { b: true, c: false },
  log: { orderedEntryCount: 3 },
  etcd: {
    'https://10.0.0.1:7702': {
      memberId: 'f1',
      leaderId: 'f1',
      version: '3.4.23',
      dbBytes: 9,
      dbBytesInUse: 4,
      errors: [],
    },
    'https://[fd00::3]:7702': { error: 'does not answer' },
  },
};

test('each member is told with its lag behind the one that is furthest ahead, and the etcd beside it', () => {
  const { members, ...report } = clusterReport(described);
  expect(report).toMatchObject({
    mode: 'cluster',
    member: 'a',
    sequence: 99,
    head: 100,
    log: { orderedEntryCount: 3 },
  });
  expect(
    members.map(({ name, live, connected, lagOperations, lagMs }) => [
      name,
      live,
      connected,
      lagOperations,
      lagMs,
    ]),
  ).toEqual([
    ['a', true, null, 0, 0],
    ['b', true, true, 9, 600],
    ['c', false, false, null, null],
  ]);
  expect(members[0]?.etcd).toEqual({
    endpoint: 'https://10.0.0.1:7702',
    version: '3.4.23',
    dbBytes: 9,
    dbBytesInUse: 4,
    leader: true,
    errors: [],
  });
  expect(members[1]?.etcd).toBeNull();
});

test('what is not fine is said in words', () => {
  expect(clusterReport(described).problems).toEqual([
    'c is not live',
    'etcd at https://[fd00::3]:7702: does not answer',
  ]);
  const { problems } = clusterReport({
    ...described,
    quorum: false,
    registered: {},
    live: { a: status(1, { problems: ['disk'] }), b: status(1, { version: '0.2.0' }) },
    peers: {},
    etcd: {},
  });
  expect(problems).toEqual([
    'no majority: writes wait',
    'a is not registered: it has no vote',
    'a: disk',
    'b is not registered: it has no vote',
    'the line to b is down',
    'members run different versions: 0.1.0, 0.2.0',
  ]);
});

test('whatever is described becomes a report', () => {
  const anything = fc.jsonValue();
  const near = fc.record({
    registered: fc.dictionary(fc.string(), anything),
    live: fc.dictionary(fc.string(), fc.oneof(anything, fc.constant(status(3)))),
    peers: anything,
    etcd: fc.dictionary(fc.string(), anything),
  });
  fc.assert(
    fc.property(fc.oneof(fc.dictionary(fc.string(), anything), near), (given) => {
      const report = clusterReport(given as JsonObject);
      expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    }),
  );
});
