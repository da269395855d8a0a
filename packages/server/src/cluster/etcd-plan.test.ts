/**
 * How a blank etcd begins:
 *   1. A new cluster needs a word of every other member: that it is blank, or that it has never seen this one run.
 *   2. Who is known to have run before joins as another member, whatever the rest says.
 *   3. Who was added and never ran starts as that, if all others say so.
 *   4. Who is not listed waits to be added, unless it took itself out a moment ago.
 *   5. Members with other secrets or other lists do not begin a cluster together.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type EtcdPlan, type ListedMember, type PeerAnswer, planBeginning } from './etcd-plan.ts';

const configured = new Map([
  ['a', 'http://a:7703'],
  ['b', 'http://b:7703'],
  ['c', 'http://c:7703'],
]);
const peerUrls = [...configured.values()];
const blank: PeerAnswer = { kind: 'blank', token: 't', peerUrls };
const silent: PeerAnswer = { kind: 'silent', reason: 'nothing listens there' };
const listed = (name: string, how: 'started' | 'not started' | 'added'): ListedMember => ({
  name: how === 'added' ? '' : name,
  peerUrls: [`http://${name}:7703`],
  clientUrls: how === 'started' ? [`http://${name}:7702`] : [],
});
const members = (...each: ListedMember[]): PeerAnswer => ({ kind: 'members', members: each });
const fresh = members(listed('a', 'not started'), listed('b', 'started'), listed('c', 'not started'));

function plan(b: PeerAnswer, c: PeerAnswer, rejoining = false): EtcdPlan {
  const answers = new Map([
    ['b', b],
    ['c', c],
  ]);
  return planBeginning({ token: 't', ownPeerUrl: 'http://a:7703', configured, answers, rejoining });
}

test('1: a new cluster needs a word of every other member', () => {
  expect(plan(blank, blank)).toEqual({ kind: 'new' });
  expect(plan(fresh, blank)).toEqual({ kind: 'new' });
  expect(plan(fresh, fresh)).toEqual({ kind: 'new' });
  expect(plan(blank, silent)).toEqual({
    kind: 'wait',
    reason: 'a new cluster begins when all its members are there; missing: c (nothing listens there)',
  });
  expect(plan(fresh, silent).kind).toBe('wait');
});

test('2: who has run before joins as another member', () => {
  const known = members(listed('a', 'started'), listed('b', 'started'), listed('c', 'started'));
  for (const other of [known, blank, silent, fresh]) {
    expect(plan(known, other)).toEqual({ kind: 'rejoin' });
    expect(plan(other, known)).toEqual({ kind: 'rejoin' });
  }
});

test('3: who was added starts as that when all others say so, else as another one', () => {
  const added = members(listed('a', 'added'), listed('b', 'started'), listed('c', 'started'));
  expect(plan(added, added)).toEqual({ kind: 'existing', members: configured });
  expect(plan(added, silent)).toEqual({ kind: 'rejoin' });
  const two = members(listed('a', 'added'), listed('b', 'started'));
  expect(plan(two, silent)).toEqual({
    kind: 'existing',
    members: new Map([...configured].filter(([name]) => name !== 'c')),
  });
});

test('4: who is not listed waits to be added, unless it took itself out', () => {
  const without = members(listed('b', 'started'), listed('c', 'started'));
  expect(plan(without, without)).toMatchObject({
    kind: 'wait',
    reason: expect.stringContaining('skein cluster add'),
  });
  expect(plan(without, without, true)).toEqual({ kind: 'rejoin' });
});

test('5: other secrets and other lists of members do not begin a cluster together', () => {
  expect(plan({ ...blank, token: 'other' }, blank)).toEqual({
    kind: 'wait',
    reason: 'b has another SKEIN_SECRET',
  });
  const reason = 'c has other SKEIN_MEMBERS';
  expect(plan(blank, { ...blank, peerUrls: peerUrls.slice(1) })).toEqual({ kind: 'wait', reason });
  expect(plan(blank, members(listed('a', 'not started')))).toEqual({ kind: 'wait', reason });
});

test('whatever the others say, a member that one of them has seen run never begins under its old name', () => {
  const how = fc.constantFrom('started' as const, 'not started' as const, 'added' as const);
  const listing = fc
    .record({ a: fc.option(how), b: fc.option(how), c: fc.option(how) })
    .map((given): PeerAnswer => {
      const each = Object.entries(given).flatMap(([name, is]) => (is === null ? [] : [listed(name, is)]));
      return { kind: 'members', members: each };
    });
  const answer = fc.oneof(fc.constant(blank), fc.constant(silent), listing);
  fc.assert(
    fc.property(answer, answer, fc.boolean(), (b, c, rejoining) => {
      const seen = [b, c].some(
        (each) =>
          each.kind === 'members' &&
          each.members.some(({ name, clientUrls }) => name === 'a' && clientUrls.length > 0),
      );
      const { kind } = plan(b, c, rejoining);
      if (seen) expect(kind).toBe('rejoin');
      if (kind === 'new') expect([b.kind, c.kind]).not.toContain('silent');
    }),
  );
});
