/**
 * Arbitrary events, runs at arbitrary moments in slices of any size, aggregations declared, changed, rebuilt and dropped: after every single
 * step, what `latest` answers for every key is what a plain scan of the documents gives at that transaction time.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { verifyAggregation } from '../aggregations/verify.ts';
import { nextStep, runStep } from '../jobs/steps.ts';
import { renderValue } from '../json/render.ts';
import { ROOT_SCOPE } from '../schema/schema-rows.ts';
import { newDatabase, type TestDatabase } from '../testing/run-fql.ts';

type Data = Readonly<Record<string, unknown>>;
type Step =
  | { readonly kind: 'create'; readonly events: readonly Data[] }
  | {
      readonly kind: 'insert';
      readonly events: readonly { readonly id: string | undefined; readonly data: Data }[];
    }
  | { readonly kind: 'past'; readonly id: bigint; readonly micros: number; readonly data: Data }
  | { readonly kind: 'declare'; readonly name: string; readonly variant: number }
  | { readonly kind: 'drop' | 'run' | 'rebuild'; readonly name: string }
  | { readonly kind: 'background'; readonly limit: number; readonly count: number }
  | { readonly kind: 'time'; readonly micros: number };

const names = ['one', 'two'];
const name = fc.constantFrom(...names);
const data: fc.Arbitrary<Data> = fc.record(
  {
    user: fc.constantFrom<unknown>('a', 'b', 1, null, ['a'], { object: { a: 1 } }, { time: 'now' }),
    amount: fc.oneof(
      fc.integer({ min: -5, max: 5 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom<unknown>(null, 'text', true),
    ),
  },
  { requiredKeys: [] },
);
const id = fc.option(
  fc.integer({ min: 0, max: 12 }).map((number) => `id${number}`),
  { nil: undefined },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('create' as const), events: fc.array(data, { maxLength: 4 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('insert' as const),
      events: fc.array(fc.record({ id, data }), { maxLength: 6 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('past' as const),
      // Before and behind all ids that the server gives.
      id: fc.oneof(
        fc.bigInt({ min: 1n, max: 1_000_000n }),
        fc.bigInt({ min: 2n ** 63n - 1_000_000n, max: 2n ** 63n - 1n }),
      ),
      micros: fc.integer({ min: 1, max: 600_000 }),
      data,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('declare' as const), name, variant: fc.nat({ max: 3 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('drop' as const, 'run' as const, 'rebuild' as const),
      name,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('background' as const),
      limit: fc.integer({ min: 1, max: 6 }),
      count: fc.integer({ min: 1, max: 5 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('time' as const),
      micros: fc.constantFrom(200_000, 120_000_000),
    }),
  },
);

const of = (path: string): readonly string[] => ['data', path];
const object = (fields: Readonly<Record<string, unknown>>): object => ({ object: fields });

function definition(aggregation: string, variant: number): object {
  const measures = [
    { n: object({ count: true }), sum: object({ sum: of('amount') }), last: object({ last: of('amount') }) },
    {
      least: object({ min: of('amount') }),
      most: object({ max: of('amount') }),
      kinds: object({ distinct: of('amount') }),
      sizes: object({ histogram: of('amount'), bounds: [-1, 0.5, 3] }),
    },
  ][variant % 2]!;
  return object({
    name: aggregation,
    source: 'events',
    key: of('user'),
    measures: object(measures),
    schedule: object([{ onDemand: true }, { intervalMs: 100 }, { cron: '* * * * *' }][variant % 3]!),
  });
}

function expectEqualToScans(database: TestDatabase): number {
  let comparedCount = 0;
  for (const each of names) {
    const work = verifyAggregation(database.store, ROOT_SCOPE, each);
    let result = work.next();
    while (result.done !== true) result = work.next();
    const verified = result.value;
    if (verified?.get('state') !== 'current') continue;
    comparedCount++;
    if (verified.get('equal') !== true) throw new Error(renderValue(verified));
    expect(verified.get('ts')).toBe(BigInt(database.store.lastTime));
  }
  return comparedCount;
}

function rowsOf(database: TestDatabase): readonly string[] {
  return Array.from(database.store.rows(ROOT_SCOPE), ({ key }) => Buffer.from(key).toString('latin1'));
}

function background(database: TestDatabase, limit: number): boolean {
  database.advance(10_000);
  if (!nextStep(database.store, database.now)) return false;
  runStep(database.store, database.now, limit);
  return true;
}

function act(database: TestDatabase, each: Step): void {
  const expectFine = (expression: object): void => {
    const { status, body } = database.query(expression);
    // What is not there cannot be dropped.
    expect([200, 201, 404], body).toContain(status);
  };
  switch (each.kind) {
    case 'create':
      expectFine({
        do: [
          null,
          ...each.events.map((fields) => ({
            create: { collection: 'events' },
            params: object({ data: object(fields) }),
          })),
        ],
      });
      break;
    case 'insert':
      expectFine({
        insert_events: 'events',
        events: each.events.map((event) =>
          object({ ...(event.id === undefined ? {} : { id: event.id }), data: object(event.data) }),
        ),
      });
      break;
    case 'past': {
      const ref = { ref: { collection: 'events' }, id: String(each.id) };
      // Writing a past anew changes nothing that was counted, but does change what a scan sees.
      if (database.value({ exists: ref })) break;
      expectFine({
        insert: ref,
        ts: database.now - each.micros,
        action: 'create',
        params: object({ data: object(each.data) }),
      });
      break;
    }
    case 'declare':
      expectFine({ create_aggregation: definition(each.name, each.variant) });
      break;
    case 'drop':
    case 'run':
    case 'rebuild':
      expectFine({ [`${each.kind}_aggregation`]: each.name });
      break;
    case 'background':
      for (let count = 0; count < each.count; count++) background(database, each.limit);
      break;
    case 'time':
      database.advance(each.micros);
      break;
  }
}

test('after every step, what aggregations answer equals a plain scan; in the end nothing is left of those dropped', () => {
  let comparedCount = 0;
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => {
      const database = newDatabase();
      database.query({ create_collection: object({ name: 'events' }) });
      for (const each of steps) {
        act(database, each);
        comparedCount += expectEqualToScans(database);
      }
      for (let count = 0; background(database, 50); count++) {
        if (count > 500) throw new Error('background work does not end');
      }
      comparedCount += expectEqualToScans(database);
      const shown = database.value({ aggregations: null }) as unknown as readonly { waitingEvents: number }[];
      const waiting = shown.reduce((sum, { waitingEvents }) => sum + waitingEvents, 0);
      expect(rowsOf(database).filter((key) => key.startsWith('aggregation/pending/'))).toHaveLength(waiting);
      for (const each of names) database.query({ drop_aggregation: each });
      for (let count = 0; background(database, 50); count++) {
        if (count > 500) throw new Error('background work does not end');
      }
      expect(rowsOf(database).filter((key) => /^aggregation\/(?!next|turn)/.test(key))).toEqual([]);
    }),
  );
  // A sweep that never finds an aggregation ready proves nothing.
  expect(comparedCount).toBeGreaterThan(100);
});
