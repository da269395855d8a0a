/** How large values are when written out: parts that are shared count every time, but are walked through once. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseNode } from '../parse/parse.ts';
import { Lambda } from '../values/lambda.ts';
import { Ref } from '../values/ref.ts';
import type { Value } from '../values/value.ts';
import { FqlFault } from './fql-error.ts';
import { VALUE_SIZE_MAX } from './limits.ts';
import { Extents } from './value-size.ts';

const value = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Value[]>(null, true, 5n, 1.5),
    fc.string(),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }).map((object) => new Map(Object.entries(object))),
  ),
})).value;

/** 4 for each value, and the characters of strings and keys. */
function plainSize(of: Value): number {
  if (typeof of === 'string') return 4 + of.length;
  if (Array.isArray(of))
    return (of as readonly Value[]).reduce<number>((sum, item) => sum + plainSize(item), 4);
  if (of instanceof Map) {
    return [...(of as ReadonlyMap<string, Value>)].reduce(
      (sum, [key, field]) => sum + key.length + plainSize(field),
      4,
    );
  }
  return 4;
}

function plainDepth(of: Value): number {
  if (of instanceof Map) return plainDepth([...(of as ReadonlyMap<string, Value>).values()]);
  if (!Array.isArray(of)) return 0;
  return Math.max(0, ...(of as readonly Value[]).map((item) => plainDepth(item) + 1));
}

test('the size is that of all parts', () => {
  fc.assert(
    fc.property(value, (given) => {
      expect(new Extents(() => undefined).of(given)).toEqual({
        size: plainSize(given),
        depth: plainDepth(given),
      });
    }),
  );
});

test('what was walked through is paid for once', () => {
  const large: Value = Array.from({ length: 10_000 }, (_, at) => BigInt(at));
  let steps = 0;
  const charge = (count: number): void => {
    steps += count;
  };
  const extents = new Extents(charge);
  const { size } = extents.of(large);
  expect(size).toBe(40_004);
  const once = steps;
  expect(extents.of([large, large, large]).size).toBe(3 * size + 4);
  expect(steps).toBe(once);
});

test('a value beyond the bound is a fault, found without walking through all of it', () => {
  const extents = new Extents(() => undefined);
  let endless: Value = 'x'.repeat(5000);
  const build = (): void => {
    for (let level = 0; level < 60; level++) {
      endless = [endless, endless];
      extents.of(endless);
    }
  };
  expect(build).toThrow(FqlFault);
  expect(() => extents.of(['x'.repeat(VALUE_SIZE_MAX)])).toThrow(FqlFault);
});

test('another evaluation pays again: what it costs does not depend on what ran before', () => {
  const large: Value = Array.from({ length: 10_000 }, (_, at) => BigInt(at));
  const costs = [0, 0].map(() => {
    let steps = 0;
    new Extents((count) => {
      steps += count;
    }).of(large);
    return steps;
  });
  expect(costs[0]).toBeGreaterThan(0);
  expect(costs[1]).toBe(costs[0]);
});

test('names of refs and the bodies of lambdas count', () => {
  const extents = new Extents(() => undefined);
  expect(extents.of(new Ref('x'.repeat(1000), new Ref('collections'))).size).toBeGreaterThan(1000);
  const body = parseNode('y'.repeat(1000));
  const lambdas = [1, 2, 3].map(() => new Lambda({ pattern: 'x', body, apiVersion: '4' }));
  expect(extents.of(lambdas).size).toBeGreaterThan(3000);
});
