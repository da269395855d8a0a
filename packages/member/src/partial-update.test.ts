import type { Json } from '@skein/base';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyPartialUpdate, PARTIAL_OPERATORS } from './partial-update.ts';

const operation = (name: string, value: Json) => ({ _operation: name, value });

describe('applyPartialUpdate', () => {
  test('attributes that are not named stay, named ones are replaced as a whole', () => {
    expect(applyPartialUpdate({ objectID: '1', a: { x: 1, y: 2 }, b: 2 }, { a: { x: 3 }, c: null })).toEqual({
      objectID: '1',
      a: { x: 3 },
      b: 2,
      c: null,
    });
  });

  test.each([
    ['Increment', 5, 2, 7],
    ['Increment', undefined, 2, 2],
    ['Increment', 'text', 2, 2],
    ['Increment', 5, 'text', 5],
    ['Decrement', 5, 2, 3],
    ['Decrement', undefined, 2, -2],
    ['Add', ['a'], 'a', ['a', 'a']],
    ['Add', undefined, 'a', ['a']],
    ['Add', 'b', 'a', ['b', 'a']],
    ['Add', [1], { no: 'object' }, [1]],
    ['AddUnique', ['a'], 'a', ['a']],
    ['AddUnique', ['a'], 'b', ['a', 'b']],
    ['AddUnique', [1], '1', [1, '1']],
    ['Remove', ['a', 'b', 'a'], 'a', ['b']],
    ['Remove', 'a', 'a', 'a'],
    ['IncrementFrom', 2, 2, 3],
    ['IncrementFrom', undefined, 0, 1],
    ['IncrementSet', 1, 2, 2],
    ['IncrementSet', undefined, 1, 1],
  ] as const)('%s on %j with %j gives %j', (name, current, value, result) => {
    const existing = current === undefined ? { objectID: '1' } : { objectID: '1', n: current as Json };
    expect(applyPartialUpdate(existing, { n: operation(name, value) })?.['n']).toEqual(result);
  });

  test.each([
    ['IncrementFrom', 1, 2],
    ['IncrementFrom', undefined, 2],
    ['IncrementSet', 2, 2],
    ['IncrementSet', 3, 2],
    ['IncrementSet', undefined, 0],
  ] as const)('%s on %j with %j ignores the whole update', (name, current, value) => {
    const existing = current === undefined ? undefined : { n: current };
    expect(applyPartialUpdate(existing, { other: 1, n: operation(name, value) })).toBeUndefined();
  });

  test('an unknown operator is an ordinary value', () => {
    expect(applyPartialUpdate({}, { n: operation('Multiply', 2) })).toEqual({ n: operation('Multiply', 2) });
  });

  test('an attribute named __proto__ is an attribute', () => {
    const patch = JSON.parse('{"__proto__": {"x": 1}}');
    expect(JSON.stringify(applyPartialUpdate({ a: 1 }, patch))).toBe('{"a":1,"__proto__":{"x":1}}');
  });

  test('any JSON is accepted, the input is not changed, and no operator is left in the result by mistake', () => {
    const value = fc.oneof(
      fc.jsonValue(),
      fc.record({ _operation: fc.constantFrom(...PARTIAL_OPERATORS), value: fc.jsonValue() }),
    );
    const object = fc.dictionary(fc.constantFrom('a', 'b', 'c'), value);
    fc.assert(
      fc.property(object, object, (existing, patch) => {
        const before = JSON.stringify([existing, patch]);
        applyPartialUpdate(existing as never, patch as never);
        expect(JSON.stringify([existing, patch])).toBe(before);
      }),
    );
  });
});
