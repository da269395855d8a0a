import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { casefold, NORMALIZERS, normalizeText } from './casefold.ts';
import { codePointCount, unitAt } from './code-points.ts';
import { titleCase } from './title-case.ts';
import { stripLeading, stripTrailing, trimControls } from './whitespace.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('a', 'ß', 'Σ', 'ς', 'İ', 'ı', 'ﬁ', 'Å', '𐐀', '\u0345', '\u00ad', ' ', "'"),
  }),
);

test('code points are counted as JavaScript walks through them', () => {
  fc.assert(
    fc.property(text, fc.nat(12), (given, count) => {
      const characters = Array.from(given);
      expect(codePointCount(given)).toBe(characters.length);
      expect(given.slice(0, unitAt(given, count))).toBe(characters.slice(0, count).join(''));
    }),
  );
});

test('folded text folds to itself, and case makes no difference', () => {
  fc.assert(
    fc.property(text, (given) => {
      const folded = casefold(given);
      expect(casefold(folded)).toBe(folded);
      expect(folded.normalize('NFKC')).toBe(folded);
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme-ascii' }), (given) => {
      expect(casefold(given.toUpperCase())).toBe(casefold(given));
    }),
  );
});

test('each normalizer gives text that it does not change again', () => {
  fc.assert(
    fc.property(text, fc.constantFrom(...NORMALIZERS), (given, normalizer) => {
      const normal = normalizeText(given, normalizer);
      expect(normalizeText(normal, normalizer)).toBe(normal);
    }),
  );
});

test('title case changes case and nothing else', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme-ascii' }), (given) => {
      expect(titleCase(given).toLowerCase()).toBe(given.toLowerCase());
    }),
  );
});

/** Java's definition, character by character. */
function isJavaWhitespace(character: string): boolean {
  if (/^[\u00a0\u2007\u202f]$/.test(character)) return false;
  const code = character.charCodeAt(0);
  return /^\p{Z}$/u.test(character) || (code >= 9 && code <= 13) || (code >= 0x1c && code <= 0x1f);
}

test('what is stripped is white space, all of it at that end, and nothing more', () => {
  const spaced = fc.array(fc.constantFrom(' ', '\t', '\u00a0', '\u3000', '\u001c', '\u2007', 'a', '𐐀'));
  fc.assert(
    fc.property(spaced, (characters) => {
      const first = characters.findIndex((character) => !isJavaWhitespace(character));
      const last = characters.findLastIndex((character) => !isJavaWhitespace(character));
      const given = characters.join('');
      expect(stripLeading(given)).toBe(first < 0 ? '' : characters.slice(first).join(''));
      expect(stripTrailing(given)).toBe(characters.slice(0, last + 1).join(''));
    }),
  );
  for (let unit = 0; unit < 0x1_0000; unit++) {
    const character = String.fromCharCode(unit);
    if ((stripLeading(character) === '') !== isJavaWhitespace(character)) throw new Error(unit.toString(16));
  }
});

test('the old trim takes controls and spaces', () => {
  expect(trimControls('\u0000 \ta b\u001f ')).toBe('a b');
  expect(trimControls('\u00a0a')).toBe('\u00a0a');
  expect(trimControls(' \n ')).toBe('');
});
