/** What follows a backslash. */
import { complement, escapeSet, setWhere, VERTICAL_SPACE } from './char-sets.ts';
import {
  type AssertionKind,
  type CharSet,
  type Flags,
  type PatternNode,
  RegexSyntaxError,
} from './pattern.ts';
import type { PatternSource } from './pattern-source.ts';
import { propertySet } from './properties.ts';

export type Escaped =
  | { readonly kind: 'character'; readonly codePoint: number }
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'assertion'; readonly assertion: AssertionKind }
  | { readonly kind: 'node'; readonly node: PatternNode }
  | { readonly kind: 'group'; readonly group: number }
  | { readonly kind: 'group-name'; readonly name: string };

const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, f: 12, r: 13, a: 7, e: 27 };
const ASSERTIONS: Readonly<Record<string, AssertionKind>> = {
  A: 'text-start',
  z: 'text-end',
  Z: 'last-line-end',
  b: 'word-boundary',
  B: 'no-word-boundary',
  G: 'match-start',
};

/** `groupCount`: groups that have begun so far. */
export function parseEscape(source: PatternSource, flags: Flags, groupCount: number): Escaped {
  const codePoint = source.next();
  const letter = String.fromCodePoint(codePoint);
  const assertion = ASSERTIONS[letter];
  if (assertion !== undefined) return { kind: 'assertion', assertion };
  if (letter === 'R') return { kind: 'node', node: LINE_BREAK };
  if (letter === 'k') {
    if (!source.take('<')) throw new RegexSyntaxError('a name of a group stands in <>');
    return { kind: 'group-name', name: source.takeName('>') };
  }
  if (/[1-9]/.test(letter))
    return { kind: 'group', group: groupNumber(source, codePoint - 0x30, groupCount) };
  source.back();
  return parseClassEscape(source, flags);
}

/** Inside a class there are only characters and sets of them. */
export function parseClassEscape(
  source: PatternSource,
  flags: Flags,
): Escaped & { readonly kind: 'character' | 'set' } {
  const codePoint = source.next();
  const letter = String.fromCodePoint(codePoint);
  if (letter === 'p' || letter === 'P') return { kind: 'set', set: property(source, flags, letter === 'P') };
  const set = escapeSet(letter, flags);
  if (set !== undefined) return { kind: 'set', set };
  const control = CONTROLS[letter];
  if (control !== undefined) return { kind: 'character', codePoint: control };
  if (letter === '0') return { kind: 'character', codePoint: octal(source) };
  if (letter === 'c') return { kind: 'character', codePoint: source.next() ^ 64 };
  if (letter === 'x') {
    return {
      kind: 'character',
      codePoint: source.take('{') ? source.takeCodePoint() : source.takeHexadecimal(2),
    };
  }
  if (letter === 'u') return { kind: 'character', codePoint: utf16(source) };
  if (/[a-zA-Z1-9]/.test(letter)) throw new RegexSyntaxError(`\\${letter} means nothing`);
  return { kind: 'character', codePoint };
}

/** As many digits as still make a group that has begun; the first one always counts. */
function groupNumber(source: PatternSource, first: number, groupCount: number): number {
  let group = first;
  for (;;) {
    const digit = source.peek() - 0x30;
    if (source.isDone || digit < 0 || digit > 9 || group * 10 + digit > groupCount) return group;
    group = group * 10 + digit;
    source.next();
  }
}

function property(source: PatternSource, flags: Flags, isNegative: boolean): CharSet {
  let name = '';
  if (source.take('{')) {
    while (!source.isAt('}')) name += String.fromCodePoint(source.next());
    source.take('}');
  } else {
    name = String.fromCodePoint(source.next());
  }
  const set = propertySet(name, flags);
  if (set === undefined) throw new RegexSyntaxError(`no property is named ${name}`);
  return isNegative ? complement(set) : set;
}

/** One to three digits, up to 0377. */
function octal(source: PatternSource): number {
  let value = source.next() - 0x30;
  if (value < 0 || value > 7) throw new RegexSyntaxError('no octal digit');
  const digitsMax = value <= 3 ? 3 : 2;
  for (let taken = 1; taken < digitsMax; taken++) {
    const digit = source.peek() - 0x30;
    if (source.isDone || digit < 0 || digit > 7) break;
    value = value * 8 + digit;
    source.next();
  }
  return value;
}

/** Two surrogates in a row are one character. */
function utf16(source: PatternSource): number {
  const high = source.takeHexadecimal(4);
  if (high < 0xd800 || high > 0xdbff || !source.isAt('\\') || !source.isAt('u', 1)) return high;
  source.take('\\');
  source.take('u');
  const low = source.takeHexadecimal(4);
  if (low < 0xdc00 || low > 0xdfff) throw new RegexSyntaxError('half a character');
  return (high - 0xd800) * 0x400 + (low - 0xdc00) + 0x1_0000;
}

function one(codePoint: number): PatternNode {
  return { kind: 'character', set: setWhere((other) => other === codePoint), single: codePoint };
}

const LINE_BREAK: PatternNode = {
  kind: 'alternatives',
  parts: [
    { kind: 'sequence', parts: [one(0x0d), one(0x0a)] },
    { kind: 'character', set: VERTICAL_SPACE },
  ],
};
