/** `[…]`: characters, ranges, classes inside (`[a-d[m-p]]`) and what several have in common (`[a-z&&[^aeiou]]`). */
import { complement, intersection, setWhere, union } from './char-sets.ts';
import { parseClassEscape } from './parse-escape.ts';
import { type CharSet, type Flags, foldOf, RegexSyntaxError } from './pattern.ts';
import type { PatternSource } from './pattern-source.ts';

/** Classes inside each other: the parser calls itself for each. */
const NESTING_MAX = 200;

/** From behind the opening bracket to behind the closing one. */
export function parseClass(source: PatternSource, flags: Flags, nesting = 0): CharSet {
  if (nesting > NESTING_MAX) throw new RegexSyntaxError('too many classes inside each other');
  const isNegative = source.take('^');
  const set = classItems(source, flags, nesting);
  if (!source.take(']')) throw new RegexSyntaxError('unclosed class');
  return isNegative ? complement(set) : set;
}

/** Up to the closing bracket, which stays. One that comes first is a character. */
function classItems(source: PatternSource, flags: Flags, nesting: number): CharSet {
  if (nesting > NESTING_MAX) throw new RegexSyntaxError('too many classes inside each other');
  let set: CharSet | undefined;
  for (;;) {
    source.skipComments(flags.comments);
    if (source.isDone) throw new RegexSyntaxError('unclosed class');
    if (set !== undefined && source.isAt(']')) return set;
    if (source.isAt('&') && source.isAt('&', 1)) {
      source.next();
      source.next();
      set = common(set, otherSide(source, flags, nesting));
    } else {
      const item: CharSet = source.take('[') ? parseClass(source, flags, nesting + 1) : range(source, flags);
      set = set === undefined ? item : union(set, item);
    }
  }
}

/** What stands behind `&&`, up to the next one or the closing bracket; undefined: nothing. */
function otherSide(source: PatternSource, flags: Flags, nesting: number): CharSet | undefined {
  let set: CharSet | undefined;
  for (;;) {
    source.skipComments(flags.comments);
    if (source.isDone) throw new RegexSyntaxError('unclosed class');
    if (source.isAt(']') || source.isAt('&')) return set;
    const item = source.take('[')
      ? parseClass(source, flags, nesting + 1)
      : classItems(source, flags, nesting + 1);
    set = set === undefined || !source.isAt(']') ? item : union(set, item);
  }
}

function common(left: CharSet | undefined, right: CharSet | undefined): CharSet {
  if (left === undefined && right === undefined) throw new RegexSyntaxError('a class of nothing');
  if (left === undefined || right === undefined) return (left ?? right)!;
  return intersection(left, right);
}

/** One character, a range of them, or a set that has a name. */
function range(source: PatternSource, flags: Flags): CharSet {
  const first = source.take('\\') ? parseClassEscape(source, flags) : character(source.next());
  if (first.kind === 'set') return first.set;
  source.skipComments(flags.comments);
  if (!source.isAt('-') || source.isAt(']', 1) || source.isAt('[', 1)) {
    return between(first.codePoint, first.codePoint, flags);
  }
  source.next();
  source.skipComments(flags.comments);
  const last = source.take('\\') ? parseClassEscape(source, flags) : character(source.next());
  if (last.kind === 'set' || last.codePoint < first.codePoint) throw new RegexSyntaxError('no range');
  return between(first.codePoint, last.codePoint, flags);
}

function character(codePoint: number): { readonly kind: 'character'; readonly codePoint: number } {
  return { kind: 'character', codePoint };
}

function between(first: number, last: number, flags: Flags): CharSet {
  const isInside = (codePoint: number): boolean => codePoint >= first && codePoint <= last;
  if (!flags.ignoreCase) return setWhere(isInside);
  if (first === last) {
    const fold = foldOf(flags);
    const folded = fold(first);
    return setWhere((codePoint) => codePoint === first || fold(codePoint) === folded);
  }
  const inOtherCase = (codePoint: number): boolean => {
    if (codePoint >= 128 && !flags.unicodeCase) return false;
    const text = String.fromCodePoint(codePoint);
    const upper = text.toUpperCase();
    return isInside(upper.codePointAt(0) ?? 0) || isInside(upper.toLowerCase().codePointAt(0) ?? 0);
  };
  return setWhere((codePoint) => isInside(codePoint) || inOtherCase(codePoint));
}
