import { compareBytes } from '@skein/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteBuffer } from '../codec/byte-buffer.ts';
import { appendCollation, compareStrings } from './collation.ts';
import { COLLATION_TABLE } from './collation-table.ts';

/** The table is made from this collator: both agree on all that the table has, on the Node that the project pins. */
const icu = new Intl.Collator('en').compare;

const known = [COLLATION_TABLE.elements, COLLATION_TABLE.decompositions]
  .flatMap((table) => table.trim().split(/\s/))
  .map((entry) => entry.slice(0, entry.indexOf('=')))
  .filter((key) => !key.includes('+'))
  .map((key) => String.fromCodePoint(Number.parseInt(key, 36)));
/** Characters that share a first letter, where accents and variants decide. */
const families = new Map<string, string[]>();
for (const character of known) {
  const first = character.normalize('NFKD').toLowerCase().charAt(0);
  families.set(first, [...(families.get(first) ?? []), character]);
}
const related = Array.from(families.values()).filter((family) => family.length > 3);

const letter = fc.constantFrom(...known);
const mark = fc.constantFrom(...known.filter((character) => /\p{M}/u.test(character)));
const text = fc
  .oneof(
    // Letters that some marks make other letters, and marks that come between.
    fc.array(fc.constantFrom('и', 'й', 'к', 'l', 'm', '·', '\u0306', '\u0301', '\u0323', '\u0327'), {
      maxLength: 6,
    }),
    fc.array(letter, { maxLength: 5 }),
    fc.array(fc.oneof(fc.constantFrom('a', 'A', 'o', 'и', 'l', '·', ' ', '-'), mark), { maxLength: 6 }),
    fc
      .string({ unit: fc.constantFrom(...Array.from('aAbBcC -_.,0129')), maxLength: 8 })
      .map((ascii) => [ascii]),
  )
  .map((parts) => parts.join(''));
const pair = fc.oneof(
  fc.tuple(text, text),
  fc.tuple(text, text, text).map(([start, a, b]) => [start + a, start + b] as const),
  fc.tuple(fc.constantFrom(...related), fc.constantFrom(...related)).chain(([first, second]) => {
    const word = fc.tuple(fc.constantFrom(...first), fc.constantFrom(...second), fc.constantFrom(...first));
    return fc.tuple(word, word).map(([a, b]) => [a.join(''), b.join('')] as const);
  }),
);

function keyOf(given: string): Uint8Array {
  const out = new ByteBuffer();
  appendCollation(given, out);
  return out.finish();
}

test('strings of the table are ordered as ICU orders them', () => {
  const reached = { decided: 0, equal: 0 };
  fc.assert(
    fc.property(pair, ([a, b]) => {
      const expected = Math.sign(icu(a, b));
      reached[expected === 0 ? 'equal' : 'decided']++;
      if (expected !== 0) expect(Math.sign(compareStrings(a, b))).toBe(expected);
    }),
    { numRuns: 3000 },
  );
  expect(reached.decided).toBeGreaterThan(1000);
});

test('any two strings: comparing them and comparing their keys agree, and only equal ones are equal', () => {
  const any = fc.oneof(text, fc.string({ unit: 'binary', maxLength: 6 }), fc.string({ maxLength: 8 }));
  fc.assert(
    fc.property(any, any, (a, b) => {
      const order = Math.sign(compareStrings(a, b));
      expect(Math.sign(compareBytes(keyOf(a), keyOf(b)))).toBe(order);
      expect(order === 0).toBe(a === b);
      expect(Math.sign(compareStrings(b, a))).toBe(-order || 0);
    }),
    { numRuns: 3000 },
  );
});

test('canonically equivalent strings are neighbours: nothing but their bytes tells them apart', () => {
  fc.assert(
    fc.property(text, text, (a, b) => {
      for (const form of ['NFC', 'NFD'] as const) {
        const expected = Math.sign(icu(a, b));
        if (expected !== 0) expect(Math.sign(compareStrings(a.normalize(form), b))).toBe(expected);
      }
    }),
    { numRuns: 1000 },
  );
});
