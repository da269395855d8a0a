/** What holds at a place of the text without taking any of it. */
import { isPair } from '../code-points.ts';
import { BOUNDARY_WORD, LETTER_OR_DIGIT, NON_SPACING_MARK, UNICODE_BOUNDARY_WORD } from './char-sets.ts';
import type { Instruction } from './program.ts';

export type Assertion = Instruction & { readonly op: 'assert' };

/** `matchStart`: where the match before ended, or the search began. */
export function holds(assertion: Assertion, text: string, at: number, matchStart: number): boolean {
  switch (assertion.assertion) {
    case 'text-start':
      return at === 0;
    case 'text-end':
      return at === text.length;
    case 'match-start':
      return at === matchStart;
    case 'line-start':
      // A line's end that ends the text begins no further line.
      return at === 0 || (at < text.length && endsLineBefore(text, at, assertion.isUnixLines));
    case 'line-end':
      return at === text.length || endsLineAt(text, at, assertion.isUnixLines);
    case 'last-line-end':
      return at === text.length || (isLastBreak(text, at) && endsLineAt(text, at, assertion.isUnixLines));
    case 'word-boundary':
      return isBoundary(text, at, assertion.isUnicode);
    case 'no-word-boundary':
      return !isBoundary(text, at, assertion.isUnicode);
  }
}

function isLineEnd(unit: number, isUnixLines: boolean): boolean {
  if (unit === 0x0a) return true;
  return !isUnixLines && (unit === 0x0d || unit === 0x85 || unit === 0x2028 || unit === 0x2029);
}

/** `\r\n` is one end: there is no place between its two. */
function isInsideBreak(text: string, at: number): boolean {
  return text.charCodeAt(at - 1) === 0x0d && text.charCodeAt(at) === 0x0a;
}

function endsLineBefore(text: string, at: number, isUnixLines: boolean): boolean {
  return isLineEnd(text.charCodeAt(at - 1), isUnixLines) && (isUnixLines || !isInsideBreak(text, at));
}

function endsLineAt(text: string, at: number, isUnixLines: boolean): boolean {
  return isLineEnd(text.charCodeAt(at), isUnixLines) && (isUnixLines || !isInsideBreak(text, at));
}

function isLastBreak(text: string, at: number): boolean {
  return at === text.length - 1 || (at === text.length - 2 && isInsideBreak(text, at + 1));
}

function isBoundary(text: string, at: number, isUnicode: boolean): boolean {
  return isWordBefore(text, at, isUnicode) !== (at < text.length && isWord(text, at, isUnicode));
}

function isWordBefore(text: string, at: number, isUnicode: boolean): boolean {
  return at > 0 && isWord(text, previous(text, at), isUnicode);
}

function isWord(text: string, at: number, isUnicode: boolean): boolean {
  const codePoint = text.codePointAt(at) ?? 0;
  if (isUnicode) return UNICODE_BOUNDARY_WORD.has(codePoint);
  return BOUNDARY_WORD.has(codePoint) || (NON_SPACING_MARK.has(codePoint) && hasBase(text, at));
}

/** A mark belongs to the word whose letter it stands on. */
function hasBase(text: string, at: number): boolean {
  for (let before = at; before >= 0; before = before === 0 ? -1 : previous(text, before)) {
    const codePoint = text.codePointAt(before) ?? 0;
    if (LETTER_OR_DIGIT.has(codePoint)) return true;
    if (!NON_SPACING_MARK.has(codePoint)) return false;
  }
  return false;
}

function previous(text: string, at: number): number {
  return at >= 2 && isPair(text, at - 2) ? at - 2 : at - 1;
}
