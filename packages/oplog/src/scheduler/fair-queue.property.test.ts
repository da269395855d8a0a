import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FairQueue } from './fair-queue.ts';

const QUANTUM_BYTES = 10;
const ITEM_BYTES_MAX = 35;

interface Item {
  readonly application: string;
  readonly number: number;
  readonly bytes: number;
}

type Step =
  | {
      readonly kind: 'push';
      readonly application: string;
      readonly bytes: number;
      readonly count: number;
    }
  | { readonly kind: 'take'; readonly bytesMax: number }
  | { readonly kind: 'drop'; readonly before: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('push' as const),
    application: fc.constantFrom('A', 'B', 'C', 'D'),
    bytes: fc.integer({ min: 0, max: ITEM_BYTES_MAX }),
    count: fc.integer({ min: 1, max: 30 }),
  }),
  fc.record({ kind: fc.constant('take' as const), bytesMax: fc.integer({ min: 1, max: 120 }) }),
);
const stepOrDrop: fc.Arbitrary<Step> = fc.oneof(
  { weight: 9, arbitrary: step },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('drop' as const), before: fc.nat(400) }) },
);

test('nothing is lost or doubled, the order inside an application is kept, and a taken batch keeps its bound', () => {
  fc.assert(
    fc.property(fc.array(stepOrDrop, { maxLength: 80 }), (steps) => {
      const queue = new FairQueue<Item>({ quantumBytes: QUANTUM_BYTES });
      const waiting = new Map<string, Item[]>();
      let number = 0;
      const isNext = (item: Item): void => expect(waiting.get(item.application)?.shift()).toBe(item);
      const run = (each: Step): void => {
        if (each.kind === 'push') {
          for (let at = 0; at < each.count; at++) {
            const item = { application: each.application, number: number++, bytes: each.bytes };
            queue.push(item.application, item, item.bytes);
            waiting.set(item.application, [...(waiting.get(item.application) ?? []), item]);
          }
        } else if (each.kind === 'take') {
          const count = queue.count;
          const taken = queue.take(each.bytesMax);
          if (count > 0) expect(taken.length).toBeGreaterThan(0);
          if (taken.length > 1) expect(sum(taken)).toBeLessThanOrEqual(each.bytesMax);
          for (const item of taken) isNext(item);
        } else {
          for (const item of queue.takeFirstWhere((item) => item.number < each.before)) {
            expect(item.number).toBeLessThan(each.before);
            isNext(item);
          }
          for (const [first] of waiting.values()) if (first) expect(first.number >= each.before).toBe(true);
        }
        const left = [...waiting.values()].flat();
        expect([queue.count, queue.bytes]).toEqual([left.length, sum(left)]);
        for (const [application, items] of waiting) expect(queue.bytesOf(application)).toBe(sum(items));
        expect(sortedByName([...queue.applications()])).toEqual(
          sortedByName(
            [...waiting].map(([application, items]) => ({
              application,
              bytes: sum(items),
              count: items.length,
            })),
          ).filter(({ count }) => count > 0),
        );
      };
      for (const each of steps) run(each);
      while (queue.count > 0) run({ kind: 'take', bytesMax: 50 });
    }),
  );
});

test('whoever always has something waiting gets as much as anybody else, but for three quanta and two items', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const queue = new FairQueue<Item>({ quantumBytes: QUANTUM_BYTES });
      const waiting = new Map<string, number>();
      // By application: what the others were given since it has had something waiting.
      const given = new Map<string, Map<string, number>>();
      let number = 0;
      for (const each of steps) {
        if (each.kind === 'push') {
          for (let at = 0; at < each.count; at++) {
            queue.push(each.application, { ...each, number: number++ }, each.bytes);
          }
          if (!given.has(each.application)) given.set(each.application, new Map());
          waiting.set(each.application, (waiting.get(each.application) ?? 0) + each.count);
        } else if (each.kind === 'take') {
          for (const { application, bytes } of queue.take(each.bytesMax)) {
            for (const shares of given.values())
              shares.set(application, (shares.get(application) ?? 0) + bytes);
            const left = waiting.get(application)! - 1;
            waiting.set(application, left);
            if (left === 0) given.delete(application);
            for (const [one, shares] of given) {
              const own = shares.get(one) ?? 0;
              const most = Math.max(0, ...shares.values());
              expect(most - own).toBeLessThanOrEqual(3 * QUANTUM_BYTES + 2 * ITEM_BYTES_MAX);
            }
          }
        }
      }
    }),
  );
});

test('an item that is larger than a batch comes alone, after what the others have', () => {
  const queue = new FairQueue<string>({ quantumBytes: 100 });
  queue.push('large', 'large-1', 90);
  queue.push('large', 'large-2', 90);
  queue.push('small', 'small-1', 20);
  queue.push('small', 'small-2', 20);
  expect(queue.take(50)).toEqual(['small-1', 'small-2']);
  queue.push('small', 'small-3', 20);
  expect(queue.take(50)).toEqual(['large-1']);
  expect(queue.take(50)).toEqual(['small-3']);
  expect(queue.take(50)).toEqual(['large-2']);
  expect(queue.take(50)).toEqual([]);
});

test('a small item never waits for more than a turn of each of the others', () => {
  const queue = new FairQueue<string>({ quantumBytes: 100 });
  for (let at = 0; at < 1_000; at++) queue.push('flood', `flood-${at}`, 50);
  for (let at = 0; at < 50; at++) queue.push(`small-${at}`, `small-${at}`, 10);
  const taken = queue.take(100 + 50 * 10);
  expect(taken.filter((item) => item.startsWith('flood'))).toHaveLength(2);
  expect(taken.filter((item) => item.startsWith('small'))).toHaveLength(50);
});

function sum(items: readonly Item[]): number {
  return items.reduce((all, { bytes }) => all + bytes, 0);
}

function sortedByName<T extends { readonly application: string }>(list: readonly T[]): T[] {
  return [...list].sort((a, b) => (a.application < b.application ? -1 : 1));
}
