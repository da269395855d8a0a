/**
 * History against a list of all versions:
 *   1. A document, a set and a collection can be read as of every moment, with `ts` and with `At`.
 *   2. Events of a document, a set and a collection are what happened, in order, on pages of any size, in both directions.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newDatabase } from '../testing/run-fql.ts';

/** An answer, of which the test knows what it is. */
type Json = { readonly [key: string]: Json } & readonly Json[];

interface Version {
  readonly ts: number;
  readonly id: number;
  readonly action: 'create' | 'update' | 'delete';
  /** Undefined after a deletion. */
  readonly n: number | undefined;
}

const refJson = (id: number): unknown => ({
  '@ref': {
    id: String(id),
    collection: { '@ref': { id: 'w', collection: { '@ref': { id: 'collections' } } } },
  },
});
const ref = (id: number): unknown => ({ ref: { collection: 'w' }, id });
const numbers = { match: { index: 'by_n' } };

const steps = fc.array(
  fc.record({
    id: fc.integer({ min: 0, max: 4 }),
    n: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
  }),
  { maxLength: 15 },
);

/** Of the versions at or before a moment, the last of each document that exists. */
function stateAt(versions: readonly Version[], ts: number): ReadonlyMap<number, number> {
  const state = new Map<number, number>();
  for (const version of versions) {
    if (version.ts > ts) break;
    if (version.n === undefined) state.delete(version.id);
    else state.set(version.id, version.n);
  }
  return state;
}

/** Adding before removing, as events of one moment are sorted. */
function setEvents(versions: readonly Version[]): readonly unknown[] {
  const current = new Map<number, number>();
  return versions.flatMap(({ ts, id, n }) => {
    const before = current.get(id);
    if (n === undefined) current.delete(id);
    else current.set(id, n);
    if (before === n) return [];
    const event = (action: string, value: number): unknown => ({
      ts,
      action,
      document: refJson(id),
      data: [value],
    });
    return [
      ...(n === undefined ? [] : [event('add', n)]),
      ...(before === undefined ? [] : [event('remove', before)]),
    ];
  });
}

function documentEvents(versions: readonly Version[], wanted: number): readonly unknown[] {
  let before: number | undefined;
  return versions
    .filter(({ id }) => id === wanted)
    .map(({ ts, action, n }) => {
      const data = n === undefined || n === before ? null : { n };
      before = n;
      return { ts, action, document: refJson(wanted), data };
    });
}

function memberEvents(versions: readonly Version[]): readonly unknown[] {
  return versions
    .filter(({ action }) => action !== 'update')
    .map(({ ts, id, action }) => ({
      ts,
      action: action === 'create' ? 'add' : 'remove',
      document: refJson(id),
    }));
}

test('1, 2: the past is what it was', () => {
  let eventCount = 0;
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 4 }), (given, size) => {
      const database = newDatabase();
      const query = (expression: unknown): Json => database.value(expression);
      query({ create_collection: { object: { name: 'w' } } });
      query({
        create_index: {
          object: {
            name: 'by_n',
            source: { collection: 'w' },
            values: [{ object: { field: ['data', 'n'] } }],
          },
        },
      });
      const startTime = database.now;
      const versions: Version[] = [];
      for (const { id, n } of given) {
        const exists = stateAt(versions, Number.MAX_SAFE_INTEGER).has(id);
        if (n === undefined && !exists) continue;
        const params = { object: { data: { object: { n } } } };
        const action = n === undefined ? 'delete' : exists ? 'update' : 'create';
        query(action === 'delete' ? { delete: ref(id) } : { [action]: ref(id), params });
        versions.push({ ts: database.now, id, action, n });
      }

      for (const ts of [startTime, ...versions.flatMap((version) => [version.ts - 1, version.ts])]) {
        const state = [...stateAt(versions, ts)].toSorted(([a, n], [b, m]) => n - m || a - b);
        const shown = state.map(([, n]) => n);
        expect(query({ paginate: numbers, ts })).toEqual({ data: shown });
        expect(query({ at: ts, expr: { paginate: numbers } })).toEqual({ data: shown });
        const ids = state.map(([id]) => id).toSorted((a, b) => a - b);
        expect(query({ paginate: { documents: { collection: 'w' } }, ts })).toEqual({
          data: ids.map(refJson),
        });
        expect(query({ at: ts, expr: { count: numbers } })).toBe(shown.length);
        for (let id = 0; id < 5; id++) {
          const n = new Map(state).get(id);
          expect(query({ exists: ref(id), ts })).toBe(n !== undefined);
          if (n !== undefined) expect(query({ get: ref(id), ts })['data']).toEqual({ n });
        }
      }

      const histories: readonly (readonly [unknown, readonly unknown[]])[] = [
        [{ events: numbers }, setEvents(versions)],
        [{ events: { documents: { collection: 'w' } } }, memberEvents(versions)],
        [{ events: ref(1) }, documentEvents(versions, 1)],
        [{ events: { singleton: ref(1) } }, memberEvents(versions.filter(({ id }) => id === 1))],
        [{ union: [{ events: numbers }, { events: numbers }] }, setEvents(versions)],
      ];
      for (const [set, events] of histories) {
        eventCount += events.length;
        expect(query({ paginate: set, size: 1000 })).toEqual({ data: events });
        const forward: unknown[] = [];
        let cursor: unknown = { ts: 0 };
        while (cursor !== undefined) {
          const page: Json = query({ paginate: set, size, after: literal(cursor) });
          forward.push(...page['data']!);
          cursor = page['after'];
        }
        expect(forward).toEqual(events);
        const backward: unknown[] = [];
        cursor = null;
        while (cursor !== undefined) {
          const page: Json = query({ paginate: set, size, before: literal(cursor) });
          backward.unshift(...page['data']!);
          cursor = page['before'];
        }
        expect(backward).toEqual(events);
      }
    }),
    { numRuns: Number(process.env['RUNS'] ?? 60) },
  );
  expect(eventCount).toBeGreaterThan(200);
});

/** An object in an answer, as an expression. */
function literal(value: unknown): unknown {
  return value === null ? null : { object: value };
}
