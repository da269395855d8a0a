/**
 * The `filters` expression: text → tokens → `FilterNode`.
 *
 *   expression := group ("AND" group)*          OR binds tighter than AND, as in Algolia:
 *   group      := unit ("OR" unit)*             a AND b OR c  =  a AND (b OR c)
 *   unit       := "NOT" unit | "(" expression ")" | condition
 *   condition  := string ":" value [score] | string ":" number "TO" number | string operator number | string [score]
 *   score      := "<" "score" "=" 0…65535 ">"
 *
 * Beyond Algolia: any nesting, NOT before parentheses, several kinds of condition in one OR.
 * The parser keeps its own stack, so that nesting costs memory and not call frames; columns are 0-based as Algolia's.
 */
import type { CompareOperator, FilterNode } from '@skein/engine';
import { ApiError } from './api-error.ts';
import { depthOf, negate, normaliseGroup } from './filter-nodes.ts';
import { filterDepthMax, filterTermCountMax } from './limits.ts';

type TokenKind =
  | 'word'
  | 'quoted'
  | 'and'
  | 'or'
  | 'not'
  | 'to'
  | 'open'
  | 'close'
  | 'colon'
  | 'less'
  | 'greater'
  | 'operator'
  | 'empty'
  | 'incomplete'
  | 'error'
  | 'end';

interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly at: number;
}

/** Frame of one open parenthesis: members of the AND so far, and of the OR being read. */
interface Frame {
  readonly ands: FilterNode[];
  ors: FilterNode[];
  /** Whether an odd number of NOTs stands before the unit that comes next. */
  negated: boolean;
  /** Most levels of groups inside, as written: each may copy its members once, so that their number is work. */
  level: number;
}

/** The tree of an expression in normal form, or undefined where it is empty. Throws `ApiError`. */
export function parseFilters(text: string): FilterNode | undefined {
  const parser = new FilterParser(text);
  return parser.parse();
}

class FilterParser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #termCount = 0;

  constructor(text: string) {
    this.#tokens = tokenise(text);
  }

  parse(): FilterNode | undefined {
    if (this.#peek().kind === 'end') return undefined;
    const outer: Frame[] = [];
    let frame: Frame = { ands: [], ors: [], negated: false, level: 0 };
    for (;;) {
      // A unit is expected here.
      const token = this.#peek();
      if (token.kind === 'not') {
        frame.negated = !frame.negated;
        this.#next++;
        continue;
      }
      if (token.kind === 'open') {
        outer.push(frame);
        frame = { ands: [], ors: [], negated: false, level: 0 };
        this.#next++;
        continue;
      }
      addUnit(frame, this.#condition());
      // After a unit: closing parentheses, then AND, OR or the end.
      while (this.#peek().kind === 'close' && outer.length > 0) {
        const inner = closeFrame(frame);
        const level = frame.level + (inner.combines ? 1 : 0);
        frame = outer.pop()!;
        frame.level = Math.max(frame.level, level);
        if (frame.level > filterDepthMax) throw tooDeep();
        addUnit(frame, inner.node);
        this.#next++;
      }
      const after = this.#peek();
      if (after.kind === 'end' && outer.length === 0) break;
      if (after.kind === 'and') {
        frame.ands.push(normaliseGroup('or', frame.ors));
        frame.ors = [];
      } else if (after.kind !== 'or') {
        throw unexpected(after, outer.length > 0 ? "')'" : 'end of filter');
      }
      this.#next++;
    }
    const { node } = closeFrame(frame);
    if (depthOf(node) > filterDepthMax) throw tooDeep();
    return node;
  }

  #peek(): Token {
    return this.#tokens[this.#next]!;
  }

  #condition(): FilterNode {
    if (++this.#termCount > filterTermCountMax) {
      throw new ApiError('filter-too-many', { name: 'filters', max: filterTermCountMax });
    }
    const name = this.#take(['word', 'quoted'], 'filter');
    const token = this.#peek();
    if (token.kind === 'colon') {
      this.#next++;
      const value = this.#take(['word', 'quoted'], 'string');
      if (this.#peek().kind === 'to' && isNumber(value)) {
        this.#next++;
        return { kind: 'range', path: name.text, from: Number(value.text), to: this.#number(), score: 0 };
      }
      return facetNode(name.text, value, this.#score());
    }
    if (token.kind === 'operator') {
      this.#next++;
      return comparison(name.text, token.text as CompareOperator, this.#number());
    }
    if (token.kind === 'less' || token.kind === 'greater') {
      if (token.kind === 'less' && this.#scoreFollows()) return facetNode('_tags', name, this.#score());
      this.#next++;
      return comparison(name.text, token.kind === 'less' ? '<' : '>', this.#number());
    }
    return facetNode('_tags', name, 0);
  }

  #scoreFollows(): boolean {
    const word = this.#tokens[this.#next + 1];
    const equals = this.#tokens[this.#next + 2];
    return (
      word?.kind === 'word' && word.text === 'score' && equals?.kind === 'operator' && equals.text === '='
    );
  }

  #score(): number {
    if (this.#peek().kind !== 'less' || !this.#scoreFollows()) return 0;
    this.#next += 3;
    const token = this.#peek();
    const score = this.#number();
    if (!Number.isInteger(score) || score < 0 || score > 65_535) {
      throw unexpected(token, 'integer between 0 and 65535');
    }
    this.#take(['greater'], '>');
    return score;
  }

  #number(): number {
    const token = this.#peek();
    if (!isNumber(token)) throw unexpected(token, 'numeric');
    this.#next++;
    return Number(token.text);
  }

  #take(kinds: readonly TokenKind[], expected: string): Token {
    const token = this.#peek();
    if (!kinds.includes(token.kind)) throw unexpected(token, expected);
    this.#next++;
    return token;
  }
}

function addUnit(frame: Frame, unit: FilterNode): void {
  frame.ors.push(frame.negated ? negate(unit) : unit);
  frame.negated = false;
}

function closeFrame(frame: Frame): { readonly node: FilterNode; readonly combines: boolean } {
  const combines = frame.ands.length > 0 || frame.ors.length > 1;
  frame.ands.push(normaliseGroup('or', frame.ors));
  return { node: normaliseGroup('and', frame.ands), combines };
}

function tooDeep(): ApiError {
  return new ApiError('filter-too-deep', { name: 'filters', max: filterDepthMax });
}

function comparison(path: string, operator: CompareOperator, value: number): FilterNode {
  return { kind: 'compare', path, operator, value, score: 0 };
}

/** An unquoted value with a leading dash is negated (`brand:-Apple`), unless it is a number; `\-` is a plain dash. */
function facetNode(path: string, value: Token, score: number): FilterNode {
  if (value.kind === 'word' && value.text.length > 1) {
    if (value.text.startsWith('\\-')) return { kind: 'facet', path, value: value.text.slice(1), score };
    if (value.text.startsWith('-') && !isNumber(value)) {
      return negate({ kind: 'facet', path, value: value.text.slice(1), score });
    }
  }
  return { kind: 'facet', path, value: value.text, score };
}

const NUMBER = /^-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;

function isNumber(token: Token): boolean {
  return token.kind === 'word' && NUMBER.test(token.text) && Number.isFinite(Number(token.text));
}

const SEPARATORS = ' \t\n\r\f\v()<>=!:\'"';
const WHITESPACE = ' \t\n\r\f\v';
const KEYWORDS: Readonly<Record<string, TokenKind>> = { AND: 'and', OR: 'or', NOT: 'not', TO: 'to' };
const SINGLE: Readonly<Record<string, TokenKind>> = {
  '(': 'open',
  ')': 'close',
  ':': 'colon',
  '=': 'operator',
  '<': 'less',
  '>': 'greater',
  '!': 'error',
};

function tokenise(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const character = text[at]!;
    if (WHITESPACE.includes(character)) {
      at++;
    } else if (character === '"' || character === "'") {
      const token = readQuoted(text, at);
      tokens.push(token.token);
      at = token.end;
    } else if ('<>!'.includes(character) && text[at + 1] === '=') {
      tokens.push({ kind: 'operator', text: `${character}=`, at });
      at += 2;
    } else if (Object.hasOwn(SINGLE, character)) {
      tokens.push({ kind: SINGLE[character]!, text: character, at });
      at++;
    } else {
      let end = at + 1;
      while (end < text.length && !SEPARATORS.includes(text[end]!)) end++;
      const word = text.slice(at, end);
      tokens.push({ kind: Object.hasOwn(KEYWORDS, word) ? KEYWORDS[word]! : 'word', text: word, at });
      at = end;
    }
  }
  tokens.push({ kind: 'end', text: '', at: text.length });
  return tokens;
}

/** Inside quotes a backslash escapes either quote and itself; before anything else it stands for itself. */
function readQuoted(text: string, at: number): { readonly token: Token; readonly end: number } {
  const quote = text[at]!;
  let value = '';
  let from = at + 1;
  for (let end = at + 1; end < text.length; end++) {
    const character = text[end]!;
    if (character === quote) {
      value += text.slice(from, end);
      // Algolia reports an empty string at its closing quote.
      if (value === '') return { token: { kind: 'empty', text: '', at: end }, end: end + 1 };
      return { token: { kind: 'quoted', text: value, at }, end: end + 1 };
    }
    if (character === '\\' && end + 1 < text.length && '\\\'"'.includes(text[end + 1]!)) {
      value += text.slice(from, end) + text[end + 1]!;
      from = end + 2;
      end++;
    }
  }
  return { token: { kind: 'incomplete', text: text.slice(at), at }, end: text.length };
}

function unexpected(token: Token, expected: string): ApiError {
  return new ApiError('filter-syntax', {
    name: 'filters',
    token: describe(token),
    expected,
    column: token.at,
  });
}

function describe(token: Token): string {
  switch (token.kind) {
    case 'word':
      return `${isNumber(token) ? 'numeric' : 'string'}(${token.text})`;
    case 'quoted':
      return `string(${token.text})`;
    case 'empty':
      return 'empty string';
    case 'incomplete':
      return 'incomplete string';
    case 'end':
      return 'end of filter';
    case 'less':
    case 'greater':
    case 'error':
      return token.text;
    case 'operator':
      return 'numeric operator';
    default:
      return `'${token.text}'`;
  }
}
