/**
 * Values out of an export, as text that a request may hold. Three ways of writing are understood:
 *
 *   FQL v4, as answers have it     {"@ref": …} {"@ts": …} {"@date": …} {"@bytes": …} {"@set": …} {"@query": …} {"@obj": …}
 *   v10, tagged                    {"@time": …} {"@int": "1"} {"@long": "1"} {"@double": "1.5"} {"@mod": "c"} {"@object": …}, {"@ref"} and {"@doc"} with `coll`
 *   v10, simple                    plain JSON, in which {"id": "1", "coll": "c"} is a ref
 *
 * Nulls in objects are left out, as documents do not store them.
 */
import type { JsonNode } from '@skein/fql/parse-json';
import { doubleText, isJsonArray, isJsonMap, type JsonMap, jsonText } from '../fql/json-node.ts';

/** What a value was made of. */
export interface ValueContext {
  /** Simple exports write refs as objects; elsewhere such objects are what they look like. */
  readonly hasPlainRefs: boolean;
  /** Names of collections that refs point into: these have to exist before. */
  readonly collections: Set<string>;
}

/** The value is nothing that FQL v4 has. */
export class ValueError extends Error {
  override readonly name = 'ValueError';
}

/** JSON of an expression that evaluates to the value. Throws `ValueError`. */
export function valueText(node: JsonNode, context: ValueContext): string {
  if (isJsonArray(node)) return `[${node.map((each) => valueText(each, context)).join(',')}]`;
  if (!isJsonMap(node)) return jsonText(node);
  const [only] = node;
  if (node.size === 1 && only?.[0].startsWith('@') === true) {
    const special = specialText(only[0], only[1], context);
    if (special !== undefined) return special;
  }
  if (context.hasPlainRefs && node.size === 2) {
    const ref = refOfFields(node);
    if (ref !== undefined) return refText(ref.collection, ref.id, context);
  }
  return objectText(node, context);
}

/** `node` as the fields of an object, whatever it looks like. Throws `ValueError`. */
export function objectText(node: JsonMap, context: ValueContext): string {
  const fields = [...node].filter(([, value]) => value !== null);
  const texts = fields.map(([key, value]) => [JSON.stringify(key), valueText(value, context)] as const);
  // An object with one key such as `@ts` would be read as a time.
  if (texts.length === 1 && fields[0]?.[0].startsWith('@') === true) {
    return `{"to_object":[${texts.map(([key, value]) => `[${key},${value}]`).join(',')}]}`;
  }
  return `{"object":{${texts.map(([key, value]) => `${key}:${value}`).join(',')}}}`;
}

/** JSON of an expression for the ref. */
export function refText(collection: string, id: string, { collections }: ValueContext): string {
  collections.add(collection);
  return `{"ref":{"collection":${JSON.stringify(collection)}},"id":${JSON.stringify(id)}}`;
}

/** Where a ref points, when it points to a document of a user's collection in the same database. */
export function documentRef(
  node: JsonNode | undefined,
): { readonly collection: string; readonly id: string } | undefined {
  if (typeof node === 'string') {
    const [, collection, id] = /^(?:classes|collections)\/([^/]+)\/(\d{1,19})$/.exec(node) ?? [];
    return collection === undefined || id === undefined ? undefined : { collection, id };
  }
  if (!isJsonMap(node)) return undefined;
  const inner = node.get('@ref');
  if (inner !== undefined && node.size === 1) return documentRef(inner);
  if (node.has('database')) return undefined;
  const [id, parent] = [idText(node.get('id')), node.get('collection') ?? node.get('class')];
  if (id !== undefined && parent !== undefined) {
    const collection = userCollection(parent);
    return collection === undefined ? undefined : { collection, id };
  }
  return refOfFields(node);
}

/** `coll`, with or without its tag, and `id`. */
function refOfFields(node: JsonMap): { readonly collection: string; readonly id: string } | undefined {
  const id = idText(node.get('id'));
  const collection = moduleName(node.get('coll'));
  return id === undefined || collection === undefined ? undefined : { collection, id };
}

/** A collection's name in v10: text, or a module. */
export function moduleName(node: JsonNode | undefined): string | undefined {
  const name = isJsonMap(node) && node.size === 1 ? node.get('@mod') : node;
  return typeof name === 'string' && name !== '' ? name : undefined;
}

/** Documents are numbered; names of schema documents are no ids. */
export function idText(node: JsonNode | undefined): string | undefined {
  if (typeof node === 'bigint' && node >= 0n) return String(node);
  return typeof node === 'string' && /^\d{1,19}$/.test(node) ? node : undefined;
}

/** The name in the ref of a collection: `{"@ref": {"id": "x", "collection": {"@ref": {"id": "collections"}}}}`. */
function userCollection(node: JsonNode): string | undefined {
  if (typeof node === 'string') return /^(?:classes|collections)\/([^/]+)$/.exec(node)?.[1];
  const inner = isJsonMap(node) ? node.get('@ref') : undefined;
  if (typeof inner === 'string') return userCollection(inner);
  if (!isJsonMap(inner)) return undefined;
  const [id, parent] = [inner.get('id'), inner.get('collection') ?? inner.get('class')];
  const native = isJsonMap(parent) ? parent.get('@ref') : undefined;
  const nativeId = isJsonMap(native) ? native.get('id') : native;
  return typeof id === 'string' && (nativeId === 'collections' || nativeId === 'classes') ? id : undefined;
}

/** Undefined: no tag, but an object of the user whose key looks like one. */
function specialText(tag: string, content: JsonNode, context: ValueContext): string | undefined {
  switch (tag) {
    case '@ref':
    case '@doc': {
      const ref = documentRef(content);
      if (ref !== undefined) return refText(ref.collection, ref.id, context);
      if (tag === '@doc') throw new ValueError('a document inside of a document has to have `id` and `coll`');
      const module = isJsonMap(content) ? moduleName(content.get('coll')) : undefined;
      // Of v10, by a name: a schema document, which this database may not have.
      if (module !== undefined) throw new ValueError(`a ref of ${module} that has no numeric id`);
      return jsonText(new Map([[tag, content]]));
    }
    case '@ts':
    case '@time':
      return jsonText(new Map([['@ts', content]]));
    case '@date':
    case '@bytes':
    case '@uuid':
    case '@set':
    case '@query':
      return jsonText(new Map([[tag, content]]));
    case '@int':
    case '@long':
      if (typeof content === 'string' && /^-?\d{1,19}$/.test(content)) return String(BigInt(content));
      throw new ValueError(`${tag} has to be a whole number in quotes`);
    case '@double': {
      const number = typeof content === 'string' ? Number(content) : Number.NaN;
      if (Number.isFinite(number)) return doubleText(number);
      throw new ValueError('@double has to be a number in quotes; documents hold no NaN and no Infinity');
    }
    case '@mod': {
      const name = moduleName(content);
      if (name === undefined) throw new ValueError('@mod has to be a name');
      context.collections.add(name);
      return `{"collection":${JSON.stringify(name)}}`;
    }
    case '@obj':
    case '@object':
      return isJsonMap(content) ? objectText(content, context) : undefined;
    default:
      return undefined;
  }
}
