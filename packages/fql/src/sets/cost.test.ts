/**
 * A page costs a page, however large the sets are:
 *   1. Of a union, an intersection, a difference, distinct values, a range, a reversed set, from any place.
 *   2. An intersection follows the smallest of its sets.
 *   3. No iterator of the store is open while an element is shown.
 */
import { compareBytes } from '@skein/base';
import { expect, test } from 'vitest';
import { encodeValue } from '../codec/value-codec.ts';
import type { EvaluationContext } from '../evaluate/context.ts';
import type { IndexSchema, Schema } from '../schema/schema.ts';
import type { CollectionId, Entry, EntryRange, EntrySet, IndexId, ScopeId } from '../store/document-store.ts';
import { Ref } from '../values/ref.ts';
import { SetRef } from '../values/set-ref.ts';
import { Cut } from './cut.ts';
import { DifferenceSet } from './difference-set.ts';
import { DistinctSet } from './distinct-set.ts';
import type { ElementSet } from './element-set.ts';
import { entryKey, orderBytes } from './index-entry.ts';
import { indexSet } from './index-set.ts';
import { MergedSet } from './merged-set.ts';
import { RangeSet } from './range-set.ts';
import { ReversedSet } from './reversed-set.ts';

const ENTRY_COUNT = 1_000_000;
const SCOPE = 0 as ScopeId;
const COLLECTION = 1024 as CollectionId;
const SOURCE = new SetRef({ type: 'singleton', ref: new Ref('collections') });
const names = {
  scope: SCOPE,
  resolve: () => undefined,
  refOf: () => new Ref('collections'),
  collectionById: () => ({}),
} as unknown as Schema;

/** Index number k holds the multiples of k below a million, each once. */
function setUp(): {
  readonly multiplesOf: (k: number) => ElementSet;
  readonly rowsRead: () => number;
  readonly openIterators: () => number;
} {
  let rowCount = 0;
  let openCount = 0;
  const entryAt = (set: EntrySet, at: number): Entry => {
    const value = BigInt(at * set.index);
    return {
      order: orderBytes([value], [false], names),
      collection: COLLECTION,
      id: value,
      body: encodeValue([value], names),
    };
  };
  function* entries(set: EntrySet, range: EntryRange = {}): Generator<Entry> {
    const count = Math.ceil(ENTRY_COUNT / set.index);
    const firstNotBelow = (bound: Uint8Array): number => {
      let low = 0;
      let high = count;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (compareBytes(entryKey(entryAt(set, middle)), bound) < 0) low = middle + 1;
        else high = middle;
      }
      return low;
    };
    const from = range.from === undefined ? 0 : firstNotBelow(range.from);
    const to = range.to === undefined ? count : firstNotBelow(range.to);
    openCount++;
    try {
      for (let step = 0; step < to - from; step++) {
        rowCount++;
        yield entryAt(set, range.reverse === true ? to - 1 - step : from + step);
      }
    } finally {
      openCount--;
    }
  }
  const context = {
    store: { entries },
    schema: names,
    schemaOf: () => names,
    at: undefined,
    charge: () => undefined,
    extentOf: () => ({ size: 0, depth: 0 }),
  } as unknown as EvaluationContext;
  return {
    multiplesOf: (k) => {
      const field = { from: { kind: 'path', path: ['data'] }, reverse: false, casefold: false } as const;
      const index = { id: k as IndexId, values: [field], terms: [] } as unknown as IndexSchema;
      return indexSet(context, SCOPE, index, [], SOURCE);
    },
    rowsRead: () => rowCount,
    openIterators: () => openCount,
  };
}

type Make = (multiplesOf: (k: number) => ElementSet) => ElementSet;
const cutAt = (value: number, side: 'before' | 'after'): Cut => new Cut({ values: [BigInt(value)], side });
const merged = (kind: 'union' | 'intersection', ...sets: readonly ElementSet[]): ElementSet =>
  new MergedSet(kind, sets, sets[0]!.encoding);

const CASES: readonly (readonly [string, Make, (n: number) => boolean])[] = [
  ['a union', (of) => merged('union', of(2), of(3)), (n) => n % 2 === 0 || n % 3 === 0],
  ['a union of the same', (of) => merged('union', of(1), of(1)), () => true],
  ['an intersection', (of) => merged('intersection', of(2), of(3)), (n) => n % 6 === 0],
  ['an intersection of three', (of) => merged('intersection', of(1), of(2), of(5)), (n) => n % 10 === 0],
  [
    'a difference',
    (of) => {
      const set = of(1);
      return new DifferenceSet(set, [of(2), of(3)], set.encoding);
    },
    (n) => n % 2 !== 0 && n % 3 !== 0,
  ],
  [
    'distinct values',
    (of) => new DistinctSet(merged('union', of(2), of(3))),
    (n) => n % 2 === 0 || n % 3 === 0,
  ],
  [
    'a range',
    (of) =>
      new RangeSet(merged('intersection', of(2), of(3)), cutAt(1000, 'before'), cutAt(999_000, 'after')),
    (n) => n % 6 === 0 && n >= 1000 && n <= 999_000,
  ],
];

const PAGE = 64;

test.each(CASES)('1: a page of %s', (_, make, belongs) => {
  for (const start of [0, 500_000, 998_000]) {
    for (const direction of ['forward', 'backward'] as const) {
      for (const isReversed of [false, true]) {
        const store = setUp();
        const plain = make(store.multiplesOf);
        const set = isReversed ? new ReversedSet(plain, SOURCE) : plain;
        const isAscending = (direction === 'forward') !== isReversed;
        const cut = cutAt(start, 'before');
        const cursor = set.open({
          ...(direction === 'forward' ? { lower: cut } : { upper: cut }),
          direction,
          expected: PAGE + 1,
        });
        const found: number[] = [];
        for (let at = 0; at < PAGE && cursor.peek() !== undefined; at++) {
          found.push(Number(cursor.peek()?.values[0]));
          expect(store.openIterators()).toBe(0);
          cursor.next();
        }
        const expected: number[] = [];
        const step = isAscending ? 1 : -1;
        for (let n = direction === 'forward' ? start : start + step; expected.length < PAGE; n += step) {
          if (n < 0 || n >= ENTRY_COUNT) break;
          if (belongs(n)) expected.push(n);
        }
        expect(found).toEqual(expected);
        expect(store.rowsRead()).toBeLessThan(30 * PAGE);
      }
    }
  }
});

test('2: an intersection with a small set reads little of the large one', () => {
  const store = setUp();
  const set = merged('intersection', store.multiplesOf(1), store.multiplesOf(100_000));
  const cursor = set.open({ direction: 'forward', expected: PAGE });
  const found: number[] = [];
  for (let element = cursor.peek(); element !== undefined; element = cursor.peek()) {
    found.push(Number(element.values[0]));
    cursor.next();
  }
  expect(found).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => n * 100_000));
  expect(store.rowsRead()).toBeLessThan(500);
});
