/**
 * Parser for regular expressions as `java.util.regex` writes them: Fauna's clients know those. Not known are `\X`, `\N{…}` and rare
 * blocks; they are syntax errors, as everything that Java refuses. Looking behind needs no bound here.
 */

import { complement, LINE_ENDS, NEW_LINE, setWhere } from './char-sets.ts';
import { parseClass } from './parse-class.ts';
import { parseEscape } from './parse-escape.ts';
import {
  type CharSet,
  type Flags,
  foldOf,
  NO_FLAGS,
  type Pattern,
  type PatternNode,
  RegexSyntaxError,
} from './pattern.ts';
import { PatternSource } from './pattern-source.ts';

/** Groups inside each other: the parser calls itself for each. */
const NESTING_MAX = 200;

/** Longer ones would be too large as programs. */
const PATTERN_LENGTH_MAX = 65_536;

/** Throws `RegexSyntaxError`. */
export function parsePattern(text: string): Pattern {
  if (text.length > PATTERN_LENGTH_MAX) throw new RegexSyntaxError('too long');
  return new PatternParser(text).parse();
}

class PatternParser {
  readonly #source: PatternSource;
  readonly #groupNames = new Map<string, number>();
  #groupCount = 0;
  #nesting = 0;
  #flags: Flags = NO_FLAGS;

  constructor(text: string) {
    this.#source = new PatternSource(text);
  }

  parse(): Pattern {
    const root = this.#alternatives();
    if (!this.#source.isDone) throw new RegexSyntaxError('unmatched closing parenthesis');
    return { root, groupCount: this.#groupCount, groupNames: this.#groupNames };
  }

  #alternatives(): PatternNode {
    if (++this.#nesting > NESTING_MAX) throw new RegexSyntaxError('too many groups inside each other');
    const parts = [this.#sequence()];
    while (this.#source.take('|')) parts.push(this.#sequence());
    this.#nesting--;
    return parts.length === 1 ? parts[0]! : { kind: 'alternatives', parts };
  }

  #sequence(): PatternNode {
    const parts: PatternNode[] = [];
    for (;;) {
      this.#source.skipComments(this.#flags.comments);
      if (this.#source.isDone || this.#source.isAt('|') || this.#source.isAt(')')) break;
      const atom = this.#atom();
      if (atom !== undefined) parts.push(this.#quantified(atom));
    }
    return parts.length === 1 ? parts[0]! : { kind: parts.length === 0 ? 'empty' : 'sequence', parts };
  }

  /** Undefined for flags, which match nothing. */
  #atom(): PatternNode | undefined {
    const source = this.#source;
    if (source.isAt('*') || source.isAt('+') || source.isAt('?')) {
      throw new RegexSyntaxError('nothing to repeat');
    }
    // A count at the beginning repeats nothing at all.
    if (source.isAt('{')) return { kind: 'empty' };
    if (source.take('(')) return this.#group();
    if (source.take('[')) return { kind: 'character', set: parseClass(source, this.#flags) };
    if (source.take('.')) return { kind: 'character', set: this.#dot() };
    if (source.take('^')) return this.#assertion(this.#flags.multiline ? 'line-start' : 'text-start');
    if (source.take('$')) return this.#assertion(this.#flags.multiline ? 'line-end' : 'last-line-end');
    if (source.take('\\')) return this.#escape();
    return this.#literal(source.next());
  }

  #escape(): PatternNode {
    const escaped = parseEscape(this.#source, this.#flags, this.#groupCount);
    switch (escaped.kind) {
      case 'set':
        return { kind: 'character', set: escaped.set };
      case 'character':
        return this.#literal(escaped.codePoint);
      case 'assertion':
        return this.#assertion(escaped.assertion);
      case 'node':
        return escaped.node;
      case 'group':
        return { kind: 'back-reference', group: escaped.group, fold: foldOf(this.#flags) };
      case 'group-name': {
        const group = this.#groupNames.get(escaped.name);
        if (group === undefined) throw new RegexSyntaxError(`no group is named ${escaped.name}`);
        return { kind: 'back-reference', group, fold: foldOf(this.#flags) };
      }
    }
  }

  #group(): PatternNode | undefined {
    const source = this.#source;
    const outer = this.#flags;
    if (!source.take('?')) {
      this.#groupCount++;
      return this.#captured(this.#groupCount, outer);
    }
    if (source.take(':')) return this.#inside(outer);
    if (source.take('>')) return { kind: 'atomic', part: this.#inside(outer) };
    if (source.take('=')) return { kind: 'ahead', isNegative: false, part: this.#inside(outer) };
    if (source.take('!')) return { kind: 'ahead', isNegative: true, part: this.#inside(outer) };
    if (source.take('<')) {
      if (source.take('=')) return behind(this.#inside(outer), false);
      if (source.take('!')) return behind(this.#inside(outer), true);
      const name = source.takeName('>');
      if (this.#groupNames.has(name)) throw new RegexSyntaxError(`two groups are named ${name}`);
      this.#groupCount++;
      this.#groupNames.set(name, this.#groupCount);
      return this.#captured(this.#groupCount, outer);
    }
    return this.#flagged(outer);
  }

  /** `(?i-m)` holds for the rest of the group it stands in, `(?i-m:…)` inside. */
  #flagged(outer: Flags): PatternNode | undefined {
    const source = this.#source;
    this.#flags = this.#takeFlags(outer, true);
    if (source.take('-')) this.#flags = this.#takeFlags(this.#flags, false);
    if (source.take(')')) return undefined;
    if (!source.take(':')) throw new RegexSyntaxError('unknown kind of group');
    return this.#inside(outer);
  }

  #takeFlags(flags: Flags, isOn: boolean): Flags {
    let result = flags;
    for (;;) {
      const change = FLAG_CHANGES[String.fromCodePoint(this.#source.peek())];
      if (change === undefined || this.#source.isDone) return result;
      this.#source.next();
      result = { ...result, ...change(isOn) };
    }
  }

  #captured(index: number, outer: Flags): PatternNode {
    return { kind: 'group', index, part: this.#inside(outer) };
  }

  /** Flags set inside a group end with it. */
  #inside(outer: Flags): PatternNode {
    const part = this.#alternatives();
    if (!this.#source.take(')')) throw new RegexSyntaxError('unclosed group');
    this.#flags = outer;
    return part;
  }

  #quantified(atom: PatternNode): PatternNode {
    const source = this.#source;
    source.skipComments(this.#flags.comments);
    const count = this.#count();
    if (count === undefined) return atom;
    const mode = source.take('?') ? 'lazy' : source.take('+') ? 'possessive' : 'greedy';
    return { kind: 'repeat', part: atom, min: count[0], max: count[1], mode };
  }

  #count(): readonly [min: number, max: number | undefined] | undefined {
    const source = this.#source;
    if (source.take('*')) return [0, undefined];
    if (source.take('+')) return [1, undefined];
    if (source.take('?')) return [0, 1];
    if (!source.take('{')) return undefined;
    const min = source.takeNumber();
    if (min === undefined) throw new RegexSyntaxError('a count has to begin with a number');
    const max = source.take(',') ? source.takeNumber() : min;
    if (!source.take('}')) throw new RegexSyntaxError('unclosed count');
    if (max !== undefined && max < min) throw new RegexSyntaxError('a count that ends before it begins');
    return [min, max];
  }

  #literal(codePoint: number): PatternNode {
    const fold = foldOf(this.#flags);
    const folded = fold(codePoint);
    return {
      kind: 'character',
      set: setWhere((other) => other === codePoint || fold(other) === folded),
      single: this.#flags.ignoreCase ? undefined : codePoint,
    };
  }

  #dot(): CharSet {
    if (this.#flags.dotAll) return setWhere(() => true);
    return complement(this.#flags.unixLines ? NEW_LINE : LINE_ENDS);
  }

  #assertion(assertion: (PatternNode & { kind: 'assertion' })['assertion']): PatternNode {
    return {
      kind: 'assertion',
      assertion,
      isUnixLines: this.#flags.unixLines,
      isUnicode: this.#flags.unicodeClasses,
    };
  }
}

const FLAG_CHANGES: Readonly<Record<string, (isOn: boolean) => Partial<Flags>>> = {
  i: (ignoreCase) => ({ ignoreCase }),
  u: (unicodeCase) => ({ unicodeCase }),
  m: (multiline) => ({ multiline }),
  s: (dotAll) => ({ dotAll }),
  x: (comments) => ({ comments }),
  d: (unixLines) => ({ unixLines }),
  U: (unicodeClasses) => ({ unicodeClasses, unicodeCase: unicodeClasses }),
};

function behind(part: PatternNode, isNegative: boolean): PatternNode {
  return { kind: 'behind', isNegative, part, unitsMax: unitsMaxOf(part) };
}

/** How long a match can be; Infinity when there is no bound. */
function unitsMaxOf(node: PatternNode): number {
  switch (node.kind) {
    case 'character':
      return 2;
    case 'sequence':
      return node.parts.reduce((sum, part) => sum + unitsMaxOf(part), 0);
    case 'alternatives':
      return Math.max(...node.parts.map(unitsMaxOf));
    case 'repeat':
      return node.max === 0 ? 0 : unitsMaxOf(node.part) * (node.max ?? Number.POSITIVE_INFINITY) || 0;
    case 'group':
    case 'atomic':
      return unitsMaxOf(node.part);
    case 'back-reference':
      return Number.POSITIVE_INFINITY;
    default:
      return 0;
  }
}
