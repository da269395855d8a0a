/**
 * Chooses the part of a text that a snippet shows: the window of N tokens with the most distinct query words, then the
 * most marked tokens, then the earliest.
 */
import { isCompound, type TextMarks } from './text-marker.ts';

/** UTF-16 units of the text; the whole text when it has no more tokens than asked for. */
interface SnippetWindow {
  readonly start: number;
  readonly end: number;
}

export function snippetWindow(text: string, marks: TextMarks, tokenCount: number): SnippetWindow {
  const { tokens } = marks;
  const wanted = Math.max(1, tokenCount);
  const places = tokenPlaces(marks);
  if (places.length <= wanted) return { start: 0, end: text.length };
  const counts = new Int32Array(32);
  let distinct = 0;
  let marked = 0;
  let best = { first: 0, distinct: -1, marked: -1 };
  for (let last = 0; last < places.length; last++) {
    const entering = places[last]!.words;
    for (let bits = entering; bits !== 0; bits &= bits - 1) if (counts[lowestBit(bits)]!++ === 0) distinct++;
    if (entering !== 0) marked++;
    const first = last - wanted + 1;
    if (first < 0) continue;
    if (distinct > best.distinct || (distinct === best.distinct && marked > best.marked)) {
      best = { first, distinct, marked };
    }
    const leaving = places[first]!.words;
    for (let bits = leaving; bits !== 0; bits &= bits - 1) if (--counts[lowestBit(bits)]! === 0) distinct--;
    if (leaving !== 0) marked--;
  }
  const last = best.first + wanted - 1;
  return {
    start: best.first === 0 ? 0 : tokens.starts[places[best.first]!.token]!,
    end: last === places.length - 1 ? text.length : tokens.ends[places[last]!.token]!,
  };
}

/** The tokens that fill places of their own; what a compound matches counts for the first of its parts. */
function tokenPlaces({ tokens, tokenWords }: TextMarks): { token: number; words: number }[] {
  const places: { token: number; words: number }[] = [];
  for (let at = 0; at < tokens.count; at++) {
    if (isCompound(tokens, at)) places.at(-1)!.words |= tokenWords[at]!;
    else places.push({ token: at, words: tokenWords[at]! });
  }
  return places;
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}
