/**
 * From the bytes of a request to an expression that is known to be well formed: every form exists, every variable has a value, every lambda a
 * pattern. All that is wrong is collected, and thrown as one fault, before anything is evaluated.
 */
import { FqlFault } from '../evaluate/fql-error.ts';
import type { Form } from '../forms/form.ts';
import { findForm } from '../forms/table.ts';
import { JsonError, type JsonNode, parseJson } from '../json/parse-json.ts';
import type { Lambda } from '../values/lambda.ts';
import { typeName } from '../values/type-name.ts';
import type { Value } from '../values/value.ts';
import { lambdaParts, parseClosedLambda } from './closed-lambda.ts';
import { escapeOf, parseData } from './escapes.ts';
import type { Expression } from './expression.ts';
import { Findings } from './findings.ts';
import { isFields, isList, type JsonFields } from './json-shape.ts';
import { ArrayNode, FormNode, LambdaNode, LetNode, LiteralNode, ObjectNode, VariableNode } from './nodes.ts';
import { Place } from './place.ts';
import { Scope } from './scope.ts';

export { renderExpression } from './render-expression.ts';

export const API_VERSION = '4';

/** Throws `FqlFault` (`invalid expression`, and the errors of literal refs and sets). */
export function parseRequest(body: Uint8Array): Expression {
  return parseNode(parseText(body));
}

export function parseNode(node: JsonNode): Expression {
  const findings = new Findings();
  const expression = new Parser(findings, API_VERSION).expression(node, Place.root);
  findings.throwIfAny();
  return expression;
}

/** A stored lambda, `{api_version?, lambda, expr}`; positions in it count from its root. Throws `FqlFault` when it is none. */
export function parseLambda(node: JsonNode): Lambda {
  const findings = new Findings();
  const lambda = parseClosedLambda(node, Place.root, new Parser(findings, API_VERSION));
  findings.throwIfAny();
  if (lambda === undefined) throw invalidRequest('Invalid lambda.');
  return lambda;
}

function parseText(body: Uint8Array): JsonNode {
  if (body.length === 0) throw invalidRequest('No query provided.');
  try {
    return parseJson(body);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw invalidRequest(
      error.kind === 'nesting'
        ? 'Request body JSON exceeds nesting limit.'
        : 'Request body is not valid JSON.',
    );
  }
}

function invalidRequest(description: string): FqlFault {
  return new FqlFault([{ position: [], code: 'invalid expression', description }]);
}

/** What the syntax of an argument is. */
function syntaxOf(form: Form, at: number): 'lambda' | 'any' | 'expression' {
  if (form.name === 'Join' && at === 1) return 'any';
  return form.parameters[at]?.cast.expected === 'Lambda' ? 'lambda' : 'expression';
}

export class Parser {
  readonly findings: Findings;
  readonly #apiVersion: string;
  readonly #scope = new Scope();

  constructor(findings: Findings, apiVersion: string) {
    this.findings = findings;
    this.#apiVersion = apiVersion;
  }

  expression(node: JsonNode, place: Place): Expression {
    if (isList(node)) return this.#list(node, place);
    if (!isFields(node)) return new LiteralNode(place, node);
    return this.#special(node, place) ?? this.#form(node, place);
  }

  /** A list of literals is a literal; nodes are only made when something else is in it. */
  #list(nodes: readonly JsonNode[], place: Place): Expression {
    const values: Value[] = [];
    let items: Expression[] | undefined;
    for (const [at, node] of nodes.entries()) {
      const item = isScalar(node) ? node : this.expression(node, place.at(at));
      if (items !== undefined) items.push(asNode(item, place, at));
      else if (!isNode(item)) values.push(item);
      else if (item.kind === 'literal') values.push(item.value);
      else items = [...values.map((value, before) => new LiteralNode(place.at(before), value)), item];
    }
    return items === undefined ? new LiteralNode(place, values) : new ArrayNode(place, items);
  }

  /** As with lists. */
  #fields(nodes: JsonFields, place: Place): Expression {
    const values = new Map<string, Value>();
    let fields: (readonly [string, Expression])[] | undefined;
    for (const [name, node] of nodes) {
      const field = isScalar(node) ? node : this.expression(node, place.at(name));
      if (fields !== undefined) fields.push([name, asNode(field, place, name)]);
      else if (!isNode(field)) values.set(name, field);
      else if (field.kind === 'literal') values.set(name, field.value);
      else {
        const before = Array.from(
          values,
          ([key, value]) => [key, new LiteralNode(place.at(key), value)] as const,
        );
        fields = [...before, [name, field]];
      }
    }
    return fields === undefined ? new LiteralNode(place, values) : new ObjectNode(place, fields);
  }

  /** Syntax that is no function, and escapes. */
  #special(node: JsonFields, place: Place): Expression | undefined {
    if (node.size === 1) {
      const [[key, inner] = ['', null]] = node;
      if (key === 'object') return this.#object(inner, place);
      if (key === 'var') return this.#variable(inner, place);
      if (key === 'quote') return new LiteralNode(place, parseData(inner, place.at(key), this));
      if (key === '@obj') {
        if (isFields(inner)) return this.expression(inner, place.at(key));
        return this.#fail(place, 'Invalid object.');
      }
      return key.startsWith('@') ? escapeOf(key, inner, place, this) : undefined;
    }
    if (node.size !== 2) return undefined;
    const bindings = node.get('let');
    const body = node.get('in');
    return bindings === undefined || body === undefined ? undefined : this.#let(bindings, body, place);
  }

  #object(inner: JsonNode, place: Place): Expression {
    const at = place.at('object');
    const fields = this.#fieldsOf(inner, place, at, 'Object');
    return fields === undefined ? broken(place) : this.#fields(fields, at);
  }

  /** The entries of an object that is data, or stands inside `@obj`. */
  #fieldsOf(inner: JsonNode, place: Place, at: Place, expected: string): JsonFields | undefined {
    if (!isFields(inner)) {
      this.#fail(at, `${expected} expected, ${typeName(inner)} provided.`);
      return undefined;
    }
    const [[key, escaped] = ['', null]] = inner;
    if (inner.size !== 1 || !key.startsWith('@')) return inner;
    if (key === '@obj') {
      if (isFields(escaped)) return escaped;
      this.#fail(at, 'Invalid object.');
      return undefined;
    }
    const findingCount = this.findings.count;
    const other = escapeOf(key, escaped, at, this);
    if (other === undefined) return inner;
    if (this.findings.count === findingCount) {
      const provided = other.kind === 'literal' ? typeName(other.value) : 'Lambda';
      this.#fail(place, `Object expected, ${provided} provided.`);
    }
    return undefined;
  }

  #variable(name: JsonNode, place: Place): Expression {
    if (typeof name !== 'string') {
      return this.#fail(place.at('var'), `String expected, ${typeName(name)} provided.`);
    }
    if (!this.#scope.use(name)) this.findings.addUnbound(place, name);
    return new VariableNode(place, name);
  }

  #let(given: JsonNode, inner: JsonNode, place: Place): Expression {
    const at = place.at('let');
    const bindings: (readonly [string, Expression])[] = [];
    const bind = (name: string, bound: JsonNode, where: Place): void => {
      bindings.push([name, this.expression(bound, where)]);
      this.#scope.bind(name);
    };
    if (isList(given)) {
      for (const [ordinal, element] of given.entries()) {
        const [entry, ...more] = isFields(element) ? element : [];
        if (entry === undefined || more.length > 0) {
          this.#fail(at.at(ordinal), `Object expected, ${typeName(element)} provided.`);
        } else {
          bind(entry[0], entry[1], at.at(ordinal).at(entry[0]));
        }
      }
    } else {
      const fields = this.#fieldsOf(given, place, at, 'Array');
      for (const [name, bound] of fields ?? []) bind(name, bound, at.at(name));
    }
    const body = this.expression(inner, place.at('in'));
    this.#scope.unbind(bindings.map(([name]) => name));
    return new LetNode(place, bindings, body);
  }

  /** `{lambda, expr}`, where a function stands. */
  lambda(node: JsonNode, place: Place): Expression {
    if (!isFields(node)) return this.#fail(place, `Lambda expected, ${typeName(node)} provided.`);
    const given = lambdaParts(node);
    if (given === undefined) return this.#noForm(node, place);
    const pattern = this.#pattern(given.pattern, place.at('lambda'));
    const names = (typeof pattern === 'string' ? [pattern] : pattern).filter((name) => name !== '_');
    this.#scope.enterLambda(names);
    const body = this.expression(given.body, place.at('expr'));
    const free = this.#scope.leaveLambda(names);
    return new LambdaNode(place, { pattern, body, free, apiVersion: this.#apiVersion });
  }

  #pattern(node: JsonNode, place: Place): string | readonly string[] {
    if (typeof node === 'string') return node;
    if (!isList(node)) {
      this.#fail(place, `String or Array expected, ${typeName(node)} provided.`);
      return [];
    }
    return node.map((name, at) => {
      if (typeof name === 'string') return name;
      this.#fail(place.at(at), `String expected, ${typeName(name)} provided.`);
      return '_';
    });
  }

  #form(node: JsonFields, place: Place): Expression {
    const form = findForm(node);
    if (form === undefined) return this.#noForm(node, place);
    const [first] = form.parameters;
    const list = first === undefined ? undefined : node.get(first.key);
    if (form.name === 'Do' && !isList(list)) {
      return this.#fail(place.at('do'), `Array expected, ${typeName(list ?? null)} provided.`);
    }
    if (first !== undefined && EXPRESSION_LISTS.has(form.name) && isList(list) && list.length === 0) {
      return this.#fail(place.at(first.key), 'Expression list cannot be empty.');
    }
    const given = form.parameters.map(({ key }, at) => {
      const argument = node.get(key);
      return argument === undefined ? undefined : this.#argument(argument, place.at(key), syntaxOf(form, at));
    });
    return new FormNode(place, form, given);
  }

  #argument(node: JsonNode, place: Place, syntax: ReturnType<typeof syntaxOf>): Expression {
    const isLambda = isFields(node) && lambdaParts(node) !== undefined;
    return syntax === 'lambda' || (syntax === 'any' && isLambda)
      ? this.lambda(node, place)
      : this.expression(node, place);
  }

  #noForm(node: JsonFields, place: Place): Expression {
    const keys = [...node.keys()].join(', ');
    return this.#fail(place, `No form/function found, or invalid argument keys: { ${keys} }.`);
  }

  #fail(place: Place, description: string): Expression {
    this.findings.add(place, description);
    return broken(place);
  }
}

/** Stands for an expression that could not be parsed; its error is among the findings. */
function broken(place: Place): Expression {
  return new LiteralNode(place, null);
}

type Scalar = Exclude<JsonNode, readonly JsonNode[] | JsonFields>;

function isScalar(node: JsonNode): node is Scalar {
  return !isList(node) && !isFields(node);
}

function isNode(item: Expression | Scalar): item is Expression {
  return typeof item === 'object' && item !== null;
}

function asNode(item: Expression | Scalar, place: Place, step: string | number): Expression {
  return isNode(item) ? item : new LiteralNode(place.at(step), item);
}

const EXPRESSION_LISTS: ReadonlySet<string> = new Set(['Do', 'And', 'Or']);
