/**
 * Folds text so that spellings which people treat as the same compare as equal: case, width, ligatures, diacritics.
 *
 * The order matters: replacements of the settings come first, then compatibility decomposition (NFKD), removal of
 * marks, lower case, letters that do not decompose, and composition (NFC) at the end, because NFKD takes Korean
 * syllables and Indic vowel signs apart, which nobody searches for.
 *
 * Of Latin, Greek, Cyrillic, Arabic and Hebrew the marks go; the vowel signs of Indic scripts, Thai tone marks and the
 * Japanese voicing marks are part of the spelling and stay. Invisible characters (soft hyphen, joiners, direction
 * marks, variation selectors, the Arabic tatweel) are dropped.
 */
import type { TextOptions } from '../schema.ts';

export type Fold = (text: string) => string;

/** `normalise` for one index's settings. Pure; never throws. Its cost is that of `String.normalize`. */
export function createFold(options: TextOptions): Fold {
  const replacements = composedEntries(options.customNormalization);
  const kept = composedCharacters(options.keepDiacriticsOnCharacters);
  if (replacements.size === 0 && kept.size === 0) return foldPlain;
  return (text) => {
    const replaced = replacements.size === 0 ? text : replaceCharacters(text, replacements);
    return kept.size === 0 ? foldPlain(replaced) : foldKeeping(replaced, kept);
  };
}

function foldPlain(text: string): string {
  if (isAscii(text)) return text.toLowerCase();
  const bare = text.normalize('NFKD').replace(REMOVED, '').toLowerCase();
  return bare.replace(UNDECOMPOSED, foldLetter).normalize('NFC');
}

/** As `foldPlain`, but a character (letter with its marks, composed, in lower case) that is listed stays as it is. */
function foldKeeping(text: string, kept: ReadonlySet<string>): string {
  let out = '';
  for (const [character] of text.normalize('NFKD').matchAll(CHARACTER)) {
    const composed = character.replace(INVISIBLE, '').toLowerCase().normalize('NFC');
    out += kept.has(composed) ? composed : bareLetters(character);
  }
  return out.normalize('NFC');
}

function bareLetters(character: string): string {
  return character.replace(REMOVED, '').toLowerCase().replace(UNDECOMPOSED, foldLetter);
}

function replaceCharacters(text: string, replacements: ReadonlyMap<string, string>): string {
  let out = '';
  for (const character of text.normalize('NFC')) {
    out += replacements.get(character) ?? replacements.get(character.toLowerCase()) ?? character;
  }
  return out;
}

function composedEntries(map: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...map].map(([from, to]) => [from.normalize('NFC'), to]));
}

function composedCharacters(characters: string): Set<string> {
  return new Set(characters.normalize('NFC').toLowerCase().normalize('NFC'));
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 127) return false;
  return true;
}

function foldLetter(letter: string): string {
  return LETTERS.get(letter) ?? letter;
}

/** Letters whose stroke, hook or join is not a combining mark. */
const LETTERS: ReadonlyMap<string, string> = new Map([
  ['ß', 'ss'],
  ['æ', 'ae'],
  ['œ', 'oe'],
  ['ø', 'o'],
  ['đ', 'd'],
  ['ł', 'l'],
  ['þ', 'th'],
  ['ð', 'd'],
  ['ħ', 'h'],
  ['ı', 'i'],
  ['ſ', 's'],
  ['ς', 'σ'],
]);
const UNDECOMPOSED = /[ßæœøđłþðħıſς]/g;

const MARKS = // general, Cyrillic, Hebrew, Arabic, extended, for symbols, half marks, rare ones
  '\\u0300-\\u036F\\u0483-\\u0489' +
  '\\u0591-\\u05BD\\u05BF\\u05C1\\u05C2\\u05C4\\u05C5\\u05C7' +
  '\\u0610-\\u061A\\u064B-\\u065F\\u0670\\u06D6-\\u06DC\\u06DF-\\u06E4\\u06E7\\u06E8\\u06EA-\\u06ED\\u08CA-\\u08E1\\u08E3-\\u08FF' +
  '\\u1AB0-\\u1AFF\\u1DC0-\\u1DFF\\u20D0-\\u20FF\\uFE20-\\uFE2F' +
  '\\u0897-\\u089F\\u2DE0-\\u2DFF\\uA66F-\\uA672\\uA674-\\uA67D\\uA69E\\uA69F\\uFB1E' +
  '\\u{102E0}\\u{10EFA}-\\u{10EFF}\\u{1D242}-\\u{1D244}\\u{1E08F}';
const INVISIBLES =
  '\\u00AD\\u0640\\u061C\\u180B-\\u180F\\u200D-\\u200F\\u202A-\\u202E\\u2060-\\u2064\\u2066-\\u206F\\uFE00-\\uFE0F\\uFEFF' +
  '\\u{E0100}-\\u{E01EF}';
const REMOVED = new RegExp(`[${MARKS}${INVISIBLES}]`, 'gu');
const INVISIBLE = new RegExp(`[${INVISIBLES}]`, 'gu');
/** A character as a person counts: something with the marks on it. */
const CHARACTER = new RegExp(`[\\s\\S][\\p{M}${INVISIBLES}]*`, 'gu');
