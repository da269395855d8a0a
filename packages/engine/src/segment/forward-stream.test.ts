import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CONTROL_FIELD, controlEntry, DELTA_BIAS, isControl, tokenEntry } from './forward-stream.ts';
import { FIELD_COUNT_MAX, TERM_COUNT_MAX } from './limits.ts';

test('a token gives back its term and field, up to the last of both', () => {
  const numbers = fc.tuple(fc.nat(TERM_COUNT_MAX), fc.nat(FIELD_COUNT_MAX - 1));
  fc.assert(
    fc.property(numbers, ([term, field]) => {
      const entry = tokenEntry(term, field);
      expect([entry >>> 8, entry & 255, isControl(entry)]).toEqual([term, field, false]);
    }),
    { examples: [[[TERM_COUNT_MAX, FIELD_COUNT_MAX - 1]], [[0, 0]]] },
  );
});

test('a control gives back its delta and boundary; deltas too large to write are the largest', () => {
  fc.assert(
    fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 31 }), fc.boolean(), (delta, boundary) => {
      const entry = controlEntry(delta, boundary);
      expect(entry & 255).toBe(CONTROL_FIELD);
      expect((entry >>> 8) & 1).toBe(boundary ? 1 : 0);
      expect((entry >>> 9) - DELTA_BIAS).toBe(Math.max(-DELTA_BIAS, Math.min(DELTA_BIAS - 1, delta)));
    }),
    {
      examples: [
        [DELTA_BIAS - 1, true],
        [-DELTA_BIAS, false],
        [DELTA_BIAS, true],
      ],
    },
  );
});
