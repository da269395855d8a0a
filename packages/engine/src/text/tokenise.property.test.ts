/**
 * The tokeniser against a plain one: unicode-aware regular expressions over the whole text, no tables, no fast path.
 * Default settings; the settings have their own examples in `tokenise.test.ts`.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_TEXT_OPTIONS } from '../schema.ts';
import { TERM_LENGTH_MAX, type TokeniseFlags, Tokeniser } from './tokenise.ts';

interface PlainToken {
  readonly term: string;
  readonly position: number;
  readonly start: number;
  readonly end: number;
}

interface Piece {
  term: string;
  start: number;
  end: number;
  /** Ordinary word: may be joined to its neighbours. */
  readonly word: boolean;
}

const SPACELESS =
  '[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}\\u30FC]|\\u3099|\\u309A';
const PICTOGRAPH = '[[\\p{Extended_Pictographic}\\p{Emoji_Modifier}]--[\\u{0}-\\u{22FF}\\u3030]]';
const EMOJI = new RegExp(
  `^(?:\\p{RI}{1,2}|${PICTOGRAPH}[\\uFE0E\\uFE0F]?\\p{Emoji_Modifier}?[\\u{E0020}-\\u{E007F}]*` +
    `(?:\\u200D\\p{Extended_Pictographic}[\\uFE0E\\uFE0F]?\\p{Emoji_Modifier}?[\\u{E0020}-\\u{E007F}]*)*)`,
  'v',
);

function plainFold(text: string): string {
  const tokeniser = new Tokeniser(DEFAULT_TEXT_OPTIONS);
  return tokeniser.normalise(text);
}

const kindOf = (character: string): 'word' | 'spaceless' | 'nothing' | 'mixed' | 'separator' => {
  const folded = plainFold(character);
  if (folded === '') return 'nothing';
  if (character === '™' || character === '℠') return 'separator';
  if (/^[\p{L}\p{N}\p{M}]+$/u.test(folded)) {
    return new RegExp(`^(?:${SPACELESS})+$`, 'u').test(folded) ? 'spaceless' : 'word';
  }
  return /[\p{L}\p{N}\p{M}]/u.test(folded) ? 'mixed' : 'separator';
};

/** Pieces of text in order, with what separates them left out. */
function pieces(text: string, camelCase: boolean): Piece[] {
  const out: Piece[] = [];
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at);
    const emoji = EMOJI.exec(rest)?.[0];
    if (emoji !== undefined) {
      out.push({
        term: emoji.replace(/[\uFE0E\uFE0F]/g, ''),
        start: at,
        end: at + emoji.length,
        word: false,
      });
      at += emoji.length;
      continue;
    }
    const character = String.fromCodePoint(rest.codePointAt(0)!);
    const kind = kindOf(character);
    if (kind === 'mixed') {
      for (const [term] of plainFold(character).matchAll(/[\p{L}\p{N}\p{M}]+/gu)) {
        out.push({ term, start: at, end: at + character.length, word: false });
      }
    }
    if (kind !== 'word' && kind !== 'spaceless') {
      at += character.length;
      continue;
    }
    let end = at;
    let lowerBefore = false;
    for (const next of rest) {
      if (EMOJI.test(text.slice(end))) break;
      const nextKind = kindOf(next);
      if (nextKind !== kind && nextKind !== 'nothing') break;
      if (camelCase && lowerBefore && /[\p{Lu}\p{Lt}]/u.test(next)) break;
      if (nextKind !== 'nothing') lowerBefore = /\p{Ll}/u.test(next);
      end += next.length;
    }
    if (kind === 'word') out.push({ term: plainFold(text.slice(at, end)), start: at, end, word: true });
    else {
      const words = new Intl.Segmenter('und', { granularity: 'word' }).segment(text.slice(at, end));
      for (const { segment, index } of words) {
        const start = at + index;
        const term = plainFold(segment);
        if (term !== '') out.push({ term, start, end: start + segment.length, word: false });
      }
    }
    at = end;
  }
  return out;
}

/** What stands between two pieces, invisible characters left out. */
const between = (text: string, before: Piece, after: Piece): string =>
  plainFold(text.slice(before.end, after.start)).replace('\u2010', '-');

function cut(term: string): string {
  const whole = term.slice(0, TERM_LENGTH_MAX);
  return term.length > TERM_LENGTH_MAX && /[\uD800-\uDBFF]$/.test(whole) ? whole.slice(0, -1) : whole;
}

function plainTokens(text: string, { camelCase, compounds }: TokeniseFlags): PlainToken[] {
  const joined: (Piece & { single: boolean })[] = [];
  for (const piece of pieces(text, camelCase)) {
    const single = piece.word && /^\p{L}$/u.test(piece.term);
    const last = joined.at(-1);
    if (single && last?.single === true && between(text, last, piece) === '.') {
      last.term = cut(last.term + piece.term);
      last.end = piece.end;
    } else joined.push({ ...piece, term: cut(piece.term), single });
  }
  const out: PlainToken[] = [];
  for (let first = 0; first < joined.length; ) {
    let after = first + 1;
    while (
      after < joined.length &&
      joined[after]!.word &&
      joined[after - 1]!.word &&
      between(text, joined[after - 1]!, joined[after]!) === '-'
    ) {
      after++;
    }
    const parts = joined.slice(first, after);
    parts.forEach(({ term, start, end }, at) => {
      out.push({ term, position: first + at, start, end });
      if (
        at > 0 ||
        !compounds ||
        parts.length < 2 ||
        !parts.every((part) => Array.from(part.term).length >= 3)
      )
        return;
      const compound = cut(parts.map((part) => part.term).join(''));
      if (compound !== term) out.push({ term: compound, position: first, start, end: parts.at(-1)!.end });
    });
    first = after;
  }
  return out;
}

const tokeniser = new Tokeniser(DEFAULT_TEXT_OPTIONS);

function tokens(text: string, flags: TokeniseFlags): PlainToken[] {
  const list = tokeniser.tokenise(text, flags);
  return Array.from({ length: list.count }, (_, at) => ({
    term: list.terms[at]!,
    position: list.positions[at]!,
    start: list.starts[at]!,
    end: list.ends[at]!,
  }));
}

const ALPHABET = [
  ...Array.from('aBcÉßﬁ19 .-’\u2010\u00ADé½№™Ⅳ'),
  'e\u0301',
  '\u0301',
  'foo',
  'Bar',
  'xyz',
  'ΣΑΣ',
  'ё',
  'مُ',
  'שָׁ',
  'हि',
  'ि',
  '서',
  '서'.normalize('NFD'),
  'ㅎ',
  'ㅏ',
  '日本',
  '語',
  'ガ',
  'ｶﾞ',
  'สวัสดี',
  'ー',
  '❤️',
  '👩🏽‍🚀',
  '🇩🇪',
  '\u200D',
  '\uFE0F',
  '\u{E0100}',
  '𝒳',
  '𐐨',
  '\uD800',
  '\uDC00',
];
const pieceOfText = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...ALPHABET) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 3 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 3 }) },
);
const anyText = fc.array(pieceOfText, { maxLength: 24 }).map((parts) => parts.join(''));
const asciiText = fc.string({ unit: fc.constantFrom(...Array.from('abCD1.- _x')), maxLength: 40 });
const flags = fc.record({ camelCase: fc.boolean(), compounds: fc.boolean() });
const runs = { numRuns: Number(process.env['RUNS'] ?? 300) };

test('gives the tokens that the plain tokeniser gives', () => {
  fc.assert(
    fc.property(fc.oneof(anyText, asciiText), flags, (text, given) => {
      expect(tokens(text, given)).toEqual(plainTokens(text, given));
    }),
    runs,
  );
});

test('offsets lie inside the text, starts and positions never fall, tokens are not empty', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), flags, (text, given) => {
      let last: PlainToken = { term: '', position: 0, start: 0, end: 0 };
      for (const token of tokens(text, given)) {
        expect(token.start).toBeGreaterThanOrEqual(last.start);
        expect(token.position).toBeGreaterThanOrEqual(last.position);
        expect(token.end).toBeGreaterThan(token.start);
        expect(token.end).toBeLessThanOrEqual(text.length);
        expect(token.term.length).toBeGreaterThan(0);
        expect(token.term.length).toBeLessThanOrEqual(TERM_LENGTH_MAX);
        last = token;
      }
    }),
    runs,
  );
});

test('any settings and any text: never throws', () => {
  const character = fc.string({ unit: 'binary', minLength: 1, maxLength: 1 });
  const options = fc.record({
    separatorsToIndex: fc.string({ maxLength: 4 }),
    keepDiacriticsOnCharacters: fc.string({ unit: 'grapheme', maxLength: 4 }),
    customNormalization: fc
      .array(fc.tuple(fc.oneof(character, fc.constantFrom(...ALPHABET)), fc.string({ maxLength: 3 })), {
        maxLength: 3,
      })
      .map((entries) => new Map(entries)),
    camelCaseAttributes: fc.constant([]),
    indexLanguages: fc.constantFrom(['ja'], ['en', 'zh'], ['x']),
  });
  fc.assert(
    fc.property(options, anyText, flags, (given, text, how) => {
      const list = new Tokeniser(given).tokenise(text, how);
      for (let at = 0; at < list.count; at++) {
        expect(list.terms[at]!.length).toBeGreaterThan(0);
        expect(list.ends[at]!).toBeLessThanOrEqual(text.length);
      }
    }),
    runs,
  );
});

test('a normalised text is normal already', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const once = tokeniser.normalise(text);
      expect(tokeniser.normalise(once)).toBe(once);
    }),
    runs,
  );
});

test('prefixEnd: the characters up to there make the prefix of the term, fewer do not', () => {
  const words = (text: string): string => plainFold(text).replaceAll(/[^\p{L}\p{N}\p{M}]/gu, '');
  fc.assert(
    fc.property(anyText, fc.integer({ min: 1, max: 5 }), (text, units) => {
      for (const { term, start, end } of tokens(text, { camelCase: false, compounds: true })) {
        const at = tokeniser.prefixEnd(text, start, end, units);
        expect(at).toBeGreaterThan(start);
        expect(at).toBeLessThanOrEqual(end);
        if (words(text.slice(start, end)) !== term || term.length < units) continue; // emoji, pieces, cut terms
        expect(words(text.slice(start, at)).length).toBeGreaterThanOrEqual(units);
        const last = Array.from(text.slice(start, at)).findLast((each) => words(each) !== '')!;
        const without = text.slice(start, start + text.slice(start, at).lastIndexOf(last));
        // Marks and Korean letters melt into what stands before.
        if (!/[\p{M}\u1100-\u11FF]/u.test(plainFold(last))) expect(words(without).length).toBeLessThan(units);
      }
    }),
    runs,
  );
});
