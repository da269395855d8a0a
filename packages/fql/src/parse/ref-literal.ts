/**
 * Literal refs: `{"@ref": …}` as an object of id, collection and database, or as the string of older versions.
 *
 *   {"id": "1", "collection": {"@ref": {"id": "widgets", "collection": {"@ref": {"id": "collections"}}}}}
 *   "collections/widgets/1", "classes/widgets", "indexes/by_name", "databases", "credentials/self"
 */
import { excerpt } from '../evaluate/fql-error.ts';
import type { JsonNode } from '../json/parse-json.ts';
import { NATIVE_COLLECTIONS, Ref } from '../values/ref.ts';
import { isCollectionRef, nativeOf, typeName } from '../values/type-name.ts';
import { INTEGER_MAX } from '../values/value.ts';
import type { Findings } from './findings.ts';
import type { Place } from './place.ts';

/** Documents of these collections are known by numbers. */
const NUMBERED: ReadonlySet<string> = new Set(['keys', 'tokens', 'credentials']);
const NAME = /^[\p{L}\p{N}\p{M}\p{Pc};@+$\-_.!~%]+$/u;

/** The ref; undefined, with errors added, when the literal is none. */
export function parseRef(node: JsonNode, place: Place, findings: Findings): Ref | undefined {
  if (typeof node === 'string') {
    const ref = legacyRef(node);
    if (ref === undefined) findings.add(place, 'Invalid ref.');
    return ref;
  }
  if (node instanceof Map) return objectRef(node, place, findings);
  findings.add(place, 'Invalid ref.');
  return undefined;
}

function objectRef(node: ReadonlyMap<string, JsonNode>, place: Place, findings: Findings): Ref | undefined {
  const wrong = (at: Place, description: string): undefined => {
    findings.add(at, description, 'invalid argument');
    return undefined;
  };
  const wrapped = node.get('@ref');
  if (wrapped !== undefined && node.size === 1) {
    if (wrapped instanceof Map) return objectRef(wrapped, place, findings);
    return wrong(place, `Ref expected, ${typeName(wrapped)} provided.`);
  }
  const collectionKey = node.has('collection') ? 'collection' : 'class';
  const keys = ['id', collectionKey, 'database'];
  const id = node.get('id');
  if (id === undefined || [...node.keys()].some((key) => !keys.includes(key))) {
    return wrong(place, 'Ref expected, Object provided.');
  }
  const before = findings.count;
  if (typeof id !== 'string' && typeof id !== 'bigint') {
    wrong(place.at('id'), `String or Integer expected, ${typeName(id)} provided.`);
  }
  const part = (key: string, expected: string, fits: (ref: Ref) => boolean): Ref | undefined => {
    const given = node.get(key);
    if (given === undefined || given === null) return undefined;
    const at = place.at(key === 'collection' ? 'class' : key);
    if (!(given instanceof Map)) return wrong(at, `Ref expected, ${typeName(given)} provided.`);
    const ref = objectRef(given, at, findings);
    if (ref === undefined || fits(ref)) return ref;
    return wrong(at, `${expected} expected, ${typeName(ref)} provided.`);
  };
  const collection = part(collectionKey, 'Collection Ref', isCollectionRef);
  const database = part('database', 'Database Ref', (ref) => nativeOf(ref) === 'databases');
  if (findings.count > before || (typeof id !== 'string' && typeof id !== 'bigint')) return undefined;

  if (collection === undefined) {
    if (typeof id === 'bigint') return wrong(place.at('id'), 'String expected, Number provided.');
    if (isNative(id)) return new Ref(id, undefined, database);
    findings.add(
      place.at('id'),
      `Valid native collection name expected, '${excerpt(id)}' provided.`,
      'invalid ref',
    );
    return undefined;
  }
  const native = collection.collection === undefined ? collection.id : undefined;
  if (native !== undefined && !NUMBERED.has(native)) {
    if (typeof id === 'string') return new Ref(id, new Ref(native), database ?? collection.database);
    return wrong(place.at('id'), 'String expected, Number provided.');
  }
  if (database !== undefined && native === undefined) {
    return wrong(place.at('database'), 'Null expected, Database Ref provided.');
  }
  if (id === 'self' && native !== undefined) return new Ref('self', collection);
  const number = documentId(id);
  if (typeof number === 'string') return new Ref(number, collection, database);
  return wrong(place.at('id'), number.description);
}

/** The id in its one form (`"007"` is `"7"`), or what is wrong with it. */
export function documentId(id: string | bigint): string | { readonly description: string } {
  if (typeof id === 'string' && !/^[+-]?\d+$/.test(id)) {
    return { description: `Number or numeric String expected, non-numeric '${excerpt(id)}' provided.` };
  }
  const number = BigInt(typeof id === 'string' && id.startsWith('+') ? id.slice(1) : id);
  if (number > INTEGER_MAX || number < -INTEGER_MAX - 1n) {
    return { description: `The id provided is too large: '${excerpt(String(id))}'` };
  }
  return number.toString();
}

function isNative(name: string): boolean {
  return NATIVE_COLLECTIONS.some((native) => native === name);
}

function legacyRef(text: string): Ref | undefined {
  const [first, second, third, ...more] = text.split('/');
  if (first === undefined || more.length > 0) return undefined;
  const native = first === 'classes' ? 'collections' : first;
  if (!isNative(native)) return undefined;
  if (second === undefined) return new Ref(native);
  if (NUMBERED.has(native)) {
    if (third !== undefined) return undefined;
    return legacyDocument(second, new Ref(native));
  }
  if (!NAME.test(second) || second === 'self' || second === 'events') return undefined;
  const named = new Ref(second, new Ref(native));
  if (third === undefined) return named;
  return native === 'collections' ? legacyDocument(third, named) : undefined;
}

function legacyDocument(id: string, collection: Ref): Ref | undefined {
  if (id === 'self')
    return collection.collection === undefined && collection.id !== 'keys'
      ? new Ref(id, collection)
      : undefined;
  if (!/^\d+$/.test(id) || BigInt(id) > INTEGER_MAX) return undefined;
  return new Ref(BigInt(id).toString(), collection);
}
