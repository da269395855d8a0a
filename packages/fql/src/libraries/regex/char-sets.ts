/** Sets of characters: the ones that escapes name (`\d`, `\p{Lu}`), and what is made of them. */
import type { CharSet, Flags } from './pattern.ts';

/** Answers for ASCII are kept; the rest is asked each time. */
class CachedSet implements CharSet {
  readonly #has: (codePoint: number) => boolean;
  readonly #ascii = new Int8Array(128);

  constructor(has: (codePoint: number) => boolean) {
    this.#has = has;
  }

  has(codePoint: number): boolean {
    if (codePoint >= 128) return this.#has(codePoint);
    const known = this.#ascii[codePoint]!;
    if (known !== 0) return known > 0;
    const answer = this.#has(codePoint);
    this.#ascii[codePoint] = answer ? 1 : -1;
    return answer;
  }
}

export function setWhere(has: (codePoint: number) => boolean): CharSet {
  return new CachedSet(has);
}

export function union(a: CharSet, b: CharSet): CharSet {
  return setWhere((codePoint) => a.has(codePoint) || b.has(codePoint));
}

export function intersection(a: CharSet, b: CharSet): CharSet {
  return setWhere((codePoint) => a.has(codePoint) && b.has(codePoint));
}

export function complement(set: CharSet): CharSet {
  return setWhere((codePoint) => !set.has(codePoint));
}

/** What a JavaScript class with the `u` flag holds: `[\p{L}_]`. */
export function setOfClass(source: string): CharSet {
  const pattern = new RegExp(source, 'u');
  return setWhere((codePoint) => pattern.test(String.fromCodePoint(codePoint)));
}

export const LINE_ENDS = setOfClass('[\\n\\r\\u0085\\u2028\\u2029]');
export const NEW_LINE = setOfClass('\\n');
const HORIZONTAL_SPACE = setOfClass('[ \\t\\xa0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000]');
export const VERTICAL_SPACE = setOfClass('[\\n\\x0b\\f\\r\\x85\\u2028\\u2029]');

const DIGITS = setOfClass('[0-9]');
const SPACES = setOfClass('[ \\t\\n\\x0b\\f\\r]');
const WORD = setOfClass('[a-zA-Z_0-9]');
const UNICODE_DIGITS = setOfClass('\\p{Nd}');
const UNICODE_SPACES = setOfClass('\\p{White_Space}');
const UNICODE_WORD = setOfClass('[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}]');

export function escapeSet(letter: string, flags: Flags): CharSet | undefined {
  const set = lowerEscapeSet(letter.toLowerCase(), flags);
  return set === undefined || letter === letter.toLowerCase() ? set : complement(set);
}

function lowerEscapeSet(letter: string, flags: Flags): CharSet | undefined {
  switch (letter) {
    case 'd':
      return flags.unicodeClasses ? UNICODE_DIGITS : DIGITS;
    case 's':
      return flags.unicodeClasses ? UNICODE_SPACES : SPACES;
    case 'w':
      return flags.unicodeClasses ? UNICODE_WORD : WORD;
    case 'h':
      return HORIZONTAL_SPACE;
    case 'v':
      return VERTICAL_SPACE;
    default:
      return undefined;
  }
}

/** Letters, digits and the underscore of all of Unicode: what `\b` stands between. */
export const BOUNDARY_WORD = setOfClass('[\\p{L}\\p{Nd}_]');
export const LETTER_OR_DIGIT = setOfClass('[\\p{L}\\p{Nd}]');
export const NON_SPACING_MARK = setOfClass('\\p{Mn}');
export const UNICODE_BOUNDARY_WORD = UNICODE_WORD;
