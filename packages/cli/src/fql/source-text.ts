/**
 * Reads what was typed, as JavaScript: its statements, and whether it goes on in the next line.
 *
 * Every call is surrounded by a call of `MARK`, through which the sandbox learns which expression came from which place. So an
 * error of the server, which names a place in the JSON, is shown in the text.
 */
import { type Node, type Program, parse } from 'acorn';

/** Name of the function that calls are surrounded by; nobody types it. */
export const MARK = '__skeinCall';

/** A part of a text, in UTF-16 units. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

export interface CallNode extends TextRange {
  /** Literals that are arguments, also inside arrays and objects, but not in calls. */
  readonly literals: readonly (TextRange & { readonly value: unknown })[];
}

export interface Statement extends TextRange {
  /** To run, with calls marked. */
  readonly code: string;
  /** It has a value. */
  readonly isExpression: boolean;
}

export type SourceText =
  | {
      readonly kind: 'statements';
      readonly statements: readonly Statement[];
      readonly calls: readonly CallNode[];
    }
  /** More lines are needed. */
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'invalid'; readonly reason: string; readonly at: number };

export interface ReadOptions {
  /** Number of the first call: marks of all texts of a sandbox differ. */
  readonly firstCall: number;
}

const PARSE_OPTIONS = { ecmaVersion: 'latest', sourceType: 'script' } as const;

/** Never throws. A text that begins with a brace is an object where it can be one, and not a block. */
export function readSource(text: string, options: ReadOptions): SourceText {
  if (/^\s*\{/.test(text)) {
    const object = readAs(`(${text}\n)`, text, 1, options);
    if (object.kind === 'statements') return object;
    const block = readAs(text, text, 0, options);
    if (block.kind === 'statements') return block;
    // `{a: 1, b:` is no beginning of a block, but of an object.
    const open = readAs(`(${text}`, text, 1, options);
    return open.kind === 'incomplete' ? open : block;
  }
  return readAs(text, text, 0, options);
}

/** `shift`: how many characters `source` has before those of `text`. */
function readAs(source: string, text: string, shift: number, { firstCall }: ReadOptions): SourceText {
  let program: Program;
  try {
    program = parse(source, PARSE_OPTIONS);
  } catch (error) {
    if (!(error instanceof SyntaxError)) {
      // The parser calls itself once a level.
      return { kind: 'invalid', reason: 'nested too deeply', at: 0 };
    }
    const pos = 'pos' in error && typeof error.pos === 'number' ? error.pos : 0;
    if (pos >= source.length || /^Unterminated (template|comment)/.test(error.message))
      return { kind: 'incomplete' };
    const at = Math.min(text.length, Math.max(0, pos - shift));
    return { kind: 'invalid', reason: error.message.replace(/ \(\d+:\d+\)$/, ''), at };
  }
  const calls: CallNode[] = [];
  const inserts: { readonly at: number; readonly text: string }[] = [];
  const visit = (node: Node): void => {
    if (node.type === 'CallExpression') {
      inserts.push({ at: node.start, text: `${MARK}(${firstCall + calls.length},` });
      calls.push({ start: node.start - shift, end: node.end - shift, literals: literalsOf(node, shift) });
    }
    for (const child of childrenOf(node)) visit(child);
    if (node.type === 'CallExpression') inserts.push({ at: node.end, text: ')' });
  };
  try {
    visit(program);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { kind: 'invalid', reason: 'nested too deeply', at: 0 };
  }
  // Stable: marks at one place stay in the order in which they were met.
  inserts.sort((a, b) => a.at - b.at);
  let next = 0;
  const statements: Statement[] = [];
  for (const node of program.body) {
    let code = '';
    let at = node.start;
    for (; next < inserts.length; next++) {
      const insert = inserts[next];
      if (insert === undefined || insert.at > node.end) break;
      code += source.slice(at, insert.at) + insert.text;
      at = insert.at;
    }
    if (node.type === 'EmptyStatement') continue;
    statements.push({
      start: Math.max(0, node.start - shift),
      end: Math.min(text.length, node.end - shift),
      code: code + source.slice(at, node.end),
      isExpression: node.type === 'ExpressionStatement',
    });
  }
  return { kind: 'statements', statements, calls };
}

function literalsOf(call: Node, shift: number): CallNode['literals'] {
  const found: (TextRange & { readonly value: unknown })[] = [];
  const visit = (node: Node): void => {
    if (node.type === 'CallExpression' || node.type.endsWith('FunctionExpression')) return;
    if (node.type === 'Literal') {
      found.push({ start: node.start - shift, end: node.end - shift, value: fieldOf(node, 'value') });
    }
    for (const child of childrenOf(node)) visit(child);
  };
  const parameters = fieldOf(call, 'arguments');
  if (Array.isArray(parameters)) for (const each of parameters) if (isNode(each)) visit(each);
  return found;
}

function childrenOf(node: Node): Node[] {
  const children = Object.values(node).flatMap((value: unknown) => (Array.isArray(value) ? value : [value]));
  return children.filter(isNode).sort((a, b) => a.start - b.start);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value && 'end' in value;
}

function fieldOf(node: Node, name: string): unknown {
  return Object.getOwnPropertyDescriptor(node, name)?.value;
}
