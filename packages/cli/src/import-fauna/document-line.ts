/**
 * One exported document. Shapes, told by what they have:
 *
 *   ref                            {"ref": {"@ref": …}, "ts": …, "data": {…}, "ttl": …}         as FQL v4 answers, or the driver prints
 *   ref and action                 the same as one version of its history; `action` is create, update or delete
 *   @doc                           {"@doc": {"id", "coll", "ts", field: …}}                     a tagged v10 export
 *   id, and coll or a collection   {"id": "1", "coll": "c", "ts": …, field: …}                  a simple v10 export, or anything plain
 *
 * In the last two, fields beside `id`, `coll`, `ts`, `ttl` are the document's data, and those in `data` too.
 */
import { JsonError, type JsonNode, parseJson } from '@skein/fql/parse-json';
import { isJsonMap, type JsonMap } from '../fql/json-node.ts';
import { documentRef, idText, moduleName, objectText, ValueError, valueText } from './fauna-value.ts';

export interface ExportedDocument {
  readonly collection: string;
  readonly id: string;
  /** JSON of a request's value: µs, or a time. Undefined: not told. */
  readonly ts: string | undefined;
  readonly isDeletion: boolean;
  /** JSON of an expression: an object with `data`, and `ttl` where there is one. */
  readonly params: string;
  /** Collections that have to exist: the document's own, and those that its data point into. */
  readonly collections: ReadonlySet<string>;
}

export type DocumentLine =
  | { readonly kind: 'document'; readonly document: ExportedDocument }
  | { readonly kind: 'refused'; readonly reason: string };

const META_FIELDS = new Set(['id', 'coll', 'ts', 'ttl', 'data']);

/** Never throws. `collection`: where documents go, whatever they say. */
export function readDocumentLine(text: string, collection: string | undefined): DocumentLine {
  try {
    return { kind: 'document', document: documentOf(parseJson(Buffer.from(text)), collection) };
  } catch (error) {
    if (error instanceof JsonError) return { kind: 'refused', reason: `not JSON (byte ${error.offset})` };
    if (error instanceof ValueError) return { kind: 'refused', reason: error.message };
    throw error;
  }
}

function documentOf(node: JsonNode, target: string | undefined): ExportedDocument {
  if (!isJsonMap(node)) throw new ValueError('a document has to be an object');
  const tagged = node.size === 1 ? node.get('@doc') : undefined;
  if (isJsonMap(tagged)) return plainDocument(tagged, target, false);
  if (node.has('ref')) return documentWithRef(node, target);
  return plainDocument(node, target, true);
}

function documentWithRef(node: JsonMap, target: string | undefined): ExportedDocument {
  const ref = documentRef(node.get('ref'));
  if (ref === undefined) throw new ValueError('`ref` is no ref of a document in a collection');
  const action = node.get('action') ?? 'create';
  if (action !== 'create' && action !== 'update' && action !== 'delete') {
    throw new ValueError('`action` has to be create, update or delete');
  }
  const data = node.get('data') ?? new Map();
  if (!isJsonMap(data)) throw new ValueError('`data` has to be an object');
  return finished({
    collection: target ?? ref.collection,
    id: ref.id,
    data,
    ts: node.get('ts'),
    ttl: node.get('ttl'),
    isDeletion: action === 'delete',
    hasPlainRefs: false,
  });
}

function plainDocument(node: JsonMap, target: string | undefined, hasPlainRefs: boolean): ExportedDocument {
  const id = idText(node.get('id'));
  if (id === undefined) throw new ValueError('neither `ref` nor a numeric `id`');
  const collection = target ?? moduleName(node.get('coll'));
  if (collection === undefined) throw new ValueError('no `coll`: name the collection by --collection');
  const inner = node.get('data') ?? new Map();
  const others = [...node].filter(([key]) => !META_FIELDS.has(key));
  const data = new Map<string, JsonNode>(
    isJsonMap(inner) ? [...others, ...inner] : [...others, ['data', inner]],
  );
  return finished({
    collection,
    id,
    data,
    ts: node.get('ts'),
    ttl: node.get('ttl'),
    isDeletion: false,
    hasPlainRefs,
  });
}

function finished(found: {
  readonly collection: string;
  readonly id: string;
  readonly data: JsonMap;
  readonly ts: JsonNode | undefined;
  readonly ttl: JsonNode | undefined;
  readonly isDeletion: boolean;
  readonly hasPlainRefs: boolean;
}): ExportedDocument {
  const { collection, id, data, ts, ttl, isDeletion, hasPlainRefs } = found;
  const context = { hasPlainRefs, collections: new Set([collection]) };
  const end = timeText(ttl, 'ttl');
  const params = `{"object":{"data":${objectText(data, context)}${end === undefined ? '' : `,"ttl":${end}`}}}`;
  return {
    collection,
    id,
    ts: timeText(ts, 'ts'),
    isDeletion,
    params,
    collections: context.collections,
  };
}

/** µs since 1970, or a time: tagged in either way, or as text. */
function timeText(node: JsonNode | undefined, name: string): string | undefined {
  if (node === undefined || node === null) return undefined;
  if (typeof node === 'bigint')
    return name === 'ts' ? String(node) : `{"epoch":${node},"unit":"microseconds"}`;
  if (typeof node === 'string') return `{"time":${JSON.stringify(node)}}`;
  const tag = isJsonMap(node) && node.size === 1 ? [...node.keys()][0] : undefined;
  if (tag === '@ts' || tag === '@time' || tag === '@long') {
    return valueText(node, { hasPlainRefs: false, collections: new Set() });
  }
  throw new ValueError(`\`${name}\` is no time`);
}
