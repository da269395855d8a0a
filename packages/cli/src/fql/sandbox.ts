/**
 * Where typed expressions run: a JavaScript world of its own that has the query functions and the language, but no files, no
 * network, no modules, no timers. It keeps mistakes in, not attackers: whoever types is the owner of the process.
 */
import { createContext, runInContext } from 'node:vm';
import type { FqlPosition } from './fql-client.ts';
import { QUERY_FUNCTIONS } from './query-functions.ts';
import { type CallNode, MARK, readSource, type Statement, type TextRange } from './source-text.ts';

/** What an expression came to: JSON to send, and where its parts stand in the text. */
export interface PreparedQuery {
  readonly body: string;
  /** The part of which text a position is about; undefined when nothing is known. */
  locate(position: FqlPosition): { readonly text: string; readonly range: TextRange } | undefined;
}

export type SandboxStatements =
  | { readonly kind: 'statements'; readonly statements: readonly Statement[] }
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'invalid'; readonly reason: string; readonly at: number };

/** The text threw, or its value is nothing that can be sent. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
}

/** Making an expression takes microseconds; what takes longer does not end. */
const RUN_MS_MAX = 10_000;

export class Sandbox {
  readonly #context = createContext(Object.create(null), { codeGeneration: { strings: false, wasm: false } });
  readonly #calls: { readonly text: string; readonly call: CallNode }[] = [];
  readonly #made = new WeakMap<object, number>();

  constructor() {
    const world: Record<string, unknown> = this.#context;
    for (const [name, make] of QUERY_FUNCTIONS) world[name] = make;
    Object.defineProperty(world, MARK, { value: (call: number, value: unknown) => this.#mark(call, value) });
  }

  /** Never throws. */
  read(text: string): SandboxStatements {
    const source = readSource(text, { firstCall: this.#calls.length });
    if (source.kind === 'statements') for (const call of source.calls) this.#calls.push({ text, call });
    return source;
  }

  /** Undefined when there is nothing to send: a declaration, or an expression without a value. Throws `ExpressionError`. */
  run(statement: Statement, text: string): PreparedQuery | undefined {
    let value: unknown;
    let body: string | undefined;
    try {
      value = runInContext(statement.code, this.#context, { timeout: RUN_MS_MAX });
      if (!statement.isExpression || value === undefined) return undefined;
      body = JSON.stringify(sendable(value), exactNumbers);
    } catch (error) {
      throw new ExpressionError(thrownText(error), { cause: error });
    }
    if (body === undefined) throw new ExpressionError('this is no value that can be sent');
    const { start, end } = statement;
    return { body, locate: (position) => this.#locate(value, position) ?? { text, range: { start, end } } };
  }

  /** Names that may be typed. */
  get names(): readonly string[] {
    return [...QUERY_FUNCTIONS.keys()];
  }

  #mark(call: number, value: unknown): unknown {
    if (isExpression(value) && !this.#made.has(value)) this.#made.set(value, call);
    return value;
  }

  #locate(root: unknown, position: FqlPosition): { text: string; range: TextRange } | undefined {
    let found: number | undefined;
    let isOf = false;
    let part = root;
    for (const step of [undefined, ...position]) {
      if (step !== undefined) part = childOf(part, step);
      const made = isExpression(part) ? this.#made.get(part) : undefined;
      isOf = made !== undefined;
      found = made ?? found;
    }
    const entry = found === undefined ? undefined : this.#calls[found];
    if (entry === undefined) return undefined;
    const { text, call } = entry;
    // A literal has no identity; it is shown when the call has only one that is equal.
    const literals = isOf ? [] : call.literals.filter(({ value }) => value === part);
    const [only] = literals;
    return { text, range: literals.length === 1 && only !== undefined ? only : call };
  }
}

function childOf(part: unknown, step: string | number): unknown {
  const json = isExpression(part) ? part.toJSON() : part;
  if (typeof json !== 'object' || json === null) return undefined;
  return Object.getOwnPropertyDescriptor(json, step)?.value;
}

/** An expression of the driver, whichever of its classes made it. */
function isExpression(value: unknown): value is { toJSON(): unknown } {
  return typeof value === 'object' && value !== null && '_isFaunaExpr' in value;
}

/** A value that is no expression becomes one, as the driver's client does it: objects are told from calls. */
function sendable(value: unknown): unknown {
  const wrap = QUERY_FUNCTIONS.get('Do');
  if (isExpression(value) || value === null || typeof value !== 'object') {
    if (typeof value === 'function') throw new TypeError(`a function is no value; call it: ${value.name}(…)`);
    return value;
  }
  const made: unknown = wrap?.(value);
  return childOf(childOf(made, 'do'), 0);
}

function exactNumbers(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? rawJson(String(value)) : value;
}

/** `JSON.rawJSON`, which the compiler's library does not have yet. */
function rawJson(text: string): unknown {
  const make: unknown = Reflect.get(JSON, 'rawJSON');
  return typeof make === 'function' ? make(text) : text;
}

/** Errors of the sandbox are of another world, so `instanceof` does not know them. */
function thrownText(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('message' in error)) return `thrown: ${String(error)}`;
  const name = 'name' in error ? String(error.name) : 'Error';
  // The driver goes on with where to read more.
  const [message = ''] = String(error.message).split('\n');
  const missing = /^(\w+) is not defined$/.exec(message)?.[1];
  const similar = [...QUERY_FUNCTIONS.keys()].find((each) => each.toLowerCase() === missing?.toLowerCase());
  return `${name}: ${message}${similar === undefined ? '' : `. Did you mean ${similar}?`}`;
}
