import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OPERATION_FORMAT } from '../operation-format.ts';
import { CommonFormat } from './common-format.ts';

const names = ['a', 'b', 'c', 'd'] as const;

test('no member is proposed what it did not say it reads when it was heard last', () => {
  const told = fc.dictionary(
    fc.constantFrom(...names),
    fc.record({ format: fc.integer({ min: 1, max: 3 }) }),
  );
  fc.assert(
    fc.property(
      fc.array(told),
      fc.uniqueArray(fc.constantFrom(...names)),
      fc.nat(4),
      (history, registered, count) => {
        const formats = new CommonFormat();
        for (const live of history) formats.note(new Map(Object.entries(live)));
        const common = formats.among(new Set(registered), count);
        expect(common).toBeLessThanOrEqual(OPERATION_FORMAT);
        expect(common).toBeGreaterThanOrEqual(1);
        for (const name of registered) {
          const last = history.findLast((live) => live[name] !== undefined)?.[name]?.format ?? 1;
          expect(common).toBeLessThanOrEqual(last);
        }
        if (registered.length < count || registered.length === 0) expect(common).toBe(1);
      },
    ),
  );
});
