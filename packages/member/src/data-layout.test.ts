import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeName, encodeName } from './data-layout.ts';

test('any name is a plain file name, and different names have different ones', () => {
  const name = fc.oneof(
    fc.string(),
    fc.string({ unit: 'grapheme', maxLength: 300 }),
    fc.constantFrom('.', '..', 'a/b', 'A', 'a', 'x'.repeat(300)),
  );
  fc.assert(
    fc.property(name, name, (a, b) => {
      const encoded = encodeName(a);
      expect(encoded).toMatch(/^[A-Za-z0-9_%-]*$/);
      expect(encoded.length).toBeLessThanOrEqual(200);
      if (a !== b) expect(encodeName(b)).not.toBe(encoded);
      const decoded = decodeName(encoded);
      if (decoded !== undefined) expect(decoded).toBe(a);
    }),
    { numRuns: 500 },
  );
});
