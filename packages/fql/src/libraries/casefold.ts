/**
 * Case folding and normal forms of Unicode. `casefold` is NFKC_Casefold: text that differs only in case, width, ligatures or invisible
 * characters becomes the same.
 */

export const NORMALIZERS = ['NFKCCaseFold', 'NFC', 'NFD', 'NFKC', 'NFKD'] as const;
export type Normalizer = (typeof NORMALIZERS)[number];

export function normalizeText(text: string, normalizer: Normalizer): string {
  return normalizer === 'NFKCCaseFold' ? casefold(text) : text.normalize(normalizer);
}

/** Folding can make text that normalises further; no character needs more than three rounds. */
const ROUNDS_MAX = 4;

export function casefold(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase();
  let current = text.normalize('NFC');
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const visible = current.normalize('NFKD').replace(IGNORABLE, '');
    const next = foldCharacters(visible).normalize('NFKC');
    if (next === current) return next;
    current = next;
  }
  return current;
}

const PLAIN = /^[\x20-\x7e]*$/;
const IGNORABLE = /\p{Default_Ignorable_Code_Point}+/gu;

function foldCharacters(text: string): string {
  let folded = '';
  for (const character of text) folded += foldCharacter(character);
  return folded;
}

/** Full case folding of one character: small letters of its capitals, which also opens `ß` to `ss`. */
function foldCharacter(character: string): string {
  // Dotless i is a letter of its own; Cherokee folds to its capitals, because those came first.
  if (character === 'ı') return character;
  if (/[\u13a0-\u13f5]/.test(character)) return character;
  if (/[\u13f8-\u13fd\uab70-\uabbf]/.test(character)) return character.toUpperCase();
  const small = character.toLowerCase().toUpperCase().toLowerCase();
  // Alone, each character folds without regard to its neighbours: no sigma is a final one.
  return small.replaceAll('ς', 'σ');
}
