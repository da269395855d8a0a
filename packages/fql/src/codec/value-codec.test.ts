import { CorruptionError } from '@skein/base';
import { expect, test } from 'vitest';
import { FqlFault } from '../evaluate/fql-error.ts';
import type { Expression } from '../parse/expression.ts';
import { Lambda } from '../values/lambda.ts';
import { collectionRef, Ref } from '../values/ref.ts';
import { FqlDate, Time } from '../values/time.ts';
import { Uuid, type Value } from '../values/value.ts';
import { someNames } from './value-arbitraries.ts';
import { decodeArray, decodeValue, encodeValue, type RefNames } from './value-codec.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** The bytes of documents-v1.md: a change here is another version of the format. */
test.each<[string, Value]>([
  ['00', null],
  ['01', false],
  ['02', true],
  ['80', 0n],
  ['ff', 127n],
  ['038002', 128n],
  ['0301', -1n],
  ['03ffffffff0f', -(2n ** 31n)],
  ['040000000080000000', 2n ** 31n],
  ['048000000000000000', -(2n ** 63n)],
  ['053ff0000000000000', 1],
  ['058000000000000000', -0],
  ['057ff8000000000000', Number.NaN],
  ['40', ''],
  ['42c3a9', 'é'],
  ['43efbbbf', '\ufeff'],
  [`0640${'61'.repeat(64)}`, 'a'.repeat(64)],
  ['07020001', Uint8Array.of(0, 1)],
  ['08028100', [1n, null]],
  [
    '09024162814161ff',
    new Map([
      ['b', 1n],
      ['a', 127n],
    ]),
  ],
  ['0affffffffffffffff3b9ac9ff', new Time(-1n)],
  ['0bffffffffffffffff', new FqlDate(-1)],
  ['0c0123456789abcdef0123456789abcdef', new Uuid('01234567-89ab-cdef-0123-456789abcdef')],
  ['0d008008000000000000000c', new Ref('12', collectionRef('widgets'))],
  ['0e004b636f6c6c656374696f6e73', new Ref('collections')],
])('%s', (bytes, value) => {
  expect(hex(encodeValue(value, someNames))).toBe(bytes);
  expect(decodeValue(Buffer.from(bytes, 'hex'), someNames)).toEqual(value);
});

test.each([
  ['a tag that is not known', '11'],
  ['an integer that has a shorter form', '0302'],
  ['a long that has a shorter form', '040000000000000001'],
  ['a varint longer than it must be', '0380828000'],
  ['a varint of more than 32 bits', '03ffffffff7f'],
  ['another NaN', '057ff8000000000001'],
  ['a short string in the long form', '060161'],
  ['what is no UTF-8', '41ff'],
  ['a count that the bytes cannot hold', '08ffffffff0f'],
  ['a key twice', '09024161804161 80'.replace(' ', '')],
  ['a key that is no string', '09018080'],
  ['too many nanoseconds', '0a00000000000000003b9aca00'],
  ['a negative id', '0d008008ffffffffffffffff'],
  ['a set with other parts', '0f010100'],
  ['a lambda that is none', '104131'],
  ['what ends early', '0d00'],
  ['what goes on', '0000'],
  ['nothing', ''],
])('%s is damage', (_, bytes) => {
  expect(() => decodeValue(Buffer.from(bytes, 'hex'), someNames)).toThrow(CorruptionError);
});

test('a renamed collection keeps the refs that were stored', () => {
  const renamed: RefNames = {
    ...someNames,
    refOf: ({ id }) => new Ref(String(id), collectionRef('gadgets')),
  };
  const bytes = encodeValue([new Ref('5', collectionRef('widgets'))], someNames);
  expect(decodeArray(bytes, renamed)).toEqual([new Ref('5', collectionRef('gadgets'))]);
  expect(() => decodeArray(encodeValue(5n, someNames), someNames)).toThrow(CorruptionError);
});

test('an encoding that starts inside another one leaves it whole', () => {
  const nested: RefNames = {
    ...someNames,
    resolve(ref) {
      encodeValue(['something', 'else'], someNames);
      return someNames.resolve(ref);
    },
  };
  const value = ['before', new Ref('5', collectionRef('widgets')), 'after'];
  expect(decodeValue(encodeValue(value, nested), someNames)).toEqual(value);
});

test('a lambda whose text would be nested too deeply to be read again is a fault', () => {
  const closedOver = (levels: number): Lambda => {
    let value: Value = 1n;
    for (let level = 0; level < levels; level++) value = new Map([['a', value]]);
    const body: Expression = { kind: 'variable', position: [], name: 'x' };
    return new Lambda({ pattern: 'y', body, captured: new Map([['x', value]]) });
  };
  expect(decodeValue(encodeValue(closedOver(400), someNames), someNames)).toBeInstanceOf(Lambda);
  expect(() => encodeValue(closedOver(600), someNames)).toThrow('Value exceeds nesting limit.');
});

test('whatever may be written can be read, up to the last level', () => {
  const outcomes = new Set<string>();
  for (const inner of [null, 1.5, 'a', new Ref('collections'), new Time(0n), new Map([['a', null]])]) {
    for (const levels of [998, 999, 1000, 1001, 1002]) {
      let value: Value = inner;
      for (let level = 0; level < levels; level++)
        value = level % 2 === 0 ? [value] : new Map([['a', value]]);
      let bytes: Uint8Array;
      try {
        bytes = encodeValue(value, someNames);
      } catch (error) {
        expect(error).toBeInstanceOf(FqlFault);
        outcomes.add('refused');
        continue;
      }
      expect(hex(encodeValue(decodeValue(bytes, someNames), someNames))).toBe(hex(bytes));
      outcomes.add('kept');
    }
  }
  expect(outcomes.size).toBe(2);
});
