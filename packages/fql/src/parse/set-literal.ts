/** Literal sets, `{"@set": …}`: what a response gave, sent back. Its members are data, lambdas bare `{lambda, expr}` objects. */
import type { JsonNode } from '../json/parse-json.ts';
import { Lambda } from '../values/lambda.ts';
import { Ref } from '../values/ref.ts';
import { SetRef, type SetShape } from '../values/set-ref.ts';
import { nativeOf, typeName } from '../values/type-name.ts';
import type { Value } from '../values/value.ts';
import { parseClosedLambda } from './closed-lambda.ts';
import { allows, effectOfExpression } from './effects.ts';
import { parseData } from './escapes.ts';
import { isFields, type JsonFields } from './json-shape.ts';
import type { Parser } from './parse.ts';
import type { Place } from './place.ts';

/** The set; undefined, with errors added, when the literal is none. */
export function parseSet(node: JsonFields, place: Place, parser: Parser): SetRef | undefined {
  const before = parser.findings.count;
  const shape = new SetLiteral(node, place, parser).shape();
  if (shape === undefined && parser.findings.count === before) {
    parser.findings.add(place, 'Invalid set.');
  }
  return shape === undefined || parser.findings.count > before ? undefined : new SetRef(shape);
}

class SetLiteral {
  readonly #node: JsonFields;
  readonly #place: Place;
  readonly #parser: Parser;

  constructor(node: JsonFields, place: Place, parser: Parser) {
    this.#node = node;
    this.#place = place;
    this.#parser = parser;
  }

  shape(): SetShape | undefined {
    switch ([...this.#node.keys()].sort().join()) {
      case 'match':
        return this.#match('match', undefined);
      case 'match,terms':
        return this.#match('match', this.#value('terms'));
      case 'index,match':
        return this.#match('index', this.#value('match'));
      case 'singleton':
        return this.#of(this.#ref('singleton'), (ref) => ({ type: 'singleton', ref }));
      case 'documents':
        return this.#of(this.#ref('documents'), (collection) => ({ type: 'documents', collection }));
      case 'events':
        return this.#of(this.#refOrSet('events'), (of) => ({ type: 'events', of }));
      case 'union':
      case 'intersection':
      case 'difference':
        return this.#several();
      case 'distinct':
        return this.#of(this.#set('distinct'), (set) => ({ type: 'distinct', set }));
      case 'reverse':
        return this.#of(this.#set('reverse'), (set) => ({ type: 'reverse', set }));
      case 'from,range,to': {
        const from = this.#value('from');
        const to = this.#value('to');
        return this.#of(this.#set('range'), (set) => ({ type: 'range', set, from, to }));
      }
      case 'join,with':
        return this.#join();
      case 'collection,filter': {
        const filter = parseClosedLambda(this.#at('filter'), this.#place.at('filter'), this.#parser);
        const set = this.#set('collection');
        if (filter !== undefined) this.#checkEffect(filter, 'filter', 'read');
        return filter === undefined || set === undefined ? undefined : { type: 'filter', filter, set };
      }
      default:
        return undefined;
    }
  }

  #match(key: string, terms: Value | undefined): SetShape | undefined {
    const given = this.#value(key);
    if (typeof given === 'string') return { type: 'match', index: new Ref(given, new Ref('indexes')), terms };
    if (given instanceof Ref && nativeOf(given) === 'indexes') return { type: 'match', index: given, terms };
    return this.#wrong(key, 'Identifier', given);
  }

  #several(): SetShape | undefined {
    const [key] = this.#node.keys();
    if (key !== 'union' && key !== 'intersection' && key !== 'difference') return undefined;
    const given = this.#value(key);
    const list = Array.isArray(given) ? (given as readonly Value[]) : [given];
    if (list.length === 0) {
      this.#error(this.#place.at(key), 'Non-empty array expected.');
      return undefined;
    }
    const sets: SetRef[] = [];
    for (const [at, value] of list.entries()) {
      const set = asSet(value);
      if (set === undefined) {
        this.#error(
          Array.isArray(given) ? this.#place.at(key).at(at) : this.#place.at(key),
          `Set expected, ${typeName(value)} provided.`,
        );
      } else sets.push(set);
    }
    return { type: key, sets };
  }

  #join(): SetShape | undefined {
    const source = this.#set('join');
    const given = this.#at('with');
    const isLambda = isFields(given) && given.has('lambda');
    const other = isLambda
      ? parseClosedLambda(given, this.#place.at('with'), this.#parser)
      : this.#ref('with');
    if (other instanceof Lambda) this.#checkEffect(other, 'with', 'pure');
    return source === undefined || other === undefined ? undefined : { type: 'join', source, with: other };
  }

  #of<T>(part: T | undefined, shape: (part: T) => SetShape): SetShape | undefined {
    return part === undefined ? undefined : shape(part);
  }

  #at(key: string): JsonNode {
    return this.#node.get(key) ?? null;
  }

  #value(key: string): Value {
    return parseData(this.#at(key), this.#place.at(key), this.#parser);
  }

  #ref(key: string): Ref | undefined {
    const value = this.#value(key);
    return value instanceof Ref ? value : this.#wrong(key, 'Ref', value);
  }

  #set(key: string): SetRef | undefined {
    const value = this.#value(key);
    return asSet(value) ?? this.#wrong(key, 'Set', value);
  }

  /** What has events is shown without a `@set` of its own. */
  #refOrSet(key: string): Ref | SetRef | undefined {
    const node = this.#at(key);
    if (isFields(node) && ![...node.keys()].some((name) => name.startsWith('@'))) {
      return parseSet(node, this.#place.at(key), this.#parser);
    }
    const value = this.#value(key);
    return asSet(value) ?? (value instanceof Ref ? value : this.#wrong(key, 'Ref or Set', value));
  }

  /** Such a lambda is evaluated whenever the set is read. */
  #checkEffect({ body }: Lambda, key: string, limit: 'pure' | 'read'): void {
    if (allows(limit, effectOfExpression(body))) return;
    const denied =
      limit === 'pure' ? 'read, write, or call a user function' : 'write or call a user function';
    this.#error(this.#place.at(key), `Invalid lambda. Lambda in this context may not ${denied}.`);
  }

  #wrong(key: string, expected: string, provided: Value): undefined {
    this.#error(this.#place.at(key), `${expected} expected, ${typeName(provided)} provided.`);
    return undefined;
  }

  #error(place: Place, description: string): void {
    this.#parser.findings.add(place, description, 'invalid argument');
  }
}

/** Native collections stand for the set of what they hold. */
function asSet(value: Value): SetRef | undefined {
  if (value instanceof SetRef) return value;
  return value instanceof Ref && value.collection === undefined
    ? new SetRef({ type: 'documents', collection: value })
    : undefined;
}
