/**
 * From the bytes of a request to an expression that is known to be well formed: every form exists, every variable has a value, every lambda a
 * pattern. All that is wrong is collected, and thrown as one fault, before anything is evaluated.
 */
import type { FqlError } from '../evaluate/fql-error.ts';
import { FqlFault } from '../evaluate/fql-error.ts';
import type { Form } from '../forms/form.ts';
import { findForm } from '../forms/table.ts';
import { JsonError, type JsonNode, parseJson } from '../json/parse-json.ts';
import { Lambda } from '../values/lambda.ts';
import { typeName } from '../values/type-name.ts';
import { escapeOf, parseData } from './escapes.ts';
import type { Expression, Position } from './expression.ts';
import { arrayOf, broken, literal, objectOf } from './expression-builder.ts';
import { isFields, isList, type JsonFields } from './json-shape.ts';
import { type Findings, Scope } from './scope.ts';

export { renderExpression } from './render-expression.ts';

/** What a bare `@query` was made with when it does not say. */
export const LAMBDA_API_VERSION_DEFAULT = '2.12';
export const API_VERSION = '4';

/** Throws `FqlFault` (`invalid expression`, and the errors of literal refs and sets). */
export function parseRequest(body: Uint8Array): Expression {
  return parseNode(parseText(body));
}

export function parseNode(node: JsonNode): Expression {
  const findings: Findings = { errors: [], unbound: [] };
  const expression = new Parser(findings, API_VERSION).expression(node, [], Scope.empty);
  const errors = findings.errors.length > 0 ? findings.errors : findings.unbound;
  if (errors.length > 0) throw new FqlFault(errors);
  return expression;
}

/** A stored lambda, `{api_version?, lambda, expr}`; positions in it count from its root. Throws `FqlFault` when it is none. */
export function parseLambda(node: JsonNode): Lambda {
  const findings: Findings = { errors: [], unbound: [] };
  const expression = new Parser(findings, API_VERSION).closedLambda(node, []);
  if (findings.errors.length > 0 || expression.kind !== 'lambda') throw new FqlFault(findings.errors);
  const { pattern, body, apiVersion } = expression;
  return new Lambda({ pattern, body, apiVersion });
}

function parseText(body: Uint8Array): JsonNode {
  if (body.length === 0) throw invalid([], 'No query provided.');
  try {
    return parseJson(body);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw invalid(
      [],
      error.kind === 'nesting'
        ? 'Request body JSON exceeds nesting limit.'
        : 'Request body is not valid JSON.',
    );
  }
}

function invalid(position: Position, description: string): FqlFault {
  return new FqlFault([{ position, code: 'invalid expression', description }]);
}

/** What the syntax of an argument is. */
function syntaxOf(form: Form, at: number): 'lambda' | 'any' | 'expression' {
  if (form.name === 'Join' && at === 1) return 'any';
  return form.parameters[at]?.cast.expected === 'Lambda' ? 'lambda' : 'expression';
}

export class Parser {
  readonly #findings: Findings;
  readonly #apiVersion: string;

  constructor(findings: Findings, apiVersion: string) {
    this.#findings = findings;
    this.#apiVersion = apiVersion;
  }

  get errors(): FqlError[] {
    return this.#findings.errors;
  }

  expression(node: JsonNode, position: Position, scope: Scope): Expression {
    if (isList(node)) return arrayOf(position, this.#items(node, position, scope));
    if (!isFields(node)) return literal(position, node);
    return this.#special(node, position, scope) ?? this.#form(node, position, scope);
  }

  #items(nodes: readonly JsonNode[], position: Position, scope: Scope): Expression[] {
    return nodes.map((node, at) => this.expression(node, [...position, at], scope));
  }

  /** Syntax that is no function, and escapes. */
  #special(node: JsonFields, position: Position, scope: Scope): Expression | undefined {
    if (node.size > 2) return undefined;
    const [key] = node.keys();
    if (key === undefined) return undefined;
    if (node.size === 1) {
      const inner = node.get(key) as JsonNode;
      if (key === 'object') return this.#object(inner, position, scope);
      if (key === 'var') return this.#variable(inner, position, scope);
      if (key === 'quote') return literal(position, parseData(inner, [...position, key], this));
      if (key === '@obj') {
        if (isFields(inner)) return this.expression(inner, [...position, key], scope);
        return this.#fail(position, 'Invalid object.');
      }
      return key.startsWith('@') ? escapeOf(key, inner, position, this) : undefined;
    }
    if (node.has('let') && node.has('in')) return this.#let(node, position, scope);
    return undefined;
  }

  #object(inner: JsonNode, position: Position, scope: Scope): Expression {
    const at = [...position, 'object'];
    const fields = this.#fieldsOf(inner, position, at, 'Object');
    if (fields === undefined) return broken(position);
    return objectOf(
      position,
      Array.from(fields, ([name, field]) => [name, this.expression(field, [...at, name], scope)] as const),
    );
  }

  /** The entries of an object that is data, or stands inside `@obj`. */
  #fieldsOf(inner: JsonNode, position: Position, at: Position, expected: string): JsonFields | undefined {
    if (!isFields(inner)) {
      this.#fail(at, `${expected} expected, ${typeName(inner)} provided.`);
      return undefined;
    }
    const [key] = inner.keys();
    if (inner.size !== 1 || key === undefined || !key.startsWith('@')) return inner;
    const escaped = inner.get(key) as JsonNode;
    if (key === '@obj') {
      if (isFields(escaped)) return escaped;
      this.#fail(at, 'Invalid object.');
      return undefined;
    }
    const errorCount = this.errors.length;
    const other = escapeOf(key, escaped, at, this);
    if (other === undefined) return inner;
    if (this.errors.length === errorCount) {
      const provided = other.kind === 'literal' ? typeName(other.value) : 'Lambda';
      this.#fail(position, `Object expected, ${provided} provided.`);
    }
    return undefined;
  }

  #variable(name: JsonNode, position: Position, scope: Scope): Expression {
    if (typeof name !== 'string') {
      return this.#fail([...position, 'var'], `String expected, ${typeName(name)} provided.`);
    }
    scope.find(name, position, this.#findings);
    return { kind: 'variable', position, name };
  }

  #let(node: JsonFields, position: Position, scope: Scope): Expression {
    const at = [...position, 'let'];
    const given = node.get('let') as JsonNode;
    const bindings: (readonly [string, Expression])[] = [];
    let inner = scope;
    const bind = (name: string, bound: JsonNode, where: Position): void => {
      bindings.push([name, this.expression(bound, where, inner)]);
      inner = inner.with(name);
    };
    if (isList(given)) {
      for (const [ordinal, element] of given.entries()) {
        const [entry, ...more] = isFields(element) ? element : [];
        if (entry === undefined || more.length > 0) {
          this.#fail([...at, ordinal], `Object expected, ${typeName(element)} provided.`);
        } else {
          bind(entry[0], entry[1], [...at, ordinal, entry[0]]);
        }
      }
    } else {
      const fields = this.#fieldsOf(given, position, at, 'Array');
      for (const [name, bound] of fields ?? []) bind(name, bound, [...at, name]);
    }
    const into = [...position, 'in'];
    const body = this.expression(node.get('in') as JsonNode, into, inner);
    return { kind: 'let', position, bindings, body, in: into };
  }

  /** `{lambda, expr}`, where a function stands. */
  lambda(node: JsonNode, position: Position, scope: Scope, apiVersion = this.#apiVersion): Expression {
    if (!isFields(node)) {
      return this.#fail(position, `Lambda expected, ${typeName(node)} provided.`);
    }
    if (!isLambda(node)) return this.#noForm(node, position);
    const pattern = this.#pattern(node.get('lambda') as JsonNode, [...position, 'lambda']);
    const free = new Set<string>();
    const names = (typeof pattern === 'string' ? [pattern] : pattern).filter((name) => name !== '_');
    const body = this.expression(
      node.get('expr') as JsonNode,
      [...position, 'expr'],
      scope.lambda(names, free),
    );
    return { kind: 'lambda', position, pattern, body, free: [...free], apiVersion };
  }

  #pattern(node: JsonNode, position: Position): string | readonly string[] {
    if (typeof node === 'string') return node;
    if (!isList(node)) {
      this.#fail(position, `String or Array expected, ${typeName(node)} provided.`);
      return [];
    }
    return node.map((name, at) => {
      if (typeof name === 'string') return name;
      this.#fail([...position, at], `String expected, ${typeName(name)} provided.`);
      return '_';
    });
  }

  #form(node: JsonFields, position: Position, scope: Scope): Expression {
    const form = findForm(node);
    if (form === undefined) return this.#noForm(node, position);
    const given = form.parameters.map(({ key }, at) => {
      const argument = node.get(key);
      if (argument === undefined) return undefined;
      const where = [...position, key];
      const syntax = syntaxOf(form, at);
      const isFunction =
        syntax === 'lambda' || (syntax === 'any' && isFields(argument) && isLambda(argument));
      return isFunction ? this.lambda(argument, where, scope) : this.expression(argument, where, scope);
    });
    const [first] = form.parameters;
    const list = first === undefined ? undefined : node.get(first.key);
    if (form.name === 'Do' && !isList(list)) {
      return this.#fail([...position, 'do'], `Array expected, ${typeName(list ?? null)} provided.`);
    }
    if (EXPRESSION_LISTS.has(form.name) && isList(list) && list.length === 0) {
      return this.#fail([...position, first?.key ?? ''], 'Expression list cannot be empty.');
    }
    return { kind: 'form', position, form, arguments: given };
  }

  #noForm(node: JsonFields, position: Position): Expression {
    const keys = [...node.keys()].join(', ');
    return this.#fail(position, `No form/function found, or invalid argument keys: { ${keys} }.`);
  }

  #fail(position: Position, description: string): Expression {
    this.errors.push({ position, code: 'invalid expression', description });
    return broken(position);
  }

  /** A lambda that closes over nothing: an `@query` literal. */
  closedLambda(node: JsonNode, position: Position): Expression {
    const version = isFields(node) ? node.get('api_version') : undefined;
    const parts = isFields(node) ? new Map(node) : undefined;
    parts?.delete('api_version');
    const known = version === undefined || (typeof version === 'string' && /^\d+(\.\d+)?$/.test(version));
    if (parts === undefined || !known || !isLambda(parts)) return this.#fail(position, 'Invalid lambda.');
    const findings: Findings = { errors: this.errors, unbound: [] };
    const apiVersion = typeof version === 'string' ? version : LAMBDA_API_VERSION_DEFAULT;
    const lambda = new Parser(findings, apiVersion).lambda(parts, position, Scope.empty, apiVersion);
    if (findings.unbound.length > 0) return this.#fail(position, 'Invalid lambda.');
    return lambda;
  }
}

const EXPRESSION_LISTS: ReadonlySet<string> = new Set(['Do', 'And', 'Or']);

function isLambda(node: JsonFields): boolean {
  return node.size === 2 && node.has('lambda') && node.has('expr');
}
