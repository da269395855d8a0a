/**
 * Health of a member:
 *   1. It is offered unless it has nothing to answer from, or is further behind another one than allowed.
 *   2. A lost majority, or a builder that is away for a moment, makes only writes wait.
 *   3. A machine that is alone is always offered.
 *   4. Who is about to stop is not offered any more.
 */
import type { Progress } from '@skein/member';
import { expect, test } from 'vitest';
import { type HealthInput, healthOf } from './member-health.ts';

const live: Progress = { published: 9, state: 'live', quorum: true, lagMs: 0, format: 1 };
const fine: HealthInput = {
  cluster: { member: 'a', lagMsMax: 1_000 },
  progress: live,
  builderConnected: true,
  builderAwayMs: 0,
  isLeaving: false,
};

test('1: a member is offered unless it is joining or behind', () => {
  expect(healthOf(fine)).toEqual({
    status: 'available',
    writes: 'available',
    sequence: 9,
    member: 'a',
    state: 'live',
    lagMs: 0,
  });
  expect(healthOf({ ...fine, progress: { ...live, lagMs: 1_000 } }).status).toBe('available');
  expect(healthOf({ ...fine, progress: { ...live, lagMs: 1_001 } }).status).toBe('behind');
  expect(healthOf({ ...fine, progress: { ...live, state: 'joining' } }).status).toBe('joining');
  expect(healthOf({ ...fine, progress: { ...live, state: 'local' } }).status).toBe('joining');
  for (const state of ['connecting', 'catching-up', 'stopping'] as const) {
    expect(healthOf({ ...fine, progress: { ...live, state } }).status).toBe('available');
  }
});

test('2: without a majority or for a moment without the builder, only writes wait', () => {
  expect(healthOf({ ...fine, progress: { ...live, quorum: false } })).toMatchObject({
    status: 'available',
    writes: 'waiting',
  });
  const away = { ...fine, builderConnected: false };
  expect(healthOf({ ...away, builderAwayMs: 1_000 })).toMatchObject({
    status: 'available',
    writes: 'waiting',
  });
  expect(healthOf({ ...away, builderAwayMs: 1_001 })).toMatchObject({ status: 'behind', lagMs: 1_001 });
});

test('3: a machine that is alone is offered whatever its builder does', () => {
  const alone = { ...fine, cluster: undefined, builderConnected: false, builderAwayMs: 100_000 };
  expect(healthOf(alone)).toEqual({ status: 'available', writes: 'waiting', sequence: 9 });
});

test('4: who is about to stop is not offered', () => {
  for (const cluster of [fine.cluster, undefined])
    expect(healthOf({ ...fine, cluster, isLeaving: true }).status).toBe('stopping');
});
