/**
 * What each probe finds, of sights made by hand:
 *   1. Crashes: many ends within ten minutes warn; one process that ends again and again is critical.
 *   2. Disk: by share and by room, whichever is worse.
 *   3. Certificates: what is in the files, what is in use, and what cannot be used.
 *   4. Slow indexing: old operations, a builder that does not answer, one that does not come up.
 *   5. Errors: what is set aside is critical, what failed lately a warning.
 *   6. Lag, quorum, members, etcd, clocks and sameness follow the cluster's description, and are not looked up without it.
 *   7. Whatever is described, looking does not fail, and no message names what only key holders may know.
 */
import type { JsonObject } from '@skein/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Finding, ProbeName } from './probe.ts';
import { type LooksOptions, ProbeLooks } from './probe-looks.ts';
import { type BuilderSight, type ClusterSight, clockOffset, isTeller, type Sight } from './sight.ts';
import { DEFAULT_THRESHOLDS } from './thresholds.ts';

const S = 1_000;
const MIN = 60 * S;
const DAY = 24 * 60 * MIN;
const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const WALL_MS = Date.UTC(2026, 0, 1);

const ALONE: LooksOptions = { thresholds: DEFAULT_THRESHOLDS, cluster: undefined };
const CLUSTERED: LooksOptions = {
  thresholds: DEFAULT_THRESHOLDS,
  cluster: { lagMsMax: 10_000, etcdQuotaBytes: 1_000 * MIB },
};

const described: JsonObject = {
  member: 'a',
  membershipIsCurrent: true,
  registered: { a: {}, b: {}, c: {} },
  live: { a: {}, b: {}, c: {} },
  etcd: {
    'https://10.0.0.1:7702': { dbBytes: 20 * MIB, errors: [] },
    'https://10.0.0.2:7702': { error: 'away' },
  },
  clockOffsets: { b: -3, c: 12 },
  sameness: { differing: [], damageCount: 0 },
};
const cluster: ClusterSight = { state: 'live', quorum: true, lagMs: 0, described };
const builder: BuilderSight = {
  behindMs: 0,
  setAsideIndexCount: 0,
  setAsideDocumentsCount: 0,
  failedOperationCount: 0,
  cluster: null,
};

/** Long after the start, everything well. */
function sightAt(nowMs: number, more: Partial<Sight> = {}): Sight {
  return {
    nowMs,
    wallMs: WALL_MS + nowMs,
    startMs: -60 * MIN,
    ends: [],
    builder,
    builderHeardMs: nowMs - 500,
    builderRuns: true,
    disk: { freeBytes: 50 * GIB, bytes: 100 * GIB },
    certificates: [],
    ...more,
  };
}

const clustered = (nowMs: number, more: Partial<ClusterSight> = {}): Sight =>
  sightAt(nowMs, { builder: { ...builder, cluster: { ...cluster, ...more } } });

function found(looks: ProbeLooks, name: ProbeName, sight: Sight): Finding | 'none' | undefined {
  return looks.find(sight).get(name);
}

const level = (finding: Finding | 'none' | undefined): string =>
  typeof finding === 'object' ? finding.level : String(finding);

test('all is fine when all is well, and a machine that is alone has no probes of a cluster', () => {
  for (const [looks, sight] of [
    [new ProbeLooks(ALONE), sightAt(0)],
    [new ProbeLooks(CLUSTERED), clustered(0)],
  ] as const)
    for (const finding of looks.find(sight).values()) expect(['fine', 'none']).toContain(level(finding));
  expect(new ProbeLooks(ALONE).find(sightAt(0)).get('members')).toBe('none');
});

test('1: three ends within ten minutes warn, five of one process within two are a loop', () => {
  const looks = new ProbeLooks(ALONE);
  const ends = (...atMs: number[]) => ({ ends: atMs.map((each) => ({ name: 'builder', atMs: each })) });
  const now = 30 * MIN;
  expect(level(found(looks, 'crashes', sightAt(now, ends(now, now - MIN))))).toBe('fine');
  expect(found(looks, 'crashes', sightAt(now, ends(now, now - MIN, now - 9 * MIN)))).toEqual({
    level: 'warning',
    message: 'Processes ended unasked 3 times within ten minutes: builder.',
  });
  expect(level(found(looks, 'crashes', sightAt(now, ends(now, now - MIN, now - 11 * MIN))))).toBe('fine');
  const loop = [0, 10, 20, 30, 40].map((seconds) => now - seconds * S);
  expect(level(found(looks, 'crashes', sightAt(now, ends(...loop))))).toBe('critical');
  const spread = { ends: loop.map((atMs, at) => ({ name: `query process ${at % 2}`, atMs })) };
  expect(level(found(looks, 'crashes', sightAt(now, spread)))).toBe('warning');
});

test('2: a disk is as full as its share or its room say, whichever is worse', () => {
  const looks = new ProbeLooks(ALONE);
  const at = (freeBytes: number, bytes: number): string =>
    level(found(looks, 'disk', sightAt(0, { disk: { freeBytes, bytes } })));
  expect(at(16 * GIB, 100 * GIB)).toBe('fine');
  expect(at(14 * GIB, 100 * GIB)).toBe('warning');
  expect(at(4 * GIB, 100 * GIB)).toBe('critical');
  expect(at(1.9 * GIB, 4 * GIB)).toBe('warning');
  expect(at(499 * MIB, GIB)).toBe('critical');
  expect(found(looks, 'disk', sightAt(0, { disk: undefined }))).toBeUndefined();
});

test('3: certificates warn a month before they end, also those that were renewed and are not in use yet', () => {
  const looks = new ProbeLooks(ALONE);
  const at = (validToMs: number | undefined, usedValidToMs = validToMs) =>
    found(
      looks,
      'certificates',
      sightAt(0, { certificates: [{ of: 'the member', validToMs, usedValidToMs }] }),
    );
  expect(level(at(WALL_MS + 31 * DAY))).toBe('fine');
  expect(at(WALL_MS + 20 * DAY)).toEqual({
    level: 'warning',
    message: 'The certificates of the member expire on 2026-01-21, in 20 days.',
  });
  expect(level(at(WALL_MS + 6 * DAY))).toBe('critical');
  expect(at(undefined)).toMatchObject({
    level: 'critical',
    message: expect.stringContaining('cannot be used'),
  });
  expect(at(WALL_MS + 300 * DAY, WALL_MS + DAY)).toMatchObject({
    level: 'critical',
    message: expect.stringContaining('Reload the server.'),
  });
});

test('4: indexing is slow when operations stay unseen, when the builder says nothing, or does not come up', () => {
  const looks = new ProbeLooks(ALONE);
  const behind = (behindMs: number) =>
    level(found(looks, 'indexing-slow', sightAt(0, { builder: { ...builder, behindMs } })));
  expect([4_900, 5_000, 30_000].map(behind)).toEqual(['fine', 'warning', 'critical']);
  const silent = (ms: number, builderRuns: boolean) =>
    level(found(looks, 'indexing-slow', sightAt(0, { builderHeardMs: -ms, builderRuns })));
  expect([4_000, 6_000, 31_000].map((ms) => silent(ms, true))).toEqual(['fine', 'warning', 'critical']);
  expect([6_000, 61_000, 601_000].map((ms) => silent(ms, false))).toEqual([
    'undefined',
    'warning',
    'critical',
  ]);
  // It has never run: the first start may take as long as it wants.
  expect(
    found(looks, 'indexing-slow', sightAt(0, { builder: undefined, builderHeardMs: undefined })),
  ).toBeUndefined();
});

test('5: what is set aside is critical, operations that failed are told for ten minutes, also over a restart', () => {
  const looks = new ProbeLooks(ALONE);
  const at = (nowMs: number, more: Partial<BuilderSight>) =>
    found(looks, 'indexing-errors', sightAt(nowMs, { builder: { ...builder, ...more } }));
  expect(at(0, { setAsideIndexCount: 1 })).toEqual({
    level: 'critical',
    message: '1 index is damaged and set aside.',
  });
  expect(at(S, { setAsideDocumentsCount: 2, failedOperationCount: 1 })).toEqual({
    level: 'critical',
    message: 'The documents of 2 applications are damaged and set aside.',
  });
  expect(at(MIN, { failedOperationCount: 3 })).toMatchObject({
    level: 'warning',
    message: expect.stringMatching(/^3 op/),
  });
  // A new builder counts anew.
  expect(at(2 * MIN, { failedOperationCount: 1 })).toMatchObject({
    message: expect.stringMatching(/^4 operations/),
  });
  expect(level(at(12 * MIN, { failedOperationCount: 1 }))).toBe('fine');
});

test('6: lag is against what the member may be behind', () => {
  const looks = new ProbeLooks(CLUSTERED);
  const at = (lagMs: number) => level(found(looks, 'lag', clustered(0, { lagMs })));
  expect([5_000, 5_100, 10_000, 10_100].map(at)).toEqual(['fine', 'warning', 'warning', 'critical']);
});

test('6: a lost majority counts after two seconds, but not while the members start', () => {
  const looks = new ProbeLooks(CLUSTERED);
  const at = (nowMs: number, quorum: boolean, startMs = -60 * MIN) =>
    level(found(looks, 'quorum', { ...clustered(nowMs, { quorum }), startMs }));
  expect([at(0, true), at(S, false), at(2 * S, false), at(3 * S, false), at(4 * S, true)]).toEqual([
    'fine',
    'fine',
    'fine',
    'critical',
    'fine',
  ]);
  const starting = new ProbeLooks(CLUSTERED);
  const early = [1, 30, 59, 61].map((second) =>
    level(found(starting, 'quorum', { ...clustered(second * S, { quorum: false }), startMs: 0 })),
  );
  expect(early).toEqual(['undefined', 'undefined', 'undefined', 'critical']);
});

test('6: a member that is away warns after ten seconds and is critical after ten minutes', () => {
  const looks = new ProbeLooks(CLUSTERED);
  const away = { ...described, live: { a: {}, b: {} } };
  const at = (nowMs: number, given: JsonObject) =>
    found(looks, 'members', clustered(nowMs, { described: given }));
  expect([0, 9 * S, 10 * S, 10 * MIN].map((nowMs) => level(at(nowMs, away)))).toEqual([
    'fine',
    'fine',
    'warning',
    'critical',
  ]);
  expect(at(10 * MIN, away)).toMatchObject({ message: 'Member c is away.' });
  // Nobody knows while etcd says nothing.
  expect(at(11 * MIN, { ...away, membershipIsCurrent: false })).toBeUndefined();
  expect(level(at(12 * MIN, described))).toBe('fine');
  expect(level(at(13 * MIN, away))).toBe('fine');
});

test('6: the first of the members that are there tells for all', () => {
  expect(isTeller(described)).toBe(true);
  expect(isTeller({ ...described, member: 'b' })).toBe(false);
  expect(isTeller({ ...described, member: 'b', live: { b: {}, c: {} } })).toBe(true);
  expect(isTeller({})).toBe(true);
});

test('6: etcd is as full as the largest of them, and full is critical at once', () => {
  const looks = new ProbeLooks(CLUSTERED);
  const at = (etcd: JsonObject, options = looks) =>
    level(found(options, 'etcd-size', clustered(0, { described: { ...described, etcd } })));
  const sized = (mib: number): JsonObject => ({
    x: { dbBytes: mib * MIB, errors: [] },
    y: { dbBytes: MIB, errors: [] },
  });
  expect([500, 501, 800, 801].map((mib) => at(sized(mib)))).toEqual([
    'fine',
    'warning',
    'warning',
    'critical',
  ]);
  expect(at({ x: { dbBytes: 5, errors: ['memberID:1 alarm:NOSPACE '] } })).toBe('critical');
  const foreign = new ProbeLooks({ ...CLUSTERED, cluster: { lagMsMax: 1, etcdQuotaBytes: undefined } });
  expect(at(sized(9_000), foreign)).toBe('fine');
  expect(at({ x: { error: 'away' } })).toBe('undefined');
});

test('6: of three clocks the odd one knows that it is the odd one, of two both say so', () => {
  const offsetOf = (clocks: readonly number[]) =>
    clocks.map((own) =>
      clockOffset({
        clockOffsets: Object.fromEntries(
          clocks.map((other, at) => [`m${at}`, other - own]).filter(([, by]) => by !== 0),
        ),
      }),
    );
  expect(clockOffset({ clockOffsets: { b: 9_000, c: 0 } })).toBe(0);
  expect(clockOffset({ clockOffsets: { b: 9_000, c: 9_000 } })).toBe(9_000);
  expect(clockOffset({ clockOffsets: { b: 9_000 } })).toBe(9_000);
  expect(clockOffset({ clockOffsets: { b: -9_000 } })).toBe(-9_000);
  expect(offsetOf([0, 10, -10])).toEqual([0, -10, 10]);
  const looks = new ProbeLooks(CLUSTERED);
  const at = (by: number) =>
    found(looks, 'clock-skew', clustered(0, { described: { ...described, clockOffsets: { b: by, c: by } } }));
  expect([500, -501, 5_000, -5_001].map((by) => level(at(by)))).toEqual([
    'fine',
    'warning',
    'warning',
    'critical',
  ]);
  expect(at(-60_000)).toMatchObject({ message: "This member's clock is 60 s ahead of the others." });
});

test('6: what differs is critical when it has not healed in ten minutes; damage is told for as long', () => {
  const looks = new ProbeLooks(CLUSTERED);
  const at = (nowMs: number, sameness: JsonObject) =>
    found(looks, 'sameness', clustered(nowMs, { described: { ...described, sameness } }));
  const differs = { differing: ['index APP products'], damageCount: 1 };
  expect([0, 9 * MIN, 10 * MIN].map((nowMs) => level(at(nowMs, differs)))).toEqual([
    'warning',
    'warning',
    'critical',
  ]);
  expect(at(10 * MIN, differs)).toMatchObject({
    message: '1 thing differs here from what other members have.',
  });
  expect(at(11 * MIN, { differing: [], damageCount: 1 })).toMatchObject({ level: 'warning' });
  expect(level(at(22 * MIN, { differing: [], damageCount: 1 }))).toBe('fine');
});

test('6: nothing is looked up of a builder that is silent or stopping: states stay as they were', () => {
  const looks = new ProbeLooks(CLUSTERED);
  const names = ['lag', 'quorum', 'members', 'etcd-size', 'clock-skew', 'sameness'] as const;
  for (const sight of [
    { ...clustered(0), builderHeardMs: -4_000 },
    { ...clustered(0), builderRuns: false },
    clustered(0, { state: 'stopping' }),
  ])
    for (const name of names) expect(found(looks, name, sight)).toBeUndefined();
});

test('7: whatever is described, looks go on and messages stay plain', () => {
  const anything = fc.jsonValue();
  const given = fc.dictionary(
    fc.oneof(fc.string(), fc.constantFrom(...Object.keys(described))),
    fc.oneof(anything, fc.dictionary(fc.string(), anything)),
  );
  const looks = new ProbeLooks(CLUSTERED);
  fc.assert(
    fc.property(given, fc.nat(), (each, nowMs) => {
      for (const finding of looks.find(clustered(nowMs, { described: each as JsonObject })).values())
        if (finding !== 'none') expect(['fine', 'warning', 'critical']).toContain(finding.level);
    }),
  );
});
