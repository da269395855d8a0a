import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { someNames } from '../codec/value-arbitraries.ts';
import { encodeValue } from '../codec/value-codec.ts';
import { orderKeyOf } from '../order/order-key.ts';
import type { CollectionId, ScopeId } from '../store/document-store.ts';
import { MemoryStore } from '../testing/memory-store.ts';
import type { ObjectValue, Value } from '../values/value.ts';
import { type Aggregation, addAggregation, readAggregation, removeAggregation } from './aggregation.ts';
import type { AggregationDefinition, Measure } from './definition.ts';
import { dropAggregationRows, latestOf, scan, snapshotsOf } from './latest.ts';
import { recordEvent } from './record-events.ts';
import { nameOf, runAggregation } from './run-aggregation.ts';
import { snapshotResults } from './snapshot.ts';

const SCOPE = 0 as ScopeId;
const EVENTS = 1024 as CollectionId;
const OTHER = 1025 as CollectionId;

const measures: ReadonlyMap<string, Measure> = new Map<string, Measure>([
  ['events', { kind: 'count' }],
  ['sum', { kind: 'sum', path: ['data', 'amount'] }],
  ['least', { kind: 'min', path: ['data', 'amount'] }],
  ['most', { kind: 'max', path: ['data', 'amount'] }],
  ['last', { kind: 'last', path: ['data', 'amount'] }],
  ['different', { kind: 'distinct', path: ['data', 'amount'] }],
  ['sizes', { kind: 'histogram', path: ['data', 'amount'], bounds: [0n, 0.5, 10n] }],
]);
const definitionOf = (name: string, eventId: boolean): AggregationDefinition => ({
  name,
  source: 'events',
  key: ['data', 'user'],
  measures,
  schedule: { kind: 'onDemand' },
  writeBack: undefined,
  eventId: eventId ? ['data', 'event'] : undefined,
});

type Step =
  | {
      readonly kind: 'events';
      readonly events: readonly { readonly user: Value; readonly amount: Value; readonly event: Value }[];
    }
  | { readonly kind: 'declare' | 'drop' | 'check'; readonly name: string }
  | { readonly kind: 'run'; readonly name: string; readonly limit: number };

const name = fc.constantFrom('first', 'second');
const amount: fc.Arbitrary<Value> = fc.oneof(
  fc.bigInt({ min: -20n, max: 20n }),
  fc.double({ noNaN: true }),
  fc.constantFrom<Value>(null, 'text', 1n, 1, 0.1, 0.2),
);
const event = fc.record({
  user: fc.constantFrom<Value>('a', 'b', 1n, null, ['a', 2n]),
  amount,
  event: fc.oneof(fc.constant(null), fc.bigInt({ min: 0n, max: 15n })),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .array(event, { minLength: 1, maxLength: 6 })
      .map((events): Step => ({ kind: 'events', events })),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('run' as const), name, limit: fc.integer({ min: 1, max: 7 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('check' as const), name }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('declare' as const, 'drop' as const), name }) },
);

/** Writes events as transactions do: the version, and a note for every aggregation. */
class Events {
  readonly store = new MemoryStore();
  #time = 1000;
  #id = 0n;

  transact<T>(act: (time: number) => T): T {
    this.#time += 10;
    return this.store.transact(this.#time, () => act(this.#time));
  }

  add(events: readonly { readonly user: Value; readonly amount: Value; readonly event: Value }[]): void {
    this.transact((ts) => {
      for (const { user, amount: given, event: id } of events) {
        const data = new Map<string, Value>([
          ['user', user],
          ['amount', given],
          ['event', id],
        ]);
        const fields: ObjectValue = new Map([['data', data]]);
        const key = { scope: SCOPE, collection: EVENTS, id: this.#id++ };
        this.store.putVersion(key, { ts, action: 'create', body: encodeValue(fields, someNames) });
        for (const each of ['first', 'second']) {
          const aggregation = this.find(each);
          if (aggregation !== undefined) recordEvent(this.store, aggregation, { key, ts, fields }, someNames);
        }
      }
    });
  }

  find(aggregation: string): Aggregation | undefined {
    return readAggregation(this.store, SCOPE, aggregation, someNames);
  }

  run(aggregation: Aggregation, limit: number): boolean {
    return this.transact(
      (time) => runAggregation(this.store, SCOPE, aggregation, { time, limit }, someNames).more,
    );
  }

  /** Ends the run that is going on, and runs once more for what came after it had begun. */
  finish(aggregation: string, limit: number): void {
    for (let runs = 0, steps = 0; runs < 2; steps++) {
      const found = this.find(aggregation);
      if (found === undefined) return;
      if (!this.run(found, limit)) runs++;
      if (steps > 1000) throw new Error('a run does not end');
    }
  }
}

function expectEqualToScan(events: Events, aggregation: Aggregation): void {
  const scanned = scan(events.store, SCOPE, aggregation, someNames);
  const keys = new Map([...scanned.values()].map(({ key }) => [nameOf(orderKeyOf(key, someNames)), key]));
  for (const { snapshot } of snapshotsOf(events.store, SCOPE, aggregation, someNames)) {
    keys.set(nameOf(orderKeyOf(snapshot.key, someNames)), snapshot.key);
  }
  for (const [bytes, key] of keys) {
    const latest = latestOf(events.store, SCOPE, aggregation, key, someNames);
    const plain = scanned.get(bytes);
    expect(latest?.eventCount).toBe(plain?.eventCount);
    if (latest === undefined || plain === undefined) continue;
    expect(snapshotResults(latest, measures)).toEqual(snapshotResults(plain, measures));
    expect(latest.ts).toBe(plain.ts);
  }
}

describe('aggregations', () => {
  for (const withIds of [false, true]) {
    test(`snapshot and tail equal a plain scan at any moment (${withIds ? 'events with ids' : 'without ids'})`, () => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
          const events = new Events();
          for (const each of steps) {
            switch (each.kind) {
              case 'events':
                events.add(each.events);
                break;
              case 'declare':
                if (events.find(each.name) !== undefined) break;
                events.transact((ts) =>
                  addAggregation(
                    events.store,
                    SCOPE,
                    { definition: definitionOf(each.name, withIds), collection: EVENTS, ts },
                    someNames,
                  ),
                );
                break;
              case 'drop': {
                const dropped = events.find(each.name);
                if (dropped === undefined) break;
                events.transact(() => removeAggregation(events.store, SCOPE, each.name));
                while (
                  events.transact(() => dropAggregationRows(events.store, SCOPE, dropped.number, 3)) > 0
                );
                break;
              }
              case 'run': {
                const found = events.find(each.name);
                if (found !== undefined) events.run(found, each.limit);
                break;
              }
              case 'check': {
                events.finish(each.name, 4);
                break;
              }
            }
            for (const aggregation of ['first', 'second']) {
              const found = events.find(aggregation);
              // Until the first run has read everything the server says that it is building.
              if (found?.progress.buildingFrom === undefined && found !== undefined && !withIds)
                expectEqualToScan(events, found);
            }
          }
          for (const aggregation of ['first', 'second']) {
            events.finish(aggregation, 5);
            const found = events.find(aggregation);
            if (found !== undefined && !withIds) expectEqualToScan(events, found);
            if (found !== undefined) expectEachIdOnce(events, found);
          }
        }),
      );
    });
  }

  test('what is dropped leaves no row', () => {
    const events = new Events();
    const rowCount = (): number => [...events.store.rows(SCOPE)].length;
    events.transact((ts) =>
      addAggregation(
        events.store,
        SCOPE,
        { definition: definitionOf('first', true), collection: EVENTS, ts },
        someNames,
      ),
    );
    const before = rowCount();
    events.add(
      Array.from({ length: 20 }, (_, at) => ({ user: `u${at % 3}`, amount: BigInt(at), event: BigInt(at) })),
    );
    const declared = events.find('first')!;
    events.run(declared, 5);
    expect(rowCount()).toBeGreaterThan(before + 20);
    events.transact(() => removeAggregation(events.store, SCOPE, 'first'));
    while (events.transact(() => dropAggregationRows(events.store, SCOPE, declared.number, 7)) > 0);
    // Its counters stay: numbers are never given twice.
    expect(rowCount()).toBe(before - 1);
  });

  test('documents of other collections do not count', () => {
    const events = new Events();
    events.transact((ts) =>
      addAggregation(
        events.store,
        SCOPE,
        { definition: definitionOf('first', false), collection: OTHER, ts },
        someNames,
      ),
    );
    events.add([]);
    events.finish('first', 10);
    expect([...snapshotsOf(events.store, SCOPE, events.find('first')!, someNames)]).toEqual([]);
  });
});

/** Which of several events with one id counts depends on when it was declared; that exactly one does, does not. */
function expectEachIdOnce(events: Events, aggregation: Aggregation): void {
  const scanned = scan(events.store, SCOPE, aggregation, someNames);
  const total = (all: Iterable<{ readonly eventCount: bigint }>): bigint => {
    let sum = 0n;
    for (const { eventCount } of all) sum += eventCount;
    return sum;
  };
  const folded = Array.from(
    snapshotsOf(events.store, SCOPE, aggregation, someNames),
    ({ snapshot }) => snapshot,
  );
  expect(total(folded)).toBe(total(scanned.values()));
}
