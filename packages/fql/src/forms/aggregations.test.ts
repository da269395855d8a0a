/** Aggregations as clients meet them: through the driver's functions, with background work run step by step. */
import { Expr, query as q } from 'faunadb';
import { beforeEach, describe, expect, test } from 'vitest';
import { readAggregation } from '../aggregations/aggregation.ts';
import { hasAggregationWork } from '../aggregations/aggregation-step.ts';
import { scan, snapshotsOf } from '../aggregations/latest.ts';
import { WAITING_EVENTS_MAX } from '../aggregations/record-events.ts';
import { nextCronTime } from '../aggregations/schedule.ts';
import { nextStep, runStep } from '../jobs/steps.ts';
import { schemaFor } from '../schema/schema-cache.ts';
import { ROOT_SCOPE } from '../schema/schema-rows.ts';
import { storedNames } from '../schema/stored-names.ts';
import type { ScopeId } from '../store/document-store.ts';
import { type Json, newDatabase, ROOT, type TestDatabase } from '../testing/run-fql.ts';

let database: TestDatabase;

const usage = {
  name: 'usage',
  source: 'events',
  key: ['data', 'user'],
  measures: { bytes: { sum: ['data', 'bytes'] }, uploads: { count: true } },
  schedule: { onDemand: true },
};

function declare(definition: object): Expr {
  const value = (given: unknown): unknown => {
    if (Array.isArray(given)) return given.map(value);
    if (typeof given !== 'object' || given === null) return given;
    return { object: Object.fromEntries(Object.entries(given).map(([key, each]) => [key, value(each)])) };
  };
  return new Expr({ create_aggregation: value(definition) });
}

function upload(user: unknown, bytes: unknown): object {
  return q.Create(q.Collection('events'), { data: { user, bytes } } as never);
}

function latest(key: unknown, name = 'usage'): Json {
  return database.value(q.Call(`${name}_latest`, key as string));
}

/** Background work until there is none. */
function settle(limit = 1000): number {
  for (let steps = 0; ; steps++) {
    database.advance(10_000);
    if (!nextStep(database.store, database.now)) return steps;
    if (steps > 5000) throw new Error('background work does not end');
    const before = database.store.lastTime;
    // Other work now and then gets enough room to end.
    runStep(database.store, database.now, steps % 3 === 2 ? 1000 : limit);
    expect(database.store.lastTime).toBeGreaterThan(before);
    database.advance(database.store.lastTime - database.now > 0 ? database.store.lastTime - database.now : 0);
  }
}

function aggregationRowCount(scope: ScopeId = ROOT_SCOPE): number {
  let count = 0;
  for (const { key } of database.store.rows(scope)) {
    const text = Buffer.from(key).toString('latin1');
    if (text.startsWith('aggregation/') && !/aggregation\/(next|turn)/.test(text)) count++;
  }
  return count;
}

beforeEach(() => {
  database = newDatabase();
  database.query(q.CreateCollection({ name: 'events' }));
  database.query(q.CreateCollection({ name: 'User' }));
});

describe('an aggregation', () => {
  test('counts what was there, what comes before a run, and what comes after it', () => {
    database.query(upload('ann', 10));
    expect(database.query(declare(usage)).status).toBe(200);
    settle();
    expect(latest('ann')).toMatchObject({ state: 'current', events: 1, measures: { bytes: 10, uploads: 1 } });
    database.query(upload('ann', 5));
    expect(latest('ann')).toMatchObject({ events: 2, measures: { bytes: 15, uploads: 2 } });
    database.query(q.Call('usage_run'));
    settle();
    expect(latest('ann')).toMatchObject({ events: 2, measures: { bytes: 15, uploads: 2 } });
    expect(database.value({ aggregation: 'usage' })).toMatchObject({
      runs: 2,
      waitingEvents: 0,
      running: false,
    });
  });

  test('says until when it knows', () => {
    database.query(declare(usage));
    settle();
    const { json } = database.query(upload('ann', 5));
    expect(latest('ann')['ts']).toBe(json['resource']!['ts']);
  });

  test('has nothing for a key without events', () => {
    database.query(declare(usage));
    settle();
    expect(latest('nobody')).toMatchObject({
      key: 'nobody',
      events: 0,
      measures: { bytes: 0, uploads: 0 },
      lastEventTs: null,
    });
  });

  test('says that it is building, instead of half a number', () => {
    for (let at = 0; at < 7; at++) database.query(upload('ann', 1));
    database.query(declare(usage));
    expect(latest('ann')).toMatchObject({ state: 'building', documentsRead: 0 });
    database.advance(10_000);
    runStep(database.store, database.now, 3);
    expect(latest('ann')).toMatchObject({ state: 'building', documentsRead: 3 });
    expect(latest('ann')['measures']).toBeUndefined();
    settle(3);
    expect(latest('ann')).toMatchObject({ state: 'current', events: 7 });
  });

  test('counts an event once that came with its declaration, or while it was built', () => {
    database.query(q.Do(upload('ann', 1) as never, declare(usage), upload('ann', 2) as never));
    database.query(upload('ann', 4));
    expect(settle(1)).toBeGreaterThan(2);
    expect(latest('ann')).toMatchObject({ events: 3, measures: { bytes: 7 } });
  });

  test('keeps what was counted when the event changes or ends', () => {
    const ref = database.value(upload('ann', 10))['ref'];
    database.query(declare(usage));
    const second = database.value(upload('ann', 5))['ref'];
    database.query({ update: ref, params: { object: { data: { object: { bytes: 99 } } } } });
    database.query({ delete: second });
    database.query({ delete: ref });
    settle(1);
    expect(latest('ann')).toMatchObject({ events: 2, measures: { bytes: 15 } });
  });

  test('takes the last of what one transaction makes of an event, and nothing that it takes back', () => {
    database.query(declare(usage));
    settle();
    database.query(
      q.Let({ one: upload('ann', 1) as never, two: upload('ann', 1000) as never }, [
        q.Update(q.Select('ref', q.Var('one')), { data: { bytes: 7 } }),
        q.Delete(q.Select('ref', q.Var('two'))),
      ] as never),
    );
    expect(latest('ann')).toMatchObject({ events: 1, measures: { bytes: 7 } });
  });

  test('is paged by key', () => {
    for (const user of ['c', 'a', 'b']) database.query(upload(user, 1));
    database.query(declare(usage));
    settle();
    const first = database.value(q.Call('usage_snapshots', { size: 2 } as never));
    expect(first['data']).toMatchObject([{ key: 'a', events: 1 }, { key: 'b' }]);
    const second = database.value({
      call: { function: 'usage_snapshots' },
      arguments: { object: { after: first['after'] } },
    });
    expect(second).toMatchObject({ data: [{ key: 'c' }], state: 'current' });
    expect(second['after']).toBeUndefined();
    expect(database.value(q.Call('usage_snapshots'))['data']).toHaveLength(3);
  });

  test('writes what changed into the documents that keys name, and only there', () => {
    database.query(q.Create(q.Ref(q.Collection('User'), '1'), { data: { name: 'Ann', usage: { old: 1 } } }));
    database.query(q.Create(q.Ref(q.Collection('User'), '2'), { data: { name: 'Bob' } }));
    database.query(upload('1', 10));
    database.query(q.Create(q.Ref(q.Collection('User'), '3'), { data: { name: 'Cleo' } }));
    database.query(upload(q.Ref(q.Collection('User'), '3'), 1));
    database.query(upload('nobody', 10));
    database.query(declare({ ...usage, writeBack: { collection: 'User', field: ['data', 'usage'] } }));
    settle(1);
    const user = (id: string): Json => database.value(q.Get(q.Ref(q.Collection('User'), id)));
    expect(user('1')['data']).toEqual({ name: 'Ann', usage: { bytes: 10, uploads: 1 } });
    expect(user('3')['data']).toEqual({ name: 'Cleo', usage: { bytes: 1, uploads: 1 } });
    expect(user('2')['data']).toEqual({ name: 'Bob' });
    const before = user('1')['ts'];
    database.query(upload(2, 4));
    database.query({ run_aggregation: 'usage' });
    settle();
    expect(user('2')['data']).toEqual({ name: 'Bob', usage: { bytes: 4, uploads: 1 } });
    expect(user('1')['ts']).toBe(before);
  });

  test('goes on where a document refuses what is written back', () => {
    database.query(
      q.CreateIndex({
        name: 'one',
        source: q.Collection('User'),
        terms: [{ field: ['data', 'usage', 'uploads'] }],
        unique: true,
      }),
    );
    for (const id of ['1', '2', '3']) {
      database.query(q.Create(q.Ref(q.Collection('User'), id), { data: {} }));
      database.query(upload(id, Number(id)));
    }
    database.query(upload('3', 1));
    database.query(declare({ ...usage, writeBack: { collection: 'User', field: ['data', 'usage'] } }));
    settle();
    const shown = ['1', '2', '3'].map(
      (id) => database.value(q.Get(q.Ref(q.Collection('User'), id)))['data']!['usage'] ?? null,
    );
    expect(shown).toEqual([{ bytes: 1, uploads: 1 }, null, { bytes: 4, uploads: 2 }]);
    expect(latest('2')).toMatchObject({ events: 1 });
  });

  test('is left alone when it is declared again, takes another schedule over, and is built anew for anything else', () => {
    database.query(upload('ann', 1));
    database.query(declare(usage));
    settle();
    const before = database.value({ aggregation: 'usage' });
    expect(database.value(declare(usage))).toEqual(before);
    const scheduled = { ...usage, schedule: { intervalMs: 1000 } };
    expect(database.value(declare(scheduled))).toMatchObject({
      state: 'current',
      schedule: { intervalMs: 1000 },
    });
    const other = { ...scheduled, measures: { most: { max: ['data', 'bytes'] } } };
    expect(database.value(declare(other))).toMatchObject({ state: 'building' });
    settle();
    expect(latest('ann')['measures']).toEqual({ most: 1 });
  });

  test('is rebuilt from what exists', () => {
    const ref = database.value(upload('ann', 10))['ref'];
    database.query(upload('ann', 1));
    database.query(declare(usage));
    settle();
    database.query({ delete: ref });
    expect(latest('ann')).toMatchObject({ events: 2 });
    expect(database.value({ rebuild_aggregation: 'usage' })).toMatchObject({ state: 'building' });
    settle(1);
    expect(latest('ann')).toMatchObject({ events: 1, measures: { bytes: 1 } });
  });

  test('leaves nothing when it is dropped, neither rows nor functions, and nothing of others goes', () => {
    database.query(declare({ ...usage, name: 'other', eventId: ['data', 'user'] }));
    settle();
    const alone = aggregationRowCount();
    database.query(declare({ ...usage, eventId: ['data', 'bytes'], schedule: { cron: '0 * * * *' } }));
    for (let at = 0; at < 20; at++) database.query(upload('ann', at));
    settle(7);
    database.query(upload('ann', 100));
    expect(aggregationRowCount()).toBeGreaterThan(alone + 20);
    database.query({ drop_aggregation: 'usage' });
    settle(7);
    // The one that stays has a snapshot more, an id, and its counter.
    expect(latest('ann', 'other')).toMatchObject({ events: 1 });
    database.query({ drop_aggregation: 'other' });
    settle(7);
    expect(aggregationRowCount()).toBe(0);
    expect(database.error({ aggregation: 'usage' })['code']).toBe('instance not found');
    expect(database.value(q.Exists(q.Function('usage_latest')))).toBe(false);
  });

  test('does not drop a function that took the name of its own', () => {
    database.query(declare(usage));
    database.query(q.Delete(q.Function('usage_run')));
    database.query(q.CreateFunction({ name: 'usage_run', body: q.Query(q.Lambda('x', q.Var('x'))) }));
    database.query({ drop_aggregation: 'usage' });
    expect(database.value(q.Exists(q.Function('usage_run')))).toBe(true);
    expect(database.value(q.Exists(q.Function('usage_latest')))).toBe(false);
  });

  test('goes with its database', () => {
    database.query(q.CreateDatabase({ name: 'child' }));
    const scope = schemaFor(database.store, ROOT_SCOPE).childScope('child')!;
    const inside = { authentication: { ...ROOT, scope } };
    database.query(q.CreateCollection({ name: 'events' }), inside);
    database.query(upload('ann', 3), inside);
    expect(database.query(declare({ ...usage, schedule: { intervalMs: 100 } }), inside).status).toBe(200);
    settle();
    database.query(upload('ann', 4), inside);
    expect(database.value(q.Call('usage_latest', 'ann'), inside)).toMatchObject({ measures: { bytes: 7 } });
    database.query(q.Delete(q.Database('child')));
    settle();
    expect(aggregationRowCount(scope) + aggregationRowCount()).toBe(0);
  });
});

describe('runs', () => {
  const runCount = (name = 'usage'): number => database.value({ aggregation: name })['runs']!;

  test('an interval runs when events wait, and only then', () => {
    database.query(declare({ ...usage, schedule: { intervalMs: 60_000 } }));
    settle();
    expect(runCount()).toBe(1);
    database.advance(600_000_000);
    expect(hasAggregationWork(database.store, database.now)).toBe(false);
    database.query(upload('ann', 1));
    settle();
    expect(runCount()).toBe(2);
    database.query(upload('ann', 1));
    expect(hasAggregationWork(database.store, database.now)).toBe(false);
    database.advance(60_000_000);
    settle();
    expect(runCount()).toBe(3);
    expect(database.value({ aggregation: 'usage' })['waitingEvents']).toBe(0);
  });

  test('of times that a cron missed, one run is made', () => {
    database.query(declare({ ...usage, schedule: { cron: '0 3 * * *' } }));
    settle();
    database.query(upload('ann', 1));
    database.advance(5 * 86_400_000_000);
    settle();
    expect(runCount()).toBe(2);
    const { lastRunTs } = database.value({ aggregation: 'usage' }) as unknown as { lastRunTs: number };
    expect(nextCronTime('0 3 * * *', lastRunTs)).toBeGreaterThan(database.now);
  });

  test('cron times are those of UTC, with seconds or without', () => {
    const at = (iso: string): number => Date.parse(iso) * 1000;
    expect(nextCronTime('30 3 * * *', at('2024-02-28T12:00:00Z'))).toBe(at('2024-02-29T03:30:00Z'));
    expect(nextCronTime('15 0 0 1 * *', at('2024-02-28T12:00:00Z'))).toBe(at('2024-03-01T00:00:15Z'));
    expect(nextCronTime('0 0 30 2 *', at('2024-02-28T12:00:00Z'))).toBeUndefined();
  });

  test('begin by themselves when too many events wait', () => {
    database.query(declare(usage));
    settle();
    const insert = (count: number): void => {
      const events = Array.from({ length: count }, () => ({
        object: { data: { object: { user: 'ann', bytes: 1 } } },
      }));
      expect(database.query({ insert_events: 'events', events }).status).toBe(200);
    };
    insert(WAITING_EVENTS_MAX - 1);
    expect(hasAggregationWork(database.store, database.now)).toBe(false);
    insert(1);
    expect(hasAggregationWork(database.store, database.now)).toBe(true);
    settle();
    expect(database.value({ aggregation: 'usage' })).toMatchObject({ waitingEvents: 0, runs: 2 });
    expect(latest('ann')).toMatchObject({ events: WAITING_EVENTS_MAX });
  });

  test('follow each other while too many events wait', () => {
    database.query(declare(usage));
    settle();
    const insert = (count: number): void => {
      const events = Array.from({ length: count }, () => ({ object: { data: { object: { user: 'ann' } } } }));
      expect(database.query({ insert_events: 'events', events }).status).toBe(200);
    };
    insert(100);
    database.query({ run_aggregation: 'usage' });
    database.advance(10_000);
    runStep(database.store, database.now, 1);
    insert(3 * WAITING_EVENTS_MAX);
    settle(500);
    expect(database.value({ aggregation: 'usage' })['waitingEvents']).toBeLessThan(WAITING_EVENTS_MAX);
  });

  test('that are asked for several times are one', () => {
    database.query(declare(usage));
    settle();
    database.query(upload('ann', 1));
    for (let at = 0; at < 3; at++) database.query({ run_aggregation: 'usage' });
    settle();
    expect(runCount()).toBe(2);
  });

  test('take turns with each other and with other work', () => {
    for (let at = 0; at < 40; at++) database.query(upload('ann', at));
    settle();
    database.query(declare(usage));
    database.query(declare({ ...usage, name: 'other' }));
    for (let at = 0; at < 10; at++) {
      database.advance(10_000);
      runStep(database.store, database.now, 4);
    }
    const read = (name: string): number => database.value({ aggregation: name })['documentsRead']!;
    expect(read('usage')).toBe(20);
    expect(read('other')).toBe(20);
    settle(4);
    expect(latest('ann')).toEqual(latest('ann', 'other'));
  });
});

describe('declarations', () => {
  test.each<[string, object, string]>([
    ['a collection that is not there', { source: 'none' }, 'source'],
    ['a native collection', { source: 'tokens' }, 'source'],
    ['a key outside of data', { key: ['ref'] }, 'key'],
    ['no measure', { measures: {} }, 'measures'],
    ['a measure of an unknown kind', { measures: { a: { median: ['data', 'a'] } } }, 'measures'],
    [
      'bounds that do not ascend',
      { measures: { a: { histogram: ['data', 'a'], bounds: [2, 1] } } },
      'measures',
    ],
    ['a cron with too few fields', { schedule: { cron: '* * *' } }, 'schedule'],
    ['a cron without any time', { schedule: { cron: '0 0 30 2 *' } }, 'schedule'],
    ['a cron that is a date', { schedule: { cron: '2030-01-01T00:00:00' } }, 'schedule'],
    ['a cron that means the present', { schedule: { cron: '? * * * *' } }, 'schedule'],
    ['an interval that is too short', { schedule: { intervalMs: 1 } }, 'schedule'],
    ['a name that no function can have', { name: 'a b' }, 'name'],
    [
      'write-back into a collection that is not there',
      { writeBack: { collection: 'x', field: 'data.a' } },
      'writeBack',
    ],
    ['an unknown field', { unknown: 1 }, 'unknown'],
  ])('%s is refused', (_, change, field) => {
    const error = database.error(declare({ ...usage, ...change }));
    expect(error['code']).toBe('validation failed');
    expect(error['failures']![0]!['field']![0]).toBe(field);
    expect(aggregationRowCount()).toBe(0);
  });

  test('a function of the name stands in the way, and nothing is declared', () => {
    database.query(q.CreateFunction({ name: 'usage_run', body: q.Query(q.Lambda('x', q.Var('x'))) }));
    expect(database.error(declare(usage))['code']).toBe('instance already exists');
    expect(aggregationRowCount()).toBe(0);
  });

  test('functions that are its own already, from a dump of the database, are taken over', () => {
    const body = q.Query(q.Lambda('_', 1));
    database.query(q.CreateFunction({ name: 'usage_run', body, data: { aggregation: 'usage' } }));
    expect(database.query(declare(usage)).status).toBe(200);
    database.query({ drop_aggregation: 'usage' });
    expect(database.value(q.Exists(q.Function('usage_run')))).toBe(false);
  });

  test('who may not read all documents may not read what they add up to, unless a function lets him', () => {
    database.query(declare(usage));
    database.query(upload('ann', 1));
    settle();
    const none = { authentication: { ...ROOT, principal: ROOT.principal, roles: ['client'] as const } };
    expect(database.error({ aggregation_latest: 'usage', key: 'ann' }, none)['code']).toBe(
      'permission denied',
    );
    expect(database.error(declare(usage), none)['code']).toBe('permission denied');
    expect(database.value({ aggregations: null }, none)).toEqual([]);
    const server = { authentication: { ...ROOT, roles: ['server'] as const } };
    expect(database.value({ aggregation_latest: 'usage', key: 'ann' }, server)).toMatchObject({ events: 1 });
    expect(database.value({ aggregations: null }, server)).toHaveLength(1);
  });

  test('the past is not shown as if it were known', () => {
    database.query(declare(usage));
    const error = database.error(q.At(q.TimeSubtract(q.Now(), 1, 'hour'), q.Call('usage_latest', 'ann')));
    expect(JSON.stringify(error)).toContain('Aggregations have no history');
  });
});

test('snapshots equal a plain scan after arbitrary traffic through functions, batches and databases', () => {
  database.query(
    declare({ ...usage, measures: { ...usage.measures, different: { distinct: 'data.bytes' } } }),
  );
  let state = 1;
  const random = (below: number): number => {
    state = (Math.imul(state, 48271) >>> 0) % 0x7fffffff;
    return state % below;
  };
  for (let at = 0; at < 300; at++) {
    const kind = random(10);
    if (kind < 6) database.query(upload(`u${random(5)}`, random(8)));
    else if (kind < 8) {
      const events = Array.from({ length: random(20) }, () => ({
        object: { id: `e${random(40)}`, data: { object: { user: `u${random(5)}`, bytes: random(8) } } },
      }));
      database.query({ insert_events: 'events', events });
    } else if (kind === 8) database.query({ run_aggregation: 'usage' });
    database.advance(10_000);
    if (nextStep(database.store, database.now)) runStep(database.store, database.now, 1 + random(9));
  }
  database.query({ run_aggregation: 'usage' });
  settle(5);
  const names = storedNames(schemaFor(database.store, ROOT_SCOPE));
  const aggregation = readAggregation(database.store, ROOT_SCOPE, 'usage', names)!;
  const scanned = [...scan(database.store, ROOT_SCOPE, aggregation, names)].sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const folded = Array.from(
    snapshotsOf(database.store, ROOT_SCOPE, aggregation, names),
    ({ snapshot }) => snapshot,
  );
  expect(folded).toEqual(scanned.map(([, snapshot]) => snapshot));
  expect(folded).toHaveLength(5);
});

test('large events make short steps, and are all counted', () => {
  const bytes = 'x'.repeat(300_000);
  const large = (user: string): unknown => q.Create(q.Collection('events'), { data: { user, bytes } });
  for (let at = 0; at < 30; at++) database.query(large('ann'));
  database.query(declare({ ...usage, measures: { last: { last: 'data.bytes' }, n: { count: true } } }));
  database.advance(10_000);
  runStep(database.store, database.now, 1000);
  expect(database.value({ aggregation: 'usage' })).toMatchObject({ state: 'building', documentsRead: 14 });
  for (let at = 0; at < 30; at++) database.query(large('ann'));
  settle();
  expect(latest('ann')).toMatchObject({ events: 60, measures: { last: bytes, n: 60 } });
  expect(database.value({ aggregation: 'usage' })).toMatchObject({ waitingEvents: 0, runs: 1 });
});
