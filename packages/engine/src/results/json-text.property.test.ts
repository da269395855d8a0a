import type { Json, JsonObject } from '@skein/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pickMembers } from './json-text.ts';

const runs = { numRuns: Number(process.env['RUNS'] ?? 300) };
const name = fc.oneof(
  fc.constantFrom('a', 'b', 'name', 'na"me', 'back\\slash', '1', '0', '__proto__', 'ü'),
  fc.string({ unit: 'binary', maxLength: 4 }),
);
const record = fc.dictionary(name, fc.jsonValue() as fc.Arbitrary<Json>, { noNullPrototype: true });

test('members are picked as parsing everything would give them, in the same order', () => {
  fc.assert(
    fc.property(record, fc.array(name, { maxLength: 4 }), fc.constantFrom(0, 1), (given, names, indent) => {
      const wanted = new Set(names);
      const json = JSON.stringify(given, undefined, indent);
      const parsed = JSON.parse(json) as JsonObject;
      const expected = Object.entries(parsed).filter(([each]) => wanted.has(each));
      const picked = pickMembers(json, wanted);
      const found = Object.entries(picked).filter(([each]) => wanted.has(each));
      expect(found).toEqual(expected);
      // With `__proto__` among the names everything is parsed.
      if (!wanted.has('__proto__')) expect(Object.keys(picked)).toHaveLength(expected.length);
    }),
    runs,
  );
});
