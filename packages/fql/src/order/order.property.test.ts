import { compareBytes } from '@skein/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  someDouble,
  someInteger,
  someNames,
  someRef,
  someString,
  someValue,
} from '../codec/value-arbitraries.ts';
import { renderValue } from '../json/render.ts';
import type { Value } from '../values/value.ts';
import { compareStored, compareValues, equalValues, sameValue } from './compare.ts';
import { afterPrefix, OrderKeyWriter, orderKeyOf } from './order-key.ts';

const keyOf = (value: Value): Uint8Array => orderKeyOf(value, someNames);
/** Values of one type are compared more often than chance would have it. */
const pair: fc.Arbitrary<[Value, Value]> = fc.oneof(
  ...[someValue, someString, someInteger, fc.oneof(someInteger, someDouble), someRef].map((value) =>
    fc.tuple<[Value, Value]>(value, value),
  ),
  someValue.chain((value) =>
    fc.tuple<[Value, Value]>(
      fc.constant(value),
      fc.array(someValue, { maxLength: 2 }).map((more) => [value, ...more]),
    ),
  ),
);

test('the order of keys is the order of values', () => {
  const reached = { less: 0, equal: 0, greater: 0 };
  fc.assert(
    fc.property(pair, ([a, b]) => {
      const order = Math.sign(compareStored(a, b, someNames));
      reached[order < 0 ? 'less' : order > 0 ? 'greater' : 'equal']++;
      expect(Math.sign(compareBytes(keyOf(a), keyOf(b)))).toBe(order);
      expect(Math.sign(compareStored(b, a, someNames))).toBe(-order || 0);
      const loose = Math.sign(compareValues(a, b, someNames));
      if (typeof a === typeof b && typeof a !== 'object') expect(loose).toBe(order);
    }),
    { numRuns: 3000 },
  );
  expect(Math.min(...Object.values(reached))).toBeGreaterThan(20);
});

test('no key is a proper prefix of another', () => {
  fc.assert(
    fc.property(pair, ([a, b]) => {
      const [keyA, keyB] = [keyOf(a), keyOf(b)];
      const shared = Math.min(keyA.length, keyB.length);
      const isPrefix = compareBytes(keyA.subarray(0, shared), keyB.subarray(0, shared)) === 0;
      expect(isPrefix).toBe(keyA.length === keyB.length && compareBytes(keyA, keyB) === 0);
    }),
    { numRuns: 1000 },
  );
});

test('tuples with components turned backwards are ordered component by component', () => {
  const component = fc.oneof(
    fc.integer({ min: 0, max: 2 }).map(BigInt),
    fc.constantFrom<Value>('a', 'A', 'ab', null, 1),
    someValue,
  );
  const tuple = fc.array(component, { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(tuple, tuple, fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }), (a, b, reversed) => {
      const key = (values: readonly Value[]): Uint8Array => {
        const writer = new OrderKeyWriter(someNames);
        for (const [at, value] of values.entries()) writer.add(value, { reverse: reversed[at] });
        return writer.finish();
      };
      let expected = 0;
      for (let at = 0; at < 3 && expected === 0; at++) {
        expected = Math.sign(compareStored(a[at]!, b[at]!, someNames)) * (reversed[at] === true ? -1 : 1);
      }
      // Equal ones turned backwards give -0.
      expect(Math.sign(compareBytes(key(a), key(b)))).toBe(expected + 0);
      expect(compareBytes(key(a).subarray(0, key(a.slice(0, 2)).length), key(a.slice(0, 2)))).toBe(0);
    }),
    { numRuns: 1000 },
  );
});

test('what begins with bytes lies between them and the bytes after them', () => {
  const bytes = fc
    .uint8Array({ maxLength: 4 })
    .map((given) => given.map((byte) => (byte > 250 ? 255 : byte)));
  fc.assert(
    fc.property(bytes, fc.uint8Array({ maxLength: 12 }), (prefix, other) => {
      const after = afterPrefix(prefix);
      expect(compareBytes(Uint8Array.of(...prefix, ...other), after)).toBeLessThan(0);
      const begins = compareBytes(other.subarray(0, prefix.length), prefix) === 0;
      if (!begins && compareBytes(other, prefix) > 0 && prefix.some((byte) => byte !== 255)) {
        expect(compareBytes(other, after)).toBeGreaterThanOrEqual(0);
      }
    }),
    { numRuns: 1000 },
  );
});

test('integers and doubles are ordered by their exact values', () => {
  const exact = (a: bigint | number, b: bigint | number): number => (a < b ? -1 : a > b ? 1 : 0);
  const number = fc.oneof(someInteger, fc.double({ noNaN: true }), someInteger.map(Number));
  fc.assert(
    fc.property(number, number, (a, b) => {
      if (Object.is(a, -0) || Object.is(b, -0)) return;
      expect(compareValues(a, b)).toBe(exact(a, b));
    }),
    { numRuns: 1000 },
  );
});

test('neighbouring numbers keep their order, also where doubles are far apart', () => {
  const near = fc.tuple(someInteger, fc.integer({ min: -3, max: 3 })).map(([integer, more]) => {
    const other = BigInt.asIntN(64, integer + BigInt(more));
    return more === 0 ? ([integer, Number(integer)] as const) : ([integer, other] as const);
  });
  fc.assert(
    fc.property(near, ([a, b]) => {
      const exact = a < b ? -1 : a > b ? 1 : typeof a === typeof b ? 0 : -1;
      expect(Math.sign(compareBytes(keyOf(a), keyOf(b)))).toBe(exact);
    }),
    { numRuns: 1000 },
  );
});

test('an object has one key, whatever the order of its fields', () => {
  const fields = fc.uniqueArray(fc.tuple(someString, someValue), {
    selector: ([name]) => name,
    minLength: 2,
    maxLength: 4,
  });
  fc.assert(
    fc.property(fields, (given) => {
      const [object, turned] = [new Map(given), new Map(given.toReversed())];
      expect(keyOf(turned)).toEqual(keyOf(object));
      expect(compareStored(object, turned, someNames)).toBe(0);
      expect(equalValues(object, turned)).toBe(true);
    }),
  );
});

test('values are the same exactly when their texts are, but for the order of keys', () => {
  const text = (value: Value): string =>
    renderValue(value instanceof Map ? new Map([...value].sort(([a], [b]) => (a < b ? -1 : 1))) : value);
  fc.assert(
    fc.property(pair, ([a, b]) => {
      // A lone NaN and the string of its name look the same.
      const isShadowed = [a, b].some((value) => typeof value === 'number' && !Number.isFinite(value));
      if (!isShadowed && typeof a === typeof b && !(a instanceof Map))
        expect(sameValue(a, b)).toBe(text(a) === text(b));
      expect(sameValue(a, a)).toBe(true);
      expect(equalValues(a, b)).toBe(equalValues(b, a));
      if (sameValue(a, b)) expect(compareStored(a, b, someNames)).toBe(0);
    }),
    { numRuns: 1000 },
  );
});
