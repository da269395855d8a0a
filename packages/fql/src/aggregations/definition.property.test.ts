import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Value } from '../values/value.ts';
import { equalStored } from '../writes/equal-stored.ts';
import { definitionValue, readDefinition } from './definition.ts';

const { value: anything } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Value>(null, true, 'data', 'data.user', '', 1n, 2.5, 'count', new Uint8Array(2)),
    fc.bigInt({ min: -5n, max: 2000n }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc
      .array(
        fc.tuple(
          fc.oneof(
            fc.string({ maxLength: 5 }),
            fc.constantFrom(
              'name',
              'source',
              'key',
              'measures',
              'schedule',
              'sum',
              'histogram',
              'bounds',
              'cron',
            ),
          ),
          tie('value'),
        ),
        { maxLength: 5 },
      )
      .map((fields): Value => new Map(fields)),
  ),
}));

const path = fc.oneof(
  fc.constantFrom<Value>('data.a', 'data.a.b', ['data', 'user'], ['data', 'a.b']),
  anything,
);
const sound = fc.tuple(
  fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom<Value>('usage', 'a-b_1') },
    { weight: 1, arbitrary: anything },
  ),
  path,
  fc.oneof(
    fc.constantFrom<Value>(
      new Map<string, Value>([['n', new Map([['count', true]])]]),
      new Map<string, Value>([
        ['m', new Map([['max', 'data.x']])],
        [
          'h',
          new Map<string, Value>([
            ['histogram', 'data.x'],
            ['bounds', [1n, 2.5]],
          ]),
        ],
      ]),
    ),
    anything,
  ),
  fc.oneof(
    fc.constantFrom<Value>(
      new Map([['onDemand', true]]),
      new Map([['intervalMs', 500n]]),
      new Map([['cron', '* * * * *']]),
    ),
    anything,
  ),
  fc.oneof(fc.constant(undefined), path),
);

test('arbitrary values are refused with reasons, or read; what was read is written and read again the same', () => {
  let readCount = 0;
  const given = fc.oneof(
    anything,
    sound.map(([name, key, measures, schedule, eventId]): Value => {
      const fields: [string, Value][] = [
        ['name', name],
        ['source', 'events'],
        ['key', key],
        ['measures', measures],
        ['schedule', schedule],
      ];
      return new Map(eventId === undefined ? fields : [...fields, ['eventId', eventId]]);
    }),
  );
  fc.assert(
    fc.property(given, (value) => {
      const definition = readDefinition(value);
      if (!('name' in definition)) {
        expect(definition.length).toBeGreaterThan(0);
        return;
      }
      readCount++;
      const written = definitionValue(definition);
      const again = readDefinition(written);
      expect(again).toEqual(definition);
      expect('name' in again && equalStored(definitionValue(again), written)).toBe(true);
    }),
    { numRuns: 500 },
  );
  expect(readCount).toBeGreaterThan(10);
});
