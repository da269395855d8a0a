/**
 * Finds what a query marks in one text: spans, the words matched, and whether everything is marked
 * (`docs/relevance.md`, section 9).
 *
 * A hyphen compound (`off-campus`) overlaps its parts. It is marked as one where the parts would leave something of it
 * unmarked, else the parts are.
 */
import type { Tokeniser, TokenList } from '../text/tokenise.ts';
import type { AttributeRules, WordMatcher } from './word-matcher.ts';

/** Reused by the next call of the marker. */
export interface TextMarks {
  readonly tokens: TokenList;
  /** Of each token: bits of the query words it matches. */
  readonly tokenWords: Int32Array;
  /** Start and end by turns: ascending, not overlapping; UTF-16 units of the text. */
  readonly spans: readonly number[];
  /** Bits of all words matched. */
  readonly words: number;
  /** Every token lies inside a span. */
  readonly complete: boolean;
}

export interface TextStyle {
  readonly camelCase: boolean;
  readonly rules: AttributeRules;
}

export class TextMarker {
  readonly #tokeniser: Tokeniser;
  readonly #matcher: WordMatcher;
  #tokenWords = new Int32Array(64);
  /** Where the mark of each token ends; 0: not marked. */
  #markEnds = new Int32Array(64);

  constructor(tokeniser: Tokeniser, matcher: WordMatcher) {
    this.#tokeniser = tokeniser;
    this.#matcher = matcher;
  }

  mark(text: string, style: TextStyle): TextMarks {
    const tokens = this.#tokeniser.tokenise(text, { camelCase: style.camelCase, compounds: true });
    if (this.#tokenWords.length < tokens.count) {
      this.#tokenWords = new Int32Array(tokens.count * 2);
      this.#markEnds = new Int32Array(tokens.count * 2);
    }
    let words = 0;
    for (let at = 0; at < tokens.count; at++) {
      const term = tokens.terms[at]!;
      const match = this.#matcher.match(term, style.rules);
      this.#tokenWords[at] = match?.words ?? 0;
      this.#markEnds[at] = 0;
      if (match === undefined) continue;
      words |= match.words;
      const end = tokens.ends[at]!;
      this.#markEnds[at] =
        match.length >= term.length
          ? end
          : this.#tokeniser.prefixEnd(text, tokens.starts[at]!, end, match.length);
    }
    const tokenWords = this.#tokenWords;
    if (words === 0) return { tokens, tokenWords, spans: [], words, complete: false };
    const spans = this.#spans(tokens);
    return { tokens, tokenWords, spans, words, complete: coversAll(tokens, spans) };
  }

  #spans(tokens: TokenList): number[] {
    const markEnds = this.#markEnds;
    const spans: number[] = [];
    for (let at = 0; at < tokens.count; at++) {
      const compound = isCompound(tokens, at + 1) ? at + 1 : -1;
      const asOne = compound !== -1 && markEnds[compound]! > 0 && !this.#partsReach(tokens, compound);
      if (!isCompound(tokens, at)) addSpan(spans, tokens.starts[at]!, markEnds[at]!);
      if (asOne) addSpan(spans, tokens.starts[compound]!, markEnds[compound]!);
    }
    return spans;
  }

  /** Whether the parts of a compound are marked as far as the compound itself is. */
  #partsReach(tokens: TokenList, compound: number): boolean {
    const end = this.#markEnds[compound]!;
    const reaches = (part: number): boolean => this.#markEnds[part]! >= Math.min(tokens.ends[part]!, end);
    if (!reaches(compound - 1)) return false;
    for (let part = compound + 1; part < tokens.count && tokens.starts[part]! < end; part++) {
      if (!reaches(part)) return false;
    }
    return true;
  }
}

/** A compound follows the first of its parts, at the same position. */
export function isCompound(tokens: TokenList, at: number): boolean {
  return at > 0 && at < tokens.count && tokens.positions[at] === tokens.positions[at - 1];
}

/** Spans come by ascending start; one that overlaps the last grows it. */
function addSpan(spans: number[], start: number, end: number): void {
  if (end <= start) return;
  const last = spans.length - 1;
  if (last > 0 && start < spans[last]!) spans[last] = Math.max(spans[last]!, end);
  else spans.push(start, end);
}

function coversAll(tokens: TokenList, spans: readonly number[]): boolean {
  let span = 0;
  for (let at = 0; at < tokens.count; at++) {
    if (isCompound(tokens, at)) continue;
    while (span < spans.length && spans[span + 1]! <= tokens.starts[at]!) span += 2;
    if (span >= spans.length || spans[span]! > tokens.starts[at]! || spans[span + 1]! < tokens.ends[at]!)
      return false;
  }
  return true;
}

/** `text.slice(from, to)` with what the spans cover between the tags. */
export function renderMarked(
  text: string,
  spans: readonly number[],
  tags: { readonly preTag: string; readonly postTag: string },
  from = 0,
  to = text.length,
): string {
  let out = '';
  let copied = from;
  for (let at = 0; at < spans.length; at += 2) {
    const start = Math.max(from, spans[at]!);
    const end = Math.min(to, spans[at + 1]!);
    if (start >= end) continue;
    out += text.slice(copied, start) + tags.preTag + text.slice(start, end) + tags.postTag;
    copied = end;
  }
  return out + text.slice(copied, to);
}
