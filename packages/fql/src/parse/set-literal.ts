/** Literal sets, `{"@set": …}`: what a response gave, sent back. Its members are data, lambdas bare `{lambda, expr}` objects. */
import type { JsonNode } from '../json/parse-json.ts';
import { Ref } from '../values/ref.ts';
import { SetRef, type SetShape } from '../values/set-ref.ts';
import { nativeOf, typeName } from '../values/type-name.ts';
import type { Value } from '../values/value.ts';
import { parseClosedLambda, parseData } from './escapes.ts';
import type { Position } from './expression.ts';
import { isFields, type JsonFields } from './json-shape.ts';
import type { Parser } from './parse.ts';

/** The set; undefined, with errors added, when the literal is none. */
export function parseSet(node: JsonFields, position: Position, parser: Parser): SetRef | undefined {
  const before = parser.errors.length;
  const shape = new SetLiteral(node, position, parser).shape();
  if (shape === undefined && parser.errors.length === before) {
    parser.errors.push({ position, code: 'invalid expression', description: 'Invalid set.' });
  }
  return shape === undefined || parser.errors.length > before ? undefined : new SetRef(shape);
}

class SetLiteral {
  readonly #node: JsonFields;
  readonly #position: Position;
  readonly #parser: Parser;

  constructor(node: JsonFields, position: Position, parser: Parser) {
    this.#node = node;
    this.#position = position;
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
        const filter = parseClosedLambda(this.#at('filter'), [...this.#position, 'filter'], this.#parser);
        const set = this.#set('collection');
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
      this.#error([...this.#position, key], 'Non-empty array expected.');
      return undefined;
    }
    const sets: SetRef[] = [];
    for (const [at, value] of list.entries()) {
      const set = asSet(value);
      if (set === undefined) {
        this.#error(
          Array.isArray(given) ? [...this.#position, key, at] : [...this.#position, key],
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
      ? parseClosedLambda(given, [...this.#position, 'with'], this.#parser)
      : this.#ref('with');
    return source === undefined || other === undefined ? undefined : { type: 'join', source, with: other };
  }

  #of<T>(part: T | undefined, shape: (part: T) => SetShape): SetShape | undefined {
    return part === undefined ? undefined : shape(part);
  }

  #at(key: string): JsonNode {
    return this.#node.get(key) ?? null;
  }

  #value(key: string): Value {
    return parseData(this.#at(key), [...this.#position, key], this.#parser);
  }

  #ref(key: string): Ref | undefined {
    const value = this.#value(key);
    return value instanceof Ref ? value : this.#wrong(key, 'Ref', value);
  }

  #set(key: string): SetRef | undefined {
    const value = this.#value(key);
    return asSet(value) ?? this.#wrong(key, 'Set', value);
  }

  #refOrSet(key: string): Ref | SetRef | undefined {
    const value = this.#value(key);
    return asSet(value) ?? (value instanceof Ref ? value : this.#wrong(key, 'Ref or Set', value));
  }

  #wrong(key: string, expected: string, provided: Value): undefined {
    this.#error([...this.#position, key], `${expected} expected, ${typeName(provided)} provided.`);
    return undefined;
  }

  #error(position: Position, description: string): void {
    this.#parser.errors.push({ position, code: 'invalid argument', description });
  }
}

/** Native collections stand for the set of what they hold. */
function asSet(value: Value): SetRef | undefined {
  if (value instanceof SetRef) return value;
  return value instanceof Ref && value.collection === undefined
    ? new SetRef({ type: 'documents', collection: value })
    : undefined;
}
