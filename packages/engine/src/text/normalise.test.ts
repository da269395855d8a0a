/**
 * Which marks are part of the spelling. Checked over all of Unicode, so that a range that was forgotten shows.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_TEXT_OPTIONS } from '../schema.ts';
import { createFold } from './normalise.ts';

const fold = createFold(DEFAULT_TEXT_OPTIONS);

function everyCharacter(pattern: RegExp): string[] {
  const found: string[] = [];
  for (let code = 0; code <= 0x10ffff; code++) {
    const character = String.fromCodePoint(code);
    if (pattern.test(character)) found.push(character);
  }
  return found;
}

const hex = (character: string): string => character.codePointAt(0)!.toString(16);

test('every mark of Latin, Greek, Cyrillic, Arabic and Hebrew goes', () => {
  const marks = everyCharacter(
    /[[\p{M}&&[\p{scx=Latin}\p{scx=Greek}\p{scx=Cyrillic}\p{scx=Arabic}\p{scx=Hebrew}]]--[\p{scx=Deva}\p{scx=Beng}]]/v,
  );
  expect(marks.length).toBeGreaterThan(150);
  expect(marks.filter((mark) => fold(`a${mark}`) !== 'a').map(hex)).toEqual([]);
});

test('every mark of Indic and South-East Asian scripts and of kana stays', () => {
  const marks = everyCharacter(
    /[\p{M}&&[\p{sc=Deva}\p{sc=Beng}\p{sc=Taml}\p{sc=Telu}\p{sc=Knda}\p{sc=Mlym}\p{sc=Gujr}\p{sc=Guru}\p{sc=Sinh}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}\u3099\u309A]]/v,
  );
  expect(marks.length).toBeGreaterThan(200);
  expect(marks.filter((mark) => fold(mark) === '').map(hex)).toEqual([]);
});

test('canonically equal texts fold alike', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), (text) => {
      expect(fold(text.normalize('NFD'))).toBe(fold(text.normalize('NFC')));
    }),
    { numRuns: Number(process.env['RUNS'] ?? 300) },
  );
});
