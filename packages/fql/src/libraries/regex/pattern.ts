/** A regular expression, parsed. Characters are code points. */

export interface CharSet {
  has(codePoint: number): boolean;
}

export type AssertionKind =
  | 'text-start'
  | 'text-end'
  /** Also before a line's end that ends the text. */
  | 'last-line-end'
  | 'line-start'
  | 'line-end'
  | 'word-boundary'
  | 'no-word-boundary'
  /** Where the match before ended. */
  | 'match-start';

export type PatternNode =
  | { readonly kind: 'empty' }
  | { readonly kind: 'character'; readonly set: CharSet; readonly single?: number | undefined }
  | { readonly kind: 'sequence'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'alternatives'; readonly parts: readonly PatternNode[] }
  | {
      readonly kind: 'repeat';
      readonly part: PatternNode;
      readonly min: number;
      /** Undefined: without end. */
      readonly max: number | undefined;
      readonly mode: 'greedy' | 'lazy' | 'possessive';
    }
  | { readonly kind: 'group'; readonly index: number; readonly part: PatternNode }
  | { readonly kind: 'atomic'; readonly part: PatternNode }
  | { readonly kind: 'ahead'; readonly isNegative: boolean; readonly part: PatternNode }
  | {
      readonly kind: 'behind';
      readonly isNegative: boolean;
      readonly part: PatternNode;
      /** UTF-16 units that it can be long; Infinity when there is no bound. */
      readonly unitsMax: number;
    }
  | {
      readonly kind: 'assertion';
      readonly assertion: AssertionKind;
      readonly isUnixLines: boolean;
      readonly isUnicode: boolean;
    }
  | { readonly kind: 'back-reference'; readonly group: number; readonly fold: CaseFold };

export interface Pattern {
  readonly root: PatternNode;
  readonly groupCount: number;
  readonly groupNames: ReadonlyMap<string, number>;
}

/** What two characters have in common that count as the same. */
export type CaseFold = (codePoint: number) => number;

export class RegexSyntaxError extends Error {
  override readonly name = 'RegexSyntaxError';
}

/** Flags as they stand at a place of the pattern. */
export interface Flags {
  /** i */
  readonly ignoreCase: boolean;
  /** u: `i` for all of Unicode, not ASCII alone. */
  readonly unicodeCase: boolean;
  /** m */
  readonly multiline: boolean;
  /** s */
  readonly dotAll: boolean;
  /** x */
  readonly comments: boolean;
  /** d: only `\n` ends a line. */
  readonly unixLines: boolean;
  /** U: `\w`, `\d`, `\p{Alpha}` … for all of Unicode. */
  readonly unicodeClasses: boolean;
}

export const NO_FLAGS: Flags = {
  ignoreCase: false,
  unicodeCase: false,
  multiline: false,
  dotAll: false,
  comments: false,
  unixLines: false,
  unicodeClasses: false,
};

export function foldOf(flags: Flags): CaseFold {
  if (!flags.ignoreCase) return (codePoint) => codePoint;
  return flags.unicodeCase ? foldUnicode : foldAscii;
}

function foldAscii(codePoint: number): number {
  return codePoint >= 0x41 && codePoint <= 0x5a ? codePoint + 0x20 : codePoint;
}

function foldUnicode(codePoint: number): number {
  if (codePoint < 0x80) return foldAscii(codePoint);
  const upper = String.fromCodePoint(codePoint).toUpperCase();
  const lower = (singleOf(upper) ?? String.fromCodePoint(codePoint)).toLowerCase();
  return singleOf(lower)?.codePointAt(0) ?? codePoint;
}

function singleOf(text: string): string | undefined {
  const [first, ...others] = text;
  return others.length === 0 ? first : undefined;
}
