/**
 * Text → tokens: terms with their positions, and where they stand in the original text. The rules are in
 * `docs/relevance.md`, section 1.
 *
 * One pass. Runs of ASCII letters and digits are found by a table and cut out; other characters go through
 * `CharacterTable`; scripts without spaces through ICU. Two rules look at what stands between neighbours: single
 * letters joined by full stops become one token (`D.N.A.` → `dna`), and hyphenated words are followed by their
 * concatenation at the position of the first (`off-campus` → `off`, `offcampus`, `campus`).
 *
 * Terms may be slices that keep the whole text in memory: whoever stores them for long copies them.
 */
import type { TextOptions } from '../schema.ts';
import {
  CharacterTable,
  CLASS_MASK,
  DOT,
  EMOJI,
  EXTEND,
  HYPHEN,
  IN_CONTEXT,
  INDEXED,
  LOWER,
  MIXED,
  SEGMENTED,
  SEPARATOR,
  UPPER,
  WORD,
} from './characters.ts';
import { segmentationLanguage, segmentWords } from './segment-words.ts';

/** Tokens of one text. Only the first `count` entries mean anything. */
export interface TokenList {
  readonly count: number;
  /** At most `TERM_LENGTH_MAX` UTF-16 units each. */
  readonly terms: readonly string[];
  /** Place among the tokens, 0-based, never falling; a compound has that of its first part. */
  readonly positions: Int32Array;
  /** Never falling. Offsets count UTF-16 units of the original text. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

export interface TokeniseFlags {
  /** Whether a change from lower to upper case separates. */
  readonly camelCase: boolean;
  /** Whether hyphenated words also give their concatenation. Query text does not want it. */
  readonly compounds: boolean;
}

export const TERM_LENGTH_MAX = 64;
const COMPOUND_PART_LENGTH_MIN = 3;

/** One large text must not be held in memory by its terms after it was read. */
const TERMS_KEPT_MAX = 4096;

/** What stands between a token and the one before it. */
const NOTHING = 0;
const ONE_DOT = 1;
const ONE_HYPHEN = 2;
const OTHER = 3;

export class Tokeniser {
  readonly #table: CharacterTable;
  readonly #asciiIsPlain: boolean;
  readonly #language: string;
  readonly #tokens = new TokenBuffer();

  constructor(options: TextOptions) {
    this.#table = tableOf(options);
    this.#asciiIsPlain = this.#table.asciiIsPlain;
    this.#language = segmentationLanguage(options.indexLanguages);
  }

  /** The text as terms see it, separators kept: for comparing values with each other. */
  normalise(text: string): string {
    return this.#table.fold(text);
  }

  /** The list is reused by the next call of this tokeniser. */
  tokenise(text: string, flags: TokeniseFlags): TokenList {
    const tokens = this.#tokens;
    tokens.clear(flags.compounds);
    const ascii = this.#table.ascii;
    const length = text.length;
    let at = 0;
    while (at < length) {
      const code = text.charCodeAt(at);
      const found = code < 128 ? ascii[code]! : this.#table.classOf(code) & CLASS_MASK;
      if (found >= WORD) at = this.#word(text, at, flags.camelCase);
      else if (code < 128 && found <= HYPHEN) {
        tokens.separate(found);
        at++;
      } else at = this.#special(text, at, flags.camelCase);
    }
    tokens.endChain();
    return tokens;
  }

  /**
   * Where in the text the first `units` UTF-16 units of a token's term end, for a token at `start` … `end`: after
   * whole characters, with their marks. Tokens that are not words (emoji) are taken whole.
   */
  prefixEnd(text: string, start: number, end: number, units: number): number {
    const table = this.#table;
    let at = start;
    let seen = 0;
    while (at < end) {
      const code = text.codePointAt(at)!;
      const entry = table.classOf(code);
      const found = entry & CLASS_MASK;
      if ((entry & IN_CONTEXT) !== 0) return this.#prefixEndInContext(text, start, end, units);
      if (found >= SEGMENTED) {
        if (seen >= units) break;
        seen += table.foldCharacter(code).length;
      } else if (found === EMOJI || found === MIXED || found === INDEXED) return end;
      else if (found !== EXTEND && seen >= units) break;
      at += code > 0xffff ? 2 : 1;
    }
    return Math.min(at, end);
  }

  #prefixEndInContext(text: string, start: number, end: number, units: number): number {
    let at = start;
    let reached = -1;
    while (at < end) {
      const character = String.fromCodePoint(text.codePointAt(at)!);
      const length = this.#table.fold(text.slice(start, at + character.length)).replace(NOT_WORDS, '').length;
      // A mark, or a letter that melts into what stands before, belongs to it.
      if (reached >= 0 && length > reached && !MARK.test(character)) break;
      if (length >= units) reached = length;
      at += character.length;
    }
    return Math.min(at, end);
  }

  /** A run of word characters that starts at `start`: one token, or several with `camelCase`. Returns where it ends. */
  #word(text: string, start: number, camelCase: boolean): number {
    const ascii = this.#table.ascii;
    if (!this.#asciiIsPlain) return this.#wordBeyondAscii(text, start, camelCase);
    const length = text.length;
    let at = start;
    let last = 0;
    let upper = false;
    while (at < length) {
      const code = text.charCodeAt(at);
      if (code > 127) {
        if (this.#table.endsWord(code)) break;
        return this.#wordBeyondAscii(text, start, camelCase);
      }
      const found = ascii[code]!;
      if (found < WORD) break;
      if (found === UPPER) {
        if (camelCase && last === LOWER) break;
        upper = true;
      }
      last = found;
      at++;
    }
    const slice = text.slice(start, at < start + TERM_LENGTH_MAX ? at : start + TERM_LENGTH_MAX);
    const single = at === start + 1 && last >= LOWER;
    this.#tokens.add(upper ? slice.toLowerCase() : slice, start, at, single ? SINGLE_LETTER : PLAIN);
    return at;
  }

  #wordBeyondAscii(text: string, start: number, camelCase: boolean): number {
    const table = this.#table;
    const length = text.length;
    let at = start;
    let last = 0;
    let inContext = false;
    let term = '';
    while (at < length) {
      const code = text.codePointAt(at)!;
      const entry = table.classOf(code);
      const found = entry & CLASS_MASK;
      if (found >= WORD) {
        if (camelCase && found === UPPER && last === LOWER) break;
        last = found;
        if (term.length < TERM_LENGTH_MAX) term += table.foldCharacter(code);
      } else if (found !== EXTEND) break;
      inContext ||= (entry & IN_CONTEXT) !== 0;
      at += code > 0xffff ? 2 : 1;
    }
    if (inContext) {
      term = table.fold(text.slice(start, at));
      if (!WORDS_ONLY.test(term)) {
        // a replacement of the settings took the word apart
        for (const [piece] of term.matchAll(WORDS)) this.#tokens.add(cutTerm(piece), start, at, ALONE);
        return at;
      }
    }
    term = cutTerm(term);
    this.#tokens.add(term, start, at, isOneLetter(term) ? SINGLE_LETTER : PLAIN);
    return at;
  }

  /** What is neither an ASCII separator nor a word. Returns where it ends. */
  #special(text: string, start: number, camelCase: boolean): number {
    const table = this.#table;
    const tokens = this.#tokens;
    const code = text.codePointAt(start)!;
    const end = start + (code > 0xffff ? 2 : 1);
    const found = table.classOf(code) & CLASS_MASK;
    if (found >= WORD) return this.#word(text, start, camelCase);
    switch (found) {
      case EXTEND:
        return end;
      case INDEXED:
        tokens.add(cutTerm(table.foldCharacter(code)), start, end, ALONE);
        return end;
      case EMOJI: {
        EMOJI_SEQUENCE.lastIndex = start;
        const sequence = EMOJI_SEQUENCE.exec(text)?.[0] ?? String.fromCodePoint(code);
        tokens.add(cutTerm(sequence.replace(PRESENTATION, '')), start, start + sequence.length, ALONE);
        return start + sequence.length;
      }
      case MIXED:
        for (const [piece] of table.foldCharacter(code).matchAll(WORDS))
          tokens.add(cutTerm(piece), start, end, ALONE);
        tokens.separate(SEPARATOR);
        return end;
      case SEGMENTED:
        return this.#segmented(text, start);
      default:
        tokens.separate(found);
        return end;
    }
  }

  #segmented(text: string, start: number): number {
    const table = this.#table;
    let at = start;
    let inContext = false;
    while (at < text.length) {
      const code = text.codePointAt(at)!;
      const entry = table.classOf(code);
      const found = entry & CLASS_MASK;
      if (found !== SEGMENTED && found !== EXTEND) break;
      inContext ||= (entry & IN_CONTEXT) !== 0;
      at += code > 0xffff ? 2 : 1;
    }
    segmentWords(text, { start, end: at }, this.#language, (from, to) => {
      const term = cutTerm(table.fold(text.slice(from, to)));
      if (term !== '') this.#tokens.add(term, from, to, ALONE);
    });
    return at;
  }
}

/** What a token may take part in. */
type TokenKind = typeof ALONE | typeof PLAIN | typeof SINGLE_LETTER;
const ALONE = 0;
const PLAIN = 1;
const SINGLE_LETTER = 2;

/** The growing list, and the two rules about neighbours. */
class TokenBuffer implements TokenList {
  count = 0;
  readonly terms: string[] = [];
  positions = new Int32Array(64);
  starts = new Int32Array(64);
  ends = new Int32Array(64);
  #compounds = false;
  #positionNext = 0;
  #gap = OTHER;
  #lastKind: TokenKind = ALONE;
  /** Where the hyphen chain starts that the last token belongs to, and how many parts it has. */
  #chainStart = 0;
  #chainLength = 0;

  clear(compounds: boolean): void {
    if (this.terms.length > TERMS_KEPT_MAX) this.terms.length = 0;
    this.count = 0;
    this.#compounds = compounds;
    this.#positionNext = 0;
    this.#gap = OTHER;
    this.#lastKind = ALONE;
    this.#chainLength = 0;
  }

  separate(found: number): void {
    if (this.#gap !== NOTHING) this.#gap = OTHER;
    else this.#gap = found === DOT ? ONE_DOT : found === HYPHEN ? ONE_HYPHEN : OTHER;
  }

  add(term: string, start: number, end: number, kind: TokenKind): void {
    const gap = this.#gap;
    this.#gap = NOTHING;
    if (gap === ONE_DOT && kind === SINGLE_LETTER && this.#lastKind === SINGLE_LETTER) {
      const last = this.count - 1;
      const joined = this.terms[last]!;
      if (joined.length < TERM_LENGTH_MAX) this.terms[last] = cutTerm(joined + term);
      this.ends[last] = end;
      return;
    }
    if (gap === ONE_HYPHEN && kind !== ALONE && this.#lastKind !== ALONE) this.#chainLength++;
    else {
      if (this.#chainLength > 1) this.endChain();
      this.#chainStart = this.count;
      this.#chainLength = 1;
    }
    this.#lastKind = kind;
    this.#push(this.count, term, this.#positionNext++, start, end);
  }

  /** Adds the compound of the chain that ended, behind its first part. */
  endChain(): void {
    const parts = this.#chainLength;
    this.#chainLength = 0;
    if (!this.#compounds || parts < 2) return;
    const first = this.#chainStart;
    let compound = '';
    for (let at = first; at < first + parts; at++) {
      const term = this.terms[at]!;
      if (!hasCharacters(term, COMPOUND_PART_LENGTH_MIN)) return;
      if (compound.length < TERM_LENGTH_MAX) compound += term;
    }
    compound = cutTerm(compound);
    if (compound === this.terms[first]) return; // the first part fills the term already
    this.#reserve(this.count + 1);
    this.terms.length = Math.max(this.terms.length, this.count + 1);
    this.terms.copyWithin(first + 2, first + 1, this.count);
    this.positions.copyWithin(first + 2, first + 1, this.count);
    this.starts.copyWithin(first + 2, first + 1, this.count);
    this.ends.copyWithin(first + 2, first + 1, this.count);
    this.#push(first + 1, compound, this.positions[first]!, this.starts[first]!, this.ends[first + parts]!);
  }

  #push(at: number, term: string, position: number, start: number, end: number): void {
    if (this.count === this.starts.length) this.#reserve(this.count + 1);
    this.terms[at] = term;
    this.positions[at] = position;
    this.starts[at] = start;
    this.ends[at] = end;
    this.count++;
  }

  #reserve(count: number): void {
    if (count <= this.starts.length) return;
    const capacity = Math.max(count, this.starts.length * 2);
    this.positions = grown(this.positions, capacity);
    this.starts = grown(this.starts, capacity);
    this.ends = grown(this.ends, capacity);
  }
}

function grown(array: Int32Array<ArrayBuffer>, capacity: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(capacity);
  larger.set(array);
  return larger;
}

/** At most `TERM_LENGTH_MAX` units, never half a surrogate pair. */
function cutTerm(term: string): string {
  if (term.length <= TERM_LENGTH_MAX) return term;
  const last = term.charCodeAt(TERM_LENGTH_MAX - 1);
  return term.slice(0, last >= 0xd800 && last < 0xdc00 ? TERM_LENGTH_MAX - 1 : TERM_LENGTH_MAX);
}

/** Whether the term has at least `least` code points. */
function hasCharacters(term: string, least: number): boolean {
  if (term.length >= least * 2) return true;
  if (term.length < least) return false;
  let count = 0;
  for (const _ of term) count++;
  return count >= least;
}

function isOneLetter(term: string): boolean {
  return term.length <= 2 && ONE_LETTER.test(term);
}

/** Tables take 64 kB and are slow at first: indexes with the same settings share one, and most have the same. */
const TABLES_MAX = 32;
const tables = new Map<string, CharacterTable>();

function tableOf(options: TextOptions): CharacterTable {
  const { separatorsToIndex, keepDiacriticsOnCharacters, customNormalization } = options;
  const key = JSON.stringify([separatorsToIndex, keepDiacriticsOnCharacters, ...customNormalization]);
  let table = tables.get(key);
  if (table === undefined) {
    for (const oldest of tables.keys()) if (tables.size >= TABLES_MAX) tables.delete(oldest);
    tables.set(key, (table = new CharacterTable(options)));
  }
  return table;
}

const ONE_LETTER = /^\p{L}$/u;
const WORDS_ONLY = /^[\p{L}\p{N}\p{M}]+$/u;
const NOT_WORDS = /[^\p{L}\p{N}\p{M}]+/gu;
const MARK = /\p{M}/u;
const WORDS = /[\p{L}\p{N}\p{M}]+/gu;
/** Emoji and text presentation look the same to a searcher. */
const PRESENTATION = /[\uFE0E\uFE0F]/g;
/** A flag, or pictographs with skin tones, tags and presentation selectors, held together by joiners. */
const PART =
  '[\\p{Extended_Pictographic}\\p{Emoji_Modifier}][\\uFE0E\\uFE0F]?\\p{Emoji_Modifier}?[\\u{E0020}-\\u{E007F}]*';
const EMOJI_SEQUENCE = new RegExp(
  `\\p{Regional_Indicator}{1,2}|${PART}(?:\\u200D\\p{Extended_Pictographic}[\\uFE0E\\uFE0F]?\\p{Emoji_Modifier}?[\\u{E0020}-\\u{E007F}]*)*`,
  'uy',
);
