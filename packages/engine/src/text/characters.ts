/**
 * What every character is to the tokeniser, and what it folds to. Both depend on the index's settings and are worked
 * out once per character, on first sight: a table of bytes for the first 65,536 code points, a map above.
 *
 * The class is that of the folded character: `²` is a number, `＋` is whatever `+` is.
 */
import type { TextOptions } from '../schema.ts';
import { createFold, type Fold } from './normalise.ts';

export const SEPARATOR = 1;
/** Full stop and hyphen separate too, but may join what stands beside them. */
export const DOT = 2;
export const HYPHEN = 3;
/** A separator that is a token of its own. */
export const INDEXED = 4;
/** Folds to nothing: belongs to what stands before. */
export const EXTEND = 5;
export const EMOJI = 6;
/** Folds to words and separators, as `½` does (`1⁄2`): its words are tokens of their own. */
export const MIXED = 7;
/** Letter of a script that is written without spaces. */
export const SEGMENTED = 8;
/** From here on: word characters. */
export const WORD = 9;
export const LOWER = 10;
export const UPPER = 11;

/** Flag beside the class: words with this character must be folded as a whole, not character by character. */
export const IN_CONTEXT = 16;
export const CLASS_MASK = 15;

export class CharacterTable {
  readonly fold: Fold;
  readonly #replaced: ReadonlySet<string>;
  readonly #indexed: ReadonlySet<string>;
  /** Whether a mark can change what its letter folds to. */
  readonly #marksMatter: boolean;
  readonly #classes = new Uint8Array(0x10000);
  readonly #classesAbove = new Map<number, number>();
  readonly #folded = new Map<number, string>();
  /** Classes of ASCII, filled from the start. */
  readonly ascii = new Uint8Array(128);

  constructor(options: TextOptions) {
    this.fold = createFold(options);
    this.#replaced = new Set([...options.customNormalization.keys()].map((from) => from.normalize('NFC')));
    this.#indexed = new Set(options.separatorsToIndex);
    this.#marksMatter = options.customNormalization.size > 0 || options.keepDiacriticsOnCharacters !== '';
    for (let code = 0; code < 128; code++) this.ascii[code] = this.#classes[code] = this.#classify(code);
  }

  /** Class and flag of a code point (a lone surrogate separates). */
  classOf(code: number): number {
    if (code < 0x10000) {
      const known = this.#classes[code]!;
      if (known !== 0) return known;
      return (this.#classes[code] = this.#classify(code));
    }
    let found = this.#classesAbove.get(code);
    if (found === undefined) this.#classesAbove.set(code, (found = this.#classify(code)));
    return found;
  }

  /** Whether a UTF-16 unit beyond ASCII ends a word. Not so for half a pair: the whole character decides. */
  endsWord(unit: number): boolean {
    if ((unit & 0xf800) === 0xd800) return false;
    const found = this.classOf(unit) & CLASS_MASK;
    return found < WORD && found !== EXTEND;
  }

  /** One character folded by itself. */
  foldCharacter(code: number): string {
    let folded = this.#folded.get(code);
    if (folded === undefined) this.#folded.set(code, (folded = this.fold(String.fromCodePoint(code))));
    return folded;
  }

  /** Whether ASCII text folds to its lower case: no setting replaces one of its characters. */
  get asciiIsPlain(): boolean {
    for (const character of this.#replaced) if (character.charCodeAt(0) < 128) return false;
    return true;
  }

  #classify(code: number): number {
    const character = String.fromCodePoint(code);
    const folded = this.foldCharacter(code);
    if (folded === '') return this.#marksMatter ? EXTEND | IN_CONTEXT : EXTEND;
    const replaced = this.#replaced.has(character) || this.#replaced.has(character.toLowerCase());
    if (!replaced && isPictograph(code, character)) return EMOJI;
    if (!replaced && TRADE_MARKS.has(character)) return this.#indexed.has(character) ? INDEXED : SEPARATOR;
    if (!WORDS_ONLY.test(folded)) {
      if (this.#indexed.has(character) || this.#indexed.has(folded)) return INDEXED;
      if (SOME_WORD.test(folded)) return MIXED;
      if (folded === '.') return DOT;
      return folded === '-' || folded === '\u2010' ? HYPHEN : SEPARATOR;
    }
    if (SEGMENTED_ONLY.test(folded)) return MARK.test(folded) ? SEGMENTED | IN_CONTEXT : SEGMENTED;
    const context = MARK.test(folded) || JAMO.test(folded) ? IN_CONTEXT : 0;
    if (LOWER_CASE.test(character)) return LOWER | context;
    return (UPPER_CASE.test(character) ? UPPER : WORD) | context;
  }
}

/**
 * Arrows, `©` and `‼` are pictographs to Unicode too, but people use them as punctuation: only what stands from U+2300
 * on counts, without the wavy dash.
 */
function isPictograph(code: number, character: string): boolean {
  return code >= 0x2300 && code !== 0x3030 && PICTOGRAPH.test(character);
}

/** NFKD would glue them to the word before: `Skein™` → `skeintm`. */
const TRADE_MARKS: ReadonlySet<string> = new Set(['™', '℠']);
const PICTOGRAPH = /[\p{Extended_Pictographic}\p{Regional_Indicator}\p{Emoji_Modifier}]/u;
const WORDS_ONLY = /^[\p{L}\p{N}\p{M}]+$/u;
const SOME_WORD = /[\p{L}\p{N}\p{M}]/u;
const SEGMENTED_ONLY =
  /^(?:[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\u30FC]|\u3099|\u309A)+$/u;
const MARK = /\p{M}/u;
const JAMO = /[\u1100-\u11FF\uA960-\uA97F\uD7B0-\uD7FF]/u;
const LOWER_CASE = /\p{Ll}/u;
const UPPER_CASE = /[\p{Lu}\p{Lt}]/u;
